/** Of latencies, µs: the values that so many of a hundred do not exceed. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Collects latencies, while it is told to. */
export class Latencies {
  readonly #values: number[] = [];

  add(latency: number): void {
    this.#values.push(latency);
  }

  get count(): number {
    return this.#values.length;
  }

  /** @throws when there are none */
  percentiles(): Percentiles {
    if (this.count === 0) throw new Error('no tick was read while it was measured');
    const sorted = Float64Array.from(this.#values).sort();
    const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1]!;
    return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
  }
}
