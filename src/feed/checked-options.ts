import { ArgumentError } from '../errors.ts';

/** Checks of options that feeds have in common: each answers the value, or throws an ArgumentError that names the option. */

export function webSocketUrl(name: string, url: string): string {
  if (URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol)) return url;
  throw new ArgumentError(`${name} must be a ws:// or wss:// address, not ${url}`);
}

export function oneOf(name: string, value: unknown, values: readonly string[]): void {
  if (values.includes(value as string)) return;
  throw new ArgumentError(
    `${name} is ${values.map((each) => `'${each}'`).join(' or ')}, not '${String(value)}'`,
  );
}

export function whole(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`;
  throw new ArgumentError(`${name} must be an integer, ${range}; not ${value}`);
}

export function above(name: string, value: number, limit: number): number {
  if (value > limit) return value;
  throw new ArgumentError(`${name} must be a number above ${limit}, not ${value}`);
}

export function milliseconds(name: string, value: number): number {
  if (value > 0) return value;
  throw new ArgumentError(`${name} must be a number of ms above 0, not ${value}`);
}
