/** One benchmark: ours and its baseline, measured in the same run, in turns. */
export interface Benchmark {
  readonly name: string;
  /** Of `value`; what more of it means is said by `better`. */
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** What the baseline is. */
  readonly baseline: string;
  readonly note?: string;
  /** Prepares both sides; each call of a side answers one value. */
  prepare(): Promise<Sides> | Sides;
}

export interface Sides {
  ours(): Promise<number> | number;
  baseline(): Promise<number> | number;
  close?(): Promise<void> | void;
}

export interface Result {
  readonly name: string;
  readonly unit: string;
  /** Median of the runs. */
  readonly value: number;
  readonly runs: readonly number[];
  readonly baseline: { readonly name: string; readonly value: number };
  /** Above 1: better than the baseline. */
  readonly ratio: number;
  readonly note?: string;
}

/** Runs ours and the baseline in turns (A B A B …), once each to warm up, and answers the medians. */
export async function measure(benchmark: Benchmark, rounds: number): Promise<Result> {
  const { name, unit, better, baseline, note } = benchmark;
  const sides = await benchmark.prepare();
  const runs: number[] = [];
  const baselineRuns: number[] = [];
  try {
    await sides.ours();
    await sides.baseline();
    for (let round = 0; round < rounds; round++) {
      runs.push(await sides.ours());
      baselineRuns.push(await sides.baseline());
    }
  } finally {
    await sides.close?.();
  }
  const value = median(runs);
  const base = median(baselineRuns);
  const ratio = better === 'more' ? value / base : base / value;
  return { name, unit, value, runs, baseline: { name: baseline, value: base }, ratio, ...(note && { note }) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
