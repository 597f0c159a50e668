import type { BookCheck, BookState } from './book-snapshot.ts';
import { BookSnapshot } from './book-snapshot.ts';
import type { BookTable } from './book-table.ts';

/**
 * One symbol's L2 book, on any thread. Each getter looks anew at the book as it is at that moment; `read()` copies it, for values
 * that have to belong together. Looking and reading into a snapshot of one's own allocate nothing.
 *
 * To wait for a change, wait for a record of the book; `sequence` tells whether there was one since.
 */
export class Book {
  readonly symbol: string;
  readonly #tables: readonly BookTable[];
  /** By table: the book's place, or −1 while it has none. */
  readonly #places: Int32Array;
  readonly #top = new BookSnapshot(1);
  readonly #other = new BookSnapshot(1);

  /** @param tables those of all connections on which the symbol may be */
  constructor(tables: readonly BookTable[], symbol: string) {
    this.symbol = symbol;
    this.#tables = tables;
    this.#places = new Int32Array(tables.length).fill(-1);
  }

  /** Changes, wrapping at 2^32, whenever the book does; costs one atomic load. */
  get sequence(): number {
    let sequence = 0;
    for (let table = 0; table < this.#tables.length; table++) {
      const place = this.placeIn(table);
      if (place >= 0) sequence += this.#tables[table]!.sequence(place);
    }
    return sequence >>> 0;
  }

  /**
   * Copies the book as it is now, never torn.
   *
   * @param into read into this snapshot, which allocates nothing; by default one is made with room for the whole book
   * @returns undefined when nothing has come yet, or what a decoder left half written when it died has not been mended yet
   */
  read(into?: BookSnapshot): BookSnapshot | undefined {
    const newest = this.newest();
    if (newest < 0) return undefined;
    const table = this.#tables[newest]!;
    const target = into ?? new BookSnapshot(table.levels);
    return table.read(this.placeIn(newest), target) ? target : undefined;
  }

  /** `'empty'`, too, when `read()` would answer undefined. */
  get state(): BookState {
    return this.look()?.state ?? 'empty';
  }

  /** Whether the book is right now, as far as can be checked; see `BookSnapshot.trusted`. */
  get trusted(): boolean {
    return this.look()?.trusted ?? false;
  }

  /** Until when it was right, by the venue's time, ms since the epoch; undefined when that is not known. */
  get goodUntil(): number | undefined {
    return this.look()?.goodUntil;
  }

  get asOf(): number | undefined {
    return this.look()?.asOf;
  }

  /** To the nanosecond; 0n when it is not known. Allocates. */
  get asOfNs(): bigint {
    return this.look()?.asOfNs ?? 0n;
  }

  get receivedAt(): number {
    return this.look()?.receivedAt ?? 0;
  }

  get check(): BookCheck {
    return this.look()?.check ?? 'none';
  }

  get epoch(): number {
    return this.look()?.epoch ?? 0;
  }

  get bestBid(): number | undefined {
    return this.look()?.bestBid;
  }

  get bestAsk(): number | undefined {
    return this.look()?.bestAsk;
  }

  get spread(): number | undefined {
    return this.look()?.spread;
  }

  get mid(): number | undefined {
    return this.look()?.mid;
  }

  // What follows is private to TypeScript only: V8 is slow with private methods.

  /** The book's head and best levels. */
  private look(): BookSnapshot | undefined {
    return this.read(this.#top);
  }

  /** The table that has the book now, or −1: a symbol that moved between connections is in several, and live in one. */
  private newest(): number {
    if (this.#tables.length === 1) return this.placeIn(0) < 0 ? -1 : 0;
    let newest = -1;
    let newestAt = -1;
    for (let table = 0; table < this.#tables.length; table++) {
      const place = this.placeIn(table);
      if (place < 0 || !this.#tables[table]!.read(place, this.#other)) continue;
      const receivedAt = this.#other.state === 'empty' ? 0 : this.#other.receivedAt;
      if (receivedAt <= newestAt) continue;
      newest = table;
      newestAt = receivedAt;
    }
    return newest;
  }

  private placeIn(table: number): number {
    const known = this.#places[table]!;
    if (known >= 0) return known;
    const place = this.#tables[table]!.find(this.symbol);
    this.#places[table] = place;
    return place;
  }
}
