/** What the acknowledgement of a book's subscription tells about the book. Everything else about it is for the control side. */

import {
  BOOK_DEPTH,
  BOOK_DEPTH_TOLD,
  BOOK_STATE,
  BOOK_STATE_RESYNCING,
} from '../../../src/memory/book-layout.ts';
import { HANDED_ON_OVERFLOWED, RESULT_OVERFLOWED } from '../../../src/memory/counters-layout.ts';
import { bookOf, closeBook, openBook } from '../lib/books.ts';
import { readDecimal, wholeNumber } from '../lib/decimal.ts';
import { more, OPEN_OBJECT, peek, QUOTE, readWord, skipValue } from '../lib/json-scanner.ts';
import { key } from '../lib/key-guess.ts';
import { addResult, handOn } from '../lib/results.ts';
import { enterSymbol } from '../lib/symbol-table.ts';
import { emptyBook } from './book-update.ts';
import { KEY_CHANNEL, KEY_DEPTH, KEY_SYMBOL } from './keys.ts';
import { readMember } from './members.ts';
import { CHANNEL_BOOK, CHANNEL_OTHER, channelAtHand } from './words.ts';

/** @param at where the result of a request that succeeded begins; it is known to be good JSON */
export function applyResult(at: usize, subscribed: bool): void {
  if (peek(at) != OPEN_OBJECT) return;
  let channel = CHANNEL_OTHER;
  let symbolAt: usize = 0;
  let depth: i64 = -1;
  for (let member: u32 = 0; at != 0; member++) {
    at = readMember(at, member == 0);
    if (!more) break;
    switch (key) {
      case KEY_CHANNEL:
        at = readWord(at);
        channel = channelAtHand();
        break;
      case KEY_SYMBOL:
        symbolAt = peek(at) == QUOTE ? at : 0;
        at = skipValue(at);
        break;
      case KEY_DEPTH:
        at = readDecimal(at);
        depth = wholeNumber();
        break;
      default:
        at = skipValue(at);
    }
  }
  if (channel != CHANNEL_BOOK || symbolAt == 0) return;
  readWord(symbolAt);
  const symbol = enterSymbol();
  const book: usize = symbol < 0 ? 0 : bookOf(symbol);
  if (book == 0) {
    addResult(RESULT_OVERFLOWED);
    handOn(HANDED_ON_OVERFLOWED);
    return;
  }
  openBook(book);
  if (subscribed) {
    if (<u64>depth <= u32.MAX_VALUE) {
      store<u32>(book, <u32>depth, BOOK_DEPTH);
      store<u8>(book, 1, BOOK_DEPTH_TOLD);
    }
  } else if (load<u32>(book, BOOK_STATE) != BOOK_STATE_RESYNCING) {
    emptyBook(book);
  }
  closeBook(book);
}
