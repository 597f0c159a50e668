/** Figures as people read them, in as few columns as they need. */

/** `950`, `12.3k`, `1.20M`, `4.29G`. */
export function shortCount(value: number): string {
  if (value < 10 && value > 0 && !Number.isInteger(value)) return value.toFixed(1);
  if (value < 10_000) return value.toFixed(0);
  if (value < 1e6) return `${(value / 1e3).toFixed(1)}k`;
  return value < 1e9 ? `${(value / 1e6).toFixed(2)}M` : `${(value / 1e9).toFixed(2)}G`;
}

/** @param micros µs */
export function shortDuration(micros: number): string {
  if (micros < 1000) return `${micros.toFixed(0)} µs`;
  return micros < 1e6 ? `${(micros / 1e3).toFixed(1)} ms` : `${(micros / 1e6).toFixed(1)} s`;
}

/** @param bytes a second */
export function byteRate(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB/s` : `${(bytes / 1e6).toFixed(1)} MB/s`;
}

/** Time of day, UTC. @param time ms since the epoch */
export function timeOfDay(time: number): string {
  return new Date(time).toISOString().slice(11, 23);
}
