/** A view of one Kite packet as it came over the wire: https://kite.trade/docs/connect/v3/websocket (packet structure). */

import { ArgumentError } from '../errors.ts';
import {
  AVERAGE_TRADED_PRICE,
  CLOSE,
  DEPTH,
  DEPTH_ENTRY_BYTES,
  DEPTH_LEVELS,
  DEPTH_ORDERS,
  DEPTH_PRICE,
  DEPTH_QUANTITY,
  EXCHANGE_TIME,
  FULL_BYTES,
  HIGH,
  INDEX_CLOSE,
  INDEX_EXCHANGE_TIME,
  INDEX_FULL_BYTES,
  INDEX_HIGH,
  INDEX_LOW,
  INDEX_OPEN,
  INDEX_PRICE_CHANGE,
  INDEX_QUOTE_BYTES,
  LAST_PRICE,
  LAST_TRADE_TIME,
  LAST_TRADED_QUANTITY,
  LOW,
  LTP_BYTES,
  OI_DAY_HIGH,
  OI_DAY_LOW,
  OPEN,
  OPEN_INTEREST,
  QUOTE_BYTES,
  TOKEN,
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
import { type Mode, readTick, type Tick } from './tick.ts';

/** What a packet is, as its length tells. */
export type PacketKind = 'ltp' | 'index-quote' | 'index-full' | 'quote' | 'full';

/** The kind of a packet of `length` bytes, `undefined` when Kite has none of that length. */
export function packetKind(length: number): PacketKind | undefined {
  switch (length) {
    case FULL_BYTES:
      return 'full';
    case QUOTE_BYTES:
      return 'quote';
    case LTP_BYTES:
      return 'ltp';
    case INDEX_QUOTE_BYTES:
      return 'index-quote';
    case INDEX_FULL_BYTES:
      return 'index-full';
    default:
      return undefined;
  }
}

export interface PacketViewOptions {
  /** Exchange and price divisor of each segment. Default: `SEGMENTS`. */
  segments?: SegmentTable | undefined;
}

const ASKS = DEPTH + DEPTH_LEVELS * DEPTH_ENTRY_BYTES;
const NO_BYTES = new DataView(new ArrayBuffer(0));

/**
 * A flyweight over the big-endian bytes of a packet: it copies nothing, and moving it to the next packet allocates
 * nothing. The bytes may lie at any alignment, in shared memory too; they are read each time a field is asked for.
 *
 * Prices are in rupees, times in milliseconds since the epoch. A field that this packet's kind does not carry is
 * `undefined`. The fields that every packet has throw a `RangeError` while the view is on no packet.
 */
export class PacketView {
  readonly #segments: ResolvedSegments;
  readonly #divisors: Float64Array;
  /** Over the whole buffer, so that another packet or frame in the same memory needs no new one. */
  #data: DataView = NO_BYTES;
  /** Where the wrapped bytes start in the buffer, and how many they are. */
  #base = 0;
  #size = 0;
  /** Where the packet starts in the buffer, and how many bytes it has. */
  #at = 0;
  #length = 0;

  /** @throws {ArgumentError} a segment table that cannot be used. */
  constructor(options: PacketViewOptions = {}) {
    this.#segments = resolveSegments(options.segments);
    this.#divisors = this.#segments.divisors;
  }

  /**
   * Points the view at a packet of `length` bytes, `offset` bytes into `bytes`: {@link attach}, then {@link moveTo}.
   *
   * @throws {ArgumentError} as {@link moveTo}; the view is then on no packet.
   */
  wrap(bytes: Uint8Array, offset = 0, length: number = bytes.byteLength - offset): this {
    return this.attach(bytes).moveTo(offset, length);
  }

  /**
   * Makes `bytes` those that {@link moveTo} moves in; the view is then on no packet. Allocates only when they lie in
   * another buffer than the bytes before them.
   */
  attach(bytes: Uint8Array): this {
    if (this.#data.buffer !== bytes.buffer) this.#data = new DataView(bytes.buffer);
    this.#base = bytes.byteOffset;
    this.#size = bytes.byteLength;
    // Past the end, so that every read throws until the view is moved.
    this.#at = this.#data.byteLength;
    this.#length = 0;
    return this;
  }

  /**
   * Moves to the packet of `length` bytes, `offset` bytes into the bytes attached. Never allocates.
   *
   * @throws {ArgumentError} a packet outside those bytes, or of a length that Kite does not send; the view stays where
   * it was.
   */
  moveTo(offset: number, length: number): this {
    if (packetKind(length) === undefined) {
      throw new ArgumentError(
        `no Kite packet has ${length} bytes; use one of ${LTP_BYTES}, ${INDEX_QUOTE_BYTES}, ${INDEX_FULL_BYTES}, ${QUOTE_BYTES} or ${FULL_BYTES}`,
      );
    }
    if (offset >>> 0 !== offset || offset + length > this.#size) {
      throw new ArgumentError(
        `a packet of ${length} bytes at offset ${offset} is not within ${this.#size} bytes`,
      );
    }
    this.#at = this.#base + offset;
    this.#length = length;
    return this;
  }

  /** Bytes of the packet; 0 when the view is on none. */
  get byteLength(): number {
    return this.#length;
  }

  get kind(): PacketKind {
    const kind = packetKind(this.#length);
    if (kind === undefined) throw new RangeError('this view is on no packet; move it to one');
    return kind;
  }

  /** An index packet, too, is a quote or a full one: see {@link kind}. */
  get mode(): Mode {
    const kind = this.kind;
    if (kind === 'ltp') return kind;
    return kind === 'full' || kind === 'index-full' ? 'full' : 'quote';
  }

  get instrumentToken(): number {
    return this.#data.getUint32(this.#at + TOKEN);
  }

  /** The low byte of the token. */
  get segment(): number {
    return segmentOf(this.instrumentToken);
  }

  /** The exchange of the segment, `'UNKNOWN'` when the segment table has none. */
  get exchange(): string {
    return this.#segments.exchanges[this.segment]!;
  }

  /** The segment is in no table, so its prices are divided by 100 on a guess. */
  get unknownSegment(): boolean {
    return this.#segments.known[this.segment] === 0;
  }

  /** False for the instruments of the indices segment. */
  get tradable(): boolean {
    return this.segment !== INDICES_SEGMENT;
  }

  /** Raw integer price ÷ divisor = rupees. */
  get divisor(): number {
    return this.#segments.divisors[this.segment]!;
  }

  get lastPrice(): number {
    return this.#price(LAST_PRICE);
  }

  /** The signed integer of the wire; see {@link divisor}. */
  get rawLastPrice(): number {
    return this.#data.getInt32(this.#at + LAST_PRICE);
  }

  get lastTradedQuantity(): number | undefined {
    return this.#quoteField(LAST_TRADED_QUANTITY);
  }

  get averageTradedPrice(): number | undefined {
    return this.#length >= QUOTE_BYTES ? this.#price(AVERAGE_TRADED_PRICE) : undefined;
  }

  /** Volume of the day. It is 32 bits on the wire and wraps. */
  get volumeTraded(): number | undefined {
    return this.#quoteField(VOLUME_TRADED);
  }

  get totalBuyQuantity(): number | undefined {
    return this.#quoteField(TOTAL_BUY_QUANTITY);
  }

  get totalSellQuantity(): number | undefined {
    return this.#quoteField(TOTAL_SELL_QUANTITY);
  }

  get open(): number | undefined {
    return this.#ohlc(OPEN, INDEX_OPEN);
  }

  get high(): number | undefined {
    return this.#ohlc(HIGH, INDEX_HIGH);
  }

  get low(): number | undefined {
    return this.#ohlc(LOW, INDEX_LOW);
  }

  /** The previous session's close. */
  get close(): number | undefined {
    return this.#ohlc(CLOSE, INDEX_CLOSE);
  }

  /** Percent: `(last − close) × 100 / close`; `undefined` when close is 0, as there is nothing to compare with. */
  get change(): number | undefined {
    const close = this.close;
    return close === undefined || close === 0 ? undefined : ((this.lastPrice - close) * 100) / close;
  }

  /** Rupees: last − close, subtracted as integers and divided once. */
  get absoluteChange(): number | undefined {
    const length = this.#length;
    if (length < INDEX_QUOTE_BYTES) return undefined;
    const close = this.#data.getInt32(this.#at + (length >= QUOTE_BYTES ? CLOSE : INDEX_CLOSE));
    return (this.rawLastPrice - close) / this.divisor;
  }

  /** Rupees: the price change that an index packet carries itself. */
  get priceChange(): number | undefined {
    return this.#isIndex() ? this.#price(INDEX_PRICE_CHANGE) : undefined;
  }

  get openInterest(): number | undefined {
    return this.#fullField(OPEN_INTEREST);
  }

  get oiDayHigh(): number | undefined {
    return this.#fullField(OI_DAY_HIGH);
  }

  get oiDayLow(): number | undefined {
    return this.#fullField(OI_DAY_LOW);
  }

  /** Milliseconds since the epoch, in whole seconds; 0 for none. */
  get lastTradeTime(): number | undefined {
    return this.#length === FULL_BYTES ? this.#time(LAST_TRADE_TIME) : undefined;
  }

  /** Milliseconds since the epoch, in whole seconds; 0 for none. */
  get exchangeTimestamp(): number | undefined {
    if (this.#length === FULL_BYTES) return this.#time(EXCHANGE_TIME);
    return this.#length === INDEX_FULL_BYTES ? this.#time(INDEX_EXCHANGE_TIME) : undefined;
  }

  /** Rupees, at `level` 0 (the best) to 4. @throws {ArgumentError} another level. */
  bidPrice(level: number): number | undefined {
    return this.#depthPrice(DEPTH, level);
  }

  /** At `level` 0 (the best) to 4. @throws {ArgumentError} another level. */
  bidQuantity(level: number): number | undefined {
    return this.#depthQuantity(DEPTH, level);
  }

  /** At `level` 0 (the best) to 4. @throws {ArgumentError} another level. */
  bidOrders(level: number): number | undefined {
    return this.#depthOrders(DEPTH, level);
  }

  /** Rupees, at `level` 0 (the best) to 4. @throws {ArgumentError} another level. */
  askPrice(level: number): number | undefined {
    return this.#depthPrice(ASKS, level);
  }

  /** At `level` 0 (the best) to 4. @throws {ArgumentError} another level. */
  askQuantity(level: number): number | undefined {
    return this.#depthQuantity(ASKS, level);
  }

  /** At `level` 0 (the best) to 4. @throws {ArgumentError} another level. */
  askOrders(level: number): number | undefined {
    return this.#depthOrders(ASKS, level);
  }

  /** A plain object in the official client's shape, which outlives the bytes. */
  toObject(): Tick {
    return readTick(this.#data, this.#at, this.#length, this.#segments);
  }

  #isIndex(): boolean {
    return this.#length === INDEX_QUOTE_BYTES || this.#length === INDEX_FULL_BYTES;
  }

  /** Flat on purpose: through the getters it outgrows what V8 inlines. */
  #price(field: number): number {
    const data = this.#data;
    const at = this.#at;
    return data.getInt32(at + field) / this.#divisors[data.getUint8(at + TOKEN + 3)]!;
  }

  #quoteField(field: number): number | undefined {
    return this.#length >= QUOTE_BYTES ? this.#data.getUint32(this.#at + field) : undefined;
  }

  #fullField(field: number): number | undefined {
    return this.#length === FULL_BYTES ? this.#data.getUint32(this.#at + field) : undefined;
  }

  #ohlc(field: number, indexField: number): number | undefined {
    if (this.#length >= QUOTE_BYTES) return this.#price(field);
    return this.#length >= INDEX_QUOTE_BYTES ? this.#price(indexField) : undefined;
  }

  #time(field: number): number {
    return this.#data.getUint32(this.#at + field) * 1000;
  }

  #depthPrice(side: number, level: number): number | undefined {
    const entry = depthEntry(side, level);
    return this.#length === FULL_BYTES ? this.#price(entry + DEPTH_PRICE) : undefined;
  }

  #depthQuantity(side: number, level: number): number | undefined {
    return this.#fullField(depthEntry(side, level) + DEPTH_QUANTITY);
  }

  #depthOrders(side: number, level: number): number | undefined {
    const entry = depthEntry(side, level);
    return this.#length === FULL_BYTES ? this.#data.getUint16(this.#at + entry + DEPTH_ORDERS) : undefined;
  }
}

function depthEntry(side: number, level: number): number {
  if (level >>> 0 !== level || level >= DEPTH_LEVELS) throw noSuchLevel(level);
  return side + level * DEPTH_ENTRY_BYTES;
}

function noSuchLevel(level: number): ArgumentError {
  return new ArgumentError(`there is no depth level ${level}; use 0 (the best) to ${DEPTH_LEVELS - 1}`);
}
