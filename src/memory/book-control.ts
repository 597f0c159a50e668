import type { Arena } from './arena.ts';
import { REGION_BOOKS } from './arena-layout.ts';
import { BOOK_DEGRADED, BOOK_HEAD_BYTES, BOOKS_HEADER_BYTES, LEVEL_BYTES } from './book-layout.ts';
import type { BookTable } from './book-table.ts';

/** The one word of each book that is the feed's own. Written by the feed's thread only. */
export class BookControl {
  readonly #u32: Uint32Array;
  readonly #first: number;
  readonly #bookBytes: number;

  constructor(arena: Arena, { levels }: BookTable) {
    this.#u32 = arena.u32;
    this.#first = arena.region(REGION_BOOKS).offset + BOOKS_HEADER_BYTES + BOOK_DEGRADED;
    this.#bookBytes = BOOK_HEAD_BYTES + 2 * levels * LEVEL_BYTES;
  }

  /** Notes for all threads whether the feed has given up on the book in a place. */
  setDegraded(place: number, degraded: boolean): void {
    Atomics.store(this.#u32, (this.#first + place * this.#bookBytes) >> 2, degraded ? 1 : 0);
  }
}
