import { ArgumentError } from '../errors.ts';
import { whole } from '../feed/checked-options.ts';
import type { Params } from './protocol.ts';

/** What a channel's subscription is about, and how commands name it. */
interface ChannelRules {
  /**
   * `'markets'`: these must be named. `'markets-or-all'`: without any, all. `'references'`: indices or underlyings must be named,
   * or `'all'`. `'none'`: it cannot be narrowed down.
   */
  readonly items: 'markets' | 'markets-or-all' | 'references' | 'none';
  /** Name of the list in commands. */
  readonly list: 'market_tickers' | 'index_ids' | 'underlying_tickers';
  /** Actions of `update_subscription` that change the list. */
  readonly add: string;
  readonly remove: string;
  /** Action that asks for all that there are; undefined where there is none. */
  readonly listAll: string | undefined;
  /** Events of one's own account. */
  readonly isPrivate: boolean;
}

const MARKETS = {
  list: 'market_tickers',
  add: 'add_markets',
  remove: 'delete_markets',
  listAll: undefined,
  isPrivate: false,
} as const;
const INDICES = {
  ...MARKETS,
  items: 'references',
  list: 'index_ids',
  add: 'subscribe_indices',
  remove: 'unsubscribe_indices',
  listAll: 'indexlist',
} as const;

/** Every channel that this version knows. Not all servers have all of them. */
export const CHANNEL_RULES = {
  orderbook_delta: { ...MARKETS, items: 'markets' },
  ticker: { ...MARKETS, items: 'markets-or-all' },
  trade: { ...MARKETS, items: 'markets-or-all' },
  market_lifecycle_v2: { ...MARKETS, items: 'none' },
  multivariate_market_lifecycle: { ...MARKETS, items: 'none' },
  /** Gone since 2026-08-06. */
  multivariate: { ...MARKETS, items: 'none' },
  fill: { ...MARKETS, items: 'markets-or-all', isPrivate: true },
  market_positions: { ...MARKETS, items: 'markets-or-all', isPrivate: true },
  user_orders: { ...MARKETS, items: 'markets-or-all', isPrivate: true },
  order_group_updates: { ...MARKETS, items: 'none', isPrivate: true },
  communications: { ...MARKETS, items: 'none', isPrivate: true },
  cfbenchmarks_value: INDICES,
  cfbenchmarks_value_5hz: INDICES,
  pyth_value: {
    ...INDICES,
    list: 'underlying_tickers',
    add: 'subscribe_underlyings',
    remove: 'unsubscribe_underlyings',
    listAll: 'underlying_list',
  },
} as const satisfies Readonly<Record<string, ChannelRules>>;

export type Channel = keyof typeof CHANNEL_RULES;

/** Every channel that this version knows. */
export const KALSHI_CHANNELS = Object.keys(CHANNEL_RULES) as readonly Channel[];

interface Request<Name extends Channel> {
  readonly channel: Name;
  /**
   * The service leaves the list of markets out of what it answers: for subscriptions of very many. What it does not have is not
   * told as `missing` then; an order book is `degraded` when it has not come. Counts for the request that begins the subscription. Default false.
   */
  readonly skipTickerAck?: boolean;
}

/** Order books of these markets, at least one. */
export interface BookRequest extends Request<'orderbook_delta'> {
  readonly markets: readonly string[];
}

/** These markets, or all. */
export interface MarketsRequest extends Request<'trade' | 'fill' | 'market_positions' | 'user_orders'> {
  readonly markets?: readonly string[] | undefined;
}

/** These markets, or all. */
export interface TickerRequest extends Request<'ticker'> {
  readonly markets?: readonly string[] | undefined;
  /** By their ids instead of their tickers. */
  readonly marketIds?: readonly string[] | undefined;
  /** Sends a ticker of each market at once. Default false. */
  readonly sendInitialSnapshot?: boolean;
}

/** Channels that cannot be narrowed down. */
export interface PlainRequest
  extends Request<
    'market_lifecycle_v2' | 'multivariate_market_lifecycle' | 'multivariate' | 'order_group_updates'
  > {}

/** Requests for quotes, and quotes. */
export interface CommunicationsRequest extends Request<'communications'> {
  /** One part of so many, 1 to 100; and which, from 0. */
  readonly shardFactor?: number | undefined;
  readonly shardKey?: number | undefined;
  /** `'self'`: only one's own. */
  readonly userFilter?: '' | 'self' | undefined;
}

/** Values of these indices, or `['all']`. */
export interface IndexRequest extends Request<'cfbenchmarks_value' | 'cfbenchmarks_value_5hz'> {
  readonly indexIds: readonly string[];
}

/** Values of these underlyings, or `['all']`. */
export interface UnderlyingRequest extends Request<'pyth_value'> {
  readonly underlyingTickers: readonly string[];
}

export type SubscribeRequest =
  | BookRequest
  | MarketsRequest
  | TickerRequest
  | PlainRequest
  | CommunicationsRequest
  | IndexRequest
  | UnderlyingRequest;

/** What is wanted no longer: these, or without any the whole channel. */
export interface UnsubscribeRequest {
  readonly channel: Channel;
  readonly markets?: readonly string[] | undefined;
  readonly marketIds?: readonly string[] | undefined;
  readonly indexIds?: readonly string[] | undefined;
  readonly underlyingTickers?: readonly string[] | undefined;
}

/** A request, checked. */
export interface StreamSpec {
  readonly channel: Channel;
  /** Without repetitions. `'all'`, also of channels that cannot be narrowed down. */
  readonly items: readonly string[] | 'all';
  /** Name of the list in commands. */
  readonly list: 'market_tickers' | 'market_ids' | 'index_ids' | 'underlying_tickers';
  /** What the subscribe command has beside the list: the same for all that share a subscription. */
  readonly params: Params;
  /** Whether NO levels come at YES prices: of order books. */
  readonly useYesPrice: boolean;
  readonly skipTickerAck: boolean;
  readonly sendInitialSnapshot: boolean;
}

/** Any request, whatever it is worth. */
type Loose = { readonly channel: Channel } & {
  readonly [Name in
    | 'markets'
    | 'marketIds'
    | 'indexIds'
    | 'underlyingTickers'
    | 'shardFactor'
    | 'shardKey'
    | 'userFilter'
    | 'skipTickerAck'
    | 'sendInitialSnapshot']?: unknown;
};

/**
 * @param useYesPrice of the feed's order books
 * @throws ArgumentError
 */
export function specOf(request: SubscribeRequest, useYesPrice: boolean): StreamSpec {
  const channel = checkedChannel(request.channel);
  const loose: Loose = request;
  const { items: kind } = CHANNEL_RULES[channel];
  const { list, items } = selectionOf(request);
  if (kind === 'none' && items) throw new ArgumentError(`${channel} cannot be narrowed down`);
  if (kind === 'markets' && !items)
    throw new ArgumentError(`${channel} has to be asked for with markets: there is no subscription to all`);
  if (kind === 'references' && !items)
    throw new ArgumentError(`${channel} has to be asked for with ${optionOf(list)}, or with ['all'] of them`);
  const all = !items || (kind === 'references' && items.includes('all'));
  return {
    channel,
    items: all ? 'all' : items,
    list,
    params: {
      // Always said, because what it is without is to change one day.
      ...(channel === 'orderbook_delta' && { use_yes_price: useYesPrice }),
      ...(channel === 'communications' && communicationsParams(loose)),
    },
    useYesPrice: channel === 'orderbook_delta' && useYesPrice,
    skipTickerAck: flag('skipTickerAck', loose.skipTickerAck),
    sendInitialSnapshot: flag('sendInitialSnapshot', loose.sendInitialSnapshot),
  };
}

/** @throws ArgumentError */
export function checkedChannel(channel: unknown): Channel {
  if (typeof channel === 'string' && Object.hasOwn(CHANNEL_RULES, channel)) return channel as Channel;
  throw new ArgumentError(`a channel is one of ${KALSHI_CHANNELS.join(', ')}; not ${String(channel)}`);
}

/**
 * What of a channel a request is about; without items, the whole of it.
 *
 * @throws ArgumentError
 */
export function selectionOf(request: SubscribeRequest | UnsubscribeRequest): {
  readonly list: StreamSpec['list'];
  readonly items: readonly string[] | undefined;
} {
  const { channel, markets, marketIds, indexIds, underlyingTickers }: Loose = request;
  const { list } = CHANNEL_RULES[channel];
  const given = {
    market_tickers: markets,
    market_ids: marketIds,
    index_ids: indexIds,
    underlying_tickers: underlyingTickers,
  };
  const names = (Object.keys(given) as (keyof typeof given)[]).filter((name) => given[name] !== undefined);
  const [name = list, ...more] = names;
  const fits = name === list || (name === 'market_ids' && channel === 'ticker');
  if (!fits || more.length > 0) {
    const allowed = channel === 'ticker' ? 'markets or marketIds' : optionOf(list);
    throw new ArgumentError(
      `${channel} is asked for with ${allowed}, not with ${names.map(optionOf).join(' and ')}`,
    );
  }
  const items = given[name];
  return { list: name, items: items === undefined ? undefined : texts(optionOf(name), items) };
}

const OPTIONS: Readonly<Record<StreamSpec['list'], string>> = {
  market_tickers: 'markets',
  market_ids: 'marketIds',
  index_ids: 'indexIds',
  underlying_tickers: 'underlyingTickers',
};

function optionOf(list: StreamSpec['list']): string {
  return OPTIONS[list];
}

/** @throws ArgumentError */
export function texts(name: string, value: unknown): readonly string[] {
  const all = Array.isArray(value) ? [...new Set<unknown>(value)] : [];
  if (all.length > 0 && all.every((each) => typeof each === 'string' && each !== '')) return all as string[];
  throw new ArgumentError(`${name} must be a list of texts, with at least one that is not empty`);
}

function communicationsParams({ shardFactor, shardKey, userFilter }: Loose): Params {
  if (shardFactor === undefined && shardKey !== undefined)
    throw new ArgumentError('shardKey needs shardFactor');
  if (userFilter !== undefined && userFilter !== '' && userFilter !== 'self')
    throw new ArgumentError(`userFilter is '' or 'self', not ${JSON.stringify(userFilter)}`);
  const factor = shardFactor === undefined ? undefined : whole('shardFactor', shardFactor as number, 1, 100);
  return {
    ...(factor !== undefined && { shard_factor: factor }),
    ...(factor !== undefined && { shard_key: whole('shardKey', (shardKey ?? 0) as number, 0, factor - 1) }),
    ...(userFilter !== undefined && { user_filter: userFilter }),
  };
}

function flag(name: string, value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw new ArgumentError(`${name} must be true or false, not ${String(value)}`);
}
