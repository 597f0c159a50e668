import type { Book, BookResync, GapEvent, KrakenFeed } from 'tickring/kraken';
import type { KrakenSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import {
  BTC,
  ETH,
  krakenEvent,
  krakenFeed,
  krakenSimulator,
  recordRequests,
  streamedBy,
  untilRead,
} from '../support/kraken.ts';

/** Something happens in a symbol's market until its book has been sent an update. */
function stepBook(simulator: KrakenSimulator, symbol: string): void {
  const updates = () =>
    simulator.subscriptions({ channel: 'book', symbol }).reduce((sum, each) => sum + each.updates, 0);
  const before = updates();
  while (updates() === before) simulator.step(1, symbol);
}

/** Has a book's next update come with a wrong checksum. */
function breakBook(simulator: KrakenSimulator, symbol: string): void {
  simulator.inject({ kind: 'wrong-checksum' }, { channel: 'book', symbol });
  stepBook(simulator, symbol);
}

async function standing(feed: KrakenFeed, symbol: string): Promise<Book> {
  using reader = feed.reader();
  const subscribed = feed.subscribe({ channel: 'book', symbols: [symbol] });
  const book = feed.book(symbol);
  await untilRead(reader, () => book.trusted);
  await subscribed;
  return book;
}

/** All gaps and resyncs of a feed from now on. */
function recordMending(feed: KrakenFeed): (GapEvent | BookResync)[] {
  const events: (GapEvent | BookResync)[] = [];
  feed.on('gap', (gap) => events.push(gap));
  feed.on('resync', (resync) => events.push(resync));
  return events;
}

function outcome(feed: KrakenFeed, of: BookResync['outcome']): Promise<[BookResync]> {
  return krakenEvent(feed, 'resync', ({ outcome }) => outcome === of);
}

describe('a book that fails its check', () => {
  test('is subscribed to anew, and is not to be trusted until it stands again', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [ETH] });
    const book = await standing(feed, BTC);
    const goodUntil = book.asOf;
    const requests = recordRequests(simulator);
    const events = recordMending(feed);
    const states: string[] = [];
    feed.on('state', ({ to }) => states.push(to));
    const asked = outcome(feed, 'asked').then(() => book.state);
    const done = outcome(feed, 'done');
    breakBook(simulator, BTC);
    expect(await asked).toBe('resyncing');
    await done;
    expect(book.trusted).toBe(true);
    expect(requests).toEqual([`unsubscribe book ${BTC}`, `subscribe book ${BTC}`]);
    expect(events).toMatchObject([
      { reason: 'checksum', channel: 'book', symbol: BTC, connection: 0, goodUntil },
      { outcome: 'asked', symbol: BTC, attempt: 1 },
      { outcome: 'done', symbol: BTC, attempt: 1 },
    ]);
    const [gap] = events as [Extract<GapEvent, { reason: 'checksum' }>];
    expect(gap.expected).not.toBe(gap.computed);
    expect(states).toEqual(['resyncing', 'subscribed']);
    expect(feed.stats()).toMatchObject({ gaps: 1, resyncs: 1, resynced: 1, booksFailed: 1 });
    expect(feed.isSubscribed('book', BTC)).toBe(true);
    expect(feed.health().status).toBe('ok');
  });

  test('after a lost update is found, and mended', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    const book = await standing(feed, BTC);
    const done = outcome(feed, 'done');
    simulator.inject({ kind: 'drop' }, { channel: 'book', symbol: BTC });
    let mended = false;
    void done.then(() => {
      mended = true;
    });
    // A lost update may be undone by the next one before anybody can know.
    using reader = feed.reader();
    while (!mended) {
      stepBook(simulator, BTC);
      await reader.wait();
      for (const _ of reader.drain());
      if (feed.stats().booksFailed === 0 && simulator.stats().injected.dropped === 1)
        simulator.inject({ kind: 'drop' }, { channel: 'book', symbol: BTC });
    }
    expect(book.trusted).toBe(true);
  });

  test('again and again is left as it is in the end, until somebody asks or the connection is new', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { resyncAttempts: 2 });
    await feed.start();
    const book = await standing(feed, BTC);
    const events = recordMending(feed);
    const degraded = outcome(feed, 'degraded');
    // Also the snapshots that should mend it.
    simulator.inject(
      { kind: 'wrong-checksum', messages: 2 },
      { channel: 'book', symbol: BTC, type: 'snapshot' },
    );
    breakBook(simulator, BTC);
    await degraded;
    expect(events.map((event) => ('outcome' in event ? `${event.outcome} ${event.attempt}` : 'gap'))).toEqual(
      ['gap', 'asked 1', 'gap', 'asked 2', 'gap', 'degraded 2'],
    );
    expect(book.state).toBe('degraded');
    expect(book.trusted).toBe(false);
    expect(feed.health()).toMatchObject({ status: 'degraded', degradedBooks: [BTC] });
    expect(feed.state).toBe('subscribed');
    const done = outcome(feed, 'done');
    expect(feed.resync('book', BTC)).toBe(true);
    await done;
    expect(book.trusted).toBe(true);
    expect(feed.health()).toMatchObject({ status: 'ok', degradedBooks: [] });
  });

  test('and is degraded begins anew when it is left and wanted again, also when it fails at once', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { resyncAttempts: 1 });
    await feed.start();
    const book = await standing(feed, BTC);
    const events = recordMending(feed);
    const degraded = outcome(feed, 'degraded');
    simulator.inject({ kind: 'wrong-checksum' }, { channel: 'book', symbol: BTC, type: 'snapshot' });
    breakBook(simulator, BTC);
    await degraded;
    simulator.inject({ kind: 'wrong-checksum' }, { channel: 'book', symbol: BTC, type: 'snapshot' });
    const done = outcome(feed, 'done');
    await feed.unsubscribe({ channel: 'book', symbols: [BTC] });
    expect(feed.health().degradedBooks).toEqual([]);
    events.length = 0;
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
    await done;
    expect(book.trusted).toBe(true);
    expect(events).toMatchObject([
      { reason: 'checksum' },
      { outcome: 'asked', attempt: 1 },
      { outcome: 'done', attempt: 1 },
    ]);
  });

  test('and is degraded stands again after a reconnect', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { resyncAttempts: 0 });
    await feed.start();
    const book = await standing(feed, BTC);
    const degraded = outcome(feed, 'degraded');
    breakBook(simulator, BTC);
    await degraded;
    using reader = feed.reader();
    simulator.disconnect();
    await untilRead(reader, () => book.trusted);
    expect(feed.health().degradedBooks).toEqual([]);
  });

  test('when its connection is lost is none of the next connection', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    const book = await standing(feed, BTC);
    const events = recordMending(feed);
    const lost = krakenEvent(feed, 'state', ({ to }) => to === 'degraded');
    feed.on('gap', () => simulator.disconnect());
    breakBook(simulator, BTC);
    await lost;
    using reader = feed.reader();
    await untilRead(reader, () => book.trusted && book.epoch === 2);
    await feed.ready();
    expect(events.filter((event) => 'reason' in event)).toHaveLength(1);
    expect(events.filter((event) => 'outcome' in event && event.outcome === 'done')).toEqual([]);
  });

  test("with the policy 'ignore' is told of, and left streaming", async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { gapPolicy: 'ignore' });
    await feed.start();
    const book = await standing(feed, BTC);
    const requests = recordRequests(simulator);
    const gap = krakenEvent(feed, 'gap');
    breakBook(simulator, BTC);
    expect(await gap).toMatchObject([{ reason: 'checksum', symbol: BTC }]);
    expect(book.state).toBe('live');
    expect(book.check).toBe('failed');
    expect(book.trusted).toBe(false);
    using reader = feed.reader();
    const read = untilRead(reader, () => book.trusted);
    stepBook(simulator, BTC);
    await read;
    expect(requests).toEqual([]);
  });

  test("with the policy 'ignore' is told of, too, when the next message matches before anybody has looked", async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { gapPolicy: 'ignore' });
    await feed.start();
    const book = await standing(feed, BTC);
    using reader = feed.reader();
    for (let failures = 1; failures <= 5; failures++) {
      const gap = krakenEvent(feed, 'gap');
      breakBook(simulator, BTC);
      stepBook(simulator, BTC);
      expect(await gap).toMatchObject([{ reason: 'checksum', channel: 'book', symbol: BTC, connection: 0 }]);
      await untilRead(reader, () => book.trusted);
      expect(feed.stats()).toMatchObject({ gaps: failures, booksFailed: failures });
    }
  });

  test('and is not wanted any more is left alone', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await standing(feed, BTC);
    const gap = krakenEvent(feed, 'gap', () => {
      void feed.unsubscribe({ channel: 'book', symbols: [BTC] });
      return true;
    });
    breakBook(simulator, BTC);
    await gap;
    await feed.subscribe({ channel: 'book', symbols: [ETH] });
    expect(streamedBy(simulator)).toEqual([`book ${ETH} 10`]);
    const book = await standing(feed, BTC);
    expect(book.trusted).toBe(true);
  });
});

describe('a resync that is asked for', () => {
  test('unsubscribes and subscribes what streams, and nothing else', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'trade', symbols: [BTC] });
    const requests = recordRequests(simulator);
    expect(feed.resync('trade', BTC)).toBe(true);
    expect(feed.subscriptions()).toMatchObject([{ status: 'resyncing' }]);
    await feed.subscribe({ channel: 'trade', symbols: [BTC] });
    expect(requests).toEqual([`unsubscribe trade ${BTC}`, `subscribe trade ${BTC}`]);
    expect(feed.resync('trade', ETH)).toBe(false);
  });
});

test('a book whose connection was lost is not to be trusted, long before the connection is back', async () => {
  await using simulator = await krakenSimulator();
  await using feed = krakenFeed(simulator, { reconnect: { initialDelay: 60_000 } });
  await feed.start();
  const book = await standing(feed, BTC);
  const lost = krakenEvent(feed, 'state', ({ to }) => to === 'degraded');
  simulator.disconnect();
  await lost;
  await expect.poll(() => book.trusted).toBe(false);
  expect(book.state).toBe('empty');
});
