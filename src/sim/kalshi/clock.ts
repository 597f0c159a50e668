/** The exchange's clock, in µs since the epoch. It never goes back. */
export class Clock {
  readonly #isSimulated: boolean;
  readonly #step: number;
  #latest: number;

  /**
   * @param startTime where a simulated clock starts, ms since the epoch; `undefined` for the system's clock
   * @param stepTime ms by which a simulated clock moves with each event
   */
  constructor(startTime: number | undefined, stepTime: number) {
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

  /** Something is about to happen: moves a simulated clock on. */
  advance(): void {
    if (this.#isSimulated) this.#latest += this.#step;
  }
}

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
  return `${wholeSecond(micros)}Z`;
}

/** RFC 3339 as wide as need be: seconds, ms or µs, as the wire has them. */
export function timeText(micros: number): string {
  const rest = micros - seconds(micros) * 1e6;
  if (rest === 0) return secondsText(micros);
  const digits = rest % 1000 === 0 ? String(rest / 1000).padStart(3, '0') : String(rest).padStart(6, '0');
  return `${wholeSecond(micros)}.${digits}Z`;
}

let shownSecond = -1;
let shownText = '';

function wholeSecond(micros: number): string {
  const second = seconds(micros);
  if (second !== shownSecond) {
    shownSecond = second;
    shownText = new Date(second * 1000).toISOString().slice(0, 19);
  }
  return shownText;
}
