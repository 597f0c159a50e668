import {
  ABSENT_COUNT,
  SCALE_ABSENT,
  TICKER_BID,
  TICKER_FIELDS,
  TICKER_SCALES,
  TICKER_TRADES,
} from '../../../src/kraken/record-layout.ts';
import { more, skipValue } from '../lib/json-scanner.ts';
import { guessKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import { countField, decimalField, symbolField, timestampField } from './fields.ts';
import { KEY_BID, KEY_SYMBOL, KEY_TIMESTAMP, KEY_TRADES } from './keys.ts';
import { learnMember, SHAPE_TICKER } from './members.ts';

/** Reads one element of a ticker's data into its record. */
export function readTicker(at: usize, slot: usize): usize {
  for (let field: usize = 0; field < <usize>TICKER_FIELDS; field++)
    store<u8>(slot + field, SCALE_ABSENT, TICKER_SCALES);
  store<u32>(slot, <u32>ABSENT_COUNT, TICKER_TRADES);
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_TICKER, member);
    at = guessKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    const field = key - KEY_BID;
    if (field < <u32>TICKER_FIELDS)
      at = decimalField(at, slot, TICKER_BID + 8 * field, TICKER_SCALES + field);
    else if (key == KEY_SYMBOL) at = symbolField(at, slot);
    else if (key == KEY_TIMESTAMP) at = timestampField(at, slot);
    else if (key == KEY_TRADES) at = countField(at, slot, TICKER_TRADES);
    else at = skipValue(at);
  }
  return at;
}
