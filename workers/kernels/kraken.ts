/**
 * Kraken's kernel (AssemblyScript): JSON text in, records, books and symbols out.
 *
 * It reads a frame where it lies, and nothing around it. A frame is understood as a whole or not at all: only when all of it
 * is good JSON of a known form are its records given, its books brought up to date and its symbols entered. What it does not
 * understand, and what is not market data, is handed on.
 */

import { REGION_RECORD_RING, REGION_SCRATCH, REGION_WORKSPACE } from '../../src/memory/arena-layout.ts';
import {
  HANDED_ON_CONTROL,
  HANDED_ON_MALFORMED,
  HANDED_ON_NOT,
  HANDED_ON_OVERFLOWED,
  RESULT_HEARTBEAT,
  RESULT_MALFORMED,
  RESULT_OVERFLOWED,
} from '../../src/memory/counters-layout.ts';
import {
  FRAME_KIND,
  FRAME_KIND_RESET,
  FRAME_KIND_TEXT,
  FRAME_LENGTH,
  FRAME_PAYLOAD,
} from '../../src/memory/frame-ring-layout.ts';
import { RECORD_BYTES } from '../../src/memory/record-layout.ts';
import { RECORD_READER_COUNT, RECORD_SLOTS, SCRATCH_SLOTS } from '../../src/memory/record-ring-layout.ts';
import {
  WORKSPACE_CRC,
  WORKSPACE_JOURNAL_LEVELS,
  WORKSPACE_WORD,
} from '../../src/memory/workspace-layout.ts';
import { applyResult } from './kraken/acknowledgement.ts';
import { attachElements } from './kraken/book-elements.ts';
import { applyElements, attachUpdates, emptyBooks } from './kraken/book-update.ts';
import { readData, settleOneByOne } from './kraken/data.ts';
import {
  channel,
  dataAt,
  messageTime,
  messageTimeFailed,
  messageType,
  method,
  readMessage,
  resultAt,
  succeeded,
} from './kraken/envelope.ts';
import { refusal } from './kraken/message.ts';
import { describeMessage, settleRecords } from './kraken/settling.ts';
import {
  CHANNEL_BOOK,
  CHANNEL_HEARTBEAT,
  CHANNEL_INSTRUMENT,
  CHANNEL_STATUS,
  CHANNEL_TICKER,
  METHOD_NONE,
  METHOD_SUBSCRIBE,
  METHOD_UNSUBSCRIBE,
  TYPE_OTHER,
  TYPE_SNAPSHOT,
} from './kraken/words.ts';
import { regionBytes, regionOffset } from './lib/arena.ts';
import { attachBooks } from './lib/books.ts';
import { attachCrc } from './lib/crc32.ts';
import { attachScanner, countByte, OPEN_OBJECT, scan } from './lib/json-scanner.ts';
import { attachLatest } from './lib/latest-table.ts';
import { attachResults, clearResults, handOn, setResult } from './lib/results.ts';
import { attachShapes } from './lib/shapes.ts';
import { forgetRecords, records, startFrame } from './lib/slots.ts';
import { attachSymbols } from './lib/symbol-table.ts';

let slots: usize = 0;
let slotMask: u32 = 0;
let spareSlot: usize = 0;

/** Reads the arena's region table, and puts right what a decoder that died left half done. Once, before the first frame. */
export function attach(): void {
  const workspace = regionOffset(REGION_WORKSPACE);
  // The arena was made without the workspace of a kernel that reads text.
  if (regionBytes(REGION_WORKSPACE) < <u32>WORKSPACE_JOURNAL_LEVELS) unreachable();
  slots = regionOffset(REGION_RECORD_RING) + RECORD_SLOTS;
  slotMask = (regionBytes(REGION_RECORD_RING) - RECORD_SLOTS) / RECORD_BYTES - 1;
  spareSlot = regionOffset(REGION_SCRATCH) + RECORD_READER_COUNT * SCRATCH_SLOTS * RECORD_BYTES;
  attachResults();
  attachLatest();
  attachScanner(workspace + WORKSPACE_WORD);
  attachCrc(workspace + WORKSPACE_CRC);
  attachShapes(workspace);
  attachSymbols(workspace);
  attachBooks(workspace);
  attachElements();
  attachUpdates();
}

/** The most records that a frame can hold: every one takes an object at least. */
export function most(head: usize): u32 {
  if (load<u8>(head, FRAME_KIND) != FRAME_KIND_TEXT) return 0;
  const text = head + load<u8>(head, FRAME_PAYLOAD);
  return countByte(OPEN_OBJECT, text, text + load<u32>(head, FRAME_LENGTH));
}

/**
 * Decodes one frame into the slots from `position` on, of which at least `most(head)` are ours, and brings books, symbols
 * and the latest table up to date. Answers how many records it made; results say what else it found.
 */
export function decode(head: usize, position: u32, decodedAt: f64): u32 {
  startFrame(head, slots, slotMask, position, decodedAt);
  return decodeFrame(head, false);
}

/**
 * Decodes one frame for which there is no room: brings all but the record ring up to date. Answers how many records there
 * were.
 */
export function refresh(head: usize, position: u32, decodedAt: f64): u32 {
  startFrame(head, spareSlot, 0, position, decodedAt);
  return decodeFrame(head, true);
}

function decodeFrame(head: usize, inOneSlot: bool): u32 {
  clearResults();
  const kind = load<u8>(head, FRAME_KIND);
  if (kind == FRAME_KIND_RESET) {
    emptyBooks();
    return 0;
  }
  const text = head + load<u8>(head, FRAME_PAYLOAD);
  scan(text, text + load<u32>(head, FRAME_LENGTH));
  if (kind != FRAME_KIND_TEXT || !readMessage(text)) return reject(HANDED_ON_MALFORMED);
  if (method != METHOD_NONE) {
    clearResults();
    handOn(HANDED_ON_CONTROL);
    if (succeeded && resultAt != 0) takeAcknowledgement();
    return 0;
  }
  if (channel == CHANNEL_HEARTBEAT) {
    setResult(RESULT_HEARTBEAT, 1);
    return 0;
  }
  if (channel < CHANNEL_TICKER) {
    handOn(HANDED_ON_CONTROL);
    return 0;
  }
  if (dataAt == 0 || messageType == TYPE_OTHER) return reject(HANDED_ON_MALFORMED);
  if (refusal != HANDED_ON_NOT) return reject(refusal);
  if (channel == CHANNEL_BOOK) {
    applyElements(messageType == TYPE_SNAPSHOT);
    return records;
  }
  describeMessage(messageType == TYPE_SNAPSHOT, messageTime, messageTimeFailed);
  const made = inOneSlot ? settleInOneSlot() : settle();
  if (channel == CHANNEL_INSTRUMENT || channel == CHANNEL_STATUS) handOn(HANDED_ON_CONTROL);
  return made;
}

/** Nothing of the frame is used. */
function reject(why: u32): u32 {
  clearResults();
  setResult(why == HANDED_ON_MALFORMED ? RESULT_MALFORMED : RESULT_OVERFLOWED, 1);
  handOn(why);
  forgetRecords();
  return 0;
}

function takeAcknowledgement(): void {
  if (method == METHOD_SUBSCRIBE) applyResult(resultAt, true);
  else if (method == METHOD_UNSUBSCRIBE) applyResult(resultAt, false);
}

function settle(): u32 {
  return settleRecords() ? records : reject(HANDED_ON_OVERFLOWED);
}

/** The frame is good: it is read once more, and each record does what it does before the next one takes its slot. */
function settleInOneSlot(): u32 {
  settleOneByOne(true);
  readData(dataAt, channel);
  settleOneByOne(false);
  return records;
}
