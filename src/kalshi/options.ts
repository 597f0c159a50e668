import type { WhenFull } from '../../workers/lane.ts';
import { ArgumentError } from '../errors.ts';
import { Backoff, type ReconnectOptions } from '../feed/backoff.ts';
import { above, milliseconds, oneOf, webSocketUrl, whole } from '../feed/checked-options.ts';
import type { Place } from '../feed/subscriptions.ts';
import type { ArenaOptions } from '../memory/arena.ts';
import { bookRoom, workspaceBytes } from '../memory/region-bytes.ts';
import { type KalshiCredentials, Signer } from './auth.ts';
import { type Environment, URLS } from './protocol.ts';

/**
 * What the first attempt to connect is. `'retry'`: one of many, as every later one is. `'simple'`: the only one; when it fails the
 * connection is given up, and `start()` rejects. Once it has been open, a connection comes back in either case.
 */
export type ConnectStrategy = 'simple' | 'retry';

/** Every connection is signed, also those for public data: see `KalshiFeed.fromEnv`. */
export interface KalshiFeedOptions extends KalshiCredentials {
  /** Where to connect; keys of one are none of the other. Default `'production'`. */
  environment?: Environment;
  /** Another address than that of the environment. */
  url?: string;
  /** Default `'retry'`. */
  connectStrategy?: ConnectStrategy;
  /**
   * Order books: the service sends NO levels at YES prices. Books are the same either way; what goes over the wire is not. Always
   * said, because what the service does without is to change one day. Default false.
   */
  useYesPrice?: boolean;
  /** Connections: markets are spread over them. Default 1. */
  connections?: number;
  /** Markets in one command. Default 1,000. */
  marketsPerCommand?: number;
  /** Delays of attempts in a row; they count as such until a connection has stood for `stableAfter`. */
  reconnect?: ReconnectOptions;
  /** ms. Default 5,000. */
  stableAfter?: number;
  /**
   * Without any frame for this long, ms, a connection is taken for dead and opened anew. The service pings every 10 s, and pings
   * count. Default 30,000.
   */
  readTimeout?: number;
  /** How long a command may go unanswered, ms, and how often it is sent. Default 5,000, and 3 times. */
  ackTimeout?: number;
  ackAttempts?: number;
  /** How long each step of mending books may take, ms: see `BookResync`. Default 5,000. */
  recoveryTimeout?: number;
  /** How long the WebSocket upgrade may take, ms. Default 10,000. */
  handshakeTimeout?: number;
  /** PEM certificates of the authorities to trust, instead of Node's. */
  ca?: string | readonly string[];
  /** Decoder threads. Default 1. */
  decoders?: number;
  /** Frame ring of each connection, bytes, a power of two. Default 4 MiB. */
  frameRingBytes?: number;
  /** Record ring of each connection, slots of 256 bytes, a power of two, at least 4,096. Default 16,384. */
  recordSlots?: number;
  /** Markets that a connection may meet, a power of two. Default 16,384. */
  symbols?: number;
  /**
   * Markets whose books one connection may carry, all since the start together, and the price levels a side that a book has room
   * for. Default 1,024 and 1,280, which the finest grid so far has not more of. That is 45 KB a book, which is reserved, and used
   * as far as a book is deep.
   */
  books?: number;
  bookLevels?: number;
  /** Whether the newest record of each market and channel is kept for `latest()`. Default true. */
  latest?: boolean;
  /**
   * What happens when a gating reader leaves no room in the record ring. `'pause'` (default): the decoder waits, then the
   * socket, then the sender; nothing is lost, unless the service ends the subscription (error 25). `'drop-newest'`: what comes is
   * dropped, and counted with the reader in the way; books and `latest()` stay right.
   */
  whenFull?: WhenFull;
  /** A gating reader that blocks others and does not move for this long, ms, is expelled. Default 10,000; Infinity: never. */
  stallLimit?: number;
  /** Closes the feed when it is aborted. */
  signal?: AbortSignal;
}

/** The options with their defaults, checked. */
export interface ResolvedKalshiOptions {
  readonly url: string;
  readonly signer: Signer;
  /** A place's account is its environment. */
  readonly places: readonly Place[];
  readonly connectStrategy: ConnectStrategy;
  readonly useYesPrice: boolean;
  readonly marketsPerCommand: number;
  readonly reconnect: ReconnectOptions | undefined;
  readonly stableAfter: number;
  readonly readTimeout: number;
  readonly ackTimeout: number;
  readonly ackAttempts: number;
  readonly recoveryTimeout: number;
  readonly handshakeTimeout: number;
  readonly ca: string | readonly string[] | undefined;
  readonly decoders: number;
  readonly books: number;
  readonly arena: ArenaOptions;
  readonly latest: boolean;
  readonly whenFull: WhenFull;
  readonly stallLimit: number;
  readonly signal: AbortSignal | undefined;
}

/** A snapshot of a deep book is one frame, and its records are published together. */
const LEAST_SLOTS = 4096;

/** Records that `latest()` may be asked for, of each market. */
const LATEST_PER_SYMBOL = 4;

/** Subscriptions that a connection may number: one a channel, and those that they replaced. */
const SEQUENCES = 64;

/** @throws ArgumentError, KeyError */
export function resolveOptions(options: KalshiFeedOptions): ResolvedKalshiOptions {
  // Without options at all it says what is missing.
  const { keyId, privateKey, privateKeyPath } = options ?? {};
  const signer = new Signer({ keyId, privateKey, privateKeyPath });
  const { environment = 'production', connectStrategy = 'retry', useYesPrice = false } = options;
  oneOf('environment', environment, ['production', 'demo']);
  oneOf('connectStrategy', connectStrategy, ['simple', 'retry']);
  if (typeof useYesPrice !== 'boolean') throw new ArgumentError('useYesPrice must be true or false');
  const { whenFull = 'pause', latest = true } = options;
  oneOf('whenFull', whenFull, ['pause', 'drop-newest']);
  new Backoff(options.reconnect);
  const connections = whole('connections', options.connections ?? 1, 1, 200);
  const symbols = options.symbols ?? 16_384;
  const books = whole('books', options.books ?? 1024, 1, 65_536);
  const bookLevels = whole('bookLevels', options.bookLevels ?? 1280, 10, 10_001);
  return {
    url: webSocketUrl('url', options.url ?? URLS[environment]),
    signer,
    places: Array.from({ length: connections }, (_, connection) => ({ connection, account: environment })),
    connectStrategy,
    useYesPrice,
    marketsPerCommand: whole('marketsPerCommand', options.marketsPerCommand ?? 1000, 1),
    reconnect: options.reconnect,
    stableAfter: above('stableAfter', options.stableAfter ?? 5000, -1),
    readTimeout: milliseconds('readTimeout', options.readTimeout ?? 30_000),
    ackTimeout: milliseconds('ackTimeout', options.ackTimeout ?? 5000),
    ackAttempts: whole('ackAttempts', options.ackAttempts ?? 3, 1),
    recoveryTimeout: milliseconds('recoveryTimeout', options.recoveryTimeout ?? 5000),
    handshakeTimeout: milliseconds('handshakeTimeout', options.handshakeTimeout ?? 10_000),
    ca: options.ca,
    decoders: whole('decoders', options.decoders ?? 1, 1),
    books,
    arena: {
      symbols,
      sequences: SEQUENCES,
      books,
      bookLevels,
      // Rounded up to a power of two, because symbols are one.
      latestInstruments: latest ? symbols * LATEST_PER_SYMBOL : 0,
      workspaceBytes: workspaceBytes(books, bookRoom(bookLevels)),
      ...(options.frameRingBytes !== undefined && { frameRingBytes: options.frameRingBytes }),
      ...(options.recordSlots !== undefined && {
        recordSlots: whole('recordSlots', options.recordSlots, LEAST_SLOTS),
      }),
    },
    latest,
    whenFull,
    stallLimit: milliseconds('stallLimit', options.stallLimit ?? 10_000),
    signal: options.signal,
  };
}
