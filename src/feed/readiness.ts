import { AbortedError, ConnectionError, type TickringError } from '../errors.ts';
import type { FeedReport, SubscriptionsSeen } from './health.ts';

/** True: ready. False: not yet. An error: it will not be. */
export type Readiness = boolean | TickringError;

/** Whether every connection in use is subscribed. */
export function readinessOf(
  { phase, connections }: FeedReport,
  subscriptions: Pick<SubscriptionsSeen, 'inUse'>,
): Readiness {
  if (phase !== 'running') return false;
  let ready = true;
  for (const { connection, state, lastError } of connections) {
    if (!subscriptions.inUse(connection)) continue;
    if (state === 'closed' || state === 'disconnected')
      return lastError ?? new ConnectionError(`connection ${connection} is down`);
    if (state !== 'subscribed') ready = false;
  }
  return ready;
}

/** Those who wait for a feed to be ready. */
export class ReadyWaiters {
  readonly #readiness: () => Readiness;
  readonly #waiting = new Set<() => void>();

  constructor(readiness: () => Readiness) {
    this.#readiness = readiness;
  }

  /** Something has changed that they may wait for. */
  look(): void {
    for (const look of this.#waiting) look();
  }

  /**
   * Resolves when the feed is ready.
   *
   * @throws the error that says that it will not be; AbortedError
   */
  wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void) => {
        this.#waiting.delete(look);
        signal?.removeEventListener('abort', aborted);
        outcome();
      };
      const aborted = () =>
        settle(() => reject(new AbortedError('waiting for the feed', { cause: signal?.reason })));
      const look = () => {
        const outcome = this.#readiness();
        if (outcome === true) settle(resolve);
        else if (outcome) settle(() => reject(outcome));
      };
      this.#waiting.add(look);
      signal?.addEventListener('abort', aborted, { once: true });
      if (signal?.aborted) aborted();
      else look();
    });
  }
}
