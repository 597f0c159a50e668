import type { Session } from './session.ts';
import type { Counters } from './stats.ts';

/** ms between turns, at most. */
const LONGEST_WAIT = 20;
/** A process that was held up makes up for this many ms at most. */
const MOST_ARREARS = 100;
/** Events of a turn when the rate is unlimited, */
const EVENTS_PER_TURN = 256;
/** and the bytes that wait for a client when it is to wait itself. */
const MOST_WAITING_BYTES = 1024 * 1024;

export interface ProducerOptions {
  /** Market events a second; `Infinity` for as many as the sockets take. */
  readonly rate: number;
  readonly accountRate: number;
  readonly sessions: ReadonlySet<Session>;
  readonly counters: Counters;
  /** Lets so many market events happen; returns how many did. */
  readonly step: (count: number) => number;
  readonly stepAccounts: (count: number) => number;
}

/** Lets things happen at their rates. What nobody listens to does not happen, and is not made up for. */
export class Producer {
  readonly #options: ProducerOptions;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #paused = false;
  #latest = 0;
  #due = 0;
  #accountsDue = 0;

  constructor(options: ProducerOptions) {
    this.#options = options;
  }

  start(): void {
    const { rate, accountRate } = this.#options;
    if (rate === 0 && accountRate === 0) return;
    this.#latest = performance.now();
    this.#schedule();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  #schedule(): void {
    const { rate, accountRate } = this.#options;
    const wait = Math.min(LONGEST_WAIT, Math.max(1, 1000 / Math.max(rate, accountRate)));
    this.#timer = setTimeout(() => this.#turn(), wait);
  }

  #turn(): void {
    const { sessions, rate } = this.#options;
    const now = performance.now();
    const elapsed = now - this.#latest;
    this.#latest = now;
    let happened = 0;
    if (!this.#paused) {
      for (const session of sessions) session.cork();
      happened = this.#produce(elapsed);
      for (const session of sessions) session.uncork();
    }
    if (rate === Number.POSITIVE_INFINITY && happened > 0) this.#immediate = setImmediate(() => this.#turn());
    else this.#schedule();
  }

  /** Returns how many market events happened. */
  #produce(elapsed: number): number {
    const { rate, accountRate, counters, step, stepAccounts } = this.#options;
    const seconds = Math.min(elapsed, MOST_ARREARS) / 1000;
    this.#accountsDue += accountRate * seconds;
    const accounts = Math.floor(this.#accountsDue);
    this.#accountsDue -= accounts;
    stepAccounts(accounts);
    if (rate === Number.POSITIVE_INFINITY) return this.#hasRoom() ? step(EVENTS_PER_TURN) : 0;
    this.#due += rate * seconds;
    const due = Math.floor(this.#due);
    this.#due -= due;
    const happened = step(due);
    if (happened > 0 && elapsed > MOST_ARREARS) {
      counters.delayed += Math.round((rate * (elapsed - MOST_ARREARS)) / 1000);
    }
    return happened;
  }

  #hasRoom(): boolean {
    for (const { bufferedBytes } of this.#options.sessions)
      if (bufferedBytes > MOST_WAITING_BYTES) return false;
    return true;
  }
}
