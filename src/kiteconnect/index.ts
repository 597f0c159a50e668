/**
 * `tickring/kiteconnect`: the `KiteTicker` of the official client's package, decoded off the event loop. To migrate,
 * change the import. Names and types are those of `kiteconnect`; its `KiteConnect`, for the HTTP API, is not replaced.
 */

import type { KiteTicker } from './ticker.ts';

export type { OrderUpdate } from '../kite/protocol.ts';
export { KiteTicker } from './ticker.ts';
export type {
  BaseTick,
  Depth,
  FullTick,
  KiteTickerEvents,
  KiteTickerParams,
  LTPTick,
  QuoteTick,
  Tick,
} from './types.ts';

/** What a ticker can do, by the official name of the type. */
export type Ticker = Pick<
  KiteTicker,
  | 'modeFull'
  | 'modeLTP'
  | 'modeQuote'
  | 'autoReconnect'
  | 'connect'
  | 'connected'
  | 'disconnect'
  | 'on'
  | 'setMode'
  | 'subscribe'
  | 'unsubscribe'
>;
