import type { VenueOptions } from './venues/venue-feed.ts';

/** What a server serves, and how. Plain data, checked. */
export interface ServeOptions {
  readonly venues: Readonly<Record<string, VenueOptions>>;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** Asked of whoever wants data. */
  readonly token: string | undefined;
  /** Origins of other pages that may read answers; `*` for any. */
  readonly cors: readonly string[];
  /** Names besides those of this machine that requests may be for. Checked while there is no token, against DNS rebinding. */
  readonly allowedHosts: readonly string[];
  /** Whether `X-Forwarded-For` tells who the client is. */
  readonly trustProxy: boolean;
  /** Of each client: requests a second, and at once. */
  readonly rateLimit: { readonly perSecond: number; readonly burst: number };
  /** Open streams: Server-Sent Events and WebSockets, each. */
  readonly maxStreams: number;
  /** How often streams are looked after, ms. */
  readonly interval: number;
  /** Between comments that keep idle streams open, ms. */
  readonly keepAlive: number;
  /** Bytes that may wait for a stream's client before it is passed over. */
  readonly clientBuffer: number;
  /** A client that has not read for so long, ms, is cut off. */
  readonly clientTimeout: number;
  readonly subscriptions: {
    readonly enabled: boolean;
    /** Symbols or patterns with `*`, that may be subscribed to; undefined: any. */
    readonly allow: readonly string[] | undefined;
    /** Symbols of a venue, those of the start among them. */
    readonly limit: number;
  };
  /** Whether faults of simulators may be injected. */
  readonly faults: boolean;
  /** How long a shutdown may take, ms. */
  readonly shutdown: number;
  readonly logLevel: LogLevel;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything that does not depend on the venues. */
export const DEFAULTS: Omit<ServeOptions, 'venues'> = {
  host: '127.0.0.1',
  port: 3000,
  tls: undefined,
  token: undefined,
  cors: [],
  allowedHosts: [],
  trustProxy: false,
  rateLimit: { perSecond: 100, burst: 300 },
  maxStreams: 2000,
  interval: 50,
  keepAlive: 15_000,
  clientBuffer: 256 * 1024,
  clientTimeout: 30_000,
  subscriptions: { enabled: false, allow: undefined, limit: 3000 },
  faults: false,
  shutdown: 5000,
  logLevel: 'info',
};
