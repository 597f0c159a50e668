import { type ConnectionHealth, type FeedHealth, type FeedReport, feedHealth } from '../feed/health.ts';
import type { SystemState } from './messages.ts';
import type { Endpoint } from './protocol.ts';
import type { KrakenSubscriptions } from './subscriptions.ts';

export interface KrakenConnectionHealth extends Omit<ConnectionHealth, 'account' | 'instruments'> {
  readonly endpoint: Endpoint;
  /** How many it carries. */
  readonly subscriptions: number;
}

export interface KrakenHealth extends Omit<FeedHealth, 'accounts' | 'connections'> {
  readonly connections: readonly KrakenConnectionHealth[];
  /** What the trading engine last said of itself; undefined before that. */
  readonly system: SystemState | undefined;
  /** Symbols whose books are not to be trusted, and are left as they are after too many resyncs. */
  readonly degradedBooks: readonly string[];
}

/** What is looked at. */
export interface HealthSources {
  readonly report: FeedReport;
  readonly subscriptions: KrakenSubscriptions;
  readonly system: SystemState | undefined;
  readonly degradedBooks: readonly string[];
}

const WORDS = { account: 'endpoint', instruments: 'subscriptions' };

export function krakenHealth({ report, subscriptions, system, degradedBooks }: HealthSources): KrakenHealth {
  const { connections, status, state, reasons: common } = feedHealth(report, subscriptions, WORDS);
  const reasons = [...common];
  for (const { spec, status: each, refusal } of subscriptions.list())
    if (each === 'refused') reasons.push(`${spec.slot} is refused: ${refusal}`);
  for (const symbol of degradedBooks)
    reasons.push(`the book of ${symbol} is not to be trusted, and is left as it is after too many resyncs`);
  if (system !== undefined && system !== 'online')
    reasons.push(`the service says that it is in state '${system}'`);
  return {
    status: status === 'ok' && reasons.length > 0 ? 'degraded' : status,
    state,
    reasons,
    connections: connections.map(({ account, instruments, ...rest }) => ({
      ...rest,
      endpoint: account as Endpoint,
      subscriptions: instruments,
    })),
    system,
    degradedBooks,
  };
}
