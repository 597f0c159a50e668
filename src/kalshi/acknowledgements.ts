import type { TickringError } from '../errors.ts';
import { type RefusedSubscription, SubscriptionError } from '../feed/subscription-error.ts';
import type { Channel } from './channels.ts';
import { ALL, type Stream } from './stream.ts';

/** What became of a subscribe request. */
export interface SubscribeResult {
  readonly channel: Channel;
  /** Markets, indices or underlyings that the service has confirmed; empty for all. */
  readonly confirmed: readonly string[];
  /** Those that it does not have. They are wanted no longer. */
  readonly missing: readonly string[];
}

/** Somebody who waits for all of these to be acknowledged. */
interface Waiter {
  readonly channel: Channel;
  readonly pending: Set<string>;
  readonly confirmed: string[];
  readonly missing: string[];
  readonly refused: RefusedSubscription[];
  readonly resolve: (result: SubscribeResult) => void;
  readonly reject: (error: TickringError) => void;
}

/**
 * The promises of those who subscribe and unsubscribe. A rejection that nobody looks at is no unhandled one: what is refused is
 * an event, too, and a library does not end its user's process.
 */
export class Acknowledgements {
  readonly #waiters = new Set<Waiter>();
  /** By connection, channel and item. */
  readonly #leaving = new Map<string, (() => void)[]>();
  #closed: TickringError | undefined;

  /**
   * Resolves when all are acknowledged or missing.
   *
   * @param confirmed those that are already
   * @param inAll what was asked for and is a part of the channel as a whole
   */
  all(
    channel: Channel,
    items: readonly string[],
    confirmed: readonly string[],
    inAll: readonly string[] = [],
  ): Promise<SubscribeResult> {
    const promise = new Promise<SubscribeResult>((resolve, reject) => {
      const pending = new Set(items);
      for (const item of confirmed) pending.delete(item);
      const waiter: Waiter = {
        channel,
        pending,
        confirmed: [...inAll, ...confirmed],
        missing: [],
        refused: [],
        resolve,
        reject,
      };
      this.#waiters.add(waiter);
      if (this.#closed && pending.size > 0) reject(this.#closed);
      else this.#look(waiter);
    });
    promise.catch(() => {});
    return promise;
  }

  confirmed(channel: Channel, items: readonly string[]): void {
    this.#settle(channel, items, (waiter, item) => waiter.confirmed.push(item));
  }

  missing(channel: Channel, items: readonly string[]): void {
    this.#settle(channel, items, (waiter, item) => waiter.missing.push(item));
  }

  refused(channel: Channel, items: readonly string[], reason: string): void {
    this.#settle(channel, items, ({ refused }, item) =>
      refused.push({ channel, symbol: item === ALL ? undefined : item, reason }),
    );
  }

  /** Resolves when the connection's service does not hold the item any more: see `gone`. */
  leaving({ place, channel }: Stream, item: string): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const key = keyOf(place.connection, channel, item);
      const waiting = this.#leaving.get(key);
      if (waiting) waiting.push(resolve);
      else this.#leaving.set(key, [resolve]);
    });
  }

  gone({ place, channel }: Stream, items: readonly string[]): void {
    if (this.#leaving.size === 0) return;
    for (const item of items) {
      const key = keyOf(place.connection, channel, item);
      const waiting = this.#leaving.get(key) ?? [];
      this.#leaving.delete(key);
      for (const resolve of waiting) resolve();
    }
  }

  /** Nothing will be acknowledged any more. */
  close(error: TickringError): void {
    this.#closed = error;
    for (const { reject } of this.#waiters) reject(error);
    this.#waiters.clear();
    for (const waiting of this.#leaving.values()) for (const resolve of waiting) resolve();
    this.#leaving.clear();
  }

  #settle(channel: Channel, items: readonly string[], note: (waiter: Waiter, item: string) => void): void {
    for (const waiter of this.#waiters) {
      if (waiter.channel !== channel) continue;
      for (const item of items) if (waiter.pending.delete(item)) note(waiter, item);
      this.#look(waiter);
    }
  }

  #look(waiter: Waiter): void {
    if (waiter.pending.size > 0) return;
    this.#waiters.delete(waiter);
    const { channel, refused, missing, resolve, reject } = waiter;
    const confirmed = waiter.confirmed.filter((item) => item !== ALL);
    if (refused.length === 0) resolve({ channel, confirmed, missing });
    else reject(new SubscriptionError(refused, confirmed));
  }
}

function keyOf(connection: number, channel: Channel, item: string): string {
  return `${connection} ${channel} ${item}`;
}
