import { type FaultNumber, FaultTable } from '../fault-table.ts';

/**
 * Something that goes wrong, on order: see `KrakenSimulator.inject`. Each kind has one number at most, with a default.
 *
 * Those with `messages` meet the next so many messages that a connection is sent on the target's channel and symbol
 * (any, when it names none); updates, unless the target says `type: 'snapshot'`.
 */
export type KrakenFault =
  /** They are not sent, as if lost on the way. Default 1. */
  | { readonly kind: 'drop'; readonly messages?: number }
  /** They have another checksum than the book. Meets `book` and `level3` only. Default 1. */
  | { readonly kind: 'wrong-checksum'; readonly messages?: number }
  /** They are sent twice. Default 1. */
  | { readonly kind: 'duplicate'; readonly messages?: number }
  /** Each is sent after the next one of its subscription. Default 1. */
  | { readonly kind: 'reorder'; readonly messages?: number }
  /** They end in their middle, in a WebSocket message that is whole. Default 1. */
  | { readonly kind: 'half-json'; readonly messages?: number }
  /** Keys sorted, numbers as JavaScript writes them: no zeros at the end, small ones with an exponent. Default 1. */
  | { readonly kind: 'reserialised'; readonly messages?: number }
  /** The sequence of `executions` and `balances` goes on by so many more (or, below 0, back). Default 1. */
  | { readonly kind: 'sequence-gap'; readonly by?: number }
  /**
   * Nothing is sent for so many ms, and what would have been is lost; the socket stays. With a channel in the target only that
   * one is silent. Default 10,000.
   */
  | { readonly kind: 'silence'; readonly ms?: number }
  /** A text message that is not JSON, as a proxy sends it. */
  | { readonly kind: 'proxy-text' }
  /** A text message of garbage. */
  | { readonly kind: 'garbage' }
  /** The next so many requests are answered with `Exceeded msg rate`. Default 1. */
  | { readonly kind: 'rate-limit'; readonly requests?: number }
  /** The same in the form that has been seen without any envelope. Default 1. */
  | { readonly kind: 'rate-limit-bare'; readonly requests?: number }
  /** The connection ends: abruptly, or with this WebSocket close code. */
  | { readonly kind: 'disconnect'; readonly code?: number }
  /** A frame is cut in its middle, and then the TCP socket is destroyed. */
  | { readonly kind: 'half-frame' }
  /** The engine goes down for so many ms: everybody is told, nothing happens in the markets, then it is online again. Default 10,000. */
  | { readonly kind: 'maintenance'; readonly ms?: number }
  /** The next upgrade is refused with this HTTP status. Default 503. */
  | { readonly kind: 'refuse'; readonly status?: number }
  /** The next so many requests for a token are told that the service is throttled. Default 1. */
  | { readonly kind: 'token-failure'; readonly requests?: number }
  /** Tokens that no private subscription keeps are too old from now on. */
  | { readonly kind: 'expire-tokens' };

export type KrakenFaultKind = KrakenFault['kind'];

const MOST = 2 ** 31 - 1;
const MESSAGES: FaultNumber = { name: 'messages', otherwise: 1, low: 1, high: MOST };
const REQUESTS: FaultNumber = { name: 'requests', otherwise: 1, low: 1, high: MOST };
const MILLISECONDS: FaultNumber = { name: 'ms', otherwise: 10_000, low: 1, high: MOST };

/** Every kind of fault, and its number; `undefined` for those without. */
export const FAULTS = new FaultTable<KrakenFault>({
  drop: MESSAGES,
  'wrong-checksum': MESSAGES,
  duplicate: MESSAGES,
  reorder: MESSAGES,
  'half-json': MESSAGES,
  reserialised: MESSAGES,
  'sequence-gap': { name: 'by', otherwise: 1, low: -MOST, high: MOST },
  silence: MILLISECONDS,
  'proxy-text': undefined,
  garbage: undefined,
  'rate-limit': REQUESTS,
  'rate-limit-bare': REQUESTS,
  disconnect: { name: 'code', otherwise: undefined, low: 1000, high: 4999 },
  'half-frame': undefined,
  maintenance: MILLISECONDS,
  refuse: { name: 'status', otherwise: 503, low: 400, high: 599 },
  'token-failure': REQUESTS,
  'expire-tokens': undefined,
});

export const KRAKEN_FAULTS = FAULTS.kinds;
