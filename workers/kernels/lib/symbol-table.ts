/** The symbol table: texts, each with an id of its own, and what is kept for each. */

import { REGION_SYMBOLS } from '../../../src/memory/arena-layout.ts';
import {
  FNV_OFFSET,
  FNV_PRIME,
  SYMBOL_BYTES,
  SYMBOL_HASH,
  SYMBOL_LENGTH,
  SYMBOL_MOST_TEXT_BYTES,
  SYMBOL_NO_PRECISION,
  SYMBOL_PRICE_PRECISION,
  SYMBOL_QUANTITY_PRECISION,
  SYMBOL_TEXT,
  SYMBOLS_CAPACITY,
  SYMBOLS_INDEX,
  SYMBOLS_INDEX_BYTES,
  SYMBOLS_INDEX_PER_ENTRY,
  SYMBOLS_OVERFLOWED,
  SYMBOLS_USED,
} from '../../../src/memory/symbol-table-layout.ts';
import { RECENT_BYTES, RECENT_COUNT, WORKSPACE_RECENTS } from '../../../src/memory/workspace-layout.ts';
import { regionBytes, regionOffset } from './arena.ts';
import { copyWord, isWordAt, wordAt, wordHigh, wordLength, wordLow } from './json-scanner.ts';

let table: usize = 0;
let recents: usize = 0;
let entries: usize = 0;
/** 0 with no table. */
let capacity: u32 = 0;
let mask: u32 = 0;

/** The word that was found last, and its id: at first the empty one, which has none. */
let lastLow: u64 = 0;
let lastHigh: u64 = 0;
let lastLength: u32 = 0;
let lastId: i32 = -1;

export function attachSymbols(workspace: usize): void {
  table = regionOffset(REGION_SYMBOLS);
  recents = workspace + WORKSPACE_RECENTS;
  memory.fill(recents, 0, RECENT_COUNT * RECENT_BYTES);
  if (regionBytes(REGION_SYMBOLS) == 0) return;
  capacity = load<u32>(table, SYMBOLS_CAPACITY);
  const places = capacity * SYMBOLS_INDEX_PER_ENTRY;
  mask = places - 1;
  entries = table + SYMBOLS_INDEX + places * SYMBOLS_INDEX_BYTES;
}

/** Where the entry of an id lies. */
export function symbolEntry(id: i32): usize {
  return entries + id * SYMBOL_BYTES;
}

/** The id of the word at hand; −1 as long as it has none. */
export function findSymbol(): i32 {
  if (wordLow == lastLow && wordHigh == lastHigh && wordLength == lastLength) return lastId;
  if (capacity == 0 || wordLength - 1 >= <u32>SYMBOL_MOST_TEXT_BYTES) return -1;
  if (wordLength > 16) {
    const near = recentAt();
    const recent = load<u32>(near);
    if (recent != 0) {
      const entry = symbolEntry(recent - 1);
      if (isWordAt(entry + SYMBOL_TEXT, load<u32>(entry, SYMBOL_LENGTH))) return recent - 1;
    }
  }
  const found = load<u32>(indexPlace(search(hashOf(wordAt, wordLength))));
  if (found == 0) return -1;
  // A decoder may have died before it came to count what it had entered.
  if (load<u32>(table, SYMBOLS_USED) < found) atomic.store<u32>(table, found, SYMBOLS_USED);
  return remember(found - 1);
}

/** The id of the word at hand, a new one if it has none; −1 when it is empty or too long, or when all ids are given. */
export function enterSymbol(): i32 {
  const known = findSymbol();
  if (known >= 0) return known;
  if (capacity == 0 || wordLength - 1 >= <u32>SYMBOL_MOST_TEXT_BYTES) return -1;
  const used = load<u32>(table, SYMBOLS_USED);
  if (used == capacity) {
    store<u32>(table, load<u32>(table, SYMBOLS_OVERFLOWED) + 1, SYMBOLS_OVERFLOWED);
    return -1;
  }
  const entry = symbolEntry(used);
  const hash = hashOf(wordAt, wordLength);
  copyWord(entry + SYMBOL_TEXT, wordLength);
  store<u32>(entry, wordLength, SYMBOL_LENGTH);
  store<u32>(entry, hash, SYMBOL_HASH);
  store<u8>(entry, SYMBOL_NO_PRECISION, SYMBOL_PRICE_PRECISION);
  store<u8>(entry, SYMBOL_NO_PRECISION, SYMBOL_QUANTITY_PRECISION);
  atomic.store<u32>(indexPlace(search(hash)), used + 1);
  atomic.store<u32>(table, used + 1, SYMBOLS_USED);
  return remember(used);
}

/** Where the id + 1 of a long word lies, if it was the last of those like it: what a hash of all of it would take long to find. */
function recentAt(): usize {
  const tail = load<u64>(wordAt + wordLength - 8);
  const mixed = (wordLow ^ (wordHigh << 1) ^ tail) * 0x9e3779b97f4a7c15;
  return recents + (<usize>(mixed >>> 56) & (RECENT_COUNT - 1)) * RECENT_BYTES;
}

/** Notes the word at hand: it is likely to come again soon, or, if it is short, as the next one. */
function remember(id: i32): i32 {
  if (wordLength > 16) {
    store<u32>(recentAt(), id + 1);
  } else {
    lastLow = wordLow;
    lastHigh = wordHigh;
    lastLength = wordLength;
    lastId = id;
  }
  return id;
}

/** The index place of the word at hand, or the free one that it would have. */
function search(hash: u32): u32 {
  let place = hash & mask;
  for (;;) {
    // There are more places than entries, so a free place ends every search.
    const found = load<u32>(indexPlace(place));
    if (found == 0) break;
    const entry = symbolEntry(found - 1);
    if (
      load<u32>(entry, SYMBOL_HASH) == hash &&
      isWordAt(entry + SYMBOL_TEXT, load<u32>(entry, SYMBOL_LENGTH))
    )
      break;
    place = (place + 1) & mask;
  }
  return place;
}

function indexPlace(place: u32): usize {
  return table + SYMBOLS_INDEX + place * SYMBOLS_INDEX_BYTES;
}

/** FNV-1a. */
function hashOf(text: usize, length: u32): u32 {
  let hash: u32 = <u32>FNV_OFFSET;
  for (let i: u32 = 0; i < length; i++) hash = (hash ^ load<u8>(text + i)) * <u32>FNV_PRIME;
  return hash;
}
