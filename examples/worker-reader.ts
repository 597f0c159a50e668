import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { attach, KiteFeed, type KiteHandle } from 'tickring';
import { type Example, NAMES, nameOf } from './example.ts';

interface Signal {
  token: number;
  price: number;
  ticks: number;
}

/** The feed's sockets stay on this thread; the strategy reads on another, which may block. */
export const run: Example = async ({ url, apiKey, accessToken }) => {
  await using feed = new KiteFeed({ url, apiKey, accessToken, mode: 'quote' });
  feed.subscribe(NAMES.keys());
  const strategy = new Worker(new URL(import.meta.url), { workerData: feed.handle });
  strategy.on('message', ({ token, price, ticks }: Signal) => {
    console.log(`after ${ticks} ticks: new high of ${nameOf(token)} at ${price}`);
  });
  await feed.start();
  await once(strategy, 'exit');
};

function strategy(handle: KiteHandle): void {
  using reader = attach(handle).reader({ kind: 'gating' });
  const highs = new Map<number, number>();
  let ticks = 0;
  // Without a time-out this would wait until the feed is closed.
  while (ticks < 3_000 && reader.waitSync(5000)) {
    for (const tick of reader.drain()) {
      ticks += 1;
      const high = highs.get(tick.instrumentToken);
      if (high !== undefined && tick.lastPrice <= high) continue;
      highs.set(tick.instrumentToken, tick.lastPrice);
      if (high === undefined) continue;
      const signal: Signal = { token: tick.instrumentToken, price: tick.lastPrice, ticks };
      parentPort?.postMessage(signal);
    }
  }
}

if (!isMainThread) strategy(workerData as KiteHandle);
