/** What a kernel says of the frame that it has just decoded. */

import { REGION_COUNTERS } from '../../../src/memory/arena-layout.ts';
import {
  RESULT_HANDED_ON,
  RESULT_HEARTBEAT,
  RESULT_MALFORMED,
  RESULT_REJECTED,
  RESULT_UNKNOWN,
} from '../../../src/memory/counters-layout.ts';
import { regionOffset } from './arena.ts';

let results: usize = 0;

export function attachResults(): void {
  results = regionOffset(REGION_COUNTERS);
}

export function clearResults(): void {
  const nothing = i32x4.splat(0);
  store<u32>(results, 0, RESULT_HEARTBEAT);
  store<u32>(results, 0, RESULT_UNKNOWN);
  store<u32>(results, 0, RESULT_MALFORMED);
  v128.store(results, nothing, RESULT_REJECTED);
  v128.store(results, nothing, RESULT_HANDED_ON);
  store<u64>(results, 0, RESULT_HANDED_ON + 16);
}

/** @param result one of the RESULT_ offsets */
export function setResult(result: u32, value: u32): void {
  store<u32>(results + result, value);
}

export function addResult(result: u32, count: u32 = 1): void {
  store<u32>(results + result, load<u32>(results + result) + count);
}

/** The gravest reason stands. */
export function handOn(reason: u32): void {
  if (reason > load<u32>(results, RESULT_HANDED_ON)) store<u32>(results, reason, RESULT_HANDED_ON);
}
