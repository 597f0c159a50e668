import { setImmediate as nextTurn } from 'node:timers/promises';
import { ArgumentError, ClosedError } from '../errors.ts';
import type { Arena } from './arena.ts';
import { ConflatingCursor } from './conflating-cursor.ts';
import { CopyingCursor } from './copying-cursor.ts';
import type { Doorbell } from './doorbell.ts';
import { GatingCursor } from './gating-cursor.ts';
import { hasLeft, leaveOnExit } from './leave-on-exit.ts';
import type { ReaderKind } from './reader-table.ts';
import { RECORD_BYTES } from './record-layout.ts';
import type { RecordView, ViewFactory } from './record-view.ts';
import type { RingCursor } from './ring-cursor.ts';

/** As a constant of this file V8 knows it; an imported one is loaded for each record. */
const STEP = RECORD_BYTES;

const CURSORS: Readonly<Record<ReaderKind, CursorClass>> = {
  copying: CopyingCursor,
  gating: GatingCursor,
  conflating: ConflatingCursor,
};

type CursorClass = new (arena: Arena) => RingCursor;

export interface ReaderOptions {
  /**
   * `'copying'` (default): each record is copied and checked; a reader that falls a whole ring behind skips the oldest and
   * counts them in `lagged`. `'gating'`: views lie in the ring itself and the decoder waits for this reader: nothing
   * is lost, and a reader that stops holds everyone up. `'conflating'`: the newest record of each instrument that has
   * changed since the last read; what came in between is counted in `coalesced`.
   */
  kind?: ReaderKind;
}

/** Records that can be read now. Valid until the next one is asked for. */
export interface Batch<View> extends Iterable<View> {
  /** How many records were published when the batch was made; a lapped copying reader may get fewer. */
  readonly size: number;
}

/**
 * Reads the records of one or more arenas, in order within each. The view that it hands out is one flyweight an arena,
 * moved from record to record: read what you need, or copy it (`toObject()`), before you go on.
 *
 * On a thread that must not block: `for await (const batch of reader) for (const tick of batch) …`.
 * On a worker: `while (reader.waitSync(1000)) for (const tick of reader.drain()) …`.
 */
export class RecordReader<View> implements AsyncIterable<Batch<View>>, Disposable {
  readonly kind: ReaderKind;
  readonly #arenas: readonly Arena[];
  readonly #cursors: readonly RingCursor[];
  readonly #bell: Doorbell;
  readonly #run: Run<View>;
  readonly #ready: () => boolean;
  #closed = false;

  /** @throws TooManyReadersError when a ring has no place left */
  constructor(arenas: readonly Arena[], view: ViewFactory<View>, options: ReaderOptions = {}) {
    const { kind = 'copying' } = options;
    const Cursor = CURSORS[kind];
    if (!Cursor) {
      throw new ArgumentError(`a reader is one of ${Object.keys(CURSORS).join(', ')}; not ${String(kind)}`);
    }
    const [first] = arenas;
    if (!first) throw new ArgumentError('a reader needs at least one arena');
    if (arenas.length > 1 && arenas.some((arena) => !sameBell(arena, first))) {
      throw new ArgumentError('a reader of several arenas can wait only if they share one recordBell');
    }
    this.kind = kind;
    this.#arenas = arenas;
    this.#bell = first.recordBell;
    const cursors: RingCursor[] = [];
    try {
      for (const arena of arenas) {
        cursors.push(new Cursor(arena));
      }
    } catch (error) {
      for (const cursor of cursors) cursor.leave();
      throw error;
    }
    this.#cursors = cursors;
    leaveOnExit(this);
    this.#run = new Run(
      cursors,
      arenas.map((arena) => view(arena)),
    );
    this.#ready = () => this.#closed || this.ready || this.ended;
  }

  /** Whether a record waits. */
  get ready(): boolean {
    return this.#run.ready;
  }

  /** Whether every arena has been closed: what waits can still be read, nothing more will come. */
  get ended(): boolean {
    for (const arena of this.#arenas) if (!arena.closed) return false;
    return true;
  }

  /** Records that were overwritten before this reader came to them. Always 0 for others than copying readers. */
  get lagged(): number {
    let lagged = 0;
    for (const cursor of this.#cursors) lagged += cursor.lagged;
    return lagged;
  }

  /** Updates that a conflating reader did not see because newer ones came. */
  get coalesced(): number {
    let coalesced = 0;
    for (const cursor of this.#cursors) coalesced += cursor.coalesced;
    return coalesced;
  }

  /**
   * What can be read now, without waiting. A loop that is left early goes on there next time.
   *
   * @throws ClosedError
   */
  drain(): Batch<View> {
    if (this.#closed) throw new ClosedError('this reader');
    this.#run.open();
    return this.#run;
  }

  /**
   * Blocks this thread until a record waits (true), or the time is up, or reader or feed is closed with nothing left
   * to read (false). Not for threads that must not block.
   *
   * @param timeout milliseconds
   */
  waitSync(timeout = Number.POSITIVE_INFINITY): boolean {
    this.#bell.waitSync(this.#ready, timeout);
    return !this.#closed && this.ready;
  }

  /** As `waitSync`, without blocking the thread; keeps the process alive meanwhile. */
  async wait(options: { timeout?: number; signal?: AbortSignal } = {}): Promise<boolean> {
    await this.#bell.wait(this.#ready, options.timeout, options.signal);
    return !this.#closed && this.ready;
  }

  /** Batches as they come, until reader or feed is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch<View>, void, undefined> {
    while (await this.wait()) {
      // It may be closed between the end of the wait and here.
      if (this.#closed) return;
      yield this.drain();
      // A busy feed would otherwise be read in microtasks for ever, and the thread's sockets and timers starve.
      if (!this.#closed && this.ready) await nextTurn();
    }
  }

  /** Measures receive → read, as `stats()` shows it, anew from now on: after a warm-up, or for each period. */
  resetLatency(): void {
    for (const cursor of this.#cursors) cursor.resetLatency();
  }

  /** Leaves the rings. Idempotent. Whoever waits on this reader stops waiting. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    hasLeft(this);
    // A loop that is under way ends: its places may soon be those of other readers.
    this.#run.stop();
    for (const cursor of this.#cursors) cursor.leave();
    this.#bell.ringAlways();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * The iterable, the iterator and the iterator's result in one object: running through records allocates nothing.
 */
class Run<View> implements Batch<View>, IterableIterator<View> {
  size = 0;
  done = true;
  value!: View;
  readonly #cursors: readonly RingCursor[];
  readonly #views: readonly RecordView<View>[];
  /** Which arena's turn it is; and where the records at hand come from, with the view of them. */
  #at: number;
  #cursor: RingCursor | undefined;
  #view: RecordView<View>;
  /** Bytes: the next record, and the end of its stretch. */
  #next = 0;
  #end = 0;

  constructor(cursors: readonly RingCursor[], views: readonly RecordView<View>[]) {
    this.#cursors = cursors;
    this.#views = views;
    this.#at = cursors.length;
    this.#view = views[0]!;
  }

  /** Whether a record waits behind the last one that was handed out. */
  get ready(): boolean {
    for (const cursor of this.#cursors) {
      if (cursor.ready(cursor === this.#cursor ? this.#next : cursor.from)) return true;
    }
    return false;
  }

  open(): void {
    this.#settle();
    this.size = 0;
    for (const cursor of this.#cursors) this.size += cursor.open();
    this.#at = 0;
    this.done = false;
  }

  next(): IteratorResult<View> {
    const record = this.#next;
    if (record === this.#end) return this.#advance();
    this.#next = record + STEP;
    this.value = this.#view.moveTo(record);
    return this as IteratorResult<View>;
  }

  #advance(): IteratorResult<View> {
    for (; this.#at < this.#cursors.length; this.#at++) {
      const cursor = this.#cursors[this.#at]!;
      const next = cursor === this.#cursor ? this.#next : cursor.from;
      this.#cursor = cursor;
      if (!cursor.advance(next)) continue;
      this.#next = cursor.from;
      this.#end = cursor.to;
      this.#view = this.#views[this.#at]!;
      return this.next();
    }
    this.#cursor = undefined;
    this.done = true;
    return this as IteratorResult<View>;
  }

  /** What has been handed out is done with. */
  #settle(): void {
    const cursor = this.#cursor;
    const next = this.#next;
    // First, because an expelled reader's cursor throws.
    this.#cursor = undefined;
    this.#next = this.#end;
    cursor?.settle(next);
  }

  return(): IteratorResult<View> {
    this.#settle();
    this.stop();
    return this as IteratorResult<View>;
  }

  /** Ends without a word to the ring. */
  stop(): void {
    this.#cursor = undefined;
    this.#next = this.#end;
    this.#at = this.#cursors.length;
    this.done = true;
  }

  [Symbol.iterator](): IterableIterator<View> {
    return this;
  }
}

function sameBell(a: Arena, b: Arena): boolean {
  const [left, right] = [a.recordBell.handle, b.recordBell.handle];
  return left.buffer === right.buffer && left.offset === right.offset;
}
