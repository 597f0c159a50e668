/** Word indices, each on a line of its own. */
const STATE = 0;
const SENT = 32;
const READ = 64;
const WORDS = 96;

const RUNNING = 0;
const STOPPING = 1;
const ENDED = 2;

/** How far the two threads of a ring benchmark are, seen by a third. Counts go on from run to run and wrap at 2^32. */
export class Progress {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  /** Makes new words, or attaches to those of another thread. */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * WORDS)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  /** Before the threads are told to go. */
  start(): void {
    Atomics.store(this.#words, STATE, RUNNING);
  }

  /** Asks the writer to come to its end. */
  stop(): void {
    Atomics.store(this.#words, STATE, STOPPING);
  }

  get running(): boolean {
    return Atomics.load(this.#words, STATE) === RUNNING;
  }

  /** For the writer: nothing more comes after so many. */
  end(sent: number): void {
    Atomics.store(this.#words, SENT, sent);
    Atomics.store(this.#words, STATE, ENDED);
  }

  /** Whether the writer has ended, and just here. */
  endedAt(read: number): boolean {
    return Atomics.load(this.#words, STATE) === ENDED && Atomics.load(this.#words, SENT) === (read | 0);
  }

  get read(): number {
    return Atomics.load(this.#words, READ) >>> 0;
  }

  /** For the reader. Plain, so that it costs nothing: others look at it now and then. */
  set read(count: number) {
    this.#words[READ] = count;
  }
}
