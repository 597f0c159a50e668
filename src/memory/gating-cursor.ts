import { ReaderExpelledError } from '../errors.ts';
import type { Arena } from './arena.ts';
import { fence } from './fence.ts';
import { FrameLatency } from './frame-latency.ts';
import type { ReaderPlace } from './reader-table.ts';
import { RECORD_BYTES } from './record-layout.ts';
import { RecordRing, type RingCursor } from './ring-cursor.ts';

/** Most records of a stretch: what has been read is released between two, so that the decoder has room before a long run ends. */
const STRETCH = 128;

/**
 * Zero-copy: views lie in the ring itself, and the decoder cannot overwrite what has not been released. A record is
 * released when the view has moved on.
 */
export class GatingCursor implements RingCursor {
  readonly u32: Uint32Array;
  readonly lagged = 0;
  readonly coalesced = 0;
  from = 0;
  to = 0;
  readonly #arena: Arena;
  readonly #place: ReaderPlace;
  readonly #slots: number;
  readonly #mask: number;
  readonly #published: number;
  readonly #spaceWanted: number;
  readonly #latency: FrameLatency;
  /** What lies before it has been read and released. */
  #position: number;
  #end: number;
  #left = false;

  constructor(arena: Arena) {
    const ring = new RecordRing(arena);
    this.u32 = arena.u32;
    this.#arena = arena;
    this.#place = ring.readers.join('gating');
    this.#slots = ring.slots;
    this.#mask = ring.mask;
    this.#published = ring.published;
    this.#spaceWanted = ring.spaceWanted;
    this.#position = this.#place.position;
    this.#end = this.#position;
    this.#latency = new FrameLatency(arena, this.#place.place);
    // Between becoming visible and taking its position it may have been what the decoder waits for.
    this.#ringIfWanted();
  }

  ready(reached: number): boolean {
    const position = (this.#position + (reached - this.from) / RECORD_BYTES) >>> 0;
    return position !== Atomics.load(this.u32, this.#published);
  }

  open(): number {
    this.#check();
    this.#end = Atomics.load(this.u32, this.#published);
    return (this.#end - this.#position) >>> 0;
  }

  next(): boolean {
    const left = (this.#end - this.#position) >>> 0;
    if (left === 0) return false;
    const first = this.#position & this.#mask;
    const records = Math.min(left, STRETCH, this.#mask + 1 - first);
    this.from = this.#slots + first * RECORD_BYTES;
    this.to = this.from + records * RECORD_BYTES;
    return true;
  }

  settle(reached: number): void {
    const records = (reached - this.from) / RECORD_BYTES;
    if (records === 0) return;
    this.#check();
    this.from = reached;
    this.#position = (this.#position + records) >>> 0;
    this.#place.addRead(records);
    this.#place.release(this.#position);
    this.#ringIfWanted();
  }

  enterFrame(record: number): number {
    return this.#latency.read(record);
  }

  resetLatency(): void {
    this.#latency.reset();
  }

  leave(): void {
    this.#left = true;
    this.#place.leave();
    this.#ringIfWanted();
  }

  /** What an expelled reader has been reading may have been overwritten under its eyes. */
  #check(): void {
    // Whoever was not expelled at this point has read everything before it untouched.
    fence();
    if (!this.#left && this.#place.expelled) throw new ReaderExpelledError(STRETCH);
  }

  #ringIfWanted(): void {
    if (Atomics.load(this.#arena.i32, this.#spaceWanted) !== 0) this.#arena.frameBell.ring();
  }
}
