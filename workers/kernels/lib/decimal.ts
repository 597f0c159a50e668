/** Reads decimal numbers as they are written, exactly: an int64 and how many of its digits are decimals. */

import {
  end,
  hasLastBytes,
  lastBytes,
  peek,
  QUOTE,
  readWord,
  scan,
  skipNumber,
  skipValue,
  textStart,
  wordAt,
  wordLength,
} from './json-scanner.ts';

/** 10^18: every integer below it fits, whatever its digits. */
export const INTEGER_LIMIT: i64 = 1_000_000_000_000_000_000;
/** More decimals than this no number is kept with. */
const MOST_SCALE: i32 = 254;
/** Far beyond any exponent with which a number could still fit. */
const EXPONENT_LIMIT: i32 = 100_000;

/** There was no number: something else, or a text that is none. */
export const DECIMAL_NONE: u32 = 0;
export const DECIMAL_EXACT: u32 = 1;
/** It has more than 18 digits, or more than 254 decimals. */
export const DECIMAL_INEXACT: u32 = 2;

/** The number read last: one of the DECIMAL_ numbers; where it is exact, its value is integer / 10^scale. */
export let decimalState: u32 = 0;
export let integer: i64 = 0;
export let scale: i32 = 0;

/** The number that `readUnsigned` read. */
export let unsigned: u64 = 0;

/**
 * Reads a value of any kind; a number, or a text that holds nothing else, becomes the number at hand.
 */
export function readDecimal(at: usize): usize {
  // As a rule it is all there, with nothing in it that would have to be looked at before.
  if (peek(at) == QUOTE) {
    const quote = readNumber(at + 1);
    if (quote != 0 && peek(quote) == QUOTE) return quote + 1;
  } else {
    const behind = readNumber(at);
    if (behind != 0) return behind;
  }
  return readOddDecimal(at);
}

/** No number, a malformed one, or a text that is not just a number as it is written as a rule. */
function readOddDecimal(at: usize): usize {
  decimalState = DECIMAL_NONE;
  if (peek(at) != QUOTE) return skipValue(at);
  const behind = readWord(at);
  if (behind == 0 || wordLength == 0) return behind;
  const from = textStart();
  const to = end;
  const word = wordAt;
  scan(word, word + wordLength);
  if (readNumber(word) != end) decimalState = DECIMAL_NONE;
  scan(from, to);
  return behind;
}

/** Reads a number; 0 where there is none, or a malformed one. */
export function readNumber(at: usize): usize {
  let text: v128;
  if (at + 16 <= end) text = v128.load(at);
  else if (hasLastBytes()) text = lastBytes(at);
  else return readLongNumber(at);
  const negative = u32(peek(at) == 0x2d);
  // What is more than 9 gets its high bit, which is what a bitmask is made of. A sign is none of these others.
  const beyond = i8x16.add_sat_u(i8x16.sub(text, i8x16.splat(0x30)), i8x16.splat(0x76));
  const others: u32 = i8x16.bitmask(beyond) & ~negative;
  if (others == 0) return readLongNumber(at);
  /** Bytes up to the point, or to the end where there is none. */
  const whole: i32 = ctz(others);
  const digitsOfWhole = whole - negative;
  if (digitsOfWhole == 0 || (digitsOfWhole > 1 && load<u8>(at + negative) == 0x30)) return 0;
  // The byte that each place of a right-aligned number of 16 digits comes from; a negative one gives 0.
  const places = i8x16(-16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1);
  let length = whole;
  let from: v128;
  if (peek(at + whole) == 0x2e) {
    const behind = others & (others - 1);
    if (behind == 0) return readLongNumber(at);
    length = ctz(behind);
    scale = length - whole - 1;
    if (scale == 0) return 0;
    // What is before the point lies one byte further to the left.
    from = i8x16.add(places, i8x16.splat(<i8>(length - 1)));
    from = i8x16.sub(from, i8x16.gt_s(from, i8x16.splat(<i8>(whole - 1))));
  } else {
    scale = 0;
    from = i8x16.add(places, i8x16.splat(<i8>length));
  }
  if ((peek(at + length) | 0x20) == 0x65) return readLongNumber(at);
  // A sign counts as 0.
  const value = sixteenDigits(i8x16.swizzle(i8x16.sub_sat_u(text, i8x16.splat(0x30)), from));
  integer = negative != 0 ? -value : value;
  decimalState = DECIMAL_EXACT;
  return at + length;
}

/** The number that 16 digits make, the first one in the first lane. */
export function sixteenDigits(digits: v128): i64 {
  // In each 16-bit lane a + 256 b becomes 10 a + b.
  const pairs = i16x8.shr_u(i16x8.mul(digits, i16x8.splat(2561)), 8);
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const narrow = i16x8.narrow_i32x4_s(fours, fours);
  const eights = i64x2.extract_lane(i32x4.dot_i16x8_s(narrow, i16x8(10_000, 1, 10_000, 1, 0, 0, 0, 0)), 0);
  return (eights & 0xffff_ffff) * 100_000_000 + (eights >>> 32);
}

/** Any number: long, with an exponent, or near the end. */
function readLongNumber(at: usize): usize {
  const behind = skipNumber(at);
  if (behind == 0) return 0;
  const negative = load<u8>(at) == 0x2d;
  if (negative) at += 1;
  let value: i64 = 0;
  /** The value times 10^exponent is the number as far as it was read. */
  let exponent: i32 = 0;
  /** Zeros at the end of what was read that there was no room for. */
  let zeros: i32 = 0;
  let isExact = true;
  let inDecimals = false;
  for (; at < behind; at++) {
    const byte = load<u8>(at);
    if (byte == 0x2e) {
      inDecimals = true;
      continue;
    }
    const digit: u32 = byte - 0x30;
    if (digit > 9) break;
    if (inDecimals) exponent -= 1;
    if (zeros == 0 && value < INTEGER_LIMIT / 10) {
      value = value * 10 + digit;
      continue;
    }
    zeros += 1;
    if (digit != 0) isExact = false;
  }
  if (at < behind) exponent += readExponent(at + 1, behind);
  exponent += zeros;
  if (value == 0) {
    exponent = max(exponent, -MOST_SCALE);
    exponent = min(exponent, 0);
  }
  while (isExact && exponent > 0) {
    isExact = value < INTEGER_LIMIT / 10;
    value *= 10;
    exponent -= 1;
  }
  while (isExact && exponent < -MOST_SCALE) {
    isExact = value % 10 == 0;
    value /= 10;
    exponent += 1;
  }
  decimalState = isExact ? DECIMAL_EXACT : DECIMAL_INEXACT;
  integer = negative ? -value : value;
  scale = -exponent;
  return behind;
}

/** A good exponent; no further from 0 than the limit. */
function readExponent(at: usize, to: usize): i32 {
  const negative = load<u8>(at) == 0x2d;
  if (<u8>(load<u8>(at) - 0x30) >= 10) at += 1;
  let value: i32 = 0;
  for (; at < to; at++) value = min(value * 10 + (load<u8>(at) - 0x30), EXPONENT_LIMIT);
  return negative ? -value : value;
}

/** The number at hand if it is whole and not negative, else −1. */
export function wholeNumber(): i64 {
  if (decimalState != DECIMAL_EXACT || integer < 0) return -1;
  let whole = integer;
  for (let decimals = scale; decimals > 0; decimals--) {
    if (whole % 10 != 0) return -1;
    whole /= 10;
  }
  return whole;
}

/** Makes the integer at hand one of so many decimals; false when it has more, or when it is larger than `most` then. */
export function setScale(decimals: i32, most: i64): bool {
  // As a rule it is written with so many.
  const asWritten = decimalState == DECIMAL_EXACT && scale == decimals && abs<i64>(integer) <= most;
  return asWritten || changeScale(decimals, most);
}

function changeScale(decimals: i32, most: i64): bool {
  if (decimalState != DECIMAL_EXACT) return false;
  let value = integer;
  let missing = decimals - scale;
  if (value == 0) missing = 0;
  if (missing > 18) return false;
  if (missing > 0) {
    let power: i64 = 1;
    for (; missing > 0; missing--) power *= 10;
    if (abs<i64>(value) > most / power) return false;
    value *= power;
  }
  for (; missing < 0; missing++) {
    if (value % 10 != 0) return false;
    value /= 10;
  }
  if (abs<i64>(value) > most) return false;
  integer = value;
  scale = decimals;
  return true;
}

/** Reads a value of any kind; `unsigned` becomes the whole number below 2^64 that it is, or 0. */
export function readUnsigned(at: usize): usize {
  const first = peek(at);
  unsigned = 0;
  if (<u8>(first - 0x30) >= 10) return skipValue(at);
  const behind = skipNumber(at);
  let value: u64 = 0;
  for (; at < behind; at++) {
    const digit: u64 = load<u8>(at) - 0x30;
    if (digit > 9 || value > (u64.MAX_VALUE - digit) / 10) return behind;
    value = value * 10 + digit;
  }
  unsigned = value;
  return behind;
}
