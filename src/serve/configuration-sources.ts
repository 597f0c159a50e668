import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ArgumentError } from '../errors.ts';
import { SETTINGS, type Setting, type SettingName, type SettingType } from './configuration-table.ts';

/** A value by venue; `*` for those that are not named. */
export type ByVenue<Value> = Readonly<Record<string, Value>>;

type ValueOf<Type extends SettingType> = Type['kind'] extends 'flag'
  ? boolean
  : Type['kind'] extends 'text' | 'choice'
    ? string
    : Type['kind'] extends 'number'
      ? number
      : Type['kind'] extends 'list'
        ? readonly string[]
        : Type['kind'] extends 'venue-list'
          ? ByVenue<readonly string[]>
          : Type['kind'] extends 'venue-text'
            ? ByVenue<string>
            : ByVenue<number>;

/** What is set, checked; what is not set is absent. */
export type Settings = { readonly [Name in SettingName]?: ValueOf<(typeof SETTINGS)[Name]['type']> };

const TABLE: Readonly<Record<string, Setting>> = SETTINGS;
const EVERY_VENUE = '*';

/** `--flags`. Also `config` and `help`. @throws ArgumentError that names the flag */
export function fromFlags(args: readonly string[]): {
  settings: Settings;
  config: string | undefined;
  help: boolean;
} {
  const options = Object.fromEntries(
    Object.entries(TABLE).map(([name, { type }]) =>
      type.kind === 'flag'
        ? [name, { type: 'boolean' as const }]
        : [name, { type: 'string' as const, multiple: true }],
    ),
  );
  let values: Record<string, boolean | string | (string | boolean)[] | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { ...options, config: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (cause) {
    throw new ArgumentError(`${(cause as Error).message} (see tickring serve --help)`, { cause });
  }
  const { config, help = false, ...rest } = values;
  return {
    settings: readAll(rest, (name) => `--${name}`),
    config: config as string | undefined,
    help: help as boolean,
  };
}

/** `TICKRING_PORT` and so on. @throws ArgumentError that names the variable */
export function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Settings {
  const values = Object.fromEntries(
    Object.entries(TABLE).flatMap(([name, { type }]) => {
      const text = environment[variableOf(name)];
      if (text === undefined || text === '') return [];
      return [[name, type.kind.startsWith('venue-') ? text.split(/[\s;]+/).filter(Boolean) : text]];
    }),
  );
  return readAll(values, variableOf);
}

export function variableOf(name: string): string {
  return `TICKRING_${name.replaceAll('-', '_').toUpperCase()}`;
}

/** A file of JSON: an object by setting. @throws ArgumentError that names the key */
export function fromFile(path: string): Settings {
  let values: unknown;
  try {
    values = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ArgumentError(`${path}: ${(cause as Error).message}`, { cause });
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw new ArgumentError(`${path} must hold a JSON object`);
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(TABLE, name));
  if (unknown !== undefined) {
    throw new ArgumentError(
      `${path}: there is no setting "${unknown}"; there are: ${Object.keys(TABLE).join(', ')}`,
    );
  }
  return readAll(values as Record<string, unknown>, (name) => `${path}: "${name}"`);
}

function readAll(values: Readonly<Record<string, unknown>>, called: (name: string) => string): Settings {
  const read = Object.entries(values).map(([name, value]) => {
    return [name, readValue(called(name), value, TABLE[name]!.type)];
  });
  return Object.fromEntries(read) as Settings;
}

function readValue(name: string, value: unknown, type: SettingType): unknown {
  switch (type.kind) {
    case 'flag':
      return flagOf(name, value);
    case 'number':
      return numberOf(name, lastOf(value), type);
    case 'list':
      return listOf(name, value);
    case 'text':
      return textOf(name, lastOf(value));
    case 'choice': {
      const text = textOf(name, lastOf(value));
      if (type.choices.includes(text)) return text;
      throw new ArgumentError(`${name} is one of ${type.choices.join(', ')}; not ${JSON.stringify(text)}`);
    }
    case 'venue-list':
      return byVenue(name, value, (own, each) => listOf(own, each), true);
    case 'venue-text':
      return byVenue(name, value, textOf, false);
    case 'venue-number':
      return byVenue(name, value, (own, each) => numberOf(own, each, type), false);
  }
}

/** An object by venue (in files), or texts `[VENUE:]VALUE`. */
function byVenue<Value>(
  name: string,
  value: unknown,
  read: (name: string, value: unknown) => Value,
  isList: boolean,
): ByVenue<Value> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value).map(([venue, each]) => [venue, read(`${name} of ${venue}`, each)]);
    return Object.fromEntries(entries) as ByVenue<Value>;
  }
  // In files a list of one venue's is a list.
  const parts = isList && Array.isArray(value) && !value.some(hasVenue) ? [value] : [value].flat();
  const result: Record<string, Value> = {};
  for (const part of parts) {
    const [, venue, rest] = (typeof part === 'string' && VENUE_PREFIX.exec(part)) || [];
    result[venue ?? EVERY_VENUE] = read(name, venue === undefined ? part : rest);
  }
  return result;
}

/** Not the `wss:` of an address. */
const VENUE_PREFIX = /^([a-z][a-z0-9-]*):(?!\/\/)(.*)$/s;

function hasVenue(value: unknown): boolean {
  return typeof value === 'string' && VENUE_PREFIX.test(value);
}

function flagOf(name: string, value: unknown): boolean {
  if (value === true || value === 'true' || value === '1') return true;
  if (value === false || value === 'false' || value === '0') return false;
  throw new ArgumentError(`${name} is true or false, not ${JSON.stringify(value)}`);
}

function numberOf(
  name: string,
  value: unknown,
  { low, high, max = false }: { readonly low: number; readonly high: number; readonly max?: boolean },
): number {
  if (max && value === 'max') return Number.POSITIVE_INFINITY;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= low && number <= high)
    return number;
  throw new ArgumentError(
    `${name} must be an integer from ${low} to ${high}${max ? ', or max' : ''}; not ${JSON.stringify(value)}`,
  );
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ArgumentError(`${name} must be a text that is not empty`);
}

function listOf(name: string, value: unknown): string[] {
  const parts = [value].flat().flatMap((part) => (typeof part === 'string' ? part.split(',') : [part]));
  const texts = parts.map((part) => textOf(name, typeof part === 'string' ? part.trim() : String(part)));
  if (texts.length === 0) throw new ArgumentError(`${name} must not be empty`);
  return texts;
}

/** Of a flag that was given more than once, the last one counts. */
function lastOf(value: unknown): unknown {
  return Array.isArray(value) ? value.at(-1) : value;
}
