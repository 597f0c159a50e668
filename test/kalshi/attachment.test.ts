import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { KalshiBook, KalshiFeed } from 'tickring/kalshi';
import type { KalshiSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { kalshiFeed, kalshiSimulator } from '../support/kalshi.ts';
import { until } from '../support/memory.ts';

const LOOKER = new URL('../support/threads/kalshi-looker.js', import.meta.url);

/** Dollars and contracts, best first, as a simulator's ladder has them in units. */
function levelsOf(ladder: readonly (readonly [number, number])[]) {
  return ladder.map(([price, count]) => ({ price: price / 10_000, size: count / 100 })).toReversed();
}

function isSame(book: KalshiBook, simulator: KalshiSimulator): boolean {
  const full = book.full();
  const { yes, no } = simulator.book(book.marketTicker);
  const same = (read: unknown, sent: typeof yes) => JSON.stringify(read) === JSON.stringify(levelsOf(sent));
  return full?.trusted === true && same(full.yes, yes) && same(full.no, no);
}

/** Attached, on a thread of its own. */
async function lookerAt(feed: KalshiFeed, markets: readonly string[]) {
  const worker = new Worker(LOOKER, { workerData: { handle: feed.handle, markets }, execArgv: [] });
  await once(worker, 'message');
  return {
    look: async () => {
      const answer = once(worker, 'message');
      worker.postMessage('look');
      return (await answer)[0];
    },
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}

describe('another thread', () => {
  test.each([
    [1, false],
    [2, true],
  ])(
    'sees the books of %i connections as the exchange has them (NO at YES prices: %s)',
    async (connections, useYesPrice) => {
      await using simulator = await kalshiSimulator();
      await using feed = kalshiFeed(simulator, { connections, useYesPrice });
      const markets = simulator.tickers.filter((ticker) => simulator.market(ticker).isOpen).slice(0, 6);
      await feed.start();
      await using looker = await lookerAt(feed, markets);
      await feed.subscribe({ channel: 'orderbook_delta', markets });
      await feed.subscribe({ channel: 'ticker', markets, sendInitialSnapshot: true });
      for (const market of markets) simulator.step(50, market);
      const books = markets.map((market) => feed.book(market));
      await until(() => books.every((book) => isSame(book, simulator)));
      await until(() => markets.every((market) => feed.latest('ticker', market)));

      const seen = await looker.look();
      for (const [i, market] of markets.entries()) {
        const { yes, no } = simulator.book(market);
        expect(seen.books[i]).toMatchObject({
          ...{ marketTicker: market, state: 'live', trusted: true },
          ...{ yes: levelsOf(yes), no: levelsOf(no) },
        });
        expect(seen.tickers[i]).toMatchObject({ kind: 'ticker', marketTicker: market });
      }
      expect(seen.summary).toMatchObject({ trusted: markets.length, untrusted: 0, gaps: 0 });
      expect(
        seen.summary.markets.map(({ marketTicker }: { marketTicker: string }) => marketTicker).sort(),
      ).toEqual(markets.toSorted());
      const numbered = simulator
        .subscriptions()
        .flatMap(({ subscriptions }) => subscriptions.filter(({ channel }) => channel === 'orderbook_delta'));
      expect(numbered.length).toBe(connections);
      for (const { sid, seq } of numbered) {
        expect(seen.sequences).toContainEqual(expect.objectContaining({ sid, seq, gaps: 0, ended: false }));
      }
      expect(seen.kinds.book).toBeGreaterThan(markets.length);
      expect(seen.kinds.gap).toBeUndefined();
    },
  );

  test('sees that a message is missing, and that no book is left when the connection is lost', async () => {
    await using simulator = await kalshiSimulator();
    // Long enough that nobody comes back meanwhile.
    const never = { initialDelay: 60_000, maxDelay: 60_000 };
    await using feed = kalshiFeed(simulator, { reconnect: never });
    const markets = simulator.tickers.filter((ticker) => simulator.market(ticker).isOpen).slice(0, 2);
    await feed.start();
    await using looker = await lookerAt(feed, markets);
    await feed.subscribe({ channel: 'orderbook_delta', markets });
    const books = markets.map((market) => feed.book(market));
    await until(() => books.every((book) => isSame(book, simulator)));
    simulator.inject({ kind: 'drop' }, { channel: 'orderbook_delta' });
    simulator.step(50, markets[0]);
    await until(() => feed.summary().recoveries === markets.length);
    await until(() => books.every((book) => isSame(book, simulator)));
    let seen = await looker.look();
    // A book is right a moment before the record that says so is published.
    while ((seen.kinds.gap ?? 0) < 3) seen = await looker.look();
    expect(seen.summary).toMatchObject({ trusted: 2, untrusted: 0, gaps: 2, recoveries: 2 });
    expect(seen.sequences).toMatchObject([{ gaps: 1 }]);
    const [{ expected, received }] = seen.sequences;
    expect(received).toBe(expected + 1);
    expect(seen.kinds.gap).toBe(3);

    simulator.disconnect();
    await until(() => books.every(({ state }) => state === 'empty'));
    expect(await looker.look()).toMatchObject({ summary: { markets: [] }, sequences: [] });
  });
});
