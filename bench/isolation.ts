import { setTimeout as pause } from 'node:timers/promises';
import { type LatencyRun, officialLatency, workerLatency } from './pipeline-latency-run.ts';
import { SenderProcess } from './sender-process.ts';
import type { Benchmark } from './suite.ts';

/** The main thread is busy for so many ms of every so many. */
const BUSY = 200;
const EVERY = 250;
/** Rounds of that before the measurement, and during it. */
const WARM_UP = 2;
const ROUNDS = 10;

const RUN: LatencyRun = {
  load: { connections: 1, frames: Number.POSITIVE_INFINITY, packets: 50, rate: 20_000 },
  /** What a handler does that computes on the main thread. */
  async meanwhile(measure) {
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      if (round === WARM_UP) measure();
      const until = performance.now() + BUSY;
      while (performance.now() < until);
      await pause(EVERY - BUSY);
    }
  },
};

const NOTE =
  "p99 from the sender's write to the read, by the machine's monotonic clock: the sender, a process of its own, writes the time of sending into a field of each packet. 20,000 full ticks a second in frames of 50; the thread that made the feed (that runs the official client) computes for 200 ms, ten times, with 50 ms between; our reader is in a worker. What the official client cannot keep up with piles up, so that its latency grows as long as it runs";

function isolationBenchmark(
  name: string,
  baseline: string,
  target: number | undefined,
  other: (sender: SenderProcess) => Promise<{ readonly p99: number }>,
): Benchmark {
  return {
    name,
    group: 'isolation',
    unit: 'µs',
    better: 'less',
    baseline,
    ...(target !== undefined && { target }),
    rounds: 3,
    note: NOTE,
    async prepare() {
      const sender = await SenderProcess.start();
      return {
        ours: async () => (await workerLatency(sender, RUN, { io: 'worker' })).p99,
        baseline: async () => (await other(sender)).p99,
        close: () => sender.close(),
      };
    },
  };
}

export const isolation: readonly Benchmark[] = [
  isolationBenchmark('isolation', 'kiteconnect on the blocked thread', 1_000, (sender) =>
    officialLatency(sender, RUN),
  ),
  isolationBenchmark('isolation-io', "io: 'main'", undefined, (sender) => workerLatency(sender, RUN)),
];
