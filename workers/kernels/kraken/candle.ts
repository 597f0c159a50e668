import {
  ABSENT_COUNT,
  CANDLE_BEGIN,
  CANDLE_CLOSE,
  CANDLE_FIELDS,
  CANDLE_HIGH,
  CANDLE_INTERVAL,
  CANDLE_LOW,
  CANDLE_OPEN,
  CANDLE_SCALES,
  CANDLE_TRADES,
  CANDLE_VOLUME,
  CANDLE_VWAP,
  SCALE_ABSENT,
} from '../../../src/kraken/record-layout.ts';
import { more, skipValue } from '../lib/json-scanner.ts';
import { guessKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import { countField, decimalField, symbolField, timeField } from './fields.ts';
import {
  KEY_CLOSE,
  KEY_HIGH,
  KEY_INTERVAL,
  KEY_INTERVAL_BEGIN,
  KEY_LOW,
  KEY_OPEN,
  KEY_SYMBOL,
  KEY_TRADES,
  KEY_VOLUME,
  KEY_VWAP,
} from './keys.ts';
import { learnMember, SHAPE_CANDLE } from './members.ts';

/** Reads one element of a candle's data into its record. Its `timestamp` is the interval's end, and deprecated. */
export function readCandle(at: usize, slot: usize): usize {
  for (let field: usize = 0; field < <usize>CANDLE_FIELDS; field++)
    store<u8>(slot + field, SCALE_ABSENT, CANDLE_SCALES);
  store<u32>(slot, <u32>ABSENT_COUNT, CANDLE_TRADES);
  store<u32>(slot, <u32>ABSENT_COUNT, CANDLE_INTERVAL);
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_CANDLE, member);
    at = guessKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    const field = fieldOf(key);
    if (field != 0) at = decimalField(at, slot, field, <usize>CANDLE_SCALES + (field - CANDLE_OPEN) / 8);
    else if (key == KEY_SYMBOL) at = symbolField(at, slot);
    else if (key == KEY_INTERVAL_BEGIN) at = timeField(at, slot, CANDLE_BEGIN);
    else if (key == KEY_INTERVAL) at = countField(at, slot, CANDLE_INTERVAL);
    else if (key == KEY_TRADES) at = countField(at, slot, CANDLE_TRADES);
    else at = skipValue(at);
  }
  return at;
}

/** Where the record has a key's number; 0 for a key that has none. */
function fieldOf(key: u32): usize {
  switch (key) {
    case KEY_OPEN:
      return CANDLE_OPEN;
    case KEY_HIGH:
      return CANDLE_HIGH;
    case KEY_LOW:
      return CANDLE_LOW;
    case KEY_CLOSE:
      return CANDLE_CLOSE;
    case KEY_VOLUME:
      return CANDLE_VOLUME;
    case KEY_VWAP:
      return CANDLE_VWAP;
    default:
      return 0;
  }
}
