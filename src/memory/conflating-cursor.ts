import { ArgumentError } from '../errors.ts';
import type { Arena } from './arena.ts';
import { REGION_SCRATCH } from './arena-layout.ts';
import { Counters } from './counters.ts';
import { COUNT_RECORDS_DROPPED } from './counters-layout.ts';
import { LatestLayout, LatestTable } from './latest-table.ts';
import { LATEST_BLOCK_PLACES, LATEST_USED } from './latest-table-layout.ts';
import type { ReaderPlace } from './reader-table.ts';
import { RECORD_BYTES, RECORD_NUMBER } from './record-layout.ts';
import { SCRATCH_SLOTS } from './record-ring-layout.ts';
import { RecordRing, type RingCursor } from './ring-cursor.ts';

/**
 * The newest record of each instrument that has changed since it was last read; what came in between is counted as
 * coalesced. Reads the latest table, so it is never behind and nobody waits for it. It looks at a counter for each block of
 * 64 instruments, and only in blocks that changed at the instruments themselves.
 */
export class ConflatingCursor implements RingCursor {
  /** The scratch slot while it holds a record that has not been read. */
  from = 0;
  to = 0;
  readonly lagged = 0;
  coalesced = 0;
  readonly #arena: Arena;
  readonly #ring: RecordRing;
  readonly #place: ReaderPlace;
  readonly #table: LatestTable;
  readonly #layout: LatestLayout;
  readonly #scratch: number;
  /** By place, and by block: the sequence and the counter when they were last read. */
  readonly #seen: Uint32Array;
  readonly #seenBlocks: Uint32Array;
  readonly #counters: Counters;
  #position: number;
  #dropped: number;
  /** The next block to look at, and the next place and the end of the one being read. */
  #block = 0;
  #at = 0;
  #to = 0;
  #running = false;

  /** @throws ArgumentError when the arena has no latest table */
  constructor(arena: Arena) {
    this.#arena = arena;
    this.#layout = new LatestLayout(arena);
    if (this.#layout.places === 0) {
      throw new ArgumentError(
        'a conflating reader needs the latest table; this feed was created without (latest: false)',
      );
    }
    this.#ring = new RecordRing(arena);
    this.#table = new LatestTable(arena);
    this.#counters = new Counters(arena);
    this.#dropped = this.#counters.get(COUNT_RECORDS_DROPPED);
    this.#seen = new Uint32Array(this.#layout.places);
    this.#seenBlocks = new Uint32Array(this.#layout.blocks);
    this.#place = this.#ring.readers.join('conflating');
    this.#position = this.#place.position;
    this.#scratch = arena.region(REGION_SCRATCH).offset + this.#place.place * SCRATCH_SLOTS * RECORD_BYTES;
    this.#skipPresent();
  }

  ready(next: number): boolean {
    return (
      next !== this.to ||
      this.#running ||
      this.#position !== Atomics.load(this.#arena.u32, this.#ring.published) ||
      // What finds no room in the ring still comes to the table.
      this.#dropped !== this.#counters.get(COUNT_RECORDS_DROPPED)
    );
  }

  open(): number {
    const published = Atomics.load(this.#arena.u32, this.#ring.published);
    const records = (published - this.#position) >>> 0;
    this.#position = published;
    this.#dropped = this.#counters.get(COUNT_RECORDS_DROPPED);
    this.#place.release(published);
    this.#running = true;
    // A run that was left early has counted its block as read: its rest comes first, and then all blocks anew.
    this.#block = 0;
    return Math.min(records, this.#arena.u32[(this.#layout.header + LATEST_USED) >> 2]!);
  }

  advance(next: number): boolean {
    this.from = next;
    if (this.from !== this.to) return true;
    const { u32 } = this.#arena;
    for (;;) {
      while (this.#at < this.#to) {
        const place = this.#at++;
        const before = this.#seen[place]!;
        if (Atomics.load(u32, (this.#layout.sequences >> 2) + place) === before) continue;
        const sequence = this.#table.readPlace(place, this.#arena, this.#scratch);
        // Nothing there yet, or it settled where it was.
        if (sequence === 0 || sequence === before) continue;
        this.#seen[place] = sequence;
        this.#count(((sequence - before) >>> 1) - 1);
        this.from = this.#scratch;
        this.to = this.#scratch + RECORD_BYTES;
        return true;
      }
      if (!this.#nextBlock()) {
        this.#running = false;
        return false;
      }
    }
  }

  settle(next: number): void {
    this.from = next;
  }

  // It reads what is newest, whenever it likes: how old that is, is its own affair.
  resetLatency(): void {}

  leave(): void {
    this.#place.leave();
  }

  /** Goes to the next block with a change; false after the last. */
  #nextBlock(): boolean {
    const counters = this.#layout.blockCounters >> 2;
    for (; this.#block < this.#layout.blocks; this.#block++) {
      // Before its places are looked at: what changes from here on changes the counter again.
      const counter = Atomics.load(this.#arena.u32, counters + this.#block);
      if (counter === this.#seenBlocks[this.#block]) continue;
      this.#seenBlocks[this.#block] = counter;
      this.#at = this.#block * LATEST_BLOCK_PLACES;
      this.#to = Math.min(this.#at + LATEST_BLOCK_PLACES, this.#layout.places);
      this.#block += 1;
      return true;
    }
    return false;
  }

  #count(coalesced: number): void {
    this.#place.addRead(1);
    if (coalesced <= 0) return;
    this.coalesced += coalesced;
    this.#place.addCoalesced(coalesced);
  }

  /** As other readers, it starts with what is published from now on. */
  #skipPresent(): void {
    const { u32 } = this.#arena;
    for (let place = 0; place < this.#layout.places; place++) {
      // An update that is being written is not of the past, nor one that is written but not published yet.
      const sequence = Atomics.load(u32, (this.#layout.sequences >> 2) + place) & ~1;
      const number = u32[(this.#layout.records + place * RECORD_BYTES + RECORD_NUMBER) >> 2]!;
      const published = sequence === 0 || ((number - this.#position) | 0) < 0;
      this.#seen[place] = published ? sequence : sequence - 2;
    }
  }
}
