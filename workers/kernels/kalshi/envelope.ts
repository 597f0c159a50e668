/** Reads a message as a whole: what it is, and its `msg`, wherever in it that comes. */

import { KALSHI_TICKER, KALSHI_TRADE } from '../../../src/kalshi/record-layout.ts';
import { DECIMAL_NONE, decimalState, readDecimal, wholeNumber } from '../lib/decimal.ts';
import { end, more, OPEN_OBJECT, peek, readWord, skipSpace, skipValue } from '../lib/json-scanner.ts';
import { guessLongKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import { beginRecord } from '../lib/slots.ts';
import { readDelta } from './delta.ts';
import {
  KEY_CODE,
  KEY_ERROR,
  KEY_ID,
  KEY_MARKET_TICKERS,
  KEY_MSG,
  KEY_SENDING_TS_MS,
  KEY_SEQ,
  KEY_SID,
  KEY_TYPE,
} from './keys.ts';
import { learnMember, SHAPE_MESSAGE } from './members.ts';
import { readSnapshot } from './snapshot.ts';
import { readTicker } from './ticker.ts';
import { readTrade } from './trade.ts';
import { MOST_UNITS } from './units.ts';
import { TYPE_OTHER, TYPE_SNAPSHOT, TYPE_TICKER, TYPE_TRADE, typeAtHand } from './words.ts';

/** Of the message that was read last: TYPE_… */
export let messageType: u32 = 0;
/** Its subscription, and its number in that; 0 when it has none. */
export let subscription: u32 = 0;
export let sequence: u32 = 0;
export let hasSubscription: bool = false;
export let hasSequence: bool = false;
/** Whether it answers a command. */
export let hasId: bool = false;
/** `sending_ts_ms`; 0 when it was not there. */
export let sentAt: f64 = 0;
/** Where `msg` begins, and what some kinds of messages have beside it; 0 for none. */
export let msgAt: usize = 0;
export let tickersAt: usize = 0;
export let codeAt: usize = 0;
export let errorAt: usize = 0;
/** Numbers of the envelope that do not fit. */
export let envelopeMisfits: u32 = 0;

let uint32: u32 = 0;

/** Reads the text from there to the end; false when it is no JSON object. */
export function readEnvelope(at: usize): bool {
  messageType = TYPE_OTHER;
  subscription = 0;
  sequence = 0;
  hasSubscription = false;
  hasSequence = false;
  hasId = false;
  sentAt = 0;
  msgAt = 0;
  tickersAt = 0;
  codeAt = 0;
  errorAt = 0;
  let subscriptionFits = true;
  let sequenceFits = true;
  let sentAtFits = true;
  /** What `msg` was read as. */
  let readAs = TYPE_OTHER;
  at = skipSpace(at);
  if (peek(at) != OPEN_OBJECT) return false;
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_MESSAGE, member);
    at = guessLongKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    switch (key) {
      case KEY_TYPE:
        at = readWord(at);
        messageType = typeAtHand();
        break;
      case KEY_SID:
        at = readDecimal(at);
        hasSubscription = takeUint32();
        subscriptionFits = hasSubscription || decimalState == DECIMAL_NONE;
        subscription = uint32;
        break;
      case KEY_SEQ:
        at = readDecimal(at);
        hasSequence = takeUint32();
        sequenceFits = hasSequence || decimalState == DECIMAL_NONE;
        sequence = uint32;
        break;
      case KEY_MSG:
        msgAt = at;
        readAs = messageType;
        at = readMsg(at);
        break;
      case KEY_SENDING_TS_MS: {
        at = readDecimal(at);
        const whole = wholeNumber();
        sentAtFits = <u64>whole <= <u64>MOST_UNITS || decimalState == DECIMAL_NONE;
        sentAt = sentAtFits && whole > 0 ? <f64>whole : 0;
        break;
      }
      case KEY_MARKET_TICKERS:
        tickersAt = at;
        at = skipValue(at);
        break;
      case KEY_CODE:
        codeAt = at;
        at = skipValue(at);
        break;
      case KEY_ID:
        hasId = true;
        at = skipValue(at);
        break;
      case KEY_ERROR:
        errorAt = at;
        at = skipValue(at);
        break;
      default:
        at = skipValue(at);
    }
  }
  if (at == 0 || skipSpace(at) != end) return false;
  envelopeMisfits = u32(!subscriptionFits) + u32(!sequenceFits) + u32(!sentAtFits);
  // A `msg` that came before the type: now it is known what it is.
  if (msgAt != 0 && messageType != readAs) readMsg(msgAt);
  return true;
}

/** Whether the number at hand is a whole one that a uint32 holds: `uint32` then, else that is 0. */
function takeUint32(): bool {
  const whole = wholeNumber();
  const fits = <u64>whole <= u32.MAX_VALUE;
  uint32 = fits ? <u32>whole : 0;
  return fits;
}

/** Reads `msg` as what the message is; a ticker or a trade becomes the record that is next. */
export function readMsg(at: usize): usize {
  if (messageType < TYPE_TICKER || peek(at) != OPEN_OBJECT) return skipValue(at);
  switch (messageType) {
    case TYPE_TICKER:
      return readTicker(at, beginRecord(KALSHI_TICKER));
    case TYPE_TRADE:
      return readTrade(at, beginRecord(KALSHI_TRADE));
    case TYPE_SNAPSHOT:
      return readSnapshot(at);
    default:
      return readDelta(at);
  }
}
