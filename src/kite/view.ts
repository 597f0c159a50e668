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
const W_DEPTH_PRICE = DEPTH_PRICE >> 2;
const W_DEPTH_QUANTITY = DEPTH_QUANTITY >> 2;
/** Half-words into a depth entry. */
const H_DEPTH_ORDERS = tick.TICK_DEPTH_ORDERS >> 1;

// What getters compare with and add, as constants of this file: V8 loads imported ones anew each time.
const KIND = RECORD_KIND;
const W_INSTRUMENT = RECORD_INSTRUMENT >> 2;
const LTP = tick.TICK_LTP;
const INDEX_QUOTE = tick.TICK_INDEX_QUOTE;
const INDEX_FULL = tick.TICK_INDEX_FULL;
const QUOTE = tick.TICK_QUOTE;
const FULL = tick.TICK_FULL;
const LEVELS = DEPTH_LEVELS;

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
export class TickView implements RecordView {
  // Fields only: private getters and methods cost some 10 ns a call, more than the reading itself.
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #i32: Int32Array;
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #segments: ResolvedSegments;
  readonly #accounts: readonly string[];
  /** The record's first byte and first word. */
  #at = 0;
  #word = 0;

  constructor(memory: RecordMemory, options: TickViewOptions = {}) {
    this.#u8 = memory.u8;
    this.#u16 = memory.u16;
    this.#i32 = memory.i32;
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
    this.#segments = resolveSegments(options.segments);
    this.#accounts = options.accounts ?? [];
  }

  moveTo(offset: number): void {
    this.#at = offset;
    this.#word = offset >> 2;
  }

  get instrumentToken(): number {
    return this.#u32[this.#word + W_INSTRUMENT]!;
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
    return MODES[this.#u8[this.#at + KIND]!]!;
  }

  /** Raw integer ÷ divisor = price in rupees. */
  get divisor(): number {
    return this.#i32[this.#word + W_DIVISOR]!;
  }

  get rawLastPrice(): number {
    return this.#i32[this.#word + W_LAST_PRICE]!;
  }

  get lastPrice(): number {
    return this.#i32[this.#word + W_LAST_PRICE]! / this.#i32[this.#word + W_DIVISOR]!;
  }

  get lastTradedQuantity(): number | undefined {
    return this.#u8[this.#at + KIND]! >= QUOTE ? this.#u32[this.#word + W_LAST_TRADED_QUANTITY]! : absent();
  }

  get averageTradedPrice(): number | undefined {
    return this.#u8[this.#at + KIND]! >= QUOTE
      ? this.#i32[this.#word + W_AVERAGE_TRADED_PRICE]! / this.#i32[this.#word + W_DIVISOR]!
      : absent();
  }

  /** Of the day. The wire's 32 bits: some instruments pass 2^32, see `volumeFell`. */
  get volumeTraded(): number | undefined {
    return this.#u8[this.#at + KIND]! >= QUOTE ? this.#u32[this.#word + W_VOLUME_TRADED]! : absent();
  }

  get totalBuyQuantity(): number | undefined {
    return this.#u8[this.#at + KIND]! >= QUOTE ? this.#u32[this.#word + W_TOTAL_BUY_QUANTITY]! : absent();
  }

  get totalSellQuantity(): number | undefined {
    return this.#u8[this.#at + KIND]! >= QUOTE ? this.#u32[this.#word + W_TOTAL_SELL_QUANTITY]! : absent();
  }

  get open(): number | undefined {
    return this.#u8[this.#at + KIND]! > LTP
      ? this.#i32[this.#word + W_OPEN]! / this.#i32[this.#word + W_DIVISOR]!
      : absent();
  }

  get high(): number | undefined {
    return this.#u8[this.#at + KIND]! > LTP
      ? this.#i32[this.#word + W_HIGH]! / this.#i32[this.#word + W_DIVISOR]!
      : absent();
  }

  get low(): number | undefined {
    return this.#u8[this.#at + KIND]! > LTP
      ? this.#i32[this.#word + W_LOW]! / this.#i32[this.#word + W_DIVISOR]!
      : absent();
  }

  /** Of the previous session. */
  get close(): number | undefined {
    return this.#u8[this.#at + KIND]! > LTP
      ? this.#i32[this.#word + W_CLOSE]! / this.#i32[this.#word + W_DIVISOR]!
      : absent();
  }

  /** Percent since the previous close: (last − close) × 100 / close; `undefined` where close is 0 too. */
  get change(): number | undefined {
    const close = this.close;
    return close ? ((this.lastPrice - close) * 100) / close : undefined;
  }

  /** Rupees since the previous close: last − close. */
  get absoluteChange(): number | undefined {
    return this.#u8[this.#at + KIND]! > LTP
      ? (this.#i32[this.#word + W_LAST_PRICE]! - this.#i32[this.#word + W_CLOSE]!) /
          this.#i32[this.#word + W_DIVISOR]!
      : absent();
  }

  /** The index packet's own price change, in rupees. */
  get priceChange(): number | undefined {
    const kind = this.#u8[this.#at + KIND]!;
    return kind === INDEX_QUOTE || kind === INDEX_FULL
      ? this.#i32[this.#word + W_INDEX_PRICE_CHANGE]! / this.#i32[this.#word + W_DIVISOR]!
      : absent();
  }

  get openInterest(): number | undefined {
    return this.#u8[this.#at + KIND]! === FULL ? this.#u32[this.#word + W_OPEN_INTEREST]! : absent();
  }

  get oiDayHigh(): number | undefined {
    return this.#u8[this.#at + KIND]! === FULL ? this.#u32[this.#word + W_OI_DAY_HIGH]! : absent();
  }

  get oiDayLow(): number | undefined {
    return this.#u8[this.#at + KIND]! === FULL ? this.#u32[this.#word + W_OI_DAY_LOW]! : absent();
  }

  get lastTradeTime(): number | undefined {
    return this.#u8[this.#at + KIND]! === FULL ? this.#u32[this.#word + W_LAST_TRADE_TIME]! * 1000 : absent();
  }

  get exchangeTimestamp(): number | undefined {
    const kind = this.#u8[this.#at + KIND]!;
    return kind === FULL || kind === INDEX_FULL ? this.#u32[this.#word + W_EXCHANGE_TIME]! * 1000 : absent();
  }

  /** @param level 0 (best) to 4 */
  bidPrice(level: number): number | undefined {
    const at = this.#word + W_BIDS + checked(level) * W_DEPTH_ENTRY + W_DEPTH_PRICE;
    return this.#u8[this.#at + KIND]! === FULL
      ? this.#i32[at]! / this.#i32[this.#word + W_DIVISOR]!
      : absent();
  }

  bidQuantity(level: number): number | undefined {
    const at = this.#word + W_BIDS + checked(level) * W_DEPTH_ENTRY + W_DEPTH_QUANTITY;
    return this.#u8[this.#at + KIND]! === FULL ? this.#u32[at]! : absent();
  }

  bidOrders(level: number): number | undefined {
    const at = (this.#word + W_BIDS + checked(level) * W_DEPTH_ENTRY) * 2 + H_DEPTH_ORDERS;
    return this.#u8[this.#at + KIND]! === FULL ? this.#u16[at]! : absent();
  }

  /** @param level 0 (best) to 4 */
  askPrice(level: number): number | undefined {
    const at = this.#word + W_ASKS + checked(level) * W_DEPTH_ENTRY + W_DEPTH_PRICE;
    return this.#u8[this.#at + KIND]! === FULL
      ? this.#i32[at]! / this.#i32[this.#word + W_DIVISOR]!
      : absent();
  }

  askQuantity(level: number): number | undefined {
    const at = this.#word + W_ASKS + checked(level) * W_DEPTH_ENTRY + W_DEPTH_QUANTITY;
    return this.#u8[this.#at + KIND]! === FULL ? this.#u32[at]! : absent();
  }

  askOrders(level: number): number | undefined {
    const at = (this.#word + W_ASKS + checked(level) * W_DEPTH_ENTRY) * 2 + H_DEPTH_ORDERS;
    return this.#u8[this.#at + KIND]! === FULL ? this.#u16[at]! : absent();
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
    return this.#u32[(this.#at + RECORD_EPOCH) >> 2]!;
  }

  /** Number of the frame on its connection, wrapping at 2^32; and the packet's place in it. */
  get frame(): number {
    return this.#u32[(this.#at + RECORD_FRAME) >> 2]!;
  }

  get index(): number {
    return this.#u16[(this.#at + RECORD_INDEX) >> 1]!;
  }

  /** Position in the connection's record ring, wrapping at 2^32. */
  get number(): number {
    return this.#u32[(this.#at + RECORD_NUMBER) >> 2]!;
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
    const kind = this.#u8[this.#at + KIND]!;
    const tradable = this.tradable;
    const instrument_token = this.instrumentToken;
    const last_price = this.lastPrice;
    if (kind === LTP) return { tradable, mode: 'ltp', instrument_token, last_price };
    const ohlc = { open: this.open!, high: this.high!, low: this.low!, close: this.close! };
    if (kind === INDEX_QUOTE || kind === INDEX_FULL) {
      // As the official client: without a close, the packet's own change, undivided.
      const change = this.change ?? this.#i32[this.#word + W_INDEX_PRICE_CHANGE]!;
      const index = { tradable, instrument_token, last_price, ohlc, change };
      if (kind === INDEX_QUOTE) return { ...index, mode: 'quote' };
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
    if (kind === QUOTE) return { ...quote, mode: 'quote' };
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
 * The value of a field that a packet does not carry. A call, because as long as none has been made, V8 takes it that none
 * will be, and keeps the numbers of such fields in registers instead of on the heap.
 */
function absent(): undefined {
  return undefined;
}

/** A level that depth has; anything else throws. */
function checked(level: number): number {
  return level >>> 0 === level && level < LEVELS ? level : noLevel(level);
}

function noLevel(level: number): never {
  throw new ArgumentError(`depth has levels 0 to ${LEVELS - 1}, not ${level}`);
}

function levels(read: (level: number) => DepthLevel): DepthLevel[] {
  return Array.from({ length: LEVELS }, (_, level) => read(level));
}

function toDate(time: number): Date | null {
  return time === 0 ? null : new Date(time);
}
