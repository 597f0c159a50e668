/** The records of a book message: what it changed, in as many records as that takes, and a gap where there is one. */

import {
  BOOK_RECORD_ASKS,
  BOOK_RECORD_BEST_ASK,
  BOOK_RECORD_BEST_BID,
  BOOK_RECORD_BIDS,
  BOOK_RECORD_CHECK,
  BOOK_RECORD_CHECKSUM,
  BOOK_RECORD_LEVELS,
  BOOK_RECORD_MOST_LEVELS,
  BOOK_RECORD_PART,
  BOOK_RECORD_PRICE_SCALE,
  BOOK_RECORD_STATE,
  GAP_COMPUTED,
  GAP_EXPECTED,
  GAP_GOOD_AS_OF,
  GAP_REASON,
  KRAKEN_BOOK_SNAPSHOT,
  KRAKEN_BOOK_UPDATE,
  KRAKEN_FLAG_CONTINUED,
  KRAKEN_GAP,
} from '../../../src/kraken/record-layout.ts';
import {
  BOOK_CHECK,
  BOOK_GOOD_AS_OF,
  BOOK_PRICE_SCALE,
  BOOK_STATE,
  LEVEL_BYTES,
} from '../../../src/memory/book-layout.ts';
import { ENTRY_BYTES, ENTRY_PRICE } from '../../../src/memory/workspace-layout.ts';
import { countOf, levelsOf } from '../lib/books.ts';
import { addFlags, beginRecord, endRecord } from '../lib/slots.ts';
import {
  ELEMENT_ASKS,
  ELEMENT_BIDS,
  ELEMENT_CHECKSUM,
  ELEMENT_TIME_FAILED,
  ELEMENT_TIMESTAMP,
  SIDE_COUNT,
  SIDE_ENTRIES,
} from './book-elements.ts';
import { identify, keepNewest, markInexact, setTimestamp } from './marks.ts';

/** Records of so many levels; a message without levels has one, too. */
export function partsOf(levels: u32): u32 {
  return max((levels + BOOK_RECORD_MOST_LEVELS - 1) / BOOK_RECORD_MOST_LEVELS, 1);
}

export function recordBook(element: usize, book: usize, symbol: i32, snapshot: bool): void {
  const bids = element + ELEMENT_BIDS;
  const asks = element + ELEMENT_ASKS;
  const bidCount = load<u32>(bids, SIDE_COUNT);
  const parts = partsOf(bidCount + load<u32>(asks, SIDE_COUNT));
  let done: u32 = 0;
  for (let part: u32 = 0; part < parts; part++) {
    const slot = beginRecord(snapshot ? KRAKEN_BOOK_SNAPSHOT : KRAKEN_BOOK_UPDATE);
    identify(slot, symbol, snapshot);
    setTimestamp(slot, load<i64>(element, ELEMENT_TIMESTAMP));
    store<u16>(slot, load<u16>(book, BOOK_PRICE_SCALE), BOOK_RECORD_PRICE_SCALE);
    store<u32>(slot, load<u32>(element, ELEMENT_CHECKSUM), BOOK_RECORD_CHECKSUM);
    store<u16>(slot, <u16>part, BOOK_RECORD_PART);
    store<u8>(slot, load<u8>(book, BOOK_CHECK), BOOK_RECORD_CHECK);
    store<u8>(slot, load<u8>(book, BOOK_STATE), BOOK_RECORD_STATE);
    if (load<u32>(countOf(book, false)) != 0)
      v128.store(slot, v128.load(levelsOf(book, false)), BOOK_RECORD_BEST_BID);
    if (load<u32>(countOf(book, true)) != 0)
      v128.store(slot, v128.load(levelsOf(book, true)), BOOK_RECORD_BEST_ASK);
    const bidsHere = copyLevels(bids, done, slot + BOOK_RECORD_LEVELS, BOOK_RECORD_MOST_LEVELS);
    done += bidsHere;
    const asksHere = copyLevels(
      asks,
      done - bidCount,
      slot + BOOK_RECORD_LEVELS + bidsHere * LEVEL_BYTES,
      done < bidCount ? 0 : BOOK_RECORD_MOST_LEVELS - bidsHere,
    );
    done += asksHere;
    store<u8>(slot, <u8>bidsHere, BOOK_RECORD_BIDS);
    store<u8>(slot, <u8>asksHere, BOOK_RECORD_ASKS);
    if (load<u8>(element, ELEMENT_TIME_FAILED) != 0) markInexact(slot, 1);
    if (part + 1 < parts) addFlags(slot, KRAKEN_FLAG_CONTINUED);
    else keepNewest(slot);
    endRecord();
  }
}

/** Copies up to `most` of a side's levels from the `first` on; answers how many. */
function copyLevels(side: usize, first: u32, to: usize, most: u32): u32 {
  const count = load<u32>(side, SIDE_COUNT);
  if (most == 0 || first >= count) return 0;
  const copied = min(count - first, most);
  let entry = <usize>load<u32>(side, SIDE_ENTRIES) + first * ENTRY_BYTES;
  for (const end = to + copied * LEVEL_BYTES; to < end; to += LEVEL_BYTES) {
    // Price and quantity.
    v128.store(to, v128.load(entry, ENTRY_PRICE));
    entry += ENTRY_BYTES;
  }
  return copied;
}

export function recordGap(
  element: usize,
  book: usize,
  symbol: i32,
  reason: u32,
  expected: u32,
  computed: u32,
): void {
  const slot = beginRecord(KRAKEN_GAP);
  identify(slot, symbol, false);
  setTimestamp(slot, load<i64>(element, ELEMENT_TIMESTAMP));
  store<u8>(slot, <u8>reason, GAP_REASON);
  store<u32>(slot, expected, GAP_EXPECTED);
  store<u32>(slot, computed, GAP_COMPUTED);
  store<i64>(slot, load<i64>(book, BOOK_GOOD_AS_OF), GAP_GOOD_AS_OF);
  endRecord();
}
