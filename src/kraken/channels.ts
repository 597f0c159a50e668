import { ArgumentError } from '../errors.ts';
import {
  BOOK_DEPTHS,
  type BookDepth,
  type CandleInterval,
  type Endpoint,
  INTERVALS,
  LEVEL3_COSTS,
  LEVEL3_DEPTHS,
  type Level3Depth,
  type Param,
} from './protocol.ts';

/** Channels of v2. */
export type Channel =
  | 'ticker'
  | 'trade'
  | 'book'
  | 'ohlc'
  | 'instrument'
  | 'level3'
  | 'executions'
  | 'balances';

/**
 * Names of v1. `'spread'` is `ticker` with `eventTrigger: 'bbo'`. `'ownTrades'` and `'openOrders'` are both `executions`, which
 * is one channel for the two, with its snapshots of orders and of trades: who asks for both has one subscription.
 */
export type ChannelAlias = 'spread' | 'ownTrades' | 'openOrders';

/** What to subscribe to. Symbols are as Kraken's v2 names them: `BTC/USD`, upper case, `BTC` and not `XBT`. */
export type SubscribeRequest =
  | TickerRequest
  | TradeRequest
  | BookRequest
  | CandleRequest
  | InstrumentRequest
  | Level3Request
  | ExecutionsRequest
  | BalancesRequest;

export interface TickerRequest {
  readonly channel: 'ticker' | 'spread';
  readonly symbols: Iterable<string>;
  /** An update with every trade, or with every change of the best bid or offer. Default `'trades'`; of `'spread'`, `'bbo'`. */
  readonly eventTrigger?: 'trades' | 'bbo';
  /** Default true. */
  readonly snapshot?: boolean;
}

export interface TradeRequest {
  readonly channel: 'trade';
  readonly symbols: Iterable<string>;
  /** Whether the last 50 trades come first. Default false. */
  readonly snapshot?: boolean;
}

export interface BookRequest {
  readonly channel: 'book';
  readonly symbols: Iterable<string>;
  /** Levels a side. Default 10. */
  readonly depth?: BookDepth;
}

export interface CandleRequest {
  readonly channel: 'ohlc';
  readonly symbols: Iterable<string>;
  /** Minutes. Default 1. */
  readonly interval?: CandleInterval;
  /** Default true. */
  readonly snapshot?: boolean;
}

export interface InstrumentRequest {
  readonly channel: 'instrument';
  /** Default true. */
  readonly snapshot?: boolean;
  /** Default false. */
  readonly includeTokenizedAssets?: boolean;
}

/** Single orders. Needs `apiKey` and `apiSecret`. */
export interface Level3Request {
  readonly channel: 'level3';
  readonly symbols: Iterable<string>;
  /** Default 10. */
  readonly depth?: Level3Depth;
}

/** Needs `apiKey` and `apiSecret`. */
export interface ExecutionsRequest {
  readonly channel: 'executions' | 'ownTrades' | 'openOrders';
  /** Whether open orders come first. Default true. */
  readonly snapOrders?: boolean;
  /** Whether the last 50 fills come first. Default false; of the names of v1, true. */
  readonly snapTrades?: boolean;
  /** Whether every transition of an order is reported; otherwise only new, filled, canceled, expired. Default true. */
  readonly orderStatus?: boolean;
  /** Default false. */
  readonly rateCounter?: boolean;
}

/** Needs `apiKey` and `apiSecret`. */
export interface BalancesRequest {
  readonly channel: 'balances';
  /** Default true. */
  readonly snapshot?: boolean;
}

/** What to unsubscribe from. */
export interface UnsubscribeRequest {
  readonly channel: Channel | ChannelAlias;
  /** Default: all of the channel's. */
  readonly symbols?: Iterable<string>;
  /** Only at this depth, interval or trigger. Default: at all. */
  readonly depth?: number;
  readonly interval?: number;
  readonly eventTrigger?: 'trades' | 'bbo';
}

/** One thing to be streamed: a channel, and a symbol and a variant of the channel where it has those. */
export interface StreamSpec {
  readonly channel: Channel;
  readonly symbol: string | undefined;
  /** Of one slot the service streams one variant a connection. */
  readonly slot: string;
  /** Depth, interval or trigger. */
  readonly variant: number | string | undefined;
  readonly endpoint: Endpoint;
  /** Besides channel, symbol and token. */
  readonly subscribeParams: Readonly<Record<string, Param>>;
  readonly unsubscribeParams: Readonly<Record<string, Param>>;
  /** What goes into one message has this in common. */
  readonly group: string;
  /** What subscribing takes of the endpoint's counter, if it has one. */
  readonly cost: number;
}

const ENDPOINTS: Readonly<Record<Channel, Endpoint>> = {
  ticker: 'public',
  trade: 'public',
  book: 'public',
  ohlc: 'public',
  instrument: 'public',
  level3: 'level3',
  executions: 'private',
  balances: 'private',
};

/** Which parameter makes the channel's variants, and what it may be. */
const VARIANTS: Partial<
  Record<
    Channel,
    { readonly option: 'depth' | 'interval' | 'eventTrigger'; readonly values: readonly unknown[] }
  >
> = {
  ticker: { option: 'eventTrigger', values: ['trades', 'bbo'] },
  book: { option: 'depth', values: BOOK_DEPTHS },
  ohlc: { option: 'interval', values: INTERVALS },
  level3: { option: 'depth', values: LEVEL3_DEPTHS },
};

/** Of which each symbol is subscribed to by itself. */
const BY_SYMBOL: ReadonlySet<Channel> = new Set(['ticker', 'trade', 'book', 'ohlc', 'level3']);

/** v2's name. @throws ArgumentError for what is neither that nor one of v1's */
export function channelOf(name: unknown): Channel {
  if (name === 'spread') return 'ticker';
  if (name === 'ownTrades' || name === 'openOrders') return 'executions';
  if (typeof name === 'string' && Object.hasOwn(ENDPOINTS, name)) return name as Channel;
  const known = [...Object.keys(ENDPOINTS), 'spread', 'ownTrades', 'openOrders'].join(', ');
  throw new ArgumentError(`a channel is one of ${known}; not ${String(name)}`);
}

/** @throws ArgumentError for what cannot be a request */
export function checkRequest(request: unknown): void {
  if (typeof request === 'object' && request !== null) return;
  throw new ArgumentError(
    `a request is an object as { channel: 'ticker', symbols: ['BTC/USD'] }, not ${String(request)}`,
  );
}

/** The channel's place on a connection, for this symbol. */
export function slotOf(channel: Channel, symbol: string | undefined): string {
  return symbol === undefined ? channel : `${channel} ${symbol}`;
}

/**
 * One spec a symbol, or one for channels without.
 *
 * @throws ArgumentError
 */
export function specsOf(request: SubscribeRequest): StreamSpec[] {
  const channel = channelOf(request.channel);
  const { subscribeParams, unsubscribeParams, variant, cost } = paramsOf(channel, request);
  const group = `${channel} ${JSON.stringify(subscribeParams)}`;
  const symbols = BY_SYMBOL.has(channel)
    ? checkedSymbols(channel, (request as { symbols?: Iterable<string> }).symbols)
    : [undefined];
  return symbols.map((symbol) => ({
    channel,
    symbol,
    slot: slotOf(channel, symbol),
    variant,
    endpoint: ENDPOINTS[channel],
    subscribeParams,
    unsubscribeParams,
    group,
    cost,
  }));
}

/** The variant that is named, if one is. @throws ArgumentError */
export function variantOf(
  channel: Channel,
  options: { readonly [option in 'depth' | 'interval' | 'eventTrigger']?: unknown },
): number | string | undefined {
  const of = VARIANTS[channel];
  const value = of && options[of.option];
  if (!of || value === undefined) return undefined;
  if (of.values.includes(value)) return value as number | string;
  throw new ArgumentError(
    `${of.option} of ${channel} is one of ${of.values.join(', ')}; not ${String(value)}`,
  );
}

/** @throws ArgumentError for none at all, or what is no symbol */
export function checkedSymbols(channel: Channel, symbols: Iterable<string> | undefined): string[] {
  const list: unknown[] = typeof symbols === 'string' ? [symbols] : [...listOf(symbols)];
  if (list.length === 0) throw new ArgumentError(`${channel} needs symbols: at least one, as BTC/USD`);
  for (const symbol of list) {
    if (typeof symbol === 'string' && symbol !== '') continue;
    throw new ArgumentError(`a symbol is a text as BTC/USD, not ${String(symbol)}`);
  }
  return [...new Set(list as string[])];
}

function listOf(symbols: unknown): Iterable<unknown> {
  if (symbols === undefined || symbols === null) return [];
  if (typeof symbols === 'object' && Symbol.iterator in symbols) return symbols as Iterable<unknown>;
  throw new ArgumentError(`symbols are a list of texts as BTC/USD, not ${String(symbols)}`);
}

interface Params extends Pick<StreamSpec, 'subscribeParams' | 'unsubscribeParams' | 'variant' | 'cost'> {}

function paramsOf(channel: Channel, request: SubscribeRequest): Params {
  const options: Readonly<Record<string, unknown>> = { ...request };
  const variant = variantOf(channel, options);
  switch (channel) {
    case 'ticker': {
      const trigger = variant ?? (request.channel === 'spread' ? 'bbo' : 'trades');
      return params(trigger, { event_trigger: trigger }, { snapshot: flag(options, 'snapshot', true) });
    }
    case 'trade':
      return params(undefined, {}, { snapshot: flag(options, 'snapshot', false) });
    case 'book':
    case 'level3': {
      const depth = variant ?? 10;
      const cost = channel === 'level3' ? LEVEL3_COSTS[depth as Level3Depth] : 0;
      // A book that starts without a snapshot never stands.
      return { ...params(depth, { depth }, { snapshot: true }), cost };
    }
    case 'ohlc': {
      const interval = variant ?? 1;
      return params(interval, { interval }, { snapshot: flag(options, 'snapshot', true) });
    }
    case 'instrument':
      return params(
        undefined,
        {},
        {
          snapshot: flag(options, 'snapshot', true),
          include_tokenized_assets: flag(options, 'includeTokenizedAssets', false),
        },
      );
    case 'executions':
      return params(
        undefined,
        {},
        {
          snap_orders: flag(options, 'snapOrders', true),
          snap_trades: flag(options, 'snapTrades', request.channel !== 'executions'),
          order_status: flag(options, 'orderStatus', true),
          ratecounter: flag(options, 'rateCounter', false),
        },
      );
    case 'balances':
      return params(undefined, {}, { snapshot: flag(options, 'snapshot', true) });
  }
}

/** @param both what unsubscribing names as well */
function params(
  variant: number | string | undefined,
  both: Readonly<Record<string, Param>>,
  subscribe: Readonly<Record<string, Param>>,
): Params {
  return { variant, subscribeParams: { ...both, ...subscribe }, unsubscribeParams: both, cost: 0 };
}

function flag(options: Readonly<Record<string, unknown>>, name: string, byDefault: boolean): boolean {
  const value = options[name] ?? byDefault;
  if (typeof value === 'boolean') return value;
  throw new ArgumentError(`${name} is true or false, not ${String(value)}`);
}
