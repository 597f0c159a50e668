import { TickringError } from '../errors.ts';

/** One that was not acknowledged, and why. */
export interface RefusedSubscription {
  readonly channel: string;
  /** Undefined for channels without symbols. */
  readonly symbol: string | undefined;
  /** The service's own words, or what kept it from answering. */
  readonly reason: string;
}

/** `ERR_TICKRING_SUBSCRIPTION`: of what was asked for, the service refused some, or all. */
export class SubscriptionError extends TickringError {
  readonly refused: readonly RefusedSubscription[];
  /** Symbols of the same request that were acknowledged, and stream. */
  readonly accepted: readonly string[];

  constructor(refused: readonly RefusedSubscription[], accepted: readonly string[]) {
    const [first] = refused;
    const what = first?.symbol === undefined ? first?.channel : `${first.channel} ${first.symbol}`;
    const more = refused.length > 1 ? `, and ${refused.length - 1} more (see refused)` : '';
    const rest = accepted.length > 0 ? `; ${accepted.length} others were accepted` : '';
    super('ERR_TICKRING_SUBSCRIPTION', `${what} was not subscribed: ${first?.reason}${more}${rest}`);
    this.refused = refused;
    this.accepted = accepted;
  }
}
