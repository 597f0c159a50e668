/** µs of the machine's monotonic clock, which all its processes share, modulo 2^32. */
export function microseconds(): number {
  return Number((process.hrtime.bigint() / 1000n) & 0xffff_ffffn);
}

/** µs since such a time. */
export function microsecondsSince(sent: number): number {
  return (microseconds() - sent) >>> 0;
}

/** The value that 99 of 100 do not exceed. */
export function p99(latencies: readonly number[]): number {
  const sorted = Float64Array.from(latencies).sort();
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}
