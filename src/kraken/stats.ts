import type { ConnectionStats, FeedStats } from '../feed/statistics.ts';
import type { EngineCounts } from './engine-counts.ts';
import type { Endpoint } from './protocol.ts';
import type { VenueLatency } from './venue-latency.ts';

export interface KrakenConnectionStats extends Omit<ConnectionStats, 'account'> {
  readonly endpoint: Endpoint;
}

/** Everything that a Kraken feed counts. */
export interface KrakenStats extends Omit<FeedStats, 'connections'>, Readonly<EngineCounts> {
  readonly connections: readonly KrakenConnectionStats[];
  /** Answers that came on connections that were gone already. */
  readonly staleAnswers: number;
  /** Tokens fetched. */
  readonly tokens: number;
  /** Kraken's timestamp → received, by symbol and channel: by two clocks, see `VenueLatency`. */
  readonly venueLatencies: readonly VenueLatency[];
}

/** An arena's counters, named as the feed names its connections. */
export function connectionStats({ account, ...rest }: ConnectionStats): KrakenConnectionStats {
  return { ...rest, endpoint: account as Endpoint };
}
