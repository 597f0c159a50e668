/** Reads a message as a whole: what it is, and its data, wherever in it they come. */

import { end, more, OPEN_OBJECT, peek, readWord, skipSpace, skipValue } from '../lib/json-scanner.ts';
import { guessKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import { nanoseconds, readTimestamp, timestampFailed } from '../lib/timestamp.ts';
import { readData } from './data.ts';
import {
  KEY_CHANNEL,
  KEY_DATA,
  KEY_METHOD,
  KEY_RESULT,
  KEY_SUCCESS,
  KEY_TIMESTAMP,
  KEY_TYPE,
} from './keys.ts';
import { learnMember, SHAPE_MESSAGE } from './members.ts';
import {
  CHANNEL_OTHER,
  CHANNEL_TICKER,
  channelAtHand,
  METHOD_NONE,
  methodAtHand,
  TYPE_OTHER,
  typeAtHand,
} from './words.ts';

const SMALL_T: u8 = 0x74;

/** Of the message that was read last. */
export let channel: u32 = 0;
export let messageType: u32 = 0;
export let method: u32 = 0;
/** Where its data and its result begin; 0 for none. */
export let dataAt: usize = 0;
export let resultAt: usize = 0;
export let succeeded: bool = false;
/** Its own time, ns, and whether that was none that fits. */
export let messageTime: i64 = 0;
export let messageTimeFailed: bool = false;

/** Reads the text from there to the end; false when it is no JSON object. */
export function readMessage(at: usize): bool {
  channel = CHANNEL_OTHER;
  messageType = TYPE_OTHER;
  method = METHOD_NONE;
  dataAt = 0;
  resultAt = 0;
  succeeded = false;
  messageTime = 0;
  messageTimeFailed = false;
  /** What the data were read as. */
  let dataChannel = CHANNEL_OTHER;
  at = skipSpace(at);
  if (peek(at) != OPEN_OBJECT) return false;
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_MESSAGE, member);
    at = guessKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    switch (key) {
      case KEY_CHANNEL:
        at = readWord(at);
        channel = channelAtHand();
        break;
      case KEY_TYPE:
        at = readWord(at);
        messageType = typeAtHand();
        break;
      case KEY_DATA:
        dataAt = at;
        dataChannel = channel;
        at = channel >= CHANNEL_TICKER ? readData(at, channel) : skipValue(at);
        break;
      case KEY_TIMESTAMP:
        at = readTimestamp(at);
        messageTime = nanoseconds;
        messageTimeFailed = timestampFailed;
        break;
      case KEY_METHOD:
        at = readWord(at);
        method = methodAtHand();
        break;
      case KEY_RESULT:
        resultAt = at;
        at = skipValue(at);
        break;
      case KEY_SUCCESS:
        succeeded = peek(at) == SMALL_T;
        at = skipValue(at);
        break;
      default:
        at = skipValue(at);
    }
  }
  if (at == 0 || skipSpace(at) != end) return false;
  // Data that came before the channel, or before another one: now it is known what they are.
  if (dataAt != 0 && channel >= CHANNEL_TICKER && channel != dataChannel) readData(dataAt, channel);
  return true;
}
