import { epochNow } from '../memory/clock.ts';

/** A connection, as far as it has to be kept alive. */
export interface Pinged {
  readonly open: boolean;
  /** When the last bytes came, ms since the epoch. */
  readonly heardAt: number;
  /** When the last message was sent, ms of `performance.now()`. */
  readonly sentAt: number;
  ping(): void;
}

/** Timers cannot be longer. */
const MOST_INTERVAL = 60_000;

/**
 * Pings connections on which nothing is asked, because the service closes those, and connections that are silent, because one
 * without subscriptions gets no heartbeats and has to show that it lives.
 */
export class KeepAlive {
  readonly #readTimeout: number;
  readonly #pingInterval: number;
  readonly #connections: () => Iterable<Pinged>;
  #timer: NodeJS.Timeout | undefined;

  /** @param readTimeout ms of silence after which a connection is taken for dead */
  constructor(readTimeout: number, pingInterval: number, connections: () => Iterable<Pinged>) {
    this.#readTimeout = readTimeout;
    this.#pingInterval = pingInterval;
    this.#connections = connections;
  }

  start(): void {
    const interval = Math.min(this.#readTimeout / 4, this.#pingInterval / 2, MOST_INTERVAL);
    this.#timer ??= setInterval(() => this.#look(), interval);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const connection of this.#connections()) {
      if (!connection.open) continue;
      const silent = epochNow() - connection.heardAt;
      const idle = performance.now() - connection.sentAt;
      const unheard = silent >= this.#readTimeout / 2 && idle >= this.#readTimeout / 4;
      if (unheard || idle >= this.#pingInterval) connection.ping();
    }
  }
}
