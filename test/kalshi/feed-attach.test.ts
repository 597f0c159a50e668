import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { KalshiBookObject, KalshiSequence, KalshiSummary } from 'tickring/kalshi';
import { expect, test } from 'vitest';
import { kalshiEvent, kalshiFeed, kalshiSimulator, stepBook, untilRight } from '../support/kalshi.ts';

interface Seen {
  readonly kinds: { readonly book?: number };
  readonly books: readonly (KalshiBookObject | undefined)[];
  readonly summary: KalshiSummary;
  readonly sequences: readonly KalshiSequence[];
}

test('another thread reads a running feed, before it starts and after it came back', async () => {
  await using simulator = await kalshiSimulator();
  await using feed = kalshiFeed(simulator);
  const [a, b] = simulator.tickers.filter((ticker) => simulator.market(ticker).isOpen) as [string, string];
  const worker = new Worker(new URL('../support/threads/kalshi-looker.js', import.meta.url), {
    workerData: { handle: feed.handle, markets: [a, b] },
    execArgv: [],
  });
  try {
    await once(worker, 'message');
    const look = async (): Promise<Seen> => {
      worker.postMessage('look');
      const [seen] = await once(worker, 'message');
      return seen as Seen;
    };
    await feed.start();
    await feed.subscribe({ channel: 'orderbook_delta', markets: [a, b] });
    for (const market of [a, b]) stepBook(simulator, market);
    for (const market of [a, b]) await untilRight(feed, simulator, market);
    const seen = await look();
    expect(seen.books).toEqual([feed.book(a).full(), feed.book(b).full()]);
    expect(seen.kinds.book).toBeGreaterThan(2);
    expect(seen.summary).toEqual(feed.summary());
    expect(seen.sequences).toMatchObject([{ connection: 0, sid: 1, gaps: 0, ended: false }]);
    const back = kalshiEvent(feed, 'state', ({ to }) => to === 'subscribed');
    simulator.disconnect();
    await back;
    for (const market of [a, b]) await untilRight(feed, simulator, market);
    expect((await look()).books).toEqual([feed.book(a).full(), feed.book(b).full()]);
  } finally {
    await worker.terminate();
  }
});
