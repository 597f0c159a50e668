import { FaultTable } from '../fault-table.ts';

/** Something that goes wrong, on order: see `KiteSimulator.inject`. Each kind has one number at most, with a default. */
export type KiteFault =
  /** The connection ends: abruptly, or with this WebSocket close code. */
  | { readonly kind: 'disconnect'; readonly code?: number }
  /** Half open for so many ms: the socket stays, nothing is sent on it, pings are not answered. Default 10,000. */
  | { readonly kind: 'silence'; readonly ms?: number }
  /** A frame is cut in its middle, and then the TCP socket is destroyed. */
  | { readonly kind: 'half-frame' }
  /** A binary frame of so many zero bytes. Default 64 MiB. */
  | { readonly kind: 'giant-frame'; readonly bytes?: number }
  /** A binary frame of random bytes. Default: a random number of them up to 1,000. */
  | { readonly kind: 'garbage'; readonly bytes?: number }
  /** A frame whose count says so many packets too many (or, below 0, too few). Default 1. */
  | { readonly kind: 'wrong-count'; readonly by?: number }
  /** A frame in which one packet's length is too large by so many bytes (or, below 0, too small). Default 1. */
  | { readonly kind: 'wrong-length'; readonly by?: number }
  /** A frame that has a packet of this length, which Kite does not send, between good ones. Default 100. */
  | { readonly kind: 'unknown-packet-length'; readonly bytes?: number }
  /** A frame of so many packets is sent twice. Default 10. */
  | { readonly kind: 'duplicate'; readonly packets?: number }
  /** A good frame's bytes are written so many at a time, a ms apart. Default 16. */
  | { readonly kind: 'slow-drip'; readonly bytes?: number }
  /** So many frames at once. Default 100. */
  | { readonly kind: 'burst'; readonly frames?: number }
  /** A frame whose packets' times are so many seconds in the past. Default 60. */
  | { readonly kind: 'reordered-timestamps'; readonly seconds?: number }
  /** A text frame that is no message. */
  | { readonly kind: 'text-garbage' }
  /** A text frame of a type that Kite does not document. */
  | { readonly kind: 'unknown-text-type' }
  /** The next so many upgrades are refused with HTTP 403. Default 1. */
  | { readonly kind: 'refuse'; readonly connects?: number }
  /** Does not listen for so many ms: connects are refused by the system. Open connections stay. Default 1,000. */
  | { readonly kind: 'stop-listening'; readonly ms?: number }
  /** The next so many TCP connections are answered with a TLS alert, whatever they ask, and closed. Default 1. */
  | { readonly kind: 'tls-failure'; readonly connects?: number };

export type KiteFaultKind = KiteFault['kind'];

/** Most bytes of one injected frame. */
const MOST_BYTES = 1024 ** 3;
const MOST_PACKETS = 0xffff;
/** The longest that timers take, 24 days. */
const MOST_MS = 2 ** 31 - 1;

/** Every kind of fault, and its number; `undefined` for those without. */
export const FAULTS = new FaultTable<KiteFault>({
  disconnect: { name: 'code', otherwise: undefined, low: 1000, high: 4999 },
  silence: { name: 'ms', otherwise: 10_000, low: 1, high: MOST_MS },
  'half-frame': undefined,
  'giant-frame': { name: 'bytes', otherwise: 64 * 1024 * 1024, low: 2, high: MOST_BYTES },
  garbage: { name: 'bytes', otherwise: undefined, low: 0, high: MOST_BYTES },
  'wrong-count': { name: 'by', otherwise: 1, low: -MOST_PACKETS, high: MOST_PACKETS },
  'wrong-length': { name: 'by', otherwise: 1, low: -MOST_PACKETS, high: MOST_PACKETS },
  'unknown-packet-length': { name: 'bytes', otherwise: 100, low: 0, high: 0xffff },
  duplicate: { name: 'packets', otherwise: 10, low: 1, high: MOST_PACKETS },
  'slow-drip': { name: 'bytes', otherwise: 16, low: 1, high: MOST_BYTES },
  burst: { name: 'frames', otherwise: 100, low: 1, high: 10_000 },
  'reordered-timestamps': { name: 'seconds', otherwise: 60, low: 1, high: 2 ** 31 },
  'text-garbage': undefined,
  'unknown-text-type': undefined,
  refuse: { name: 'connects', otherwise: 1, low: 1, high: Number.MAX_SAFE_INTEGER },
  'stop-listening': { name: 'ms', otherwise: 1_000, low: 1, high: MOST_MS },
  'tls-failure': { name: 'connects', otherwise: 1, low: 1, high: Number.MAX_SAFE_INTEGER },
});

export const KITE_FAULTS = FAULTS.kinds;
