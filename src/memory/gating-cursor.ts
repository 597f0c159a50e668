import { ReaderExpelledError } from '../errors.ts';
import type { Arena } from './arena.ts';
import { fence } from './fence.ts';
import { FrameLatency } from './frame-latency.ts';
import type { ReaderPlace } from './reader-table.ts';
import { RECORD_BYTES } from './record-layout.ts';
import type { RecordView, ViewFactory } from './record-view.ts';
import { RecordRing, type RingCursor } from './ring-cursor.ts';

/** Records between two releases within a run, so that the decoder has room before a long run ends. */
const RELEASE_EVERY = 128;

/**
 * Zero-copy: views lie in the ring itself, and the decoder cannot overwrite what has not been released. A record is
 * released when the view has moved on.
 */
export class GatingCursor<View extends RecordView> implements RingCursor<View> {
  readonly view: View;
  readonly lagged = 0;
  readonly coalesced = 0;
  readonly #arena: Arena;
  readonly #place: ReaderPlace;
  readonly #slots: number;
  readonly #mask: number;
  readonly #published: number;
  readonly #spaceWanted: number;
  readonly #latency: FrameLatency;
  #position: number;
  #end: number;
  #released: number;
  #left = false;

  constructor(arena: Arena, view: ViewFactory<View>) {
    const ring = new RecordRing(arena);
    this.#arena = arena;
    this.#place = ring.readers.join('gating');
    this.#slots = ring.slots;
    this.#mask = ring.mask;
    this.#published = ring.published;
    this.#spaceWanted = ring.spaceWanted;
    this.#position = this.#place.position;
    this.#end = this.#position;
    this.#released = this.#position;
    this.#latency = new FrameLatency(arena, this.#place.place);
    this.view = view(arena);
    // Between becoming visible and taking its position it may have been what the decoder waits for.
    this.#ringIfWanted();
  }

  get ready(): boolean {
    return this.#position !== Atomics.load(this.#arena.u32, this.#published);
  }

  open(): number {
    this.#check();
    this.#end = Atomics.load(this.#arena.u32, this.#published);
    return (this.#end - this.#position) >>> 0;
  }

  next(): boolean {
    const position = this.#position;
    if (position === this.#end) return false;
    if (((position - this.#released) | 0) >= RELEASE_EVERY) this.#release();
    const record = this.#slots + (position & this.#mask) * RECORD_BYTES;
    this.#latency.read(record);
    this.view.moveTo(record);
    this.#position = (position + 1) >>> 0;
    return true;
  }

  settle(): void {
    if (this.#position !== this.#released) this.#release();
  }

  resetLatency(): void {
    this.#latency.reset();
  }

  leave(): void {
    this.#left = true;
    this.settle();
    this.#place.leave();
    this.#ringIfWanted();
  }

  #release(): void {
    this.#check();
    this.#place.addRead((this.#position - this.#released) >>> 0);
    this.#released = this.#position;
    this.#place.release(this.#position);
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
