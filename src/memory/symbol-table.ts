import type { Arena } from './arena.ts';
import { REGION_SYMBOLS } from './arena-layout.ts';
import * as layout from './symbol-table-layout.ts';

/**
 * The texts that an arena's kernel has met, by their ids. For any thread; texts are read once a table, and kept. An id and its
 * text belong together for as long as the arena is there.
 */
export class SymbolTable {
  readonly #arena: Arena;
  /** The region; 0 bytes of it, and none of what follows, where the arena has no symbols. */
  readonly #header: number;
  readonly #present: boolean;
  /** Byte offset of the first entry. */
  readonly #entries: number;
  readonly #texts: string[] = [];
  readonly #ids = new Map<string, number>();

  constructor(arena: Arena) {
    const { offset, bytes } = arena.region(REGION_SYMBOLS);
    this.#arena = arena;
    this.#header = offset;
    this.#present = bytes !== 0;
    const capacity = this.#present ? arena.u32[(offset + layout.SYMBOLS_CAPACITY) >> 2]! : 0;
    this.#entries =
      offset + layout.SYMBOLS_INDEX + capacity * layout.SYMBOLS_INDEX_PER_ENTRY * layout.SYMBOLS_INDEX_BYTES;
  }

  /** Symbols that there are: ids go from 0 to `size` − 1. */
  get size(): number {
    return this.#present ? Atomics.load(this.#arena.u32, (this.#header + layout.SYMBOLS_USED) >> 2) : 0;
  }

  /** How often a symbol found no entry: the table is too small. */
  get overflowed(): number {
    return this.#present ? this.#arena.u32[(this.#header + layout.SYMBOLS_OVERFLOWED) >> 2]! : 0;
  }

  /** The text of an id; empty for one that there is not. */
  text(id: number): string {
    return this.#texts[id] ?? this.#lookUp(id);
  }

  /** The id of a text, or −1 while it has not come. */
  find(text: string): number {
    const id = this.#ids.get(text);
    if (id !== undefined) return id;
    this.#catchUp();
    return this.#ids.get(text) ?? -1;
  }

  /** The place of a symbol's book in the arena's books, or −1 while it has none. */
  bookOf(id: number): number {
    if (id < 0 || id >= this.size) return -1;
    return Atomics.load(this.#arena.u32, (this.#entry(id) + layout.SYMBOL_BOOK) >> 2) - 1;
  }

  #lookUp(id: number): string {
    this.#catchUp();
    return this.#texts[id] ?? '';
  }

  /** Reads the symbols that have come since. */
  #catchUp(): void {
    const { u8, u32 } = this.#arena;
    for (let id = this.#texts.length, { size } = this; id < size; id++) {
      const entry = this.#entry(id);
      const start = entry + layout.SYMBOL_TEXT;
      const length = u32[(entry + layout.SYMBOL_LENGTH) >> 2]!;
      // A copy, because shared memory cannot be decoded.
      const text = Buffer.from(u8.slice(start, start + length)).toString();
      this.#texts.push(text);
      this.#ids.set(text, id);
    }
  }

  #entry(id: number): number {
    return this.#entries + id * layout.SYMBOL_BYTES;
  }
}
