import { type KrakenFeed, type KrakenReader, Level3Book } from 'tickring/kraken';
import type { KrakenSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { OrderChecker } from '../sim/kraken/checker.ts';
import { BTC, DEMO, ETH, krakenFeed, krakenSimulator } from '../support/kraken.ts';

/** A book that is kept from a feed's records, with a checker that keeps the same from the frames as they were sent. */
class Watched {
  readonly book: Level3Book;
  readonly checker: OrderChecker;
  /** Messages that were sent, and those that the book has taken. */
  sent = 0;
  taken = 0;

  constructor(simulator: KrakenSimulator, symbol: string, depth: number) {
    this.book = new Level3Book(symbol, { depth });
    this.checker = new OrderChecker(depth);
    simulator.record(
      (text) => {
        const { channel, data } = JSON.parse(text);
        if (channel !== 'level3' || data[0].symbol !== symbol) return;
        this.checker.apply(text);
        this.sent += 1;
      },
      { endpoint: 'level3' },
    );
  }
}

/** Reads on until the condition holds; every order goes to every book. */
async function readInto(
  reader: KrakenReader,
  watched: readonly Watched[],
  condition: () => boolean,
): Promise<void> {
  while (!condition()) {
    if (!(await reader.wait())) throw new Error('the feed was closed before that');
    for (const record of reader.drain()) {
      if (record.kind !== 'order') continue;
      for (const each of watched) if (each.book.apply(record)) each.taken += 1;
    }
  }
}

function subscribed(feed: KrakenFeed, symbol: string, depth: 10 | 100): Promise<void> {
  return feed.subscribe({ channel: 'level3', symbols: [symbol], depth });
}

describe('a level 3 book of a feed', () => {
  test('matches every checksum, and has the orders that were sent, each where it stands in its queue', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    using reader = feed.reader({ endpoint: 'level3', kind: 'gating' });
    const watched = [new Watched(simulator, BTC, 10), new Watched(simulator, ETH, 100)];
    const checks = new Set<string>();
    await feed.start();
    await Promise.all([subscribed(feed, BTC, 10), subscribed(feed, ETH, 100)]);
    for (let round = 0; round < 20; round++) {
      for (const { book } of watched) simulator.step(50, book.symbol);
      await readInto(reader, watched, () => watched.every(({ sent, taken }) => sent === taken));
      for (const { book, checker } of watched) {
        checks.add(`${book.state} ${book.check} ${book.trusted}`);
        expect(book.checksum).toBe(checker.checksum());
        const positions = new Map<string, [side: string, level: number, ahead: number]>();
        for (const side of ['bid', 'ask'] as const) {
          const orders = side === 'bid' ? checker.bids : checker.asks;
          let level = -1;
          let ahead = 0;
          for (const [nth, { order_id, limit_price }] of orders.entries()) {
            const same = orders[nth - 1]?.limit_price === limit_price;
            level += same ? 0 : 1;
            ahead = same ? ahead + 1 : 0;
            positions.set(order_id, [side, level, ahead]);
          }
        }
        expect(book.size).toBe(positions.size);
        for (const [id, [side, level, ordersAhead]] of positions)
          expect(book.position(id), id).toMatchObject({ side, level, ordersAhead });
      }
    }
    expect([...checks]).toEqual(['live matched true']);
    expect(watched.every(({ sent }) => sent > 100)).toBe(true);
    expect(
      watched.map(({ book: { mismatches, unknownOrders, ignored } }) => [mismatches, unknownOrders, ignored]),
    ).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('that fails its check waits for the resync that its owner asks for, and stands again', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    using reader = feed.reader({ endpoint: 'level3', kind: 'gating' });
    const watched = new Watched(simulator, BTC, 10);
    const { book } = watched;
    await feed.start();
    await subscribed(feed, BTC, 10);
    await readInto(reader, [watched], () => book.trusted);
    simulator.inject({ kind: 'wrong-checksum' }, { channel: 'level3', symbol: BTC });
    simulator.step(50, BTC);
    await readInto(reader, [watched], () => book.state === 'resyncing');
    expect(book).toMatchObject({ trusted: false, check: 'failed', mismatches: 1 });
    expect(feed.resync('level3', BTC)).toBe(true);
    await readInto(reader, [watched], () => book.trusted);
    const ids = ({ bids, asks }: OrderChecker) => [...bids, ...asks].map(({ order_id }) => order_id).sort();
    const held = [...book.bids, ...book.asks].flatMap(({ orders }) => orders.map(({ orderId }) => orderId));
    expect(held.sort()).toEqual(ids(watched.checker));
  });

  test('notices a message that was lost, and starts anew with a new connection', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    using reader = feed.reader({ endpoint: 'level3', kind: 'gating' });
    const watched = new Watched(simulator, BTC, 10);
    const { book } = watched;
    await feed.start();
    await subscribed(feed, BTC, 10);
    await readInto(reader, [watched], () => book.trusted);
    simulator.inject({ kind: 'drop', messages: 3 }, { channel: 'level3', symbol: BTC });
    simulator.step(100, BTC);
    await readInto(reader, [watched], () => book.state === 'resyncing');
    simulator.disconnect();
    await readInto(reader, [watched], () => book.trusted);
    expect(book.mismatches).toBeGreaterThan(0);
    const before = watched.taken;
    simulator.step(20, BTC);
    await readInto(reader, [watched], () => watched.taken > before + 5);
    expect(book.trusted).toBe(true);
  });
});
