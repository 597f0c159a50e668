/**
 * Kalshi's kernel (AssemblyScript): JSON text in, records, books, symbols and the numbers of subscriptions out.
 *
 * It reads a frame where it lies, and nothing around it. A frame is understood as a whole or not at all: only when all of it
 * is good JSON of a known form is its number checked, its record given, its book brought up to date and its symbol entered.
 * What it does not understand, and what is not market data, is handed on.
 */

import {
  GAP_SEQUENCE,
  SLOT_TICKER,
  SLOT_TRADE,
  SNAPSHOT_MOST_LEVELS,
} from '../../src/kalshi/record-layout.ts';
import { REGION_RECORD_RING, REGION_SCRATCH, REGION_WORKSPACE } from '../../src/memory/arena-layout.ts';
import {
  HANDED_ON_CONTROL,
  HANDED_ON_GAP,
  HANDED_ON_INEXACT,
  HANDED_ON_MALFORMED,
  HANDED_ON_OVERFLOWED,
  RESULT_BOOKS_IGNORED,
  RESULT_INEXACT,
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
import { WORKSPACE_JOURNAL_LEVELS, WORKSPACE_WORD } from '../../src/memory/workspace-layout.ts';
import { applyDelta, applySnapshot, attachBookChanges } from './kalshi/book.ts';
import { emptyBooks, failBooks } from './kalshi/book-state.ts';
import { applyAnswer } from './kalshi/control.ts';
import {
  envelopeMisfits,
  hasId,
  hasSequence,
  hasSubscription,
  messageType,
  msgAt,
  readEnvelope,
  readMsg,
  sequence,
  subscription,
} from './kalshi/envelope.ts';
import { enterTicker, tickerAt } from './kalshi/message.ts';
import { countMisfits, describe, identify, keepNewest, markMisfits, recordGap } from './kalshi/records.ts';
import { attachSnapshots } from './kalshi/snapshot.ts';
import { TYPE_DELTA, TYPE_SNAPSHOT, TYPE_TICKER } from './kalshi/words.ts';
import { regionBytes, regionOffset } from './lib/arena.ts';
import { attachBooks, bookOf } from './lib/books.ts';
import { attachScanner, countByte, OPEN_ARRAY, OPEN_OBJECT, peek, QUOTE, scan } from './lib/json-scanner.ts';
import { attachLatest } from './lib/latest-table.ts';
import { addResult, attachResults, clearResults, handOn, setResult } from './lib/results.ts';
import {
  attachSequences,
  checkSequence,
  enterSequence,
  expected,
  findSequence,
  forgetSequences,
  hadEnded,
} from './lib/sequence-table.ts';
import { attachShapes } from './lib/shapes.ts';
import { endRecord, forgetRecords, records, slotOf, startFrame } from './lib/slots.ts';
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
  attachShapes(workspace);
  attachSymbols(workspace);
  attachBooks(workspace);
  attachSequences();
  attachSnapshots();
  attachBookChanges();
}

/** The most records that a frame can hold: one for each six levels of a snapshot and one for the rest, and two gaps. */
export function most(head: usize): u32 {
  if (load<u8>(head, FRAME_KIND) != FRAME_KIND_TEXT) return 0;
  const text = head + load<u8>(head, FRAME_PAYLOAD);
  return countByte(OPEN_ARRAY, text, text + load<u32>(head, FRAME_LENGTH)) / SNAPSHOT_MOST_LEVELS + 3;
}

/**
 * Decodes one frame into the slots from `position` on, of which at least `most(head)` are ours, and brings books, symbols,
 * subscriptions' numbers and the latest table up to date. Answers how many records it made; results say what else it found.
 */
export function decode(head: usize, position: u32, decodedAt: f64): u32 {
  startFrame(head, slots, slotMask, position, decodedAt);
  return decodeFrame(head);
}

/**
 * Decodes one frame for which there is no room: brings all but the record ring up to date. Answers how many records there
 * were.
 */
export function refresh(head: usize, position: u32, decodedAt: f64): u32 {
  startFrame(head, spareSlot, 0, position, decodedAt);
  return decodeFrame(head);
}

function decodeFrame(head: usize): u32 {
  clearResults();
  const kind = load<u8>(head, FRAME_KIND);
  if (kind == FRAME_KIND_RESET) {
    emptyBooks();
    forgetSequences();
    return 0;
  }
  const text = head + load<u8>(head, FRAME_PAYLOAD);
  scan(text, text + load<u32>(head, FRAME_LENGTH));
  if (kind != FRAME_KIND_TEXT || !readEnvelope(text)) return reject();
  if (messageType < TYPE_TICKER) {
    handOn(HANDED_ON_CONTROL);
    checkNumber();
    applyAnswer(messageType);
    return records;
  }
  if (msgAt == 0 || peek(msgAt) != OPEN_OBJECT || !hasTicker()) return reject();
  if (hasEnded()) ignore();
  else if (messageType >= TYPE_SNAPSHOT) decodeBook();
  else decodeRecord();
  return records;
}

/** Nothing of the frame is used. */
function reject(): u32 {
  clearResults();
  setResult(RESULT_MALFORMED, 1);
  handOn(HANDED_ON_MALFORMED);
  forgetRecords();
  return 0;
}

/** Whether the message says which market it is of. */
function hasTicker(): bool {
  return tickerAt != 0 && load<u8>(tickerAt, 1) != QUOTE;
}

/** Whether the venue had ended the subscription before this message. */
function hasEnded(): bool {
  const entry = hasSubscription ? findSequence(subscription) : 0;
  return entry != 0 && hadEnded(entry);
}

/** What comes late is neither applied nor lost sight of. */
function ignore(): void {
  forgetRecords();
  if (messageType >= TYPE_SNAPSHOT) addResult(RESULT_BOOKS_IGNORED);
  else handOn(HANDED_ON_CONTROL);
}

/**
 * Checks the number that the message has in its subscription; where another was due, no book of that can be trusted any more.
 * Answers whether there was a number to check.
 */
function checkNumber(): bool {
  if (envelopeMisfits != 0) {
    addResult(RESULT_INEXACT, envelopeMisfits);
    handOn(HANDED_ON_INEXACT);
  }
  if (!hasSubscription || !hasSequence) return false;
  const entry = enterSequence(subscription);
  if (entry == 0) {
    overflowed();
    return false;
  }
  if (hadEnded(entry)) return false;
  if (!checkSequence(entry, sequence)) {
    handOn(HANDED_ON_GAP);
    recordGap(GAP_SEQUENCE, expected, sequence, failBooks(subscription));
  }
  return true;
}

function decodeRecord(): void {
  checkNumber();
  // The gap that was found has taken the record's place.
  if (records != 0) readMsg(msgAt);
  const symbol = enterTicker();
  if (symbol < 0) {
    overflowed();
    return;
  }
  const slot = slotOf(records);
  identify(slot, symbol, messageType == TYPE_TICKER ? SLOT_TICKER : SLOT_TRADE);
  describe(slot);
  markMisfits(slot);
  keepNewest(slot);
  endRecord();
  countMisfits();
}

function decodeBook(): void {
  const checked = checkNumber();
  const symbol = enterTicker();
  const book: usize = symbol < 0 ? 0 : bookOf(symbol);
  if (book == 0) overflowed();
  else if (messageType == TYPE_DELTA) applyDelta(book, symbol, records != 0, checked);
  else applySnapshot(book, symbol, records != 0, checked);
  // A snapshot that was asked for is an answer, too.
  if (hasId) handOn(HANDED_ON_CONTROL);
  countMisfits();
}

/** Something finds no room. */
function overflowed(): void {
  addResult(RESULT_OVERFLOWED);
  handOn(HANDED_ON_OVERFLOWED);
}
