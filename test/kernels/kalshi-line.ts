/// <reference path="../../src/webassembly.d.ts" />
/** Kalshi's kernel at work on one thread: texts in, records as plain objects out, read straight from memory. */

import { readFileSync } from 'node:fs';
import { Arena, type ArenaOptions, FRAME_KIND_RESET } from 'tickring/memory';
import * as layout from '../../dist/src/kalshi/record-layout.js';
import * as arenaLayout from '../../dist/src/memory/arena-layout.js';
import * as bookLayout from '../../dist/src/memory/book-layout.js';
import * as recordLayout from '../../dist/src/memory/record-layout.js';
import * as sequenceLayout from '../../dist/src/memory/sequence-table-layout.js';
import type { Kernel, LaneOptions } from '../../dist/workers/lane.js';
import { instantiateKernel, KernelLine } from './kernel-line.ts';

export { arenaLayout, bookLayout, layout, recordLayout, sequenceLayout };

export const kalshiKernelBytes: Uint8Array = readFileSync(
  new URL('../../dist/workers/kernels/kalshi.wasm', import.meta.url),
);
export const kalshiKernel: WebAssembly.Module = new WebAssembly.Module(kalshiKernelBytes);

/** Kalshi's kernel in an arena, without a lane. */
export function instantiate(arena: Arena): Kernel {
  return instantiateKernel(kalshiKernel, arena);
}

/** A record as it lies in memory: what is absent left out. */
export type Raw = Readonly<Record<string, unknown>> & { readonly kind: string };

/** Levels as price and count, in units. */
export type Ladder = readonly (readonly [price: number, count: number])[];

export interface LineOptions extends ArenaOptions {
  readonly yesPrice?: boolean;
  readonly whenFull?: LaneOptions['whenFull'];
}

/** A small arena for Kalshi. */
export function kalshiArena({ yesPrice = false, whenFull: _, ...options }: LineOptions = {}): Arena {
  const arena = Arena.create({
    ...{ frameRingBytes: 2 ** 18, recordSlots: 512, latestInstruments: 256 },
    ...{ symbols: 64, books: 8, bookLevels: 100, sequences: 8 },
    ...options,
  });
  const { offset } = arena.region(arenaLayout.REGION_PARAMETERS);
  arena.u32[(offset + layout.PARAMETER_YES_PRICE) >> 2] = yesPrice ? 1 : 0;
  return arena;
}

/** A whole way on one thread: Kalshi's texts in, lane, records out. */
export class Line extends KernelLine<Raw> {
  constructor({ whenFull, ...options }: LineOptions = {}) {
    super(kalshiArena(options), kalshiKernel, whenFull);
  }

  /** The connection is opened anew. */
  reset(): void {
    this.send('', { kind: FRAME_KIND_RESET });
  }

  /** A book's own ladders: bids of YES and of NO, best first. */
  ladders(ticker: string): { yes: Ladder; no: Ladder } {
    const at = this.bookAt(ticker)!;
    const bids = at + bookLayout.BOOK_HEAD_BYTES;
    const asks = bids + this.bookRoom * bookLayout.LEVEL_BYTES;
    const levels = (start: number, count: number) =>
      Array.from({ length: count }, (_, i) => {
        const level = start + i * bookLayout.LEVEL_BYTES;
        return [Number(this.i64(level)), Number(this.i64(level + bookLayout.LEVEL_QUANTITY))] as const;
      });
    return {
      yes: levels(bids, this.u32(at + bookLayout.BOOK_BID_COUNT)),
      no: levels(asks, this.u32(at + bookLayout.BOOK_ASK_COUNT)).map(
        ([price, count]) => [layout.PRICE_ONE - price, count] as const,
      ),
    };
  }

  /** What the sequence table has of a subscription. */
  sequence(subscription: number) {
    const { offset } = this.arena.region(arenaLayout.REGION_SEQUENCES);
    const s = sequenceLayout;
    for (let entry = 0; entry < this.u32(offset + s.SEQUENCES_USED); entry++) {
      const at = offset + s.SEQUENCES_HEADER_BYTES + entry * s.SEQUENCE_BYTES;
      if (this.u32(at + s.SEQUENCE_SUBSCRIPTION) !== subscription) continue;
      return {
        ended: this.u32(at + s.SEQUENCE_STATE) === s.SEQUENCE_STATE_ENDED,
        last: this.u32(at + s.SEQUENCE_LAST),
        gaps: this.u32(at + s.SEQUENCE_GAPS),
        expected: this.u32(at + s.SEQUENCE_EXPECTED),
        received: this.u32(at + s.SEQUENCE_RECEIVED),
      };
    }
    return undefined;
  }

  override recordAt(at: number): Raw {
    const kind = this.u8(at + recordLayout.RECORD_KIND);
    const flags = this.u16(at + recordLayout.RECORD_FLAGS);
    const symbol = this.u32(at + layout.KALSHI_SYMBOL);
    const record = {
      kind: KINDS[kind],
      market: symbol === layout.NO_SYMBOL ? undefined : this.symbol(symbol),
      slot: (this.u32(at + recordLayout.RECORD_INSTRUMENT) - (symbol << layout.SLOT_BITS)) >>> 0,
      sid: this.u32(at + layout.KALSHI_SUBSCRIPTION),
      seq: this.u32(at + layout.KALSHI_SEQUENCE),
      time: this.i64(at + layout.KALSHI_TIMESTAMP) || undefined,
      sentAt: this.f64(at + layout.KALSHI_SENT_AT) || undefined,
      marketId: this.text(at + layout.KALSHI_MARKET_ID_LENGTH),
      inexact: (flags & layout.KALSHI_FLAG_INEXACT) !== 0 || undefined,
      continued: (flags & layout.KALSHI_FLAG_CONTINUED) !== 0 || undefined,
      ...(READERS[kind - 1] as Reader)(this, at),
    };
    return present(record);
  }

  /** A text behind its length; undefined for none. */
  text(at: number): string | undefined {
    const length = this.u8(at);
    return length === 0 ? undefined : Buffer.from(this.arena.u8.slice(at + 1, at + 1 + length)).toString();
  }

  /** A number; undefined for NaN. */
  number(at: number): number | undefined {
    const value = this.f64(at);
    return Number.isNaN(value) ? undefined : value;
  }
}

/** Without members that are not there. */
export function present(record: Readonly<Record<string, unknown>>): Raw {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Raw;
}

const KINDS = ['', 'ticker', 'trade', 'snapshot', 'delta', 'gap'];

type Reader = (line: Line, at: number) => Record<string, unknown>;

export const TICKER_NAMES = [
  ...['price', 'yesBid', 'yesAsk', 'yesBidSize', 'yesAskSize', 'lastSize'],
  ...['volume', 'openInterest', 'dollarVolume', 'dollarOpenInterest'],
];

function bookFields(line: Line, at: number): Record<string, unknown> {
  return {
    bid: line.number(at + layout.BOOK_RECORD_BID),
    bidCount: line.f64(at + layout.BOOK_RECORD_BID_COUNT),
    ask: line.number(at + layout.BOOK_RECORD_ASK),
    askCount: line.f64(at + layout.BOOK_RECORD_ASK_COUNT),
    state: line.u8(at + layout.BOOK_RECORD_STATE),
    check: line.u8(at + layout.BOOK_RECORD_CHECK),
  };
}

/** By RECORD_KIND, from 1 on. */
const READERS: readonly Reader[] = [
  (line, at) =>
    Object.fromEntries(TICKER_NAMES.map((name, i) => [name, line.number(at + layout.TICKER_PRICE + 8 * i)])),
  (line, at) => {
    const block = line.u8(at + layout.TRADE_BLOCK);
    return {
      yesPrice: line.number(at + layout.TRADE_YES_PRICE),
      noPrice: line.number(at + layout.TRADE_NO_PRICE),
      count: line.number(at + layout.TRADE_COUNT),
      taker: [undefined, 'yes', 'no'][line.u8(at + layout.TRADE_TAKER_SIDE)],
      takerBook: [undefined, 'bid', 'ask'][line.u8(at + layout.TRADE_TAKER_BOOK_SIDE)],
      block: block === 0xff ? undefined : block === 1,
      tradeId: line.text(at + layout.TRADE_ID_LENGTH),
    };
  },
  (line, at) => {
    const yes = line.u8(at + layout.SNAPSHOT_YES_LEVELS);
    const levels = Array.from({ length: yes + line.u8(at + layout.SNAPSHOT_NO_LEVELS) }, (_, i) => {
      const level = at + layout.SNAPSHOT_LEVELS + i * layout.SNAPSHOT_LEVEL_BYTES;
      return [line.f64(level), line.f64(level + 8)] as const;
    });
    return {
      ...bookFields(line, at),
      yes: levels.slice(0, yes),
      no: levels.slice(yes),
      part: line.u16(at + layout.SNAPSHOT_PART),
    };
  },
  (line, at) => {
    const subaccount = line.u32(at + layout.DELTA_SUBACCOUNT);
    return {
      ...bookFields(line, at),
      side: ['', 'yes', 'no'][line.u8(at + layout.DELTA_SIDE)],
      price: line.f64(at + layout.DELTA_PRICE),
      change: line.f64(at + layout.DELTA_CHANGE),
      count: line.f64(at + layout.DELTA_COUNT),
      subaccount: subaccount === layout.NO_SUBACCOUNT ? undefined : subaccount,
      orderId: line.text(at + layout.DELTA_ORDER_ID_LENGTH),
    };
  },
  (line, at) => ({
    reason: line.u8(at + layout.GAP_REASON),
    expected: line.u32(at + layout.GAP_EXPECTED),
    received: line.u32(at + layout.GAP_RECEIVED),
    books: line.u32(at + layout.GAP_BOOKS),
    goodAsOf: line.i64(at + layout.GAP_GOOD_AS_OF),
  }),
];
