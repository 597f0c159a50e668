import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Benchmark } from './suite.ts';

/** Runs one side in a thread whose young generation is too large to be collected meanwhile. */
async function measure(side: string): Promise<number> {
  const worker = new Worker(new URL('./allocation-worker.js', import.meta.url), {
    workerData: side,
    resourceLimits: { maxYoungGenerationSizeMb: 1024 },
  });
  const [bytes] = (await once(worker, 'message')) as [number];
  await worker.terminate();
  return bytes;
}

function allocationBenchmark(name: string, side: string): Benchmark {
  return {
    name,
    unit: 'bytes/tick',
    better: 'less',
    baseline: 'kiteconnect parseBinary',
    prepare: () => ({ ours: () => measure(side), baseline: () => measure('official') }),
  };
}

export const allocation: readonly Benchmark[] = [
  allocationBenchmark('allocation-gating', 'gating'),
  allocationBenchmark('allocation-copying', 'copying'),
];
