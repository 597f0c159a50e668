/**
 * Kraken's checksum of a book: CRC-32 of the digits of price and quantity of the best ten asks and then of the best ten bids.
 * What the digits of a level add is kept, because most levels of a book are the ones that were there before; and so is the
 * state before and after it, because as a rule only what comes behind the first change is another.
 */

import {
  BOOK_ASK_COUNT,
  BOOK_BID_COUNT,
  LEVEL_BYTES,
  LEVEL_PRICE,
  LEVEL_QUANTITY,
} from '../../../src/memory/book-layout.ts';
import {
  CHECK_AFTER,
  CHECK_BEFORE,
  CHECK_BYTES,
  CHECK_LEVEL,
  CHECK_SUM,
  CHECKS_ASKS,
  CHECKS_BIDS,
  CHECKS_BYTES,
} from '../../../src/memory/workspace-layout.ts';
import { levelsOf } from '../lib/books.ts';
import { append, digitCount, ofDigits, stepOf } from '../lib/crc32.ts';

const CHECKED_LEVELS: u32 = 10;

export function checksumOf(book: usize, checks: usize): u32 {
  const asks = min(load<u32>(book, BOOK_ASK_COUNT), CHECKED_LEVELS);
  const bids = min(load<u32>(book, BOOK_BID_COUNT), CHECKED_LEVELS);
  const state = appendLevels(u32.MAX_VALUE, levelsOf(book, true), asks, checks + CHECKS_ASKS);
  return ~appendLevels(state, levelsOf(book, false), bids, checks + CHECKS_BIDS);
}

/** Forgets what has been kept for a book. */
export function forgetChecks(checks: usize): void {
  memory.fill(checks, 0, CHECKS_BYTES);
}

function appendLevels(state: u32, level: usize, count: u32, check: usize): u32 {
  /** The check that was here before, one place up, in case this level was there. */
  let movedLevel = i64x2.splat(0);
  let movedSum: u64 = 0;
  for (const end = level + count * LEVEL_BYTES; level < end; level += LEVEL_BYTES) {
    const wanted = v128.load(level);
    const known = v128.load(check, CHECK_LEVEL);
    let sum = load<u64>(check, CHECK_SUM);
    if (!v128.any_true(v128.xor(wanted, known))) {
      // The same behind the same: nothing has to wait for what was computed before it.
      if (load<u32>(check, CHECK_BEFORE) == state) {
        state = load<u32>(check, CHECK_AFTER);
        check += CHECK_BYTES;
        continue;
      }
    } else {
      const was = sum;
      if (!v128.any_true(v128.xor(wanted, movedLevel))) sum = movedSum;
      else if (!v128.any_true(v128.xor(wanted, v128.load(check + CHECK_BYTES))))
        sum = load<u64>(check + CHECK_BYTES, CHECK_SUM);
      else sum = sumOf(load<i64>(level, LEVEL_PRICE), load<i64>(level, LEVEL_QUANTITY));
      movedLevel = known;
      movedSum = was;
      v128.store(check, wanted, CHECK_LEVEL);
      store<u64>(check, sum, CHECK_SUM);
    }
    store<u32>(check, state, CHECK_BEFORE);
    state = append(state, <u32>(sum >>> 32)) ^ <u32>sum;
    store<u32>(check, state, CHECK_AFTER);
    check += CHECK_BYTES;
  }
  return state;
}

/** What a level's digits add to a checksum, and, in the upper half, the step over them. */
function sumOf(price: i64, quantity: i64): u64 {
  const lower = ofDigits(quantity, 0);
  const behind = digitCount;
  const sum = ofDigits(price, behind) ^ lower;
  return ((<u64>stepOf(behind + digitCount)) << 32) | sum;
}
