import { inspect } from 'node:util';
import { ArgumentError } from '../errors.ts';
import * as layout from './book-layout.ts';
import { BookLevels, midOf, type PriceLevel, spreadOf } from './book-levels.ts';
import { epochNow } from './clock.ts';
import { decimalInteger } from './decimal.ts';
import { nanosecondsToMilliseconds } from './nanoseconds.ts';
import type { SymbolTable } from './symbol-table.ts';
import { WordCopy } from './word-copy.ts';

/** Bytes of a head that are the kernel's: what is behind them is the feed's. */
const HEAD_BYTES = layout.BOOK_DEGRADED;

// In words, and as constants of this file: V8 loads imported ones anew each time.
const W_BIDS = HEAD_BYTES >> 2;
const W_STATE = layout.BOOK_STATE >> 2;
const W_BID_COUNT = layout.BOOK_BID_COUNT >> 2;
const W_ASK_COUNT = layout.BOOK_ASK_COUNT >> 2;
const HEAD_WORDS = layout.BOOK_HEAD_BYTES >> 2;
const WORDS = layout.LEVEL_BYTES >> 2;
const MANY_LEVELS = 64;
const PRICE_SCALE = layout.BOOK_PRICE_SCALE;
const QUANTITY_SCALE = layout.BOOK_QUANTITY_SCALE;
const CHECK = layout.BOOK_CHECK;
const SNAPSHOT = layout.BOOK_STATE_SNAPSHOT;
const LIVE = layout.BOOK_STATE_LIVE;
const FAILED = layout.BOOK_CHECK_FAILED;

/**
 * - `'empty'`: nothing has come yet, it is not subscribed to any more, or what was there cannot be read;
 * - `'snapshot'`: the snapshot has come, and no update yet;
 * - `'live'`: updates are being applied;
 * - `'resyncing'`: a check failed, and updates are ignored until the next snapshot;
 * - `'degraded'`: the same, and the feed has given up asking for snapshots.
 */
export type BookState = 'empty' | 'snapshot' | 'live' | 'resyncing' | 'degraded';

/** Whether the last message's checksum (or number) was right; `'none'` when it brought none. */
export type BookCheck = 'none' | 'matched' | 'failed';

const STATES: readonly BookState[] = ['empty', 'snapshot', 'live', 'resyncing'];
const CHECKS: readonly BookCheck[] = ['none', 'matched', 'failed'];

/** @internal */
export function bookStateOf(state: number): BookState {
  return STATES[state] ?? 'empty';
}

/** @internal */
export function bookCheckOf(check: number): BookCheck {
  return CHECKS[check] ?? 'none';
}

/** A book as a plain object. */
export interface BookObject {
  symbol: string;
  state: BookState;
  trusted: boolean;
  asOf: number | undefined;
  checksum: number | undefined;
  bids: PriceLevel[];
  asks: PriceLevel[];
}

/**
 * One L2 book in memory of its own: it stays as it is until it is read into again (`book.read(snapshot)`), which allocates
 * nothing. Values come in three forms, as in `BookLevels`; texts, bigints and `toObject()` allocate.
 */
export class BookSnapshot {
  /** Levels a side that it has room for; deeper ones are left out. */
  readonly capacity: number;
  /** Best first. */
  readonly bids: BookLevels;
  readonly asks: BookLevels;
  /** @internal */
  readonly u32: Uint32Array;
  /** @internal */
  readonly i32: Int32Array;
  readonly #u8: Uint8Array;
  readonly #f64: Float64Array;
  #symbols: SymbolTable | undefined;
  #degraded = false;
  readonly #bidCopy = new WordCopy();
  readonly #askCopy = new WordCopy();

  /**
   * @param capacity levels a side; 0 for all but the levels
   * @throws ArgumentError for a capacity that is no whole number
   */
  constructor(capacity: number) {
    if (!(Number.isSafeInteger(capacity) && capacity >= 0)) {
      throw new ArgumentError(`a snapshot has room for a whole number of levels from 0, not ${capacity}`);
    }
    const buffer = new ArrayBuffer(HEAD_BYTES + 2 * capacity * layout.LEVEL_BYTES);
    this.capacity = capacity;
    this.#u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.#f64 = new Float64Array(buffer);
    this.bids = new BookLevels(this.u32, this.i32);
    this.asks = new BookLevels(this.u32, this.i32);
  }

  /**
   * Copies a book here, for whoever holds its seqlock; what is copied may be torn until that has been looked at again.
   *
   * @internal
   * @param head word index of the book's head in `source`
   * @param levels levels a side that the book has room for
   */
  copy(source: Int32Array, head: number, levels: number): void {
    const { i32, u32, capacity } = this;
    for (let word = 0; word < W_BIDS; word++) i32[word] = source[head + word]!;
    const bids = head + HEAD_WORDS;
    const most = Math.min(levels, capacity);
    this.#bidCopy.copy(source, bids, wordsOf(u32[W_BID_COUNT]!, most), i32, W_BIDS);
    const asks = bids + levels * WORDS;
    const to = W_BIDS + capacity * WORDS;
    this.#askCopy.copy(source, asks, wordsOf(u32[W_ASK_COUNT]!, most), i32, to);
  }

  /**
   * What `copy` copied is whole.
   *
   * @internal
   */
  settle(symbols: SymbolTable, degraded: boolean): void {
    const { priceScale, quantityScale, capacity, u32 } = this;
    this.#symbols = symbols;
    this.#degraded = degraded;
    this.bids.moveTo(W_BIDS, Math.min(u32[W_BID_COUNT]!, capacity), priceScale, quantityScale);
    const asks = W_BIDS + capacity * WORDS;
    this.asks.moveTo(asks, Math.min(u32[W_ASK_COUNT]!, capacity), priceScale, quantityScale);
  }

  get symbol(): string {
    return this.#symbols?.text(this.u32[layout.BOOK_SYMBOL >> 2]!) ?? '';
  }

  get state(): BookState {
    const state = bookStateOf(this.u32[W_STATE]!);
    // A snapshot that comes after all ends it, whatever the feed has noted.
    return state === 'resyncing' && this.#degraded ? 'degraded' : state;
  }

  /**
   * Whether the book was right when it was read, as far as can be checked: a snapshot has come, and no check has failed since.
   * What a matching check does not prove depends on the venue (Kraken's covers the ten best levels).
   */
  get trusted(): boolean {
    const state = this.u32[W_STATE]!;
    return (state === LIVE || state === SNAPSHOT) && this.#u8[CHECK] !== FAILED;
  }

  get check(): BookCheck {
    return bookCheckOf(this.#u8[CHECK]!);
  }

  /** As it came with the last message; undefined when none came. */
  get checksum(): number | undefined {
    return this.check === 'none' ? undefined : this.u32[layout.BOOK_CHECKSUM >> 2]!;
  }

  /** That of the book after the last message. */
  get computedChecksum(): number | undefined {
    return this.check === 'none' ? undefined : this.u32[layout.BOOK_COMPUTED >> 2]!;
  }

  /** Of the last message: how often its connection had been opened. */
  get epoch(): number {
    return this.u32[layout.BOOK_EPOCH >> 2]!;
  }

  /** Levels a side that are subscribed to; 0 for no limit. */
  get depth(): number {
    return this.u32[layout.BOOK_DEPTH >> 2]!;
  }

  get priceScale(): number {
    return this.#u8[PRICE_SCALE]!;
  }

  get quantityScale(): number {
    return this.#u8[QUANTITY_SCALE]!;
  }

  /** The venue's time of the last message that was applied, ms since the epoch with a fraction; undefined when it had none. */
  get asOf(): number | undefined {
    return millisecondsAt(this.u32, this.i32, layout.BOOK_AS_OF >> 2);
  }

  /** The same, to the nanosecond; 0n when it had none. Allocates. */
  get asOfNs(): bigint {
    return nanosecondsAt(this.u32, this.i32, layout.BOOK_AS_OF >> 2);
  }

  /** When that message was received, ms since the epoch with a fraction; 0 when none has been. */
  get receivedAt(): number {
    return this.#f64[layout.BOOK_RECEIVED_AT >> 3]!;
  }

  /** Until when it was right: the venue's time of the last message after which no check had failed. As `asOf`. */
  get goodUntil(): number | undefined {
    return millisecondsAt(this.u32, this.i32, layout.BOOK_GOOD_AS_OF >> 2);
  }

  get goodUntilNs(): bigint {
    return nanosecondsAt(this.u32, this.i32, layout.BOOK_GOOD_AS_OF >> 2);
  }

  /** When that message was received, ms since the epoch with a fraction; 0 when none has been. */
  get goodReceivedAt(): number {
    return this.#f64[layout.BOOK_GOOD_RECEIVED_AT >> 3]!;
  }

  /**
   * Milliseconds since the last message was received: how stale the market is. Quiet markets send nothing for many seconds;
   * whether the connection lives is told by the feed.
   *
   * @param now ms since the epoch
   */
  age(now: number = epochNow()): number {
    return Math.max(0, now - this.receivedAt);
  }

  /** Messages applied since the arena was made. */
  get updates(): number {
    return this.#f64[layout.BOOK_UPDATES >> 3]!;
  }

  /** Checks that failed. */
  get mismatches(): number {
    return this.u32[layout.BOOK_MISMATCHES >> 2]!;
  }

  /** Snapshots that mended a book whose check had failed. */
  get resyncs(): number {
    return this.u32[layout.BOOK_RESYNCS >> 2]!;
  }

  /** Updates ignored while it was not to be trusted. */
  get ignored(): number {
    return this.u32[layout.BOOK_IGNORED >> 2]!;
  }

  /** Number of the last message, at venues that number them. */
  get venueSequence(): number {
    return this.u32[layout.BOOK_VENUE_SEQUENCE >> 2]!;
  }

  /** The venue's number of the subscription that it is streamed by, at venues that number them. */
  get venueSubscription(): number {
    return this.u32[layout.BOOK_VENUE_SUBSCRIPTION >> 2]!;
  }

  /** Price of the best bid; undefined when there is none. */
  get bestBid(): number | undefined {
    return this.bids.length === 0 ? undefined : this.bids.price(0);
  }

  get bestBidQuantity(): number | undefined {
    return this.bids.length === 0 ? undefined : this.bids.quantity(0);
  }

  get bestAsk(): number | undefined {
    return this.asks.length === 0 ? undefined : this.asks.price(0);
  }

  get bestAskQuantity(): number | undefined {
    return this.asks.length === 0 ? undefined : this.asks.quantity(0);
  }

  /** Best ask − best bid, reckoned in integers; undefined when a side is empty. */
  get spread(): number | undefined {
    return spreadOf(this.bids, this.asks);
  }

  /** (Best bid + best ask) / 2, reckoned in integers; undefined when a side is empty. */
  get mid(): number | undefined {
    return midOf(this.bids, this.asks);
  }

  /** The spread in hundredths of a percent of the mid; undefined when a side is empty. */
  get spreadBps(): number | undefined {
    const { spread, mid } = this;
    return spread === undefined || mid === undefined ? undefined : (spread / mid) * 10_000;
  }

  /** A copy. */
  toObject(): BookObject {
    const { symbol, state, trusted, asOf, checksum } = this;
    const [bids, asks] = [this.bids.toArray(), this.asks.toArray()];
    return { symbol, state, trusted, asOf, checksum, bids, asks };
  }

  /** Printed like its copy. */
  [inspect.custom](): BookObject {
    return this.toObject();
  }
}

/** A time of the venue; undefined when there is none. */
function millisecondsAt(u32: Uint32Array, i32: Int32Array, word: number): number | undefined {
  const low = u32[word]!;
  const high = i32[word + 1]!;
  return low === 0 && high === 0 ? undefined : nanosecondsToMilliseconds(low, high);
}

function nanosecondsAt(u32: Uint32Array, i32: Int32Array, word: number): bigint {
  return decimalInteger(u32[word]!, i32[word + 1]!);
}

/** Words of so many levels: many are rounded up, so that a copy of as many words serves for every book of about that depth. */
function wordsOf(count: number, most: number): number {
  const levels = Math.min(count, most);
  return (
    Math.min(levels > MANY_LEVELS ? levels + MANY_LEVELS - (levels % MANY_LEVELS) : levels, most) * WORDS
  );
}
