import type { Arena } from './arena.ts';
import { REGION_RECORD_RING } from './arena-layout.ts';
import { ReaderTable } from './reader-table.ts';
import { RECORD_BYTES } from './record-layout.ts';
import * as layout from './record-ring-layout.ts';

/**
 * One reader's way through one record ring, a stretch of records at a time. A `RecordReader` holds one for each arena that
 * it reads.
 */
export interface RingCursor {
  /** What holds the records: the arena. */
  readonly u32: Uint32Array;
  /** The stretch: byte offsets of its first record and of its end. */
  readonly from: number;
  readonly to: number;
  /** Overwritten before this reader came to them, since it joined. */
  readonly lagged: number;
  /** Updates that it did not see because newer ones came. Always 0 for others than conflating ones. */
  readonly coalesced: number;
  /** Whether a record waits, when the stretch has been read as far as byte `reached`. */
  ready(reached: number): boolean;
  /** Fixes how far `next()` goes: what is published now. Answers how many records that is. */
  open(): number;
  /** Goes on to the next stretch, with the last one settled; false at the end that `open()` fixed. */
  next(): boolean;
  /** What lies before byte `reached` of the stretch has been read, and is released. The rest comes again. */
  settle(reached: number): void;
  /** Reading has come to a record of another frame than the one before; answers the frame's number. */
  enterFrame(record: number): number;
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
