import {
  BOOK_SIDE_UNKNOWN,
  SIDE_UNKNOWN,
  TRADE_BLOCK,
  TRADE_COUNT,
  TRADE_ID_LENGTH,
  TRADE_ID_MOST_BYTES,
  TRADE_NO_PRICE,
  TRADE_TAKER_BOOK_SIDE,
  TRADE_TAKER_SIDE,
  TRADE_YES_PRICE,
} from '../../../src/kalshi/record-layout.ts';
import { more, peek, readWord, skipValue, wordLength } from '../lib/json-scanner.ts';
import { guessLongKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import {
  KEY_COUNT,
  KEY_COUNT_FP,
  KEY_IS_BLOCK_TRADE,
  KEY_NO_PRICE,
  KEY_NO_PRICE_DOLLARS,
  KEY_TAKER_BOOK_SIDE,
  KEY_TAKER_OUTCOME_SIDE,
  KEY_TAKER_SIDE,
  KEY_TRADE_ID,
  KEY_YES_PRICE,
  KEY_YES_PRICE_DOLLARS,
} from './keys.ts';
import { learnMember, SHAPE_TRADE } from './members.ts';
import { beginMessage, endMessage, fitted, noteFit, readCommon } from './message.ts';
import { readText } from './texts.ts';
import { CENTS, CONTRACTS, DOLLARS, fallbackField, unitsField } from './units.ts';
import { bookSideAtHand, sideAtHand } from './words.ts';

/** Bytes `true` begins with, and `false`. */
const SMALL_T: u8 = 0x74;
const SMALL_F: u8 = 0x66;
const ABSENT_FLAG: u8 = 0xff;

/** Where the keys of the first years have their values; 0 for none. */
let yesPriceAt: usize = 0;
let noPriceAt: usize = 0;
let countAt: usize = 0;
let takerSideAt: usize = 0;

/** Reads a trade's message into its record. */
export function readTrade(at: usize, slot: usize): usize {
  beginMessage();
  yesPriceAt = 0;
  noPriceAt = 0;
  countAt = 0;
  takerSideAt = 0;
  store<f64>(slot, NaN, TRADE_YES_PRICE);
  store<f64>(slot, NaN, TRADE_NO_PRICE);
  store<f64>(slot, NaN, TRADE_COUNT);
  store<u8>(slot, SIDE_UNKNOWN, TRADE_TAKER_SIDE);
  store<u8>(slot, BOOK_SIDE_UNKNOWN, TRADE_TAKER_BOOK_SIDE);
  store<u8>(slot, ABSENT_FLAG, TRADE_BLOCK);
  store<u8>(slot, 0, TRADE_ID_LENGTH);
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_TRADE, member);
    at = guessLongKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    at = readTradeMember(at, slot);
  }
  if (at == 0) return 0;
  endMessage();
  fallbackField(yesPriceAt, KEY_YES_PRICE, KEY_YES_PRICE_DOLLARS, CENTS, slot + TRADE_YES_PRICE);
  fallbackField(noPriceAt, KEY_NO_PRICE, KEY_NO_PRICE_DOLLARS, CENTS, slot + TRADE_NO_PRICE);
  fallbackField(countAt, KEY_COUNT, KEY_COUNT_FP, CONTRACTS, slot + TRADE_COUNT);
  if (
    takerSideAt != 0 &&
    load<u8>(slot, TRADE_TAKER_SIDE) == <u8>SIDE_UNKNOWN &&
    fitted(KEY_TAKER_OUTCOME_SIDE)
  )
    readTakerSide(takerSideAt, slot, KEY_TAKER_SIDE);
  return at;
}

function readTradeMember(at: usize, slot: usize): usize {
  switch (key) {
    case KEY_YES_PRICE_DOLLARS:
      return unitsField(at, key, DOLLARS, slot + TRADE_YES_PRICE);
    case KEY_NO_PRICE_DOLLARS:
      return unitsField(at, key, DOLLARS, slot + TRADE_NO_PRICE);
    case KEY_COUNT_FP:
      return unitsField(at, key, CONTRACTS, slot + TRADE_COUNT);
    case KEY_YES_PRICE:
      yesPriceAt = at;
      return skipValue(at);
    case KEY_NO_PRICE:
      noPriceAt = at;
      return skipValue(at);
    case KEY_COUNT:
      countAt = at;
      return skipValue(at);
    case KEY_TAKER_SIDE:
      takerSideAt = at;
      return skipValue(at);
    case KEY_TAKER_OUTCOME_SIDE:
      return readTakerSide(at, slot, key);
    case KEY_TAKER_BOOK_SIDE:
      at = readWord(at);
      store<u8>(slot, <u8>bookSideAtHand(), TRADE_TAKER_BOOK_SIDE);
      noteFit(key, wordLength == 0 || bookSideAtHand() != BOOK_SIDE_UNKNOWN);
      return at;
    case KEY_IS_BLOCK_TRADE: {
      const first = peek(at);
      store<u8>(slot, first == SMALL_T ? 1 : first == SMALL_F ? 0 : ABSENT_FLAG, TRADE_BLOCK);
      return skipValue(at);
    }
    case KEY_TRADE_ID:
      return readText(at, key, slot + TRADE_ID_LENGTH, TRADE_ID_MOST_BYTES);
    default:
      return readCommon(at);
  }
}

function readTakerSide(at: usize, slot: usize, ofKey: u32): usize {
  at = readWord(at);
  const side = sideAtHand();
  store<u8>(slot, <u8>side, TRADE_TAKER_SIDE);
  noteFit(ofKey, wordLength == 0 || side != SIDE_UNKNOWN);
  return at;
}
