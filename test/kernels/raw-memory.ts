/** Reads books and symbols straight from memory, as plain objects, whatever the venue. */

import type { Arena } from 'tickring/memory';
import * as arenaLayout from '../../dist/src/memory/arena-layout.js';
import * as bookLayout from '../../dist/src/memory/book-layout.js';
import * as symbolLayout from '../../dist/src/memory/symbol-table-layout.js';

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
  readonly venueSequence: number;
  readonly subscription: number;
}

/** An integer with a scale, as the decimal that it is. */
export function decimalText(integer: bigint, scale: number): string {
  const digits = (integer < 0n ? -integer : integer).toString().padStart(scale + 1, '0');
  const sign = integer < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** What lies in an arena. */
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
        this.level(start + i * b.LEVEL_BYTES, priceScale, quantityScale),
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
      venueSequence: this.u32(at + b.BOOK_VENUE_SEQUENCE),
      subscription: this.u32(at + b.BOOK_VENUE_SUBSCRIPTION),
    };
  }

  /** A level at any address. */
  level(at: number, priceScale: number, quantityScale: number): RawLevel {
    return {
      price: decimalText(this.i64(at + bookLayout.LEVEL_PRICE), priceScale),
      qty: decimalText(this.i64(at + bookLayout.LEVEL_QUANTITY), quantityScale),
    };
  }
}
