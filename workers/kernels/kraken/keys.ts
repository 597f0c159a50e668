/** The keys that are known in Kraken's messages. A text is compared as the integers that its bytes make. */

import { wordAt, wordHigh, wordLength, wordLow } from '../lib/json-scanner.ts';

export const KEY_UNKNOWN: u32 = 0;
/** The fields of a ticker, in the order in which its record has them. */
export const KEY_BID: u32 = 1;
export const KEY_BID_QUANTITY: u32 = 2;
export const KEY_ASK: u32 = 3;
export const KEY_ASK_QUANTITY: u32 = 4;
export const KEY_LAST: u32 = 5;
export const KEY_VOLUME: u32 = 6;
export const KEY_VWAP: u32 = 7;
export const KEY_LOW: u32 = 8;
export const KEY_HIGH: u32 = 9;
export const KEY_CHANGE: u32 = 10;
export const KEY_CHANGE_PERCENT: u32 = 11;
/** The others. */
export const KEY_CHANNEL: u32 = 12;
export const KEY_TYPE: u32 = 13;
export const KEY_DATA: u32 = 14;
export const KEY_TIMESTAMP: u32 = 15;
export const KEY_METHOD: u32 = 16;
export const KEY_RESULT: u32 = 17;
export const KEY_SUCCESS: u32 = 18;
export const KEY_TRADES: u32 = 19;
export const KEY_SYMBOL: u32 = 20;
export const KEY_SIDE: u32 = 21;
export const KEY_PRICE: u32 = 22;
export const KEY_QUANTITY: u32 = 23;
export const KEY_ORDER_TYPE: u32 = 24;
export const KEY_TRADE_ID: u32 = 25;
export const KEY_BIDS: u32 = 26;
export const KEY_ASKS: u32 = 27;
export const KEY_CHECKSUM: u32 = 28;
export const KEY_OPEN: u32 = 29;
export const KEY_CLOSE: u32 = 30;
export const KEY_INTERVAL_BEGIN: u32 = 31;
export const KEY_INTERVAL: u32 = 32;
export const KEY_PAIRS: u32 = 33;
export const KEY_STATUS: u32 = 34;
export const KEY_QUANTITY_PRECISION: u32 = 35;
export const KEY_QUANTITY_INCREMENT: u32 = 36;
export const KEY_PRICE_PRECISION: u32 = 37;
export const KEY_PRICE_INCREMENT: u32 = 38;
export const KEY_COST_PRECISION: u32 = 39;
export const KEY_COST_MIN: u32 = 40;
export const KEY_QUANTITY_MIN: u32 = 41;
export const KEY_MARGIN_INITIAL: u32 = 42;
export const KEY_MARGINABLE: u32 = 43;
export const KEY_HAS_INDEX: u32 = 44;
export const KEY_POSITION_LIMIT_LONG: u32 = 45;
export const KEY_POSITION_LIMIT_SHORT: u32 = 46;
export const KEY_SYSTEM: u32 = 47;
export const KEY_CONNECTION_ID: u32 = 48;
export const KEY_UPCOMING_MAINTENANCE: u32 = 49;
export const KEY_EMERGENCY: u32 = 50;
export const KEY_DEPTH: u32 = 51;
export const KEY_EVENT: u32 = 52;
export const KEY_ORDER_ID: u32 = 53;
export const KEY_LIMIT_PRICE: u32 = 54;
export const KEY_ORDER_QUANTITY: u32 = 55;

/** The key that was read last: one of the KEY_ numbers. */
export function keyAtHand(): u32 {
  const low = wordLow;
  switch (wordLength) {
    case 3:
      if (low == 0x646962) return KEY_BID;
      if (low == 0x6b7361) return KEY_ASK;
      if (low == 0x776f6c) return KEY_LOW;
      if (low == 0x797471) return KEY_QUANTITY;
      break;
    case 4:
      if (low == 0x65707974) return KEY_TYPE;
      if (low == 0x61746164) return KEY_DATA;
      if (low == 0x7473616c) return KEY_LAST;
      if (low == 0x70617776) return KEY_VWAP;
      if (low == 0x68676968) return KEY_HIGH;
      if (low == 0x65646973) return KEY_SIDE;
      if (low == 0x73646962) return KEY_BIDS;
      if (low == 0x736b7361) return KEY_ASKS;
      if (low == 0x6e65706f) return KEY_OPEN;
      break;
    case 5:
      if (low == 0x6563697270) return KEY_PRICE;
      if (low == 0x65736f6c63) return KEY_CLOSE;
      if (low == 0x7372696170) return KEY_PAIRS;
      if (low == 0x6874706564) return KEY_DEPTH;
      if (low == 0x746e657665) return KEY_EVENT;
      break;
    case 6:
      if (low == 0x646f6874656d) return KEY_METHOD;
      if (low == 0x746c75736572) return KEY_RESULT;
      if (low == 0x656d756c6f76) return KEY_VOLUME;
      if (low == 0x65676e616863) return KEY_CHANGE;
      if (low == 0x736564617274) return KEY_TRADES;
      if (low == 0x6c6f626d7973) return KEY_SYMBOL;
      if (low == 0x737574617473) return KEY_STATUS;
      if (low == 0x6d6574737973) return KEY_SYSTEM;
      break;
    case 7:
      if (low == 0x6c656e6e616863) return KEY_CHANNEL;
      if (low == 0x73736563637573) return KEY_SUCCESS;
      if (low == 0x7974715f646962) return KEY_BID_QUANTITY;
      if (low == 0x7974715f6b7361) return KEY_ASK_QUANTITY;
      if (low == 0x6e696d5f797471) return KEY_QUANTITY_MIN;
      break;
    case 8:
      if (low == 0x657079745f64726f) return KEY_ORDER_TYPE;
      if (low == 0x64695f6564617274) return KEY_TRADE_ID;
      if (low == 0x6d75736b63656863) return KEY_CHECKSUM;
      if (low == 0x6c61767265746e69) return KEY_INTERVAL;
      if (low == 0x6e696d5f74736f63) return KEY_COST_MIN;
      if (low == 0x64695f726564726f) return KEY_ORDER_ID;
      break;
    case 9:
      if (low == 0x6d617473656d6974 && wordHigh == 0x70) return KEY_TIMESTAMP;
      if (low == 0x65646e695f736168 && wordHigh == 0x78) return KEY_HAS_INDEX;
      if (low == 0x636e656772656d65 && wordHigh == 0x79) return KEY_EMERGENCY;
      if (low == 0x74715f726564726f && wordHigh == 0x79) return KEY_ORDER_QUANTITY;
      break;
    case 10:
      if (low == 0x705f65676e616863 && wordHigh == 0x7463) return KEY_CHANGE_PERCENT;
      if (low == 0x62616e696772616d && wordHigh == 0x656c) return KEY_MARGINABLE;
      break;
    case 11:
      if (low == 0x72705f74696d696c && wordHigh == 0x656369) return KEY_LIMIT_PRICE;
      break;
    case 13:
      if (low == 0x636572705f797471 && wordHigh == 0x6e6f697369) return KEY_QUANTITY_PRECISION;
      if (low == 0x72636e695f797471 && wordHigh == 0x746e656d65) return KEY_QUANTITY_INCREMENT;
      if (low == 0x697463656e6e6f63 && wordHigh == 0x64695f6e6f) return KEY_CONNECTION_ID;
      break;
    case 14:
      if (low == 0x6c61767265746e69 && wordHigh == 0x6e696765625f) return KEY_INTERVAL_BEGIN;
      if (low == 0x6572705f74736f63 && wordHigh == 0x6e6f69736963) return KEY_COST_PRECISION;
      if (low == 0x695f6e696772616d && wordHigh == 0x6c616974696e) return KEY_MARGIN_INITIAL;
      break;
    case 15:
      if (low == 0x72705f6563697270 && wordHigh == 0x6e6f6973696365) return KEY_PRICE_PRECISION;
      if (low == 0x6e695f6563697270 && wordHigh == 0x746e656d657263) return KEY_PRICE_INCREMENT;
      break;
    case 19:
      if (
        low == 0x6e6f697469736f70 &&
        wordHigh == 0x6c5f74696d696c5f &&
        load<u32>(wordAt, 15) == 0x676e6f6c
      ) {
        return KEY_POSITION_LIMIT_LONG;
      }
      break;
    case 20:
      if (
        low == 0x6e6f697469736f70 &&
        wordHigh == 0x735f74696d696c5f &&
        load<u32>(wordAt, 16) == 0x74726f68
      ) {
        return KEY_POSITION_LIMIT_SHORT;
      }
      if (
        low == 0x676e696d6f637075 &&
        wordHigh == 0x6e65746e69616d5f &&
        load<u32>(wordAt, 16) == 0x65636e61
      ) {
        return KEY_UPCOMING_MAINTENANCE;
      }
      break;
  }
  return KEY_UNKNOWN;
}
