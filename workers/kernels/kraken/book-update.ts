/** Brings books up to date with what was put down of a book message, and says whether they may be trusted. */

import {
  GAP_CHECKSUM,
  GAP_POLICY_RESYNC,
  GAP_RESYNCED,
  GAP_UNUSABLE,
  PARAMETER_GAP_POLICY,
} from '../../../src/kraken/record-layout.ts';
import { REGION_PARAMETERS, REGION_WORKSPACE } from '../../../src/memory/arena-layout.ts';
import {
  BOOK_AS_OF,
  BOOK_ASK_COUNT,
  BOOK_BID_COUNT,
  BOOK_CHECK,
  BOOK_CHECK_FAILED,
  BOOK_CHECK_MATCHED,
  BOOK_CHECK_NONE,
  BOOK_CHECKSUM,
  BOOK_COMPUTED,
  BOOK_DEPTH,
  BOOK_DEPTH_TOLD,
  BOOK_EPOCH,
  BOOK_FRAME,
  BOOK_GOOD_AS_OF,
  BOOK_GOOD_RECEIVED_AT,
  BOOK_IGNORED,
  BOOK_MISMATCHES,
  BOOK_RECEIVED_AT,
  BOOK_RESYNCS,
  BOOK_STATE,
  BOOK_STATE_BEFORE,
  BOOK_STATE_EMPTY,
  BOOK_STATE_LIVE,
  BOOK_STATE_RESYNCING,
  BOOK_STATE_SNAPSHOT,
  BOOK_UPDATES,
} from '../../../src/memory/book-layout.ts';
import {
  HANDED_ON_INEXACT,
  HANDED_ON_NOT,
  HANDED_ON_OVERFLOWED,
  RESULT_BOOKS_FAILED,
  RESULT_BOOKS_IGNORED,
  RESULT_BOOKS_MATCHED,
  RESULT_INEXACT,
  RESULT_OVERFLOWED,
} from '../../../src/memory/counters-layout.ts';
import {
  CHECKS_SERIAL,
  ENTRY_BYTES,
  ENTRY_PRICE,
  ENTRY_QUANTITY,
  WORKSPACE_SERIAL,
} from '../../../src/memory/workspace-layout.ts';
import { regionOffset } from '../lib/arena.ts';
import {
  bookAt,
  bookNumber,
  bookOf,
  booksUsed,
  closeBook,
  openBook,
  putLevel,
  truncate,
} from '../lib/books.ts';
import { readWord } from '../lib/json-scanner.ts';
import { addResult, handOn } from '../lib/results.ts';
import { epoch, frameNumber, receivedAt, records } from '../lib/slots.ts';
import { enterSymbol, symbolEntry } from '../lib/symbol-table.ts';
import {
  CHECKED,
  CHECKED_NOT,
  checksOf,
  ELEMENT_ASKS,
  ELEMENT_BIDS,
  ELEMENT_CHECKED,
  ELEMENT_CHECKSUM,
  ELEMENT_SYMBOL,
  ELEMENT_TIMESTAMP,
  elementAt,
  elements,
  SIDE_COUNT,
  SIDE_ENTRIES,
  SIDE_FAULT,
} from './book-elements.ts';
import { partsOf, recordBook, recordGap } from './book-records.ts';
import { settleScales } from './book-scales.ts';
import { checksumOf, forgetChecks } from './checksum.ts';

let parameters: usize = 0;
let serialAt: usize = 0;
/** Of this decoding of the frame: one that is decoded again has another. */
let serial: u32 = 0;
/** Records that the frame may have by now: one for each brace of what has been applied. */
let allowed: u32 = 0;

export function attachUpdates(): void {
  parameters = regionOffset(REGION_PARAMETERS);
  serialAt = regionOffset(REGION_WORKSPACE) + WORKSPACE_SERIAL;
  // A decoder that died may have left a sum that is not its level's.
  for (let number: u32 = 0; number < booksUsed(); number++) forgetChecks(checksOf(number));
}

/** Applies all elements of the frame's message, and makes their records. */
export function applyElements(snapshot: bool): void {
  serial = load<u32>(serialAt) + 1;
  store<u32>(serialAt, serial);
  allowed = 1;
  for (let index: u32 = 0; index < elements; index++) applyElement(elementAt(index), snapshot);
}

function applyElement(element: usize, snapshot: bool): void {
  readWord(load<u32>(element, ELEMENT_SYMBOL));
  const symbol = enterSymbol();
  const book: usize = symbol < 0 ? 0 : bookOf(symbol);
  if (book == 0) {
    addResult(RESULT_OVERFLOWED);
    handOn(HANDED_ON_OVERFLOWED);
    return;
  }
  const levels =
    load<u32>(element + ELEMENT_BIDS, SIDE_COUNT) + load<u32>(element + ELEMENT_ASKS, SIDE_COUNT);
  allowed += 1 + levels;
  const checks = checksOf(bookNumber(book));
  openBook(book);
  const before = stateBefore(book, checks);
  if (!snapshot && (before == BOOK_STATE_EMPTY || before == BOOK_STATE_RESYNCING)) {
    store<u32>(book, load<u32>(book, BOOK_IGNORED) + 1, BOOK_IGNORED);
    closeBook(book);
    addResult(RESULT_BOOKS_IGNORED);
    return;
  }
  store<u32>(book, epoch, BOOK_EPOCH);
  if (!usable(element, book, symbol, snapshot)) {
    fail(book, before);
    closeBook(book);
    recordGap(element, book, symbol, GAP_UNUSABLE, load<u32>(element, ELEMENT_CHECKSUM), 0);
    return;
  }
  if (snapshot) beginSnapshot(element, book);
  putSide(element + ELEMENT_BIDS, book, false);
  putSide(element + ELEMENT_ASKS, book, true);
  const depth = load<u32>(book, BOOK_DEPTH);
  if (depth != 0) truncate(book, depth);

  const checked = load<u8>(element, ELEMENT_CHECKED);
  const expected = load<u32>(element, ELEMENT_CHECKSUM);
  const computed = checksumOf(book, checks);
  const failed = checked != CHECKED_NOT && (checked != CHECKED || expected != computed);
  store<u32>(book, expected, BOOK_CHECKSUM);
  store<u32>(book, computed, BOOK_COMPUTED);
  store<i64>(book, load<i64>(element, ELEMENT_TIMESTAMP), BOOK_AS_OF);
  store<f64>(book, receivedAt, BOOK_RECEIVED_AT);
  store<f64>(book, load<f64>(book, BOOK_UPDATES) + 1, BOOK_UPDATES);
  const after: u32 = snapshot ? BOOK_STATE_SNAPSHOT : BOOK_STATE_LIVE;
  const resynced = !failed && before == BOOK_STATE_RESYNCING;
  if (failed) {
    fail(book, after);
  } else {
    store<u32>(book, after, BOOK_STATE);
    store<u8>(book, checked == CHECKED_NOT ? BOOK_CHECK_NONE : BOOK_CHECK_MATCHED, BOOK_CHECK);
    store<i64>(book, load<i64>(element, ELEMENT_TIMESTAMP), BOOK_GOOD_AS_OF);
    store<f64>(book, receivedAt, BOOK_GOOD_RECEIVED_AT);
    if (resynced) store<u32>(book, load<u32>(book, BOOK_RESYNCS) + 1, BOOK_RESYNCS);
    if (checked != CHECKED_NOT) addResult(RESULT_BOOKS_MATCHED);
  }
  closeBook(book);

  const gap = failed || resynced;
  // Of several books without a change in one message, some may have no room for both: then the gap says it all.
  if (!gap || records + partsOf(levels) + 1 <= allowed) recordBook(element, book, symbol, snapshot);
  if (gap) recordGap(element, book, symbol, failed ? GAP_CHECKSUM : GAP_RESYNCED, expected, computed);
}

/** Whether all levels are there, and fit the book's scales, which they have then. */
function usable(element: usize, book: usize, symbol: i32, snapshot: bool): bool {
  let fault: u32 = max(
    load<u8>(element + ELEMENT_BIDS, SIDE_FAULT),
    load<u8>(element + ELEMENT_ASKS, SIDE_FAULT),
  );
  if (fault == HANDED_ON_NOT) {
    if (settleScales(element, book, symbolEntry(symbol), snapshot)) return true;
    fault = HANDED_ON_INEXACT;
  }
  if (fault == HANDED_ON_INEXACT) addResult(RESULT_INEXACT);
  else if (fault == HANDED_ON_OVERFLOWED) addResult(RESULT_OVERFLOWED);
  handOn(fault);
  return false;
}

/** The book's state before this frame, even when a decoder died of the frame after it had changed that. */
function stateBefore(book: usize, checks: usize): u32 {
  const state = load<u32>(book, BOOK_STATE);
  if (load<u32>(checks, CHECKS_SERIAL) == serial) return state;
  store<u32>(checks, serial, CHECKS_SERIAL);
  if (load<u32>(book, BOOK_FRAME) == frameNumber) return load<u32>(book, BOOK_STATE_BEFORE);
  store<u32>(book, state, BOOK_STATE_BEFORE);
  store<u32>(book, frameNumber, BOOK_FRAME);
  return state;
}

function fail(book: usize, state: u32): void {
  const resync = load<u32>(parameters, PARAMETER_GAP_POLICY) == GAP_POLICY_RESYNC;
  store<u32>(book, resync ? BOOK_STATE_RESYNCING : state, BOOK_STATE);
  store<u8>(book, BOOK_CHECK_FAILED, BOOK_CHECK);
  store<u32>(book, load<u32>(book, BOOK_MISMATCHES) + 1, BOOK_MISMATCHES);
  addResult(RESULT_BOOKS_FAILED);
}

/** A snapshot replaces all levels. Its book is as deep as was subscribed to, or, when nobody has told, as the snapshot suggests. */
function beginSnapshot(element: usize, book: usize): void {
  store<u32>(book, 0, BOOK_BID_COUNT);
  store<u32>(book, 0, BOOK_ASK_COUNT);
  const held = max(
    load<u32>(element + ELEMENT_BIDS, SIDE_COUNT),
    load<u32>(element + ELEMENT_ASKS, SIDE_COUNT),
  );
  if (load<u8>(book, BOOK_DEPTH_TOLD) != 0 && held <= load<u32>(book, BOOK_DEPTH)) return;
  store<u32>(book, depthFor(held), BOOK_DEPTH);
}

/** The least depth that can be subscribed to and holds so many levels. */
function depthFor(levels: u32): u32 {
  if (levels <= 10) return 10;
  if (levels <= 25) return 25;
  if (levels <= 100) return 100;
  if (levels <= 500) return 500;
  return levels <= 1000 ? 1000 : 0;
}

function putSide(side: usize, book: usize, ask: bool): void {
  let entry: usize = load<u32>(side, SIDE_ENTRIES);
  for (const end = entry + load<u32>(side, SIDE_COUNT) * ENTRY_BYTES; entry < end; entry += ENTRY_BYTES) {
    const found = putLevel(book, ask, load<i64>(entry, ENTRY_PRICE), load<i64>(entry, ENTRY_QUANTITY));
    if (!found) addResult(RESULT_OVERFLOWED);
  }
}

/** The connection has been opened anew: what was known of the books is no more. */
export function emptyBooks(): void {
  for (let number: u32 = 0; number < booksUsed(); number++) {
    const book = bookAt(number);
    openBook(book);
    emptyBook(book);
    store<u32>(book, epoch, BOOK_EPOCH);
    closeBook(book);
  }
}

/** Nothing is known of the book, nor how deep it is. */
export function emptyBook(book: usize): void {
  store<u32>(book, BOOK_STATE_EMPTY, BOOK_STATE);
  store<u32>(book, 0, BOOK_BID_COUNT);
  store<u32>(book, 0, BOOK_ASK_COUNT);
  store<u8>(book, BOOK_CHECK_NONE, BOOK_CHECK);
  store<u8>(book, 0, BOOK_DEPTH_TOLD);
}
