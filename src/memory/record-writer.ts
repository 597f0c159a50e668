import type { Arena } from './arena.ts';
import { REGION_RECORD_RING } from './arena-layout.ts';
import { ReaderTable } from './reader-table.ts';
import { RECORD_BYTES } from './record-layout.ts';
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
  readonly #lastFrame: number;
  readonly #lastPosition: number;
  readonly #attemptedFrame: number;
  readonly #attempts: number;
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
    this.#lastFrame = (offset + layout.RECORD_LAST_FRAME) >> 2;
    this.#lastPosition = (offset + layout.RECORD_LAST_POSITION) >> 2;
    this.#attemptedFrame = (offset + layout.RECORD_ATTEMPTED_FRAME) >> 2;
    this.#attempts = (offset + layout.RECORD_ATTEMPTS) >> 2;
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

  /** The frame that was published last, or undefined if none has been. For a decoder that takes over. */
  get lastFrame(): number | undefined {
    const { u32 } = this.#arena;
    return u32[this.#lastPosition] === this.#position ? u32[this.#lastFrame] : undefined;
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
      // Where the exchange is a pair of instructions (Armv8.0), its store is ordered only before an atomic load.
      Atomics.load(this.#arena.u32, this.#claimedAt);
    }
    return true;
  }

  /** Records that found no room were dropped: counts them with the readers that were in the way, and wakes the others. */
  drop(count: number, needed: number): void {
    this.#readers.countDropped(count, this.capacity - needed);
    this.#arena.recordBell.ring();
  }

  /**
   * Notes that a frame is going to be decoded; answers how often that has been begun, this time included. In shared memory,
   * so that a successor knows which frame its predecessor died of.
   */
  attempt(frame: number): number {
    const { u32 } = this.#arena;
    const attempts = u32[this.#attemptedFrame] === frame ? u32[this.#attempts]! + 1 : 1;
    u32[this.#attempts] = attempts;
    u32[this.#attemptedFrame] = frame;
    return attempts;
  }

  /** The frame that was attempted last has been decoded, or set aside. */
  succeeded(): void {
    this.#arena.u32[this.#attempts] = 0;
  }

  /**
   * Shows readers the first `count` of the claimed slots, and wakes those who are parked.
   *
   * @param frame number of the frame that they came in
   */
  publish(count: number, frame = 0): void {
    this.#position = (this.#position + count) >>> 0;
    // Noted first, and in this order: if the ring is at this position, this frame was published, wherever this thread dies.
    this.#arena.u32[this.#lastPosition] = this.#position;
    this.#arena.u32[this.#lastFrame] = frame;
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
