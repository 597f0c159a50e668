import { mix, Random } from '../random.ts';
import type { Exchange } from './exchange.ts';
import type { Publisher } from './publisher.ts';
import { millis } from './time-text.ts';

/** Values in 1/100 $. */
const INDICES = {
  BRTI: 8_177_660,
  ETHUSD_RTI: 321_588,
  SOLUSD_RTI: 18_742,
  XRPUSD_RTI: 108,
  DOGEUSD_RTI: 21,
  BCHUSD_RTI: 54_137,
} as const;

const UNDERLYINGS = {
  'Metal.XAU/USD': 236_512,
  'Metal.XAG/USD': 2_901,
  'FX.EUR/USD': 117,
} as const;

/** There are more indices on the slow channel than on the fast one. */
const FAST_INDICES = 5;
const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
/** More ticks than this in a minute are not averaged: it bounds what is kept. */
const MOST_TICKS = 600;

/** The channels of reference values, and what there is on each. */
export const REFERENCES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['cfbenchmarks_value', Object.keys(INDICES)],
  ['cfbenchmarks_value_5hz', Object.keys(INDICES).slice(0, FAST_INDICES)],
  ['pyth_value', Object.keys(UNDERLYINGS)],
]);

interface Tick {
  /** ms since the epoch. */
  readonly at: number;
  /** 1/100 $. */
  readonly value: number;
}

/** Reference values, one after the other: indices on two channels, and underlyings. */
export class Indices {
  readonly #exchange: Exchange;
  readonly #publisher: Publisher;
  readonly #random: Random;
  readonly #values = new Map<string, number>(Object.entries({ ...INDICES, ...UNDERLYINGS }));
  /** The last minute of each index. */
  readonly #ticks = new Map<string, Tick[]>();
  #next = 0;

  constructor(seed: number, exchange: Exchange, publisher: Publisher) {
    this.#exchange = exchange;
    this.#publisher = publisher;
    this.#random = new Random(mix(seed, 0x1d8));
  }

  /** The next index and the next underlying have a new value. */
  act(): void {
    const at = millis(this.#exchange.clock.now());
    for (const [channel, names] of REFERENCES) {
      const name = names[this.#next % names.length]!;
      const value = this.#move(name);
      const msg =
        channel === 'pyth_value'
          ? { underlying_ticker: name, value_usd: text(value, 8), source_ts_ms: at - 23, received_at: at }
          : channel === 'cfbenchmarks_value'
            ? {
                index_id: name,
                received_at: at,
                data: raw(name, value, at),
                ...this.#averages(name, { at, value }),
              }
            : {
                index_id: name,
                value_usd: text(value, 8),
                source_ts_ms: at - 18,
                received_at: at,
                data: raw(name, value, at),
              };
      this.#publisher.publish(channel, channel, JSON.stringify(msg), name);
    }
    this.#next++;
  }

  #move(name: string): number {
    const before = this.#values.get(name)!;
    const most = Math.max(1, Math.floor(before / 5_000));
    const value = Math.max(1, before + this.#random.between(-most, most));
    this.#values.set(name, value);
    return value;
  }

  /** Of the minute before this tick, and in the last minute of a quarter of an hour of what of it has passed. */
  #averages(name: string, tick: Tick): object {
    const ticks = (this.#ticks.get(name) ?? []).filter(({ at }) => at >= tick.at - MINUTE).slice(-MOST_TICKS);
    const close = Math.ceil(tick.at / QUARTER) * QUARTER;
    const start = close - MINUTE;
    const closing = [...ticks, tick].filter(({ at }) => at > start);
    this.#ticks.set(name, [...ticks, tick]);
    return {
      avg_60s_data: average(ticks.length > 0 ? ticks : [tick], ticks.length, tick.at - MINUTE, tick.at),
      ...(tick.at > start && {
        last_60s_windowed_average_15min: average(closing, closing.length, start, tick.at),
      }),
    };
  }
}

function average(ticks: readonly Tick[], size: number, start: number, end: number): object {
  const mean = Math.round(ticks.reduce((sum, { value }) => sum + value, 0) / ticks.length);
  return { value: text(mean, 8), window_size: size, window_start_ts_ms: start, window_end_ts_exclusive: end };
}

/** What came from the index's maker: JSON in a string. */
function raw(id: string, value: number, time: number): string {
  return JSON.stringify({ type: 'value', id, time, value: text(value, 2) });
}

/** 1/100 $ with so many places. */
function text(value: number, places: number): string {
  const digits = String(value).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2).padEnd(places, '0')}`;
}
