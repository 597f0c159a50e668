/** Whether a book may be trusted: what messages do to its state, and what it was before the frame at hand. */

import {
  BOOK_ASK_COUNT,
  BOOK_BID_COUNT,
  BOOK_CHECK,
  BOOK_CHECK_FAILED,
  BOOK_CHECK_NONE,
  BOOK_EPOCH,
  BOOK_FRAME,
  BOOK_IN_GAP,
  BOOK_IN_GAP_BEFORE,
  BOOK_MISMATCHES,
  BOOK_STATE,
  BOOK_STATE_BEFORE,
  BOOK_STATE_EMPTY,
  BOOK_STATE_RESYNCING,
  BOOK_VENUE_SUBSCRIPTION,
  BOOK_VENUE_SUBSCRIPTION_BEFORE,
} from '../../../src/memory/book-layout.ts';
import { RESULT_BOOKS_FAILED } from '../../../src/memory/counters-layout.ts';
import { bookAt, booksUsed, closeBook, openBook } from '../lib/books.ts';
import { addResult } from '../lib/results.ts';
import { epoch, frameNumber } from '../lib/slots.ts';

/** Before the first change of a book by the frame at hand, even when a decoder died of the frame after it had changed it. */
export function noteBook(book: usize): void {
  if (load<u32>(book, BOOK_FRAME) == frameNumber) return;
  store<u32>(book, load<u32>(book, BOOK_STATE), BOOK_STATE_BEFORE);
  store<u32>(book, load<u32>(book, BOOK_VENUE_SUBSCRIPTION), BOOK_VENUE_SUBSCRIPTION_BEFORE);
  store<u8>(book, load<u8>(book, BOOK_IN_GAP), BOOK_IN_GAP_BEFORE);
  store<u32>(book, frameNumber, BOOK_FRAME);
}

/** Of a book, noted or not: its subscription before the frame at hand. */
function subscriptionBefore(book: usize): u32 {
  const noted = load<u32>(book, BOOK_FRAME) == frameNumber;
  return noted ? load<u32>(book, BOOK_VENUE_SUBSCRIPTION_BEFORE) : load<u32>(book, BOOK_VENUE_SUBSCRIPTION);
}

/** The state of a book before its message at hand, given whether a gap was found in that message's subscription. */
export function stateBefore(book: usize, subscription: u32, inGap: bool): u32 {
  const state = load<u32>(book, BOOK_STATE_BEFORE);
  const failed = inGap && load<u32>(book, BOOK_VENUE_SUBSCRIPTION_BEFORE) == subscription;
  return failed && state != BOOK_STATE_EMPTY ? BOOK_STATE_RESYNCING : state;
}

/** An open book cannot be trusted any more. */
export function failBook(book: usize): void {
  store<u32>(book, BOOK_STATE_RESYNCING, BOOK_STATE);
  store<u8>(book, BOOK_CHECK_FAILED, BOOK_CHECK);
  store<u8>(book, 1, BOOK_IN_GAP);
  store<u32>(book, load<u32>(book, BOOK_MISMATCHES) + 1, BOOK_MISMATCHES);
  store<u32>(book, epoch, BOOK_EPOCH);
  addResult(RESULT_BOOKS_FAILED);
}

/** No book of a subscription can be trusted any more; answers how many could before. */
export function failBooks(subscription: u32): u32 {
  let failed: u32 = 0;
  for (let number: u32 = 0; number < booksUsed(); number++) {
    const book = bookAt(number);
    if (subscriptionBefore(book) != subscription) continue;
    noteBook(book);
    const state = load<u32>(book, BOOK_STATE_BEFORE);
    if (state == BOOK_STATE_EMPTY || state == BOOK_STATE_RESYNCING) continue;
    openBook(book);
    failBook(book);
    closeBook(book);
    failed += 1;
  }
  return failed;
}

/** Nothing is known of the book. */
export function emptyBook(book: usize): void {
  openBook(book);
  store<u32>(book, BOOK_STATE_EMPTY, BOOK_STATE);
  store<u32>(book, 0, BOOK_BID_COUNT);
  store<u32>(book, 0, BOOK_ASK_COUNT);
  store<u8>(book, BOOK_CHECK_NONE, BOOK_CHECK);
  store<u32>(book, epoch, BOOK_EPOCH);
  closeBook(book);
}

/** The connection has been opened anew: what was known of the books is no more. */
export function emptyBooks(): void {
  for (let number: u32 = 0; number < booksUsed(); number++) {
    const book = bookAt(number);
    emptyBook(book);
    store<u32>(book, 0, BOOK_VENUE_SUBSCRIPTION);
  }
}
