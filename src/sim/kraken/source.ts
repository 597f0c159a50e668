import type { KrakenPairStatus } from './instrument-channel.ts';
import type { Message } from './messages.ts';
import type { SubscriptionRequest } from './request.ts';
import type { Subscription } from './subscription.ts';

/** Where market and account data come from: a simulated exchange, or a recorded session. */
export interface Source {
  /** Pairs that can be subscribed to. */
  readonly symbols: readonly string[];
  has(symbol: string): boolean;
  /** Why this cannot be subscribed to, besides what the protocol forbids; `undefined` when it can. */
  refusal(request: SubscriptionRequest, symbol: string | undefined): string | undefined;
  /** From now on it gets updates, once it is live. */
  add(subscription: Subscription): void;
  remove(subscription: Subscription): void;
  /** What it gets first, now; `undefined` when there is nothing. */
  snapshot(subscription: Subscription): Message | undefined;
  /**
   * Lets so many market events happen: of this symbol, or of those subscribed to, in turn.
   * @returns how many happened
   */
  step(count: number, symbol: string | undefined): number;
  /** Lets so many things happen in the accounts that somebody listens to, in turn. */
  stepAccounts(count: number): number;
  setStatus(symbol: string, status: KrakenPairStatus): void;
}
