/** Market events before other work has its turn, when the rate is unlimited. */
const STEPS_PER_TURN = 200;
/** The longest between two turns, ms. */
const LONGEST_WAIT = 20;
/** A process that was held up makes up for this many ms at most. */
const MOST_ARREARS = 100;

export interface ProducerOptions {
  /** Market events a second; `Infinity` for as many as the sockets take. */
  readonly rate: number;
  readonly limit: number;
  /** Lets so many market events happen. */
  readonly step: (count: number) => void;
  /** False while nobody is there to see what happens. */
  readonly isWatched: () => boolean;
  /** False while every socket is full. */
  readonly hasRoom: () => boolean;
  readonly onDelayed: (count: number) => void;
  readonly onFinished: () => void;
}

/** Decides when markets move. It sleeps when nobody watches, or no socket has room: after that `wake` starts it again. */
export class Producer {
  readonly #options: ProducerOptions;
  readonly #isUnlimited: boolean;
  #steps = 0;
  #due = 0;
  #isRunning = false;
  #isPaused = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #lastTurn = 0;

  constructor(options: ProducerOptions) {
    this.#options = options;
    this.#isUnlimited = options.rate === Number.POSITIVE_INFINITY;
  }

  /** Something changed: subscriptions, room in a socket. */
  wake(): void {
    const { rate, limit } = this.#options;
    if (this.#isRunning || this.#isStopped || this.#isPaused || rate === 0 || this.#steps >= limit) return;
    if (!this.#goesOn()) return;
    this.#isRunning = true;
    this.#lastTurn = performance.now();
    this.#schedule();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isUnlimited) setImmediate(() => this.#turn());
    else
      this.#timer = setTimeout(
        () => this.#turn(),
        Math.min(LONGEST_WAIT, Math.max(1, 1000 / this.#options.rate)),
      );
  }

  #turn(): void {
    this.#isRunning = false;
    if (this.#isStopped || this.#isPaused) return;
    const { limit, step, onFinished } = this.#options;
    const count = Math.min(this.#isUnlimited ? STEPS_PER_TURN : this.#fallenDue(), limit - this.#steps);
    this.#steps += count;
    if (count > 0) step(count);
    if (this.#steps >= limit) {
      onFinished();
    } else if (this.#goesOn()) {
      this.#isRunning = true;
      this.#schedule();
    }
  }

  #goesOn(): boolean {
    const { isWatched, hasRoom } = this.#options;
    return isWatched() && (!this.#isUnlimited || hasRoom());
  }

  #fallenDue(): number {
    const { rate, onDelayed } = this.#options;
    const now = performance.now();
    const elapsed = now - this.#lastTurn;
    this.#lastTurn = now;
    if (elapsed > MOST_ARREARS) onDelayed(Math.round((rate * (elapsed - MOST_ARREARS)) / 1000));
    this.#due += (rate * Math.min(elapsed, MOST_ARREARS)) / 1000;
    const count = Math.floor(this.#due);
    this.#due -= count;
    return count;
  }
}
