import { type ConnectionHealth, type FeedHealth, type FeedReport, feedHealth } from '../feed/health.ts';
import { ALL } from './stream.ts';
import type { KalshiSubscriptions } from './subscriptions.ts';

export interface KalshiConnectionHealth extends Omit<ConnectionHealth, 'account' | 'instruments'> {
  /** How many it carries: of a market and channel, or of a channel as a whole. */
  readonly subscriptions: number;
}

export interface KalshiHealth extends Omit<FeedHealth, 'accounts' | 'connections'> {
  readonly connections: readonly KalshiConnectionHealth[];
  /** Markets whose books are not to be trusted, and are left as they are because nothing mended them. */
  readonly degradedBooks: readonly string[];
}

/** What is looked at. */
export interface HealthSources {
  readonly report: FeedReport;
  readonly subscriptions: KalshiSubscriptions;
  readonly degradedBooks: readonly string[];
}

const WORDS = { account: 'environment', instruments: 'subscriptions' };

export function kalshiHealth({ report, subscriptions, degradedBooks }: HealthSources): KalshiHealth {
  const { connections, status, state, reasons: common } = feedHealth(report, subscriptions, WORDS);
  const reasons = [...common];
  for (const { stream } of subscriptions.list()) {
    for (const [item, { refusal }] of stream.wanted) {
      if (refusal === undefined) continue;
      reasons.push(`${stream.channel}${item === ALL ? '' : ` ${item}`} is refused: ${refusal}`);
    }
  }
  for (const market of degradedBooks)
    reasons.push(`the book of ${market} is not to be trusted, and nothing mended it`);
  return {
    status: status === 'ok' && reasons.length > 0 ? 'degraded' : status,
    state,
    reasons,
    connections: connections.map(({ account: _, instruments, ...rest }) => ({
      ...rest,
      subscriptions: instruments,
    })),
    degradedBooks,
  };
}
