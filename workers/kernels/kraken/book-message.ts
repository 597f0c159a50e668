/** Reads the elements of a book's data. */

import {
  HANDED_ON_INEXACT,
  HANDED_ON_MALFORMED,
  HANDED_ON_OVERFLOWED,
} from '../../../src/memory/counters-layout.ts';
import {
  DECIMAL_EXACT,
  DECIMAL_INEXACT,
  DECIMAL_NONE,
  decimalState,
  integer,
  readDecimal,
  readNumber,
  scale,
  wholeNumber,
} from '../lib/decimal.ts';
import {
  CLOSE_OBJECT,
  COLON,
  end,
  enterArray,
  more,
  nextElement,
  OPEN_ARRAY,
  OPEN_OBJECT,
  peek,
  QUOTE,
  skipValue,
} from '../lib/json-scanner.ts';
import { guessKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import { nanoseconds, readTimestamp, timestampFailed } from '../lib/timestamp.ts';
import {
  addEntry,
  beginElement,
  beginSide,
  CHECKED,
  CHECKED_NOT,
  CHECKED_WRONG,
  ELEMENT_ASKS,
  ELEMENT_BIDS,
  ELEMENT_CHECKED,
  ELEMENT_CHECKSUM,
  ELEMENT_SYMBOL,
  ELEMENT_TIME_FAILED,
  ELEMENT_TIMESTAMP,
  SIDE_FAULT,
} from './book-elements.ts';
import {
  KEY_ASKS,
  KEY_BIDS,
  KEY_CHECKSUM,
  KEY_PRICE,
  KEY_QUANTITY,
  KEY_SYMBOL,
  KEY_TIMESTAMP,
} from './keys.ts';
import { learnMember, readMember, SHAPE_BOOK } from './members.ts';
import { misunderstood, refuse } from './message.ts';

/** `{"price"` and `,"qty":`, as a level is written as a rule. */
const PRICE_MEMBER: u64 = 0x22656369_7270227b;
const QUANTITY_MEMBER: u64 = 0x003a2279_7471222c;
const SEVEN_BYTES: u64 = 0x00ffffff_ffffffff;

/** The level that was read last, and what is wrong with it: 0 for nothing. */
let price: i64 = 0;
let priceScale: i32 = 0;
let quantity: i64 = 0;
let quantityScale: i32 = 0;
let fault: u32 = 0;

/** Reads one element; the book is not touched. */
export function readBookElement(at: usize): usize {
  const element = beginElement();
  if (element == 0) {
    refuse(HANDED_ON_OVERFLOWED);
    return skipValue(at);
  }
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_BOOK, member);
    at = guessKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    switch (key) {
      case KEY_SYMBOL:
        store<u32>(element, peek(at) == QUOTE ? <u32>at : 0, ELEMENT_SYMBOL);
        at = skipValue(at);
        break;
      case KEY_BIDS:
        at = readSide(at, element + ELEMENT_BIDS);
        break;
      case KEY_ASKS:
        at = readSide(at, element + ELEMENT_ASKS);
        break;
      case KEY_CHECKSUM:
        at = readChecksum(at, element);
        break;
      case KEY_TIMESTAMP:
        at = readTimestamp(at);
        store<i64>(element, nanoseconds, ELEMENT_TIMESTAMP);
        store<u8>(element, u8(timestampFailed), ELEMENT_TIME_FAILED);
        break;
      default:
        at = skipValue(at);
    }
  }
  if (load<u32>(element, ELEMENT_SYMBOL) == 0) misunderstood();
  return at;
}

function readChecksum(at: usize, element: usize): usize {
  at = readDecimal(at);
  const checksum = wholeNumber();
  let checked = CHECKED_NOT;
  if (decimalState != DECIMAL_NONE) checked = <u64>checksum <= u32.MAX_VALUE ? CHECKED : CHECKED_WRONG;
  store<u32>(element, checked == CHECKED ? <u32>checksum : 0, ELEMENT_CHECKSUM);
  store<u8>(element, checked, ELEMENT_CHECKED);
  return at;
}

function readSide(at: usize, side: usize): usize {
  beginSide(side);
  if (peek(at) != OPEN_ARRAY) {
    spoil(side, HANDED_ON_MALFORMED);
    return skipValue(at);
  }
  at = enterArray(at);
  while (at != 0 && more) {
    at = readLevel(at);
    if (fault != 0) spoil(side, fault);
    else if (!addEntry(side, price, priceScale, quantity, quantityScale)) spoil(side, HANDED_ON_OVERFLOWED);
    at = nextElement(at);
  }
  return at;
}

/** The side is not as it should be, and cannot be applied. */
function spoil(side: usize, why: u32): void {
  if (why > load<u8>(side, SIDE_FAULT)) store<u8>(side, <u8>why, SIDE_FAULT);
}

/** Reads a level into the variables above: at once when it is written as it is as a rule. */
function readLevel(at: usize): usize {
  fault = 0;
  if (at + 10 > end || load<u64>(at) != PRICE_MEMBER || load<u8>(at, 8) != COLON || !isDigit(at + 9)) {
    return readOddLevel(at);
  }
  let behind = readNumber(at + 9);
  if (behind == 0 || decimalState != DECIMAL_EXACT) return readOddLevel(at);
  price = integer;
  priceScale = scale;
  if (behind + 8 > end || (load<u64>(behind) & SEVEN_BYTES) != QUANTITY_MEMBER || !isDigit(behind + 7)) {
    return readOddLevel(at);
  }
  behind = readNumber(behind + 7);
  if (behind == 0 || decimalState != DECIMAL_EXACT || peek(behind) != CLOSE_OBJECT) return readOddLevel(at);
  quantity = integer;
  quantityScale = scale;
  return behind + 1;
}

function isDigit(at: usize): bool {
  return <u8>(load<u8>(at) - 0x30) < 10;
}

/** However a level may be written. */
function readOddLevel(at: usize): usize {
  if (peek(at) != OPEN_OBJECT) {
    fault = HANDED_ON_MALFORMED;
    return skipValue(at);
  }
  let priceFault: u32 = HANDED_ON_MALFORMED;
  let quantityFault: u32 = HANDED_ON_MALFORMED;
  for (let member: u32 = 0; at != 0; member++) {
    at = readMember(at, member == 0);
    if (!more) break;
    switch (key) {
      case KEY_PRICE:
        at = readDecimal(at);
        price = integer;
        priceScale = scale;
        priceFault = faultOfDecimal();
        break;
      case KEY_QUANTITY:
        at = readDecimal(at);
        quantity = integer;
        quantityScale = scale;
        quantityFault = faultOfDecimal();
        break;
      default:
        at = skipValue(at);
    }
  }
  fault = max(priceFault, quantityFault);
  return at;
}

/** What is wrong with the number at hand as a price or quantity: it is missing, negative or inexact; 0 for nothing. */
function faultOfDecimal(): u32 {
  if (decimalState == DECIMAL_INEXACT) return HANDED_ON_INEXACT;
  return decimalState == DECIMAL_EXACT && integer >= 0 ? 0 : HANDED_ON_MALFORMED;
}
