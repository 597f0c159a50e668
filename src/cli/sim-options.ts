import { once } from 'node:events';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ArgumentError } from '../errors.ts';

/** Every simulator can say how it is used. */
const HELP_OPTION = { help: { type: 'boolean', short: 'h' } } as const;

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T & typeof HELP_OPTION }>
>['values'];

/**
 * Reads a simulator's command line.
 * @throws ArgumentError for what is no option, and for anything that follows them
 */
export function parseOptions<T extends Options>(args: string[], options: T): Values<T> {
  try {
    return parseArgs({ args, options: { ...options, ...HELP_OPTION } }).values;
  } catch (cause) {
    throw new ArgumentError(`${(cause as Error).message} (see tickring sim --help)`, { cause });
  }
}

/** @throws ArgumentError when the text is no number */
export function numberOption(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new ArgumentError(`--${name} must be a number, not "${text}"`);
}

/** A number, or `max` for `Infinity`. */
export function rateOption(text: string | undefined, otherwise: number): number {
  return text === 'max' ? Number.POSITIVE_INFINITY : numberOption('rate', text, otherwise);
}

/** Resolves when this process is asked to end, or its parent is gone. */
export async function endOfProcess(): Promise<void> {
  const listening = new AbortController();
  const { signal } = listening;
  const ends = [once(process, 'SIGINT', { signal }), once(process, 'SIGTERM', { signal })];
  if (process.connected) ends.push(once(process, 'disconnect', { signal }));
  await Promise.race(ends);
  for (const end of ends) end.catch(() => {});
  listening.abort();
  // Its channel would keep this process alive.
  if (process.connected) process.disconnect();
}
