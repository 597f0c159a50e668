import { inspect } from 'node:util';
import fc from 'fast-check';
import { Arena, RecordReader, RecordWriter } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { record, viewAs } from '../support/kalshi-records.ts';
import { type KalshiRecord, KalshiViews, kalshiLayout as layout } from '../support/kalshi-views-internals.ts';
import { symbolTable } from '../support/records.ts';
import { bookLayout, recordLayout } from '../support/views-internals.ts';

const MARKET = 'KXHIGHNY-26NOV21-B52.5';
const symbols = symbolTable('INXD-26NOV21', MARKET);
/** 2026-11-21T08:30:00.123456Z */
const TIME = 1_795_249_800_123_456_000n;
const TIME_MS = 1_795_249_800_123.456;

interface TickerUnits {
  price?: number | undefined;
  yesBid?: number | undefined;
  yesAsk?: number | undefined;
  yesBidSize?: number | undefined;
  yesAskSize?: number | undefined;
  lastSize?: number | undefined;
  volume?: number | undefined;
  openInterest?: number | undefined;
  dollarVolume?: number | undefined;
  dollarOpenInterest?: number | undefined;
}

function ticker(units: TickerUnits) {
  return record({ kind: layout.KALSHI_TICKER, symbol: 1, timestamp: TIME })
    .units(layout.TICKER_PRICE, units.price)
    .units(layout.TICKER_YES_BID, units.yesBid)
    .units(layout.TICKER_YES_ASK, units.yesAsk)
    .units(layout.TICKER_YES_BID_SIZE, units.yesBidSize)
    .units(layout.TICKER_YES_ASK_SIZE, units.yesAskSize)
    .units(layout.TICKER_LAST_SIZE, units.lastSize)
    .units(layout.TICKER_VOLUME, units.volume)
    .units(layout.TICKER_OPEN_INTEREST, units.openInterest)
    .units(layout.TICKER_DOLLAR_VOLUME, units.dollarVolume)
    .units(layout.TICKER_DOLLAR_OPEN_INTEREST, units.dollarOpenInterest);
}

const TICKER: TickerUnits = {
  ...{ price: 4750, yesBid: 4700, yesAsk: 4805, yesBidSize: 12_050, yesAskSize: 300 },
  ...{
    lastSize: 1,
    volume: 987_654_321_012,
    openInterest: 5_000_000,
    dollarVolume: -7,
    dollarOpenInterest: 9,
  },
};

function trade() {
  return record({ kind: layout.KALSHI_TRADE, symbol: 1, timestamp: TIME })
    .by(3, 4_000_000_000)
    .units(layout.TRADE_YES_PRICE, 3600)
    .units(layout.TRADE_NO_PRICE, 6400)
    .units(layout.TRADE_COUNT, 13_650)
    .uint8(layout.TRADE_TAKER_SIDE, layout.SIDE_NO)
    .uint8(layout.TRADE_TAKER_BOOK_SIDE, layout.BOOK_SIDE_ASK)
    .uint8(layout.TRADE_BLOCK, 1)
    .counted(layout.TRADE_ID_LENGTH, layout.TRADE_ID, 'd91bc706-ee49-470d-82d8-11418bda6fed');
}

function book(kind: number, best: readonly (number | undefined)[]) {
  return record({ kind, symbol: 1, timestamp: TIME })
    .by(2, 8)
    .units(layout.BOOK_RECORD_BID, ...best)
    .uint8(layout.BOOK_RECORD_STATE, bookLayout.BOOK_STATE_LIVE)
    .uint8(layout.BOOK_RECORD_CHECK, bookLayout.BOOK_CHECK_MATCHED);
}

function delta(side: number) {
  return book(layout.KALSHI_BOOK_DELTA, [9600, 5000, 9700, 25])
    .uint8(layout.DELTA_SIDE, side)
    .units(layout.DELTA_PRICE, 300, -1054, 25)
    .uint32(layout.DELTA_SUBACCOUNT, layout.NO_SUBACCOUNT);
}

function snapshot(yes: readonly [number, number][], no: readonly [number, number][]) {
  const written = book(layout.KALSHI_BOOK_SNAPSHOT, [9600, 5000, undefined, 0])
    .uint8(layout.SNAPSHOT_YES_LEVELS, yes.length)
    .uint8(layout.SNAPSHOT_NO_LEVELS, no.length);
  for (const [i, level] of [...yes, ...no].entries()) {
    written.units(layout.SNAPSHOT_LEVELS + i * layout.SNAPSHOT_LEVEL_BYTES, ...level);
  }
  return written;
}

describe('a view of a ticker', () => {
  it('has what the message said, in dollars and contracts', () => {
    expect(viewAs('ticker', ticker(TICKER), symbols).toObject()).toEqual({
      kind: 'ticker',
      marketTicker: MARKET,
      timestamp: TIME_MS,
      price: 0.475,
      yesBid: 0.47,
      yesBidSize: 120.5,
      yesAsk: 0.4805,
      yesAskSize: 3,
      noBid: 0.5195,
      noAsk: 0.53,
      lastSize: 0.01,
      volume: 9_876_543_210.12,
      openInterest: 50_000,
      dollarVolume: -7,
      dollarOpenInterest: 9,
    });
  });

  const price = fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined });
  const count = fc.option(fc.nat(Number.MAX_SAFE_INTEGER), { nil: undefined });
  const anyTicker = fc.record({
    ...{ price, yesBid: price, yesAsk: price },
    ...{ yesBidSize: count, yesAskSize: count, lastSize: count, volume: count, openInterest: count },
  });

  it('has every field as number, text, units, and cents where they are whole; undefined what was not sent', () => {
    fc.assert(
      fc.property(anyTicker, (units) => {
        const view = viewAs('ticker', ticker(units), symbols);
        for (const name of ['price', 'yesBid', 'yesAsk'] as const) {
          const sent = units[name];
          expect(view[`${name}Units`]).toBe(sent);
          expect(view[`${name}Text`]).toBe(sent === undefined ? undefined : (sent / 10_000).toFixed(4));
          expect(view[name]).toBe(sent === undefined ? undefined : Number((sent / 10_000).toFixed(4)));
          expect(view[`${name}Cents`]).toBe(sent === undefined || sent % 100 !== 0 ? undefined : sent / 100);
        }
        for (const name of ['yesBidSize', 'yesAskSize', 'lastSize', 'volume', 'openInterest'] as const) {
          const sent = units[name];
          const text = sent === undefined ? undefined : String(sent).padStart(3, '0').replace(/(..)$/, '.$1');
          expect(view[`${name}Units`]).toBe(sent);
          expect(view[`${name}Text`]).toBe(text);
          expect(view[name]).toBe(text === undefined ? undefined : JSON.parse(text));
        }
        expect(view.dollarVolume).toBeUndefined();
      }),
    );
  });

  it('shows the same market from the side of NO: its bids are what YES asks, and the spread is one', () => {
    fc.assert(
      fc.property(anyTicker, (units) => {
        const view = viewAs('ticker', ticker(units), symbols);
        const other = (yes: number | undefined) => (yes === undefined ? undefined : 10_000 - yes);
        expect(view.noBidUnits).toBe(other(units.yesAsk));
        expect(view.noAskUnits).toBe(other(units.yesBid));
        const { noBid, noBidText, noBidCents, noAsk, noAskText, noAskCents } = view;
        const mirrored = { yesBid: other(units.yesAsk), yesAsk: other(units.yesBid) };
        const mirror = viewAs('ticker', ticker({ ...units, ...mirrored }), symbols);
        expect([noBid, noBidText, noBidCents]).toEqual([
          ...[mirror.yesBid, mirror.yesBidText, mirror.yesBidCents],
        ]);
        expect([noAsk, noAskText, noAskCents]).toEqual([
          ...[mirror.yesAsk, mirror.yesAskText, mirror.yesAskCents],
        ]);
        expect([view.noBidSize, view.noBidSizeText, view.noBidSizeUnits]).toEqual([
          ...[view.yesAskSize, view.yesAskSizeText, units.yesAskSize],
        ]);
        expect([view.noAskSize, view.noAskSizeText, view.noAskSizeUnits]).toEqual([
          ...[view.yesBidSize, view.yesBidSizeText, units.yesBidSize],
        ]);
        expect(mirror.spreadUnits).toBe(view.spreadUnits);
        if (view.midpoint !== undefined) expect(mirror.midpoint).toBeCloseTo(1 - view.midpoint, 12);
      }),
    );
  });

  it('has spread and midpoint where both sides are there', () => {
    const view = viewAs('ticker', ticker({ yesBid: 4700, yesAsk: 4805 }), symbols);
    expect([view.spreadUnits, view.spread, view.midpoint]).toEqual([105, 0.0105, 0.47525]);
    for (const units of [
      { yesBid: 0, yesAsk: 4805 },
      { yesBid: 4700, yesAsk: 10_000 },
      { yesBid: 4700 },
      { yesAsk: 4805 },
    ]) {
      const without = viewAs('ticker', ticker(units), symbols);
      expect([without.spreadUnits, without.spread, without.midpoint]).toEqual([
        ...[undefined, undefined, undefined],
      ]);
    }
  });
});

describe('a view of a trade', () => {
  it('has what the message said', () => {
    const view = viewAs('trade', trade(), symbols);
    expect(view.toObject()).toEqual({
      kind: 'trade',
      marketTicker: MARKET,
      timestamp: TIME_MS,
      yesPrice: 0.36,
      noPrice: 0.64,
      count: 136.5,
      takerSide: 'no',
      takerBookSide: 'ask',
      blockTrade: true,
      tradeId: 'd91bc706-ee49-470d-82d8-11418bda6fed',
    });
    expect([view.yesPriceText, view.yesPriceUnits, view.yesPriceCents]).toEqual(['0.3600', 3600, 36]);
    expect([view.noPriceText, view.noPriceUnits, view.noPriceCents]).toEqual(['0.6400', 6400, 64]);
    expect([view.countText, view.countUnits]).toEqual(['136.50', 13_650]);
  });

  it('does not guess what was not sent, or words that it does not know', () => {
    const written = record({ kind: layout.KALSHI_TRADE })
      .units(layout.TRADE_YES_PRICE, undefined, undefined, undefined)
      .uint8(layout.TRADE_BLOCK, 0xff);
    expect(viewAs('trade', written, symbols).toObject()).toEqual({
      kind: 'trade',
      marketTicker: 'INXD-26NOV21',
    });
    const block = viewAs('trade', trade().uint8(layout.TRADE_BLOCK, 0), symbols);
    expect(block.blockTrade).toBe(false);
  });
});

describe('a view of a book message', () => {
  it('has the level of a delta, what it changed, and the best prices after it', () => {
    const view = viewAs('book', delta(layout.SIDE_NO), symbols);
    expect(view.toObject()).toEqual({
      kind: 'book',
      marketTicker: MARKET,
      timestamp: TIME_MS,
      snapshot: false,
      sid: 2,
      seq: 8,
      yes: [],
      no: [{ price: 0.03, size: 0.25 }],
      side: 'no',
      price: 0.03,
      delta: -10.54,
      yesBid: 0.96,
      yesAsk: 0.97,
      check: 'matched',
      state: 'live',
      part: 0,
      continued: false,
    });
    expect([view.priceText, view.priceUnits, view.priceCents]).toEqual(['0.0300', 300, 3]);
    expect([view.deltaText, view.deltaUnits, view.size, view.sizeText, view.sizeUnits]).toEqual([
      ...['-10.54', -1054, 0.25, '0.25', 25],
    ]);
    expect([view.yesBidText, view.yesBidCents, view.yesBidSize, view.noBidText, view.noBidSizeText]).toEqual([
      ...['0.9600', 96, 50, '0.0300', '0.25'],
    ]);
    expect([view.spread, view.midpoint]).toEqual([0.01, 0.965]);
    const yes = viewAs('book', delta(layout.SIDE_YES), symbols);
    expect([yes.side, yes.yes.toArray(), yes.no.length]).toEqual(['yes', [{ price: 0.03, size: 0.25 }], 0]);
  });

  it('says whose order a delta came from, if it was one of the account', () => {
    const own = delta(layout.SIDE_YES)
      .uint32(layout.DELTA_SUBACCOUNT, 0)
      .counted(layout.DELTA_ORDER_ID_LENGTH, layout.DELTA_ORDER_ID, 'my-order-1');
    expect(viewAs('book', own, symbols)).toMatchObject({ clientOrderId: 'my-order-1', subaccount: 0 });
    const { clientOrderId, subaccount } = viewAs('book', delta(layout.SIDE_YES), symbols);
    expect([clientOrderId, subaccount]).toEqual([undefined, undefined]);
  });

  it('has the levels of a snapshot, of each ladder at its own prices, and nothing of a delta', () => {
    const written = snapshot(
      [
        [1, 13_650],
        [9600, 5000],
      ],
      [[300, 25]],
    )
      .uint16(layout.SNAPSHOT_PART, 3)
      .uint16(recordLayout.RECORD_FLAGS, layout.KALSHI_FLAG_CONTINUED);
    const view = viewAs('book', written, symbols);
    expect(view).toMatchObject({ snapshot: true, part: 3, continued: true });
    expect(view.yes.toArray()).toEqual([
      { price: 0.0001, size: 136.5 },
      { price: 0.96, size: 50 },
    ]);
    expect([view.no.length, view.no.priceText(0), view.no.sizeText(0)]).toEqual([1, '0.0300', '0.25']);
    expect([view.yes.priceCents(0), view.yes.priceCents(1), view.yes.sizeUnits(0)]).toEqual([
      ...[undefined, 96, 13_650],
    ]);
    const { side, price, delta: change, size, clientOrderId, subaccount } = view;
    expect([side, price, change, size, clientOrderId, subaccount]).toEqual(Array(6).fill(undefined));
    expect(() => view.no.price(1)).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }));
    for (const level of [-1, 0.5, Number.NaN]) expect(() => view.yes.sizeUnits(level)).toThrow();
    expect(inspect(view.no)).toBe(inspect([{ price: 0.03, size: 0.25 }]));
  });

  it('has no best price on a side that is empty', () => {
    const view = viewAs('book', snapshot([], []), symbols);
    expect([view.yesBid, view.yesAsk, view.yesAskSize, view.noBid, view.noBidSize]).toEqual([
      ...[0.96, undefined, 0, undefined, 0],
    ]);
    expect([view.noAsk, view.spread, view.midpoint]).toEqual([0.04, undefined, undefined]);
  });
});

describe('a view of a gap', () => {
  const gap = (reason: number) =>
    record({ kind: layout.KALSHI_GAP, symbol: 1, timestamp: TIME })
      .by(2, 8)
      .uint8(layout.GAP_REASON, reason)
      .uint32(layout.GAP_EXPECTED, 6)
      .uint32(layout.GAP_RECEIVED, 25)
      .uint32(layout.GAP_BOOKS, 3)
      .int64(layout.GAP_GOOD_AS_OF, TIME - 1_000_000_000n);

  it.each([
    ['GAP_SEQUENCE', 'sequence', { expected: 6, received: 25, errorCode: undefined }],
    ['GAP_NEGATIVE', 'negative', { expected: undefined, received: undefined, errorCode: undefined }],
    ['GAP_UNUSABLE', 'unusable', { expected: undefined, received: undefined, errorCode: undefined }],
    ['GAP_ENDED', 'ended', { expected: undefined, received: undefined, errorCode: 25 }],
    ['GAP_RECOVERED', 'recovered', { expected: undefined, received: undefined, errorCode: undefined }],
  ] as const)(
    'with %s says %s, what that is about, and until when the book was right',
    (name, reason, own) => {
      const view = viewAs('gap', gap(layout[name]), symbols);
      expect(view.toObject()).toEqual({
        ...{ kind: 'gap', marketTicker: MARKET, sid: 2, timestamp: TIME_MS, reason, ...own, books: 3 },
        goodUntil: TIME_MS - 1000,
      });
      expect(view.goodUntilNs).toBe(TIME - 1_000_000_000n);
    },
  );

  it('of a whole subscription names no market', () => {
    const whole = gap(layout.GAP_SEQUENCE)
      .uint32(layout.KALSHI_SYMBOL, layout.NO_SYMBOL)
      .int64(layout.GAP_GOOD_AS_OF, 0n);
    expect(viewAs('gap', whole, symbols)).toMatchObject({ marketTicker: '', symbol: '', goodUntilNs: 0n });
    expect(viewAs('gap', whole, symbols).goodUntil).toBeUndefined();
  });
});

describe('views of all kinds', () => {
  it('have the head of the record', () => {
    const head = {
      ...{ number: 4_000_000_000, frame: 7, index: 3, epoch: 2, connection: 5, flags: 6 },
      ...{ receivedAt: 1.5, decodedAt: 2.25 },
    };
    const written = record({ kind: layout.KALSHI_TICKER, symbol: 1, timestamp: TIME, ...head })
      .by(9, 4_000_000_000)
      .float64(layout.KALSHI_SENT_AT, 1_795_249_800_150)
      .counted(
        layout.KALSHI_MARKET_ID_LENGTH,
        layout.KALSHI_MARKET_ID,
        'b2ee8a8c-0f0b-4a0b-9f2d-0e9b3f1c2d3e',
      );
    expect(viewAs('ticker', written, symbols)).toMatchObject({
      ...head,
      ...{ symbolId: 1, symbol: MARKET, marketTicker: MARKET, timestampNs: TIME },
      ...{ sid: 9, seq: 4_000_000_000, sentAt: 1_795_249_800_150, inexact: true, continued: true },
      marketId: 'b2ee8a8c-0f0b-4a0b-9f2d-0e9b3f1c2d3e',
    });
  });

  it('say what was not there', () => {
    const { seq, sentAt, marketId, timestamp, timestampNs, inexact, continued } = viewAs(
      'gap',
      record({ kind: layout.KALSHI_GAP }),
      symbols,
    );
    expect([seq, sentAt, marketId, timestamp]).toEqual(Array(4).fill(undefined));
    expect([timestampNs, inexact, continued]).toEqual([0n, false, false]);
  });

  it('print like their copies', () => {
    const view = viewAs('trade', trade(), symbols);
    expect(inspect(view)).toBe(inspect(view.toObject()));
  });
});

describe('a reader of records of several kinds', () => {
  it.each(['gating', 'copying'] as const)('(%s) hands out the view that fits each record', (kind) => {
    const arena = Arena.create({ frameRingBytes: 256, recordSlots: 8, latestInstruments: 0 });
    const writer = new RecordWriter(arena);
    using reader = new RecordReader<KalshiRecord>([arena], (memory) => new KalshiViews(memory, symbols), {
      kind,
    });
    const written = [trade(), ticker(TICKER), delta(layout.SIDE_NO), snapshot([], [[300, 25]])];
    writer.claim(written.length);
    for (const [i, { bytes }] of written.entries()) arena.u8.set(bytes, writer.slot(i));
    writer.publish(written.length);
    const seen: unknown[] = [];
    for (const each of reader.drain()) {
      if (each.kind === 'book') seen.push([each.snapshot, each.no.toArray()]);
      else seen.push(each.kind === 'trade' ? each.count : each.kind);
    }
    const level = { price: 0.03, size: 0.25 };
    expect(seen).toEqual([136.5, 'ticker', [false, [level]], [true, [level]]]);
  });
});
