/** What the venue's answers tell about subscriptions and their books. Everything else about them is for the control side. */

import { GAP_ENDED } from '../../../src/kalshi/record-layout.ts';
import { BOOK_STATE, BOOK_STATE_EMPTY, BOOK_VENUE_SUBSCRIPTION } from '../../../src/memory/book-layout.ts';
import { SYMBOL_BOOK } from '../../../src/memory/symbol-table-layout.ts';
import { bookAt, booksUsed } from '../lib/books.ts';
import { readDecimal, wholeNumber } from '../lib/decimal.ts';
import {
  enterArray,
  more,
  nextElement,
  OPEN_ARRAY,
  OPEN_OBJECT,
  peek,
  QUOTE,
  readWord,
  skipValue,
} from '../lib/json-scanner.ts';
import { key } from '../lib/key-guess.ts';
import { beginSequence, endSequence, enterSequence, findSequence, hadEnded } from '../lib/sequence-table.ts';
import { records } from '../lib/slots.ts';
import { findSymbol, symbolEntry } from '../lib/symbol-table.ts';
import { emptyBook, failBooks } from './book-state.ts';
import { codeAt, errorAt, hasSubscription, msgAt, subscription, tickersAt } from './envelope.ts';
import { KEY_CODE, KEY_MARKET_TICKERS, KEY_SID } from './keys.ts';
import { readMember } from './members.ts';
import { recordGap } from './records.ts';
import { room } from './snapshot.ts';
import { TYPE_ERROR, TYPE_OK, TYPE_SUBSCRIBED, TYPE_UNSUBSCRIBED } from './words.ts';

/** Errors that end a subscription: a channel error, and a reader that is too slow. */
const CODE_CHANNEL_ERROR: i64 = 10;
const CODE_OVERFLOW: i64 = 25;

export function applyAnswer(messageType: u32): void {
  if (messageType == TYPE_SUBSCRIBED) {
    applySubscribed();
    return;
  }
  if (!hasSubscription) return;
  if (messageType == TYPE_OK) applyList();
  else if (messageType == TYPE_UNSUBSCRIBED) applyUnsubscribed();
  else if (messageType == TYPE_ERROR) applyError();
}

/** A number that is given again, though none should be: its subscription is another one now. */
function applySubscribed(): void {
  const sidAt = memberAt(msgAt, KEY_SID);
  if (sidAt == 0) return;
  readDecimal(sidAt);
  const whole = wholeNumber();
  if (<u64>whole > u32.MAX_VALUE) return;
  const entry = findSequence(<u32>whole);
  if (entry != 0 && hadEnded(entry)) beginSequence(entry);
}

function applyUnsubscribed(): void {
  const entry = enterSequence(subscription);
  if (entry != 0) endSequence(entry);
  for (let number: u32 = 0; number < booksUsed(); number++) {
    const book = bookAt(number);
    if (load<u32>(book, BOOK_VENUE_SUBSCRIPTION) == subscription) emptyBook(book);
  }
}

function applyError(): void {
  const code = codeOf();
  if (code != CODE_CHANNEL_ERROR && code != CODE_OVERFLOW) return;
  const entry = enterSequence(subscription);
  if (entry != 0) {
    if (hadEnded(entry)) return;
    endSequence(entry);
  }
  // A gap that was found in the message's own number has told of the books.
  const books: u32 = records == 0 ? failBooks(subscription) : 0;
  recordGap(GAP_ENDED, 0, <u32>code, books);
}

/** The code is in `msg`, in `error`, or beside them; −1 when it is nowhere. */
function codeOf(): i64 {
  let at = memberAt(msgAt, KEY_CODE);
  if (at == 0) at = memberAt(errorAt, KEY_CODE);
  if (at == 0) at = codeAt;
  if (at == 0) return -1;
  readDecimal(at);
  return wholeNumber();
}

/** Where the value of an object's member begins, which is known to be good JSON; 0 when there is none. */
function memberAt(at: usize, wanted: u32): usize {
  if (at == 0 || peek(at) != OPEN_OBJECT) return 0;
  let found: usize = 0;
  for (let member: u32 = 0; at != 0; member++) {
    at = readMember(at, member == 0);
    if (!more) break;
    if (key == wanted) found = at;
    at = skipValue(at);
  }
  return found;
}

/** The list of what a subscription has now: books of others in it are no more. */
function applyList(): void {
  let at = memberAt(msgAt, KEY_MARKET_TICKERS);
  if (at == 0) at = tickersAt;
  if (at == 0 || peek(at) != OPEN_ARRAY) return;
  memory.fill(room, 0, (booksUsed() + 7) / 8);
  at = enterArray(at);
  while (at != 0 && more) {
    if (peek(at) == QUOTE) {
      at = readWord(at);
      noteListed();
    } else {
      at = skipValue(at);
    }
    at = nextElement(at);
  }
  for (let number: u32 = 0; number < booksUsed(); number++) {
    const book = bookAt(number);
    if (load<u32>(book, BOOK_VENUE_SUBSCRIPTION) != subscription) continue;
    if (load<u32>(book, BOOK_STATE) == BOOK_STATE_EMPTY) continue;
    if ((load<u8>(room + number / 8) & ((<u8>1) << (<u8>(number % 8)))) == 0) emptyBook(book);
  }
}

/** A bit for the book of the symbol at hand. */
function noteListed(): void {
  const symbol = findSymbol();
  const book: u32 = symbol < 0 ? 0 : load<u32>(symbolEntry(symbol), SYMBOL_BOOK);
  if (book == 0 || book > booksUsed()) return;
  const at = room + (book - 1) / 8;
  store<u8>(at, load<u8>(at) | ((<u8>1) << (<u8>((book - 1) % 8))));
}
