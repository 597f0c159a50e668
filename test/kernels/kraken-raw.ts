/** Reads Kraken's records straight from memory, as plain objects. */

import * as layout from '../../dist/src/kraken/record-layout.js';
import * as recordLayout from '../../dist/src/memory/record-layout.js';
import { decimalText, type RawLevel, type RawMemory } from './raw-memory.ts';

/** A record as it lies in memory: decimals as exact texts, times as nanoseconds, what is absent left out. */
export interface Raw {
  readonly kind: string;
  readonly symbol: string;
  readonly time?: bigint;
  readonly inexact?: true;
  readonly continued?: true;
  /** Of a book's record. */
  readonly part?: number;
  readonly bids?: readonly RawLevel[];
  readonly asks?: readonly RawLevel[];
}

export function krakenRecord(memory: RawMemory, at: number): Raw {
  const kind = memory.u8(at + recordLayout.RECORD_KIND);
  const flags = memory.u16(at + recordLayout.RECORD_FLAGS);
  const read = READERS[kind];
  if (!read) throw new Error(`a record of kind ${kind}`);
  const id = memory.u32(at + layout.KRAKEN_SYMBOL);
  const time = memory.i64(at + layout.KRAKEN_TIMESTAMP);
  const record = {
    kind: KINDS[kind]!,
    symbol: kind === layout.KRAKEN_STATUS ? '' : memory.symbol(id),
    instrument: memory.u32(at + recordLayout.RECORD_INSTRUMENT) - id * 8,
    ...(time !== 0n && { time }),
    ...((flags & layout.KRAKEN_FLAG_SNAPSHOT) !== 0 && { snapshot: true }),
    ...((flags & layout.KRAKEN_FLAG_INEXACT) !== 0 && { inexact: true }),
    ...((flags & layout.KRAKEN_FLAG_CONTINUED) !== 0 && { continued: true }),
    ...read(memory, at),
  };
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as unknown as Raw;
}

function decimal(memory: RawMemory, at: number, scaleAt: number): string | undefined {
  const scale = memory.u8(scaleAt);
  return scale === layout.SCALE_ABSENT ? undefined : decimalText(memory.i64(at), scale);
}

function count(memory: RawMemory, at: number): number | undefined {
  const count = memory.u32(at);
  return count === layout.ABSENT_COUNT ? undefined : count;
}

function byte(memory: RawMemory, at: number): number | undefined {
  const byte = memory.u8(at);
  return byte === 0xff ? undefined : byte;
}

/** Levels of a book's record. */
function levels(memory: RawMemory, at: number, first: number, count: number): RawLevel[] {
  const scales = [
    memory.u8(at + layout.BOOK_RECORD_PRICE_SCALE),
    memory.u8(at + layout.BOOK_RECORD_QUANTITY_SCALE),
  ] as const;
  return Array.from({ length: count }, (_, i) => memory.level(at + first + i * 16, ...scales));
}

const KINDS = [
  '',
  ...['ticker', 'trade', 'book', 'book', 'candle', 'instrument', 'status', 'gap', 'order'],
] as const;

type Reader = (line: RawMemory, at: number) => Record<string, unknown>;

function decimals(line: RawMemory, at: number, names: readonly string[], first: number, scales: number) {
  return Object.fromEntries(
    names.map((name, i) => [name, decimal(line, at + first + 8 * i, at + scales + i)] as const),
  );
}

const TICKER_NAMES = [
  ...['bid', 'bid_qty', 'ask', 'ask_qty', 'last', 'volume', 'vwap', 'low', 'high', 'change', 'change_pct'],
];
const CANDLE_NAMES = ['open', 'high', 'low', 'close', 'volume', 'vwap'];
const INSTRUMENT_NAMES = ['price_increment', 'qty_increment', 'qty_min', 'cost_min', 'margin_initial'];

/** By RECORD_KIND. */
const READERS: readonly (Reader | undefined)[] = [
  undefined,
  (line, at) => ({
    ...decimals(line, at, TICKER_NAMES, layout.TICKER_BID, layout.TICKER_SCALES),
    trades: count(line, at + layout.TICKER_TRADES),
  }),
  (line, at) => ({
    price: decimal(line, at + layout.TRADE_PRICE, at + layout.TRADE_PRICE_SCALE),
    qty: decimal(line, at + layout.TRADE_QUANTITY, at + layout.TRADE_QUANTITY_SCALE),
    trade_id: line.i64(at + layout.TRADE_ID),
    side: [undefined, 'buy', 'sell'][line.u8(at + layout.TRADE_SIDE)],
    ord_type: [undefined, 'limit', 'market'][line.u8(at + layout.TRADE_ORDER_TYPE)],
  }),
  readBook,
  readBook,
  (line, at) => ({
    ...decimals(line, at, CANDLE_NAMES, layout.CANDLE_OPEN, layout.CANDLE_SCALES),
    trades: count(line, at + layout.CANDLE_TRADES),
    interval: count(line, at + layout.CANDLE_INTERVAL),
    begin: line.i64(at + layout.CANDLE_BEGIN) || undefined,
  }),
  (line, at) => ({
    ...decimals(line, at, INSTRUMENT_NAMES, layout.INSTRUMENT_PRICE_INCREMENT, layout.INSTRUMENT_SCALES),
    price_precision: byte(line, at + layout.INSTRUMENT_PRICE_PRECISION),
    qty_precision: byte(line, at + layout.INSTRUMENT_QUANTITY_PRECISION),
    cost_precision: byte(line, at + layout.INSTRUMENT_COST_PRECISION),
    status: line.u8(at + layout.INSTRUMENT_STATUS),
    marginable: byte(line, at + layout.INSTRUMENT_MARGINABLE),
    has_index: byte(line, at + layout.INSTRUMENT_HAS_INDEX),
    position_limit_long: count(line, at + layout.INSTRUMENT_LONG_LIMIT),
    position_limit_short: count(line, at + layout.INSTRUMENT_SHORT_LIMIT),
  }),
  (line, at) => ({
    system: line.u8(at + layout.STATUS_SYSTEM),
    maintenance: line.u8(at + layout.STATUS_MAINTENANCE_PLANNED),
    emergency: line.u8(at + layout.STATUS_EMERGENCY),
    connection_id: BigInt.asUintN(64, line.i64(at + layout.STATUS_CONNECTION_ID)),
  }),
  (line, at) => ({
    reason: line.u8(at + layout.GAP_REASON),
    expected: line.u32(at + layout.GAP_EXPECTED),
    computed: line.u32(at + layout.GAP_COMPUTED),
    goodAsOf: line.i64(at + layout.GAP_GOOD_AS_OF),
  }),
  (line, at) => ({
    limit_price: decimal(line, at + layout.ORDER_PRICE, at + layout.ORDER_PRICE_SCALE),
    order_qty: decimal(line, at + layout.ORDER_QUANTITY, at + layout.ORDER_QUANTITY_SCALE),
    side: line.u8(at + layout.ORDER_SIDE),
    event: line.u8(at + layout.ORDER_EVENT),
    checksum: line.u32(at + layout.ORDER_CHECKSUM),
    timestamp: line.i64(at + layout.ORDER_TIMESTAMP) || undefined,
    order_id: Buffer.from(
      line.arena.u8.slice(at + layout.ORDER_ID, at + layout.ORDER_ID + line.u8(at + layout.ORDER_ID_LENGTH)),
    ).toString(),
    precisions: [
      byte(line, at + layout.ORDER_PRICE_PRECISION),
      byte(line, at + layout.ORDER_QUANTITY_PRECISION),
    ],
  }),
];

function readBook(line: RawMemory, at: number): Record<string, unknown> {
  const bids = line.u8(at + layout.BOOK_RECORD_BIDS);
  const asks = line.u8(at + layout.BOOK_RECORD_ASKS);
  const [bestBid] = levels(line, at, layout.BOOK_RECORD_BEST_BID, 1);
  const [bestAsk] = levels(line, at, layout.BOOK_RECORD_BEST_ASK, 1);
  return {
    bids: levels(line, at, layout.BOOK_RECORD_LEVELS, bids),
    asks: levels(line, at, layout.BOOK_RECORD_LEVELS + 16 * bids, asks),
    checksum: line.u32(at + layout.BOOK_RECORD_CHECKSUM),
    part: line.u16(at + layout.BOOK_RECORD_PART),
    check: line.u8(at + layout.BOOK_RECORD_CHECK),
    state: line.u8(at + layout.BOOK_RECORD_STATE),
    bestBid,
    bestAsk,
  };
}
