/** The records of Kalshi's messages: what all have, and gaps. */

import {
  GAP_BOOKS,
  GAP_EXPECTED,
  GAP_GOOD_AS_OF,
  GAP_REASON,
  GAP_RECEIVED,
  KALSHI_FLAG_INEXACT,
  KALSHI_GAP,
  KALSHI_MARKET_ID,
  KALSHI_MARKET_ID_LENGTH,
  KALSHI_MARKET_ID_MOST_BYTES,
  KALSHI_SENT_AT,
  KALSHI_SEQUENCE,
  KALSHI_SUBSCRIPTION,
  KALSHI_SYMBOL,
  KALSHI_TIMESTAMP,
  NO_SYMBOL,
  SLOT_BITS,
  SLOT_GAP,
} from '../../../src/kalshi/record-layout.ts';
import { HANDED_ON_INEXACT, RESULT_INEXACT } from '../../../src/memory/counters-layout.ts';
import { RECORD_INSTRUMENT } from '../../../src/memory/record-layout.ts';
import { copyText } from '../lib/json-scanner.ts';
import { findPlace, keepLatest, latestPlaces } from '../lib/latest-table.ts';
import { addResult, handOn } from '../lib/results.ts';
import { addFlags, beginRecord, endRecord } from '../lib/slots.ts';
import { envelopeMisfits, sentAt, sequence, subscription } from './envelope.ts';
import { KEY_MARKET_ID } from './keys.ts';
import { marketIdAt, marketIdLength, messageTime, misfits } from './message.ts';
import { readText } from './texts.ts';

/** What a record of any kind is told when its frame is known to be good. */
export function identify(slot: usize, symbol: u32, channelSlot: u32): void {
  store<u32>(slot, (symbol << SLOT_BITS) | channelSlot, RECORD_INSTRUMENT);
  store<u32>(slot, symbol, KALSHI_SYMBOL);
  store<u32>(slot, subscription, KALSHI_SUBSCRIPTION);
  store<u32>(slot, sequence, KALSHI_SEQUENCE);
  store<f64>(slot, sentAt, KALSHI_SENT_AT);
}

/** And what one of a market is told besides. */
export function describe(slot: usize): void {
  store<i64>(slot, messageTime, KALSHI_TIMESTAMP);
  if (marketIdAt == 0) return;
  if (marketIdLength <= <u32>KALSHI_MARKET_ID_MOST_BYTES) {
    store<u8>(slot, <u8>marketIdLength, KALSHI_MARKET_ID_LENGTH);
    copyText(marketIdAt + 1, slot + KALSHI_MARKET_ID, marketIdLength);
  } else {
    readText(marketIdAt, KEY_MARKET_ID, slot + KALSHI_MARKET_ID_LENGTH, KALSHI_MARKET_ID_MOST_BYTES);
  }
}

/** Says so in a record when numbers, times and texts of its message do not fit their fields. */
export function markMisfits(slot: usize): void {
  if (misfits() + envelopeMisfits != 0) addFlags(slot, KALSHI_FLAG_INEXACT);
}

/** Counts those of the message's `msg`, and leaves its text to the control side. */
export function countMisfits(): void {
  const count = misfits();
  if (count == 0) return;
  addResult(RESULT_INEXACT, count);
  handOn(HANDED_ON_INEXACT);
}

/** The newest record of its market and channel. */
export function keepNewest(slot: usize): void {
  if (latestPlaces == 0) return;
  const place = findPlace(load<u32>(slot, RECORD_INSTRUMENT));
  if (place >= 0) keepLatest(place, slot, true);
}

/** A gap of a whole subscription. */
export function recordGap(reason: u32, expected: u32, received: u32, books: u32): void {
  const slot = beginRecord(KALSHI_GAP);
  identify(slot, <u32>NO_SYMBOL, SLOT_GAP);
  store<u8>(slot, <u8>reason, GAP_REASON);
  store<u32>(slot, expected, GAP_EXPECTED);
  store<u32>(slot, received, GAP_RECEIVED);
  store<u32>(slot, books, GAP_BOOKS);
  endRecord();
}

/** A gap of one book, or its end. */
export function recordBookGap(reason: u32, symbol: u32, goodAsOf: i64, books: u32): void {
  const slot = beginRecord(KALSHI_GAP);
  identify(slot, symbol, SLOT_GAP);
  describe(slot);
  store<u8>(slot, <u8>reason, GAP_REASON);
  store<u32>(slot, books, GAP_BOOKS);
  store<i64>(slot, goodAsOf, GAP_GOOD_AS_OF);
  endRecord();
}
