import { ReaderExpelledError } from '../errors.ts';
import type { Arena } from './arena.ts';
import { fence } from './fence.ts';
import { FrameLatency } from './frame-latency.ts';
import type { ReaderPlace } from './reader-table.ts';
import { RECORD_BYTES } from './record-layout.ts';
import { RecordRing, type RingCursor } from './ring-cursor.ts';

/** Records between two releases within a run, so that the decoder has room before a long run ends. */
const RELEASE_EVERY = 128;

/**
 * Zero-copy: views lie in the ring itself, and the decoder cannot overwrite what has not been released. Records are released
 * when the reader has left them, a stretch at a time.
 */
export class GatingCursor implements RingCursor {
  from = 0;
  to = 0;
  readonly lagged = 0;
  readonly coalesced = 0;
  readonly #arena: Arena;
  readonly #place: ReaderPlace;
  readonly #slots: number;
  readonly #mask: number;
  readonly #published: number;
  readonly #spaceWanted: number;
  readonly #latency: FrameLatency;
  /** Of the record at `from`: all before it is released. */
  #position: number;
  #end: number;
  #left = false;

  constructor(arena: Arena) {
    const ring = new RecordRing(arena);
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

  ready(next: number): boolean {
    const position = (this.#position + (next - this.from) / RECORD_BYTES) >>> 0;
    return position !== Atomics.load(this.#arena.u32, this.#published);
  }

  open(): number {
    this.#check();
    this.#end = Atomics.load(this.#arena.u32, this.#published);
    return (this.#end - this.#position) >>> 0;
  }

  advance(next: number): boolean {
    this.settle(next);
    const left = (this.#end - this.#position) >>> 0;
    if (left === 0) return false;
    const first = this.#position & this.#mask;
    const count = Math.min(left, RELEASE_EVERY, this.#mask + 1 - first);
    this.from = this.#slots + first * RECORD_BYTES;
    this.to = this.from + count * RECORD_BYTES;
    this.#latency.read(this.from, this.to);
    return true;
  }

  settle(next: number): void {
    if (next === this.from) return;
    this.#check();
    const read = (next - this.from) / RECORD_BYTES;
    this.from = next;
    this.#position = (this.#position + read) >>> 0;
    this.#place.addRead(read);
    this.#place.release(this.#position);
    this.#ringIfWanted();
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
    if (!this.#left && this.#place.expelled) throw new ReaderExpelledError(RELEASE_EVERY);
  }

  #ringIfWanted(): void {
    if (Atomics.load(this.#arena.i32, this.#spaceWanted) !== 0) this.#arena.frameBell.ring();
  }
}
