import type { ChartData } from './chart.ts';
import { LONGEST } from './time-window.ts';

/** Series over time, as charts want them; what is older than any chart shows is left out. */
export class History {
  readonly #times: number[] = [];
  readonly #series: (number | null)[][];

  constructor(series: number) {
    this.#series = Array.from({ length: series }, () => []);
  }

  get data(): ChartData {
    return [this.#times, ...this.#series];
  }

  /** @param at ms since the epoch */
  add(at: number, values: readonly (number | null)[]): void {
    this.#times.push(at / 1000);
    for (const [index, series] of this.#series.entries()) series.push(values[index] ?? null);
    while (this.#times[0]! * 1000 < at - LONGEST) {
      this.#times.shift();
      for (const series of this.#series) series.shift();
    }
  }
}
