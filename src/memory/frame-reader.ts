import type { Arena } from './arena.ts';
import { REGION_FRAME_RING } from './arena-layout.ts';
import * as layout from './frame-ring-layout.ts';
import { type ReaderPlace, ReaderTable } from './reader-table.ts';

/**
 * The decoder's end of a frame ring: frames are read where they lie, and stay until they are released. One thread at a
 * time; a new one takes up where the last one stood.
 */
export class FrameReader {
  /** The current frame, after `next()` answered true: byte offset of its head in the arena. */
  head = 0;
  readonly #arena: Arena;
  readonly #place: ReaderPlace;
  readonly #data: number;
  readonly #mask: number;
  readonly #published: number;
  /** Of the current frame, or of the next one. */
  #position: number;
  #next: number;
  #seen: number;

  constructor(arena: Arena) {
    const { offset, bytes } = arena.region(REGION_FRAME_RING);
    this.#arena = arena;
    this.#data = offset + layout.FRAME_DATA;
    this.#mask = bytes - layout.FRAME_DATA - 1;
    this.#published = (offset + layout.FRAME_PUBLISHED) >> 2;
    const readers = new ReaderTable(
      arena,
      offset + layout.FRAME_READERS,
      layout.FRAME_READER_COUNT,
      this.#published,
    );
    this.#place = readers.takeOver(0);
    this.#position = this.#place.position;
    this.#next = this.#position;
    this.#seen = this.#position;
  }

  /** Whether `next()` would answer true, without moving: a frame waits, or the current one is not released. */
  get ready(): boolean {
    return this.#position !== Atomics.load(this.#arena.u32, this.#published);
  }

  /** Moves to the next frame, or to the same one again if it was not released; false when there is none. */
  next(): boolean {
    let position = this.#position;
    for (;;) {
      if (position === this.#seen) {
        this.#seen = Atomics.load(this.#arena.u32, this.#published);
        if (position === this.#seen) return false;
      }
      const head = this.#data + (position & this.#mask);
      const length = this.#arena.u32[(head + layout.FRAME_LENGTH) >> 2]!;
      if (this.#arena.u8[head + layout.FRAME_KIND] === layout.FRAME_KIND_SKIP) {
        position = (position + length) >>> 0;
        continue;
      }
      const needed =
        (layout.FRAME_HEAD_BYTES + length + layout.FRAME_ALIGNMENT - 1) & -layout.FRAME_ALIGNMENT;
      this.head = head;
      this.#position = position;
      this.#next = (position + needed) >>> 0;
      return true;
    }
  }

  /** Done with the current frame: its bytes may be overwritten. Wakes the writer if it waits for room. */
  release(): void {
    this.#position = this.#next;
    this.#place.release(this.#next);
    this.#arena.spaceBell.ring();
  }

  /** Bytes of the current frame's payload. */
  get length(): number {
    return this.#arena.u32[(this.head + layout.FRAME_LENGTH) >> 2]!;
  }

  get kind(): number {
    return this.#arena.u8[this.head + layout.FRAME_KIND]!;
  }

  get number(): number {
    return this.#arena.u32[(this.head + layout.FRAME_NUMBER) >> 2]!;
  }

  get epoch(): number {
    return this.#arena.u32[(this.head + layout.FRAME_EPOCH) >> 2]!;
  }

  /** ms since the epoch */
  get receivedAt(): number {
    return this.#arena.f64[(this.head + layout.FRAME_RECEIVED_AT) >> 3]!;
  }

  /** Byte offset of the current frame's payload in the arena. */
  get payload(): number {
    return this.head + layout.FRAME_HEAD_BYTES;
  }
}
