import { once } from 'node:events';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ArgumentError } from '../errors.ts';

/** What the demo of every venue takes. */
const COMMON = {
  seconds: { type: 'string' },
  rate: { type: 'string' },
  json: { type: 'boolean' },
  live: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T & typeof COMMON }>
>['values'];

/**
 * Reads a demo's command line.
 *
 * @param options what this venue takes besides
 * @throws ArgumentError
 */
export function parseDemo<T extends Options>(args: string[], options: T): Values<T> {
  try {
    return parseArgs({ args, options: { ...options, ...COMMON } }).values;
  } catch (cause) {
    throw new ArgumentError(`${(cause as Error).message} (see tickring demo --help)`, { cause });
  }
}

/** @throws ArgumentError */
export function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new ArgumentError(`--${name} must be a number above 0, not "${text}"`);
}

/** Resolves when the time is up, or somebody interrupts. */
export async function endOfRun(seconds: number): Promise<void> {
  const listening = new AbortController();
  const { signal } = listening;
  const ends = [once(process, 'SIGINT', { signal }), once(process, 'SIGTERM', { signal })];
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<void>((resolve) => {
    if (seconds !== Number.POSITIVE_INFINITY) timer = setTimeout(resolve, seconds * 1000);
  });
  await Promise.race([...ends, time]);
  for (const end of ends) end.catch(() => {});
  listening.abort();
  clearTimeout(timer);
}

let drawn = 0;

/** Draws over the last table on a terminal; below it, elsewhere. */
export function draw(lines: readonly string[]): void {
  if (process.stdout.isTTY && drawn > 0) process.stdout.write(`\x1b[${drawn}A\x1b[J`);
  process.stdout.write(`\n${lines.join('\n')}\n`);
  drawn = lines.length + 1;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

export function micros(value: number): string {
  return value < 10_000 ? `${value.toFixed(0)} µs` : `${(value / 1000).toFixed(0)} ms`;
}
