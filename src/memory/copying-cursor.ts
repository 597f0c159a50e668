import type { Arena } from './arena.ts';
import { REGION_SCRATCH } from './arena-layout.ts';
import { fence } from './fence.ts';
import { FrameLatency } from './frame-latency.ts';
import type { ReaderPlace } from './reader-table.ts';
import { RECORD_BYTES } from './record-layout.ts';
import { SCRATCH_SLOTS } from './record-ring-layout.ts';
import { RecordRing, type RingCursor } from './ring-cursor.ts';

/**
 * The writer never waits for it: records are copied to slots of the reader's own and checked afterwards. What was
 * overwritten before or while it was copied is skipped and counted, to the record.
 *
 * The check is that of Aeron's broadcast receiver: the writer announces (claimed) before it writes; a copy is whole if
 * the announcement, read after the copy, is at most one ring ahead of it.
 */
export class CopyingCursor implements RingCursor {
  /** Scratch slots that hold whole copies: the next one to hand out, and the end. */
  from = 0;
  to = 0;
  readonly coalesced = 0;
  readonly #arena: Arena;
  readonly #ring: RecordRing;
  readonly #place: ReaderPlace;
  readonly #latency: FrameLatency;
  /** Byte offset of this reader's scratch slots. */
  readonly #scratch: number;
  /** Position of the next record to copy. */
  #position: number;
  #end: number;
  #lagged = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#ring = new RecordRing(arena);
    this.#place = this.#ring.readers.join('copying');
    this.#scratch = arena.region(REGION_SCRATCH).offset + this.#place.place * SCRATCH_SLOTS * RECORD_BYTES;
    this.#position = this.#place.position;
    this.#end = this.#position;
    this.#latency = new FrameLatency(arena, this.#place.place);
  }

  ready(next: number): boolean {
    return next !== this.to || this.#position !== Atomics.load(this.#arena.u32, this.#ring.published);
  }

  get lagged(): number {
    return this.#lagged;
  }

  open(): number {
    this.#end = Atomics.load(this.#arena.u32, this.#ring.published);
    return ((this.#end - this.#position) >>> 0) + (this.to - this.from) / RECORD_BYTES;
  }

  advance(next: number): boolean {
    this.from = next;
    // A run that was left early has left some.
    return this.from !== this.to || this.#copy();
  }

  settle(next: number): void {
    this.from = next;
  }

  resetLatency(): void {
    this.#latency.reset();
  }

  leave(): void {
    this.#place.leave();
  }

  /** Copies what is left up to the end, at most the scratch slots; false when nothing is left. */
  #copy(): boolean {
    const { u8 } = this.#arena;
    const { mask, slots } = this.#ring;
    for (;;) {
      this.#skipOverwritten();
      const left = (this.#end - this.#position) | 0;
      if (left <= 0) return false;
      const first = this.#position & mask;
      // Never beyond the end of the ring: the next round goes on at its start.
      const count = Math.min(left, SCRATCH_SLOTS, mask + 1 - first);
      const source = slots + first * RECORD_BYTES;
      u8.copyWithin(this.#scratch, source, source + count * RECORD_BYTES);
      fence();
      const start = this.#position;
      const lost = Math.min(this.#skipOverwritten(), count);
      this.from = this.#scratch + lost * RECORD_BYTES;
      this.to = this.#scratch + count * RECORD_BYTES;
      if (lost === count) continue;
      this.#position = (start + count) >>> 0;
      this.#place.release(this.#position);
      this.#place.addRead(count - lost);
      this.#latency.read(this.from, this.to);
      return true;
    }
  }

  /** Moves to the oldest record that the writer has not announced to overwrite; answers how many were skipped. */
  #skipOverwritten(): number {
    const claimed = Atomics.load(this.#arena.u32, this.#ring.claimed);
    // Unsigned, for readers that slept through more than 2^31 records: the claim is never behind them.
    const lost = ((claimed - this.#position) >>> 0) - this.#ring.capacity;
    if (lost <= 0) return 0;
    this.#position = (this.#position + lost) >>> 0;
    this.#lagged += lost;
    this.#place.addLagged(lost);
    return lost;
  }
}
