import type { Arena } from './arena.ts';
import { REGION_RECORD_RING } from './arena-layout.ts';
import { ReaderTable } from './reader-table.ts';
import { RECORD_BYTES, RECORD_FRAME } from './record-layout.ts';
import * as layout from './record-ring-layout.ts';

/**
 * The writing end of a record ring: the decoder. It claims slots for all that a frame may hold, has them filled, and
 * publishes the frame's records together. One thread at a time; a new one takes up where the last one stood.
 */
export class RecordWriter {
  readonly capacity: number;
  readonly #arena: Arena;
  readonly #readers: ReaderTable;
  readonly #slots: number;
  readonly #published: number;
  readonly #claimedAt: number;
  readonly #spaceWanted: number;
  readonly #start: number;
  #position: number;
  #claimed: number;
  /** Slots that may be written before the readers have to be looked at again. */
  #room = 0;

  constructor(arena: Arena) {
    const { offset, bytes } = arena.region(REGION_RECORD_RING);
    this.#arena = arena;
    this.#slots = offset + layout.RECORD_SLOTS;
    this.capacity = (bytes - layout.RECORD_SLOTS) / RECORD_BYTES;
    this.#published = (offset + layout.RECORD_PUBLISHED) >> 2;
    this.#claimedAt = (offset + layout.RECORD_CLAIMED) >> 2;
    this.#spaceWanted = (offset + layout.RECORD_SPACE_WANTED) >> 2;
    this.#start = (offset + layout.RECORD_START) >> 2;
    this.#readers = new ReaderTable(
      arena,
      offset + layout.RECORD_READERS,
      layout.RECORD_READER_COUNT,
      this.#published,
    );
    this.#position = Atomics.load(arena.u32, this.#published);
    // A writer that died may have claimed more than it published, and scribbled on it: the claim stands.
    this.#claimed = Atomics.load(arena.u32, this.#claimedAt);
  }

  /** Position of the next record. */
  get position(): number {
    return this.#position;
  }

  /** Byte offset of the slot of a position. */
  slot(position: number): number {
    return this.#slots + (position & (this.capacity - 1)) * RECORD_BYTES;
  }

  /** The frame that the newest published record came in, or undefined if there is none yet. */
  get lastFrame(): number | undefined {
    if (this.#position === this.#arena.u32[this.#start]) return undefined;
    return this.#arena.u32[(this.slot((this.#position - 1) >>> 0) + RECORD_FRAME) >> 2];
  }

  /**
   * Announces that up to `count` slots from `position` on will be written; count is at most the capacity.
   *
   * @returns false when gating readers have not released enough
   */
  claim(count: number): boolean {
    if (count > this.#room && !this.#look(count)) return false;
    const end = (this.#position + count) >>> 0;
    if (((end - this.#claimed) | 0) > 0) {
      this.#claimed = end;
      // A read-modify-write, so that the announcement comes before the records for copying readers.
      Atomics.exchange(this.#arena.u32, this.#claimedAt, end);
    }
    return true;
  }

  /** Shows readers the first `count` of the claimed slots, and wakes those who are parked. */
  publish(count: number): void {
    this.#position = (this.#position + count) >>> 0;
    this.#room -= count;
    Atomics.store(this.#arena.u32, this.#published, this.#position);
    this.#arena.recordBell.ring();
  }

  /** Asks readers to ring the frame bell when they release slots, or takes that back. Look again after asking. */
  wantSpace(wanted: boolean): void {
    Atomics.exchange(this.#arena.i32, this.#spaceWanted, wanted ? 1 : 0);
  }

  #look(count: number): boolean {
    this.#room = this.capacity - this.#readers.unreleased();
    return count <= this.#room;
  }
}
