/** L2 books in the arena: who has one, and the levels of its two sides. All changes are made between `open` and `close`. */

import { REGION_BOOKS } from '../../../src/memory/arena-layout.ts';
import {
  BOOK_ASK_COUNT,
  BOOK_BID_COUNT,
  BOOK_HEAD_BYTES,
  BOOK_PRICE_SCALE,
  BOOK_QUANTITY_SCALE,
  BOOK_SEQUENCE,
  BOOK_SYMBOL,
  BOOKS_CAPACITY,
  BOOKS_HEADER_BYTES,
  BOOKS_LEVELS,
  BOOKS_LEVELS_OVERFLOWED,
  BOOKS_OVERFLOWED,
  BOOKS_USED,
  LEVEL_BYTES,
  LEVEL_PRICE,
  LEVEL_QUANTITY,
} from '../../../src/memory/book-layout.ts';
import { SYMBOL_BOOK } from '../../../src/memory/symbol-table-layout.ts';
import {
  JOURNAL_PRICE_SCALE,
  JOURNAL_QUANTITY_SCALE,
  WORKSPACE_JOURNAL,
  WORKSPACE_JOURNAL_LEVELS,
} from '../../../src/memory/workspace-layout.ts';
import { regionBytes, regionOffset } from './arena.ts';
import { INTEGER_LIMIT } from './decimal.ts';
import { beginWrite, endWrite } from './seqlock.ts';
import { symbolEntry } from './symbol-table.ts';

/** Moves of fewer levels are made one by one; for more, a call of the engine's own copying is worth it. */
const FEW_LEVELS: u32 = 32;

/** Books that there are; 0 without the region. */
export let bookCapacity: u32 = 0;
/** Levels a side that each has room for. */
export let bookRoom: u32 = 0;

let region: usize = 0;
let bookBytes: u32 = 0;
let journal: usize = 0;
let journalLevels: usize = 0;

/**
 * Puts right what a decoder that died has left half done: a book whose sequence is odd has, at one place at most, a level
 * twice, because levels are moved one by one; and one that was being rescaled lies in the journal as it is to be.
 */
export function attachBooks(workspace: usize): void {
  region = regionOffset(REGION_BOOKS);
  if (regionBytes(REGION_BOOKS) == 0) return;
  bookCapacity = load<u32>(region, BOOKS_CAPACITY);
  bookRoom = load<u32>(region, BOOKS_LEVELS);
  bookBytes = BOOK_HEAD_BYTES + 2 * bookRoom * LEVEL_BYTES;
  journal = workspace + WORKSPACE_JOURNAL;
  journalLevels = workspace + WORKSPACE_JOURNAL_LEVELS;
  const rescaling = load<u32>(journal);
  if (rescaling != 0) takeJournal(bookAt(rescaling - 1));
  for (let number: u32 = 0; number < booksUsed(); number++) {
    const book = bookAt(number);
    if ((load<u32>(book, BOOK_SEQUENCE) & 1) == 0) continue;
    dropTwins(book, false);
    dropTwins(book, true);
  }
}

export function booksUsed(): u32 {
  return bookCapacity == 0 ? 0 : load<u32>(region, BOOKS_USED);
}

export function bookAt(number: u32): usize {
  return region + BOOKS_HEADER_BYTES + number * bookBytes;
}

export function bookNumber(book: usize): u32 {
  return <u32>(book - region - BOOKS_HEADER_BYTES) / bookBytes;
}

/** The book of a symbol, a new one if it has none; 0 when all are given. */
export function bookOf(symbol: i32): usize {
  if (bookCapacity == 0) return 0;
  const entry = symbolEntry(symbol);
  const used = load<u32>(region, BOOKS_USED);
  const found = load<u32>(entry, SYMBOL_BOOK);
  if (found != 0) {
    // A decoder may have died before it came to count what it had given.
    if (found > used) atomic.store<u32>(region, found, BOOKS_USED);
    return bookAt(found - 1);
  }
  if (used == bookCapacity) {
    store<u32>(region, load<u32>(region, BOOKS_OVERFLOWED) + 1, BOOKS_OVERFLOWED);
    return 0;
  }
  const book = bookAt(used);
  store<u32>(book, symbol, BOOK_SYMBOL);
  atomic.store<u32>(entry, used + 1, SYMBOL_BOOK);
  atomic.store<u32>(region, used + 1, BOOKS_USED);
  return book;
}

/** Readers look again until it is closed. */
export function openBook(book: usize): void {
  beginWrite(book + BOOK_SEQUENCE);
}

export function closeBook(book: usize): void {
  endWrite(book + BOOK_SEQUENCE);
}

/** Where the levels of a side lie, best first. */
export function levelsOf(book: usize, ask: bool): usize {
  return book + BOOK_HEAD_BYTES + (ask ? <usize>(bookRoom * LEVEL_BYTES) : 0);
}

/** Where their count lies. */
export function countOf(book: usize, ask: bool): usize {
  return book + (ask ? BOOK_ASK_COUNT : BOOK_BID_COUNT);
}

/** Sets the quantity at a price, or takes the level away; false when a level found no room, and the worst one was lost. */
export function putLevel(book: usize, ask: bool, price: i64, quantity: i64): bool {
  return putLevelAt(placeOf(book, ask, price), book, ask, price, quantity);
}

/** As `putLevel`, given what `placeOf` answered. */
export function putLevelAt(place: u32, book: usize, ask: bool, price: i64, quantity: i64): bool {
  const levels = levelsOf(book, ask);
  const countAt = countOf(book, ask);
  const count = load<u32>(countAt);
  const level = levels + place * LEVEL_BYTES;
  if (place < count && load<i64>(level, LEVEL_PRICE) == price) {
    if (quantity != 0) store<i64>(level, quantity, LEVEL_QUANTITY);
    else removeLevel(levels, countAt, place);
    return true;
  }
  if (quantity == 0) return true;
  const full = count == bookRoom;
  if (full) {
    store<u32>(region, load<u32>(region, BOOKS_LEVELS_OVERFLOWED) + 1, BOOKS_LEVELS_OVERFLOWED);
    if (place == count) return false;
    store<u32>(countAt, count - 1);
  }
  makeRoom(levels, countAt, place);
  store<i64>(level, price, LEVEL_PRICE);
  store<i64>(level, quantity, LEVEL_QUANTITY);
  return !full;
}

/** How many levels of a side have better prices: where the level of this price is, or would be. */
export function placeOf(book: usize, ask: bool, price: i64): u32 {
  const levels = levelsOf(book, ask);
  const count = load<u32>(countOf(book, ask));
  // Turned around for bids, so that lower is better on both sides.
  const flip: i64 = ask ? 0 : -1;
  const key = price ^ flip;
  return count == 0 || keyAt(levels, count - 1, flip) < key ? count : search(levels, count, flip, key);
}

/** The quantity at a price, given what `placeOf` answered; 0 when there is no such level. */
export function quantityAt(place: u32, book: usize, ask: bool, price: i64): i64 {
  const level = levelsOf(book, ask) + place * LEVEL_BYTES;
  const held = place < load<u32>(countOf(book, ask)) && load<i64>(level, LEVEL_PRICE) == price;
  return held ? load<i64>(level, LEVEL_QUANTITY) : 0;
}

function keyAt(levels: usize, place: u32, flip: i64): i64 {
  return load<i64>(levels + place * LEVEL_BYTES, LEVEL_PRICE) ^ flip;
}

/** The first place whose price is not better; there is one. */
function search(levels: usize, count: u32, flip: i64, key: i64): u32 {
  let place: u32 = 0;
  let left = count;
  // No branch depends on a price: what it would be is anyone's guess.
  while (left > 1) {
    const half = left >>> 1;
    place = select<u32>(place + half, place, keyAt(levels, place + half - 1, flip) < key);
    left -= half;
  }
  return place;
}

/** After every move each level is there once or, next to itself, twice. */
function makeRoom(levels: usize, countAt: usize, place: u32): void {
  const count = load<u32>(countAt);
  const level = levels + place * LEVEL_BYTES;
  let at = levels + count * LEVEL_BYTES;
  if (count != place) {
    at -= LEVEL_BYTES;
    v128.store(at, v128.load(at), LEVEL_BYTES);
  }
  store<u32>(countAt, count + 1);
  if (count - place > FEW_LEVELS) {
    memory.copy(level + LEVEL_BYTES, level, at - level);
    return;
  }
  while (at > level) {
    at -= LEVEL_BYTES;
    v128.store(at, v128.load(at), LEVEL_BYTES);
  }
}

function removeLevel(levels: usize, countAt: usize, place: u32): void {
  const last = load<u32>(countAt) - 1;
  let at = levels + place * LEVEL_BYTES;
  const to = levels + last * LEVEL_BYTES;
  if (last - place > FEW_LEVELS) {
    memory.copy(at, at + LEVEL_BYTES, to - at);
  } else {
    for (; at < to; at += LEVEL_BYTES) v128.store(at, v128.load(at, LEVEL_BYTES));
  }
  store<u32>(countAt, last);
}

/** Keeps the best ones. */
export function truncate(book: usize, depth: u32): void {
  if (load<u32>(book, BOOK_BID_COUNT) > depth) store<u32>(book, depth, BOOK_BID_COUNT);
  if (load<u32>(book, BOOK_ASK_COUNT) > depth) store<u32>(book, depth, BOOK_ASK_COUNT);
}

function dropTwins(book: usize, ask: bool): void {
  const levels = levelsOf(book, ask);
  const countAt = countOf(book, ask);
  for (let place: u32 = 1; place < load<u32>(countAt); place++) {
    if (keyAt(levels, place, 0) == keyAt(levels, place - 1, 0)) removeLevel(levels, countAt, place);
  }
}

/**
 * Gives all levels more decimals; false, with nothing changed, when they do not fit. First into the journal, so that it can
 * be finished wherever a decoder dies.
 */
export function rescaleBook(book: usize, priceScale: i32, quantityScale: i32): bool {
  const price = powerOfTen(priceScale - load<u8>(book, BOOK_PRICE_SCALE));
  const quantity = powerOfTen(quantityScale - load<u8>(book, BOOK_QUANTITY_SCALE));
  if (!journalSide(book, false, price, quantity) || !journalSide(book, true, price, quantity)) return false;
  store<u8>(journal, <u8>priceScale, JOURNAL_PRICE_SCALE);
  store<u8>(journal, <u8>quantityScale, JOURNAL_QUANTITY_SCALE);
  store<u32>(journal, bookNumber(book) + 1);
  takeJournal(book);
  return true;
}

function journalSide(book: usize, ask: bool, price: i64, quantity: i64): bool {
  const levels = levelsOf(book, ask);
  const count = load<u32>(countOf(book, ask));
  const to = journalLevels + (ask ? <usize>(bookRoom * LEVEL_BYTES) : 0);
  for (let at: usize = 0; at < count * LEVEL_BYTES; at += LEVEL_BYTES) {
    const oldPrice = load<i64>(levels + at, LEVEL_PRICE);
    const oldQuantity = load<i64>(levels + at, LEVEL_QUANTITY);
    if (!fits(oldPrice, price) || !fits(oldQuantity, quantity)) return false;
    store<i64>(to + at, oldPrice * price, LEVEL_PRICE);
    store<i64>(to + at, oldQuantity * quantity, LEVEL_QUANTITY);
  }
  return true;
}

function takeJournal(book: usize): void {
  const sideBytes = bookRoom * LEVEL_BYTES;
  memory.copy(levelsOf(book, false), journalLevels, load<u32>(book, BOOK_BID_COUNT) * LEVEL_BYTES);
  memory.copy(levelsOf(book, true), journalLevels + sideBytes, load<u32>(book, BOOK_ASK_COUNT) * LEVEL_BYTES);
  store<u8>(book, load<u8>(journal, JOURNAL_PRICE_SCALE), BOOK_PRICE_SCALE);
  store<u8>(book, load<u8>(journal, JOURNAL_QUANTITY_SCALE), BOOK_QUANTITY_SCALE);
  store<u32>(journal, 0);
}

/** 10^exponent; 0 when it does not fit. */
export function powerOfTen(exponent: i32): i64 {
  if (exponent < 0 || exponent > 18) return 0;
  let power: i64 = 1;
  for (; exponent > 0; exponent--) power *= 10;
  return power;
}

/** Whether a number that is not negative times a power of ten, 0 for one that is too large, has at most 18 digits. */
export function fits(value: i64, power: i64): bool {
  return value == 0 || (power != 0 && value <= (INTEGER_LIMIT - 1) / power);
}
