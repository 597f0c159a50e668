/** Reads a delta's message; its book is not touched. */

import { NO_SUBACCOUNT, SIDE_UNKNOWN } from '../../../src/kalshi/record-layout.ts';
import { DECIMAL_NONE, decimalState, readDecimal, wholeNumber } from '../lib/decimal.ts';
import { more, peek, QUOTE, readWord, skipValue } from '../lib/json-scanner.ts';
import { guessLongKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import {
  KEY_CLIENT_ORDER_ID,
  KEY_DELTA,
  KEY_DELTA_FP,
  KEY_PRICE,
  KEY_PRICE_DOLLARS,
  KEY_SIDE,
  KEY_SUBACCOUNT,
} from './keys.ts';
import { learnMember, SHAPE_DELTA } from './members.ts';
import { beginMessage, endMessage, fitted, noteFit, readCommon } from './message.ts';
import { CENTS, CONTRACTS, DOLLARS, known, readUnits, units } from './units.ts';
import { sideAtHand } from './words.ts';

/** Of the delta that was read last: which ladder, SIDE_… */
export let side: u32 = 0;
/** Its price, as it is written, and its change, in units; and whether there are such numbers. */
export let price: i64 = 0;
export let priced: bool = false;
export let change: i64 = 0;
export let changed: bool = false;
export let subaccount: u32 = 0;
/** Where `client_order_id` is written; 0 for none. */
export let orderIdAt: usize = 0;

/** Where the keys of the first years have their values; 0 for none. */
let oldPriceAt: usize = 0;
let oldChangeAt: usize = 0;

export function readDelta(at: usize): usize {
  beginMessage();
  side = SIDE_UNKNOWN;
  priced = false;
  changed = false;
  subaccount = NO_SUBACCOUNT;
  orderIdAt = 0;
  oldPriceAt = 0;
  oldChangeAt = 0;
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_DELTA, member);
    at = guessLongKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    switch (key) {
      case KEY_PRICE_DOLLARS:
        at = readPrice(at, key, DOLLARS);
        break;
      case KEY_DELTA_FP:
        at = readChange(at, key);
        break;
      case KEY_SIDE:
        at = readWord(at);
        side = sideAtHand();
        break;
      case KEY_PRICE:
        oldPriceAt = at;
        at = skipValue(at);
        break;
      case KEY_DELTA:
        oldChangeAt = at;
        at = skipValue(at);
        break;
      case KEY_SUBACCOUNT:
        at = readSubaccount(at);
        break;
      case KEY_CLIENT_ORDER_ID:
        orderIdAt = peek(at) == QUOTE ? at : 0;
        at = skipValue(at);
        break;
      default:
        at = readCommon(at);
    }
  }
  if (at == 0) return 0;
  endMessage();
  if (!priced && oldPriceAt != 0 && fitted(KEY_PRICE_DOLLARS)) readPrice(oldPriceAt, KEY_PRICE, CENTS);
  if (!changed && oldChangeAt != 0 && fitted(KEY_DELTA_FP)) readChange(oldChangeAt, KEY_DELTA);
  return at;
}

function readPrice(at: usize, ofKey: u32, decimals: i32): usize {
  at = readUnits(at, ofKey, decimals);
  price = units;
  priced = known;
  return at;
}

function readChange(at: usize, ofKey: u32): usize {
  at = readUnits(at, ofKey, CONTRACTS);
  change = units;
  changed = known;
  return at;
}

function readSubaccount(at: usize): usize {
  at = readDecimal(at);
  const whole = wholeNumber();
  const fits = <u64>whole < <u64>(<u32>NO_SUBACCOUNT);
  subaccount = fits ? <u32>whole : <u32>NO_SUBACCOUNT;
  noteFit(KEY_SUBACCOUNT, fits || decimalState == DECIMAL_NONE);
  return at;
}
