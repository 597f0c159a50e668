/** The records of book messages: a delta's one, and as many of a snapshot as its levels take. */

import {
  BOOK_RECORD_ASK,
  BOOK_RECORD_ASK_COUNT,
  BOOK_RECORD_BID,
  BOOK_RECORD_BID_COUNT,
  BOOK_RECORD_CHECK,
  BOOK_RECORD_STATE,
  DELTA_CHANGE,
  DELTA_COUNT,
  DELTA_ORDER_ID_LENGTH,
  DELTA_ORDER_ID_MOST_BYTES,
  DELTA_PRICE,
  DELTA_SIDE,
  DELTA_SUBACCOUNT,
  KALSHI_BOOK_DELTA,
  KALSHI_BOOK_SNAPSHOT,
  KALSHI_FLAG_CONTINUED,
  PRICE_ONE,
  SLOT_BOOK,
  SNAPSHOT_LEVEL_BYTES,
  SNAPSHOT_LEVELS,
  SNAPSHOT_MOST_LEVELS,
  SNAPSHOT_NO_LEVELS,
  SNAPSHOT_PART,
  SNAPSHOT_YES_LEVELS,
} from '../../../src/kalshi/record-layout.ts';
import {
  BOOK_CHECK,
  BOOK_STATE,
  LEVEL_BYTES,
  LEVEL_PRICE,
  LEVEL_QUANTITY,
} from '../../../src/memory/book-layout.ts';
import { countOf, levelsOf } from '../lib/books.ts';
import { addFlags, beginRecord, endRecord } from '../lib/slots.ts';
import { change, orderIdAt, side, subaccount } from './delta.ts';
import { KEY_CLIENT_ORDER_ID } from './keys.ts';
import { describe, identify, keepNewest, markMisfits } from './records.ts';
import { noCount, noIsOnYesScale, noLevels, yesCount, yesLevels } from './snapshot.ts';
import { readText } from './texts.ts';

/** @param price on the ladder's own side */
export function recordDelta(book: usize, symbol: u32, price: i64, count: i64): void {
  const slot = begin(book, symbol, KALSHI_BOOK_DELTA);
  store<u8>(slot, <u8>side, DELTA_SIDE);
  store<f64>(slot, <f64>price, DELTA_PRICE);
  store<f64>(slot, <f64>change, DELTA_CHANGE);
  store<f64>(slot, <f64>count, DELTA_COUNT);
  store<u32>(slot, subaccount, DELTA_SUBACCOUNT);
  if (orderIdAt != 0)
    readText(orderIdAt, KEY_CLIENT_ORDER_ID, slot + DELTA_ORDER_ID_LENGTH, DELTA_ORDER_ID_MOST_BYTES);
  finish(slot, true);
}

export function recordSnapshot(book: usize, symbol: u32): void {
  const levels = yesCount + noCount;
  const flipped = noIsOnYesScale();
  let done: u32 = 0;
  let part: u32 = 0;
  do {
    const slot = begin(book, symbol, KALSHI_BOOK_SNAPSHOT);
    store<u16>(slot, <u16>part, SNAPSHOT_PART);
    let yesHere: u32 = 0;
    let noHere: u32 = 0;
    let to = slot + SNAPSHOT_LEVELS;
    for (; done < levels && yesHere + noHere < <u32>SNAPSHOT_MOST_LEVELS; done++) {
      if (done < yesCount) {
        copyLevel(yesLevels + done * LEVEL_BYTES, to, false);
        yesHere += 1;
      } else {
        copyLevel(noLevels + (done - yesCount) * LEVEL_BYTES, to, flipped);
        noHere += 1;
      }
      to += SNAPSHOT_LEVEL_BYTES;
    }
    store<u8>(slot, <u8>yesHere, SNAPSHOT_YES_LEVELS);
    store<u8>(slot, <u8>noHere, SNAPSHOT_NO_LEVELS);
    part += 1;
    if (done < levels) addFlags(slot, KALSHI_FLAG_CONTINUED);
    finish(slot, done == levels);
  } while (done < levels);
}

function copyLevel(from: usize, to: usize, flipped: bool): void {
  const price = load<i64>(from, LEVEL_PRICE);
  store<f64>(to, <f64>(flipped ? PRICE_ONE - price : price));
  store<f64>(to, <f64>load<i64>(from, LEVEL_QUANTITY), 8);
}

function begin(book: usize, symbol: u32, kind: u32): usize {
  const slot = beginRecord(kind);
  identify(slot, symbol, SLOT_BOOK);
  describe(slot);
  best(book, false, slot + BOOK_RECORD_BID, slot + BOOK_RECORD_BID_COUNT);
  best(book, true, slot + BOOK_RECORD_ASK, slot + BOOK_RECORD_ASK_COUNT);
  store<u8>(slot, load<u8>(book, BOOK_STATE), BOOK_RECORD_STATE);
  store<u8>(slot, load<u8>(book, BOOK_CHECK), BOOK_RECORD_CHECK);
  return slot;
}

function best(book: usize, ask: bool, price: usize, count: usize): void {
  const level = levelsOf(book, ask);
  const held = load<u32>(countOf(book, ask)) != 0;
  store<f64>(price, held ? <f64>load<i64>(level, LEVEL_PRICE) : NaN);
  store<f64>(count, held ? <f64>load<i64>(level, LEVEL_QUANTITY) : 0);
}

function finish(slot: usize, last: bool): void {
  markMisfits(slot);
  if (last) keepNewest(slot);
  endRecord();
}
