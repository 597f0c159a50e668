/** What the members of a message say that all four kinds of market data have, and whether something can be made of it. */

import {
  DECIMAL_EXACT,
  DECIMAL_NONE,
  decimalState,
  integer,
  readDecimal,
  scale,
  setScale,
} from '../lib/decimal.ts';
import { peek, QUOTE, readWord, skipValue, wordAt, wordLength } from '../lib/json-scanner.ts';
import { key } from '../lib/key-guess.ts';
import { enterSymbol, findSymbol } from '../lib/symbol-table.ts';
import { nanoseconds, readTimestamp, timestampFailed } from '../lib/timestamp.ts';
import { KEY_MARKET_ID, KEY_MARKET_TICKER, KEY_TIME, KEY_TS, KEY_TS_MS } from './keys.ts';

const MILLISECOND: i64 = 1_000_000;
const MOST_MILLISECONDS: i64 = i64.MAX_VALUE / MILLISECOND;
/** Decimals of seconds, and of milliseconds, in nanoseconds. */
const SECOND_DECIMALS: i32 = 9;
const MILLISECOND_DECIMALS: i32 = 6;

/** Where `market_ticker` and `market_id` are written; 0 for none. */
export let tickerAt: usize = 0;
export let marketIdAt: usize = 0;

/** Bytes of `market_id`, if it is written without escapes; more than any text has, if not. */
export let marketIdLength: u32 = 0;

/** The id of the market's symbol, if it had one when its ticker was read; else −1. */
let knownSymbol: i32 = -1;

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
  knownSymbol = -1;
  marketIdAt = 0;
  inexactKeys = 0;
  timeWritten = 0;
  tsWritten = 0;
  milliseconds = 0;
  seconds = 0;
}

/** The market's symbol, a new one if it has none; −1 when it cannot have one. The frame is known to be good. */
export function enterTicker(): i32 {
  if (knownSymbol >= 0) return knownSymbol;
  readWord(tickerAt);
  return enterSymbol();
}

/** Whether the value of a key fits its field. */
export function noteFit(ofKey: u32, fits: bool): void {
  if (fits && inexactKeys == 0) return;
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
      at = readWord(at);
      knownSymbol = tickerAt != 0 && at != 0 ? findSymbol() : -1;
      return at;
    case KEY_MARKET_ID:
      marketIdAt = peek(at) == QUOTE ? at : 0;
      at = readWord(at);
      marketIdLength = wordAt == marketIdAt + 1 ? wordLength : u32.MAX_VALUE;
      return at;
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
  if (decimalState == DECIMAL_EXACT && scale == 0 && <u64>integer <= <u64>MOST_MILLISECONDS) {
    milliseconds = integer * MILLISECOND;
    noteFit(KEY_TS_MS, true);
    return at;
  }
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
