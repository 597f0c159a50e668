import type { KrakenChannel, KrakenEndpoint } from './channels.ts';
import type { SubscriptionRequest } from './request.ts';
import type { Session } from './session.ts';

/** What one subscription asked for, and what it was sent. */
export interface KrakenSubscription {
  /** The connection's id. */
  readonly connection: number;
  readonly endpoint: KrakenEndpoint;
  readonly channel: KrakenChannel;
  /** `undefined` for channels without symbols. */
  readonly symbol: string | undefined;
  /** Depth, interval or event trigger; `undefined` for channels without. */
  readonly variant: number | string | undefined;
  /** Messages sent. */
  readonly snapshots: number;
  readonly updates: number;
  /** What was in them: levels, orders, trades, candles, reports, … */
  readonly rows: number;
  /** False once it was unsubscribed or its connection ended. */
  readonly isOpen: boolean;
}

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
