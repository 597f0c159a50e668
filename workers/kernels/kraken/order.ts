import {
  KRAKEN_FLAG_CONTINUED,
  KRAKEN_ORDER,
  KRAKEN_SYMBOL,
  KRAKEN_TIMESTAMP,
  ORDER_CHECKSUM,
  ORDER_EVENT,
  ORDER_EVENT_SNAPSHOT,
  ORDER_ID,
  ORDER_ID_LENGTH,
  ORDER_ID_MOST_BYTES,
  ORDER_PRICE,
  ORDER_PRICE_SCALE,
  ORDER_QUANTITY,
  ORDER_QUANTITY_SCALE,
  ORDER_SIDE,
  ORDER_TIMESTAMP,
  SCALE_ABSENT,
  SIDE_BUY,
  SIDE_SELL,
  SIDE_UNKNOWN,
} from '../../../src/kraken/record-layout.ts';
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
  wordAt,
  wordLength,
} from '../lib/json-scanner.ts';
import { guessKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import { addFlags, beginRecord, endRecord, records, slotOf } from '../lib/slots.ts';
import { nanoseconds, readTimestamp, timestampFailed } from '../lib/timestamp.ts';
import { beginFields, decimalField, endFields, timeField } from './fields.ts';
import {
  KEY_ASKS,
  KEY_BIDS,
  KEY_CHECKSUM,
  KEY_EVENT,
  KEY_LIMIT_PRICE,
  KEY_ORDER_ID,
  KEY_ORDER_QUANTITY,
  KEY_SYMBOL,
  KEY_TIMESTAMP,
} from './keys.ts';
import { markInexact } from './marks.ts';
import { learnMember, readMember, SHAPE_ORDER } from './members.ts';
import { misunderstood } from './message.ts';
import { EVENT_OTHER, orderEventAtHand } from './words.ts';

/** What all orders of an element are told, which may come after them. */
let symbolAt: usize = 0;
let checksum: u32 = 0;
let time: i64 = 0;
let timeFailed: bool = false;

/** Reads one element of a level3's data: a record for each order, bids first. */
export function readOrders(at: usize): usize {
  let bids: usize = 0;
  let asks: usize = 0;
  symbolAt = 0;
  checksum = 0;
  time = 0;
  timeFailed = false;
  for (let member: u32 = 0; at != 0; member++) {
    at = readMember(at, member == 0);
    if (!more) break;
    switch (key) {
      case KEY_SYMBOL:
        symbolAt = peek(at) == QUOTE ? at : 0;
        at = skipValue(at);
        break;
      case KEY_CHECKSUM:
        at = readDecimal(at);
        checksum = <u64>wholeNumber() <= u32.MAX_VALUE ? <u32>wholeNumber() : 0;
        break;
      case KEY_TIMESTAMP:
        at = readTimestamp(at);
        time = nanoseconds;
        timeFailed = timestampFailed;
        break;
      case KEY_BIDS:
        bids = at;
        at = skipValue(at);
        break;
      case KEY_ASKS:
        asks = at;
        at = skipValue(at);
        break;
      default:
        at = skipValue(at);
    }
  }
  if (at == 0) return 0;
  if (symbolAt == 0) misunderstood();
  const first = records;
  // What is read again here is good JSON.
  readSide(bids, SIDE_BUY);
  readSide(asks, SIDE_SELL);
  if (records == first) endOrder(beginOrder(SIDE_UNKNOWN));
  for (let index = first; index + 1 < records; index++) addFlags(slotOf(index), KRAKEN_FLAG_CONTINUED);
  return at;
}

function readSide(at: usize, side: u32): void {
  if (at == 0) return;
  if (peek(at) != OPEN_ARRAY) {
    misunderstood();
    return;
  }
  at = enterArray(at);
  while (more) {
    if (peek(at) == OPEN_OBJECT) {
      at = readOrder(at, side);
    } else {
      misunderstood();
      at = skipValue(at);
    }
    at = nextElement(at);
  }
}

function readOrder(at: usize, side: u32): usize {
  const slot = beginOrder(side);
  beginFields();
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_ORDER, member);
    at = guessKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    switch (key) {
      case KEY_LIMIT_PRICE:
        at = decimalField(at, slot, ORDER_PRICE, ORDER_PRICE_SCALE);
        break;
      case KEY_ORDER_QUANTITY:
        at = decimalField(at, slot, ORDER_QUANTITY, ORDER_QUANTITY_SCALE);
        break;
      case KEY_EVENT:
        at = readWord(at);
        store<u8>(slot, <u8>orderEventAtHand(), ORDER_EVENT);
        break;
      case KEY_ORDER_ID:
        at = readWord(at);
        keepId(slot);
        break;
      case KEY_TIMESTAMP:
        at = timeField(at, slot, ORDER_TIMESTAMP);
        break;
      default:
        at = skipValue(at);
    }
  }
  endFields(slot);
  if (load<u8>(slot, ORDER_ID_LENGTH) == 0 || load<u8>(slot, ORDER_EVENT) == <u8>EVENT_OTHER) misunderstood();
  endOrder(slot);
  return at;
}

function beginOrder(side: u32): usize {
  const slot = beginRecord(KRAKEN_ORDER);
  store<u32>(slot, <u32>symbolAt, KRAKEN_SYMBOL);
  store<i64>(slot, time, KRAKEN_TIMESTAMP);
  store<u32>(slot, checksum, ORDER_CHECKSUM);
  store<u8>(slot, <u8>side, ORDER_SIDE);
  store<u8>(slot, ORDER_EVENT_SNAPSHOT, ORDER_EVENT);
  store<u8>(slot, SCALE_ABSENT, ORDER_PRICE_SCALE);
  store<u8>(slot, SCALE_ABSENT, ORDER_QUANTITY_SCALE);
  return slot;
}

function endOrder(slot: usize): void {
  if (timeFailed) markInexact(slot, 1);
  endRecord();
}

/** An id that is too long is not understood, like one that is missing. */
function keepId(slot: usize): void {
  const length: u32 = wordLength <= <u32>ORDER_ID_MOST_BYTES ? wordLength : 0;
  for (let i: u32 = 0; i < length; i++) store<u8>(slot + i, load<u8>(wordAt + i), ORDER_ID);
  store<u8>(slot, <u8>length, ORDER_ID_LENGTH);
}
