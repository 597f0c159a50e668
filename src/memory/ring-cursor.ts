import type { Arena } from './arena.ts';
import { REGION_RECORD_RING } from './arena-layout.ts';
import { ReaderTable } from './reader-table.ts';
import { RECORD_BYTES } from './record-layout.ts';
import * as layout from './record-ring-layout.ts';

/**
 * One reader's way through one record ring. A `RecordReader` holds one for each arena that it reads. It gives out stretches of
 * records that lie one behind the other, so that going from one to the next costs an addition.
 */
export interface RingCursor {
  /** The stretch that was given out, in bytes from the start of the arena: what is left of it, and its end. */
  readonly from: number;
  readonly to: number;
  /** Whether a record waits behind `next`, which is within the stretch or its end. */
  ready(next: number): boolean;
  /** Overwritten before this reader came to them, since it joined. */
  readonly lagged: number;
  /** Updates that it did not see because newer ones came. Always 0 for others than conflating ones. */
  readonly coalesced: number;
  /** Fixes how far `advance()` goes: what is published now. Answers how many records that is. */
  open(): number;
  /** Settles, and gives out what is left of the stretch or the next one; false at the end that `open()` fixed. */
  advance(next: number): boolean;
  /** The reader is done with what lies before `next`, which is within the stretch or its end. */
  settle(next: number): void;
  /** Measures receive → read anew from now on. */
  resetLatency(): void;
  /** Gives the reader's place in the ring back. */
  leave(): void;
}

/** Where a record ring's parts lie, for those who read it. */
export class RecordRing {
  readonly arena: Arena;
  readonly capacity: number;
  readonly mask: number;
  /** Byte offset of the first slot. */
  readonly slots: number;
  /** Word indices. */
  readonly published: number;
  readonly claimed: number;
  readonly spaceWanted: number;
  readonly readers: ReaderTable;

  constructor(arena: Arena) {
    const { offset, bytes } = arena.region(REGION_RECORD_RING);
    this.arena = arena;
    this.capacity = (bytes - layout.RECORD_SLOTS) / RECORD_BYTES;
    this.mask = this.capacity - 1;
    this.slots = offset + layout.RECORD_SLOTS;
    this.published = (offset + layout.RECORD_PUBLISHED) >> 2;
    this.claimed = (offset + layout.RECORD_CLAIMED) >> 2;
    this.spaceWanted = (offset + layout.RECORD_SPACE_WANTED) >> 2;
    this.readers = new ReaderTable(
      arena,
      offset + layout.RECORD_READERS,
      layout.RECORD_READER_COUNT,
      this.published,
    );
  }
}
