import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Benchmark } from './suite.ts';
import { openChannel, type WakeChannel, type WakeSide } from './wake-channel.ts';
import { type Pings, readPings } from './wake-pings.ts';

const NOTE =
  "from just before a record is published to the reader being awake, by the machine's monotonic clock; the reader said a millisecond before that it was going to wait, so that it has parked; the median of 100 a run, on a machine that does nothing else";

/** Code that runs this seldom is not compiled for long; in a program that has run for a while it is. */
const WARM_UP: Pings = { count: 2000, pause: 0.05 };
const RUN: Pings = { count: 100, pause: 1 };

function start(role: 'publish' | 'read', channel: WakeChannel): Worker {
  return new Worker(new URL('./wake-worker.js', import.meta.url), { workerData: { role, channel } });
}

/** Tells a thread to run; resolves with what it answers. */
async function run(worker: Worker, pings: Pings): Promise<number> {
  const answer = once(worker, 'message');
  worker.postMessage(pings);
  const [value] = (await answer) as [number];
  return value;
}

/** One side: a function that answers the median of a run, and its threads. */
interface Side {
  readonly measure: (pings: Pings) => Promise<number>;
  readonly threads: readonly Worker[];
}

function inWorker(side: WakeSide): Side {
  const channel = openChannel(side);
  const [reader, publisher] = [start('read', channel), start('publish', channel)];
  const measure = async (pings: Pings) => {
    const [median] = await Promise.all([run(reader, pings), run(publisher, pings)]);
    return median;
  };
  return { measure, threads: [reader, publisher] };
}

function onMain(side: WakeSide): Side {
  const channel = openChannel(side);
  const publisher = start('publish', channel);
  const read = readPings(channel);
  const measure = async (pings: Pings) => {
    const [median] = await Promise.all([read(pings), run(publisher, pings)]);
    return median;
  };
  return { measure, threads: [publisher] };
}

function wakeBenchmark(name: string, baseline: string, sideOf: (side: WakeSide) => Side): Benchmark {
  return {
    name,
    group: 'wake',
    unit: 'µs',
    better: 'less',
    baseline,
    target: 0.9,
    note: NOTE,
    async prepare() {
      const [ours, bare] = [sideOf('tickring'), sideOf('bare')];
      await ours.measure(WARM_UP);
      await bare.measure(WARM_UP);
      return {
        ours: () => ours.measure(RUN),
        baseline: () => bare.measure(RUN),
        async close() {
          await Promise.all([...ours.threads, ...bare.threads].map((thread) => thread.terminate()));
        },
      };
    },
  };
}

export const wake: readonly Benchmark[] = [
  wakeBenchmark('wake-worker', 'bare Atomics.wait', inWorker),
  wakeBenchmark('wake-main', 'bare Atomics.waitAsync', onMain),
];
