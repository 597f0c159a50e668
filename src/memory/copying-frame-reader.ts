import type { Arena } from './arena.ts';
import { REGION_FRAME_RING } from './arena-layout.ts';
import { fence } from './fence.ts';
import type { FrameSource } from './frame-reader.ts';
import * as layout from './frame-ring-layout.ts';
import { type ReaderPlace, ReaderTable } from './reader-table.ts';

/**
 * Reads copies of frames; the writer never waits for it. A frame is copied whole and then checked, as records are by a
 * copying reader. When the writer has come round, the reader goes on at the newest frame, and counts what it missed
 * by the frames' numbers.
 */
export class CopyingFrameReader implements FrameSource {
  payload = 0;
  length = 0;
  kind = 0;
  number = 0;
  epoch = 0;
  receivedAt = 0;
  lagged = 0;
  /** A copy of one frame, grown as frames come. */
  bytes = new Uint8Array(4096);
  readonly #arena: Arena;
  readonly #place: ReaderPlace;
  readonly #data: number;
  readonly #capacity: number;
  readonly #published: number;
  readonly #claimed: number;
  readonly #newest: number;
  #position: number;
  /** Number of the frame that comes next, if none is missed. */
  #expected: number;
  #held = false;

  /** @throws TooManyReadersError */
  constructor(arena: Arena) {
    const { offset, bytes } = arena.region(REGION_FRAME_RING);
    this.#arena = arena;
    this.#data = offset + layout.FRAME_DATA;
    this.#capacity = bytes - layout.FRAME_DATA;
    this.#published = (offset + layout.FRAME_PUBLISHED) >> 2;
    this.#newest = (offset + layout.FRAME_NEWEST) >> 2;
    this.#claimed = (offset + layout.FRAME_CLAIMED) >> 2;
    const table = offset + layout.FRAME_READERS;
    this.#place = new ReaderTable(arena, table, layout.FRAME_READER_COUNT, this.#published).join('copying');
    this.#position = this.#place.position;
    // What is staged has numbers already: so many may be missed uncounted before the first frame, never too many counted.
    this.#expected = arena.u32[(offset + layout.FRAME_NEXT_NUMBER) >> 2]!;
  }

  get ready(): boolean {
    return this.#held || this.#position !== Atomics.load(this.#arena.u32, this.#published);
  }

  next(): boolean {
    if (this.#held) return true;
    for (;;) {
      const published = Atomics.load(this.#arena.u32, this.#published);
      if (this.#position === published) return false;
      const next = this.#copy();
      fence();
      const claimed = Atomics.load(this.#arena.u32, this.#claimed);
      if ((claimed - this.#position) >>> 0 > this.#capacity) {
        // Overwritten, before or while it was copied.
        this.#position = this.#newestFrame();
        continue;
      }
      this.#position = next;
      if (this.kind === layout.FRAME_KIND_SKIP) continue;
      this.#count();
      this.#held = true;
      return true;
    }
  }

  release(): void {
    this.#held = false;
    this.#place.release(this.#position);
  }

  leave(): void {
    this.#place.leave();
  }

  /** Start of a frame that is surely whole and new, or the end of what is published. */
  #newestFrame(): number {
    const newest = this.#arena.u32[this.#newest]!;
    const published = Atomics.load(this.#arena.u32, this.#published);
    return ((published - newest) | 0) > 0 ? newest : published;
  }

  /** Copies what may be a frame; answers where the next one would be. All of it may be nonsense until it is checked. */
  #copy(): number {
    const { u8, u32, f64 } = this.#arena;
    const at = this.#position & (this.#capacity - 1);
    const head = this.#data + at;
    const length = u32[(head + layout.FRAME_LENGTH) >> 2]!;
    this.kind = u8[head + layout.FRAME_KIND]!;
    if (this.kind === layout.FRAME_KIND_SKIP) return (this.#position + length) >>> 0;
    const offset = u8[head + layout.FRAME_PAYLOAD]!;
    // A length that cannot be right is nonsense that the check will find.
    this.length = Math.min(length, Math.max(0, this.#capacity - at - offset));
    this.number = u32[(head + layout.FRAME_NUMBER) >> 2]!;
    this.epoch = u32[(head + layout.FRAME_EPOCH) >> 2]!;
    this.receivedAt = f64[(head + layout.FRAME_RECEIVED_AT) >> 3]!;
    const payload = head + offset;
    // As it lay before: see FRAME_PAYLOAD.
    this.payload = payload & (layout.FRAME_ALIGNMENT - 1);
    const end = this.payload + this.length;
    if (this.bytes.length < end) this.bytes = new Uint8Array(2 ** Math.ceil(Math.log2(end)));
    this.bytes.set(u8.subarray(payload, payload + this.length), this.payload);
    const needed = (offset + length + layout.FRAME_ALIGNMENT - 1) & -layout.FRAME_ALIGNMENT;
    return (this.#position + needed) >>> 0;
  }

  #count(): void {
    const missed = (this.number - this.#expected) | 0;
    if (missed > 0) {
      this.lagged += missed;
      this.#place.addLagged(missed);
    }
    this.#place.addRead(1);
    this.#expected = (this.number + 1) >>> 0;
  }
}
