import type { KrakenChannel } from './channels.ts';
import type { SubscriptionRequest } from './request.ts';
import type { Session } from './session.ts';
import type { KrakenSubscription } from './subscription-info.ts';

/** A subscription under way. */
export class Subscription {
  readonly session: Session;
  readonly request: SubscriptionRequest;
  readonly symbol: string | undefined;
  /** Updates are sent to it: it had its snapshot, or wanted none. */
  isLive = false;
  isOpen = true;
  snapshots = 0;
  updates = 0;
  rows = 0;
  /** Whose account it shows, on private channels. */
  readonly apiKey: string | undefined;
  /** The latest sequence number, on channels that have them. */
  sequence = 0;

  constructor(session: Session, request: SubscriptionRequest, symbol?: string, apiKey?: string) {
    this.session = session;
    this.request = request;
    this.symbol = symbol;
    this.apiKey = apiKey;
  }

  get channel(): KrakenChannel {
    return this.request.channel;
  }

  /** What there can be only one of on a connection. */
  get key(): string {
    return subscriptionKey(this.channel, this.symbol);
  }

  report(): KrakenSubscription {
    const { session, channel, symbol, snapshots, updates, rows, isOpen } = this;
    const { id: connection, endpoint } = session;
    const { variant } = this.request;
    return { connection, endpoint, channel, symbol, variant, snapshots, updates, rows, isOpen };
  }
}

export function subscriptionKey(channel: KrakenChannel, symbol: string | undefined): string {
  return symbol === undefined ? channel : `${channel} ${symbol}`;
}
