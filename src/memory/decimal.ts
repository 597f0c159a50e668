/**
 * Exact decimals: an integer and a scale, of the value integer / 10^scale. The integer is read as two 32-bit words, so that
 * nothing is allocated: `high` × 2^32 + `low`, with `low` unsigned. Sums may have a larger `high` than an int64 has.
 */

import { ArgumentError } from '../errors.ts';

const TWO_32 = 2 ** 32;
/** High words of integers that a double holds exactly: below 2^53. */
const EXACT_HIGH = 2 ** 21;
/** 10^22 is the largest power of ten that a double holds exactly. */
const EXACT_POWERS = 22;
const POWERS_OF_TEN = Float64Array.from({ length: EXACT_POWERS + 1 }, (_, power) => Number(`1e${power}`));
/** Splits a double into two halves whose products are exact (Veltkamp). */
const SPLITTER = 2 ** 27 + 1;

/** An exact decimal: its value is integer / 10^scale. */
export interface Decimal {
  readonly integer: bigint;
  readonly scale: number;
}

/**
 * The double that is nearest: what `JSON.parse` gives for the same decimal text (which knows a −0, too). Allocates only where
 * there are more than 22 decimals.
 */
export function decimalToNumber(low: number, high: number, scale: number): number {
  // Both are exact, and a division is rounded once.
  return high >= -EXACT_HIGH && high < EXACT_HIGH && scale <= EXACT_POWERS
    ? (high * TWO_32 + low) / POWERS_OF_TEN[scale]!
    : longDecimalToNumber(low, high, scale);
}

function longDecimalToNumber(low: number, high: number, scale: number): number {
  return scale <= EXACT_POWERS
    ? divide(low, high, POWERS_OF_TEN[scale]!)
    : Number(decimalText(low, high, scale));
}

/**
 * Correctly rounded: the remainder of a first quotient is exact, and too coarse, with a divisor of 51 bits of its own,
 * to lie so near the middle between two doubles that rounding remainder / divisor could matter.
 */
function divide(low: number, high: number, divisor: number): number {
  const upper = high * TWO_32;
  const integer = upper + low;
  const lost = low - (integer - upper);
  const quotient = integer / divisor;
  const product = quotient * divisor;
  const q = SPLITTER * quotient - (SPLITTER * quotient - quotient);
  const d = SPLITTER * divisor - (SPLITTER * divisor - divisor);
  const qRest = quotient - q;
  const dRest = divisor - d;
  // What the product lost when it was rounded (Dekker).
  const error = q * d - product + q * dRest + qRest * d + qRest * dRest;
  return quotient + (integer - product - error + lost) / divisor;
}

/** 10^scale; exact up to 10^22. */
export function powerOfTen(scale: number): number {
  return POWERS_OF_TEN[scale] ?? Number(`1e${scale}`);
}

/** All its digits: as many decimals as the scale, trailing zeros kept. Allocates. */
export function decimalText(low: number, high: number, scale: number): string {
  const exact = high >= -EXACT_HIGH && high < EXACT_HIGH;
  return placePoint(String(exact ? high * TWO_32 + low : decimalInteger(low, high)), scale);
}

/** As `decimalText`, of an integer below 2^53. */
export function integerText(integer: number, scale: number): string {
  return placePoint(String(integer), scale);
}

/** As `decimalText`, of an integer of any size. */
export function bigintText(integer: bigint, scale: number): string {
  return placePoint(String(integer), scale);
}

/** The integer; its value is integer / 10^scale. Allocates. */
export function decimalInteger(low: number, high: number): bigint {
  return BigInt(high) * 4294967296n + BigInt(low);
}

/**
 * The decimal that a text or the shortest text of a number says: `'0.50'`, `-2`, `1e-7`. Allocates.
 *
 * @throws ArgumentError for what is no decimal
 */
export function parseDecimal(value: string | number): Decimal {
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(String(value));
  if (!parts) throw new ArgumentError(`${JSON.stringify(value)} is no decimal number`);
  const [, sign, whole, fraction = '', exponent = '0'] = parts;
  const scale = fraction.length - Number(exponent);
  const magnitude = BigInt(`${whole}${fraction}`) * 10n ** BigInt(Math.max(0, -scale));
  return { integer: sign === '-' ? -magnitude : magnitude, scale: Math.max(0, scale) };
}

function placePoint(integer: string, scale: number): string {
  if (scale === 0) return integer;
  const sign = integer.startsWith('-') ? '-' : '';
  const digits = integer.slice(sign.length).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
