import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ArgumentError, AttachError } from 'tickring';
import { attach, type KrakenFeed, type KrakenReader, type KrakenRecord } from 'tickring/kraken';
import type { KrakenSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import {
  BTC,
  DEMO,
  ETH,
  krakenEvent,
  krakenFeed,
  krakenSimulator,
  untilRead,
  XRP,
} from '../support/kraken.ts';
import { until } from '../support/memory.ts';

const SYMBOLS = [BTC, ETH, XRP];

/** What makes a message of a channel what it is, symbol by symbol and in order. */
type Story = Map<string, string[]>;

function tell(story: Story, channel: string, symbol: string, what: unknown[]): void {
  const key = `${channel} ${symbol}`;
  const told = story.get(key);
  if (told) told.push(what.join(' '));
  else story.set(key, [what.join(' ')]);
}

/** Adds what a frame of the simulator says. */
function tellFrame(story: Story, text: string): void {
  const { channel, data } = JSON.parse(text);
  if (!['ticker', 'trade', 'book', 'ohlc'].includes(channel)) return;
  for (const row of data) {
    if (channel === 'ticker') tell(story, channel, row.symbol, [row.bid, row.ask, row.last, row.volume]);
    if (channel === 'trade') tell(story, channel, row.symbol, [row.trade_id, row.price, row.qty, row.side]);
    if (channel === 'book')
      tell(story, channel, row.symbol, [row.checksum, row.bids.length, row.asks.length]);
    if (channel === 'ohlc')
      tell(story, channel, row.symbol, [row.open, row.high, row.low, row.close, row.volume]);
  }
}

/** Levels of a book message in several records. */
let bids = 0;
let asks = 0;

function tellRecord(story: Story, record: KrakenRecord): void {
  switch (record.kind) {
    case 'ticker':
      tell(story, 'ticker', record.symbol, [record.bid, record.ask, record.last, record.volume]);
      break;
    case 'trade':
      tell(story, 'trade', record.symbol, [record.tradeId, record.price, record.quantity, record.side]);
      break;
    case 'candle':
      tell(story, 'ohlc', record.symbol, [record.open, record.high, record.low, record.close, record.volume]);
      break;
    case 'book':
      bids += record.bids.length;
      asks += record.asks.length;
      if (record.continued) break;
      tell(story, 'book', record.symbol, [record.checksum, bids, asks]);
      bids = 0;
      asks = 0;
      break;
    default:
  }
}

function size(story: Story): number {
  return [...story.values()].reduce((sum, { length }) => sum + length, 0);
}

/** What the simulator sends, from now on. */
function recordStory(simulator: KrakenSimulator): Story {
  const story: Story = new Map();
  simulator.record((text) => tellFrame(story, text));
  return story;
}

async function subscribeAll(feed: KrakenFeed): Promise<void> {
  await Promise.all([
    feed.subscribe({ channel: 'ticker', symbols: SYMBOLS }),
    feed.subscribe({ channel: 'trade', symbols: SYMBOLS, snapshot: true }),
    feed.subscribe({ channel: 'book', symbols: SYMBOLS, depth: 25 }),
    feed.subscribe({ channel: 'ohlc', symbols: SYMBOLS }),
  ]);
}

async function readStory(reader: KrakenReader, sent: Story): Promise<Story> {
  const story: Story = new Map();
  while (size(story) < size(sent)) {
    await reader.wait();
    for (const record of reader.drain()) tellRecord(story, record);
  }
  return story;
}

describe('what is read', () => {
  test.each(['gating', 'copying'] as const)(
    'by a %s reader is what was sent, in order for each symbol and channel',
    async (kind) => {
      await using simulator = await krakenSimulator();
      const sent = recordStory(simulator);
      await using feed = krakenFeed(simulator, { recordSlots: 65_536 });
      using reader = feed.reader({ kind });
      await feed.start();
      await subscribeAll(feed);
      for (const symbol of SYMBOLS) simulator.step(1_000, symbol);
      const story = await readStory(reader, sent);
      expect([...sent.keys()].sort()).toEqual([...story.keys()].sort());
      for (const [key, messages] of sent) expect(story.get(key), key).toEqual(messages);
      expect(feed.stats()).toMatchObject({
        lagged: 0,
        booksFailed: 0,
        malformedTexts: 0,
        inexact: 0,
        overflowed: 0,
      });
    },
  );

  test('by listeners is the same, and there is no reader when there are none', async () => {
    await using simulator = await krakenSimulator();
    const sent = recordStory(simulator);
    await using feed = krakenFeed(simulator, { recordSlots: 65_536, connections: 1 });
    const readers = () => feed.stats().connections[0]?.readers.length;
    const story: Story = new Map();
    let lagged = 0;
    feed.on('lagged', (records) => {
      lagged += records;
    });
    await feed.start();
    expect(readers()).toBe(0);
    const listener = (record: KrakenRecord) => tellRecord(story, record);
    const names = ['ticker', 'trade', 'book', 'ohlc'] as const;
    for (const name of names) feed.on(name, listener);
    // Several for one event are each called.
    const again: Story = new Map();
    const second = (record: KrakenRecord) => tellRecord(again, record);
    feed.on('trade', second);
    expect(readers()).toBe(1);
    await subscribeAll(feed);
    for (const symbol of SYMBOLS) simulator.step(200, symbol);
    await until(() => size(story) === size(sent));
    for (const [key, messages] of sent) expect(story.get(key), key).toEqual(messages);
    for (const symbol of SYMBOLS) expect(again.get(`trade ${symbol}`)).toEqual(sent.get(`trade ${symbol}`));
    expect(lagged).toBe(0);
    feed.off('trade', second);
    for (const name of names) feed.off(name, listener);
    const last = krakenEvent(feed, 'trade');
    simulator.step(500, BTC);
    await last;
    while (readers() !== 0) await new Promise(setImmediate);
  });

  test('comes from those connections that are asked for', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    using level3 = feed.reader({ endpoint: 'level3' });
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    await feed.subscribe({ channel: 'level3', symbols: [ETH] });
    let orders = 0;
    while (orders === 0) {
      await level3.wait();
      for (const record of level3.drain()) {
        expect(record.kind === 'order' || record.kind === 'status').toBe(true);
        if (record.kind === 'order') {
          expect(record.symbol).toBe(ETH);
          orders += 1;
        }
      }
    }
    expect(() => feed.reader({ connection: 9 })).toThrow(ArgumentError);
    expect(() => feed.reader({ connection: 9 })).toThrow(
      'this feed has 0 (public), 1 (public), 2 (private), 3 (level3)',
    );
  });

  test('of candles closes one when the next begins', async () => {
    await using simulator = await krakenSimulator({ startTime: 1_790_000_000_000, stepTime: 5_000 });
    await using feed = krakenFeed(simulator);
    using reader = feed.reader();
    await feed.start();
    await feed.subscribe({ channel: 'ohlc', symbols: [BTC], snapshot: false });
    const begins: number[] = [];
    const read = (async () => {
      while (new Set(begins).size < 3) {
        await reader.wait();
        for (const record of reader.drain()) if (record.kind === 'candle') begins.push(record.begin ?? 0);
      }
    })();
    simulator.step(500, BTC);
    await read;
    expect(begins).toEqual([...begins].sort((a, b) => a - b));
    for (const begin of begins) expect(begin % 60_000).toBe(0);
  });
});

describe('the newest record', () => {
  test('of a symbol and channel can be had without reading', async () => {
    await using simulator = await krakenSimulator();
    const sent = recordStory(simulator);
    await using feed = krakenFeed(simulator, { recordSlots: 65_536 });
    using reader = feed.reader();
    await feed.start();
    expect(feed.latest('ticker', BTC)).toBeUndefined();
    await subscribeAll(feed);
    simulator.step(300, BTC);
    await readStory(reader, sent);
    const ticker = feed.latest('ticker', BTC);
    expect([ticker?.bid, ticker?.ask, ticker?.last, ticker?.volume].join(' ')).toBe(
      sent.get(`ticker ${BTC}`)?.at(-1),
    );
    const trade = feed.latest('trade', BTC);
    expect([trade?.tradeId, trade?.price, trade?.quantity, trade?.side].join(' ')).toBe(
      sent.get(`trade ${BTC}`)?.at(-1),
    );
    expect(feed.latest('book', ETH)?.symbol).toBe(ETH);
    expect(feed.latest('ohlc', XRP)?.kind).toBe('candle');
    // It stays as it is, and can be read into again.
    const before = ticker?.volume;
    simulator.step(300, BTC);
    await untilRead(reader, () => feed.latest('ticker', BTC)?.volume !== before);
    expect(ticker?.volume).toBe(before);
    expect(feed.latest('ticker', BTC, { into: ticker })).toBe(ticker);
    expect(ticker?.volume).not.toBe(before);
    expect(feed.latest('ticker', BTC, { connection: 1 })).toBeUndefined();
    expect(() => feed.latest('level3' as never, BTC)).toThrow(ArgumentError);
  });

  test('is not kept when nobody wants it', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { latest: false });
    using reader = feed.reader();
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    await reader.wait();
    expect(feed.latest('ticker', BTC)).toBeUndefined();
    expect(feed.stats().venueLatencies).toEqual([]);
  });
});

describe('a book', () => {
  test('of a symbol that is streamed at two depths can be had by its connection', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    using reader = feed.reader();
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [BTC], depth: 10 });
    await feed.subscribe({ channel: 'book', symbols: [BTC], depth: 100 });
    const [shallow, deep] = [0, 1].map((connection) => feed.book(BTC, { connection }));
    await untilRead(reader, () => shallow!.trusted && deep!.trusted);
    expect(shallow?.read()?.bids.length).toBe(10);
    expect(deep?.read()?.bids.length).toBe(100);
    expect(feed.book(BTC).trusted).toBe(true);
    expect(() => feed.book(BTC, { connection: 2 })).toThrow(ArgumentError);
  });

  test('follows its symbol to another connection', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    using reader = feed.reader();
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
    const book = feed.book(BTC);
    await untilRead(reader, () => book.trusted);
    const gone = krakenEvent(feed, 'gave-up');
    simulator.disconnect(1008);
    await gone;
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
    const { sequence } = book;
    simulator.step(50, BTC);
    await untilRead(reader, () => book.sequence !== sequence && book.trusted);
    expect(feed.subscriptions()).toMatchObject([{ connection: 1 }]);
  });
});

describe('another thread', () => {
  test.each(['gating', 'copying'] as const)(
    'reads the same with a %s reader, and sees the same books',
    async (kind) => {
      await using simulator = await krakenSimulator();
      const sent = recordStory(simulator);
      const feed = krakenFeed(simulator, { recordSlots: 65_536 });
      const worker = new Worker(new URL('../support/threads/kraken-reader.js', import.meta.url), {
        workerData: { handle: feed.handle, options: { kind }, symbols: SYMBOLS },
      });
      await once(worker, 'message');
      using reader = feed.reader();
      await feed.start();
      await subscribeAll(feed);
      for (const symbol of SYMBOLS) simulator.step(300, symbol);
      await readStory(reader, sent);
      const books = SYMBOLS.map((symbol) => feed.book(symbol).read()!.toObject());
      const result = once(worker, 'message');
      const exited = once(worker, 'exit');
      await feed.close();
      const [{ kinds, lagged, books: seen, latest }] = await result;
      expect(lagged).toBe(0);
      const messages = (channel: string) =>
        SYMBOLS.flatMap((symbol) => sent.get(`${channel} ${symbol}`)!).length;
      expect(kinds).toMatchObject({
        ticker: messages('ticker'),
        trade: messages('trade'),
        candle: messages('ohlc'),
      });
      for (const [nth, symbol] of SYMBOLS.entries()) expect(seen[symbol]).toEqual(books[nth]);
      for (const [nth, symbol] of SYMBOLS.entries())
        expect(latest[nth]).toMatchObject({ kind: 'ticker', symbol });
      await exited;
    },
  );

  test('refuses what is no handle of a Kraken feed', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    expect(attach(feed.handle).handle.endpoints).toEqual(['public', 'public']);
    expect(() => attach({ ...feed.handle, venue: 'kite' as 'kraken' })).toThrow(AttachError);
    expect(() => attach(undefined as never)).toThrow(AttachError);
  });
});

describe('statistics', () => {
  test('tell how old data is when it comes, by symbol and channel', async () => {
    await using simulator = await krakenSimulator({ rate: 500 });
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC, ETH] });
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
    const measured = () => feed.stats().venueLatencies;
    while (measured().length < 3) await krakenEvent(feed, 'ticker');
    expect(
      measured()
        .map(({ channel, symbol }) => `${channel} ${symbol}`)
        .sort(),
    ).toEqual([`book ${BTC}`, `ticker ${BTC}`, `ticker ${ETH}`]);
    for (const { samples, min, p50, p99, max, connection } of measured()) {
      expect(samples).toBeGreaterThan(0);
      expect(connection).toBe(0);
      expect([min, p50, p99, max]).toEqual([min, p50, p99, max].toSorted((a, b) => a - b));
    }
    await feed.unsubscribe({ channel: 'ticker' });
    while (measured().length > 1) await krakenEvent(feed, 'book');
  });

  test('count what the simulator counts', async () => {
    await using simulator = await krakenSimulator();
    const sent = recordStory(simulator);
    await using feed = krakenFeed(simulator, { connections: 1 });
    using reader = feed.reader();
    await feed.start();
    await subscribeAll(feed);
    simulator.step(200, BTC);
    await readStory(reader, sent);
    const { channels } = simulator.stats();
    // A counter may be a moment behind the records that it counts.
    await until(() => feed.stats().booksMatched >= channels.book.snapshots + channels.book.updates);
    const stats = feed.stats();
    expect(stats.booksMatched).toBe(channels.book.snapshots + channels.book.updates);
    expect(stats.connections).toMatchObject([{ endpoint: 'public', connection: 0 }]);
    // A heartbeat may be on its way.
    await until(() => feed.stats().frames === simulator.stats().messagesSent);
    expect(stats.latencies.receiveToRead.count).toBeGreaterThan(0);
  });
});
