import {
  TICKER_DOLLAR_OPEN_INTEREST,
  TICKER_OPEN_INTEREST,
  TICKER_PRICE,
  TICKER_VOLUME,
  TICKER_YES_ASK,
  TICKER_YES_BID,
} from '../../../src/kalshi/record-layout.ts';
import { more, skipValue } from '../lib/json-scanner.ts';
import { guessLongKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import {
  KEY_DOLLAR_OPEN_INTEREST,
  KEY_OPEN_INTEREST,
  KEY_OPEN_INTEREST_FP,
  KEY_PRICE,
  KEY_PRICE_DOLLARS,
  KEY_VOLUME,
  KEY_VOLUME_FP,
  KEY_YES_ASK,
  KEY_YES_ASK_DOLLARS,
  KEY_YES_BID,
  KEY_YES_BID_DOLLARS,
  KEY_YES_BID_SIZE_FP,
} from './keys.ts';
import { learnMember, SHAPE_TICKER } from './members.ts';
import { beginMessage, endMessage, readCommon } from './message.ts';
import { CENTS, CONTRACTS, DOLLARS, fallbackField, unitsField, WHOLE } from './units.ts';

/** Where the keys of the first years have their values; 0 for none. */
let priceAt: usize = 0;
let bidAt: usize = 0;
let askAt: usize = 0;
let volumeAt: usize = 0;
let interestAt: usize = 0;

/** Reads a ticker's message into its record. */
export function readTicker(at: usize, slot: usize): usize {
  beginMessage();
  priceAt = 0;
  bidAt = 0;
  askAt = 0;
  volumeAt = 0;
  interestAt = 0;
  for (let field: usize = TICKER_PRICE; field <= <usize>TICKER_DOLLAR_OPEN_INTEREST; field += 8)
    store<f64>(slot + field, NaN);
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_TICKER, member);
    at = guessLongKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    const field = key - KEY_PRICE_DOLLARS;
    if (field <= KEY_DOLLAR_OPEN_INTEREST - KEY_PRICE_DOLLARS)
      at = unitsField(at, key, decimalsOf(key), slot + TICKER_PRICE + 8 * field);
    else at = noteOld(at) ? skipValue(at) : readCommon(at);
  }
  if (at == 0) return 0;
  endMessage();
  fallbackField(priceAt, KEY_PRICE, KEY_PRICE_DOLLARS, CENTS, slot + TICKER_PRICE);
  fallbackField(bidAt, KEY_YES_BID, KEY_YES_BID_DOLLARS, CENTS, slot + TICKER_YES_BID);
  fallbackField(askAt, KEY_YES_ASK, KEY_YES_ASK_DOLLARS, CENTS, slot + TICKER_YES_ASK);
  fallbackField(volumeAt, KEY_VOLUME, KEY_VOLUME_FP, CONTRACTS, slot + TICKER_VOLUME);
  fallbackField(interestAt, KEY_OPEN_INTEREST, KEY_OPEN_INTEREST_FP, CONTRACTS, slot + TICKER_OPEN_INTEREST);
  return at;
}

/** Prices come first, then counts, then whole dollars. */
function decimalsOf(key: u32): i32 {
  if (key < KEY_YES_BID_SIZE_FP) return DOLLARS;
  return key <= KEY_OPEN_INTEREST_FP ? CONTRACTS : WHOLE;
}

/** Whether the key at hand is one of the first years. */
function noteOld(at: usize): bool {
  switch (key) {
    case KEY_PRICE:
      priceAt = at;
      return true;
    case KEY_YES_BID:
      bidAt = at;
      return true;
    case KEY_YES_ASK:
      askAt = at;
      return true;
    case KEY_VOLUME:
      volumeAt = at;
      return true;
    case KEY_OPEN_INTEREST:
      interestAt = at;
      return true;
    default:
      return false;
  }
}
