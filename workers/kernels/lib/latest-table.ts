/** The latest table: the newest record of each instrument, kept under a seqlock for any thread to read. */

import { REGION_LATEST_TABLE } from '../../../src/memory/arena-layout.ts';
import {
  LATEST_BLOCK_BYTES,
  LATEST_BLOCK_PLACES,
  LATEST_ENTRIES_PER_PLACE,
  LATEST_ENTRY_BYTES,
  LATEST_HASH_MULTIPLIER,
  LATEST_HASH_SHIFT,
  LATEST_INSTRUMENT,
  LATEST_OVERFLOWED,
  LATEST_PLACE,
  LATEST_PLACES,
  LATEST_RECORDS,
  LATEST_SEQUENCE_BYTES,
  LATEST_USED,
} from '../../../src/memory/latest-table-layout.ts';
import { RECORD_BYTES } from '../../../src/memory/record-layout.ts';
import { regionBytes, regionOffset } from './arena.ts';
import { beginWrite, endWrite } from './seqlock.ts';

/** 0 with no table. */
export let latestPlaces: u32 = 0;

let latest: usize = 0;
let latestRecords: usize = 0;
let latestIndex: usize = 0;
let latestSequences: usize = 0;
let latestBlocks: usize = 0;
let latestMask: u32 = 0;

export function attachLatest(): void {
  latest = regionOffset(REGION_LATEST_TABLE);
  if (regionBytes(REGION_LATEST_TABLE) == 0) return;
  latestPlaces = load<u32>(latest, LATEST_PLACES);
  latestMask = latestPlaces * LATEST_ENTRIES_PER_PLACE - 1;
  latestRecords = latest + LATEST_RECORDS;
  latestIndex = latestRecords + latestPlaces * RECORD_BYTES;
  latestSequences = latestIndex + latestPlaces * LATEST_ENTRIES_PER_PLACE * LATEST_ENTRY_BYTES;
  latestBlocks = latestSequences + latestPlaces * LATEST_SEQUENCE_BYTES;
}

/** The instrument's place in the table, counted from 0; a new one if it has none; −1 when all are given. */
export function findPlace(instrument: u32): i32 {
  let entry = ((instrument * <u32>LATEST_HASH_MULTIPLIER) >>> LATEST_HASH_SHIFT) & latestMask;
  for (;;) {
    // There are more entries than places, so a free entry ends every search.
    const at = latestIndex + entry * LATEST_ENTRY_BYTES;
    const place = load<u32>(at, LATEST_PLACE);
    if (place == 0) break;
    if (load<u32>(at, LATEST_INSTRUMENT) == instrument) return place - 1;
    entry = (entry + 1) & latestMask;
  }
  const used = load<u32>(latest, LATEST_USED);
  if (used == latestPlaces) {
    store<u32>(latest, load<u32>(latest, LATEST_OVERFLOWED) + 1, LATEST_OVERFLOWED);
    return -1;
  }
  const at = latestIndex + entry * LATEST_ENTRY_BYTES;
  store<u32>(latest, used + 1, LATEST_USED);
  store<u32>(at, instrument, LATEST_INSTRUMENT);
  atomic.store<u32>(at, used + 1, LATEST_PLACE);
  return used;
}

/** Where the newest record of a place lies. */
export function latestRecord(place: i32): usize {
  return latestRecords + place * RECORD_BYTES;
}

/** Copies a record, or the first half of one that uses no more, to its place. */
export function keepLatest(place: i32, slot: usize, whole: bool): void {
  const record = latestRecord(place);
  const sequence = latestSequences + place * LATEST_SEQUENCE_BYTES;
  beginWrite(sequence);
  copy64(slot, record);
  copy64(slot + 64, record + 64);
  if (whole) {
    copy64(slot + 128, record + 128);
    copy64(slot + 192, record + 192);
  }
  endWrite(sequence);
  // After the sequence, so that whoever sees the counter sees the update.
  const block = latestBlocks + (place / LATEST_BLOCK_PLACES) * LATEST_BLOCK_BYTES;
  atomic.store<u32>(block, load<u32>(block) + 1);
}

function copy64(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
  v128.store(to, v128.load(from, 48), 48);
}
