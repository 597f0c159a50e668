import type { ConnectionStats, FeedStats } from '../feed/statistics.ts';
import type { EngineCounts } from './engine-counts.ts';

export type KalshiConnectionStats = Omit<ConnectionStats, 'account'>;

/** Everything that a Kalshi feed counts. */
export interface KalshiStats extends Omit<FeedStats, 'connections'>, Readonly<EngineCounts> {
  readonly connections: readonly KalshiConnectionStats[];
  /** Answers that belong to no command, and those that came on connections that were gone already. */
  readonly unmatched: number;
  readonly staleAnswers: number;
}

/** An arena's counters, named as the feed names its connections. */
export function connectionStats({ account: _, ...rest }: ConnectionStats): KalshiConnectionStats {
  return rest;
}
