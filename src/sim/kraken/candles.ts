import { mix, Random } from '../random.ts';
import { decimalText, roundedText } from './decimal.ts';
import type { Instrument } from './instruments.ts';
import type { PairMarket, Trade } from './pair-market.ts';
import { microsText, nanosText } from './time-text.ts';

/** Minutes that a candle may last. */
export const INTERVALS: readonly number[] = [1, 5, 15, 30, 60, 240, 1440, 10080, 21600];

/** Intervals that a snapshot reaches back. */
const PAST = 9;
const MICROS_PER_MINUTE = 60_000_000;

interface Candle {
  /** µs since the epoch. */
  readonly begin: number;
  open: number;
  high: number;
  low: number;
  close: number;
  trades: number;
  volume: bigint;
  /** Price times quantity. */
  cost: number;
}

/** The candles of one pair and interval. An interval without trades has none. */
export class CandleSeries {
  readonly #instrument: Instrument;
  /** Minutes. */
  readonly #interval: number;
  readonly #candles: Candle[] = [];

  /** Makes up a past that leads to where the market is. */
  constructor(market: PairMarket, interval: number, seed: number, at: number) {
    this.#instrument = market.instrument;
    this.#interval = interval;
    const random = new Random(mix(seed, interval));
    const current = this.#begin(at);
    let price = market.last;
    for (let back = 1; back <= PAST; back++) {
      if (random.between(0, 5) === 0) continue;
      const begin = current - back * interval * MICROS_PER_MINUTE;
      const candle = madeUp(begin, price, market.instrument.typicalQuantity, random);
      this.#candles.unshift(candle);
      price = candle.open;
    }
  }

  /** Enters a trade into the candle that it belongs to. */
  add({ price, quantity, at }: Trade): void {
    const begin = this.#begin(at);
    let candle = this.#candles.at(-1);
    if (candle?.begin !== begin) {
      candle = { begin, open: price, high: price, low: price, close: price, trades: 0, volume: 0n, cost: 0 };
      this.#candles.push(candle);
      if (this.#candles.length > PAST + 1) this.#candles.shift();
    }
    candle.high = Math.max(candle.high, price);
    candle.low = Math.min(candle.low, price);
    candle.close = price;
    candle.trades++;
    candle.volume += BigInt(quantity);
    candle.cost += price * quantity;
  }

  /** Rows for a snapshot, oldest first. */
  rows(): string[] {
    return this.#candles.map((candle) => this.#row(candle));
  }

  /** The row of the latest candle. There must have been a trade. */
  latest(): string {
    return this.#row(this.#candles.at(-1)!);
  }

  #begin(at: number): number {
    const length = this.#interval * MICROS_PER_MINUTE;
    return at - (at % length);
  }

  #row(candle: Candle): string {
    const { symbol, pricePrecision, qtyPrecision } = this.#instrument;
    const price = (units: number) => decimalText(units, pricePrecision);
    const average = candle.cost / Number(candle.volume) / 10 ** pricePrecision;
    const end = candle.begin + this.#interval * MICROS_PER_MINUTE;
    return (
      `{"symbol":"${symbol}","open":${price(candle.open)},"high":${price(candle.high)},"low":${price(candle.low)}` +
      `,"close":${price(candle.close)},"trades":${candle.trades},"volume":${decimalText(candle.volume, qtyPrecision)}` +
      `,"vwap":${roundedText(average, pricePrecision)},"interval_begin":"${nanosText(candle.begin)}"` +
      `,"interval":${this.#interval},"timestamp":"${microsText(end)}"}`
    );
  }
}

function madeUp(begin: number, close: number, quantity: number, random: Random): Candle {
  const reach = Math.max(1, Math.floor(close / 2_000));
  const open = Math.max(1, close + random.between(-reach, reach));
  const high = Math.max(open, close) + random.between(0, reach);
  const low = Math.max(1, Math.min(open, close) - random.between(0, reach));
  const trades = random.between(1, 60);
  const volume = BigInt(quantity) * BigInt(trades) + BigInt(random.between(1, 99_999));
  return { begin, open, high, low, close, trades, volume, cost: Number(volume) * ((open + close) / 2) };
}
