/** One benchmark: ours and its baseline, measured in the same run, in turns. */
export interface Benchmark {
  readonly name: string;
  /** Runs with the others of this name: `npm run bench -- GROUP`. */
  readonly group?: string;
  /** Of `value`; what more of it means is said by `better`. */
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** What the baseline is. */
  readonly baseline: string;
  /** The ratio that it has to reach. */
  readonly target?: number;
  /** Measured at most so often, because a run takes long. */
  readonly rounds?: number;
  readonly note?: string;
  /** Prepares both sides; each call of a side answers one value. */
  prepare(): Promise<Sides> | Sides;
}

export interface Sides {
  ours(): Promise<number> | number;
  baseline(): Promise<number> | number;
  close?(): Promise<void> | void;
}

/** Numbers that have no baseline: how something grows, or how long it takes. */
export interface Series {
  readonly name: string;
  readonly group?: string;
  readonly unit: string;
  readonly note?: string;
  measure(): Promise<readonly Point[]>;
}

export interface Point {
  readonly label: string;
  readonly value: number;
  /** Where it is another than the series'. */
  readonly unit?: string;
}

export interface Result {
  readonly name: string;
  readonly unit: string;
  /** Median of the runs. */
  readonly value: number;
  readonly runs: readonly number[];
  /** Absent in a series. */
  readonly baseline?: { readonly name: string; readonly value: number; readonly runs: readonly number[] };
  /** Above 1: better than the baseline. */
  readonly ratio?: number;
  readonly target?: number;
  readonly note?: string;
}

/** Runs ours and the baseline in turns (A B A B …), once each to warm up, and answers the medians. */
async function compare(benchmark: Benchmark, rounds: number): Promise<Result> {
  const { name, unit, better, baseline, target, note } = benchmark;
  const sides = await benchmark.prepare();
  const runs: number[] = [];
  const baselineRuns: number[] = [];
  try {
    await sides.ours();
    await sides.baseline();
    for (let round = 0; round < Math.min(rounds, benchmark.rounds ?? rounds); round++) {
      runs.push(await sides.ours());
      baselineRuns.push(await sides.baseline());
    }
  } finally {
    await sides.close?.();
  }
  const value = median(runs);
  const base = median(baselineRuns);
  return {
    name,
    unit,
    value,
    runs,
    baseline: { name: baseline, value: base, runs: baselineRuns },
    ratio: better === 'more' ? value / base : base / value,
    ...(target !== undefined && { target }),
    ...(note !== undefined && { note }),
  };
}

/** Measures a benchmark, or a series: a result for each point of it, named `NAME: LABEL`. */
export async function measure(benchmark: Benchmark | Series, rounds: number): Promise<Result[]> {
  if ('prepare' in benchmark) return [await compare(benchmark, rounds)];
  const { name, unit, note } = benchmark;
  const points = await benchmark.measure();
  return points.map(({ label, value, unit: own = unit }) => ({
    name: `${name}: ${label}`,
    unit: own,
    value,
    runs: [value],
    ...(note !== undefined && { note }),
  }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
