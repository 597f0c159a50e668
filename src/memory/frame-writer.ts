import { FrameTooLargeError } from '../errors.ts';
import type { Arena } from './arena.ts';
import { REGION_FRAME_RING } from './arena-layout.ts';
import * as layout from './frame-ring-layout.ts';
import { ReaderTable } from './reader-table.ts';

/** What is announced beyond the frame at hand is the ring divided by this: a copying reader is lapped so much earlier. */
const ANNOUNCED_SHARE = 64;

/**
 * The writing end of a frame ring: one thread, usually the one that owns the socket. A frame is copied into the ring in
 * one piece; where the end of the ring is too short for it, a skip marker fills the rest.
 */
export class FrameWriter {
  /** The largest payload that always fits in the end, in bytes: half the ring, so that the skipped end cannot be in its way. */
  readonly limit: number;
  readonly #arena: Arena;
  readonly #readers: ReaderTable;
  readonly #data: number;
  readonly #capacity: number;
  readonly #published: number;
  readonly #claimed: number;
  readonly #nextNumber: number;
  readonly #newestAt: number;
  /** Where the next frame goes; ahead of the published cursor by what is staged. */
  #position: number;
  /** Up to where copying readers know that it may be written. */
  #announced: number;
  /** Where the last frame starts. */
  #newest = 0;
  /** Bytes that may be written before the readers have to be looked at again. */
  #room = 0;

  constructor(arena: Arena) {
    const { offset, bytes } = arena.region(REGION_FRAME_RING);
    this.#arena = arena;
    this.#data = offset + layout.FRAME_DATA;
    this.#capacity = bytes - layout.FRAME_DATA;
    this.limit = this.#capacity / 2 - layout.FRAME_OVERHEAD;
    this.#published = (offset + layout.FRAME_PUBLISHED) >> 2;
    this.#claimed = (offset + layout.FRAME_CLAIMED) >> 2;
    this.#nextNumber = (offset + layout.FRAME_NEXT_NUMBER) >> 2;
    this.#newestAt = (offset + layout.FRAME_NEWEST) >> 2;
    this.#readers = new ReaderTable(
      arena,
      offset + layout.FRAME_READERS,
      layout.FRAME_READER_COUNT,
      this.#published,
    );
    this.#position = Atomics.load(arena.u32, this.#published);
    this.#announced = Atomics.load(arena.u32, this.#claimed);
  }

  /**
   * Copies a frame into the ring and publishes it with all that was staged before it.
   *
   * @param kind one of FRAME_KIND_BINARY, _TEXT, _RESET
   * @param receivedAt ms since the epoch
   * @param epoch how often the connection has been opened
   * @returns false, with nothing written, when there is no room now
   * @throws FrameTooLargeError when it can never fit
   */
  write(payload: Uint8Array, kind: number, receivedAt: number, epoch: number): boolean {
    if (!this.stage(payload, kind, receivedAt, epoch)) return false;
    this.publish();
    return true;
  }

  /** As `write`, but readers do not see the frame before `publish`. For several frames in one turn. */
  stage(payload: Uint8Array, kind: number, receivedAt: number, epoch: number): boolean {
    const { length } = payload;
    if (length > this.limit) throw new FrameTooLargeError(length, this.limit);
    const { u8, u16, u32, f64 } = this.#arena;
    const offset = layout.FRAME_HEAD_BYTES + (payload.byteOffset & (layout.FRAME_ALIGNMENT - 1));
    const needed = (offset + length + layout.FRAME_ALIGNMENT - 1) & -layout.FRAME_ALIGNMENT;
    const untilEnd = this.#capacity - (this.#position & (this.#capacity - 1));
    const skipped = needed > untilEnd ? untilEnd : 0;
    if (needed + skipped > this.#room && !this.#look(needed + skipped)) return false;

    const end = (this.#position + skipped + needed) >>> 0;
    if (((end - this.#announced) | 0) > 0) this.#announce(end);
    if (skipped !== 0) {
      const at = this.#data + (this.#position & (this.#capacity - 1));
      u32[(at + layout.FRAME_LENGTH) >> 2] = skipped;
      u8[at + layout.FRAME_KIND] = layout.FRAME_KIND_SKIP;
      this.#position = (this.#position + skipped) >>> 0;
    }
    this.#newest = this.#position;
    const at = this.#data + (this.#position & (this.#capacity - 1));
    const number = u32[this.#nextNumber]!;
    u32[(at + layout.FRAME_LENGTH) >> 2] = length;
    u8[at + layout.FRAME_KIND] = kind;
    u8[at + layout.FRAME_PAYLOAD] = offset;
    u16[(at + layout.FRAME_CONNECTION) >> 1] = this.#arena.connection;
    u32[(at + layout.FRAME_NUMBER) >> 2] = number;
    u32[(at + layout.FRAME_EPOCH) >> 2] = epoch;
    f64[(at + layout.FRAME_RECEIVED_AT) >> 3] = receivedAt;
    u8.set(payload, at + offset);
    u32[this.#nextNumber] = number + 1;
    this.#position = end;
    this.#room -= needed + skipped;
    return true;
  }

  /** Shows readers what was staged, and wakes the decoder if it is parked. */
  publish(): void {
    this.#arena.u32[this.#newestAt] = this.#newest;
    Atomics.store(this.#arena.u32, this.#published, this.#position);
    this.#arena.frameBell.ring();
  }

  /** Whether a frame of so many bytes would fit now. */
  hasRoom(length: number): boolean {
    // The most that it could take, with the end of the ring skipped.
    const needed = 2 * (layout.FRAME_OVERHEAD + length + layout.FRAME_ALIGNMENT);
    return needed <= this.#room || this.#look(Math.min(needed, this.#capacity));
  }

  /** Share of the ring that is written and not yet released, 0…1. */
  get occupancy(): number {
    return this.#readers.unreleased() / this.#capacity;
  }

  /** Tells copying readers what may be written from now on: some more than this frame, so that not every one has to be told of. */
  #announce(end: number): void {
    const { u32 } = this.#arena;
    this.#announced = (end + this.#capacity / ANNOUNCED_SHARE) >>> 0;
    // A read-modify-write, so that the announcement comes before the bytes for copying readers.
    Atomics.exchange(u32, this.#claimed, this.#announced);
    // Where the exchange is a pair of instructions (Armv8.0), its store is ordered only before an atomic load.
    Atomics.load(u32, this.#claimed);
  }

  #look(needed: number): boolean {
    const staged = (this.#position - Atomics.load(this.#arena.u32, this.#published)) >>> 0;
    this.#room = this.#capacity - staged - this.#readers.unreleased();
    return needed <= this.#room;
  }
}
