/** What the members of a message say that all four kinds of market data have, and whether something can be made of it. */

import { DECIMAL_NONE, decimalState, integer, readDecimal, setScale } from '../lib/decimal.ts';
import { peek, QUOTE, skipValue, wordLength } from '../lib/json-scanner.ts';
import { key } from '../lib/key-guess.ts';
import { nanoseconds, readTimestamp, timestampFailed } from '../lib/timestamp.ts';
import { KEY_MARKET_ID, KEY_MARKET_TICKER, KEY_TIME, KEY_TS, KEY_TS_MS } from './keys.ts';

const MILLISECOND: i64 = 1_000_000;
/** Decimals of seconds, and of milliseconds, in nanoseconds. */
const SECOND_DECIMALS: i32 = 9;
const MILLISECOND_DECIMALS: i32 = 6;

/** Where `market_ticker` and `market_id` are written; 0 for none. */
export let tickerAt: usize = 0;
export let marketIdAt: usize = 0;

/** The most precise of its times, ns; 0 when it has none. */
export let messageTime: i64 = 0;

/** A bit for each key whose value does not fit its field. Of one that comes twice, the last counts. */
let inexactKeys: u64 = 0;

/** ns, 0 for none: `time` and `ts` as they are written out, `ts_ms`, and `ts` in seconds. */
let timeWritten: i64 = 0;
let tsWritten: i64 = 0;
let milliseconds: i64 = 0;
let seconds: i64 = 0;

export function beginMessage(): void {
  tickerAt = 0;
  marketIdAt = 0;
  inexactKeys = 0;
  timeWritten = 0;
  tsWritten = 0;
  milliseconds = 0;
  seconds = 0;
}

/** Whether the value of a key fits its field. */
export function noteFit(ofKey: u32, fits: bool): void {
  const bit = (<u64>1) << ofKey;
  inexactKeys = fits ? inexactKeys & ~bit : inexactKeys | bit;
}

/** Whether no value of a key has come that does not fit. */
export function fitted(ofKey: u32): bool {
  return ((inexactKeys >>> ofKey) & 1) == 0;
}

/** Values that do not fit their fields. */
export function misfits(): u32 {
  return inexactKeys == 0 ? 0 : <u32>popcnt(inexactKeys);
}

/** The value of a member that all kinds may have, or one that is not known. */
export function readCommon(at: usize): usize {
  switch (key) {
    case KEY_MARKET_TICKER:
      tickerAt = peek(at) == QUOTE ? at : 0;
      return skipValue(at);
    case KEY_MARKET_ID:
      marketIdAt = peek(at) == QUOTE ? at : 0;
      return skipValue(at);
    case KEY_TS_MS:
      return readMilliseconds(at);
    case KEY_TS:
      return readTs(at);
    case KEY_TIME:
      at = readTimestamp(at);
      timeWritten = nanoseconds;
      noteFit(KEY_TIME, !timestampFailed || wordLength == 0);
      return at;
    default:
      return skipValue(at);
  }
}

function readMilliseconds(at: usize): usize {
  at = readDecimal(at);
  const fits = setScale(MILLISECOND_DECIMALS, i64.MAX_VALUE);
  milliseconds = fits ? integer : 0;
  noteFit(KEY_TS_MS, fits || decimalState == DECIMAL_NONE);
  return at;
}

/** Seconds, or a time that is written out. */
function readTs(at: usize): usize {
  tsWritten = 0;
  seconds = 0;
  if (peek(at) == QUOTE) {
    at = readTimestamp(at);
    tsWritten = nanoseconds;
    noteFit(KEY_TS, !timestampFailed || wordLength == 0);
    return at;
  }
  at = readDecimal(at);
  const fits = setScale(SECOND_DECIMALS, i64.MAX_VALUE);
  if (fits) seconds = integer;
  noteFit(KEY_TS, fits || decimalState == DECIMAL_NONE);
  return at;
}

/** The message has been read: which of its times is the most precise one. */
export function endMessage(): void {
  const written = timeWritten != 0 ? timeWritten : tsWritten;
  if (written % MILLISECOND != 0) messageTime = written;
  else if (tsWritten != written && tsWritten % MILLISECOND != 0) messageTime = tsWritten;
  else if (milliseconds != 0) messageTime = milliseconds;
  else messageTime = written != 0 ? written : seconds;
}
