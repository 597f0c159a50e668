import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { attach, KiteFeed, type KiteHandle } from 'tickring';
import { KiteSimulator } from 'tickring/sim';
import type { Example } from './example.ts';

/** Words that all threads share: whether main is blocked; ticks read meanwhile, and in all; the longest silence, ms. */
const BLOCKED = 0;
const MEANWHILE = 1;
const TICKS = 2;
const SILENCE = 3;

/** A handler that keeps this thread busy for 200 of every 250 ms; a strategy on another thread goes on, or not. */
export const run: Example = async () => {
  // In a process of its own: the simulator of the other examples is on the thread that is blocked here.
  const simulator = fork(new URL(import.meta.url), { env: { ...process.env, BLOCKED_MAIN: 'simulator' } });
  const [{ url, tokens }] = (await once(simulator, 'message')) as [{ url: string; tokens: number[] }];
  console.log('main is blocked for 200 ms of every 250; a worker reads 20,000 ticks a second:');
  for (const io of ['main', 'worker'] as const) {
    const words = new Int32Array(new SharedArrayBuffer(16));
    await using feed = new KiteFeed({ url, apiKey: 'demo', accessToken: 'demo', mode: 'full', io });
    feed.subscribe(tokens);
    const reader = new Worker(new URL(import.meta.url), { workerData: { handle: feed.handle, words } });
    await feed.start();
    await feed.ready();
    for (let round = 0; round < 8; round++) {
      Atomics.store(words, BLOCKED, 1);
      const until = performance.now() + 200;
      while (performance.now() < until);
      Atomics.store(words, BLOCKED, 0);
      await pause(50);
    }
    const { p50, p99 } = feed.stats().latencies.receiveToRead;
    const exited = once(reader, 'exit');
    await feed.close();
    await exited;
    const share = Math.round((100 * words[MEANWHILE]!) / words[TICKS]!);
    console.log(
      `  io: '${io}'`.padEnd(15),
      `${share} % of ${words[TICKS]} ticks read meanwhile; longest silence ${words[SILENCE]} ms;`,
      `receive → read p50 ${Math.round(p50)} µs, p99 ${Math.round(p99)} µs`,
    );
  }
  console.log("(with io: 'main' a frame counts as received when main gets to it, not when it arrives)");
  simulator.disconnect();
  await once(simulator, 'exit');
};

function strategy({ handle, words }: { handle: KiteHandle; words: Int32Array }): void {
  using reader = attach(handle).reader();
  let last: number | undefined;
  while (reader.waitSync()) {
    let ticks = 0;
    for (const _ of reader.drain()) ticks += 1;
    const now = performance.now();
    if (last !== undefined) words[SILENCE] = Math.max(words[SILENCE]!, Math.round(now - last));
    last = now;
    words[TICKS]! += ticks;
    if (Atomics.load(words, BLOCKED) === 1) words[MEANWHILE]! += ticks;
  }
}

async function simulate(): Promise<void> {
  await using simulator = new KiteSimulator({ rate: 20_000, instruments: 1_000 });
  await simulator.listen();
  process.send?.({ url: simulator.url, tokens: [...simulator.instrumentTokens] });
  await once(process, 'disconnect');
}

const { BLOCKED_MAIN } = process.env;
if (!isMainThread) strategy(workerData as { handle: KiteHandle; words: Int32Array });
else if (BLOCKED_MAIN === 'simulator' && process.connected) await simulate();
