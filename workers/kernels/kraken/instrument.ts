import {
  ABSENT_COUNT,
  INSTRUMENT_COST_MIN,
  INSTRUMENT_COST_PRECISION,
  INSTRUMENT_FIELDS,
  INSTRUMENT_HAS_INDEX,
  INSTRUMENT_LONG_LIMIT,
  INSTRUMENT_MARGIN_INITIAL,
  INSTRUMENT_MARGINABLE,
  INSTRUMENT_PRICE_INCREMENT,
  INSTRUMENT_PRICE_PRECISION,
  INSTRUMENT_QUANTITY_INCREMENT,
  INSTRUMENT_QUANTITY_MIN,
  INSTRUMENT_QUANTITY_PRECISION,
  INSTRUMENT_SCALES,
  INSTRUMENT_SHORT_LIMIT,
  INSTRUMENT_STATUS,
  SCALE_ABSENT,
} from '../../../src/kraken/record-layout.ts';
import {
  SYMBOL_NO_PRECISION,
  SYMBOL_PRICE_PRECISION,
  SYMBOL_QUANTITY_PRECISION,
} from '../../../src/memory/symbol-table-layout.ts';
import { more, readWord, skipValue } from '../lib/json-scanner.ts';
import { guessKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import { symbolEntry } from '../lib/symbol-table.ts';
import { countField, decimalField, flagField, precisionField, symbolField } from './fields.ts';
import {
  KEY_COST_MIN,
  KEY_COST_PRECISION,
  KEY_HAS_INDEX,
  KEY_MARGIN_INITIAL,
  KEY_MARGINABLE,
  KEY_POSITION_LIMIT_LONG,
  KEY_POSITION_LIMIT_SHORT,
  KEY_PRICE_INCREMENT,
  KEY_PRICE_PRECISION,
  KEY_QUANTITY_INCREMENT,
  KEY_QUANTITY_MIN,
  KEY_QUANTITY_PRECISION,
  KEY_STATUS,
  KEY_SYMBOL,
} from './keys.ts';
import { learnMember, SHAPE_INSTRUMENT } from './members.ts';
import { instrumentStatusAtHand } from './words.ts';

const ABSENT: u8 = 0xff;

/** Reads one pair of the reference data into its record. */
export function readInstrument(at: usize, slot: usize): usize {
  for (let field: usize = 0; field < <usize>INSTRUMENT_FIELDS; field++) {
    store<u8>(slot + field, SCALE_ABSENT, INSTRUMENT_SCALES);
  }
  store<u8>(slot, SYMBOL_NO_PRECISION, INSTRUMENT_PRICE_PRECISION);
  store<u8>(slot, SYMBOL_NO_PRECISION, INSTRUMENT_QUANTITY_PRECISION);
  store<u8>(slot, SYMBOL_NO_PRECISION, INSTRUMENT_COST_PRECISION);
  store<u8>(slot, ABSENT, INSTRUMENT_MARGINABLE);
  store<u8>(slot, ABSENT, INSTRUMENT_HAS_INDEX);
  store<u32>(slot, <u32>ABSENT_COUNT, INSTRUMENT_LONG_LIMIT);
  store<u32>(slot, <u32>ABSENT_COUNT, INSTRUMENT_SHORT_LIMIT);
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_INSTRUMENT, member);
    at = guessKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    at = readField(at, slot);
  }
  return at;
}

function readField(at: usize, slot: usize): usize {
  switch (key) {
    case KEY_SYMBOL:
      return symbolField(at, slot);
    case KEY_STATUS:
      at = readWord(at);
      store<u8>(slot, <u8>instrumentStatusAtHand(), INSTRUMENT_STATUS);
      return at;
    case KEY_PRICE_INCREMENT:
      return numberField(at, slot, INSTRUMENT_PRICE_INCREMENT);
    case KEY_QUANTITY_INCREMENT:
      return numberField(at, slot, INSTRUMENT_QUANTITY_INCREMENT);
    case KEY_QUANTITY_MIN:
      return numberField(at, slot, INSTRUMENT_QUANTITY_MIN);
    case KEY_COST_MIN:
      return numberField(at, slot, INSTRUMENT_COST_MIN);
    case KEY_MARGIN_INITIAL:
      return numberField(at, slot, INSTRUMENT_MARGIN_INITIAL);
    case KEY_PRICE_PRECISION:
      return precisionField(at, slot, INSTRUMENT_PRICE_PRECISION);
    case KEY_QUANTITY_PRECISION:
      return precisionField(at, slot, INSTRUMENT_QUANTITY_PRECISION);
    case KEY_COST_PRECISION:
      return precisionField(at, slot, INSTRUMENT_COST_PRECISION);
    case KEY_MARGINABLE:
      return flagField(at, slot, INSTRUMENT_MARGINABLE);
    case KEY_HAS_INDEX:
      return flagField(at, slot, INSTRUMENT_HAS_INDEX);
    case KEY_POSITION_LIMIT_LONG:
      return countField(at, slot, INSTRUMENT_LONG_LIMIT);
    case KEY_POSITION_LIMIT_SHORT:
      return countField(at, slot, INSTRUMENT_SHORT_LIMIT);
    default:
      return skipValue(at);
  }
}

function numberField(at: usize, slot: usize, field: usize): usize {
  return decimalField(at, slot, field, <usize>INSTRUMENT_SCALES + (field - INSTRUMENT_PRICE_INCREMENT) / 8);
}

/** Notes the precisions of a good record with its symbol. An update that leaves one out changes nothing about it. */
export function notePrecisions(slot: usize, symbol: i32): void {
  const entry = symbolEntry(symbol);
  const price = load<u8>(slot, INSTRUMENT_PRICE_PRECISION);
  const quantity = load<u8>(slot, INSTRUMENT_QUANTITY_PRECISION);
  if (price != <u8>SYMBOL_NO_PRECISION) store<u8>(entry, price, SYMBOL_PRICE_PRECISION);
  if (quantity != <u8>SYMBOL_NO_PRECISION) store<u8>(entry, quantity, SYMBOL_QUANTITY_PRECISION);
}
