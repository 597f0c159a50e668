/** The keys that are known in Kalshi's messages. A text is compared as the integers that its bytes make. */

import { wordAt, wordHigh, wordLength, wordLow } from '../lib/json-scanner.ts';

export const KEY_UNKNOWN: u32 = 0;
/** The fields of a ticker, in the order in which its record has them. */
export const KEY_PRICE_DOLLARS: u32 = 1;
export const KEY_YES_BID_DOLLARS: u32 = 2;
export const KEY_YES_ASK_DOLLARS: u32 = 3;
export const KEY_YES_BID_SIZE_FP: u32 = 4;
export const KEY_YES_ASK_SIZE_FP: u32 = 5;
export const KEY_LAST_TRADE_SIZE_FP: u32 = 6;
export const KEY_VOLUME_FP: u32 = 7;
export const KEY_OPEN_INTEREST_FP: u32 = 8;
export const KEY_DOLLAR_VOLUME: u32 = 9;
export const KEY_DOLLAR_OPEN_INTEREST: u32 = 10;
/** The fields of a trade, likewise. */
export const KEY_YES_PRICE_DOLLARS: u32 = 11;
export const KEY_NO_PRICE_DOLLARS: u32 = 12;
export const KEY_COUNT_FP: u32 = 13;
/** What some of them were called when they were whole cents and contracts. */
export const KEY_PRICE: u32 = 14;
export const KEY_YES_BID: u32 = 15;
export const KEY_YES_ASK: u32 = 16;
export const KEY_VOLUME: u32 = 17;
export const KEY_OPEN_INTEREST: u32 = 18;
export const KEY_YES_PRICE: u32 = 19;
export const KEY_NO_PRICE: u32 = 20;
export const KEY_COUNT: u32 = 21;
/** The others. */
export const KEY_DELTA_FP: u32 = 22;
export const KEY_DELTA: u32 = 23;
export const KEY_SIDE: u32 = 24;
export const KEY_CLIENT_ORDER_ID: u32 = 25;
export const KEY_SUBACCOUNT: u32 = 26;
export const KEY_YES_DOLLARS_FP: u32 = 27;
export const KEY_YES_DOLLARS: u32 = 28;
export const KEY_YES: u32 = 29;
export const KEY_NO_DOLLARS_FP: u32 = 30;
export const KEY_NO_DOLLARS: u32 = 31;
export const KEY_NO: u32 = 32;
export const KEY_MARKET_TICKER: u32 = 33;
export const KEY_MARKET_ID: u32 = 34;
export const KEY_TS: u32 = 35;
export const KEY_TS_MS: u32 = 36;
export const KEY_TIME: u32 = 37;
export const KEY_TRADE_ID: u32 = 38;
export const KEY_TAKER_SIDE: u32 = 39;
export const KEY_TAKER_OUTCOME_SIDE: u32 = 40;
export const KEY_TAKER_BOOK_SIDE: u32 = 41;
export const KEY_IS_BLOCK_TRADE: u32 = 42;
export const KEY_TYPE: u32 = 43;
export const KEY_SID: u32 = 44;
export const KEY_SEQ: u32 = 45;
export const KEY_MSG: u32 = 46;
export const KEY_SENDING_TS_MS: u32 = 47;
export const KEY_MARKET_TICKERS: u32 = 48;
export const KEY_CODE: u32 = 49;
export const KEY_ERROR: u32 = 50;
export const KEY_ID: u32 = 51;

/** The key that was read last: one of the KEY_ numbers. */
export function keyAtHand(): u32 {
  const low = wordLow;
  switch (wordLength) {
    case 2:
      if (low == 0x7374) return KEY_TS;
      if (low == 0x6f6e) return KEY_NO;
      if (low == 0x6469) return KEY_ID;
      break;
    case 3:
      if (low == 0x646973) return KEY_SID;
      if (low == 0x716573) return KEY_SEQ;
      if (low == 0x67736d) return KEY_MSG;
      if (low == 0x736579) return KEY_YES;
      break;
    case 4:
      if (low == 0x65707974) return KEY_TYPE;
      if (low == 0x65646973) return KEY_SIDE;
      if (low == 0x656d6974) return KEY_TIME;
      if (low == 0x65646f63) return KEY_CODE;
      break;
    case 5:
      if (low == 0x736d5f7374) return KEY_TS_MS;
      if (low == 0x6563697270) return KEY_PRICE;
      if (low == 0x61746c6564) return KEY_DELTA;
      if (low == 0x746e756f63) return KEY_COUNT;
      if (low == 0x726f727265) return KEY_ERROR;
      break;
    case 6:
      if (low == 0x656d756c6f76) return KEY_VOLUME;
      break;
    case 7:
      if (low == 0x6469625f736579) return KEY_YES_BID;
      if (low == 0x6b73615f736579) return KEY_YES_ASK;
      break;
    case 8:
      if (low == 0x70665f61746c6564) return KEY_DELTA_FP;
      if (low == 0x70665f746e756f63) return KEY_COUNT_FP;
      if (low == 0x65636972705f6f6e) return KEY_NO_PRICE;
      if (low == 0x64695f6564617274) return KEY_TRADE_ID;
      break;
    default:
      return longKeyAtHand();
  }
  return KEY_UNKNOWN;
}

function longKeyAtHand(): u32 {
  const low = wordLow;
  const high = wordHigh;
  switch (wordLength) {
    case 9:
      if (low == 0x695f74656b72616d && high == 0x64) return KEY_MARKET_ID;
      if (low == 0x665f656d756c6f76 && high == 0x70) return KEY_VOLUME_FP;
      if (low == 0x636972705f736579 && high == 0x65) return KEY_YES_PRICE;
      break;
    case 10:
      if (low == 0x756f636361627573 && high == 0x746e) return KEY_SUBACCOUNT;
      if (low == 0x69735f72656b6174 && high == 0x6564) return KEY_TAKER_SIDE;
      if (low == 0x616c6c6f645f6f6e && high == 0x7372) return KEY_NO_DOLLARS;
      break;
    case 11:
      if (low == 0x6c6c6f645f736579 && high == 0x737261) return KEY_YES_DOLLARS;
      break;
    case 13:
      if (low == 0x745f74656b72616d && high == 0x72656b6369) return KEY_MARKET_TICKER;
      if (low == 0x6f645f6563697270 && high == 0x7372616c6c) return KEY_PRICE_DOLLARS;
      if (low == 0x5f676e69646e6573 && high == 0x736d5f7374) return KEY_SENDING_TS_MS;
      if (low == 0x765f72616c6c6f64 && high == 0x656d756c6f) return KEY_DOLLAR_VOLUME;
      if (low == 0x746e695f6e65706f && high == 0x7473657265) return KEY_OPEN_INTEREST;
      if (low == 0x616c6c6f645f6f6e && high == 0x70665f7372) return KEY_NO_DOLLARS_FP;
      break;
    case 14:
      if (low == 0x6c6c6f645f736579 && high == 0x70665f737261) return KEY_YES_DOLLARS_FP;
      if (low == 0x6b636f6c625f7369 && high == 0x65646172745f) return KEY_IS_BLOCK_TRADE;
      if (low == 0x745f74656b72616d && high == 0x7372656b6369) return KEY_MARKET_TICKERS;
      break;
    case 15:
      if (low == 0x5f6469625f736579 && high == 0x7372616c6c6f64) return KEY_YES_BID_DOLLARS;
      if (low == 0x5f6b73615f736579 && high == 0x7372616c6c6f64) return KEY_YES_ASK_DOLLARS;
      if (low == 0x5f6469625f736579 && high == 0x70665f657a6973) return KEY_YES_BID_SIZE_FP;
      if (low == 0x5f6b73615f736579 && high == 0x70665f657a6973) return KEY_YES_ASK_SIZE_FP;
      if (low == 0x6f5f746e65696c63 && high == 0x64695f72656472) return KEY_CLIENT_ORDER_ID;
      if (low == 0x6f625f72656b6174 && high == 0x656469735f6b6f) return KEY_TAKER_BOOK_SIDE;
      break;
    case 16:
      if (low == 0x746e695f6e65706f && high == 0x70665f7473657265) return KEY_OPEN_INTEREST_FP;
      if (low == 0x65636972705f6f6e && high == 0x7372616c6c6f645f) return KEY_NO_PRICE_DOLLARS;
      break;
    case 17:
      if (low == 0x636972705f736579 && high == 0x72616c6c6f645f65 && load<u8>(wordAt, 16) == 0x73) {
        return KEY_YES_PRICE_DOLLARS;
      }
      break;
    case 18:
      if (low == 0x6172745f7473616c && high == 0x5f657a69735f6564 && load<u16>(wordAt, 16) == 0x7066) {
        return KEY_LAST_TRADE_SIZE_FP;
      }
      if (low == 0x756f5f72656b6174 && high == 0x69735f656d6f6374 && load<u16>(wordAt, 16) == 0x6564) {
        return KEY_TAKER_OUTCOME_SIDE;
      }
      break;
    case 20:
      if (low == 0x6f5f72616c6c6f64 && high == 0x65746e695f6e6570 && load<u32>(wordAt, 16) == 0x74736572) {
        return KEY_DOLLAR_OPEN_INTEREST;
      }
      break;
  }
  return KEY_UNKNOWN;
}
