import type { Arena } from '../memory/arena.ts';
import type { ReaderStatus } from '../memory/reader-table.ts';
import { RecordRing } from '../memory/ring-cursor.ts';
import type { Place } from './subscriptions.ts';

/** A reader that was expelled. */
export interface ExpelledReader extends Place {
  /** Thread that held it; 0 is main. */
  readonly threadId: number;
  /** Records that it had not read. */
  readonly lag: number;
}

/** A connection's place and arena. */
export interface Watched {
  readonly place: Place;
  readonly arena: Arena;
}

interface Suspect {
  readonly lag: number;
  readonly read: number;
  readonly since: number;
}

/**
 * Expels gating readers that hold everyone up and do not move: a thread that died without leaving, or one that stalls.
 * Looks only now and then, and only where a decoder waits or drops because of a reader.
 */
export class ReaderWatch {
  readonly #watched: readonly { slot: Watched; ring: RecordRing }[];
  readonly #stallLimit: number;
  readonly #onExpelled: (reader: ExpelledReader) => void;
  readonly #suspects = new Map<string, Suspect>();
  readonly #dropped = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param stallLimit ms; Infinity expels nobody */
  constructor(slots: readonly Watched[], stallLimit: number, onExpelled: (reader: ExpelledReader) => void) {
    this.#watched = slots.map((slot) => ({ slot, ring: new RecordRing(slot.arena) }));
    this.#stallLimit = stallLimit;
    this.#onExpelled = onExpelled;
  }

  start(): void {
    if (this.#timer || this.#stallLimit === Number.POSITIVE_INFINITY) return;
    this.#timer = setInterval(() => this.#look(), this.#stallLimit / 4);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    for (const { slot, ring } of this.#watched) {
      for (const reader of ring.readers.status()) {
        const key = `${slot.place.connection} ${reader.place}`;
        if (!this.#blocks(key, reader, ring)) {
          this.#suspects.delete(key);
          continue;
        }
        const before = this.#suspects.get(key);
        if (!before || before.read !== reader.read) {
          this.#suspects.set(key, { lag: reader.lag, read: reader.read, since: now });
        } else if (now - before.since >= this.#stallLimit) {
          this.#suspects.delete(key);
          this.#expel(slot, ring, reader);
        }
      }
    }
  }

  /** Whether the decoder waits, or has dropped records since the last look, because of this reader. */
  #blocks(key: string, reader: ReaderStatus, ring: RecordRing): boolean {
    if (reader.kind !== 'gating') return false;
    const dropped = this.#dropped.get(key) ?? 0;
    this.#dropped.set(key, reader.dropped);
    if (reader.dropped > dropped) return true;
    const waits = Atomics.load(ring.arena.i32, ring.spaceWanted) !== 0;
    return waits && ring.readers.unreleased() === reader.lag;
  }

  #expel({ place, arena }: Watched, ring: RecordRing, { place: nth, threadId, lag }: ReaderStatus): void {
    if (!ring.readers.expel(nth)) return;
    // The decoder may be waiting for it, and the reader may be waiting too.
    arena.frameBell.ring();
    arena.recordBell.ring();
    this.#onExpelled({ ...place, threadId, lag });
  }
}
