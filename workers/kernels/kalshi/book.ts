/** Brings books up to date with the book message at hand, and says whether they may be trusted. */

import {
  COUNT_SCALE,
  GAP_NEGATIVE,
  GAP_RECOVERED,
  GAP_UNUSABLE,
  PRICE_ONE,
  PRICE_SCALE,
  SIDE_NO,
  SIDE_UNKNOWN,
} from '../../../src/kalshi/record-layout.ts';
import { REGION_WORKSPACE } from '../../../src/memory/arena-layout.ts';
import {
  BOOK_AS_OF,
  BOOK_ASK_COUNT,
  BOOK_BID_COUNT,
  BOOK_CHECK,
  BOOK_CHECK_MATCHED,
  BOOK_CHECK_NONE,
  BOOK_EPOCH,
  BOOK_GOOD_AS_OF,
  BOOK_GOOD_RECEIVED_AT,
  BOOK_IGNORED,
  BOOK_IN_GAP,
  BOOK_IN_GAP_BEFORE,
  BOOK_PRICE_SCALE,
  BOOK_QUANTITY_SCALE,
  BOOK_RECEIVED_AT,
  BOOK_RESYNCS,
  BOOK_STATE,
  BOOK_STATE_LIVE,
  BOOK_STATE_RESYNCING,
  BOOK_STATE_SNAPSHOT,
  BOOK_UPDATES,
  BOOK_VENUE_SEQUENCE,
  BOOK_VENUE_SUBSCRIPTION,
  LEVEL_BYTES,
  LEVEL_PRICE,
  LEVEL_QUANTITY,
} from '../../../src/memory/book-layout.ts';
import {
  HANDED_ON_GAP,
  HANDED_ON_INEXACT,
  HANDED_ON_MALFORMED,
  HANDED_ON_NOT,
  HANDED_ON_OVERFLOWED,
  RESULT_BOOKS_IGNORED,
  RESULT_BOOKS_MATCHED,
  RESULT_INEXACT,
  RESULT_OVERFLOWED,
} from '../../../src/memory/counters-layout.ts';
import { CHANGE_FRAME, CHANGE_QUANTITY, WORKSPACE_CHANGE } from '../../../src/memory/workspace-layout.ts';
import { regionOffset } from '../lib/arena.ts';
import {
  bookNumber,
  bookRoom,
  closeBook,
  countOf,
  openBook,
  placeOf,
  putLevel,
  putLevelAt,
  quantityAt,
} from '../lib/books.ts';
import { addResult, handOn } from '../lib/results.ts';
import { epoch, frameNumber, receivedAt } from '../lib/slots.ts';
import { recordDelta, recordSnapshot } from './book-records.ts';
import { failBook, noteBook, stateBefore } from './book-state.ts';
import { change, changed, price, priced, side } from './delta.ts';
import { sequence, subscription } from './envelope.ts';
import { messageTime } from './message.ts';
import { recordBookGap } from './records.ts';
import { fault, noCount, noIsOnYesScale, noLevels, yesCount, yesLevels } from './snapshot.ts';
import { MOST_UNITS } from './units.ts';

/** The level that a delta changes, as a change that may have to be made again. */
let journal: usize = 0;

export function attachBookChanges(): void {
  journal = regionOffset(REGION_WORKSPACE) + WORKSPACE_CHANGE;
}

/** @param inGap whether a gap was found in the subscription of this message */
export function applyDelta(book: usize, symbol: u32, inGap: bool, checked: bool): void {
  noteBook(book);
  const before = stateBefore(book, subscription, inGap);
  const known = before == BOOK_STATE_SNAPSHOT || before == BOOK_STATE_LIVE;
  if (!known || load<u32>(book, BOOK_VENUE_SUBSCRIPTION) != subscription) {
    ignore(book);
    return;
  }
  const ask = side == SIDE_NO;
  if (!priced || !changed || side == SIDE_UNKNOWN || <u64>price > <u64>PRICE_ONE) {
    spoil(book, symbol, GAP_UNUSABLE, HANDED_ON_MALFORMED);
    return;
  }
  const yesPrice = ask && !noIsOnYesScale() ? PRICE_ONE - price : price;
  const number = bookNumber(book);
  const again = load<u32>(journal) == number + 1 && load<u32>(journal, CHANGE_FRAME) == frameNumber;
  const place = placeOf(book, ask, yesPrice);
  const old = again ? load<i64>(journal, CHANGE_QUANTITY) : quantityAt(place, book, ask, yesPrice);
  const quantity = old + change;
  if (quantity < 0) {
    spoil(book, symbol, GAP_NEGATIVE, HANDED_ON_GAP);
    return;
  }
  if (quantity > MOST_UNITS) {
    addResult(RESULT_INEXACT);
    spoil(book, symbol, GAP_UNUSABLE, HANDED_ON_INEXACT);
    return;
  }
  if (!again) {
    if (old == 0 && quantity != 0 && load<u32>(countOf(book, ask)) == bookRoom) {
      addResult(RESULT_OVERFLOWED);
      spoil(book, symbol, GAP_UNUSABLE, HANDED_ON_OVERFLOWED);
      return;
    }
    store<u32>(journal, 0);
    store<u32>(journal, frameNumber, CHANGE_FRAME);
    store<i64>(journal, old, CHANGE_QUANTITY);
    store<u32>(journal, number + 1);
  }
  openBook(book);
  putLevelAt(place, book, ask, yesPrice, quantity);
  accept(book, BOOK_STATE_LIVE, checked);
  closeBook(book);
  recordDelta(book, symbol, ask ? PRICE_ONE - yesPrice : yesPrice, quantity);
}

/** As `applyDelta`. */
export function applySnapshot(book: usize, symbol: u32, inGap: bool, checked: bool): void {
  noteBook(book);
  const before = stateBefore(book, subscription, inGap);
  let why = fault;
  if (why == HANDED_ON_NOT && max(yesCount, noCount) > bookRoom) why = HANDED_ON_OVERFLOWED;
  store<u32>(book, subscription, BOOK_VENUE_SUBSCRIPTION);
  if (why != HANDED_ON_NOT) {
    if (why == HANDED_ON_INEXACT) addResult(RESULT_INEXACT);
    else if (why == HANDED_ON_OVERFLOWED) addResult(RESULT_OVERFLOWED);
    spoil(book, symbol, GAP_UNUSABLE, why);
    return;
  }
  const recovered = before == BOOK_STATE_RESYNCING || load<u8>(book, BOOK_IN_GAP_BEFORE) != 0;
  const goodAsOf = load<i64>(book, BOOK_GOOD_AS_OF);
  openBook(book);
  store<u8>(book, PRICE_SCALE, BOOK_PRICE_SCALE);
  store<u8>(book, COUNT_SCALE, BOOK_QUANTITY_SCALE);
  store<u32>(book, 0, BOOK_BID_COUNT);
  store<u32>(book, 0, BOOK_ASK_COUNT);
  putLadder(book, false, yesLevels, yesCount, false);
  putLadder(book, true, noLevels, noCount, !noIsOnYesScale());
  accept(book, BOOK_STATE_SNAPSHOT, checked);
  store<u8>(book, 0, BOOK_IN_GAP);
  if (recovered) store<u32>(book, load<u32>(book, BOOK_RESYNCS) + 1, BOOK_RESYNCS);
  closeBook(book);
  recordSnapshot(book, symbol);
  if (recovered) recordBookGap(GAP_RECOVERED, symbol, goodAsOf, 0);
}

/** The message has been applied. */
function accept(book: usize, state: u32, checked: bool): void {
  store<u32>(book, state, BOOK_STATE);
  store<u8>(book, checked ? BOOK_CHECK_MATCHED : BOOK_CHECK_NONE, BOOK_CHECK);
  store<u32>(book, sequence, BOOK_VENUE_SEQUENCE);
  store<u32>(book, epoch, BOOK_EPOCH);
  store<i64>(book, messageTime, BOOK_AS_OF);
  store<i64>(book, messageTime, BOOK_GOOD_AS_OF);
  store<f64>(book, receivedAt, BOOK_RECEIVED_AT);
  store<f64>(book, receivedAt, BOOK_GOOD_RECEIVED_AT);
  store<f64>(book, load<f64>(book, BOOK_UPDATES) + 1, BOOK_UPDATES);
  if (checked) addResult(RESULT_BOOKS_MATCHED);
}

/** There is nothing yet, or nothing to be trusted, that the delta could be applied to. */
function ignore(book: usize): void {
  openBook(book);
  store<u32>(book, load<u32>(book, BOOK_IGNORED) + 1, BOOK_IGNORED);
  closeBook(book);
  addResult(RESULT_BOOKS_IGNORED);
}

/** The message cannot be applied, so that its book cannot be trusted. */
function spoil(book: usize, symbol: u32, reason: u32, why: u32): void {
  openBook(book);
  failBook(book);
  closeBook(book);
  handOn(why);
  recordBookGap(reason, symbol, load<i64>(book, BOOK_GOOD_AS_OF), 1);
}

/** Puts the levels of a snapshot into a side that is empty. They may come in any order; of two with one price, the last counts. */
function putLadder(book: usize, ask: bool, levels: usize, count: u32, complement: bool): void {
  const end = levels + count * LEVEL_BYTES;
  // The best one comes last, as a rule: in this order nothing has to be moved.
  const backwards = isRising(levels, end) && complement == ask;
  let at = backwards ? end : levels;
  for (let left = count; left > 0; left--) {
    if (backwards) at -= LEVEL_BYTES;
    const written = load<i64>(at, LEVEL_PRICE);
    putLevel(book, ask, complement ? PRICE_ONE - written : written, load<i64>(at, LEVEL_QUANTITY));
    if (!backwards) at += LEVEL_BYTES;
  }
}

function isRising(levels: usize, end: usize): bool {
  for (let at = levels + LEVEL_BYTES; at < end; at += LEVEL_BYTES) {
    if (load<i64>(at, LEVEL_PRICE) <= load<i64>(at - LEVEL_BYTES, LEVEL_PRICE)) return false;
  }
  return true;
}
