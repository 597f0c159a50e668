import { wholeSecond } from '../exchange-clock.ts';

/** RFC 3339 with six places, as most of the wire has it. */
export function microsText(micros: number): string {
  const second = Math.floor(micros / 1e6);
  return `${wholeSecond(second)}.${String(micros - second * 1e6).padStart(6, '0')}Z`;
}

/** RFC 3339 with nine places. `nanos` are those past the microsecond, 0 to 999. */
export function nanosText(micros: number, nanos = 0): string {
  return `${microsText(micros).slice(0, -1)}${String(nanos).padStart(3, '0')}Z`;
}
