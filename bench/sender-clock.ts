/** µs of the machine's monotonic clock, which all its processes share, modulo 2^32. */
export function microseconds(): number {
  return Number((process.hrtime.bigint() / 1000n) & 0xffff_ffffn);
}

/** µs since such a time. */
export function microsecondsSince(sent: number): number {
  return (microseconds() - sent) >>> 0;
}
