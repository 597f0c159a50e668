/**
 * The types of the official client, as its package declares them: code that was written against those compiles against
 * these. Where they say less than is known (`mode` is any text there), they are kept as they are for that reason;
 * `tickring/kite` has precise ones.
 */

import type { OrderUpdate } from '../kite/protocol.ts';

export interface BaseTick {
  /** False for indices. */
  tradable: boolean;
  /** `'ltp'`, `'quote'` or `'full'`. */
  mode: string;
  instrument_token: number;
  /** Rupees, as all prices here. */
  last_price: number;
}

export interface LTPTick extends BaseTick {
  mode: string;
}

/** Prices of the day; `close` is the previous session's. */
export interface Ohlc {
  high: number;
  low: number;
  open: number;
  close: number;
}

export interface QuoteTick extends BaseTick {
  mode: string;
  ohlc: Ohlc;
  /** Percent since the previous close. */
  change: number;
  exchange_timestamp?: Date | null;
}

/** One price level. */
export interface Depth {
  quantity: number;
  price: number;
  orders: number;
}

export interface FullTick extends BaseTick {
  mode: string;
  last_traded_quantity: number;
  average_traded_price: number;
  volume_traded: number;
  total_buy_quantity: number;
  total_sell_quantity: number;
  ohlc: Ohlc;
  /** Percent since the previous close. */
  change: number;
  exchange_timestamp?: Date | null;
  last_trade_time?: Date | null;
  oi?: number;
  oi_day_high?: number;
  oi_day_low?: number;
  /** Five levels a side, best first. */
  depth?: { buy: Depth[]; sell: Depth[] };
}

export type Tick = LTPTick | QuoteTick | FullTick;

export type KiteTickerParams = {
  api_key: string;
  access_token: string;
  /** Whether to reconnect by itself. Default true. */
  reconnect?: boolean;
  /** Attempts in a row before `noreconnect`: 50 by default, 300 at most, any number with a negative one. */
  max_retry?: number;
  /** Longest time between attempts, seconds: 60 by default, 5 at least. */
  max_delay?: number;
  /** Where the service listens. Default `wss://ws.kite.trade/`. */
  root?: string;
};

/** The events of a ticker, and what their listeners get. */
export interface KiteTickerEvents {
  /** The connection is open, for the first time or again. */
  connect: [];
  /** The ticks of one frame. */
  ticks: [ticks: Tick[]];
  /** The connection is gone, for whatever reason. */
  disconnect: [error: Error];
  error: [error: Error];
  close: [reason: string];
  /** Waiting to try again: the attempt's number, from 1, and the seconds until then, with a fraction. */
  reconnect: [attempt: number, delay: number];
  /** It tries no more. `connect()` starts anew. */
  noreconnect: [];
  /** Every binary message as it came, heartbeats of one byte among them. */
  message: [bytes: ArrayBuffer];
  order_update: [order: OrderUpdate];
}
