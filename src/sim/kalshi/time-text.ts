import { wholeSecond } from '../exchange-clock.ts';

/** ms since the epoch. */
export function millis(micros: number): number {
  return Math.floor(micros / 1000);
}

/** Seconds since the epoch. */
export function seconds(micros: number): number {
  return Math.floor(micros / 1e6);
}

/** RFC 3339 in seconds, `2026-10-09T00:34:21Z`. */
export function secondsText(micros: number): string {
  return `${wholeSecond(seconds(micros))}Z`;
}

/** RFC 3339 as wide as need be: seconds, ms or µs, as the wire has them. */
export function timeText(micros: number): string {
  const rest = micros - seconds(micros) * 1e6;
  if (rest === 0) return secondsText(micros);
  const digits = rest % 1000 === 0 ? String(rest / 1000).padStart(3, '0') : String(rest).padStart(6, '0');
  return `${wholeSecond(seconds(micros))}.${digits}Z`;
}
