/**
 * What records lack until their frame is known to be good: the id of their symbol, and what comes behind them in the message.
 * A malformed frame leaves nothing behind, not even a name.
 */

import {
  KRAKEN_CANDLE,
  KRAKEN_INSTRUMENT,
  KRAKEN_ORDER,
  KRAKEN_STATUS,
  KRAKEN_SYMBOL,
  ORDER_PRICE_PRECISION,
  ORDER_QUANTITY_PRECISION,
} from '../../../src/kraken/record-layout.ts';
import { RECORD_INSTRUMENT, RECORD_KIND } from '../../../src/memory/record-layout.ts';
import {
  SYMBOL_PRICE_PRECISION,
  SYMBOL_QUANTITY_PRECISION,
} from '../../../src/memory/symbol-table-layout.ts';
import { readWord } from '../lib/json-scanner.ts';
import { records, slotOf } from '../lib/slots.ts';
import { enterSymbol, symbolEntry } from '../lib/symbol-table.ts';
import { notePrecisions } from './instrument.ts';
import { identify, keepNewest, markInexact, setTimestamp } from './marks.ts';

/** Of the message: whether it is a snapshot, its own time, and whether that was none that fits. */
let snapshot: bool = false;
let time: i64 = 0;
let timeFailed: bool = false;

export function describeMessage(isSnapshot: bool, nanoseconds: i64, failed: bool): void {
  snapshot = isSnapshot;
  time = nanoseconds;
  timeFailed = failed;
}

/** Settles all records; false when a symbol found no entry. */
export function settleRecords(): bool {
  for (let index: u32 = 0; index < records; index++) {
    if (!settleRecord(slotOf(index))) return false;
  }
  for (let index: u32 = 0; index < records; index++) keepNewest(slotOf(index));
  return true;
}

export function settleRecord(slot: usize): bool {
  const kind = load<u8>(slot, RECORD_KIND);
  if (kind == KRAKEN_STATUS) {
    identify(slot, 0, false);
    return true;
  }
  let symbol = load<i32>(slot, RECORD_INSTRUMENT) - 1;
  if (symbol < 0) {
    readWord(load<u32>(slot, KRAKEN_SYMBOL));
    symbol = enterSymbol();
    if (symbol < 0) return false;
  }
  identify(slot, symbol, snapshot);
  if (kind == KRAKEN_CANDLE) {
    setTimestamp(slot, time);
    if (timeFailed) markInexact(slot, 1);
  } else if (kind == KRAKEN_INSTRUMENT) {
    notePrecisions(slot, symbol);
  } else if (kind == KRAKEN_ORDER) {
    const entry = symbolEntry(symbol);
    store<u8>(slot, load<u8>(entry, SYMBOL_PRICE_PRECISION), ORDER_PRICE_PRECISION);
    store<u8>(slot, load<u8>(entry, SYMBOL_QUANTITY_PRECISION), ORDER_QUANTITY_PRECISION);
  }
  return true;
}
