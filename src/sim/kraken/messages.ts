/** Market data as Kraken writes it: keys in its order, every number with all the places of its precision. */
import type { BookSide } from './book.ts';
import type { MessageType } from './channels.ts';
import { decimalText, roundedText } from './decimal.ts';
import type { Instrument } from './instruments.ts';
import type { PairMarket, Trade } from './pair-market.ts';
import { microsText, nanosText } from './time-text.ts';

/** A message, and how many rows are in it: levels, orders, trades, candles. */
export interface Message {
  readonly type: MessageType;
  readonly text: string;
  readonly rows: number;
}

export function levelRow(price: number, quantity: number, instrument: Instrument): string {
  const { pricePrecision, qtyPrecision } = instrument;
  return `{"price":${decimalText(price, pricePrecision)},"qty":${decimalText(quantity, qtyPrecision)}}`;
}

/** The rows of the best levels. */
export function levelRows({ prices, quantities }: BookSide, depth: number, instrument: Instrument): string[] {
  return prices.slice(0, depth).map((price, i) => levelRow(price, quantities[i]!, instrument));
}

/** What a book message is made of. */
export interface BookParts {
  readonly bids: readonly string[];
  readonly asks: readonly string[];
  readonly checksum: number;
  /** µs since the epoch. */
  readonly at: number;
}

export function bookMessage(type: MessageType, symbol: string, parts: BookParts): Message {
  const { bids, asks, checksum, at } = parts;
  const text =
    `{"channel":"book","type":"${type}","data":[{"symbol":"${symbol}","bids":[${bids.join()}],"asks":[${asks.join()}]` +
    `,"checksum":${checksum},"timestamp":"${microsText(at)}"}]}`;
  return { type, text, rows: bids.length + asks.length };
}

/** Snapshots and updates have their keys in different orders. */
export function level3Message(type: MessageType, symbol: string, parts: BookParts): Message {
  const { bids, asks, checksum, at } = parts;
  const sides = `"bids":[${bids.join()}],"asks":[${asks.join()}]`;
  const time = `"timestamp":"${nanosText(at)}"`;
  const row =
    type === 'snapshot'
      ? `"symbol":"${symbol}","checksum":${checksum},${sides},${time}`
      : `"checksum":${checksum},${time},"symbol":"${symbol}",${sides}`;
  const text = `{"channel":"level3","type":"${type}","data":[{${row}}]}`;
  return { type, text, rows: bids.length + asks.length };
}

export function tradeMessage(type: MessageType, instrument: Instrument, trades: readonly Trade[]): Message {
  const { symbol, pricePrecision, qtyPrecision } = instrument;
  const rows = trades.map(
    ({ side, price, quantity, orderType, id, at }) =>
      `{"symbol":"${symbol}","side":"${side}","price":${decimalText(price, pricePrecision)}` +
      `,"qty":${decimalText(quantity, qtyPrecision)},"ord_type":"${orderType}","trade_id":${id}` +
      `,"timestamp":"${microsText(at)}"}`,
  );
  const text = `{"channel":"trade","type":"${type}","data":[${rows.join()}]}`;
  return { type, text, rows: rows.length };
}

/** A side without levels shows zeros. */
export function tickerMessage(type: MessageType, market: PairMarket, at: number): Message {
  const { instrument, bids, asks, day, last } = market;
  const { symbol, pricePrecision, qtyPrecision } = instrument;
  const price = (units = 0) => decimalText(units, pricePrecision);
  const quantity = (units: number | bigint = 0) => decimalText(units, qtyPrecision);
  const average = day.cost / Number(day.volume) / 10 ** pricePrecision;
  const change = last - day.open;
  const row =
    `{"symbol":"${symbol}","bid":${price(bids.prices[0])},"bid_qty":${quantity(bids.quantities[0])}` +
    `,"ask":${price(asks.prices[0])},"ask_qty":${quantity(asks.quantities[0])},"last":${price(last)}` +
    `,"volume":${quantity(day.volume)},"vwap":${roundedText(average, pricePrecision)}` +
    `,"low":${price(day.low)},"high":${price(day.high)},"change":${price(change)}` +
    `,"change_pct":${roundedText((change / day.open) * 100, 2)},"trades":${day.trades}` +
    `,"timestamp":"${microsText(at)}"}`;
  return { type, text: `{"channel":"ticker","type":"${type}","data":[${row}]}`, rows: 1 };
}

export function ohlcMessage(type: MessageType, rows: readonly string[], at: number): Message {
  const text = `{"channel":"ohlc","type":"${type}","timestamp":"${nanosText(at)}","data":[${rows.join()}]}`;
  return { type, text, rows: rows.length };
}
