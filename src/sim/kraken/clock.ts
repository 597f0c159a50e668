/** Options of {@link Clock}. */
export interface ClockOptions {
  /** Where a simulated clock starts, ms since the epoch; `undefined` for the system's clock. */
  readonly startTime: number | undefined;
  /** ms by which a simulated clock moves with each market event. */
  readonly stepTime: number;
}

/** The exchange's clock, in µs since the epoch. It never goes back; two readings may be the same. */
export class Clock {
  readonly #isSimulated: boolean;
  readonly #step: number;
  #latest: number;

  constructor({ startTime, stepTime }: ClockOptions) {
    this.#isSimulated = startTime !== undefined;
    this.#step = Math.round(stepTime * 1000);
    this.#latest = Math.round((startTime ?? 0) * 1000);
  }

  now(): number {
    if (!this.#isSimulated) {
      const now = Math.floor((performance.timeOrigin + performance.now()) * 1000);
      if (now > this.#latest) this.#latest = now;
    }
    return this.#latest;
  }

  /** A market event is about to happen: moves a simulated clock on. */
  advance(): void {
    if (this.#isSimulated) this.#latest += this.#step;
  }
}

let shownSecond = -1;
let shownText = '';

/** `2026-10-09T00:34:21.` */
function secondText(second: number): string {
  if (second !== shownSecond) {
    shownSecond = second;
    shownText = new Date(second * 1000).toISOString().slice(0, 20);
  }
  return shownText;
}

/** RFC 3339 with six places, as most of the wire has it. */
export function microsText(micros: number): string {
  const second = Math.floor(micros / 1e6);
  return `${secondText(second)}${String(micros - second * 1e6).padStart(6, '0')}Z`;
}

/** RFC 3339 with nine places. `nanos` are those past the microsecond, 0 to 999. */
export function nanosText(micros: number, nanos = 0): string {
  return `${microsText(micros).slice(0, -1)}${String(nanos).padStart(3, '0')}Z`;
}
