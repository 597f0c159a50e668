import { setTimeout as pause } from 'node:timers/promises';
import type { Percentiles } from './pipeline-latencies.ts';
import { type LatencyRun, mainLatency, officialLatency, workerLatency } from './pipeline-latency-run.ts';
import { SharedRuns } from './pipeline-shared-runs.ts';
import { SenderProcess } from './sender-process.ts';
import type { Benchmark } from './suite.ts';

/** Time for the machine to settle, and then for the measurement, ms. */
const WARM_UP = 500;
const MEASURED = 3_000;

const RUN: LatencyRun = {
  load: { connections: 1, frames: Number.POSITIVE_INFINITY, packets: 10, rate: 20_000 },
  async meanwhile(measure) {
    await pause(WARM_UP);
    measure();
    await pause(MEASURED);
  },
};

const NOTE =
  "from the sender's write, which a field of each packet tells, to the read, by the machine's monotonic clock: what waits in a socket because its thread is busy is in it. 20,000 full ticks a second in frames of 10, from a process of its own, for 3 s; that is more than the official client parses on a slow core: then what it has not come to piles up. The three percentiles are of the same runs";

type Measure = (sender: SenderProcess) => Promise<Percentiles>;

/** Three benchmarks, one for each percentile, of the same measurements. */
function latencyBenchmarks(reader: 'main' | 'worker', measure: Measure): Benchmark[] {
  const ours = new SharedRuns(measure);
  const official = new SharedRuns((sender: SenderProcess) => officialLatency(sender, RUN));
  return (['p50', 'p99', 'p999'] as const).map((percentile) => ({
    name: `pipeline-latency-${reader}-${percentile}`,
    group: 'pipeline-latency',
    unit: 'µs',
    better: 'less',
    baseline: 'kiteconnect',
    ...(percentile === 'p99' && { target: 1 }),
    rounds: 5,
    note: `${NOTE}; our reader on ${reader === 'main' ? 'the main thread' : 'a worker'}`,
    async prepare() {
      const sender = await SenderProcess.start();
      const [nextOfOurs, nextOfOfficial] = [ours.walk(), official.walk()];
      return {
        ours: async () => (await nextOfOurs(sender))[percentile],
        baseline: async () => (await nextOfOfficial(sender))[percentile],
        close: () => sender.close(),
      };
    },
  }));
}

export const pipelineLatency: readonly Benchmark[] = [
  ...latencyBenchmarks('main', (sender) => mainLatency(sender, RUN)),
  ...latencyBenchmarks('worker', (sender) => workerLatency(sender, RUN)),
];
