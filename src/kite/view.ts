import { ArgumentError } from '../errors.ts';
import {
  RECORD_CONNECTION,
  RECORD_DECODED_AT,
  RECORD_EPOCH,
  RECORD_FLAGS,
  RECORD_FRAME,
  RECORD_INDEX,
  RECORD_INSTRUMENT,
  RECORD_KIND,
  RECORD_NUMBER,
  RECORD_RECEIVED_AT,
} from '../memory/record-layout.ts';
import type { RecordMemory, RecordView } from '../memory/record-view.ts';
import {
  AVERAGE_TRADED_PRICE,
  CLOSE,
  DEPTH,
  DEPTH_ENTRY_BYTES,
  DEPTH_LEVELS,
  DEPTH_PRICE,
  DEPTH_QUANTITY,
  EXCHANGE_TIME,
  HIGH,
  LAST_PRICE,
  LAST_TRADE_TIME,
  LAST_TRADED_QUANTITY,
  LOW,
  OI_DAY_HIGH,
  OI_DAY_LOW,
  OPEN,
  OPEN_INTEREST,
  TOTAL_BUY_QUANTITY,
  TOTAL_SELL_QUANTITY,
  VOLUME_TRADED,
} from './packet-layout.ts';
import {
  INDICES_SEGMENT,
  type ResolvedSegments,
  resolveSegments,
  type SegmentTable,
  segmentOf,
} from './segments.ts';
import type { DepthLevel, Mode, Tick } from './tick.ts';
import * as tick from './tick-layout.ts';

/** Word offsets of a tick's 32-bit fields from the start of its record. */
const W_KIND = RECORD_KIND >> 2;
const W_DIVISOR = tick.TICK_DIVISOR >> 2;
const W_LAST_PRICE = (tick.TICK_PACKET + LAST_PRICE) >> 2;
const W_LAST_TRADED_QUANTITY = (tick.TICK_PACKET + LAST_TRADED_QUANTITY) >> 2;
const W_AVERAGE_TRADED_PRICE = (tick.TICK_PACKET + AVERAGE_TRADED_PRICE) >> 2;
const W_VOLUME_TRADED = (tick.TICK_PACKET + VOLUME_TRADED) >> 2;
const W_TOTAL_BUY_QUANTITY = (tick.TICK_PACKET + TOTAL_BUY_QUANTITY) >> 2;
const W_TOTAL_SELL_QUANTITY = (tick.TICK_PACKET + TOTAL_SELL_QUANTITY) >> 2;
const W_OPEN = (tick.TICK_PACKET + OPEN) >> 2;
const W_HIGH = (tick.TICK_PACKET + HIGH) >> 2;
const W_LOW = (tick.TICK_PACKET + LOW) >> 2;
const W_CLOSE = (tick.TICK_PACKET + CLOSE) >> 2;
const W_LAST_TRADE_TIME = (tick.TICK_PACKET + LAST_TRADE_TIME) >> 2;
const W_OPEN_INTEREST = (tick.TICK_PACKET + OPEN_INTEREST) >> 2;
const W_OI_DAY_HIGH = (tick.TICK_PACKET + OI_DAY_HIGH) >> 2;
const W_OI_DAY_LOW = (tick.TICK_PACKET + OI_DAY_LOW) >> 2;
const W_EXCHANGE_TIME = (tick.TICK_PACKET + EXCHANGE_TIME) >> 2;
const W_INDEX_PRICE_CHANGE = tick.TICK_INDEX_PRICE_CHANGE >> 2;
const W_BIDS = (tick.TICK_PACKET + DEPTH) >> 2;
const W_DEPTH_ENTRY = DEPTH_ENTRY_BYTES >> 2;
const W_ASKS = W_BIDS + DEPTH_LEVELS * W_DEPTH_ENTRY;
const W_BID_PRICE = W_BIDS + (DEPTH_PRICE >> 2);
const W_BID_QUANTITY = W_BIDS + (DEPTH_QUANTITY >> 2);
const W_ASK_PRICE = W_ASKS + (DEPTH_PRICE >> 2);
const W_ASK_QUANTITY = W_ASKS + (DEPTH_QUANTITY >> 2);
const FULL = tick.TICK_FULL;
/** Half-words into a depth entry. */
const H_DEPTH_ORDERS = tick.TICK_DEPTH_ORDERS >> 1;

const MODES: readonly Mode[] = ['ltp', 'ltp', 'quote', 'full', 'quote', 'full'];

export interface TickViewOptions {
  /** Exchanges by segment. Default: `SEGMENTS`. The divisor is in the record. */
  readonly segments?: SegmentTable | undefined;
  /** Accounts by connection number. */
  readonly accounts?: readonly string[] | undefined;
}

/**
 * A flyweight over one tick where it lies: nothing is copied, and moving it to the next tick allocates nothing. Read
 * what you need, or copy it with `toObject()`, before you move on.
 *
 * Prices are in rupees (raw integer ÷ divisor); quantities, volume and open interest are unsigned; times are ms since
 * the epoch, 0 for none. A field that the packet did not carry is `undefined`.
 */
export class TickView implements RecordView<TickView> {
  // Small and flat on purpose: private getters and methods cost some 10 ns a call, and V8 inlines only so many bytes of code
  // into a reader's loop; what it calls instead costs a call and, for a number that is no small integer, 16 bytes.
  readonly #u16: Uint16Array;
  readonly #i32: Int32Array;
  readonly #f64: Float64Array;
  readonly #segments: ResolvedSegments;
  readonly #accounts: readonly string[];
  /** The record's first byte and first word. */
  #at = 0;
  #word = 0;

  constructor(memory: RecordMemory, options: TickViewOptions = {}) {
    this.#u16 = memory.u16;
    this.#i32 = memory.i32;
    this.#f64 = memory.f64;
    this.#segments = resolveSegments(options.segments);
    this.#accounts = options.accounts ?? [];
  }

  moveTo(offset: number): this {
    this.#at = offset;
    this.#word = offset >> 2;
    return this;
  }

  get instrumentToken(): number {
    return this.#i32[this.#word + (RECORD_INSTRUMENT >> 2)]! >>> 0;
  }

  /** Low byte of the token. */
  get segment(): number {
    return segmentOf(this.instrumentToken);
  }

  /** As Kite names it; `'UNKNOWN'` for a segment in no table. */
  get exchange(): string {
    return this.#segments.exchanges[this.segment]!;
  }

  /** False for indices. */
  get tradable(): boolean {
    return this.segment !== INDICES_SEGMENT;
  }

  /** The mode whose packet this is. */
  get mode(): Mode {
    return MODES[this.#i32[this.#word + W_KIND]! & 0xff]!;
  }

  /** Raw integer ÷ divisor = price in rupees. */
  get divisor(): number {
    return this.#i32[this.#word + W_DIVISOR]!;
  }

  get rawLastPrice(): number {
    return this.#i32[this.#word + W_LAST_PRICE]!;
  }

  get lastPrice(): number {
    const i32 = this.#i32;
    const word = this.#word;
    return i32[word + W_LAST_PRICE]! / i32[word + W_DIVISOR]!;
  }

  get lastTradedQuantity(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) >= tick.TICK_QUOTE
      ? i32[word + W_LAST_TRADED_QUANTITY]! >>> 0
      : absent();
  }

  get averageTradedPrice(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) >= tick.TICK_QUOTE
      ? i32[word + W_AVERAGE_TRADED_PRICE]! / i32[word + W_DIVISOR]!
      : absent();
  }

  /** Of the day. The wire's 32 bits: some instruments pass 2^32, see `volumeFell`. */
  get volumeTraded(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) >= tick.TICK_QUOTE ? i32[word + W_VOLUME_TRADED]! >>> 0 : absent();
  }

  get totalBuyQuantity(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) >= tick.TICK_QUOTE
      ? i32[word + W_TOTAL_BUY_QUANTITY]! >>> 0
      : absent();
  }

  get totalSellQuantity(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) >= tick.TICK_QUOTE
      ? i32[word + W_TOTAL_SELL_QUANTITY]! >>> 0
      : absent();
  }

  get open(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) > tick.TICK_LTP
      ? i32[word + W_OPEN]! / i32[word + W_DIVISOR]!
      : absent();
  }

  get high(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) > tick.TICK_LTP
      ? i32[word + W_HIGH]! / i32[word + W_DIVISOR]!
      : absent();
  }

  get low(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) > tick.TICK_LTP
      ? i32[word + W_LOW]! / i32[word + W_DIVISOR]!
      : absent();
  }

  /** Of the previous session. */
  get close(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) > tick.TICK_LTP
      ? i32[word + W_CLOSE]! / i32[word + W_DIVISOR]!
      : absent();
  }

  /** Percent since the previous close: (last − close) × 100 / close; `undefined` where close is 0 too. */
  get change(): number | undefined {
    const close = this.close;
    return close ? ((this.lastPrice - close) * 100) / close : absent();
  }

  /** Rupees since the previous close: last − close. */
  get absoluteChange(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) > tick.TICK_LTP
      ? (i32[word + W_LAST_PRICE]! - i32[word + W_CLOSE]!) / i32[word + W_DIVISOR]!
      : absent();
  }

  /** The index packet's own price change, in rupees. */
  get priceChange(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    const kind = i32[word + W_KIND]! & 0xff;
    return kind === tick.TICK_INDEX_QUOTE || kind === tick.TICK_INDEX_FULL
      ? i32[word + W_INDEX_PRICE_CHANGE]! / i32[word + W_DIVISOR]!
      : absent();
  }

  get openInterest(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) === FULL ? i32[word + W_OPEN_INTEREST]! >>> 0 : absent();
  }

  get oiDayHigh(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) === FULL ? i32[word + W_OI_DAY_HIGH]! >>> 0 : absent();
  }

  get oiDayLow(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) === FULL ? i32[word + W_OI_DAY_LOW]! >>> 0 : absent();
  }

  get lastTradeTime(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    return (i32[word + W_KIND]! & 0xff) === FULL ? (i32[word + W_LAST_TRADE_TIME]! >>> 0) * 1000 : absent();
  }

  get exchangeTimestamp(): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    const kind = i32[word + W_KIND]! & 0xff;
    return kind === FULL || kind === tick.TICK_INDEX_FULL
      ? (i32[word + W_EXCHANGE_TIME]! >>> 0) * 1000
      : absent();
  }

  /** @param level 0 (best) to 4 */
  bidPrice(level: number): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    const at = word + W_BID_PRICE + wordsTo(level);
    return (i32[word + W_KIND]! & 0xff) === FULL ? i32[at]! / i32[word + W_DIVISOR]! : absent();
  }

  bidQuantity(level: number): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    const at = word + W_BID_QUANTITY + wordsTo(level);
    return (i32[word + W_KIND]! & 0xff) === FULL ? i32[at]! >>> 0 : absent();
  }

  bidOrders(level: number): number | undefined {
    const word = this.#word;
    const at = (word + W_BIDS + wordsTo(level)) * 2 + H_DEPTH_ORDERS;
    return (this.#i32[word + W_KIND]! & 0xff) === FULL ? this.#u16[at]! : absent();
  }

  /** @param level 0 (best) to 4 */
  askPrice(level: number): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    const at = word + W_ASK_PRICE + wordsTo(level);
    return (i32[word + W_KIND]! & 0xff) === FULL ? i32[at]! / i32[word + W_DIVISOR]! : absent();
  }

  askQuantity(level: number): number | undefined {
    const i32 = this.#i32;
    const word = this.#word;
    const at = word + W_ASK_QUANTITY + wordsTo(level);
    return (i32[word + W_KIND]! & 0xff) === FULL ? i32[at]! >>> 0 : absent();
  }

  askOrders(level: number): number | undefined {
    const word = this.#word;
    const at = (word + W_ASKS + wordsTo(level)) * 2 + H_DEPTH_ORDERS;
    return (this.#i32[word + W_KIND]! & 0xff) === FULL ? this.#u16[at]! : absent();
  }

  /** When the frame was received, ms since the epoch with a fraction. */
  get receivedAt(): number {
    return this.#f64[(this.#at + RECORD_RECEIVED_AT) >> 3]!;
  }

  /** When the decoder took up the frame, ms since the epoch with a fraction. */
  get decodedAt(): number {
    return this.#f64[(this.#at + RECORD_DECODED_AT) >> 3]!;
  }

  /** The connection's number within its feed. */
  get connection(): number {
    return this.#u16[(this.#at + RECORD_CONNECTION) >> 1]!;
  }

  /** The account that the connection belongs to; empty where it is not known. */
  get account(): string {
    return this.#accounts[this.connection] ?? '';
  }

  /** How often that connection had been opened. */
  get epoch(): number {
    return this.#i32[(this.#at + RECORD_EPOCH) >> 2]! >>> 0;
  }

  /** Number of the frame on its connection, wrapping at 2^32; and the packet's place in it. */
  get frame(): number {
    return this.#i32[(this.#at + RECORD_FRAME) >> 2]! >>> 0;
  }

  get index(): number {
    return this.#u16[(this.#at + RECORD_INDEX) >> 1]!;
  }

  /** Position in the connection's record ring, wrapping at 2^32. */
  get number(): number {
    return this.#i32[(this.#at + RECORD_NUMBER) >> 2]! >>> 0;
  }

  /** The TICK_FLAG_ bits; the getters below name them. */
  get flags(): number {
    return this.#u16[(this.#at + RECORD_FLAGS) >> 1]!;
  }

  /** The token's segment is in no table, and the divisor a guess. */
  get unknownSegment(): boolean {
    return (this.flags & tick.TICK_FLAG_UNKNOWN_SEGMENT) !== 0;
  }

  /** The day's volume is less than in the tick before: it passed 2^32, or a new day began. Needs the latest table. */
  get volumeFell(): boolean {
    return (this.flags & tick.TICK_FLAG_VOLUME_FELL) !== 0;
  }

  /** A copy in the shape of the official JavaScript client. */
  toObject(): Tick {
    const kind = this.#i32[this.#word + W_KIND]! & 0xff;
    const tradable = this.tradable;
    const instrument_token = this.instrumentToken;
    const last_price = this.lastPrice;
    if (kind === tick.TICK_LTP) return { tradable, mode: 'ltp', instrument_token, last_price };
    const ohlc = { open: this.open!, high: this.high!, low: this.low!, close: this.close! };
    if (kind === tick.TICK_INDEX_QUOTE || kind === tick.TICK_INDEX_FULL) {
      // As the official client: without a close, the packet's own change, undivided.
      const change = this.change ?? this.#i32[this.#word + W_INDEX_PRICE_CHANGE]!;
      const index = { tradable, instrument_token, last_price, ohlc, change };
      if (kind === tick.TICK_INDEX_QUOTE) return { ...index, mode: 'quote' };
      return { ...index, mode: 'full', exchange_timestamp: toDate(this.exchangeTimestamp!) };
    }
    const quote = {
      tradable,
      instrument_token,
      last_price,
      last_traded_quantity: this.lastTradedQuantity!,
      average_traded_price: this.averageTradedPrice!,
      volume_traded: this.volumeTraded!,
      total_buy_quantity: this.totalBuyQuantity!,
      total_sell_quantity: this.totalSellQuantity!,
      ohlc,
      change: this.change ?? 0,
    };
    if (kind === tick.TICK_QUOTE) return { ...quote, mode: 'quote' };
    return {
      ...quote,
      mode: 'full',
      last_trade_time: toDate(this.lastTradeTime!),
      exchange_timestamp: toDate(this.exchangeTimestamp!),
      oi: this.openInterest!,
      oi_day_high: this.oiDayHigh!,
      oi_day_low: this.oiDayLow!,
      depth: {
        buy: levels((level) => ({
          quantity: this.bidQuantity(level)!,
          price: this.bidPrice(level)!,
          orders: this.bidOrders(level)!,
        })),
        sell: levels((level) => ({
          quantity: this.askQuantity(level)!,
          price: this.askPrice(level)!,
          orders: this.askOrders(level)!,
        })),
      },
    };
  }
}

/**
 * What a field is that the packet did not carry. A call, because V8 leaves out a call that it has never seen made: where all
 * ticks carry a field, its getter then has one type of result, and numbers need no box (16 bytes a read otherwise).
 */
function absent(): undefined {
  return undefined;
}

/** Words from the first entry of a side to that of a level. */
function wordsTo(level: number): number {
  if (level >>> 0 !== level || level >= DEPTH_LEVELS) throw noSuchLevel(level);
  return level * W_DEPTH_ENTRY;
}

function noSuchLevel(level: number): ArgumentError {
  return new ArgumentError(`depth has levels 0 to ${DEPTH_LEVELS - 1}, not ${level}`);
}

function levels(read: (level: number) => DepthLevel): DepthLevel[] {
  return Array.from({ length: DEPTH_LEVELS }, (_, level) => read(level));
}

function toDate(time: number): Date | null {
  return time === 0 ? null : new Date(time);
}
