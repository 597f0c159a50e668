/** Reads the values of a message into the fields of a record. */

import {
  ABSENT_COUNT,
  KRAKEN_SYMBOL,
  KRAKEN_TIMESTAMP,
  SCALE_ABSENT,
} from '../../../src/kraken/record-layout.ts';
import { RECORD_INSTRUMENT } from '../../../src/memory/record-layout.ts';
import { SYMBOL_NO_PRECISION } from '../../../src/memory/symbol-table-layout.ts';
import {
  DECIMAL_EXACT,
  DECIMAL_INEXACT,
  DECIMAL_NONE,
  decimalState,
  integer,
  readDecimal,
  readNumber,
  scale,
  wholeNumber,
} from '../lib/decimal.ts';
import { peek, QUOTE, readWord, skipValue } from '../lib/json-scanner.ts';
import { key } from '../lib/key-guess.ts';
import { findSymbol } from '../lib/symbol-table.ts';
import { nanoseconds, readTimestamp, timestampFailed } from '../lib/timestamp.ts';
import { markInexact } from './marks.ts';

/** Bytes `true` begins with, and `false`. */
const SMALL_T: u8 = 0x74;
const SMALL_F: u8 = 0x66;
const ABSENT_FLAG: u8 = 0xff;

/** Of the record at hand: a bit for each key whose value does not fit its field. Of one that comes twice, the last counts. */
let inexactKeys: u64 = 0;

export function beginFields(): void {
  inexactKeys = 0;
}

export function endFields(slot: usize): void {
  if (inexactKeys != 0) markInexact(slot, <u32>popcnt(inexactKeys));
}

/** Whether the value of the key at hand fits its field. */
function note(fits: bool): void {
  const bit = (<u64>1) << key;
  inexactKeys = fits ? inexactKeys & ~bit : inexactKeys | bit;
}

/** An int64 and its scale: a price, a quantity. */
export function decimalField(at: usize, slot: usize, field: usize, scaleField: usize): usize {
  const behind = readNumber(at);
  if (behind == 0 || decimalState != DECIMAL_EXACT) return oddDecimalField(at, slot, field, scaleField);
  store<i64>(slot + field, integer);
  store<u8>(slot + scaleField, <u8>scale);
  if (inexactKeys != 0) note(true);
  return behind;
}

/** What is no number, or one that does not fit. */
function oddDecimalField(at: usize, slot: usize, field: usize, scaleField: usize): usize {
  at = readDecimal(at);
  const exact = decimalState == DECIMAL_EXACT;
  store<i64>(slot + field, exact ? integer : 0);
  store<u8>(slot + scaleField, exact ? <u8>scale : <u8>SCALE_ABSENT);
  note(decimalState != DECIMAL_INEXACT);
  return at;
}

/** A uint32 count. */
export function countField(at: usize, slot: usize, field: usize): usize {
  at = readDecimal(at);
  if (at == 0) return 0;
  const count = wholeNumber();
  const fits = <u64>count < <u64>(<u32>ABSENT_COUNT);
  store<u32>(slot + field, fits ? <u32>count : <u32>ABSENT_COUNT);
  note(fits || decimalState == DECIMAL_NONE);
  return at;
}

/** An int64 without a scale; 0 when there is none. */
export function wholeField(at: usize, slot: usize, field: usize): usize {
  at = readDecimal(at);
  if (at == 0) return 0;
  const whole = wholeNumber();
  store<i64>(slot + field, max<i64>(whole, 0));
  note(whole >= 0 || decimalState == DECIMAL_NONE);
  return at;
}

/** A count of decimals, in a uint8. */
export function precisionField(at: usize, slot: usize, field: usize): usize {
  at = readDecimal(at);
  if (at == 0) return 0;
  const whole = wholeNumber();
  const fits = <u64>whole <= 18;
  store<u8>(slot + field, fits ? <u8>whole : <u8>SYMBOL_NO_PRECISION);
  note(fits || decimalState == DECIMAL_NONE);
  return at;
}

/** A uint8: 1, 0 or absent. */
export function flagField(at: usize, slot: usize, field: usize): usize {
  const first = peek(at);
  store<u8>(slot + field, first == SMALL_T ? 1 : first == SMALL_F ? 0 : ABSENT_FLAG);
  return skipValue(at);
}

/** int64 nanoseconds; 0 when there are none. */
export function timeField(at: usize, slot: usize, field: usize): usize {
  at = readTimestamp(at);
  if (at == 0) return 0;
  store<i64>(slot + field, nanoseconds);
  note(!timestampFailed);
  return at;
}

export function timestampField(at: usize, slot: usize): usize {
  return timeField(at, slot, KRAKEN_TIMESTAMP);
}

/**
 * Where the symbol is written, until the frame is known to be good, and 0 when it is none; and in the instrument's place, its
 * id + 1 if it has one already.
 */
export function symbolField(at: usize, slot: usize): usize {
  const isText = peek(at) == QUOTE;
  store<u32>(slot, isText ? <u32>at : 0, KRAKEN_SYMBOL);
  at = readWord(at);
  store<u32>(slot, isText ? <u32>(findSymbol() + 1) : 0, RECORD_INSTRUMENT);
  return at;
}
