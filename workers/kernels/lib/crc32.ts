/**
 * CRC-32 (IEEE, as zlib computes it) of decimal digits, without writing them out. A checksum is linear: what a byte adds to it
 * depends on the byte and on how many come behind it. So digits can be taken two at a time and in any order, and what was
 * computed of a part can be used again wherever that part comes to lie.
 */

import { CRC_MOST_BYTES, CRC_PAIRS_BYTES, CRC_SLICE_BYTES } from '../../../src/memory/workspace-layout.ts';

const POLYNOMIAL: u32 = 0xedb88320;

/** For each count of bytes behind it: what each byte adds, and what each of 00…99 does. */
let slices: usize = 0;
let pairs: usize = 0;

/** Digits of the number that was taken last. */
export let digitCount: u32 = 0;

/** @param tables where they are to lie, as workspace-layout says */
export function attachCrc(tables: usize): void {
  slices = tables;
  pairs = tables + CRC_MOST_BYTES * CRC_SLICE_BYTES;
  for (let byte: u32 = 0; byte < 256; byte++) {
    let state = byte;
    for (let bit = 0; bit < 8; bit++) state = (state >>> 1) ^ ((state & 1) * POLYNOMIAL);
    store<u32>(slices + byte * 4, state);
  }
  for (let behind: u32 = 1; behind < <u32>CRC_MOST_BYTES; behind++) {
    for (let byte: u32 = 0; byte < 256; byte++) {
      store<u32>(slices + behind * CRC_SLICE_BYTES + byte * 4, appendZero(ofByte(byte, behind - 1)));
    }
  }
  for (let behind: u32 = 0; behind + 1 < <u32>CRC_MOST_BYTES; behind++) {
    for (let pair: u32 = 0; pair < 100; pair++) {
      const both = ofByte(0x30 + pair / 10, behind + 1) ^ ofByte(0x30 + (pair % 10), behind);
      store<u32>(pairs + behind * CRC_PAIRS_BYTES + pair * 4, both);
    }
  }
}

function ofByte(byte: u32, behind: u32): u32 {
  return load<u32>(slices + behind * CRC_SLICE_BYTES + byte * 4);
}

function ofPair(pair: u32, behind: u32): u32 {
  return load<u32>(pairs + behind * CRC_PAIRS_BYTES + pair * 4);
}

function appendZero(state: u32): u32 {
  return (state >>> 8) ^ ofByte(state & 0xff, 0);
}

/** What `append` wants to know of so many bytes, at most CRC_MOST_BYTES: where their tables lie, or how few they are. */
export function stepOf(bytes: u32): u32 {
  return bytes < 4 ? bytes : <u32>(slices + (bytes - 4) * CRC_SLICE_BYTES);
}

/** The state after some zero bytes more. What these bytes really are is then added by `^`. */
export function append(state: u32, step: u32): u32 {
  if (step < 4) {
    for (; step > 0; step--) state = appendZero(state);
    return state;
  }
  return (
    load<u32>(step + ((state & 0xff) << 2), 3 * CRC_SLICE_BYTES) ^
    load<u32>(step + ((state >>> 6) & 0x3fc), 2 * CRC_SLICE_BYTES) ^
    load<u32>(step + ((state >>> 14) & 0x3fc), CRC_SLICE_BYTES) ^
    load<u32>(step + ((state >>> 22) & 0x3fc))
  );
}

/**
 * What the digits of a number below 10^18 add when so many bytes come behind them; `digitCount` is how many they are, none
 * for 0.
 */
export function ofDigits(value: u64, behind: u32): u32 {
  let sum: u32 = 0;
  let place = behind;
  while (value >= 100_000_000) {
    const rest = value;
    value = hundredMillions(value);
    const eight = <u32>(rest - value * 100_000_000);
    const high = eight / 10_000;
    const low = eight % 10_000;
    sum ^=
      ofPair(low % 100, place) ^
      ofPair(low / 100, place + 2) ^
      ofPair(high % 100, place + 4) ^
      ofPair(high / 100, place + 6);
    place += 8;
  }
  let left = <u32>value;
  while (left >= 100) {
    sum ^= ofPair(left % 100, place);
    left /= 100;
    place += 2;
  }
  if (left >= 10) {
    sum ^= ofPair(left, place);
    place += 2;
  } else if (left != 0) {
    sum ^= ofByte(0x30 + left, place);
    place += 1;
  }
  digitCount = place - behind;
  return sum;
}

/** value / 10^8. By way of a float, whose quotient is off by at most one: a 64-bit division takes several times as long. */
function hundredMillions(value: u64): u64 {
  let quotient = <u64>(<f64>value * 1e-8);
  const rest = <i64>(value - quotient * 100_000_000);
  if (rest < 0) quotient -= 1;
  else if (rest >= 100_000_000) quotient += 1;
  return quotient;
}
