/**
 * Ticks as plain objects, in the shape of the official JavaScript client (kiteconnect 5, `parseBinary`).
 * Prices are in rupees, `change` in percent; a quantity, volume or open interest is the unsigned wire value.
 */

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
  TOKEN,
  TOTAL_BUY_QUANTITY,
  TOTAL_SELL_QUANTITY,
  VOLUME_TRADED,
} from './packet-layout.ts';
import { INDICES_SEGMENT, type ResolvedSegments, segmentOf } from './segments.ts';

/** How much of an instrument is streamed. */
export type Mode = 'ltp' | 'quote' | 'full';

/** One price level of a full tick's depth. */
export interface DepthLevel {
  quantity: number;
  price: number;
  orders: number;
}

/** Prices of the day; `close` is the previous session's. */
export interface Ohlc {
  open: number;
  high: number;
  low: number;
  close: number;
}

/** From an 8-byte packet. */
export interface LtpTick {
  tradable: boolean;
  mode: 'ltp';
  instrument_token: number;
  last_price: number;
}

/** From a 44-byte packet. */
export interface QuoteTick {
  tradable: boolean;
  mode: 'quote';
  instrument_token: number;
  last_price: number;
  last_traded_quantity: number;
  average_traded_price: number;
  volume_traded: number;
  total_buy_quantity: number;
  total_sell_quantity: number;
  ohlc: Ohlc;
  /** `(last − close) × 100 / close`; 0 when close is 0. */
  change: number;
}

/** From a 184-byte packet. */
export interface FullTick {
  tradable: boolean;
  mode: 'full';
  instrument_token: number;
  last_price: number;
  last_traded_quantity: number;
  average_traded_price: number;
  volume_traded: number;
  total_buy_quantity: number;
  total_sell_quantity: number;
  ohlc: Ohlc;
  /** `(last − close) × 100 / close`; 0 when close is 0. */
  change: number;
  /** `null` when the packet says 0. */
  last_trade_time: Date | null;
  /** `null` when the packet says 0. */
  exchange_timestamp: Date | null;
  oi: number;
  oi_day_high: number;
  oi_day_low: number;
  /** Five levels a side, best first. */
  depth: { buy: DepthLevel[]; sell: DepthLevel[] };
}

/** From a 28-byte packet. */
export interface IndexQuoteTick {
  tradable: boolean;
  mode: 'quote';
  instrument_token: number;
  last_price: number;
  ohlc: Ohlc;
  /**
   * `(last − close) × 100 / close`. When close is 0, the packet's own price change as the raw int32, not divided:
   * that is what the official client gives.
   */
  change: number;
}

/** From a 32-byte packet. */
export interface IndexFullTick {
  tradable: boolean;
  mode: 'full';
  instrument_token: number;
  last_price: number;
  ohlc: Ohlc;
  /** As {@link IndexQuoteTick.change}. */
  change: number;
  /** `null` when the packet says 0. */
  exchange_timestamp: Date | null;
}

/** A tick of any packet. The index ticks are those without `volume_traded`. */
export type Tick = LtpTick | QuoteTick | FullTick | IndexQuoteTick | IndexFullTick;

/**
 * Reads the packet of `length` bytes at `at`, which must be a length that Kite sends and lie within `data`.
 *
 * @internal
 */
export function readTick(data: DataView, at: number, length: number, segments: ResolvedSegments): Tick {
  const token = data.getUint32(at + TOKEN);
  const segment = segmentOf(token);
  const divisor = segments.divisors[segment]!;
  const tradable = segment !== INDICES_SEGMENT;
  const last = data.getInt32(at + LAST_PRICE) / divisor;
  switch (length) {
    case LTP_BYTES:
      return { tradable, mode: 'ltp', instrument_token: token, last_price: last };
    case INDEX_QUOTE_BYTES:
      return readIndexQuote(data, at, token, tradable, last, divisor);
    case INDEX_FULL_BYTES:
      return readIndexFull(data, at, token, tradable, last, divisor);
    case FULL_BYTES:
      return readFull(data, at, token, tradable, last, divisor);
    default:
      return readQuote(data, at, token, tradable, last, divisor);
  }
}

function readQuote(
  data: DataView,
  at: number,
  token: number,
  tradable: boolean,
  last: number,
  divisor: number,
): QuoteTick {
  const close = data.getInt32(at + CLOSE) / divisor;
  return {
    tradable,
    mode: 'quote',
    instrument_token: token,
    last_price: last,
    last_traded_quantity: data.getUint32(at + LAST_TRADED_QUANTITY),
    average_traded_price: data.getInt32(at + AVERAGE_TRADED_PRICE) / divisor,
    volume_traded: data.getUint32(at + VOLUME_TRADED),
    total_buy_quantity: data.getUint32(at + TOTAL_BUY_QUANTITY),
    total_sell_quantity: data.getUint32(at + TOTAL_SELL_QUANTITY),
    ohlc: {
      open: data.getInt32(at + OPEN) / divisor,
      high: data.getInt32(at + HIGH) / divisor,
      low: data.getInt32(at + LOW) / divisor,
      close,
    },
    change: close === 0 ? 0 : ((last - close) * 100) / close,
  };
}

function readFull(
  data: DataView,
  at: number,
  token: number,
  tradable: boolean,
  last: number,
  divisor: number,
): FullTick {
  const close = data.getInt32(at + CLOSE) / divisor;
  return {
    tradable,
    mode: 'full',
    instrument_token: token,
    last_price: last,
    last_traded_quantity: data.getUint32(at + LAST_TRADED_QUANTITY),
    average_traded_price: data.getInt32(at + AVERAGE_TRADED_PRICE) / divisor,
    volume_traded: data.getUint32(at + VOLUME_TRADED),
    total_buy_quantity: data.getUint32(at + TOTAL_BUY_QUANTITY),
    total_sell_quantity: data.getUint32(at + TOTAL_SELL_QUANTITY),
    ohlc: {
      open: data.getInt32(at + OPEN) / divisor,
      high: data.getInt32(at + HIGH) / divisor,
      low: data.getInt32(at + LOW) / divisor,
      close,
    },
    change: close === 0 ? 0 : ((last - close) * 100) / close,
    last_trade_time: readTime(data, at + LAST_TRADE_TIME),
    exchange_timestamp: readTime(data, at + EXCHANGE_TIME),
    oi: data.getUint32(at + OPEN_INTEREST),
    oi_day_high: data.getUint32(at + OI_DAY_HIGH),
    oi_day_low: data.getUint32(at + OI_DAY_LOW),
    depth: {
      buy: readSide(data, at + DEPTH, divisor),
      sell: readSide(data, at + DEPTH + DEPTH_LEVELS * DEPTH_ENTRY_BYTES, divisor),
    },
  };
}

function readIndexQuote(
  data: DataView,
  at: number,
  token: number,
  tradable: boolean,
  last: number,
  divisor: number,
): IndexQuoteTick {
  const close = data.getInt32(at + INDEX_CLOSE) / divisor;
  return {
    tradable,
    mode: 'quote',
    instrument_token: token,
    last_price: last,
    ohlc: readIndexOhlc(data, at, close, divisor),
    change: close === 0 ? data.getInt32(at + INDEX_PRICE_CHANGE) : ((last - close) * 100) / close,
  };
}

function readIndexFull(
  data: DataView,
  at: number,
  token: number,
  tradable: boolean,
  last: number,
  divisor: number,
): IndexFullTick {
  const close = data.getInt32(at + INDEX_CLOSE) / divisor;
  return {
    tradable,
    mode: 'full',
    instrument_token: token,
    last_price: last,
    ohlc: readIndexOhlc(data, at, close, divisor),
    change: close === 0 ? data.getInt32(at + INDEX_PRICE_CHANGE) : ((last - close) * 100) / close,
    exchange_timestamp: readTime(data, at + INDEX_EXCHANGE_TIME),
  };
}

function readIndexOhlc(data: DataView, at: number, close: number, divisor: number): Ohlc {
  return {
    open: data.getInt32(at + INDEX_OPEN) / divisor,
    high: data.getInt32(at + INDEX_HIGH) / divisor,
    low: data.getInt32(at + INDEX_LOW) / divisor,
    close,
  };
}

function readSide(data: DataView, at: number, divisor: number): DepthLevel[] {
  return [
    readLevel(data, at, divisor),
    readLevel(data, at + DEPTH_ENTRY_BYTES, divisor),
    readLevel(data, at + 2 * DEPTH_ENTRY_BYTES, divisor),
    readLevel(data, at + 3 * DEPTH_ENTRY_BYTES, divisor),
    readLevel(data, at + 4 * DEPTH_ENTRY_BYTES, divisor),
  ];
}

function readLevel(data: DataView, at: number, divisor: number): DepthLevel {
  return {
    quantity: data.getUint32(at + DEPTH_QUANTITY),
    price: data.getInt32(at + DEPTH_PRICE) / divisor,
    orders: data.getUint16(at + DEPTH_ORDERS),
  };
}

function readTime(data: DataView, at: number): Date | null {
  const seconds = data.getUint32(at);
  return seconds === 0 ? null : new Date(seconds * 1000);
}
