import { type FaultNumber, FaultTable } from '../fault-table.ts';

/**
 * Something that goes wrong, on order: see `KalshiSimulator.inject`. Each kind has one number at most, with a default.
 *
 * Those with `frames` meet the next so many data frames that a connection is sent, of the target's channel and market (any,
 * when it names none); not snapshots, unless the target says `type: 'orderbook_snapshot'`.
 */
export type KalshiFault =
  /** They are not sent, as if lost on the way: a gap in the sequence. Default 1. */
  | { readonly kind: 'drop'; readonly frames?: number }
  /** They are sent twice. Default 1. */
  | { readonly kind: 'duplicate'; readonly frames?: number }
  /** Each is sent after the next one of its subscription. Default 1. */
  | { readonly kind: 'reorder'; readonly frames?: number }
  /** They end in their middle, in a WebSocket message that is whole. Default 1. */
  | { readonly kind: 'half-json'; readonly frames?: number }
  /** They come in two WebSocket fragments with a ping in between, as the service may send them. Default 1. */
  | { readonly kind: 'fragment'; readonly frames?: number }
  /** A delta that takes more from a level than there is. The true book does not change. Meets order book subscriptions. */
  | { readonly kind: 'negative-level' }
  /** Error 10: the subscription is gone. Meets every subscription of the target. */
  | { readonly kind: 'channel-error' }
  /** Error 25: the subscription is gone. Meets every subscription of the target. */
  | { readonly kind: 'buffer-overflow' }
  /** An error of this code on every subscription of the target, which go on. Default 17. */
  | { readonly kind: 'subscription-error'; readonly code?: number }
  /** The next command is answered with this error and has no effect. Default 18. */
  | { readonly kind: 'command-error'; readonly code?: number }
  /** The next so many commands get no answer and have no effect. Default 1. */
  | { readonly kind: 'ignore-command'; readonly commands?: number }
  /** The acks of the next so many subscriptions come after their first data, as happened before 2026-09-17. Default 1. */
  | { readonly kind: 'late-ack'; readonly subscriptions?: number }
  /**
   * The next so many snapshots of the target's market (any, when it names none) are not sent, and take no number: those that a
   * subscription begins with as well as those that are asked for. Default 1.
   */
  | { readonly kind: 'withhold-snapshot'; readonly snapshots?: number }
  /** A text message of garbage. */
  | { readonly kind: 'garbage' }
  /** A message of a type that is not documented, on every subscription of the target. */
  | { readonly kind: 'unknown-type' }
  /** Nothing is sent for so many ms, and what would have been is lost; the socket stays. Default 10,000. */
  | { readonly kind: 'silence'; readonly ms?: number }
  /** The connection ends: abruptly, or with this WebSocket close code. */
  | { readonly kind: 'disconnect'; readonly code?: number }
  /** The next so many upgrades are refused with HTTP 401. Default 1. */
  | { readonly kind: 'refuse'; readonly connects?: number }
  /** Does not listen for so many ms: connects are refused by the system. Open connections stay. Default 1,000. */
  | { readonly kind: 'stop-listening'; readonly ms?: number };

export type KalshiFaultKind = KalshiFault['kind'];

const MOST = 2 ** 31 - 1;
const FRAMES: FaultNumber = { name: 'frames', otherwise: 1, low: 1, high: MOST };

/** Every kind of fault, and its number; `undefined` for those without. */
export const FAULTS = new FaultTable<KalshiFault>({
  drop: FRAMES,
  duplicate: FRAMES,
  reorder: FRAMES,
  'half-json': FRAMES,
  fragment: FRAMES,
  'negative-level': undefined,
  'channel-error': undefined,
  'buffer-overflow': undefined,
  'subscription-error': { name: 'code', otherwise: 17, low: 1, high: MOST },
  'command-error': { name: 'code', otherwise: 18, low: 1, high: MOST },
  'ignore-command': { name: 'commands', otherwise: 1, low: 1, high: MOST },
  'late-ack': { name: 'subscriptions', otherwise: 1, low: 1, high: MOST },
  'withhold-snapshot': { name: 'snapshots', otherwise: 1, low: 1, high: MOST },
  garbage: undefined,
  'unknown-type': undefined,
  silence: { name: 'ms', otherwise: 10_000, low: 1, high: MOST },
  disconnect: { name: 'code', otherwise: undefined, low: 1000, high: 4999 },
  refuse: { name: 'connects', otherwise: 1, low: 1, high: MOST },
  'stop-listening': { name: 'ms', otherwise: 1_000, low: 1, high: MOST },
});

export const KALSHI_FAULTS = FAULTS.kinds;
