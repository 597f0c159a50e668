import type { Arena } from './arena.ts';
import { REGION_LATENCY } from './arena-layout.ts';
import * as layout from './latency-layout.ts';

/** Percentiles in µs, each the upper end of its bucket: at most 6 % too high. 0 where nothing was measured. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** One histogram in shared memory: `add` for the one thread that owns it, the rest for any. */
export class LatencyHistogram {
  readonly #f64: Float64Array;
  readonly #u32: Uint32Array;
  readonly #max: number;
  readonly #count: number;
  readonly #buckets: number;

  /** @param which 0 for the decoder's; 1 + place for a reader's */
  constructor(arena: Arena, which: number) {
    const base = arena.region(REGION_LATENCY).offset + which * layout.LATENCY_BYTES;
    this.#f64 = arena.f64;
    this.#u32 = arena.u32;
    this.#max = (base + layout.LATENCY_MAX) >> 3;
    this.#count = (base + layout.LATENCY_COUNT) >> 3;
    this.#buckets = (base + layout.LATENCY_BUCKETS) >> 2;
  }

  /** @param milliseconds as the difference of two `epochNow()`; a clock that was set back gives 0 */
  add(milliseconds: number): void {
    const micros = milliseconds > 0 ? Math.min(milliseconds * 1000, 2 ** 31 - 1) : 0;
    const at = this.#buckets + bucketOf(micros | 0);
    this.#u32[at] = this.#u32[at]! + 1;
    this.#f64[this.#count] = this.#f64[this.#count]! + 1;
    if (micros > this.#f64[this.#max]!) this.#f64[this.#max] = micros;
  }

  /** For whoever takes a place over. */
  clear(): void {
    this.#u32.fill(0, this.#buckets, this.#buckets + layout.LATENCY_BUCKET_COUNT);
    this.#f64[this.#count] = 0;
    this.#f64[this.#max] = 0;
  }

  get max(): number {
    return this.#f64[this.#max]!;
  }

  /** Adds these buckets to `sum`, which has LATENCY_BUCKET_COUNT of them. */
  addTo(sum: Float64Array): void {
    for (let bucket = 0; bucket < layout.LATENCY_BUCKET_COUNT; bucket++) {
      sum[bucket] = sum[bucket]! + this.#u32[this.#buckets + bucket]!;
    }
  }
}

/** Percentiles over several histograms together. */
export function summarizeLatency(histograms: Iterable<LatencyHistogram>): LatencySummary {
  const sum = new Float64Array(layout.LATENCY_BUCKET_COUNT);
  let max = 0;
  for (const histogram of histograms) {
    histogram.addTo(sum);
    max = Math.max(max, histogram.max);
  }
  return summarizeBuckets(sum, max);
}

/**
 * Percentiles of buckets that were added up, or of the difference of two such sums.
 *
 * @param largest the largest value, µs; by default the upper end of the last bucket that is not empty
 */
export function summarizeBuckets(sum: Float64Array, largest?: number): LatencySummary {
  const max = largest ?? latencyBucketEnd(sum.findLastIndex((bucket) => bucket > 0));
  const count = sum.reduce((total, bucket) => total + bucket, 0);
  const percentile = (share: number) => Math.min(max, valueAt(sum, Math.ceil(count * share)));
  return { count, p50: percentile(0.5), p99: percentile(0.99), p999: percentile(0.999), max };
}

function valueAt(sum: Float64Array, rank: number): number {
  if (rank === 0) return 0;
  let seen = 0;
  for (let bucket = 0; bucket < sum.length; bucket++) {
    seen += sum[bucket]!;
    if (seen >= rank) return latencyBucketEnd(bucket);
  }
  return Number.POSITIVE_INFINITY;
}

function bucketOf(micros: number): number {
  if (micros < layout.LATENCY_STEPS) return micros;
  const power = 31 - Math.clz32(micros);
  return (power - 3) * layout.LATENCY_STEPS + ((micros >> (power - 4)) & (layout.LATENCY_STEPS - 1));
}

/** Where a bucket ends: the smallest value of the next one, µs; 0 for the bucket −1. */
export function latencyBucketEnd(bucket: number): number {
  if (bucket < layout.LATENCY_STEPS) return bucket + 1;
  const power = Math.floor(bucket / layout.LATENCY_STEPS) + 3;
  const step = bucket % layout.LATENCY_STEPS;
  return (layout.LATENCY_STEPS + step + 1) * 2 ** (power - 4);
}
