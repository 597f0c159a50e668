/** What is common to all of Kraken's records, and what they are told when their frame is known to be good. */

import {
  KRAKEN_BOOK_SNAPSHOT,
  KRAKEN_BOOK_UPDATE,
  KRAKEN_CANDLE,
  KRAKEN_FLAG_INEXACT,
  KRAKEN_FLAG_SNAPSHOT,
  KRAKEN_GAP,
  KRAKEN_INSTRUMENT,
  KRAKEN_ORDER,
  KRAKEN_STATUS,
  KRAKEN_SYMBOL,
  KRAKEN_TICKER,
  KRAKEN_TIMESTAMP,
  KRAKEN_TRADE,
  SLOT_BITS,
  SLOT_BOOK,
  SLOT_CANDLE,
  SLOT_GAP,
  SLOT_INSTRUMENT,
  SLOT_ORDER,
  SLOT_STATUS,
  SLOT_TICKER,
  SLOT_TRADE,
} from '../../../src/kraken/record-layout.ts';
import { HANDED_ON_INEXACT, RESULT_INEXACT } from '../../../src/memory/counters-layout.ts';
import { RECORD_INSTRUMENT, RECORD_KIND } from '../../../src/memory/record-layout.ts';
import { findPlace, keepLatest, latestPlaces } from '../lib/latest-table.ts';
import { addResult, handOn } from '../lib/results.ts';
import { addFlags } from '../lib/slots.ts';

/** So many values did not fit their fields. */
export function markInexact(slot: usize, fields: u32): void {
  addFlags(slot, KRAKEN_FLAG_INEXACT);
  addResult(RESULT_INEXACT, fields);
  handOn(HANDED_ON_INEXACT);
}

/** What a record of any kind is told when its frame is known to be good. */
export function identify(slot: usize, symbol: i32, snapshot: bool): void {
  store<u32>(slot, symbol, KRAKEN_SYMBOL);
  store<u32>(slot, (symbol << SLOT_BITS) | channelSlot(load<u8>(slot, RECORD_KIND)), RECORD_INSTRUMENT);
  if (snapshot) addFlags(slot, KRAKEN_FLAG_SNAPSHOT);
}

function channelSlot(kind: u32): u32 {
  switch (kind) {
    case KRAKEN_TICKER:
      return SLOT_TICKER;
    case KRAKEN_TRADE:
      return SLOT_TRADE;
    case KRAKEN_BOOK_SNAPSHOT:
    case KRAKEN_BOOK_UPDATE:
      return SLOT_BOOK;
    case KRAKEN_CANDLE:
      return SLOT_CANDLE;
    case KRAKEN_INSTRUMENT:
      return SLOT_INSTRUMENT;
    case KRAKEN_ORDER:
      return SLOT_ORDER;
    case KRAKEN_STATUS:
      return SLOT_STATUS;
    default:
      return SLOT_GAP;
  }
}

/** The newest of its symbol and channel. Gaps, orders and states of the system are no such thing. */
export function keepNewest(slot: usize): void {
  const kind = load<u8>(slot, RECORD_KIND);
  if (latestPlaces == 0 || kind == KRAKEN_GAP || kind == KRAKEN_ORDER || kind == KRAKEN_STATUS) return;
  const place = findPlace(load<u32>(slot, RECORD_INSTRUMENT));
  if (place >= 0) keepLatest(place, slot, kind != KRAKEN_TRADE);
}

export function setTimestamp(slot: usize, nanoseconds: i64): void {
  store<i64>(slot, nanoseconds, KRAKEN_TIMESTAMP);
}
