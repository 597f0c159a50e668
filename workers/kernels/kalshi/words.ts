/** The words that are known as values in Kalshi's messages. A text is compared as the integers that its bytes make. */

import {
  BOOK_SIDE_ASK,
  BOOK_SIDE_BID,
  BOOK_SIDE_UNKNOWN,
  SIDE_NO,
  SIDE_UNKNOWN,
  SIDE_YES,
} from '../../../src/kalshi/record-layout.ts';
import { isWord, wordAt } from '../lib/json-scanner.ts';

const ASK: u64 = 0x6b7361;
const BID: u64 = 0x646962;
const ERROR: u64 = 0x726f727265;
const NO: u64 = 0x6f6e;
const OK: u64 = 0x6b6f;
const ORDERBOOK_DELTA: u64 = 0x6f6f62726564726f;
const ORDERBOOK_DELTA_2: u64 = 0x61746c65645f6b;
const ORDERBOOK_SNAPSHOT: u64 = 0x6f6f62726564726f;
const ORDERBOOK_SNAPSHOT_2: u64 = 0x687370616e735f6b;
const ORDERBOOK_SNAPSHOT_3: u16 = 0x746f;
const SUBSCRIBED: u64 = 0x6269726373627573;
const SUBSCRIBED_2: u64 = 0x6465;
const TICKER: u64 = 0x72656b636974;
const TRADE: u64 = 0x6564617274;
const UNSUBSCRIBED: u64 = 0x7263736275736e75;
const UNSUBSCRIBED_2: u64 = 0x64656269;
const YES: u64 = 0x736579;

/** None yet, or one that is not decoded here. */
export const TYPE_OTHER: u32 = 0;
export const TYPE_OK: u32 = 1;
export const TYPE_SUBSCRIBED: u32 = 2;
export const TYPE_UNSUBSCRIBED: u32 = 3;
export const TYPE_ERROR: u32 = 4;
/** Those from here on become records. */
export const TYPE_TICKER: u32 = 5;
export const TYPE_TRADE: u32 = 6;
export const TYPE_SNAPSHOT: u32 = 7;
export const TYPE_DELTA: u32 = 8;

export function typeAtHand(): u32 {
  if (isWord(15, ORDERBOOK_DELTA, ORDERBOOK_DELTA_2)) return TYPE_DELTA;
  if (isWord(6, TICKER)) return TYPE_TICKER;
  if (isWord(5, TRADE)) return TYPE_TRADE;
  if (isWord(18, ORDERBOOK_SNAPSHOT, ORDERBOOK_SNAPSHOT_2) && load<u16>(wordAt, 16) == ORDERBOOK_SNAPSHOT_3) {
    return TYPE_SNAPSHOT;
  }
  if (isWord(2, OK)) return TYPE_OK;
  if (isWord(10, SUBSCRIBED, SUBSCRIBED_2)) return TYPE_SUBSCRIBED;
  if (isWord(12, UNSUBSCRIBED, UNSUBSCRIBED_2)) return TYPE_UNSUBSCRIBED;
  return isWord(5, ERROR) ? TYPE_ERROR : TYPE_OTHER;
}

export function sideAtHand(): u32 {
  if (isWord(3, YES)) return SIDE_YES;
  return isWord(2, NO) ? SIDE_NO : SIDE_UNKNOWN;
}

export function bookSideAtHand(): u32 {
  if (isWord(3, BID)) return BOOK_SIDE_BID;
  return isWord(3, ASK) ? BOOK_SIDE_ASK : BOOK_SIDE_UNKNOWN;
}
