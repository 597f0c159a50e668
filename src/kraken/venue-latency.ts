import type { ArenaSymbols } from '../memory/arena-symbols.ts';
import { LatestTable } from '../memory/latest-table.ts';
import { nanosecondsToMilliseconds } from '../memory/nanoseconds.ts';
import { RECORD_BYTES, RECORD_FLAGS, RECORD_NUMBER, RECORD_RECEIVED_AT } from '../memory/record-layout.ts';
import { privateMemory } from '../memory/record-view.ts';
import type { SymbolTable } from '../memory/symbol-table.ts';
import {
  KRAKEN_FLAG_SNAPSHOT,
  KRAKEN_TIMESTAMP,
  SLOT_BITS,
  SLOT_BOOK,
  SLOT_TICKER,
  SLOT_TRADE,
} from './record-layout.ts';

/**
 * Kraken's timestamp → received here, µs: over the last 256 samples of this symbol and channel, at most one every half second.
 *
 * The two ends are by two clocks. What the one here is wrong by is in every number, and may make them negative: compare
 * symbols, or look at how they change, and trust them only as far as the clock is kept (NTP).
 */
export interface VenueLatency {
  readonly channel: 'ticker' | 'trade' | 'book';
  readonly symbol: string;
  readonly connection: number;
  readonly samples: number;
  readonly min: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const SLOTS = { ticker: SLOT_TICKER, trade: SLOT_TRADE, book: SLOT_BOOK } as const;

type SampledChannel = keyof typeof SLOTS;

/** How often the newest records are looked at, ms. */
const SAMPLE_EVERY = 500;
const MOST_SAMPLES = 256;

interface Series {
  readonly channel: SampledChannel;
  readonly symbol: string;
  readonly connection: number;
  /** ms, the newest at `count` − 1 modulo its length. */
  readonly samples: Float64Array;
  count: number;
  /** Of the last record that was looked at. */
  record: number;
}

/** A stream that may be sampled. */
interface Sampled {
  readonly channel: string;
  readonly symbol: string | undefined;
  readonly connection: number | undefined;
}

/**
 * Measures how old data is when it comes, from samples of the latest table: that costs nothing a record, and nothing at all where
 * there is no such table.
 */
export class VenueLatencyMeter {
  readonly #tables: ReadonlyMap<number, { readonly latest: LatestTable; readonly symbols: SymbolTable }>;
  readonly #streams: () => Iterable<Sampled>;
  readonly #series = new Map<string, Series>();
  readonly #record = privateMemory(RECORD_BYTES);
  #timer: NodeJS.Timeout | undefined;

  constructor(tables: ReadonlyMap<number, ArenaSymbols>, streams: () => Iterable<Sampled>) {
    this.#tables = new Map(
      [...tables].map(([connection, { arena, symbols }]) => [
        connection,
        { latest: new LatestTable(arena), symbols },
      ]),
    );
    this.#streams = streams;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#sample(), SAMPLE_EVERY);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  summary(): VenueLatency[] {
    return [...this.#series.values()].filter(({ count }) => count > 0).map(summarize);
  }

  #sample(): void {
    const seen = new Set<string>();
    for (const { channel, symbol, connection } of this.#streams()) {
      if (symbol === undefined || connection === undefined || !isSampled(channel)) continue;
      const key = `${connection} ${channel} ${symbol}`;
      seen.add(key);
      let series = this.#series.get(key);
      if (!series) {
        const samples = new Float64Array(MOST_SAMPLES);
        series = { channel, symbol, connection, samples, count: 0, record: -1 };
        this.#series.set(key, series);
      }
      this.#sampleOne(series);
    }
    for (const key of this.#series.keys()) if (!seen.has(key)) this.#series.delete(key);
  }

  #sampleOne(series: Series): void {
    const { latest, symbols } = this.#tables.get(series.connection)!;
    const id = symbols.find(series.symbol);
    const record = this.#record;
    if (id < 0 || !latest.read((id << SLOT_BITS) | SLOTS[series.channel], record)) return;
    const number = record.u32[RECORD_NUMBER >> 2]!;
    if (number === series.record) return;
    series.record = number;
    // A snapshot's time is that of its newest content, whenever that was.
    if ((record.u16[RECORD_FLAGS >> 1]! & KRAKEN_FLAG_SNAPSHOT) !== 0) return;
    const low = record.u32[KRAKEN_TIMESTAMP >> 2]!;
    const high = record.i32[(KRAKEN_TIMESTAMP >> 2) + 1]!;
    if (low === 0 && high === 0) return;
    const latency = record.f64[RECORD_RECEIVED_AT >> 3]! - nanosecondsToMilliseconds(low, high);
    series.samples[series.count % MOST_SAMPLES] = latency;
    series.count += 1;
  }
}

function isSampled(channel: string): channel is SampledChannel {
  return Object.hasOwn(SLOTS, channel);
}

function summarize({ channel, symbol, connection, samples, count }: Series): VenueLatency {
  const size = Math.min(count, MOST_SAMPLES);
  const sorted = samples.slice(0, size).sort();
  const at = (share: number) => micros(sorted[Math.max(0, Math.ceil(size * share) - 1)]!);
  return {
    channel,
    symbol,
    connection,
    samples: size,
    min: micros(sorted[0]!),
    p50: at(0.5),
    p99: at(0.99),
    max: micros(sorted[size - 1]!),
  };
}

function micros(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}
