import { inspect } from 'node:util';
import fc from 'fast-check';
import { Arena, RecordReader, RecordWriter } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { record, symbolTable, type Token, viewAs, viewOf } from '../support/kraken-records.ts';
import {
  bookLayout,
  type KrakenRecord,
  KrakenViews,
  krakenLayout as layout,
  recordLayout,
} from '../support/views-internals.ts';

const symbols = symbolTable('BTC/USD', 'ETH/USD');
/** 2026-10-09T00:34:21.060761123Z */
const TIME = 1_791_506_061_060_761_123n;

function ticker(tokens: readonly Token[], trades = layout.ABSENT_COUNT) {
  const written = record({ kind: layout.KRAKEN_TICKER, symbol: 1, timestamp: TIME });
  return written
    .decimals(layout.TICKER_BID, layout.TICKER_SCALES, tokens)
    .uint32(layout.TICKER_TRADES, trades);
}

const TICKER = ['81776.6', '0.47200852', '81776.7', '0.00050857', '81776.6', '4031.89061547'];
const TICKER_24H = ['81871.6', '80328.6', '83467.7', '-1448.7', '-1.74'];

function trade(price = '81776.7') {
  return record({ kind: layout.KRAKEN_TRADE, timestamp: TIME })
    .decimal(layout.TRADE_PRICE, layout.TRADE_PRICE_SCALE, price)
    .decimal(layout.TRADE_QUANTITY, layout.TRADE_QUANTITY_SCALE, '0.00005000')
    .int64(layout.TRADE_ID, 110_763_305n)
    .uint8(layout.TRADE_SIDE, layout.SIDE_SELL)
    .uint8(layout.TRADE_ORDER_TYPE, layout.ORDER_TYPE_LIMIT);
}

function bookRecord(kind: number, bids: readonly [bigint, bigint][], asks: readonly [bigint, bigint][]) {
  const written = record({ kind, timestamp: TIME })
    .uint8(layout.BOOK_RECORD_PRICE_SCALE, 1)
    .uint8(layout.BOOK_RECORD_QUANTITY_SCALE, 8)
    .uint8(layout.BOOK_RECORD_BIDS, bids.length)
    .uint8(layout.BOOK_RECORD_ASKS, asks.length)
    .uint32(layout.BOOK_RECORD_CHECKSUM, 3_437_785_338)
    .uint8(layout.BOOK_RECORD_CHECK, bookLayout.BOOK_CHECK_MATCHED)
    .uint8(layout.BOOK_RECORD_STATE, bookLayout.BOOK_STATE_LIVE)
    .level(layout.BOOK_RECORD_BEST_BID, 817_766n, 47_200_852n)
    .level(layout.BOOK_RECORD_BEST_ASK, 817_767n, 50_857n);
  for (const [i, level] of [...bids, ...asks].entries()) {
    written.level(layout.BOOK_RECORD_LEVELS + i * 16, ...level);
  }
  return written;
}

describe('a view of a ticker', () => {
  it('has what the message said, as numbers', () => {
    const view = viewAs('ticker', ticker([...TICKER, ...TICKER_24H], 197_725), symbols);
    expect(view.toObject()).toEqual({
      kind: 'ticker',
      symbol: 'ETH/USD',
      timestamp: 1_791_506_061_060.7612,
      snapshot: false,
      bid: 81776.6,
      bidQuantity: 0.47200852,
      ask: 81776.7,
      askQuantity: 0.00050857,
      last: 81776.6,
      volume: 4031.89061547,
      vwap: 81871.6,
      low: 80328.6,
      high: 83467.7,
      change: -1448.7,
      changePercent: -1.74,
      trades: 197_725,
    });
  });

  it('has every field as text, as integer with scale, and as the number of JSON.parse', () => {
    const names = ['bid', 'bidQuantity', 'ask', 'askQuantity', 'last', 'volume'] as const;
    const others = ['vwap', 'low', 'high', 'change', 'changePercent'] as const;
    const digits = fc.bigInt(-(10n ** 18n) + 1n, 10n ** 18n - 1n);
    const token = fc.tuple(digits, fc.nat(18)).map(([integer, scale]) => {
      const text = String(integer < 0n ? -integer : integer).padStart(scale + 1, '0');
      const point = text.length - scale;
      return `${integer < 0n ? '-' : ''}${text.slice(0, point)}${scale ? '.' : ''}${text.slice(point)}`;
    });
    fc.assert(
      fc.property(
        fc.array(fc.option(token, { nil: undefined }), { minLength: 11, maxLength: 11 }),
        (tokens) => {
          const view = viewAs('ticker', ticker(tokens), symbols);
          for (const [i, name] of [...names, ...others].entries()) {
            const text = tokens[i];
            const fraction = text?.split('.')[1]?.length ?? 0;
            const integer = text === undefined ? undefined : BigInt(text.replace('.', ''));
            expect(view[name]).toBe(text === undefined ? undefined : JSON.parse(text) + 0);
            expect(view[`${name}Text`]).toBe(text);
            expect(view[`${name}Integer`]).toBe(integer);
            expect(view[`${name}Scale`]).toBe(text === undefined ? undefined : fraction);
          }
          expect(view.trades).toBeUndefined();
        },
      ),
    );
  });
});

describe('a view of a trade', () => {
  it('has what the message said', () => {
    const view = viewAs('trade', trade(), symbols);
    expect(view.toObject()).toEqual({
      kind: 'trade',
      symbol: 'BTC/USD',
      timestamp: 1_791_506_061_060.7612,
      snapshot: false,
      price: 81776.7,
      quantity: 0.00005,
      side: 'sell',
      orderType: 'limit',
      tradeId: 110_763_305,
    });
    expect([view.priceText, view.quantityText, view.quantityInteger]).toEqual([
      '81776.7',
      '0.00005000',
      5000n,
    ]);
    expect(view.tradeIdInteger).toBe(110_763_305n);
  });

  it('is NaN, and says so, where a number was not exact', () => {
    const written = trade()
      .uint8(layout.TRADE_PRICE_SCALE, layout.SCALE_ABSENT)
      .uint16(recordLayout.RECORD_FLAGS, layout.KRAKEN_FLAG_INEXACT);
    const view = viewAs('trade', written, symbols);
    expect(view).toMatchObject({ inexact: true, price: Number.NaN, priceText: 'NaN', quantity: 0.00005 });
    expect([view.priceInteger, view.priceScale]).toEqual([undefined, undefined]);
  });

  it('does not guess words that it does not know', () => {
    const written = trade().uint8(layout.TRADE_SIDE, 0).uint8(layout.TRADE_ORDER_TYPE, 0);
    expect(viewAs('trade', written, symbols)).toMatchObject({ side: undefined, orderType: undefined });
  });
});

describe('a view of a book message', () => {
  it('has the levels that changed, and the best ones after it', () => {
    const written = bookRecord(...[layout.KRAKEN_BOOK_UPDATE, [[817_760n, 1n]] as [bigint, bigint][]], [
      [817_819n, 0n],
      [817_848n, 5100n],
    ]);
    const view = viewAs('book', written, symbols);
    expect(view.toObject()).toEqual({
      kind: 'book',
      symbol: 'BTC/USD',
      timestamp: 1_791_506_061_060.7612,
      snapshot: false,
      bids: [{ price: 81776, quantity: 0.00000001 }],
      asks: [
        { price: 81781.9, quantity: 0 },
        { price: 81784.8, quantity: 0.000051 },
      ],
      bestBid: 81776.6,
      bestAsk: 81776.7,
      checksum: 3_437_785_338,
      check: 'matched',
      state: 'live',
      part: 0,
      continued: false,
    });
    expect(view.asks.quantityText(1)).toBe('0.00005100');
    expect([view.bestBidText, view.bestAskQuantityText, view.bestBidQuantityInteger]).toEqual([
      ...['81776.6', '0.00050857', 47_200_852n],
    ]);
    expect([view.bestBidInteger, view.bestAskInteger, view.priceScale]).toEqual([817_766n, 817_767n, 1]);
    expect([view.spread, view.mid]).toEqual([0.1, 81776.65]);
  });

  it('has no best price on a side that is empty', () => {
    const written = bookRecord(layout.KRAKEN_BOOK_UPDATE, [], []).level(layout.BOOK_RECORD_BEST_ASK, 0n, 0n);
    expect(viewAs('book', written, symbols)).toMatchObject({
      bestBid: 81776.6,
      bestAsk: undefined,
      bestAskText: undefined,
      bestAskQuantity: undefined,
      spread: undefined,
      mid: undefined,
    });
  });

  it('in several records says which part this is, and that it goes on', () => {
    const levels = Array.from({ length: 10 }, (_, i): [bigint, bigint] => [BigInt(i + 1), 1n]);
    const written = bookRecord(layout.KRAKEN_BOOK_SNAPSHOT, levels, [])
      .uint16(recordLayout.RECORD_FLAGS, layout.KRAKEN_FLAG_SNAPSHOT | layout.KRAKEN_FLAG_CONTINUED)
      .uint16(layout.BOOK_RECORD_PART, 3)
      .uint8(layout.BOOK_RECORD_CHECK, bookLayout.BOOK_CHECK_NONE)
      .uint8(layout.BOOK_RECORD_STATE, bookLayout.BOOK_STATE_RESYNCING);
    const view = viewAs('book', written, symbols);
    expect(view).toMatchObject({
      snapshot: true,
      continued: true,
      part: 3,
      check: 'none',
      state: 'resyncing',
    });
    expect([view.bids.length, view.asks.length, view.bids.price(9), view.checksum]).toEqual([
      10,
      0,
      1,
      undefined,
    ]);
  });
});

describe('a view of a candle', () => {
  it('has what the message said', () => {
    const written = record({
      kind: layout.KRAKEN_CANDLE,
      timestamp: TIME,
      flags: layout.KRAKEN_FLAG_SNAPSHOT,
    })
      .decimals(layout.CANDLE_OPEN, layout.CANDLE_SCALES, [
        ...['81780.8', '81780.9', '81767.3', '81776.7', '0.02155518', '81775.8'],
      ])
      .uint32(layout.CANDLE_TRADES, 29)
      .uint32(layout.CANDLE_INTERVAL, 15)
      .int64(layout.CANDLE_BEGIN, 1_791_506_040_000_000_000n);
    const view = viewAs('candle', written, symbols);
    expect(view.toObject()).toEqual({
      kind: 'candle',
      symbol: 'BTC/USD',
      timestamp: 1_791_506_061_060.7612,
      snapshot: true,
      interval: 15,
      begin: 1_791_506_040_000,
      open: 81780.8,
      high: 81780.9,
      low: 81767.3,
      close: 81776.7,
      volume: 0.02155518,
      vwap: 81775.8,
      trades: 29,
    });
    expect([view.volumeText, view.beginNs]).toEqual(['0.02155518', 1_791_506_040_000_000_000n]);
  });
});

describe('a view of an instrument', () => {
  const instrument = () =>
    record({ kind: layout.KRAKEN_INSTRUMENT })
      .decimals(layout.INSTRUMENT_PRICE_INCREMENT, layout.INSTRUMENT_SCALES, [
        ...['0.00001', '0.00000001', '0.50000000', '0.50', undefined],
      ])
      .uint8(layout.INSTRUMENT_PRICE_PRECISION, 5)
      .uint8(layout.INSTRUMENT_QUANTITY_PRECISION, 8)
      .uint8(layout.INSTRUMENT_COST_PRECISION, 0xff)
      .uint8(layout.INSTRUMENT_STATUS, layout.INSTRUMENT_STATUS_REDUCE_ONLY)
      .uint8(layout.INSTRUMENT_MARGINABLE, 0)
      .uint8(layout.INSTRUMENT_HAS_INDEX, 0xff)
      .uint32(layout.INSTRUMENT_LONG_LIMIT, 250)
      .uint32(layout.INSTRUMENT_SHORT_LIMIT, layout.ABSENT_COUNT);

  it('has what the message said, and undefined for what it did not', () => {
    expect(viewAs('instrument', instrument(), symbols).toObject()).toEqual({
      kind: 'instrument',
      symbol: 'BTC/USD',
      snapshot: false,
      status: 'reduce_only',
      pricePrecision: 5,
      quantityPrecision: 8,
      costPrecision: undefined,
      priceIncrement: 0.00001,
      quantityIncrement: 0.00000001,
      quantityMin: 0.5,
      costMin: 0.5,
      marginInitial: undefined,
      marginable: false,
      hasIndex: undefined,
      positionLimitLong: 250,
      positionLimitShort: undefined,
    });
  });

  it.each([
    ['INSTRUMENT_STATUS_UNKNOWN', 'unknown'],
    ['INSTRUMENT_STATUS_CANCEL_ONLY', 'cancel_only'],
    ['INSTRUMENT_STATUS_DELISTED', 'delisted'],
    ['INSTRUMENT_STATUS_LIMIT_ONLY', 'limit_only'],
    ['INSTRUMENT_STATUS_MAINTENANCE', 'maintenance'],
    ['INSTRUMENT_STATUS_ONLINE', 'online'],
    ['INSTRUMENT_STATUS_POST_ONLY', 'post_only'],
    ['INSTRUMENT_STATUS_WORK_IN_PROGRESS', 'work_in_progress'],
  ] as const)('names %s %s', (name, status) => {
    const written = instrument().uint8(layout.INSTRUMENT_STATUS, layout[name]);
    expect(viewAs('instrument', written, symbols).status).toBe(status);
  });
});

describe('a view of the exchange state', () => {
  it('has what the message said, to the last digit, and no symbol', () => {
    const written = record({ kind: layout.KRAKEN_STATUS, symbol: 1 })
      .uint8(layout.STATUS_SYSTEM, layout.SYSTEM_ONLINE)
      .uint8(layout.STATUS_MAINTENANCE_PLANNED, 1)
      .int64(layout.STATUS_CONNECTION_ID, 18_125_794_168_470_749_634n);
    const view = viewAs('status', written, symbols);
    expect(view.toObject()).toEqual({
      kind: 'status',
      system: 'online',
      maintenancePlanned: true,
      emergency: false,
      connectionId: '18125794168470749634',
    });
    expect(view.symbol).toBe('');
  });

  it.each([
    ['SYSTEM_UNKNOWN', 'unknown'],
    ['SYSTEM_CANCEL_ONLY', 'cancel_only'],
    ['SYSTEM_MAINTENANCE', 'maintenance'],
    ['SYSTEM_POST_ONLY', 'post_only'],
    ['SYSTEM_LIMIT_ONLY', 'limit_only'],
  ] as const)('names %s %s', (name, system) => {
    const written = record({ kind: layout.KRAKEN_STATUS }).uint8(layout.STATUS_SYSTEM, layout[name]);
    expect(viewAs('status', written, symbols).system).toBe(system);
  });
});

describe('a view of a gap', () => {
  it.each([
    ['GAP_CHECKSUM', 'checksum'],
    ['GAP_RESYNCED', 'resynced'],
    ['GAP_UNUSABLE', 'unusable'],
  ] as const)('with %s says %s, what was expected, and until when the book was right', (name, reason) => {
    const written = record({ kind: layout.KRAKEN_GAP, timestamp: TIME })
      .uint8(layout.GAP_REASON, layout[name])
      .uint32(layout.GAP_EXPECTED, 4_000_000_000)
      .uint32(layout.GAP_COMPUTED, 7)
      .int64(layout.GAP_GOOD_AS_OF, TIME - 1_000_000_000n);
    const view = viewAs('gap', written, symbols);
    expect(view.toObject()).toEqual({
      kind: 'gap',
      symbol: 'BTC/USD',
      timestamp: 1_791_506_061_060.7612,
      reason,
      expected: 4_000_000_000,
      computed: 7,
      goodUntil: 1_791_506_060_060.7612,
    });
    expect(view.goodUntilNs).toBe(TIME - 1_000_000_000n);
  });
});

describe('a view of an order', () => {
  it('has what the message said', () => {
    const written = record({
      kind: layout.KRAKEN_ORDER,
      timestamp: TIME,
      flags: layout.KRAKEN_FLAG_CONTINUED,
    })
      .decimal(layout.ORDER_PRICE, layout.ORDER_PRICE_SCALE, '66567.3')
      .decimal(layout.ORDER_QUANTITY, layout.ORDER_QUANTITY_SCALE, '0.22540000')
      .uint8(layout.ORDER_SIDE, layout.SIDE_BUY)
      .uint8(layout.ORDER_EVENT, layout.ORDER_EVENT_DELETE)
      .uint32(layout.ORDER_CHECKSUM, 2_143_854_316)
      .int64(layout.ORDER_TIMESTAMP, TIME - 5n)
      .uint8(layout.ORDER_ID_LENGTH, 19)
      .text(layout.ORDER_ID, 'O7SO4Y-RHRAK-GGAHJE')
      .uint8(layout.ORDER_PRICE_PRECISION, 1)
      .uint8(layout.ORDER_QUANTITY_PRECISION, 0xff);
    const view = viewAs('order', written, symbols);
    expect(view.toObject()).toEqual({
      kind: 'order',
      symbol: 'BTC/USD',
      timestamp: 1_791_506_061_060.7612,
      snapshot: false,
      continued: true,
      event: 'delete',
      side: 'bid',
      orderId: 'O7SO4Y-RHRAK-GGAHJE',
      price: 66567.3,
      quantity: 0.2254,
      orderTimestamp: 1_791_506_061_060.7612,
      checksum: 2_143_854_316,
    });
    expect(view.orderTimestampNs).toBe(TIME - 5n);
    expect([view.quantityText, view.pricePrecision, view.quantityPrecision]).toEqual([
      '0.22540000',
      1,
      undefined,
    ]);
  });
});

describe('views of all kinds', () => {
  it('have the head of the record', () => {
    const head = {
      ...{ number: 4_000_000_000, frame: 7, index: 3, epoch: 2, connection: 5, flags: 1 },
      ...{ receivedAt: 1.5, decodedAt: 2.25 },
    };
    const view = viewOf(record({ kind: layout.KRAKEN_GAP, symbol: 1, timestamp: TIME, ...head }), symbols);
    expect(view).toMatchObject({
      ...head,
      symbolId: 1,
      symbol: 'ETH/USD',
      timestampNs: TIME,
      snapshot: true,
    });
    const without = viewOf(record({ kind: layout.KRAKEN_GAP }), symbols);
    expect(without).toMatchObject({
      timestamp: undefined,
      timestampNs: 0n,
      inexact: false,
      continued: false,
    });
  });

  it('print like their copies', () => {
    const view = viewAs('trade', trade(), symbols);
    expect(inspect(view)).toBe(inspect(view.toObject()));
  });
});

describe('a reader of records of several kinds', () => {
  it.each(['gating', 'copying'] as const)(
    '(%s) hands out the view that fits each record, by its kind',
    (kind) => {
      const arena = Arena.create({ frameRingBytes: 256, recordSlots: 8, latestInstruments: 0 });
      const writer = new RecordWriter(arena);
      using reader = new RecordReader<KrakenRecord>([arena], (memory) => new KrakenViews(memory, symbols), {
        kind,
      });
      const written = [trade(), ticker([...TICKER, ...TICKER_24H]), trade('1.5'), bookRecord(3, [], [])];
      writer.claim(written.length);
      for (const [i, { bytes }] of written.entries()) arena.u8.set(bytes, writer.slot(i));
      writer.publish(written.length);
      const seen: unknown[] = [];
      const views = new Set<object>();
      for (const each of reader.drain()) {
        views.add(each);
        switch (each.kind) {
          case 'ticker':
            seen.push(each.bid);
            break;
          case 'trade':
            seen.push(each.price);
            break;
          default:
            seen.push(each.kind);
        }
      }
      expect(seen).toEqual([81776.7, 81776.6, 1.5, 'book']);
      expect(views.size).toBe(3);
    },
  );
});
