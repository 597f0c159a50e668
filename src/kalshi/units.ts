/**
 * Kalshi's units. Inside, every number is an integer that a double holds exactly: a price in 1/10,000 dollar, a count of
 * contracts in 1/100 contract, money (fees, costs, profits) in 1/1,000,000 dollar. From it come the number in dollars or contracts,
 * the one that `JSON.parse` would give; the text with all decimals; and cents where they are whole.
 */

import { integerText, powerOfTen } from '../memory/decimal.ts';
import { absent } from '../memory/record-fields.ts';
import { COUNT_SCALE, PRICE_ONE, PRICE_SCALE } from './record-layout.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const ONE = PRICE_ONE;
const PRICES = 10 ** PRICE_SCALE;
const COUNTS = 10 ** COUNT_SCALE;
const UNITS_A_CENT = PRICES / 100;

/** Decimals of money. */
export const MONEY_SCALE = 6;

/**
 * The integer that a decimal says at a scale: `unitsOf('0.47', 4)` is 4700. In old messages numbers stand where texts do now.
 *
 * @returns undefined for what is no decimal, has other decimals than zeros beyond the scale, or does not fit 2^53
 */
export function unitsOf(value: unknown, scale: number): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const parts = /^(-?)(\d+)(?:\.(\d*))?$/.exec(String(value));
  if (!parts) return undefined;
  const [, sign, whole, fraction = ''] = parts;
  if (/[1-9]/.test(fraction.slice(scale))) return undefined;
  const units = Number(`${whole}${fraction.slice(0, scale).padEnd(scale, '0')}`);
  if (units > Number.MAX_SAFE_INTEGER) return undefined;
  return sign === '-' && units > 0 ? -units : units;
}

/** Dollars or contracts, as a number. */
export function numberOf(units: number, scale: number): number {
  return units / powerOfTen(scale);
}

/** The same as text with as many decimals as the scale: `textOf(4700, 4)` is `'0.4700'`. */
export function textOf(units: number, scale: number): string {
  return integerText(units, scale);
}

/** A price in cents, where it is whole cents; undefined where it is not, or NaN. */
export function centsOf(priceUnits: number): number | undefined {
  const cents = priceUnits / UNITS_A_CENT;
  return Number.isInteger(cents) ? cents : absent();
}

/** What the other side of a contract costs: YES and NO make up a dollar. */
export function complementOf(priceUnits: number): number {
  return ONE - priceUnits;
}

// Of fields that may be absent, which NaN says: in records, and on the way from there, because it is a number to V8, too. Calls to
// `absent` keep numbers in registers: see there. V8 inlines only so many bytes of code into a reader's loop, and a comparison, which
// NaN fails, has fewer of them than `Number.isNaN`.
const LEAST = Number.MIN_SAFE_INTEGER;

export function presentUnits(units: number): number | undefined {
  return units >= LEAST ? units : absent();
}

export function priceNumber(units: number): number | undefined {
  return units >= LEAST ? units / PRICES : absent();
}

export function priceText(units: number): string | undefined {
  return Number.isNaN(units) ? undefined : integerText(units, PRICE_SCALE);
}

export function countNumber(units: number): number | undefined {
  return units >= LEAST ? units / COUNTS : absent();
}

export function countText(units: number): string | undefined {
  return Number.isNaN(units) ? undefined : integerText(units, COUNT_SCALE);
}
