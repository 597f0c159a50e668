/** Reads records, books and symbols straight from memory, as plain objects. */

import type { Arena } from 'tickring/memory';
import * as layout from '../../dist/src/kraken/record-layout.js';
import * as arenaLayout from '../../dist/src/memory/arena-layout.js';
import * as bookLayout from '../../dist/src/memory/book-layout.js';
import * as recordLayout from '../../dist/src/memory/record-layout.js';
import * as symbolLayout from '../../dist/src/memory/symbol-table-layout.js';

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

export interface RawLevel {
  readonly price: string;
  readonly qty: string;
}

export interface RawBook {
  readonly state: number;
  readonly check: number;
  readonly depth: number;
  readonly bids: readonly RawLevel[];
  readonly asks: readonly RawLevel[];
  readonly checksum: number;
  readonly computed: number;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly epoch: number;
  readonly asOf: bigint;
  readonly goodAsOf: bigint;
  readonly receivedAt: number;
  readonly goodReceivedAt: number;
  readonly updates: number;
  readonly mismatches: number;
  readonly resyncs: number;
  readonly ignored: number;
  readonly sequence: number;
}

/** An integer with a scale, as the decimal that it is. */
export function decimalText(integer: bigint, scale: number): string {
  const digits = (integer < 0n ? -integer : integer).toString().padStart(scale + 1, '0');
  const sign = integer < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** What lies in an arena of Kraken's. */
export class RawMemory {
  readonly arena: Arena;
  readonly #memory: DataView;

  constructor(arena: Arena) {
    this.arena = arena;
    this.#memory = new DataView(arena.buffer);
  }

  u8(at: number): number {
    return this.#memory.getUint8(at);
  }

  u16(at: number): number {
    return this.#memory.getUint16(at, true);
  }

  u32(at: number): number {
    return this.#memory.getUint32(at, true);
  }

  i64(at: number): bigint {
    return this.#memory.getBigInt64(at, true);
  }

  f64(at: number): number {
    return this.#memory.getFloat64(at, true);
  }

  /** The texts of the symbol table, by their ids. */
  get symbols(): string[] {
    const { offset, bytes } = this.arena.region(arenaLayout.REGION_SYMBOLS);
    if (bytes === 0) return [];
    return Array.from({ length: this.u32(offset + symbolLayout.SYMBOLS_USED) }, (_, id) => this.symbol(id));
  }

  symbol(id: number): string {
    const entry = this.symbolEntry(id);
    const start = entry + symbolLayout.SYMBOL_TEXT;
    const length = this.u32(entry + symbolLayout.SYMBOL_LENGTH);
    return Buffer.from(this.arena.u8.slice(start, start + length)).toString();
  }

  symbolEntry(id: number): number {
    const { offset } = this.arena.region(arenaLayout.REGION_SYMBOLS);
    const capacity = this.u32(offset + symbolLayout.SYMBOLS_CAPACITY);
    const index = capacity * symbolLayout.SYMBOLS_INDEX_PER_ENTRY * symbolLayout.SYMBOLS_INDEX_BYTES;
    return offset + symbolLayout.SYMBOLS_INDEX + index + id * symbolLayout.SYMBOL_BYTES;
  }

  /** Where a symbol's book lies; undefined when it has none. */
  bookAt(symbol: string): number | undefined {
    const id = this.symbols.indexOf(symbol);
    const number = id < 0 ? 0 : this.u32(this.symbolEntry(id) + symbolLayout.SYMBOL_BOOK);
    if (number === 0) return undefined;
    const { offset } = this.arena.region(arenaLayout.REGION_BOOKS);
    const bytes = bookLayout.BOOK_HEAD_BYTES + 2 * this.bookRoom * bookLayout.LEVEL_BYTES;
    return offset + bookLayout.BOOKS_HEADER_BYTES + (number - 1) * bytes;
  }

  get bookRoom(): number {
    return this.u32(this.arena.region(arenaLayout.REGION_BOOKS).offset + bookLayout.BOOKS_LEVELS);
  }

  book(symbol: string): RawBook {
    const at = this.bookAt(symbol);
    if (at === undefined) throw new Error(`${symbol} has no book`);
    const b = bookLayout;
    const [priceScale, quantityScale] = [
      this.u8(at + b.BOOK_PRICE_SCALE),
      this.u8(at + b.BOOK_QUANTITY_SCALE),
    ];
    const levels = (start: number, count: number) =>
      Array.from({ length: count }, (_, i) =>
        this.#level(start + i * b.LEVEL_BYTES, priceScale, quantityScale),
      );
    const bids = at + b.BOOK_HEAD_BYTES;
    return {
      state: this.u32(at + b.BOOK_STATE),
      check: this.u8(at + b.BOOK_CHECK),
      depth: this.u32(at + b.BOOK_DEPTH),
      bids: levels(bids, this.u32(at + b.BOOK_BID_COUNT)),
      asks: levels(bids + this.bookRoom * b.LEVEL_BYTES, this.u32(at + b.BOOK_ASK_COUNT)),
      checksum: this.u32(at + b.BOOK_CHECKSUM),
      computed: this.u32(at + b.BOOK_COMPUTED),
      priceScale,
      quantityScale,
      epoch: this.u32(at + b.BOOK_EPOCH),
      asOf: this.i64(at + b.BOOK_AS_OF),
      goodAsOf: this.i64(at + b.BOOK_GOOD_AS_OF),
      receivedAt: this.f64(at + b.BOOK_RECEIVED_AT),
      goodReceivedAt: this.f64(at + b.BOOK_GOOD_RECEIVED_AT),
      updates: this.f64(at + b.BOOK_UPDATES),
      mismatches: this.u32(at + b.BOOK_MISMATCHES),
      resyncs: this.u32(at + b.BOOK_RESYNCS),
      ignored: this.u32(at + b.BOOK_IGNORED),
      sequence: this.u32(at + b.BOOK_SEQUENCE),
    };
  }

  #level(at: number, priceScale: number, quantityScale: number): RawLevel {
    return {
      price: decimalText(this.i64(at + bookLayout.LEVEL_PRICE), priceScale),
      qty: decimalText(this.i64(at + bookLayout.LEVEL_QUANTITY), quantityScale),
    };
  }

  recordAt(at: number): Raw {
    const kind = this.u8(at + recordLayout.RECORD_KIND);
    const flags = this.u16(at + recordLayout.RECORD_FLAGS);
    const read = READERS[kind];
    if (!read) throw new Error(`a record of kind ${kind}`);
    const id = this.u32(at + layout.KRAKEN_SYMBOL);
    const time = this.i64(at + layout.KRAKEN_TIMESTAMP);
    const record = {
      kind: KINDS[kind]!,
      symbol: kind === layout.KRAKEN_STATUS ? '' : this.symbol(id),
      instrument: this.u32(at + recordLayout.RECORD_INSTRUMENT) - id * 8,
      ...(time !== 0n && { time }),
      ...((flags & layout.KRAKEN_FLAG_SNAPSHOT) !== 0 && { snapshot: true }),
      ...((flags & layout.KRAKEN_FLAG_INEXACT) !== 0 && { inexact: true }),
      ...((flags & layout.KRAKEN_FLAG_CONTINUED) !== 0 && { continued: true }),
      ...read(this, at),
    };
    return Object.fromEntries(
      Object.entries(record).filter(([, value]) => value !== undefined),
    ) as unknown as Raw;
  }

  decimal(at: number, scaleAt: number): string | undefined {
    const scale = this.u8(scaleAt);
    return scale === layout.SCALE_ABSENT ? undefined : decimalText(this.i64(at), scale);
  }

  count(at: number): number | undefined {
    const count = this.u32(at);
    return count === layout.ABSENT_COUNT ? undefined : count;
  }

  byte(at: number): number | undefined {
    const byte = this.u8(at);
    return byte === 0xff ? undefined : byte;
  }

  /** Levels of a book's record. */
  levels(at: number, first: number, count: number): RawLevel[] {
    const scales = [
      this.u8(at + layout.BOOK_RECORD_PRICE_SCALE),
      this.u8(at + layout.BOOK_RECORD_QUANTITY_SCALE),
    ] as const;
    return Array.from({ length: count }, (_, i) => this.#level(at + first + i * 16, ...scales));
  }
}

const KINDS = [
  '',
  ...['ticker', 'trade', 'book', 'book', 'candle', 'instrument', 'status', 'gap', 'order'],
] as const;

type Reader = (line: RawMemory, at: number) => Record<string, unknown>;

function decimals(line: RawMemory, at: number, names: readonly string[], first: number, scales: number) {
  return Object.fromEntries(
    names.map((name, i) => [name, line.decimal(at + first + 8 * i, at + scales + i)] as const),
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
    trades: line.count(at + layout.TICKER_TRADES),
  }),
  (line, at) => ({
    price: line.decimal(at + layout.TRADE_PRICE, at + layout.TRADE_PRICE_SCALE),
    qty: line.decimal(at + layout.TRADE_QUANTITY, at + layout.TRADE_QUANTITY_SCALE),
    trade_id: line.i64(at + layout.TRADE_ID),
    side: [undefined, 'buy', 'sell'][line.u8(at + layout.TRADE_SIDE)],
    ord_type: [undefined, 'limit', 'market'][line.u8(at + layout.TRADE_ORDER_TYPE)],
  }),
  readBook,
  readBook,
  (line, at) => ({
    ...decimals(line, at, CANDLE_NAMES, layout.CANDLE_OPEN, layout.CANDLE_SCALES),
    trades: line.count(at + layout.CANDLE_TRADES),
    interval: line.count(at + layout.CANDLE_INTERVAL),
    begin: line.i64(at + layout.CANDLE_BEGIN) || undefined,
  }),
  (line, at) => ({
    ...decimals(line, at, INSTRUMENT_NAMES, layout.INSTRUMENT_PRICE_INCREMENT, layout.INSTRUMENT_SCALES),
    price_precision: line.byte(at + layout.INSTRUMENT_PRICE_PRECISION),
    qty_precision: line.byte(at + layout.INSTRUMENT_QUANTITY_PRECISION),
    cost_precision: line.byte(at + layout.INSTRUMENT_COST_PRECISION),
    status: line.u8(at + layout.INSTRUMENT_STATUS),
    marginable: line.byte(at + layout.INSTRUMENT_MARGINABLE),
    has_index: line.byte(at + layout.INSTRUMENT_HAS_INDEX),
    position_limit_long: line.count(at + layout.INSTRUMENT_LONG_LIMIT),
    position_limit_short: line.count(at + layout.INSTRUMENT_SHORT_LIMIT),
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
    limit_price: line.decimal(at + layout.ORDER_PRICE, at + layout.ORDER_PRICE_SCALE),
    order_qty: line.decimal(at + layout.ORDER_QUANTITY, at + layout.ORDER_QUANTITY_SCALE),
    side: line.u8(at + layout.ORDER_SIDE),
    event: line.u8(at + layout.ORDER_EVENT),
    checksum: line.u32(at + layout.ORDER_CHECKSUM),
    timestamp: line.i64(at + layout.ORDER_TIMESTAMP) || undefined,
    order_id: Buffer.from(
      line.arena.u8.slice(at + layout.ORDER_ID, at + layout.ORDER_ID + line.u8(at + layout.ORDER_ID_LENGTH)),
    ).toString(),
    precisions: [
      line.byte(at + layout.ORDER_PRICE_PRECISION),
      line.byte(at + layout.ORDER_QUANTITY_PRECISION),
    ],
  }),
];

function readBook(line: RawMemory, at: number): Record<string, unknown> {
  const bids = line.u8(at + layout.BOOK_RECORD_BIDS);
  const asks = line.u8(at + layout.BOOK_RECORD_ASKS);
  const [bestBid] = line.levels(at, layout.BOOK_RECORD_BEST_BID, 1);
  const [bestAsk] = line.levels(at, layout.BOOK_RECORD_BEST_ASK, 1);
  return {
    bids: line.levels(at, layout.BOOK_RECORD_LEVELS, bids),
    asks: line.levels(at, layout.BOOK_RECORD_LEVELS + 16 * bids, asks),
    checksum: line.u32(at + layout.BOOK_RECORD_CHECKSUM),
    part: line.u16(at + layout.BOOK_RECORD_PART),
    check: line.u8(at + layout.BOOK_RECORD_CHECK),
    state: line.u8(at + layout.BOOK_RECORD_STATE),
    bestBid,
    bestAsk,
  };
}
