/**
 * What a book message says, put down in the workspace: nothing is done to a book before its whole frame is known to be good.
 * Levels fill the room from below, elements of the data from above.
 */

import { REGION_WORKSPACE } from '../../../src/memory/arena-layout.ts';
import { LEVEL_BYTES } from '../../../src/memory/book-layout.ts';
import { HANDED_ON_NOT } from '../../../src/memory/counters-layout.ts';
import {
  CHECKS_BYTES,
  ENTRY_BYTES,
  ENTRY_PRICE,
  ENTRY_PRICE_SCALE,
  ENTRY_QUANTITY,
  ENTRY_QUANTITY_SCALE,
  WORKSPACE_JOURNAL_LEVELS,
} from '../../../src/memory/workspace-layout.ts';
import { regionBytes, regionOffset } from '../lib/arena.ts';
import { bookCapacity, bookRoom } from '../lib/books.ts';

/**
 * An element: where its symbol is written, and its checksum, uint32 each; its time, int64; whether there was a checksum, and
 * whether the time is none that fits, uint8 each.
 */
export const ELEMENT_SYMBOL: usize = 0;
export const ELEMENT_CHECKSUM: usize = 4;
export const ELEMENT_TIMESTAMP: usize = 8;
export const ELEMENT_CHECKED: usize = 16;
export const ELEMENT_TIME_FAILED: usize = 17;
/** Its two sides. */
export const ELEMENT_BIDS: usize = 24;
export const ELEMENT_ASKS: usize = 40;
const ELEMENT_BYTES: usize = 56;

/** ELEMENT_CHECKED */
export const CHECKED_NOT: u8 = 0;
export const CHECKED: u8 = 1;
/** It is there, and no uint32: no book can have it. */
export const CHECKED_WRONG: u8 = 2;

/** A side: where its first level lies and how many they are, uint32 each; */
export const SIDE_ENTRIES: usize = 0;
export const SIDE_COUNT: usize = 4;
/** the fewest and the most decimals of its prices, and of its quantities without zeros, uint8 each; */
export const SIDE_PRICE_LEAST: usize = 8;
export const SIDE_PRICE_MOST: usize = 9;
export const SIDE_QUANTITY_LEAST: usize = 10;
export const SIDE_QUANTITY_MOST: usize = 11;
/** uint8: what keeps it from being applied, one of the HANDED_ON_ numbers. */
export const SIDE_FAULT: usize = 12;

/** Elements that have been put down. */
export let elements: u32 = 0;

let entriesStart: usize = 0;
let entriesEnd: usize = 0;
let top: usize = 0;
let bottom: usize = 0;

/** Where each book's checks start. */
let checks: usize = 0;

/** Traps when the workspace is too small for its books. */
export function attachElements(): void {
  const workspace = regionOffset(REGION_WORKSPACE);
  checks = workspace + WORKSPACE_JOURNAL_LEVELS + (bookCapacity == 0 ? 0 : 2 * bookRoom * LEVEL_BYTES);
  entriesStart = checks + bookCapacity * CHECKS_BYTES;
  top = (workspace + regionBytes(REGION_WORKSPACE)) & ~7;
  if (entriesStart + ELEMENT_BYTES + ENTRY_BYTES > top) unreachable();
  forgetElements();
}

/** Where a book's checks lie. */
export function checksOf(book: u32): usize {
  return checks + book * CHECKS_BYTES;
}

export function forgetElements(): void {
  entriesEnd = entriesStart;
  bottom = top;
  elements = 0;
}

export function elementAt(index: u32): usize {
  return top - <usize>(index + 1) * ELEMENT_BYTES;
}

/** A new element, with nothing in it; 0 when there is no room. */
export function beginElement(): usize {
  if (bottom - entriesEnd < ELEMENT_BYTES) return 0;
  bottom -= ELEMENT_BYTES;
  elements += 1;
  store<u32>(bottom, 0, ELEMENT_SYMBOL);
  store<u64>(bottom, 0, ELEMENT_TIMESTAMP);
  store<u8>(bottom, CHECKED_NOT, ELEMENT_CHECKED);
  store<u8>(bottom, 0, ELEMENT_TIME_FAILED);
  beginSide(bottom + ELEMENT_BIDS);
  beginSide(bottom + ELEMENT_ASKS);
  return bottom;
}

/** A side of the newest element, with no levels. */
export function beginSide(side: usize): void {
  store<u32>(side, <u32>entriesEnd, SIDE_ENTRIES);
  store<u32>(side, 0, SIDE_COUNT);
  store<u8>(side, 0xff, SIDE_PRICE_LEAST);
  store<u8>(side, 0, SIDE_PRICE_MOST);
  store<u8>(side, 0xff, SIDE_QUANTITY_LEAST);
  store<u8>(side, 0, SIDE_QUANTITY_MOST);
  store<u8>(side, HANDED_ON_NOT, SIDE_FAULT);
}

/** Adds a level to the side that was begun last; false when there is no room. */
export function addEntry(side: usize, price: i64, priceScale: i32, quantity: i64, quantityScale: i32): bool {
  const entry = entriesEnd;
  if (bottom - entry < <usize>ENTRY_BYTES) return false;
  entriesEnd = entry + ENTRY_BYTES;
  store<i64>(entry, price, ENTRY_PRICE);
  store<i64>(entry, quantity, ENTRY_QUANTITY);
  store<u8>(entry, <u8>priceScale, ENTRY_PRICE_SCALE);
  store<u8>(entry, <u8>quantityScale, ENTRY_QUANTITY_SCALE);
  store<u32>(side, load<u32>(side, SIDE_COUNT) + 1, SIDE_COUNT);
  spread(side, SIDE_PRICE_LEAST, SIDE_PRICE_MOST, priceScale);
  // A zero takes a level away however it is spelled.
  if (quantity != 0) spread(side, SIDE_QUANTITY_LEAST, SIDE_QUANTITY_MOST, quantityScale);
  return true;
}

function spread(side: usize, least: usize, most: usize, decimals: i32): void {
  if (decimals < <i32>load<u8>(side + least)) store<u8>(side + least, <u8>decimals);
  if (decimals > <i32>load<u8>(side + most)) store<u8>(side + most, <u8>decimals);
}
