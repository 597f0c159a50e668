/**
 * Checked by the compiler only (`npm run check:types`): code that was written against the official package's types
 * compiles with ours when its import is changed.
 */

import type * as official from 'kiteconnect';
import type { KiteTicker as Official } from 'kiteconnect';
import {
  type FullTick,
  KiteTicker,
  type KiteTickerParams,
  type LTPTick,
  type QuoteTick,
  type Tick,
  type Ticker,
} from 'tickring/kiteconnect';

/** Compiles only if each of the two can be used as the other. */
type Same<A extends B, B extends C, C = A> = [A, B, C];

export type Ticks = [
  Same<Tick, official.Tick>,
  Same<LTPTick, official.LTPTick>,
  Same<QuoteTick, official.QuoteTick>,
  Same<FullTick, official.FullTick>,
];

declare const officialParams: official.KiteTickerParams;
declare const params: KiteTickerParams;
declare const ours: Ticker;

// The class as a value, its parameters and its instances.
export const asClass: typeof Official = KiteTicker;
export const asTicker: official.Ticker = new KiteTicker(officialParams);
export const asOfficialParams: official.KiteTickerParams = params;
export const asOfficialTicker: official.Ticker = ours;
/** Does not compile when the official type has a member that ours lacks. */
export const missing: Record<Exclude<keyof official.Ticker, keyof Ticker>, never> = {};

const ticker = new KiteTicker({
  api_key: 'k',
  access_token: 't',
  reconnect: true,
  max_retry: 5,
  max_delay: 5,
});

// The official examples (README, examples/kiteticker.ts).
ticker.autoReconnect(true, 10, 5);
ticker.autoReconnect(false);
ticker.connect();
ticker.on('connect', subscribe);
ticker.on('ticks', onTicks);
ticker.on('ticks', onAnyTicks);
ticker.on('ticks', onFullTicks);
ticker.on('ticks', onOfficialTicks);
ticker.on('ticks', (ticks) => onTicks(ticks));
ticker.on('disconnect', onError);
ticker.on('error', onError);
ticker.on('close', (reason: string) => reason.length);
ticker.on('order_update', onOrder);
ticker.on('order_update', onAnyOrder);
ticker.on('order_update', (order) => order.order_id.length + order.quantity);
ticker.on('message', (binaryData: ArrayBuffer) => binaryData.byteLength);
ticker.on('noreconnect', () => {});
ticker.on('reconnect', (count: number, interval: number) => count + interval);
// biome-ignore lint/suspicious/noExplicitAny: programs for the official client are written so, and must still compile
ticker.on('reconnect', (count: any, interval: any) => count + interval);
export const connected: boolean = ticker.connected();

function subscribe(): void {
  const tokens = [738561, 256265];
  const subscribed: number[] = ticker.subscribe(tokens);
  const unsubscribed: number[] = ticker.unsubscribe([738561]);
  const full: number[] = ticker.setMode(ticker.modeFull, [...subscribed, ...unsubscribed]);
  ticker.setMode(ticker.modeLTP, full);
  ticker.setMode(ticker.modeQuote, ['738561']);
  // What it answers is not narrower than an array of numbers.
  ticker.subscribe([1]).push(2);
}

function onTicks(ticks: Tick[]): void {
  for (const tick of ticks) {
    if (tick.mode === 'full') {
      const fullTick = tick as FullTick;
      fullTick.oi?.toFixed();
      fullTick.depth?.buy[0]?.price.toFixed();
    }
    if ('ohlc' in tick) tick.exchange_timestamp?.getTime();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: programs for the official client are written so, and must still compile
function onAnyTicks(ticks: any[]): void {
  ticks[0].depth.buy[0].price.toFixed();
}

function onFullTicks(ticks: FullTick[]): void {
  ticks[0]?.volume_traded.toFixed();
}

function onOfficialTicks(ticks: official.Tick[]): void {
  ticks[0]?.last_price.toFixed();
}

// biome-ignore lint/suspicious/noExplicitAny: programs for the official client are written so, and must still compile
function onAnyOrder(order: any): void {
  order.status.trim();
}

function onOrder(order: official.Order): void {
  order.status.trim();
}

function onError(error: Error): void {
  error.message.trim();
}

// @ts-expect-error an event that there is not
ticker.on('reconnecting', () => {});
// @ts-expect-error a mode that there is not
ticker.setMode('deep', [1]);
// @ts-expect-error no credentials
new KiteTicker({});
