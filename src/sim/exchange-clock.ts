/** Options of {@link ExchangeClock}. */
export interface ExchangeClockOptions {
  /** Where a simulated clock starts, ms since the epoch; `undefined` for the system's clock. */
  readonly startTime: number | undefined;
  /** ms by which a simulated clock moves with each market event. */
  readonly stepTime: number;
}

/** The exchange's clock, in µs since the epoch. It never goes back; two readings may be the same. */
export class ExchangeClock {
  readonly #isSimulated: boolean;
  readonly #step: number;
  #latest: number;

  constructor({ startTime, stepTime }: ExchangeClockOptions) {
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

/** RFC 3339 down to the second, without its zone: `2026-10-09T00:34:21`. Times come in order, so the last one is kept. */
export function wholeSecond(second: number): string {
  if (second !== shownSecond) {
    shownSecond = second;
    shownText = new Date(second * 1000).toISOString().slice(0, 19);
  }
  return shownText;
}
