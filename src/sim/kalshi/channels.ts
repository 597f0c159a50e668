import type { Period, WireForm } from './era.ts';

/** How a subscription of a channel chooses what it is about. */
export type Filter =
  /** Markets must be given. */
  | 'markets'
  /** Markets may be given; without, it is all of them. */
  | 'markets-or-all'
  /** Everything, whatever is asked. */
  | 'none'
  /** `index_ids`. */
  | 'indices'
  /** `underlying_tickers`. */
  | 'underlyings';

export interface Channel {
  readonly name: string;
  readonly filter: Filter;
  /** Data frames carry `seq`. Acks that carry one do so on every channel. */
  readonly isSequenced: boolean;
  /** A connection that was not signed may not have it. */
  readonly isPrivate: boolean;
  /** When there was such a channel. */
  readonly period: Period;
}

function channel(
  name: string,
  filter: Filter,
  { isSequenced = false, isPrivate = false, ...period }: Partial<Channel> & Period = {},
): Channel {
  return { name, filter, isSequenced, isPrivate, period };
}

const CHANNELS = [
  channel('orderbook_delta', 'markets', { isSequenced: true, isPrivate: true }),
  channel('ticker', 'markets-or-all'),
  channel('ticker_v2', 'markets-or-all', { since: '2026-01-31', until: '2026-02-12' }),
  channel('trade', 'markets-or-all', { isSequenced: true }),
  channel('market_lifecycle_v2', 'none', { isSequenced: true }),
  channel('multivariate_market_lifecycle', 'none', { isSequenced: true, since: '2026-03-19' }),
  channel('multivariate', 'none', { isSequenced: true, until: '2026-08-06' }),
  channel('fill', 'markets-or-all', { isPrivate: true }),
  channel('market_positions', 'markets-or-all', { isPrivate: true }),
  channel('user_orders', 'markets-or-all', { isPrivate: true, since: '2026-02-05' }),
  channel('order_group_updates', 'none', { isSequenced: true, isPrivate: true, since: '2026-01-29' }),
  channel('communications', 'none', { isSequenced: true, isPrivate: true }),
  channel('cfbenchmarks_value', 'indices', { isSequenced: true, isPrivate: true, since: '2026-06-01' }),
  channel('cfbenchmarks_value_5hz', 'indices', { isSequenced: true, isPrivate: true, since: '2026-09-03' }),
  channel('pyth_value', 'underlyings', { isSequenced: true, isPrivate: true, since: '2026-07-23' }),
] as const;

/** The channels that there were on the day of a wire form, by name. */
export function channelsOf(form: WireForm): ReadonlyMap<string, Channel> {
  return new Map(CHANNELS.filter(({ period }) => form.includes(period)).map((it) => [it.name, it]));
}
