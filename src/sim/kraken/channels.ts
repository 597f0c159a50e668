import { INTERVALS } from './candles.ts';

/** Where a client connects: the public host, the authenticated one, the one for level3. */
export const KRAKEN_ENDPOINTS = ['public', 'auth', 'level3'] as const;
export type KrakenEndpoint = (typeof KRAKEN_ENDPOINTS)[number];

export const KRAKEN_CHANNELS = [
  'ticker',
  'book',
  'trade',
  'ohlc',
  'instrument',
  'level3',
  'executions',
  'balances',
] as const;
export type KrakenChannel = (typeof KRAKEN_CHANNELS)[number];

/** The parameter of a channel that makes one subscription different from another, and its values. */
export interface Variant {
  readonly name: 'depth' | 'interval' | 'event_trigger';
  readonly values: readonly (number | string)[];
  readonly otherwise: number | string;
  /** What a client is told that asks for another value. */
  readonly refusal: string;
}

export interface ChannelRules {
  readonly endpoint: KrakenEndpoint;
  /** False for those with one subscription a connection. */
  readonly isPerSymbol: boolean;
  readonly variant?: Variant;
  /** Parameters besides `channel`, `symbol`, `token` and the variant. */
  readonly flags: readonly string[];
  /** Whether a snapshot is sent when nothing is said of it. */
  readonly snapshot: boolean;
  readonly warnings: readonly string[];
}

export const CHANNELS: Readonly<Record<KrakenChannel, ChannelRules>> = {
  ticker: {
    endpoint: 'public',
    isPerSymbol: true,
    variant: {
      name: 'event_trigger',
      values: ['trades', 'bbo'],
      otherwise: 'trades',
      refusal: 'Subscription event_trigger not supported',
    },
    flags: ['snapshot'],
    snapshot: true,
    warnings: [],
  },
  book: {
    endpoint: 'public',
    isPerSymbol: true,
    variant: {
      name: 'depth',
      values: [10, 25, 100, 500, 1000],
      otherwise: 10,
      refusal: 'Subscription depth not supported',
    },
    flags: ['snapshot'],
    snapshot: true,
    warnings: [],
  },
  trade: { endpoint: 'public', isPerSymbol: true, flags: ['snapshot'], snapshot: false, warnings: [] },
  ohlc: {
    endpoint: 'public',
    isPerSymbol: true,
    variant: {
      name: 'interval',
      values: INTERVALS,
      otherwise: 1,
      refusal: 'Subscription ohlc interval not supported',
    },
    flags: ['snapshot'],
    snapshot: true,
    warnings: ['timestamp is deprecated, use interval_begin'],
  },
  instrument: {
    endpoint: 'public',
    isPerSymbol: false,
    flags: ['snapshot', 'include_tokenized_assets', 'execution_venue'],
    snapshot: true,
    warnings: ['tick_size is deprecated, use price_increment'],
  },
  level3: {
    endpoint: 'level3',
    isPerSymbol: true,
    variant: {
      name: 'depth',
      values: [10, 100, 1000],
      otherwise: 10,
      refusal: 'Subscription depth not supported',
    },
    flags: ['snapshot'],
    snapshot: true,
    warnings: [],
  },
  executions: {
    endpoint: 'auth',
    isPerSymbol: false,
    flags: [
      'snapshot',
      'snapshot_trades',
      'snap_orders',
      'snap_trades',
      'order_status',
      'ratecounter',
      'rebased',
      'users',
    ],
    snapshot: true,
    warnings: [
      'cancel_reason is deprecated, use reason',
      'stop_price is deprecated, use triggers.price',
      'trigger is deprecated use triggers.reference',
      'triggered_price is deprecated use triggers.last_price',
    ],
  },
  balances: {
    endpoint: 'auth',
    isPerSymbol: false,
    flags: ['snapshot', 'rebased', 'users'],
    snapshot: true,
    warnings: [],
  },
};

export function isChannel(name: unknown): name is KrakenChannel {
  return typeof name === 'string' && Object.hasOwn(CHANNELS, name);
}

/** What each message says of itself. */
export type MessageType = 'snapshot' | 'update';
