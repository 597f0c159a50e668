/** Reads times as RFC 3339 writes them: 2026-10-09T00:34:21.060761Z, with up to nine decimals, Z or an offset. */

import { sixteenDigits } from './decimal.ts';
import { end, peek, QUOTE, readWord, skipValue, wordAt, wordLength } from './json-scanner.ts';

const SECOND: i64 = 1_000_000_000;
const SHORTEST: u32 = 20;
/** Longer than any time: with nine decimals and an offset it has 35 characters. */
const LONGEST: u32 = 40;
/** Of the first 16 characters: places of digits, and of `-`, `-`, `T` and `:`. */
const DIGITS: u32 = 0b1101_1011_0110_1111;
const MARKS: u32 = 0b0010_0100_1001_0000;
/** int64 nanoseconds reach from 1677 to 2262. */
const FIRST_YEAR: u32 = 1678;
const LAST_YEAR: u32 = 2261;

/** The minute that was read last, which is the next one's, too, as a rule: its 16 characters, and its seconds since the epoch. */
let minuteLow: u64 = 0x2d31302d_30373931;
let minuteHigh: u64 = 0x30303a30_30543130;
let minute: i64 = 0;

/** The time read last, ns since the epoch; 0 when there was none. */
export let nanoseconds: i64 = 0;
/** It was a text, and no time that fits. */
export let timestampFailed: bool = false;

/** Reads a value of any kind; a text becomes the time at hand. */
export function readTimestamp(at: usize): usize {
  nanoseconds = 0;
  timestampFailed = false;
  if (peek(at) != QUOTE) return skipValue(at);
  // As a rule it is all there, with nothing in it that would have to be looked at before.
  if (at + 1 + SHORTEST <= end) {
    const behind = readTime(at + 1, end);
    if (behind != 0 && load<u8>(behind) == QUOTE) return behind + 1;
  }
  const behind = readWord(at);
  if (behind == 0) return 0;
  const long = wordLength < SHORTEST || wordLength > LONGEST;
  timestampFailed = long || readTime(wordAt, wordAt + wordLength) != wordAt + wordLength;
  if (timestampFailed) nanoseconds = 0;
  return behind;
}

/** Reads a time of at least SHORTEST characters; answers what is behind it, or 0 when it is none that fits. */
function readTime(at: usize, to: usize): usize {
  const isSameMinute = load<u64>(at) == minuteLow && load<u64>(at, 8) == minuteHigh;
  if (!isSameMinute && !readMinute(at)) return 0;
  if (load<u8>(at, 16) != 0x3a || !isDigit(at + 17) || !isDigit(at + 18)) return 0;
  const second = two(at + 17);
  // A leap second is written as 60, and is the one after it here.
  if (second > 60) return 0;

  at += 19;
  let fraction: i64 = 0;
  if (at < to && load<u8>(at) == 0x2e) {
    at += 1;
    const decimals = decimalsAt(at, to);
    if (decimals - 1 > 8) return 0;
    fraction = fractionAt(at, decimals);
    at += decimals;
  }
  nanoseconds = (minute + <i64>second) * SECOND + fraction;
  if (at < to && (load<u8>(at) | 0x20) == 0x7a) return at + 1;
  return readOffset(at, to);
}

/** Reads the first 16 characters of a time, from the year to the minute; false when they are none. */
function readMinute(at: usize): bool {
  const text = v128.load(at);
  const digits = i8x16.sub(text, i8x16.splat(0x30));
  if (((i8x16.bitmask(i8x16.lt_u(digits, i8x16.splat(10))) & DIGITS) ^ DIGITS) != 0) return false;
  const marks = i8x16(0, 0, 0, 0, 0x2d, 0, 0, 0x2d, 0, 0, 0x54, 0, 0, 0x3a, 0, 0);
  // `T` may be written small.
  const large = v128.and(text, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -33, -1, -1, -1, -1, -1));
  if (((i8x16.bitmask(i8x16.eq(large, marks)) & MARKS) ^ MARKS) != 0) return false;

  // In each 16-bit lane 10 a + b of two digits.
  const packed = i8x16.shuffle(digits, digits, 0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 0, 0, 0, 0);
  const pairs = i16x8.shr_u(i16x8.mul(packed, i16x8.splat(2561)), 8);
  const year: u32 = i16x8.extract_lane_u(pairs, 0) * 100 + i16x8.extract_lane_u(pairs, 1);
  const month: u32 = i16x8.extract_lane_u(pairs, 2);
  const day: u32 = i16x8.extract_lane_u(pairs, 3);
  const hour: u32 = i16x8.extract_lane_u(pairs, 4);
  const minutes: u32 = i16x8.extract_lane_u(pairs, 5);
  if (year < FIRST_YEAR || year > LAST_YEAR || month - 1 > 11 || day - 1 >= daysOf(year, month)) return false;
  if (hour > 23 || minutes > 59) return false;
  minute = daysSinceEpoch(year, month, day) * 86_400 + <i64>((hour * 60 + minutes) * 60);
  minuteLow = i64x2.extract_lane(text, 0);
  minuteHigh = i64x2.extract_lane(text, 1);
  return true;
}

/** How many digits there are. */
function decimalsAt(at: usize, to: usize): u32 {
  let decimals: u32 = 0;
  if (at + 8 <= to) {
    const digits = load<u64>(at) ^ 0x3030303030303030;
    // The high bit of each byte that is more than 9. What is carried goes to bytes behind the first of them.
    const others = (digits | (digits + 0x7676767676767676)) & 0x8080808080808080;
    decimals = others == 0 ? 8 : <u32>ctz(others) >>> 3;
    if (decimals != 8) return decimals;
  }
  while (at + decimals < to && isDigit(at + decimals)) decimals += 1;
  return decimals;
}

/** So many digits, at most nine, as nanoseconds. Before them there is at least a date. */
function fractionAt(at: usize, decimals: u32): i64 {
  const digits = i8x16.sub(v128.load(at + decimals - 16), i8x16.splat(0x30));
  // Nine places from the eighth lane on; a place that there is no digit for lies behind the last lane, and gives 0.
  const places = i8x16(-1, -1, -1, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8);
  const first = i8x16.add(v128.and(places, i8x16.splat(15)), i8x16.splat(<i8>(16 - decimals)));
  return sixteenDigits(i8x16.swizzle(digits, v128.or(first, i8x16.lt_s(places, i8x16.splat(0)))));
}

/** Takes a zone's offset from UTC into account; answers what is behind it, or 0 when there is none. */
function readOffset(at: usize, to: usize): usize {
  if (at + 6 > to) return 0;
  const sign = load<u8>(at);
  if ((sign != 0x2b && sign != 0x2d) || load<u8>(at, 3) != 0x3a) return 0;
  if (!isDigit(at + 1) || !isDigit(at + 2) || !isDigit(at + 4) || !isDigit(at + 5)) return 0;
  const hours = two(at + 1);
  const minutes = two(at + 4);
  if (hours > 23 || minutes > 59) return 0;
  const ahead = <i64>(hours * 60 + minutes) * 60 * SECOND;
  nanoseconds += sign == 0x2d ? ahead : -ahead;
  return at + 6;
}

function isDigit(at: usize): bool {
  return <u8>(load<u8>(at) - 0x30) < 10;
}

function two(at: usize): u32 {
  return <u32>(load<u8>(at) - 0x30) * 10 + (load<u8>(at, 1) - 0x30);
}

function daysOf(year: u32, month: u32): u32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return 30 + ((month + (month >>> 3)) & 1);
}

/** Of the Gregorian calendar. Years begin in March here, so that the leap day comes last. */
function daysSinceEpoch(year: u32, month: u32, day: u32): i64 {
  const y = month <= 2 ? year - 1 : year;
  const m = month <= 2 ? month + 9 : month - 3;
  const days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
  return <i64>days - 719_468;
}
