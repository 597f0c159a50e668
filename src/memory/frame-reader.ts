import type { Arena } from './arena.ts';
import { REGION_FRAME_RING } from './arena-layout.ts';
import * as layout from './frame-ring-layout.ts';
import { type ReaderPlace, ReaderTable } from './reader-table.ts';

/** One reader's way through a frame ring. */
export interface FrameSource {
  /** Moves to the next frame, or to the same one again if it was not released; false when there is none. */
  next(): boolean;
  /** Done with the current frame. */
  release(): void;
  /** Whether `next()` would answer true, without moving: a frame waits, or the current one is not released. */
  readonly ready: boolean;
  /** Frames that were overwritten before this reader came to them. */
  readonly lagged: number;
  /** The bytes that `payload` is an offset into. */
  readonly bytes: Uint8Array;
  /** Of the current frame: where its payload starts, and how many bytes it has. */
  readonly payload: number;
  readonly length: number;
  /** One of the FRAME_KIND_ numbers. */
  readonly kind: number;
  /** Counts the frames of this connection, wrapping at 2^32. */
  readonly number: number;
  /** How often the connection had been opened. */
  readonly epoch: number;
  /** ms since the epoch */
  readonly receivedAt: number;
  /** Gives the reader's place back. */
  leave(): void;
}

/**
 * Who reads frames where they lie: `decoder` takes the decoder's place, whoever had it, and goes on where that one stood;
 * `owner` does the same where there is no decoder, one thread at a time; `tap` joins beside them.
 */
export type FrameReaderRole = 'decoder' | 'owner' | 'tap';

/** Reads frames where they lie; they stay until they are released, and the writer waits. */
export class FrameReader implements FrameSource {
  /** The current frame, after `next()` answered true: byte offset of its head in the arena. */
  head = 0;
  readonly lagged = 0;
  readonly #arena: Arena;
  readonly #place: ReaderPlace;
  readonly #data: number;
  readonly #mask: number;
  readonly #published: number;
  /** Of the current frame, or of the next one. */
  #position: number;
  #next: number;
  #seen: number;

  /** @throws TooManyReadersError when there is no place, or the owner's is taken */
  constructor(arena: Arena, role: FrameReaderRole = 'decoder') {
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
    this.#place = placeOf(readers, role);
    // A tap may, while it joined, have been what the writer waits for.
    if (role === 'tap') arena.spaceBell.ring();
    this.#position = this.#place.position;
    this.#next = this.#position;
    this.#seen = this.#position;
  }

  get bytes(): Uint8Array {
    return this.#arena.u8;
  }

  get ready(): boolean {
    return this.#position !== Atomics.load(this.#arena.u32, this.#published);
  }

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
        (this.#arena.u8[head + layout.FRAME_PAYLOAD]! + length + layout.FRAME_ALIGNMENT - 1) &
        -layout.FRAME_ALIGNMENT;
      this.head = head;
      this.#position = position;
      this.#next = (position + needed) >>> 0;
      return true;
    }
  }

  /** The frame's bytes may be overwritten. Wakes the writer if it waits for room. */
  release(): void {
    this.#position = this.#next;
    this.#place.release(this.#next);
    this.#arena.spaceBell.ring();
  }

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

  get receivedAt(): number {
    return this.#arena.f64[(this.head + layout.FRAME_RECEIVED_AT) >> 3]!;
  }

  get payload(): number {
    return this.head + this.#arena.u8[this.head + layout.FRAME_PAYLOAD]!;
  }

  leave(): void {
    this.#place.leave();
    this.#arena.spaceBell.ring();
  }
}

function placeOf(readers: ReaderTable, role: FrameReaderRole): ReaderPlace {
  if (role === 'tap') return readers.join('gating');
  return role === 'owner' ? readers.own(0) : readers.takeOver(0);
}
