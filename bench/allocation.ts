import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Side } from './allocation-worker.ts';
import type { Benchmark } from './suite.ts';

/** Runs one side in a thread whose young generation is too large to be collected meanwhile. */
async function measure(side: Side): Promise<number> {
  const worker = new Worker(new URL('./allocation-worker.js', import.meta.url), {
    workerData: side,
    resourceLimits: { maxYoungGenerationSizeMb: 1024 },
  });
  const ended = once(worker, 'exit');
  const [bytes] = (await once(worker, 'message')) as [number];
  await ended;
  if (Number.isNaN(bytes)) throw new Error(`${side}: not everything was worked through`);
  return bytes;
}

function allocationBenchmark(side: Exclude<Side, 'official'>, note: string): Benchmark {
  return {
    name: `allocation-${side}`,
    group: 'allocation',
    unit: 'bytes/tick',
    better: 'less',
    baseline: 'kiteconnect parseBinary',
    // At most one byte a tick, of the official parser's 680.
    target: 680,
    rounds: 3,
    note: `${note}; growth of the thread's heap over a million ticks without a collection`,
    prepare: () => ({ ours: () => measure(side), baseline: () => measure('official') }),
  };
}

export const allocation: readonly Benchmark[] = [
  allocationBenchmark('decoder', 'frames into the ring and through a decoder'),
  allocationBenchmark('gating', 'a gating reader, five integers of each tick'),
  allocationBenchmark('copying', 'a copying reader, five integers of each tick'),
  allocationBenchmark(
    'prices',
    'a gating reader, token, volume and three prices of each tick: fractions, which V8 boxes where it does not inline the getter',
  ),
];
