/** Kite's control protocol: https://kite.trade/docs/connect/v3/websocket. Requests, limits, text messages. */

import type { Mode } from './tick.ts';

/** Where the service listens. */
export const KITE_URL = 'wss://ws.kite.trade';
/** Connections that one API key may hold. */
export const MAX_CONNECTIONS = 3;
/** Instruments that one connection may carry. */
export const MAX_INSTRUMENTS = 3000;
/** A fresh subscription streams in this mode until a mode message. */
export const INITIAL_MODE: Mode = 'quote';
export const MODES: readonly Mode[] = ['ltp', 'quote', 'full'];

/** The address with the credentials in its query: keep it out of messages and logs. */
export function connectUrl(url: string, apiKey: string, accessToken: string): string {
  const address = new URL(url);
  address.searchParams.set('api_key', apiKey);
  address.searchParams.set('access_token', accessToken);
  return address.href;
}

export function subscribeMessage(instruments: readonly number[]): string {
  return JSON.stringify({ a: 'subscribe', v: instruments });
}

export function unsubscribeMessage(instruments: readonly number[]): string {
  return JSON.stringify({ a: 'unsubscribe', v: instruments });
}

export function modeMessage(mode: Mode, instruments: readonly number[]): string {
  return JSON.stringify({ a: 'mode', v: [mode, instruments] });
}

/** An order update: the postback object of https://kite.trade/docs/connect/v3/postbacks, as it came. */
export interface OrderUpdate {
  readonly order_id: string;
  readonly exchange_order_id?: string | null;
  readonly parent_order_id?: string | null;
  readonly user_id?: string;
  readonly placed_by?: string;
  readonly status: string;
  readonly status_message?: string | null;
  readonly tradingsymbol: string;
  readonly instrument_token: number;
  readonly exchange?: string;
  readonly transaction_type: 'BUY' | 'SELL' | (string & {});
  readonly order_type?: string;
  readonly product?: string;
  readonly validity?: string;
  readonly variety?: string;
  readonly quantity: number;
  readonly filled_quantity: number;
  readonly pending_quantity: number;
  readonly unfilled_quantity?: number;
  readonly cancelled_quantity: number;
  readonly disclosed_quantity?: number;
  readonly price: number;
  readonly trigger_price?: number;
  readonly average_price: number;
  readonly order_timestamp?: string;
  readonly exchange_timestamp?: string | null;
  readonly exchange_update_timestamp?: string | null;
  readonly tag?: string | null;
  readonly [field: string]: unknown;
}

/** A text frame, understood. */
export type TextMessage =
  | { readonly type: 'order'; readonly order: OrderUpdate }
  | { readonly type: 'error'; readonly error: string }
  | { readonly type: 'message'; readonly message: unknown }
  /** A type that this version does not know. */
  | { readonly type: 'unknown'; readonly name: string; readonly data: unknown }
  /** Not JSON, or not an object with a type. */
  | { readonly type: 'malformed'; readonly text: string };

/** Understands a text frame. Never throws. */
export function parseText(text: string): TextMessage {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return { type: 'malformed', text };
  }
  if (typeof frame !== 'object' || frame === null) return { type: 'malformed', text };
  const { type, data } = frame as { type?: unknown; data?: unknown };
  if (typeof type !== 'string') return { type: 'malformed', text };
  if (type === 'message') return { type, message: data };
  if (type === 'error') return typeof data === 'string' ? { type, error: data } : { type: 'malformed', text };
  if (type === 'order') {
    if (typeof data !== 'object' || data === null) return { type: 'malformed', text };
    return { type, order: data as OrderUpdate };
  }
  return { type: 'unknown', name: type, data };
}
