import { BOOK_HEAD_BYTES, BOOKS_HEADER_BYTES, LEVEL_BYTES } from './book-layout.ts';
import { SEQUENCE_BYTES, SEQUENCES_HEADER_BYTES } from './sequence-table-layout.ts';
import {
  SYMBOL_BYTES,
  SYMBOLS_INDEX,
  SYMBOLS_INDEX_BYTES,
  SYMBOLS_INDEX_PER_ENTRY,
} from './symbol-table-layout.ts';
import { CHECKS_BYTES, ENTRY_BYTES, WORKSPACE_JOURNAL_LEVELS } from './workspace-layout.ts';

/** Bytes of a symbol table with so many entries. */
export function symbolTableBytes(entries: number): number {
  if (entries === 0) return 0;
  return SYMBOLS_INDEX + entries * (SYMBOLS_INDEX_PER_ENTRY * SYMBOLS_INDEX_BYTES + SYMBOL_BYTES);
}

/** Bytes of a sequence table with so many entries. */
export function sequenceTableBytes(entries: number): number {
  return entries === 0 ? 0 : SEQUENCES_HEADER_BYTES + entries * SEQUENCE_BYTES;
}

/** Room for a message that adds levels before it takes others away. */
const LEAST_SPARE_LEVELS = 64;

/**
 * Levels a side that a book needs room for in order to hold `levels` of them after each message. A multiple of 8, so that
 * books start on multiples of a record's size.
 */
export function bookRoom(levels: number): number {
  return Math.ceil((levels + Math.max(levels, LEAST_SPARE_LEVELS)) / 8) * 8;
}

/** Bytes of so many books with so many levels a side. */
export function booksBytes(books: number, room: number): number {
  if (books === 0) return 0;
  return BOOKS_HEADER_BYTES + books * (BOOK_HEAD_BYTES + 2 * room * LEVEL_BYTES);
}

/** Levels of one message that there is always room for. */
const LEAST_MESSAGE_LEVELS = 1024;

/** Bytes that a kernel which reads text wants for so many books: a message may have twice the levels that a book has room for. */
export function workspaceBytes(books: number, room: number): number {
  const journal = books === 0 ? 0 : 2 * room * LEVEL_BYTES;
  const message = Math.max(LEAST_MESSAGE_LEVELS, 4 * room) * ENTRY_BYTES;
  return WORKSPACE_JOURNAL_LEVELS + journal + books * CHECKS_BYTES + message;
}
