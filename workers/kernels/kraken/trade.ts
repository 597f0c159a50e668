import {
  SCALE_ABSENT,
  TRADE_ID,
  TRADE_ORDER_TYPE,
  TRADE_PRICE,
  TRADE_PRICE_SCALE,
  TRADE_QUANTITY,
  TRADE_QUANTITY_SCALE,
  TRADE_SIDE,
} from '../../../src/kraken/record-layout.ts';
import { more, readWord, skipValue } from '../lib/json-scanner.ts';
import { guessKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import { decimalField, symbolField, timestampField, wholeField } from './fields.ts';
import {
  KEY_ORDER_TYPE,
  KEY_PRICE,
  KEY_QUANTITY,
  KEY_SIDE,
  KEY_SYMBOL,
  KEY_TIMESTAMP,
  KEY_TRADE_ID,
} from './keys.ts';
import { learnMember, SHAPE_TRADE } from './members.ts';
import { orderTypeAtHand, sideAtHand } from './words.ts';

/** Reads one element of a trade's data into its record. */
export function readTrade(at: usize, slot: usize): usize {
  store<u8>(slot, SCALE_ABSENT, TRADE_PRICE_SCALE);
  store<u8>(slot, SCALE_ABSENT, TRADE_QUANTITY_SCALE);
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_TRADE, member);
    at = guessKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    switch (key) {
      case KEY_SYMBOL:
        at = symbolField(at, slot);
        break;
      case KEY_SIDE:
        at = readWord(at);
        store<u8>(slot, <u8>sideAtHand(), TRADE_SIDE);
        break;
      case KEY_PRICE:
        at = decimalField(at, slot, TRADE_PRICE, TRADE_PRICE_SCALE);
        break;
      case KEY_QUANTITY:
        at = decimalField(at, slot, TRADE_QUANTITY, TRADE_QUANTITY_SCALE);
        break;
      case KEY_ORDER_TYPE:
        at = readWord(at);
        store<u8>(slot, <u8>orderTypeAtHand(), TRADE_ORDER_TYPE);
        break;
      case KEY_TRADE_ID:
        at = wholeField(at, slot, TRADE_ID);
        break;
      case KEY_TIMESTAMP:
        at = timestampField(at, slot);
        break;
      default:
        at = skipValue(at);
    }
  }
  return at;
}
