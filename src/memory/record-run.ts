import { RECORD_BYTES, RECORD_FRAME } from './record-layout.ts';
import type { RecordView, ViewSelector } from './record-view.ts';
import type { RingCursor } from './ring-cursor.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const BYTES = RECORD_BYTES;
const FRAME = RECORD_FRAME;

/** A cursor, and what is moved along its records. */
export interface Track<View extends RecordView> {
  readonly cursor: RingCursor;
  readonly view: RecordView;
  /** Where the view is one of several. */
  readonly selector: ViewSelector<View> | undefined;
}

/** Records that can be read now. Valid until the next one is asked for. */
export interface Batch<View> extends Iterable<View> {
  /** How many records were published when the batch was made; a lapped copying reader may get fewer. */
  readonly size: number;
}

/**
 * The iterable, the iterator and the iterator's result in one object: running through records allocates nothing. Cursors
 * give stretches of records; within one, a record costs a few nanoseconds.
 */
export class RecordRun<View extends RecordView> implements Batch<View>, IterableIterator<View> {
  size = 0;
  done = true;
  value!: View;
  readonly #tracks: readonly Track<View>[];
  /** Which track is read. */
  #track = 0;
  /** Of that track: byte offsets of the next record and of the stretch's end, and the last record's frame. */
  #at = 0;
  #to = 0;
  #frame = -1;
  #u32: Uint32Array;
  #view: RecordView;
  #selector: ViewSelector<View> | undefined;

  /** @param tracks one at least */
  constructor(tracks: readonly Track<View>[]) {
    const first = tracks[0]!;
    this.#tracks = tracks;
    this.#track = tracks.length;
    this.#u32 = first.cursor.u32;
    this.#view = first.view;
  }

  /** Whether a record waits behind the last one that was handed out. */
  get ready(): boolean {
    for (const [track, { cursor }] of this.#tracks.entries()) {
      if (cursor.ready(track === this.#track ? this.#at : cursor.from)) return true;
    }
    return false;
  }

  /** Begins anew with what is published now. */
  open(): void {
    this.settle();
    this.size = 0;
    for (const { cursor } of this.#tracks) this.size += cursor.open();
    this.done = false;
    this.enter(0);
  }

  next(): IteratorResult<View> {
    const at = this.#at;
    if (at === this.#to) return this.turn();
    this.#at = at + BYTES;
    if (this.#u32[(at + FRAME) >> 2] !== this.#frame) this.enterFrame(at);
    this.#view.moveTo(at);
    if (this.#selector !== undefined) this.value = this.#selector.current;
    return this as IteratorResult<View>;
  }

  return(): IteratorResult<View> {
    try {
      this.settle();
    } finally {
      this.#track = this.#tracks.length;
      this.#to = this.#at;
      this.done = true;
    }
    return this as IteratorResult<View>;
  }

  [Symbol.iterator](): IterableIterator<View> {
    return this;
  }

  // What follows is private to TypeScript only: V8 is slow with private methods.

  /** The end of a stretch: goes on to the next one, of the next track if need be. */
  private turn(): IteratorResult<View> {
    while (this.#track < this.#tracks.length) {
      const { cursor } = this.#tracks[this.#track]!;
      cursor.settle(this.#at);
      if (cursor.next()) {
        this.#at = cursor.from;
        this.#to = cursor.to;
        return this.next();
      }
      this.enter(this.#track + 1);
    }
    this.done = true;
    return this as IteratorResult<View>;
  }

  private enter(track: number): void {
    this.#track = track;
    const entered = this.#tracks[track];
    if (entered === undefined) return;
    const { cursor, view, selector } = entered;
    this.#at = cursor.from;
    this.#to = cursor.from;
    this.#frame = -1;
    this.#u32 = cursor.u32;
    this.#view = view;
    this.#selector = selector;
    if (selector === undefined) this.value = view as View;
  }

  private enterFrame(record: number): void {
    this.#frame = this.#tracks[this.#track]!.cursor.enterFrame(record);
  }

  /** Releases what has been read of the stretch. */
  private settle(): void {
    this.#tracks[this.#track]?.cursor.settle(this.#at);
  }
}
