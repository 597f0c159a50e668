/** Book messages made by hand: prices in tenths, quantities in hundred-millionths. */

import { bookText, checksumOf, type RowText, type Units } from './kraken-sessions.ts';

export const SYMBOL = 'BTC/USD';

export function rows(...levels: readonly (readonly [number | string, number | string])[]): RowText[] {
  return levels.map(([price, qty]) => ({ price: String(price), qty: String(qty) }));
}

/** Levels in units. */
export function units(...levels: readonly (readonly [number, number])[]): Units[] {
  return levels.map(([price, quantity]) => [BigInt(price), BigInt(quantity)]);
}

export function textsOf(levels: readonly Units[]): RowText[] {
  return levels.map(([price, quantity]) => ({
    price: (Number(price) / 10).toFixed(1),
    qty: (Number(quantity) / 1e8).toFixed(8),
  }));
}

export function snapshot(bids: readonly Units[], asks: readonly Units[], symbol = SYMBOL): string {
  return bookText('snapshot', symbol, textsOf(bids), textsOf(asks), checksumOf(bids, asks));
}

/** An update whose checksum is that of these levels after it. */
export function update(
  bids: readonly RowText[],
  asks: readonly RowText[],
  after: readonly [Units[], Units[]],
): string {
  return bookText('update', SYMBOL, bids, asks, checksumOf(...after));
}

export function acknowledged(method: string, depth: number, symbol = SYMBOL): string {
  return `{"method":"${method}","req_id":11,"result":{"channel":"book","depth":${depth},"snapshot":true,"symbol":"${symbol}"},"success":true,"time_in":"2024-05-19T16:27:13.694962Z","time_out":"2024-05-19T16:27:13.695006Z"}`;
}

export const ladder = (best: number, step: number, count: number, quantity = 100_000_000): Units[] =>
  Array.from({ length: count }, (_, i) => [BigInt(best + step * i), BigInt(quantity + i)] as const);
