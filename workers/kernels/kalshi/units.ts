/** Numbers of messages, in the units of records. */

import { COUNT_SCALE, PRICE_SCALE } from '../../../src/kalshi/record-layout.ts';
import { DECIMAL_NONE, decimalState, integer, readDecimal, setScale } from '../lib/decimal.ts';
import { fitted, noteFit } from './message.ts';

/** Decimals of what a key gives, in the units of its field. */
export const DOLLARS: i32 = PRICE_SCALE;
export const CENTS: i32 = PRICE_SCALE - 2;
export const CONTRACTS: i32 = COUNT_SCALE;
export const WHOLE: i32 = 0;

/** Larger ones are not exact as float64. */
export const MOST_UNITS: i64 = 9_007_199_254_740_992;

/** The number that `readUnits` read, and whether there was one that fits. */
export let units: i64 = 0;
export let known: bool = false;

/** Reads a value of any kind, which is the one of `key`. */
export function readUnits(at: usize, key: u32, decimals: i32): usize {
  at = readDecimal(at);
  known = setScale(decimals, MOST_UNITS);
  units = known ? integer : 0;
  noteFit(key, known || decimalState == DECIMAL_NONE);
  return at;
}

/** A float64 in a record: NaN when there is no number that fits. */
export function unitsField(at: usize, key: u32, decimals: i32, field: usize): usize {
  at = readUnits(at, key, decimals);
  store<f64>(field, known ? <f64>units : NaN);
  return at;
}

/**
 * As `unitsField`, for a field of which there was no number: from where the key that it had in the first years has its value;
 * 0 for nowhere.
 */
export function fallbackField(at: usize, key: u32, preferred: u32, decimals: i32, field: usize): void {
  if (at != 0 && load<u64>(field) == reinterpret<u64>(NaN) && fitted(preferred))
    unitsField(at, key, decimals, field);
}
