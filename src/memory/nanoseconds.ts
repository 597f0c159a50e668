/** Times of venues: int64 nanoseconds since the epoch, as two 32-bit words. */

/**
 * Milliseconds since the epoch with a fraction, to a quarter of a microsecond in this century; exact where they are whole, so that a `Date` of
 * it is the right one. 2^32 ns are 4294 ms and 967,296 ns: in these parts everything before the division is exact.
 */
export function nanosecondsToMilliseconds(low: number, high: number): number {
  return high * 4294 + (high * 967_296 + low) / 1e6;
}
