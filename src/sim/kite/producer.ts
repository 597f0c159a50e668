import type { Session } from './session.ts';
import type { Counters } from './stats.ts';

/** Frames that a connection may send before it is the next one's turn, when the rate is unlimited. */
const FRAMES_PER_TURN = 32;
/** A frame that is not full leaves after this many ms. */
const LONGEST_WAIT = 20;
/** A process that was held up makes up for this many ms at most. */
const MOST_ARREARS = 100;

export interface ProducerOptions {
  /** Ticks a second over all sessions; `Infinity` for as many as the sockets take. */
  readonly rate: number;
  readonly packetsPerFrame: number;
  readonly tickLimit: number;
  readonly counters: Counters;
  readonly onFinished: () => void;
}

/**
 * Decides when whose subscriptions tick. It sleeps when nobody can: after that `wake` starts it again.
 * A finite rate is shared in proportion to subscriptions; with an unlimited one, sessions take turns.
 */
export class Producer {
  readonly #sessions: ReadonlySet<Session>;
  readonly #options: ProducerOptions;
  #limit: number;
  #ticks = 0;
  #running = false;
  #stopped = false;
  #paused = false;
  #timer: NodeJS.Timeout | undefined;
  #lastTurn = 0;

  constructor(sessions: ReadonlySet<Session>, options: ProducerOptions) {
    this.#sessions = sessions;
    this.#options = options;
    this.#limit = options.tickLimit;
  }

  /** Something changed: subscriptions, room in a socket. */
  wake(): void {
    if (this.#running || this.#stopped || this.#paused || this.#ticks >= this.#limit) return;
    if (this.#options.rate === 0 || this.#streaming() === 0) return;
    this.#running = true;
    this.#lastTurn = performance.now();
    this.#schedule();
  }

  /** No ticks until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.wake();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #streaming(): number {
    let streaming = 0;
    for (const session of this.#sessions) if (session.isOpen) streaming += session.subscriptions.streaming;
    return streaming;
  }

  #schedule(): void {
    const { rate } = this.#options;
    if (rate === Number.POSITIVE_INFINITY) setImmediate(() => this.#turn());
    else this.#timer = setTimeout(() => this.#turn(), Math.min(LONGEST_WAIT, Math.max(1, 1000 / rate)));
  }

  #turn(): void {
    this.#running = false;
    if (this.#stopped || this.#paused) return;
    const goesOn = this.#options.rate === Number.POSITIVE_INFINITY ? this.#sendFreely() : this.#sendPaced();
    if (this.#ticks >= this.#limit) {
      this.#options.onFinished();
    } else if (goesOn) {
      this.#running = true;
      this.#schedule();
    }
  }

  /** Returns false when every socket is full: the next frame that leaves wakes the producer. */
  #sendFreely(): boolean {
    const { packetsPerFrame } = this.#options;
    let goesOn = false;
    for (const session of this.#sessions) {
      const count = Math.min(FRAMES_PER_TURN * packetsPerFrame, this.#limit - this.#ticks);
      const sent = session.sendTicks(count);
      this.#ticks += sent;
      if (sent > 0 && session.hasRoom) goesOn = true;
    }
    return goesOn;
  }

  /** Returns false when nobody has subscribed to anything. */
  #sendPaced(): boolean {
    const { rate, packetsPerFrame, counters } = this.#options;
    const now = performance.now();
    const elapsed = now - this.#lastTurn;
    this.#lastTurn = now;
    const streaming = this.#streaming();
    if (streaming === 0) return false;
    if (elapsed > MOST_ARREARS) counters.delayed += Math.round((rate * (elapsed - MOST_ARREARS)) / 1000);
    const ticks = (rate * Math.min(elapsed, MOST_ARREARS)) / 1000;
    for (const session of this.#sessions) {
      if (!session.isOpen) continue;
      session.due += (ticks * session.subscriptions.streaming) / streaming;
      if (session.due < 1) continue;
      if (session.due < packetsPerFrame && now - session.lastTicks < LONGEST_WAIT) continue;
      const due = Math.min(Math.floor(session.due), this.#limit - this.#ticks);
      const sent = session.sendTicks(due);
      this.#ticks += sent;
      session.due -= due;
      session.lastTicks = now;
      counters.delayed += due - sent;
    }
    return true;
  }
}
