import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { KiteTicker } from 'kiteconnect';
import { KiteFeed } from 'tickring/kite';
import { microsecondsSince, p99 } from './isolation-clock.ts';
import type { Benchmark } from './suite.ts';

/** The main thread is busy for so many ms of every so many. */
const BUSY = 200;
const EVERY = 250;
/** Rounds of that before the measurement, and during it. */
const WARM_UP = 2;
const ROUNDS = 10;

const NOTE =
  "p99 from the sender's write to the read, by the machine's monotonic clock: the simulator, in a process of its own, writes the time of sending into a field of each packet. 20,000 full ticks a second in frames of 50; the thread that made the feed (that runs the official client) computes for 200 ms, ten times, with 50 ms between; what it cannot keep up with piles up, so that its latency grows as long as it runs";

interface Sender {
  readonly url: string;
  readonly tokens: number[];
}

/** What a handler does that computes on the main thread; calls back when the rounds that count begin. */
async function blocked(measure: () => void): Promise<void> {
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    if (round === WARM_UP) measure();
    const until = performance.now() + BUSY;
    while (performance.now() < until);
    await pause(EVERY - BUSY);
  }
}

async function ours({ url, tokens }: Sender, io: 'main' | 'worker'): Promise<number> {
  const feed = new KiteFeed({ url, apiKey: 'demo', accessToken: 'demo', mode: 'full', connections: 1, io });
  feed.subscribe(tokens);
  const measuring = new Int32Array(new SharedArrayBuffer(4));
  const reader = new Worker(new URL('./isolation-reader.js', import.meta.url), {
    workerData: { handle: feed.handle, measuring },
  });
  await feed.start();
  await feed.ready();
  await blocked(() => Atomics.store(measuring, 0, 1));
  Atomics.store(measuring, 0, 0);
  const answer = once(reader, 'message');
  await feed.close();
  const [value] = (await answer) as [number];
  return value;
}

async function official({ url, tokens }: Sender): Promise<number> {
  const ticker = new KiteTicker({
    api_key: 'demo',
    access_token: 'demo',
    root: `${url}/`,
    reconnect: false,
  } as ConstructorParameters<typeof KiteTicker>[0]);
  const latencies: number[] = [];
  let measuring = false;
  const connected = new Promise<void>((resolve) => ticker.on('connect', () => resolve()));
  ticker.on('ticks', (ticks: { volume_traded: number }[]) => {
    if (!measuring) return;
    for (const { volume_traded } of ticks) latencies.push(microsecondsSince(volume_traded));
  });
  ticker.connect();
  await connected;
  ticker.setMode('full', ticker.subscribe(tokens));
  await blocked(() => {
    measuring = true;
  });
  ticker.disconnect();
  return p99(latencies);
}

function isolationBenchmark(
  name: string,
  baseline: string,
  other: (sender: Sender) => Promise<number>,
): Benchmark {
  return {
    name,
    unit: 'µs',
    better: 'less',
    baseline,
    note: NOTE,
    async prepare() {
      const child: ChildProcess = fork(new URL('./isolation-sender.js', import.meta.url));
      const [sender] = (await once(child, 'message')) as [Sender];
      return {
        ours: () => ours(sender, 'worker'),
        baseline: () => other(sender),
        async close() {
          child.disconnect();
          await once(child, 'exit');
        },
      };
    },
  };
}

export const isolation: readonly Benchmark[] = [
  isolationBenchmark('isolation', 'kiteconnect on the blocked thread', official),
  isolationBenchmark('isolation-io', "io: 'main'", (sender) => ours(sender, 'main')),
];
