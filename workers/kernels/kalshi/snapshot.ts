/** Reads a snapshot's message: its levels are put down in the workspace, and its book is not touched. */

import { PARAMETER_YES_PRICE, PRICE_ONE } from '../../../src/kalshi/record-layout.ts';
import { REGION_PARAMETERS, REGION_WORKSPACE } from '../../../src/memory/arena-layout.ts';
import { LEVEL_BYTES, LEVEL_PRICE, LEVEL_QUANTITY } from '../../../src/memory/book-layout.ts';
import {
  HANDED_ON_INEXACT,
  HANDED_ON_MALFORMED,
  HANDED_ON_NOT,
  HANDED_ON_OVERFLOWED,
} from '../../../src/memory/counters-layout.ts';
import { WORKSPACE_JOURNAL_LEVELS } from '../../../src/memory/workspace-layout.ts';
import { regionBytes, regionOffset } from '../lib/arena.ts';
import { DECIMAL_NONE, decimalState, integer, readDecimal, setScale } from '../lib/decimal.ts';
import { enterArray, more, nextElement, OPEN_ARRAY, peek, skipValue } from '../lib/json-scanner.ts';
import { guessLongKey, key } from '../lib/key-guess.ts';
import { guessOf } from '../lib/shapes.ts';
import {
  KEY_NO,
  KEY_NO_DOLLARS,
  KEY_NO_DOLLARS_FP,
  KEY_YES,
  KEY_YES_DOLLARS,
  KEY_YES_DOLLARS_FP,
} from './keys.ts';
import { learnMember, SHAPE_SNAPSHOT } from './members.ts';
import { beginMessage, endMessage, readCommon } from './message.ts';
import { CENTS, CONTRACTS, DOLLARS, MOST_UNITS } from './units.ts';

const SMALL_N: u8 = 0x6e;

/** The ladders of the snapshot that was read last: where their levels lie, as they were written, and how many they are. */
export let yesLevels: usize = 0;
export let yesCount: u32 = 0;
export let noLevels: usize = 0;
export let noCount: u32 = 0;
/** What keeps it from being applied: one of the HANDED_ON_ numbers. */
export let fault: u32 = 0;

/** The levels that were read last, what is wrong with them, and whether there were any to read. */
let levels: usize = 0;
let count: u32 = 0;
let levelsFault: u32 = 0;
let held: bool = false;

let yesHeld: bool = false;
let noHeld: bool = false;
let yesFault: u32 = 0;
let noFault: u32 = 0;

/** Where the keys of the first years have their values; 0 for none. */
let yesDollarsAt: usize = 0;
let yesAt: usize = 0;
let noDollarsAt: usize = 0;
let noAt: usize = 0;

/** Where what the message at hand says is put down. */
export let room: usize = 0;
let roomEnd: usize = 0;
let next: usize = 0;
let parameters: usize = 0;

/** Traps when the workspace has no room for levels. */
export function attachSnapshots(): void {
  const workspace = regionOffset(REGION_WORKSPACE);
  room = workspace + WORKSPACE_JOURNAL_LEVELS;
  roomEnd = workspace + regionBytes(REGION_WORKSPACE);
  parameters = regionOffset(REGION_PARAMETERS);
  if (room + LEVEL_BYTES > roomEnd) unreachable();
}

/** Whether NO levels come on the YES scale. */
export function noIsOnYesScale(): bool {
  return load<u32>(parameters, PARAMETER_YES_PRICE) != 0;
}

export function readSnapshot(at: usize): usize {
  beginMessage();
  yesHeld = false;
  noHeld = false;
  yesDollarsAt = 0;
  yesAt = 0;
  noDollarsAt = 0;
  noAt = 0;
  next = room;
  for (let member: u32 = 0; at != 0; member++) {
    const from = at;
    const guess = guessOf(SHAPE_SNAPSHOT, member);
    at = guessLongKey(from, guess);
    if (at == 0) {
      at = learnMember(from, member == 0, guess);
      if (!more) break;
    }
    switch (key) {
      case KEY_YES_DOLLARS_FP:
        at = readYes(at, DOLLARS);
        break;
      case KEY_NO_DOLLARS_FP:
        at = readNo(at, DOLLARS);
        break;
      default:
        at = noteOld(at) ? skipValue(at) : readCommon(at);
    }
  }
  if (at == 0) return 0;
  endMessage();
  if (!yesHeld) readYes(yesDollarsAt, DOLLARS);
  if (!yesHeld) readYes(yesAt, CENTS);
  if (!noHeld) readNo(noDollarsAt, DOLLARS);
  if (!noHeld) readNo(noAt, CENTS);
  fault = max(yesFault, noFault);
  return at;
}

/** Whether the key at hand is one of the first years. */
function noteOld(at: usize): bool {
  switch (key) {
    case KEY_YES_DOLLARS:
      yesDollarsAt = at;
      return true;
    case KEY_YES:
      yesAt = at;
      return true;
    case KEY_NO_DOLLARS:
      noDollarsAt = at;
      return true;
    case KEY_NO:
      noAt = at;
      return true;
    default:
      return false;
  }
}

function readYes(at: usize, decimals: i32): usize {
  at = readLevels(at, decimals);
  yesLevels = levels;
  yesCount = count;
  yesFault = levelsFault;
  yesHeld = held;
  return at;
}

function readNo(at: usize, decimals: i32): usize {
  at = readLevels(at, decimals);
  noLevels = levels;
  noCount = count;
  noFault = levelsFault;
  noHeld = held;
  return at;
}

/** Reads a ladder: a list of prices and counts. A side that is empty has none, or `null`. */
function readLevels(at: usize, decimals: i32): usize {
  levels = next;
  count = 0;
  levelsFault = HANDED_ON_NOT;
  const first = peek(at);
  held = at != 0 && first != SMALL_N;
  if (!held) return at == 0 ? 0 : skipValue(at);
  if (first != OPEN_ARRAY) {
    spoil(HANDED_ON_MALFORMED);
    return skipValue(at);
  }
  at = enterArray(at);
  while (at != 0 && more) {
    at = readLevel(at, decimals);
    at = nextElement(at);
  }
  return at;
}

/** The ladder is not as it should be, and cannot be applied. */
function spoil(why: u32): void {
  levelsFault = max(levelsFault, why);
}

/** A level of no contracts is none. */
function readLevel(at: usize, decimals: i32): usize {
  if (peek(at) != OPEN_ARRAY) {
    spoil(HANDED_ON_MALFORMED);
    return skipValue(at);
  }
  at = enterArray(at);
  if (at == 0 || !more) {
    spoil(HANDED_ON_MALFORMED);
    return at;
  }
  at = readDecimal(at);
  const price = levelNumber(decimals, PRICE_ONE);
  at = nextElement(at);
  if (at == 0 || !more) {
    spoil(HANDED_ON_MALFORMED);
    return at;
  }
  at = readDecimal(at);
  const quantity = levelNumber(CONTRACTS, MOST_UNITS);
  at = nextElement(at);
  // There may be more in it one day.
  while (at != 0 && more) at = nextElement(skipValue(at));
  if (quantity == 0) return at;
  if (next + LEVEL_BYTES > roomEnd) {
    spoil(HANDED_ON_OVERFLOWED);
    return at;
  }
  store<i64>(next, price, LEVEL_PRICE);
  store<i64>(next, quantity, LEVEL_QUANTITY);
  next += LEVEL_BYTES;
  count += 1;
  return at;
}

/** The number at hand in units; what is none from 0 to `most` spoils the ladder. */
function levelNumber(decimals: i32, most: i64): i64 {
  if (decimalState == DECIMAL_NONE) {
    spoil(HANDED_ON_MALFORMED);
    return 0;
  }
  if (!setScale(decimals, MOST_UNITS)) {
    spoil(HANDED_ON_INEXACT);
    return 0;
  }
  if (integer < 0 || integer > most) spoil(HANDED_ON_MALFORMED);
  return integer;
}
