/** The words that are known as values in Kraken's messages. A text is compared as the integers that its bytes make. */

import {
  INSTRUMENT_STATUS_CANCEL_ONLY,
  INSTRUMENT_STATUS_DELISTED,
  INSTRUMENT_STATUS_LIMIT_ONLY,
  INSTRUMENT_STATUS_MAINTENANCE,
  INSTRUMENT_STATUS_ONLINE,
  INSTRUMENT_STATUS_POST_ONLY,
  INSTRUMENT_STATUS_REDUCE_ONLY,
  INSTRUMENT_STATUS_UNKNOWN,
  INSTRUMENT_STATUS_WORK_IN_PROGRESS,
  ORDER_EVENT_ADD,
  ORDER_EVENT_DELETE,
  ORDER_EVENT_MODIFY,
  ORDER_TYPE_LIMIT,
  ORDER_TYPE_MARKET,
  ORDER_TYPE_UNKNOWN,
  SIDE_BUY,
  SIDE_SELL,
  SIDE_UNKNOWN,
  SYSTEM_CANCEL_ONLY,
  SYSTEM_LIMIT_ONLY,
  SYSTEM_MAINTENANCE,
  SYSTEM_ONLINE,
  SYSTEM_POST_ONLY,
  SYSTEM_UNKNOWN,
} from '../../../src/kraken/record-layout.ts';
import { isWord } from '../lib/json-scanner.ts';

const ADD: u64 = 0x646461;
const BOOK: u64 = 0x6b6f6f62;
const BUY: u64 = 0x797562;
const CANCEL_ONLY: u64 = 0x6f5f6c65636e6163;
const CANCEL_ONLY_2: u64 = 0x796c6e;
const DELETE: u64 = 0x6574656c6564;
const DELISTED: u64 = 0x64657473696c6564;
const HEARTBEAT: u64 = 0x6165627472616568;
const HEARTBEAT_2: u64 = 0x74;
const INSTRUMENT: u64 = 0x656d757274736e69;
const INSTRUMENT_2: u64 = 0x746e;
const LEVEL3: u64 = 0x336c6576656c;
const LIMIT: u64 = 0x74696d696c;
const LIMIT_ONLY: u64 = 0x6e6f5f74696d696c;
const LIMIT_ONLY_2: u64 = 0x796c;
const MAINTENANCE: u64 = 0x616e65746e69616d;
const MAINTENANCE_2: u64 = 0x65636e;
const MARKET: u64 = 0x74656b72616d;
const MODIFY: u64 = 0x796669646f6d;
const OHLC: u64 = 0x636c686f;
const ONLINE: u64 = 0x656e696c6e6f;
const POST_ONLY: u64 = 0x6c6e6f5f74736f70;
const POST_ONLY_2: u64 = 0x79;
const REDUCE_ONLY: u64 = 0x6f5f656375646572;
const REDUCE_ONLY_2: u64 = 0x796c6e;
const SELL: u64 = 0x6c6c6573;
const SNAPSHOT: u64 = 0x746f687370616e73;
const STATUS: u64 = 0x737574617473;
const SUBSCRIBE: u64 = 0x6269726373627573;
const SUBSCRIBE_2: u64 = 0x65;
const TICKER: u64 = 0x72656b636974;
const TRADE: u64 = 0x6564617274;
const UNSUBSCRIBE: u64 = 0x7263736275736e75;
const UNSUBSCRIBE_2: u64 = 0x656269;
const UPDATE: u64 = 0x657461647075;
const WORK_IN_PROGRESS: u64 = 0x5f6e695f6b726f77;
const WORK_IN_PROGRESS_2: u64 = 0x73736572676f7270;

/** None yet, or one that is not decoded here. */
export const CHANNEL_OTHER: u32 = 0;
export const CHANNEL_HEARTBEAT: u32 = 1;
/** Those from here on have data that become records. */
export const CHANNEL_TICKER: u32 = 2;
export const CHANNEL_TRADE: u32 = 3;
export const CHANNEL_BOOK: u32 = 4;
export const CHANNEL_CANDLE: u32 = 5;
export const CHANNEL_INSTRUMENT: u32 = 6;
export const CHANNEL_STATUS: u32 = 7;
export const CHANNEL_LEVEL3: u32 = 8;

export const TYPE_OTHER: u32 = 0;
export const TYPE_SNAPSHOT: u32 = 1;
export const TYPE_UPDATE: u32 = 2;

/** An order's event of which nobody has told. */
export const EVENT_OTHER: u32 = 0xff;

export const METHOD_NONE: u32 = 0;
export const METHOD_OTHER: u32 = 1;
export const METHOD_SUBSCRIBE: u32 = 2;
export const METHOD_UNSUBSCRIBE: u32 = 3;

export function channelAtHand(): u32 {
  if (isWord(4, BOOK)) return CHANNEL_BOOK;
  if (isWord(6, TICKER)) return CHANNEL_TICKER;
  if (isWord(5, TRADE)) return CHANNEL_TRADE;
  if (isWord(9, HEARTBEAT, HEARTBEAT_2)) return CHANNEL_HEARTBEAT;
  if (isWord(4, OHLC)) return CHANNEL_CANDLE;
  if (isWord(6, LEVEL3)) return CHANNEL_LEVEL3;
  if (isWord(10, INSTRUMENT, INSTRUMENT_2)) return CHANNEL_INSTRUMENT;
  if (isWord(6, STATUS)) return CHANNEL_STATUS;
  return CHANNEL_OTHER;
}

export function typeAtHand(): u32 {
  if (isWord(6, UPDATE)) return TYPE_UPDATE;
  return isWord(8, SNAPSHOT) ? TYPE_SNAPSHOT : TYPE_OTHER;
}

export function methodAtHand(): u32 {
  if (isWord(9, SUBSCRIBE, SUBSCRIBE_2)) return METHOD_SUBSCRIBE;
  return isWord(11, UNSUBSCRIBE, UNSUBSCRIBE_2) ? METHOD_UNSUBSCRIBE : METHOD_OTHER;
}

export function sideAtHand(): u32 {
  if (isWord(3, BUY)) return SIDE_BUY;
  return isWord(4, SELL) ? SIDE_SELL : SIDE_UNKNOWN;
}

export function orderTypeAtHand(): u32 {
  if (isWord(5, LIMIT)) return ORDER_TYPE_LIMIT;
  return isWord(6, MARKET) ? ORDER_TYPE_MARKET : ORDER_TYPE_UNKNOWN;
}

export function orderEventAtHand(): u32 {
  if (isWord(3, ADD)) return ORDER_EVENT_ADD;
  if (isWord(6, MODIFY)) return ORDER_EVENT_MODIFY;
  return isWord(6, DELETE) ? ORDER_EVENT_DELETE : EVENT_OTHER;
}

export function systemAtHand(): u32 {
  if (isWord(6, ONLINE)) return SYSTEM_ONLINE;
  if (isWord(11, CANCEL_ONLY, CANCEL_ONLY_2)) return SYSTEM_CANCEL_ONLY;
  if (isWord(11, MAINTENANCE, MAINTENANCE_2)) return SYSTEM_MAINTENANCE;
  if (isWord(9, POST_ONLY, POST_ONLY_2)) return SYSTEM_POST_ONLY;
  return isWord(10, LIMIT_ONLY, LIMIT_ONLY_2) ? SYSTEM_LIMIT_ONLY : SYSTEM_UNKNOWN;
}

export function instrumentStatusAtHand(): u32 {
  if (isWord(6, ONLINE)) return INSTRUMENT_STATUS_ONLINE;
  if (isWord(11, CANCEL_ONLY, CANCEL_ONLY_2)) return INSTRUMENT_STATUS_CANCEL_ONLY;
  if (isWord(8, DELISTED)) return INSTRUMENT_STATUS_DELISTED;
  if (isWord(10, LIMIT_ONLY, LIMIT_ONLY_2)) return INSTRUMENT_STATUS_LIMIT_ONLY;
  if (isWord(11, MAINTENANCE, MAINTENANCE_2)) return INSTRUMENT_STATUS_MAINTENANCE;
  if (isWord(9, POST_ONLY, POST_ONLY_2)) return INSTRUMENT_STATUS_POST_ONLY;
  if (isWord(11, REDUCE_ONLY, REDUCE_ONLY_2)) return INSTRUMENT_STATUS_REDUCE_ONLY;
  if (isWord(16, WORK_IN_PROGRESS, WORK_IN_PROGRESS_2)) return INSTRUMENT_STATUS_WORK_IN_PROGRESS;
  return INSTRUMENT_STATUS_UNKNOWN;
}
