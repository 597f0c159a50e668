/** What kinds of events there are of feeds: `GET /events`. */
export type ServeEventType =
  | 'state'
  | 'gap'
  | 'resync'
  | 'retry'
  | 'gave-up'
  | 'error'
  | 'refused'
  | 'status'
  | 'stale'
  | 'fresh'
  | 'quarantine'
  | 'expelled'
  | 'subscribed'
  | 'unsubscribed'
  | 'fault';

/** Something that happened to a feed and is not market data. Plain data. */
export interface ServeEvent {
  /** Counted from 1. */
  readonly id: number;
  /** ms since the epoch */
  readonly at: number;
  readonly venue: string;
  readonly type: ServeEventType;
  readonly [more: string]: unknown;
}
