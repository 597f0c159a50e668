import { inspect } from 'node:util';
import fc from 'fast-check';
import { Arena } from 'tickring/memory';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  attach,
  KALSHI_VENUE,
  KalshiBook,
  KalshiBookSnapshot,
  kalshiLayout,
} from '../support/kalshi-views-internals.ts';
import { SymbolWriter } from '../support/symbols.ts';
import { BookWriter, type Level } from '../support/threads/books.js';
import { BookLadder, BookTable, bookLayout } from '../support/views-internals.ts';

const MARKET = 'KXHIGHNY-26NOV21-B52.5';

/** Ladders as Kalshi sends them: bids of YES and of NO, each at its own price, in units. */
interface Ladders {
  readonly yes: readonly (readonly [price: number, count: number])[];
  readonly no: readonly (readonly [price: number, count: number])[];
}

/** One connection with room for a few books. */
function connectionWith(markets: readonly string[], connection = 0, levels = 64) {
  const arena = Arena.create({
    ...{ venue: KALSHI_VENUE, connection, frameRingBytes: 256, recordSlots: 2, latestInstruments: 0 },
    ...{ symbols: 8, books: 4, bookLevels: levels, sequences: 4 },
  });
  const symbols = new SymbolWriter(arena);
  const writers = markets.map((market, place) => {
    symbols.setBook(symbols.add(market), place);
    return new BookWriter(arena, place);
  });
  function write(
    place: number,
    ladders: Ladders,
    fields: Readonly<Record<`BOOK_${string}`, number | bigint>> = {},
  ) {
    const writer = writers[place]!;
    // As the kernel keeps it: best first, on the YES scale.
    const bids = ladders.yes.toSorted(([a], [b]) => b - a);
    const asks = ladders.no
      .map(([price, count]) => [10_000 - price, count] as const)
      .toSorted(([a], [b]) => a - b);
    const level = ([price, count]: readonly [number, number]): Level => [BigInt(price), BigInt(count)];
    writer.begin();
    writer.set({
      BOOK_SYMBOL: place,
      BOOK_STATE: bookLayout.BOOK_STATE_LIVE,
      BOOK_CHECK: bookLayout.BOOK_CHECK_MATCHED,
      BOOK_PRICE_SCALE: kalshiLayout.PRICE_SCALE,
      BOOK_QUANTITY_SCALE: kalshiLayout.COUNT_SCALE,
      ...fields,
    });
    writer.levels('bids', bids.map(level));
    writer.levels('asks', asks.map(level));
    writer.end();
  }
  return { arena, write, writers, table: new BookTable(arena) };
}

const LADDERS: Ladders = {
  yes: [
    [100, 500_000],
    [4700, 12_050],
    [4655, 1],
  ],
  no: [
    [5150, 300],
    [200, 1_000_000],
  ],
};

let connection: ReturnType<typeof connectionWith>;
let book: KalshiBook;

beforeEach(() => {
  connection = connectionWith([MARKET]);
  book = new KalshiBook([connection.table], MARKET);
});

describe("a market's book", () => {
  it('shows best bid and implied ask of both outcomes, spread and midpoint', () => {
    connection.write(0, LADDERS);
    expect(book).toMatchObject({
      marketTicker: MARKET,
      ...{ yesBid: 0.47, yesBidUnits: 4700, yesBidSize: 120.5 },
      ...{ yesAsk: 0.485, yesAskUnits: 4850, yesAskSize: 3 },
      ...{ noBid: 0.515, noBidUnits: 5150, noBidSize: 3 },
      ...{ noAsk: 0.53, noAskUnits: 5300, noAskSize: 120.5 },
      ...{ spread: 0.015, midpoint: 0.4775 },
    });
  });

  it('has no ask where the other outcome has no bid, and then no spread', () => {
    connection.write(0, { yes: LADDERS.yes, no: [] });
    expect([book.yesBid, book.noAsk, book.yesAsk, book.noBid, book.spread, book.midpoint]).toEqual([
      ...[0.47, 0.53, undefined, undefined, undefined, undefined],
    ]);
    connection.write(0, { yes: [], no: LADDERS.no });
    expect([book.yesBid, book.noAsk, book.yesAsk, book.noBid, book.noBidSize, book.spread]).toEqual([
      ...[undefined, undefined, 0.485, 0.515, 3, undefined],
    ]);
  });

  it('is copied with four ladders, best first, as numbers, texts, units and cents', () => {
    connection.write(0, LADDERS);
    const { yesBids, noBids, yesAsks, noAsks } = book.read()!;
    expect(yesBids.toArray()).toEqual([
      { price: 0.47, size: 120.5 },
      { price: 0.4655, size: 0.01 },
      { price: 0.01, size: 5000 },
    ]);
    expect(noBids.toArray()).toEqual([
      { price: 0.515, size: 3 },
      { price: 0.02, size: 10_000 },
    ]);
    expect(yesAsks.toArray()).toEqual([
      { price: 0.485, size: 3 },
      { price: 0.98, size: 10_000 },
    ]);
    expect([noAsks.priceText(1), noAsks.priceUnits(1), noAsks.priceCents(1), noAsks.priceCents(0)]).toEqual([
      ...['0.5345', 5345, undefined, 53],
    ]);
    expect([noAsks.sizeText(1), noAsks.sizeUnits(1)]).toEqual(['0.01', 1]);
    expect(() => noBids.price(2)).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }));
    for (const level of [-1, 0.5, Number.NaN]) expect(() => yesBids.sizeUnits(level)).toThrow();
    expect(inspect(noBids)).toBe(inspect(noBids.toArray()));
  });

  const side = fc.uniqueArray(
    fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 2 ** 45 })),
    { selector: ([price]) => price, maxLength: 20 },
  );

  it('is the same market from either side: every bid of one outcome is an ask of the other', () => {
    fc.assert(
      fc.property(side, side, (yes, no) => {
        connection.write(0, { yes, no });
        const snapshot = book.read()!;
        const { yesBids, yesAsks, noBids, noAsks } = snapshot;
        for (const [bids, asks, sent] of [
          [yesBids, noAsks, yes],
          [noBids, yesAsks, no],
        ] as const) {
          const best = sent.toSorted(([a], [b]) => b - a);
          expect([bids.length, asks.length]).toEqual([best.length, best.length]);
          for (const [i, [price, count]] of best.entries()) {
            expect([bids.priceUnits(i), bids.sizeUnits(i)]).toEqual([price, count]);
            expect([asks.priceUnits(i), asks.sizeUnits(i)]).toEqual([10_000 - price, count]);
            expect(bids.sizeUnitsAt(price)).toBe(count);
          }
        }
        // The mirror image: what is YES there is NO here.
        connection.write(0, { yes: no, no: yes });
        expect([book.yesBidUnits, book.yesAskUnits]).toEqual([snapshot.noBidUnits, snapshot.noAskUnits]);
        expect([book.noBidUnits, book.noAskUnits]).toEqual([snapshot.yesBidUnits, snapshot.yesAskUnits]);
        expect([book.yesBidSize, book.yesAskSize]).toEqual([snapshot.noBidSize, snapshot.noAskSize]);
        expect(book.spread).toBe(snapshot.spread);
        if (snapshot.midpoint !== undefined) expect(book.midpoint).toBeCloseTo(1 - snapshot.midpoint, 12);
      }),
    );
  });

  it('says how much is bid at a price, of either outcome', () => {
    connection.write(0, LADDERS);
    expect([book.depthAt('yes', '0.4655'), book.depthAt('yes', '0.46550'), book.depthAt('no', 0.02)]).toEqual(
      [...[0.01, 0.01, 10_000]],
    );
    // A reckoned price: 0.030000000000000027.
    connection.write(0, { yes: [[300, 700]], no: [] });
    expect(book.depthAt('yes', 1 - 0.97)).toBe(7);
    expect([book.depthAt('yes', 0.04), book.depthAt('no', 0.03)]).toEqual([0, 0]);
    for (const price of ['0.47001', 'cheap', '']) {
      expect(() => book.depthAt('yes', price)).toThrow(
        expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }),
      );
    }
  });

  it('is told whole as a plain object', () => {
    expect(book.full()).toBeUndefined();
    expect(book.depthAt('yes', 0.47)).toBe(0);
    connection.write(0, LADDERS, { BOOK_VENUE_SUBSCRIPTION: 2, BOOK_VENUE_SEQUENCE: 77 });
    const full = {
      ...{ marketTicker: MARKET, state: 'live', trusted: true, sid: 2, seq: 77, asOf: undefined },
      yes: [
        { price: 0.47, size: 120.5 },
        { price: 0.4655, size: 0.01 },
        { price: 0.01, size: 5000 },
      ],
      no: [
        { price: 0.515, size: 3 },
        { price: 0.02, size: 10_000 },
      ],
      ...{ yesBid: 0.47, yesAsk: 0.485, noBid: 0.515, noAsk: 0.53, spread: 0.015, midpoint: 0.4775 },
    };
    expect(book.full()).toEqual(full);
    expect(inspect(book.read())).toBe(inspect(full));
  });

  it.each([
    ['BOOK_STATE_EMPTY', 'BOOK_CHECK_NONE', 'empty', false, 'none'],
    ['BOOK_STATE_SNAPSHOT', 'BOOK_CHECK_MATCHED', 'snapshot', true, 'matched'],
    ['BOOK_STATE_LIVE', 'BOOK_CHECK_MATCHED', 'live', true, 'matched'],
    ['BOOK_STATE_RESYNCING', 'BOOK_CHECK_FAILED', 'resyncing', false, 'failed'],
  ] as const)('with %s and %s says how far it is to be trusted', (state, check, name, trusted, checked) => {
    connection.write(0, LADDERS, { BOOK_STATE: bookLayout[state], BOOK_CHECK: bookLayout[check] });
    expect(book).toMatchObject({ state: name, trusted, check: checked });
    expect(book.read()).toMatchObject({ state: name, trusted, check: checked });
  });

  it('says which message it is of, and until when it was right', () => {
    connection.write(0, LADDERS, {
      ...{ BOOK_VENUE_SUBSCRIPTION: 7, BOOK_VENUE_SEQUENCE: 4_000_000_000, BOOK_EPOCH: 3 },
      ...{ BOOK_AS_OF: 1_795_249_800_123_456_000n, BOOK_GOOD_AS_OF: 1_795_249_800_000_000_000n },
      ...{ BOOK_RECEIVED_AT: 1_795_249_800_150.5, BOOK_UPDATES: 9 },
      ...{ BOOK_MISMATCHES: 3, BOOK_RESYNCS: 2, BOOK_IGNORED: 5 },
    });
    const expected = {
      ...{ sid: 7, seq: 4_000_000_000, epoch: 3, asOf: 1_795_249_800_123.456, goodUntil: 1_795_249_800_000 },
      receivedAt: 1_795_249_800_150.5,
    };
    expect(book).toMatchObject(expected);
    const snapshot = book.read()!;
    expect(snapshot).toMatchObject({ ...expected, updates: 9, gaps: 3, recoveries: 2, ignored: 5 });
    expect(snapshot.age(1_795_249_800_200)).toBe(49.5);
  });

  it('is empty before anything has come', () => {
    expect(book).toMatchObject({ state: 'empty', trusted: false, check: 'none', sequence: 0, receivedAt: 0 });
    expect([book.sid, book.seq, book.epoch]).toEqual([0, 0, 0]);
    expect([book.yesBid, book.noAskUnits, book.spread, book.midpoint, book.asOf]).toEqual(
      Array(5).fill(undefined),
    );
    expect(book.read()).toBeUndefined();
  });

  it('stays in a snapshot as it was, as deep as that has room for, until that is read into again', () => {
    connection.write(0, LADDERS);
    const snapshot = new KalshiBookSnapshot(1);
    expect(book.read(snapshot)).toBe(snapshot);
    const { sequence } = book;
    connection.write(0, { yes: [[9900, 100]], no: [] });
    expect([snapshot.yesBid, snapshot.yesBids.length, snapshot.noBids.length]).toEqual([0.47, 1, 1]);
    expect(book.sequence).not.toBe(sequence);
    expect([book.read(snapshot)?.yesBid, snapshot.noBids.length]).toEqual([0.99, 0]);
  });

  it('is good for ladders: on the YES scale', () => {
    connection.write(0, LADDERS);
    const { bids, asks } = new BookLadder({ rows: 3, tickSize: '0.01' }).read(book.read()!.yesScale);
    expect([bids.priceText(1), bids.cumulativeText(1), asks.priceText(0)]).toEqual([
      '0.4600',
      '120.51',
      '0.4900',
    ]);
  });
});

describe('the summary of all markets', () => {
  it('has best prices, spread, depth and trust of each, wherever it is streamed', () => {
    const [first, second] = [connectionWith(['A', 'B', 'C']), connectionWith(['D', 'A'], 1)];
    const handle = { venue: 'kalshi', arenas: [first.arena.handle, second.arena.handle] } as const;
    const attachment = attach(handle);
    expect(attachment.summary()).toEqual({ markets: [], trusted: 0, untrusted: 0, gaps: 0, recoveries: 0 });
    first.write(
      0,
      { yes: [[1000, 100]], no: [] },
      { BOOK_RECEIVED_AT: 10, BOOK_MISMATCHES: 1, BOOK_RESYNCS: 1 },
    );
    first.write(1, LADDERS, { BOOK_RECEIVED_AT: 20, BOOK_VENUE_SUBSCRIPTION: 1, BOOK_VENUE_SEQUENCE: 5 });
    // It is not streamed any more.
    first.write(2, { yes: [], no: [] }, { BOOK_STATE: bookLayout.BOOK_STATE_EMPTY });
    second.write(
      0,
      { yes: [], no: [] },
      {
        ...{ BOOK_STATE: bookLayout.BOOK_STATE_RESYNCING, BOOK_CHECK: bookLayout.BOOK_CHECK_FAILED },
        BOOK_MISMATCHES: 2,
      },
    );
    // It moved.
    second.write(1, { yes: [[2000, 100]], no: [[7500, 50]] }, { BOOK_RECEIVED_AT: 30 });
    const { markets, ...totals } = attachment.summary();
    expect(totals).toEqual({ trusted: 2, untrusted: 1, gaps: 3, recoveries: 1 });
    expect(markets.map(({ marketTicker, connection: on, state }) => [marketTicker, on, state])).toEqual([
      ['A', 1, 'live'],
      ['B', 0, 'live'],
      ['D', 1, 'resyncing'],
    ]);
    expect(markets[0]).toMatchObject({ yesBid: 0.2, yesAsk: 0.25, spread: 0.05 });
    expect(markets[1]).toEqual({
      ...{ marketTicker: 'B', connection: 0, state: 'live', trusted: true, sid: 1, seq: 5 },
      ...{ yesBid: 0.47, yesBidSize: 120.5, yesAsk: 0.485, yesAskSize: 3, noBid: 0.515, noAsk: 0.53 },
      ...{ spread: 0.015, midpoint: 0.4775, asOf: undefined, receivedAt: 20 },
      ...{ yesDepth: 5120.51, noDepth: 10_003, yesLevels: 3, noLevels: 2 },
    });
    expect(markets[2]).toMatchObject({ trusted: false, yesDepth: 0, noDepth: 0, yesLevels: 0 });
  });
});

describe('an attachment', () => {
  it('reads the books of all connections, or of one', () => {
    const [first, second] = [connectionWith(['A']), connectionWith(['A'], 1)];
    first.write(0, LADDERS, { BOOK_RECEIVED_AT: 10 });
    second.write(0, { yes: [[2000, 100]], no: [] }, { BOOK_RECEIVED_AT: 20 });
    const attachment = attach({ venue: 'kalshi', arenas: [first.arena.handle, second.arena.handle] });
    expect(attachment.book('A').yesBid).toBe(0.2);
    expect(attachment.book('A', { connection: 0 }).yesBid).toBe(0.47);
    expect(() => attachment.book('A', { connection: 2 })).toThrow('connection 2 carries no books');
    expect(() => attachment.reader({ connection: 2 })).toThrow(
      'there is no connection 2; this feed has 0, 1',
    );
    expect(attachment.latest('ticker', 'A')).toBeUndefined();
    expect(() => attachment.latest('fill' as 'ticker', 'A')).toThrow(
      'the newest record is kept of ticker, trade, book',
    );
  });

  it('refuses what is no Kalshi feed', () => {
    const other = Arena.create({ venue: 2, frameRingBytes: 256, recordSlots: 2, latestInstruments: 0 });
    expect(() => attach({ venue: 'kalshi', arenas: [other.handle] })).toThrow('another venue');
    for (const handle of [undefined, { venue: 'kraken', arenas: [] }, { venue: 'kalshi' }]) {
      expect(() => attach(handle as never)).toThrow(
        expect.objectContaining({ code: 'ERR_TICKRING_ATTACH', message: expect.stringContaining('Kalshi') }),
      );
    }
  });
});
