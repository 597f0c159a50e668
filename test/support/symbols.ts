/** Writes what kernels write, as its layout says: symbol tables. */

import type { Arena } from 'tickring/memory';
import { arenaLayout } from './memory-internals.ts';
import { symbolTableLayout as layout } from './views-internals.ts';

/** Adds symbols to an arena's table, in their order. Readers do not use its index, so there is none. */
export class SymbolWriter {
  readonly #arena: Arena;
  readonly #header: number;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#header = arena.region(arenaLayout.REGION_SYMBOLS).offset;
  }

  /** Answers its id. */
  add(text: string): number {
    const { u8, u32 } = this.#arena;
    const used = (this.#header + layout.SYMBOLS_USED) >> 2;
    const id = u32[used]!;
    const bytes = Buffer.from(text);
    const entry = this.#entry(id);
    u8.set(bytes, entry + layout.SYMBOL_TEXT);
    u32[(entry + layout.SYMBOL_LENGTH) >> 2] = bytes.length;
    Atomics.store(u32, used, id + 1);
    return id;
  }

  /** Gives a symbol a book. */
  setBook(id: number, place: number): void {
    Atomics.store(this.#arena.u32, (this.#entry(id) + layout.SYMBOL_BOOK) >> 2, place + 1);
  }

  #entry(id: number): number {
    const capacity = this.#arena.u32[(this.#header + layout.SYMBOLS_CAPACITY) >> 2]!;
    const index = capacity * layout.SYMBOLS_INDEX_PER_ENTRY * layout.SYMBOLS_INDEX_BYTES;
    return this.#header + layout.SYMBOLS_INDEX + index + id * layout.SYMBOL_BYTES;
  }
}
