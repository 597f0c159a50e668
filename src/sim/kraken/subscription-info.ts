import type { KrakenChannel, KrakenEndpoint } from './channels.ts';

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
