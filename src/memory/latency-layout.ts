/**
 * Latency histograms, one for the decoder (receive → publish) and one for each reader's place (receive → read). Log-linear:
 * whole microseconds, each power of two in 16 steps, so that a value is known to 6 %. Each has one writing thread.
 */

/** float64: the largest value, µs. */
export const LATENCY_MAX = 0;
/** float64: how many values. */
export const LATENCY_COUNT = 8;
/** uint32 each. */
export const LATENCY_BUCKETS = 64;
export const LATENCY_STEPS = 16;
/** Values below 16 µs have a bucket each; then 16 for each of the powers of two up to 2^31 µs, 36 minutes. */
export const LATENCY_BUCKET_COUNT = 448;
/** A multiple of a cache line pair: no two threads write on one. */
export const LATENCY_BYTES = 1920;
