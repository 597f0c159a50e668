import { BELL_ANNOUNCED, BELL_PARKS, BELL_SIGNAL, BELL_WITHDRAWN } from './doorbell-layout.ts';

/** Where a doorbell lies: structured-cloneable, so that rings of several arenas can share one. */
export interface DoorbellHandle {
  readonly buffer: SharedArrayBuffer;
  /** Bytes from the start of the buffer, a multiple of 4. */
  readonly offset: number;
}

/** Polls before parking: about 20 µs, the time in which a busy partner has more and a wake-up costs more. */
const DEFAULT_SPINS = 200;

/**
 * Wakes threads that have said that they park; costs one load when nobody has since it last rang.
 *
 * The protocol: a waiter reads the signal, announces itself, looks at its condition once more, and only then parks
 * on the signal that it read. A ringer first makes the condition true, then looks for announcements. Whichever
 * order the two meet in, either the waiter sees the condition or the ringer sees the announcement. An announcement is rung for
 * once by each ringer: the signal has changed since, so that its waiter is awake or about to be, and will look by itself;
 * a thread that is slow to get a processor is not rung for again with every frame. Any number of threads may ring and wait.
 * A thread that dies while parked leaves an announcement that is never withdrawn: a needless ring, never a lost one.
 */
export class Doorbell {
  readonly handle: DoorbellHandle;
  readonly #words: Int32Array;
  readonly #signal: number;
  readonly #announced: number;
  readonly #withdrawn: number;
  readonly #parks: number;
  /** Announcements that this ringer has rung for. */
  #rungFor: number;
  /** The one promise that this thread has outstanding, kept when a wait ends early: waiters cannot be taken back. */
  #pending: Promise<unknown> | undefined;

  constructor(handle: DoorbellHandle) {
    this.handle = handle;
    this.#words = new Int32Array(handle.buffer);
    this.#signal = (handle.offset + BELL_SIGNAL) >> 2;
    this.#announced = (handle.offset + BELL_ANNOUNCED) >> 2;
    this.#withdrawn = (handle.offset + BELL_WITHDRAWN) >> 2;
    this.#parks = (handle.offset + BELL_PARKS) >> 2;
    // Whoever is parked now, this ringer has not rung for.
    this.#rungFor = (Atomics.load(this.#words, this.#announced) - Math.min(this.parked, 1)) | 0;
  }

  /** Call after publishing. Wakes all who are parked; free when nobody has announced that since the last time. */
  ring(): void {
    const announced = Atomics.load(this.#words, this.#announced);
    if (announced === this.#rungFor) return;
    this.#rungFor = announced;
    this.ringAlways();
  }

  /** Rings without looking: for stopping, where a wake-up too many is welcome. */
  ringAlways(): void {
    Atomics.add(this.#words, this.#signal, 1);
    Atomics.notify(this.#words, this.#signal);
  }

  /** How many threads have announced that they are parked or about to be. */
  get parked(): number {
    // In this order: 0 only if nobody was, at one moment at least.
    const withdrawn = Atomics.load(this.#words, this.#withdrawn);
    return (Atomics.load(this.#words, this.#announced) - withdrawn) | 0;
  }

  /** How often a thread has parked here, and how often a parked one was rung for; both wrap at 2^32. */
  get counts(): { parks: number; rings: number } {
    return {
      parks: Atomics.load(this.#words, this.#parks) >>> 0,
      rings: Atomics.load(this.#words, this.#signal) >>> 0,
    };
  }

  /**
   * Blocks this thread until `ready()` is true or the time is up; answers `ready()`. Spins first.
   * Not for threads that must not block.
   *
   * @param timeout milliseconds; Infinity waits for ever.
   */
  waitSync(ready: () => boolean, timeout = Number.POSITIVE_INFINITY, spins = DEFAULT_SPINS): boolean {
    for (let spin = 0; spin < spins; spin++) if (ready()) return true;
    if (timeout <= 0) return ready();
    const deadline = timeout === Number.POSITIVE_INFINITY ? timeout : performance.now() + timeout;
    for (;;) {
      const seen = Atomics.load(this.#words, this.#signal);
      Atomics.add(this.#words, this.#announced, 1);
      let timedOut = false;
      try {
        if (ready()) return true;
        Atomics.add(this.#words, this.#parks, 1);
        const left =
          deadline === Number.POSITIVE_INFINITY ? deadline : Math.max(0, deadline - performance.now());
        timedOut = Atomics.wait(this.#words, this.#signal, seen, left) === 'timed-out';
      } finally {
        Atomics.add(this.#words, this.#withdrawn, 1);
      }
      if (ready()) return true;
      if (timedOut) return false;
    }
  }

  /**
   * Resolves when `ready()` is true (true) or the time is up or `signal` aborted (false), without blocking the thread.
   * Keeps the process alive while it waits, which `Atomics.waitAsync` alone does not.
   */
  async wait(
    ready: () => boolean,
    timeout = Number.POSITIVE_INFINITY,
    signal?: AbortSignal | undefined,
  ): Promise<boolean> {
    if (ready()) return true;
    if (timeout <= 0 || signal?.aborted) return false;
    const alarm = timeout === Number.POSITIVE_INFINITY && !signal ? undefined : new Alarm(timeout, signal);
    stayAlive(true);
    try {
      while (!alarm?.rung) {
        const seen = Atomics.load(this.#words, this.#signal);
        Atomics.add(this.#words, this.#announced, 1);
        try {
          if (ready()) return true;
          Atomics.add(this.#words, this.#parks, 1);
          const ring = this.#nextRing(seen);
          await (alarm ? Promise.race([ring, alarm.promise]) : ring);
        } finally {
          Atomics.add(this.#words, this.#withdrawn, 1);
        }
        if (ready()) return true;
      }
      return false;
    } finally {
      stayAlive(false);
      alarm?.stop();
    }
  }

  #nextRing(seen: number): Promise<unknown> | undefined {
    if (this.#pending) return this.#pending;
    const wait = Atomics.waitAsync(this.#words, this.#signal, seen);
    if (!wait.async) return undefined;
    this.#pending = wait.value.then(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }
}

/** The longest time that a Node timer takes, ms. */
const LONGEST = 2 ** 31 - 1;

let waits = 0;
/** Of this thread; it does nothing but exist. */
let existence: NodeJS.Timeout | undefined;

/** Counts waits that begin and end: the thread stays alive during each. One timer for all, because a new one costs a microsecond. */
function stayAlive(begins: boolean): void {
  waits += begins ? 1 : -1;
  if (begins && waits === 1) existence = (existence ?? setInterval(() => {}, LONGEST)).ref();
  else if (waits === 0) existence?.unref();
}

/** Ends a wait when its time is up, or when it is aborted. */
class Alarm {
  rung = false;
  readonly promise: Promise<void>;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #ring: () => void;

  /** @param timeout milliseconds */
  constructor(timeout: number, signal: AbortSignal | undefined) {
    const { promise, resolve } = deferred();
    this.promise = promise;
    this.#ring = () => {
      this.rung = true;
      resolve();
    };
    this.#signal = signal;
    signal?.addEventListener('abort', this.#ring, { once: true });
    if (timeout <= LONGEST) this.#timer = setTimeout(this.#ring, timeout);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#ring);
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
