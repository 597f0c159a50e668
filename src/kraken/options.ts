import type { WhenFull } from '../../workers/lane.ts';
import { ArgumentError } from '../errors.ts';
import { Backoff, type ReconnectOptions } from '../feed/backoff.ts';
import { above, milliseconds, oneOf, webSocketUrl, whole } from '../feed/checked-options.ts';
import type { Place } from '../feed/subscriptions.ts';
import type { ArenaOptions } from '../memory/arena.ts';
import { bookRoom, workspaceBytes } from '../memory/region-bytes.ts';
import { TokenSource } from './auth.ts';
import type { ConnectBudget } from './pacing.ts';
import {
  type Endpoint,
  KRAKEN_AUTH_URL,
  KRAKEN_LEVEL3_URL,
  KRAKEN_REST_URL,
  KRAKEN_URL,
  LEVEL3_COSTS,
  LEVEL3_MOST_SYMBOLS,
} from './protocol.ts';
import type { Pace } from './sender.ts';

/**
 * What happens when a book fails its check. `'resync'`: it is not to be trusted, updates are ignored, and it is unsubscribed and
 * subscribed again. `'buffer'`: so, and what came before and meanwhile is kept for `gapMessages()`, and put in again behind the new
 * snapshot where it is newer than that; a copy of each frame is made for it. `'ignore'`: updates go on being applied; the book says that its check failed.
 */
export type GapPolicy = 'resync' | 'buffer' | 'ignore';

export interface KrakenFeedOptions {
  /** Public market data. Default `wss://ws.kraken.com/v2`. */
  url?: string;
  /** `executions` and `balances`. Default `wss://ws-auth.kraken.com/v2`. */
  authUrl?: string;
  /** `level3`. Default `wss://ws-l3.kraken.com/v2`. */
  level3Url?: string;
  /** Where tokens are had. Default `https://api.kraken.com`. */
  restUrl?: string;
  /** An API key and its secret: needed for `executions`, `balances` and `level3`, and for nothing else. */
  apiKey?: string;
  apiSecret?: string;
  /** Where the key asks for a one-time password: one, or a function that makes one for each call. */
  otp?: string | (() => string);
  /** Makes nonces, if other programs use the same key and have got further than ms since the epoch. */
  nonce?: () => bigint | number;
  /** The most public connections. Each is opened when subscriptions need it. Default 4. */
  connections?: number;
  /** The most `level3` connections. Default 1. */
  level3Connections?: number;
  /** Subscriptions, of a symbol to a channel, that one connection may carry. Default 1,000; of `level3`, at most 200. */
  symbolsPerConnection?: number;
  /** Symbols in one request. Default 50. */
  symbolsPerRequest?: number;
  /** Requests of one connection: at once, and then a second. Default 10 and 20; Kraken publishes no number. */
  requestRate?: { burst: number; perSecond: number };
  /** What Kraken's `level3` counter allows a second. Default 200; pro accounts have 500. */
  level3Allowance?: number;
  /**
   * Attempts to connect to a host, of all feeds of this process together, within any stretch of `per` ms; those that are too many
   * wait. Default 150 in 10 minutes: beyond that the service bans the address for as long.
   */
  connectBudget?: ConnectBudget;
  /** While the service says that it is in maintenance, attempts are at least this far apart, ms. Default 5,000. */
  maintenanceDelay?: number;
  /** Delays of attempts in a row; they count as such until a connection has stood for `stableAfter`. */
  reconnect?: ReconnectOptions;
  /** ms. Default 5,000. */
  stableAfter?: number;
  /**
   * Without any bytes for this long, ms, a connection is taken for dead and opened anew. Heartbeats count; a silent one is pinged
   * after half of it. Default 10,000.
   */
  readTimeout?: number;
  /** A connection on which nothing has been asked for so long, ms, is pinged. Default 30,000. */
  pingInterval?: number;
  /** How long a request may go unanswered, ms, and how often it is asked. Default 5,000, and 3 times. */
  ackTimeout?: number;
  ackAttempts?: number;
  /** How long the WebSocket upgrade and the call for a token may take, ms each. Default 10,000. */
  handshakeTimeout?: number;
  /** PEM certificates of the authorities to trust, instead of Node's. */
  ca?: string | readonly string[];
  /** Default `'resync'`. */
  gapPolicy?: GapPolicy;
  /** Resyncs of a book in a row before it is left as it is (`degraded`). Default 5. */
  resyncAttempts?: number;
  /** Decoder threads. Default 1. */
  decoders?: number;
  /** Frame ring of each connection, bytes, a power of two. Default 4 MiB. */
  frameRingBytes?: number;
  /** Record ring of each connection, slots of 256 bytes, a power of two, at least 4,096. Default 16,384. */
  recordSlots?: number;
  /** Symbols that a connection may meet, a power of two. Default 4,096. */
  symbols?: number;
  /**
   * Symbols whose books one public connection may carry, all since the start together, and the levels a side that a book has room
   * for. Default 1,024 and 1,000. That is 66 KB a book, which is reserved, and used as far as a book is deep.
   */
  books?: number;
  bookLevels?: number;
  /** Whether the newest record of each symbol and channel is kept for `latest()`. Default true. */
  latest?: boolean;
  /**
   * What happens when a gating reader leaves no room in the record ring. `'pause'` (default): the decoder waits, then the
   * socket, then the sender; nothing is lost. `'drop-newest'`: what comes is dropped, and counted with the reader in the way; books
   * and `latest()` stay right.
   */
  whenFull?: WhenFull;
  /** A gating reader that blocks others and does not move for this long, ms, is expelled. Default 10,000; Infinity: never. */
  stallLimit?: number;
  /** Closes the feed when it is aborted. */
  signal?: AbortSignal;
}

/** The options with their defaults, checked. */
export interface ResolvedKrakenOptions {
  readonly urls: Readonly<Record<Endpoint, string>>;
  /** Undefined without credentials. */
  readonly tokens: TokenSource | undefined;
  /** Public ones first. A place's account is its endpoint. */
  readonly places: readonly Place[];
  readonly limits: Readonly<Record<Endpoint, number>>;
  /** Symbols whose books one connection has room for. */
  readonly books: number;
  /** Levels a side that a book has room for. */
  readonly bookLevels: number;
  readonly pace: Pace;
  readonly connectBudget: ConnectBudget;
  readonly maintenanceDelay: number;
  readonly reconnect: ReconnectOptions | undefined;
  readonly stableAfter: number;
  readonly readTimeout: number;
  readonly pingInterval: number;
  readonly ackTimeout: number;
  readonly ackAttempts: number;
  readonly handshakeTimeout: number;
  readonly ca: string | readonly string[] | undefined;
  readonly gapPolicy: GapPolicy;
  readonly resyncAttempts: number;
  readonly decoders: number;
  readonly arena: (connection: number) => ArenaOptions;
  readonly latest: boolean;
  readonly whenFull: WhenFull;
  readonly stallLimit: number;
  readonly signal: AbortSignal | undefined;
}

/** A snapshot of all instruments is one frame, and its records are published together. */
const LEAST_SLOTS = 4096;

/** Records that `latest()` may be asked for: several channels of each symbol. */
const LATEST_PER_SYMBOL = 4;

/** @throws ArgumentError */
export function resolveOptions(options: KrakenFeedOptions): ResolvedKrakenOptions {
  const urls = {
    public: webSocketUrl('url', options.url ?? KRAKEN_URL),
    private: webSocketUrl('authUrl', options.authUrl ?? KRAKEN_AUTH_URL),
    level3: webSocketUrl('level3Url', options.level3Url ?? KRAKEN_LEVEL3_URL),
  };
  const handshakeTimeout = milliseconds('handshakeTimeout', options.handshakeTimeout ?? 10_000);
  const tokens = resolveTokens(options, handshakeTimeout);
  const connections = whole('connections', options.connections ?? 4, 1, 256);
  const level3Connections = tokens ? whole('level3Connections', options.level3Connections ?? 1, 0, 64) : 0;
  const endpoints: Endpoint[] = [
    ...Array<Endpoint>(connections).fill('public'),
    ...Array<Endpoint>(tokens ? 1 : 0).fill('private'),
    ...Array<Endpoint>(level3Connections).fill('level3'),
  ];
  const symbolsPerConnection = whole('symbolsPerConnection', options.symbolsPerConnection ?? 1000, 1);
  const { gapPolicy = 'resync', whenFull = 'pause', latest = true, symbols = 4096 } = options;
  oneOf('gapPolicy', gapPolicy, ['resync', 'buffer', 'ignore']);
  oneOf('whenFull', whenFull, ['pause', 'drop-newest']);
  new Backoff(options.reconnect);
  const sizes: ArenaOptions = {
    symbols,
    // Rounded up to a power of two, because symbols are one.
    latestInstruments: latest ? symbols * LATEST_PER_SYMBOL : 0,
    workspaceBytes: workspaceBytes(0, 0),
    ...(options.frameRingBytes !== undefined && { frameRingBytes: options.frameRingBytes }),
    ...(options.recordSlots !== undefined && {
      recordSlots: whole('recordSlots', options.recordSlots, LEAST_SLOTS),
    }),
  };
  const books = whole('books', options.books ?? 1024, 1, 65_536);
  const bookLevels = whole('bookLevels', options.bookLevels ?? 1000, 10, 65_536);
  const publicSizes: ArenaOptions = {
    ...sizes,
    books,
    bookLevels,
    workspaceBytes: workspaceBytes(books, bookRoom(bookLevels)),
  };
  return {
    urls,
    tokens,
    places: endpoints.map((account, connection) => ({ connection, account })),
    limits: {
      public: symbolsPerConnection,
      private: Number.POSITIVE_INFINITY,
      level3: Math.min(symbolsPerConnection, LEVEL3_MOST_SYMBOLS),
    },
    books,
    bookLevels,
    pace: {
      burst: whole('requestRate.burst', options.requestRate?.burst ?? 10, 1),
      perSecond: above('requestRate.perSecond', options.requestRate?.perSecond ?? 20, 0),
      symbols: whole('symbolsPerRequest', options.symbolsPerRequest ?? 50, 1),
      level3Allowance: above(
        'level3Allowance',
        options.level3Allowance ?? 200,
        Math.max(...Object.values(LEVEL3_COSTS)) - 1,
      ),
    },
    connectBudget: {
      attempts: whole('connectBudget.attempts', options.connectBudget?.attempts ?? 150, 1),
      per: milliseconds('connectBudget.per', options.connectBudget?.per ?? 600_000),
    },
    maintenanceDelay: above('maintenanceDelay', options.maintenanceDelay ?? 5000, -1),
    reconnect: options.reconnect,
    stableAfter: above('stableAfter', options.stableAfter ?? 5000, -1),
    readTimeout: milliseconds('readTimeout', options.readTimeout ?? 10_000),
    pingInterval: milliseconds('pingInterval', options.pingInterval ?? 30_000),
    ackTimeout: milliseconds('ackTimeout', options.ackTimeout ?? 5000),
    ackAttempts: whole('ackAttempts', options.ackAttempts ?? 3, 1),
    handshakeTimeout,
    ca: options.ca,
    gapPolicy,
    resyncAttempts: whole('resyncAttempts', options.resyncAttempts ?? 5, 0),
    decoders: whole('decoders', options.decoders ?? 1, 1),
    // Books are public.
    arena: (connection) => (endpoints[connection] === 'public' ? publicSizes : sizes),
    latest,
    whenFull,
    stallLimit: milliseconds('stallLimit', options.stallLimit ?? 10_000),
    signal: options.signal,
  };
}

/** Half the life of a token, ms: the service takes it for 15 minutes. */
const TOKEN_HALF_LIFE = 450_000;

function resolveTokens(options: KrakenFeedOptions, timeout: number): TokenSource | undefined {
  const { apiKey, apiSecret, otp, nonce, ca, restUrl = KRAKEN_REST_URL } = options;
  if (apiKey === undefined && apiSecret === undefined) return undefined;
  if (apiKey === undefined || apiSecret === undefined)
    throw new ArgumentError('apiKey and apiSecret are needed together, or neither');
  if (!URL.canParse(restUrl) || !/^https?:$/.test(new URL(restUrl).protocol))
    throw new ArgumentError(`restUrl must be an http:// or https:// address, not ${restUrl}`);
  return new TokenSource({
    apiKey,
    apiSecret,
    restUrl,
    timeout,
    ca,
    useFor: TOKEN_HALF_LIFE,
    ...(otp !== undefined && { otp }),
    ...(nonce !== undefined && { nonce }),
  });
}
