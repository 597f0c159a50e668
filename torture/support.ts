/** What every program of this folder shares: its command line, seeded randomness, invariants, and results as JSON. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Where results are left for the runner and the report. Ignored by git. */
export const RESULTS = new URL('../../torture/results/', import.meta.url);
/** What can be seen from a failure is in the first few. */
const MOST_VIOLATIONS = 20;

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
}

/** What a program leaves behind. */
export interface TortureResult {
  readonly program: string;
  readonly form: 'short' | 'nightly';
  readonly seed: number;
  readonly date: string;
  readonly machine: Machine;
  readonly seconds: number;
  /** What it counted, in the order in which it is to be shown. */
  readonly numbers: Readonly<Record<string, number>>;
  /** How often each fault was injected. */
  readonly faults?: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

/** One run of a program. */
export class Run {
  readonly seed: number;
  readonly nightly: boolean;
  /** `--seconds`, for those who want another length than that of the form. */
  readonly seconds: number | undefined;
  readonly random: Random;
  readonly numbers: Record<string, number> = {};
  faults: Record<string, number> | undefined;
  readonly violations: string[] = [];
  #violated = 0;

  constructor(seed: number, nightly: boolean, seconds: number | undefined) {
    this.seed = seed;
    this.nightly = nightly;
    this.seconds = seconds;
    this.random = new Random(seed);
  }

  /** The length of the run, by its form. */
  pick(short: number, nightly: number): number {
    return this.seconds ?? (this.nightly ? nightly : short);
  }

  /** Checks an invariant. Goes on: one failure may explain another. */
  check(holds: boolean, what: string | (() => string)): void {
    if (holds) return;
    this.#violated++;
    if (this.#violated > MOST_VIOLATIONS) return;
    const text = typeof what === 'string' ? what : what();
    this.violations.push(text);
    process.stderr.write(`VIOLATED: ${text.slice(0, 120)}\n`);
  }

  get violated(): boolean {
    return this.#violated > 0;
  }
}

/**
 * Runs a program: reads `--seed N`, `--nightly` and `--seconds N`, prints what it counted, leaves the result as JSON, and sets
 * the exit code.
 */
export async function torture(program: string, body: (run: Run) => Promise<void>): Promise<void> {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, nightly: { type: 'boolean' }, seconds: { type: 'string' } },
  });
  const seed = values.seed === undefined ? randomSeed() : Number(values.seed) >>> 0;
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
  const run = new Run(seed, values.nightly === true, seconds);
  const escaped = (kind: string) => (error: unknown) =>
    run.check(false, `${kind}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.on('uncaughtException', escaped('an exception escaped'));
  process.on('unhandledRejection', escaped('a rejection was not handled'));
  const start = performance.now();
  try {
    await body(run);
  } catch (error) {
    escaped('the program failed')(error);
  }
  const result: TortureResult = {
    program,
    form: run.nightly ? 'nightly' : 'short',
    seed,
    date: new Date().toISOString(),
    machine: machine(),
    seconds: (performance.now() - start) / 1000,
    numbers: run.numbers,
    ...(run.faults && { faults: run.faults }),
    violations: run.violations,
  };
  writeResult(`${program}.json`, JSON.stringify(result, undefined, 2));
  for (const line of linesOf(result)) process.stdout.write(`${line}\n`);
  process.exit(run.violated ? 1 : 0);
}

export function writeResult(name: string, text: string): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(new URL(name, RESULTS), text);
}

/** A result for people to read. */
export function linesOf({ program, seed, seconds, numbers, violations }: TortureResult): string[] {
  const verdict = violations.length === 0 ? 'holds' : 'VIOLATED';
  return [
    `${program}: ${verdict} (seed ${seed}, ${seconds.toFixed(1)} s)`,
    ...Object.entries(numbers).map(([name, value]) => `  ${name.padEnd(44)} ${shown(value).padStart(16)}`),
    ...violations.map((what) => `  VIOLATED: ${what}`),
    ...(violations.length > 0 ? [`  again with: node build/torture/${program}.js --seed ${seed}`] : []),
  ];
}

export function shown(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Number.isInteger(value) ? 0 : 2 });
}

function machine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/** Seeded: the same numbers on every machine. Mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to 2^32 − 1. */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** An integer from 0 to `count` − 1. */
  below(count: number): number {
    return Math.floor((this.word() / 2 ** 32) * count);
  }

  /** An integer, both ends included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.word() < probability * 2 ** 32;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) bytes[i] = this.word();
    return bytes;
  }
}

/** Resolves when it is so, or after `timeout` ms: true or false. */
export async function until(condition: () => boolean, timeout: number, interval = 5): Promise<boolean> {
  const end = performance.now() + timeout;
  while (!condition()) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
  return true;
}

/** Collects garbage, whether or not Node was started with --expose-gc. */
export function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/**
 * How much `values`, taken at equal distances, grow from the first to the last: by the median of the slopes between all pairs (Theil and
 * Sen), which a few spikes do not move.
 */
export function growth(values: readonly number[]): number {
  const slopes: number[] = [];
  for (let from = 0; from < values.length; from++) {
    for (let to = from + 1; to < values.length; to++)
      slopes.push((values[to]! - values[from]!) / (to - from));
  }
  slopes.sort((a, b) => a - b);
  return (slopes[slopes.length >> 1] ?? 0) * (values.length - 1);
}
