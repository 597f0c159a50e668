/** Reads the data of a message: records, which their symbols are still missing from, or the elements of book messages. */

import {
  KRAKEN_CANDLE,
  KRAKEN_INSTRUMENT,
  KRAKEN_STATUS,
  KRAKEN_SYMBOL,
  KRAKEN_TICKER,
  KRAKEN_TRADE,
} from '../../../src/kraken/record-layout.ts';
import {
  enterArray,
  more,
  nextElement,
  OPEN_ARRAY,
  OPEN_OBJECT,
  peek,
  skipValue,
} from '../lib/json-scanner.ts';
import { key } from '../lib/key-guess.ts';
import { clearResults } from '../lib/results.ts';
import { beginRecord, endRecord, forgetRecords, records, slotOf } from '../lib/slots.ts';
import { forgetElements } from './book-elements.ts';
import { readBookElement } from './book-message.ts';
import { readCandle } from './candle.ts';
import { beginFields, endFields } from './fields.ts';
import { readInstrument } from './instrument.ts';
import { KEY_PAIRS } from './keys.ts';
import { keepNewest } from './marks.ts';
import { readMember } from './members.ts';
import { beginMessage, misunderstood } from './message.ts';
import { readOrders } from './order.ts';
import { settleRecord } from './settling.ts';
import { readStatus } from './status.ts';
import { readTicker } from './ticker.ts';
import { readTrade } from './trade.ts';
import {
  CHANNEL_BOOK,
  CHANNEL_CANDLE,
  CHANNEL_INSTRUMENT,
  CHANNEL_LEVEL3,
  CHANNEL_STATUS,
  CHANNEL_TICKER,
  CHANNEL_TRADE,
} from './words.ts';

/** Records are settled one by one, because they have one slot among them; their frame is known to be good. */
let oneByOne: bool = false;

export function settleOneByOne(yes: bool): void {
  oneByOne = yes;
}

/** Reads the data of a channel. What was read as data before, in the same message, is forgotten. */
export function readData(at: usize, channel: u32): usize {
  beginMessage();
  forgetRecords();
  forgetElements();
  clearResults();
  if (channel == CHANNEL_INSTRUMENT) return readReferenceData(at);
  return readElements(at, channel);
}

function readElements(at: usize, channel: u32): usize {
  if (peek(at) != OPEN_ARRAY) {
    misunderstood();
    return skipValue(at);
  }
  at = enterArray(at);
  while (at != 0 && more) {
    if (peek(at) != OPEN_OBJECT) {
      misunderstood();
      at = skipValue(at);
    } else if (channel == CHANNEL_BOOK) {
      at = readBookElement(at);
    } else if (channel == CHANNEL_LEVEL3) {
      at = readOrders(at);
    } else {
      at = readRecord(at, channel);
    }
    at = nextElement(at);
  }
  return at;
}

function readRecord(at: usize, channel: u32): usize {
  const slot = slotOf(records);
  beginFields();
  switch (channel) {
    case CHANNEL_TICKER:
      beginRecord(KRAKEN_TICKER);
      at = readTicker(at, slot);
      break;
    case CHANNEL_TRADE:
      beginRecord(KRAKEN_TRADE);
      at = readTrade(at, slot);
      break;
    case CHANNEL_CANDLE:
      beginRecord(KRAKEN_CANDLE);
      at = readCandle(at, slot);
      break;
    case CHANNEL_INSTRUMENT:
      beginRecord(KRAKEN_INSTRUMENT);
      at = readInstrument(at, slot);
      break;
    case CHANNEL_STATUS:
      beginRecord(KRAKEN_STATUS);
      at = readStatus(at, slot);
      break;
  }
  endFields(slot);
  if (channel != CHANNEL_STATUS && load<u32>(slot, KRAKEN_SYMBOL) == 0) misunderstood();
  if (oneByOne && settleRecord(slot)) keepNewest(slot);
  endRecord();
  return at;
}

/** Assets and pairs; pairs become records. */
function readReferenceData(at: usize): usize {
  if (peek(at) != OPEN_OBJECT) {
    misunderstood();
    return skipValue(at);
  }
  let pairs: usize = 0;
  for (let member: u32 = 0; at != 0; member++) {
    at = readMember(at, member == 0);
    if (!more) break;
    // Of pairs that come twice, the last ones count.
    if (key == KEY_PAIRS) pairs = at;
    at = skipValue(at);
  }
  if (at != 0 && pairs != 0) readElements(pairs, CHANNEL_INSTRUMENT);
  return at;
}
