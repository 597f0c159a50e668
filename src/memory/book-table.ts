import type { Arena } from './arena.ts';
import { REGION_BOOKS } from './arena-layout.ts';
import * as layout from './book-layout.ts';
import type { BookSnapshot } from './book-snapshot.ts';
import { fence, nap } from './fence.ts';
import { LOOKS_AWAKE, NAPS } from './seqlock.ts';
import { SymbolTable } from './symbol-table.ts';

// In words, and as constants of this file: V8 loads imported ones anew each time.
const W_SEQUENCE = layout.BOOK_SEQUENCE >> 2;
const W_DEGRADED = layout.BOOK_DEGRADED >> 2;

/** An arena's books, each with a place of its own that never changes: read by any thread, written by the kernel. */
export class BookTable {
  /** Books that there is room for; 0 for an arena without books. */
  readonly capacity: number;
  /** Levels a side that a book has room for. */
  readonly levels: number;
  readonly symbols: SymbolTable;
  readonly #arena: Arena;
  readonly #header: number;
  /** Words: the first book, and each one. */
  readonly #first: number;
  readonly #bookWords: number;

  constructor(arena: Arena, symbols: SymbolTable = new SymbolTable(arena)) {
    const { offset, bytes } = arena.region(REGION_BOOKS);
    this.symbols = symbols;
    this.#arena = arena;
    this.#header = offset;
    this.capacity = bytes === 0 ? 0 : arena.u32[(offset + layout.BOOKS_CAPACITY) >> 2]!;
    this.levels = bytes === 0 ? 0 : arena.u32[(offset + layout.BOOKS_LEVELS) >> 2]!;
    this.#first = (offset + layout.BOOKS_HEADER_BYTES) >> 2;
    this.#bookWords = (layout.BOOK_HEAD_BYTES + 2 * this.levels * layout.LEVEL_BYTES) >> 2;
  }

  /** Books in use: their places go from 0 to `size` − 1. */
  get size(): number {
    return this.capacity === 0 ? 0 : Atomics.load(this.#arena.u32, (this.#header + layout.BOOKS_USED) >> 2);
  }

  /** How often a symbol's book found no place: there are too few. */
  get overflowed(): number {
    return this.capacity === 0 ? 0 : this.#arena.u32[(this.#header + layout.BOOKS_OVERFLOWED) >> 2]!;
  }

  /** How many levels found no room in their book: there are too few levels. */
  get levelsOverflowed(): number {
    return this.capacity === 0 ? 0 : this.#arena.u32[(this.#header + layout.BOOKS_LEVELS_OVERFLOWED) >> 2]!;
  }

  /** The place of a symbol's book, or −1 while it has none. */
  find(symbol: string): number {
    return this.symbols.bookOf(this.symbols.find(symbol));
  }

  /** The symbol of the book in a place. */
  symbolOf(place: number): string {
    return this.symbols.text(
      this.#arena.u32[this.#first + place * this.#bookWords + (layout.BOOK_SYMBOL >> 2)]!,
    );
  }

  /** Changes with every change of the book; 0 before the first. */
  sequence(place: number): number {
    return Atomics.load(this.#arena.u32, this.#first + place * this.#bookWords + W_SEQUENCE);
  }

  /**
   * Copies the book in a place, as many levels of it as `target` has room for. Never torn: while the book is being written it
   * looks again, and naps where its writer was preempted. What a decoder left half written when it died is, after some 50 ms,
   * answered like none; its successor writes it anew.
   *
   * @returns false, with `target` of no meaning, when there is none
   */
  read(place: number, target: BookSnapshot): boolean {
    const { u32, i32 } = this.#arena;
    const head = this.#first + place * this.#bookWords;
    const sequence = head + W_SEQUENCE;
    for (let look = 0; look < LOOKS_AWAKE + NAPS; look++) {
      if (look >= LOOKS_AWAKE) nap(1);
      const before = Atomics.load(u32, sequence);
      if (before === 0) return false;
      if ((before & 1) !== 0) continue;
      target.copy(i32, head, this.levels);
      fence();
      if (Atomics.load(u32, sequence) !== before) continue;
      const degraded = Atomics.load(u32, head + W_DEGRADED) !== 0;
      target.settle(this.symbols, degraded);
      return true;
    }
    return false;
  }
}
