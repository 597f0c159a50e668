import { threadId } from 'node:worker_threads';
import { TooManyReadersError } from '../errors.ts';
import type { Arena } from './arena.ts';
import * as layout from './reader-table-layout.ts';

/** How a reader reads; see `ReaderOptions`. */
export type ReaderKind = 'gating' | 'copying' | 'conflating';

const STATES: Readonly<Record<ReaderKind, number>> = {
  gating: layout.READER_GATING,
  copying: layout.READER_COPYING,
  conflating: layout.READER_CONFLATING,
};

const KINDS = Object.keys(STATES) as ReaderKind[];

/** One place in a ring's reader table, held by one reader of this thread. */
export class ReaderPlace {
  readonly #i32: Int32Array;
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #base: number;
  /** Which place of the table. */
  readonly place: number;

  readonly #owned: boolean;

  constructor(arena: Arena, base: number, place: number, owned = false) {
    this.place = place;
    this.#owned = owned;
    this.#i32 = arena.i32;
    this.#u32 = arena.u32;
    this.#f64 = arena.f64;
    this.#base = base;
  }

  get position(): number {
    return Atomics.load(this.#u32, (this.#base + layout.READER_POSITION) >> 2);
  }

  /** Releases everything before `position`. */
  release(position: number): void {
    Atomics.store(this.#u32, (this.#base + layout.READER_POSITION) >> 2, position);
  }

  addRead(count: number): void {
    const at = (this.#base + layout.READER_READ) >> 3;
    this.#f64[at] = this.#f64[at]! + count;
  }

  addLagged(count: number): void {
    const at = (this.#base + layout.READER_LAGGED) >> 3;
    this.#f64[at] = this.#f64[at]! + count;
  }

  addCoalesced(count: number): void {
    const at = (this.#base + layout.READER_COALESCED) >> 3;
    this.#f64[at] = this.#f64[at]! + count;
  }

  get lagged(): number {
    return this.#f64[(this.#base + layout.READER_LAGGED) >> 3]!;
  }

  /** Whether the feed has expelled this reader because it was in the way for too long. */
  get expelled(): boolean {
    return Atomics.load(this.#i32, (this.#base + layout.READER_STATE) >> 2) === layout.READER_EXPELLED;
  }

  /** Gives the place back: frees it, or, where it was owned, leaves it for the next owner to go on from. */
  leave(): void {
    if (this.#owned)
      Atomics.store(this.#i32, (this.#base + layout.READER_THREAD) >> 2, layout.READER_NO_THREAD);
    else Atomics.store(this.#i32, (this.#base + layout.READER_STATE) >> 2, layout.READER_FREE);
  }
}

/** What a place says of its reader, for statistics. */
export interface ReaderStatus {
  /** Place in the table. */
  readonly place: number;
  readonly kind: ReaderKind;
  /** Thread that holds it; 0 is main. */
  readonly threadId: number;
  /** Records between it and the writer. */
  readonly lag: number;
  readonly read: number;
  /** Overwritten before this reader came to them. */
  readonly lagged: number;
  /** Updates that a conflating reader did not see because newer ones came. */
  readonly coalesced: number;
  /** Records that were dropped because this reader was in the way: drop-newest. */
  readonly dropped: number;
}

/**
 * The readers of one ring. Readers join and leave from any thread; the writer asks how far it may go.
 *
 * Why a joining gating reader is safe: it becomes visible first and only then takes the published position as its own.
 * A writer that looked before it became visible allowed itself at most one ring beyond what was published then, and
 * that is no further than one ring beyond the position that the reader takes.
 */
export class ReaderTable {
  readonly #arena: Arena;
  readonly #base: number;
  readonly #places: number;
  readonly #published: number;

  /**
   * @param base byte offset of the first place
   * @param published word index of the ring's published cursor
   */
  constructor(arena: Arena, base: number, places: number, published: number) {
    this.#arena = arena;
    this.#base = base;
    this.#places = places;
    this.#published = published;
  }

  /**
   * Takes a free place at the published position: the reader sees what is published from now on.
   *
   * @throws TooManyReadersError
   */
  join(kind: ReaderKind): ReaderPlace {
    for (let place = 0; place < this.#places; place++) {
      if (this.#take(place)) return this.#enter(place, kind);
    }
    throw new TooManyReadersError(this.#places);
  }

  /**
   * Takes one particular place, whoever held it before, and goes on where that one stood: for a decoder that
   * replaces a dead one.
   */
  takeOver(place: number): ReaderPlace {
    const base = this.#base + place * layout.READER_BYTES;
    this.#arena.i32[(base + layout.READER_THREAD) >> 2] = threadId;
    return new ReaderPlace(this.#arena, base, place, true);
  }

  /**
   * As `takeOver`, unless somebody owns the place now.
   *
   * @throws TooManyReadersError
   */
  own(place: number): ReaderPlace {
    const base = this.#base + place * layout.READER_BYTES;
    const thread = (base + layout.READER_THREAD) >> 2;
    const before = Atomics.compareExchange(this.#arena.i32, thread, layout.READER_NO_THREAD, threadId);
    if (before !== layout.READER_NO_THREAD) throw new TooManyReadersError(1);
    return new ReaderPlace(this.#arena, base, place, true);
  }

  #take(place: number): boolean {
    const state = (this.#base + place * layout.READER_BYTES + layout.READER_STATE) >> 2;
    const { i32 } = this.#arena;
    return (
      Atomics.compareExchange(i32, state, layout.READER_FREE, layout.READER_JOINING) === layout.READER_FREE
    );
  }

  #enter(place: number, kind: ReaderKind): ReaderPlace {
    const { i32, u32, f64 } = this.#arena;
    const base = this.#base + place * layout.READER_BYTES;
    const position = (base + layout.READER_POSITION) >> 2;
    i32[(base + layout.READER_THREAD) >> 2] = threadId;
    f64[(base + layout.READER_READ) >> 3] = 0;
    f64[(base + layout.READER_LAGGED) >> 3] = 0;
    f64[(base + layout.READER_COALESCED) >> 3] = 0;
    f64[(base + layout.READER_DROPPED) >> 3] = 0;
    Atomics.store(u32, position, Atomics.load(u32, this.#published));
    Atomics.store(i32, (base + layout.READER_STATE) >> 2, STATES[kind]);
    // See the class comment: once visible, take the position anew.
    Atomics.store(u32, position, Atomics.load(u32, this.#published));
    return new ReaderPlace(this.#arena, base, place);
  }

  /**
   * How much of what is published the slowest gating reader has not released yet; 0 when there is none.
   * For the writer, which may go on until one ring beyond that.
   */
  unreleased(): number {
    const { i32, u32 } = this.#arena;
    const position = Atomics.load(u32, this.#published);
    let most = 0;
    for (let place = 0; place < this.#places; place++) {
      const base = this.#base + place * layout.READER_BYTES;
      if (Atomics.load(i32, (base + layout.READER_STATE) >> 2) !== layout.READER_GATING) continue;
      const behind = (position - Atomics.load(u32, (base + layout.READER_POSITION) >> 2)) >>> 0;
      if (behind > most) most = behind;
    }
    return most;
  }

  /** For the writer: counts records that were dropped, with each gating reader that holds more than `held`. */
  countDropped(count: number, held: number): void {
    const { i32, u32, f64 } = this.#arena;
    const published = Atomics.load(u32, this.#published);
    for (let place = 0; place < this.#places; place++) {
      const base = this.#base + place * layout.READER_BYTES;
      if (Atomics.load(i32, (base + layout.READER_STATE) >> 2) !== layout.READER_GATING) continue;
      const behind = (published - Atomics.load(u32, (base + layout.READER_POSITION) >> 2)) >>> 0;
      if (behind > held)
        f64[(base + layout.READER_DROPPED) >> 3] = f64[(base + layout.READER_DROPPED) >> 3]! + count;
    }
  }

  /**
   * The writer no longer waits for the gating reader in this place, which learns of it when it comes back.
   *
   * @returns false when there is none
   */
  expel(place: number): boolean {
    const state = (this.#base + place * layout.READER_BYTES + layout.READER_STATE) >> 2;
    const before = Atomics.compareExchange(
      this.#arena.i32,
      state,
      layout.READER_GATING,
      layout.READER_EXPELLED,
    );
    return before === layout.READER_GATING;
  }

  status(): ReaderStatus[] {
    const { i32, u32, f64 } = this.#arena;
    const readers: ReaderStatus[] = [];
    for (let place = 0; place < this.#places; place++) {
      const base = this.#base + place * layout.READER_BYTES;
      const state = Atomics.load(i32, (base + layout.READER_STATE) >> 2);
      const kind = KINDS.find((name) => STATES[name] === state);
      if (!kind) continue;
      // In this order: the reader may get on meanwhile, but never beyond what is published.
      const position = Atomics.load(u32, (base + layout.READER_POSITION) >> 2);
      const published = Atomics.load(u32, this.#published);
      readers.push({
        place,
        kind,
        threadId: i32[(base + layout.READER_THREAD) >> 2]!,
        lag: (published - position) >>> 0,
        read: f64[(base + layout.READER_READ) >> 3]!,
        lagged: f64[(base + layout.READER_LAGGED) >> 3]!,
        coalesced: f64[(base + layout.READER_COALESCED) >> 3]!,
        dropped: f64[(base + layout.READER_DROPPED) >> 3]!,
      });
    }
    return readers;
  }
}
