import { cpus } from 'node:os';
import type { Result } from './suite.ts';

/** Where and when something was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly v8: string;
  readonly date: string;
}

/** What `npm run bench -- --json` prints, and `docs/performance.json` keeps. */
export interface BenchDocument {
  readonly machine: Machine;
  /** The command that was run. */
  readonly command: string;
  readonly results: readonly Result[];
}

export function machine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    node: process.versions.node,
    v8: process.versions.v8,
    date: new Date().toISOString(),
  };
}

/** A result as one line of text. */
export function row({ name, unit, value, baseline, ratio, target }: Result): string {
  const ours = `${name.padEnd(34)} ${`${number(value)} ${unit}`.padStart(22)}`;
  if (baseline === undefined || ratio === undefined) return ours;
  const asked = target === undefined ? '' : `  (asked: ${number(target)})`;
  return `${ours}  ${number(ratio).padStart(7)} × ${baseline.name} (${number(baseline.value)})${asked}`;
}

/** Three significant digits, thousands apart. */
export function number(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}
