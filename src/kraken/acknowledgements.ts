import type { TickringError } from '../errors.ts';
import { type RefusedSubscription, SubscriptionError } from '../feed/subscription-error.ts';
import type { Stream } from './lines.ts';

/** Somebody who waits for all of these to be acknowledged. */
interface Waiter {
  readonly pending: Set<Stream>;
  readonly refused: RefusedSubscription[];
  readonly accepted: string[];
  readonly resolve: () => void;
  readonly reject: (error: TickringError) => void;
}

/**
 * The promises of those who subscribe and unsubscribe. A rejection that nobody looks at is no unhandled one: what is refused is
 * an event, too, and a library does not end its user's process.
 */
export class Acknowledgements {
  readonly #waiters = new Set<Waiter>();
  readonly #leaving = new Map<string, (() => void)[]>();
  #closed: TickringError | undefined;

  /** Resolves when all are acknowledged. @param isLive whether one is already */
  all(streams: readonly Stream[], isLive: (stream: Stream) => boolean): Promise<void> {
    const promise = new Promise<void>((resolve, reject) => {
      const pending = new Set(streams.filter((stream) => !isLive(stream)));
      const accepted = streams.filter((stream) => !pending.has(stream)).map(nameOf);
      const waiter: Waiter = { pending, refused: [], accepted, resolve, reject };
      if (pending.size === 0) resolve();
      else if (this.#closed) reject(this.#closed);
      else this.#waiters.add(waiter);
    });
    promise.catch(() => {});
    return promise;
  }

  live(stream: Stream): void {
    for (const waiter of this.#waiters) {
      if (!waiter.pending.delete(stream)) continue;
      waiter.accepted.push(nameOf(stream));
      this.#look(waiter);
    }
  }

  /** Whether somebody waited for it. */
  refused(stream: Stream, reason: string): boolean {
    let waited = false;
    for (const waiter of this.#waiters) {
      if (!waiter.pending.delete(stream)) continue;
      waited = true;
      waiter.refused.push({ channel: stream.spec.channel, symbol: stream.spec.symbol, reason });
      this.#look(waiter);
    }
    return waited;
  }

  /** Resolves when the connection's service does not hold the slot any more: see `gone`. */
  leaving(connection: number, slot: string): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const key = `${connection} ${slot}`;
      const waiting = this.#leaving.get(key);
      if (waiting) waiting.push(resolve);
      else this.#leaving.set(key, [resolve]);
    });
  }

  gone(connection: number, slot: string): void {
    const key = `${connection} ${slot}`;
    const waiting = this.#leaving.get(key);
    this.#leaving.delete(key);
    if (waiting) for (const resolve of waiting) resolve();
  }

  /** Nothing will be acknowledged any more. */
  close(error: TickringError): void {
    this.#closed = error;
    for (const { reject } of this.#waiters) reject(error);
    this.#waiters.clear();
    for (const waiting of this.#leaving.values()) for (const resolve of waiting) resolve();
    this.#leaving.clear();
  }

  #look(waiter: Waiter): void {
    if (waiter.pending.size > 0) return;
    this.#waiters.delete(waiter);
    const { refused, accepted, resolve, reject } = waiter;
    if (refused.length === 0) resolve();
    else reject(new SubscriptionError(refused, accepted));
  }
}

function nameOf({ spec }: Stream): string {
  return spec.symbol ?? spec.channel;
}
