import type { WhenFull } from '../../workers/lane.ts';
import { ArgumentError } from '../errors.ts';
import { Backoff, type ReconnectOptions } from '../feed/backoff.ts';
import { milliseconds, webSocketUrl } from '../feed/checked-options.ts';
import type { Distribution, Place } from '../feed/subscriptions.ts';
import { Account, type KiteAccount, type TokenProvider } from './accounts.ts';
import { INITIAL_MODE, KITE_URL, MAX_CONNECTIONS, MAX_INSTRUMENTS, MODES } from './protocol.ts';
import { resolveSegments, type SegmentTable } from './segments.ts';
import type { Mode } from './tick.ts';

export interface KiteFeedOptions {
  /** One account: its API key, and its access token or a function that fetches one. */
  apiKey?: string;
  accessToken?: string | TokenProvider;
  /** Several accounts, instead of `apiKey` and `accessToken`. */
  accounts?: readonly KiteAccount[];
  /** Where the service listens. Default `wss://ws.kite.trade`. */
  url?: string;
  /**
   * Connections of each account, 1 to 3. Given, all are opened at the start; otherwise there are up to 3, and each is
   * opened when the instruments need it.
   */
  connections?: number;
  /** Instruments that one connection may carry, at most the 3,000 that the service allows. Default 3,000. */
  instrumentsPerConnection?: number;
  /** Mode of subscriptions that name none. Default `'quote'`. */
  mode?: Mode;
  /** How instruments are spread over connections. Default `'least-loaded'`. */
  distribution?: Distribution;
  /** Exchange and price divisor of each segment. Default: `SEGMENTS`. */
  segments?: SegmentTable;
  reconnect?: ReconnectOptions;
  /** Without any bytes for this long, ms, a connection is taken for dead and opened anew; heartbeats count. Default 5,000. */
  readTimeout?: number;
  /**
   * Without a tick of any instrument of an exchange on a connection for this long, ms, a `stale` event says so; the
   * connection stays. Default: off, because markets close.
   */
  staleAfter?: number;
  /** How long the WebSocket upgrade may take, ms. Default 10,000. */
  handshakeTimeout?: number;
  /**
   * PEM certificates of the authorities to trust, instead of Node's: pins who may vouch for a wss:// service. Certificates and
   * host names are verified in any case.
   */
  ca?: string | readonly string[];
  /** No decoder: one thread reads the frames as they are, with `rawReader`. Default false. */
  raw?: boolean;
  /** Decoder threads. Default 1, which decodes some 10 million ticks a second. */
  decoders?: number;
  /** Frame ring of each connection, bytes, a power of two. Default 4 MiB. */
  frameRingBytes?: number;
  /** Record ring of each connection, slots of 256 bytes, a power of two, at least 4,096. Default 16,384. */
  recordSlots?: number;
  /**
   * What happens when a gating reader leaves no room in the record ring. `'pause'` (default): the decoder waits, then the
   * socket, then the sender; nothing is lost. `'drop-newest'`: what comes is dropped, counted with the reader in the way, and
   * still goes to the latest table.
   */
  whenFull?: WhenFull;
  /** A gating reader that blocks others and does not move for this long, ms, is expelled. Default 10,000; Infinity: never. */
  stallLimit?: number;
  /**
   * Where sockets and supervision run. `'main'` (default): on the thread that creates the feed. `'worker'`: on a thread of
   * their own, so that the creating one may block for seconds and delays nobody else: readers on other threads go on, and
   * so do reconnects and resubscriptions. All of the feed's methods stay the same; events and what `state`, `states`,
   * `health()` and `subscriptions()` show are then as fresh as the last message of that thread.
   *
   * A token provider is still called on the creating thread, before each connect: while that thread blocks, connects wait
   * for it. With a token that is a text none does. Should the thread die, an `error` says so and the feed is closed.
   */
  io?: 'main' | 'worker';
  /** Whether the newest tick of each instrument is kept for `latest()`. Default true. */
  latest?: boolean;
  /** Closes the feed when it is aborted. */
  signal?: AbortSignal;
}

/** The options with their defaults, checked. */
export interface ResolvedKiteOptions {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly places: readonly Place[];
  readonly url: string;
  readonly eager: boolean;
  readonly instrumentsPerConnection: number;
  readonly mode: Mode;
  readonly distribution: Distribution;
  readonly segments: SegmentTable | undefined;
  readonly reconnect: ReconnectOptions | undefined;
  readonly readTimeout: number;
  readonly staleAfter: number | undefined;
  readonly handshakeTimeout: number;
  readonly ca: string | readonly string[] | undefined;
  /** 0 for a raw feed. */
  readonly decoders: number;
  readonly whenFull: WhenFull;
  readonly stallLimit: number;
  readonly arena: { frameRingBytes?: number; recordSlots?: number; latestInstruments?: number };
  readonly io: 'main' | 'worker';
  readonly signal: AbortSignal | undefined;
}

/** A frame may carry every instrument of a connection, and its ticks are published together. */
const LEAST_SLOTS = 4096;

/** @throws ArgumentError */
export function resolveOptions(options: KiteFeedOptions): ResolvedKiteOptions {
  const accounts = resolveAccounts(options);
  const connections = options.connections ?? MAX_CONNECTIONS;
  if (!Number.isInteger(connections) || connections < 1 || connections > MAX_CONNECTIONS) {
    throw new ArgumentError(`an API key may hold 1 to ${MAX_CONNECTIONS} connections, not ${connections}`);
  }
  const { instrumentsPerConnection = MAX_INSTRUMENTS } = options;
  if (
    !Number.isInteger(instrumentsPerConnection) ||
    instrumentsPerConnection < 1 ||
    instrumentsPerConnection > MAX_INSTRUMENTS
  ) {
    throw new ArgumentError(
      `a connection may carry 1 to ${MAX_INSTRUMENTS} instruments, not ${instrumentsPerConnection}`,
    );
  }
  const { url = KITE_URL, mode = INITIAL_MODE, distribution = 'least-loaded' } = options;
  webSocketUrl('url', url);
  if (distribution !== 'least-loaded' && distribution !== 'round-robin') {
    throw new ArgumentError(`distribution is 'least-loaded' or 'round-robin', not '${distribution}'`);
  }
  const { recordSlots, frameRingBytes, decoders = 1 } = options;
  if (recordSlots !== undefined && recordSlots < LEAST_SLOTS) {
    throw new ArgumentError(
      `recordSlots must be at least ${LEAST_SLOTS}, because one frame may carry ${MAX_INSTRUMENTS} ticks; not ${recordSlots}`,
    );
  }
  if (!Number.isInteger(decoders) || decoders < 1) {
    throw new ArgumentError(`decoders must be 1 or more, not ${decoders}`);
  }
  // Checked here, and not when the first connection is opened.
  const { whenFull = 'pause' } = options;
  if (whenFull !== 'pause' && whenFull !== 'drop-newest') {
    throw new ArgumentError(`whenFull is 'pause' or 'drop-newest', not '${whenFull}'`);
  }
  const { io = 'main' } = options;
  if (io !== 'main' && io !== 'worker') throw new ArgumentError(`io is 'main' or 'worker', not '${io}'`);
  resolveSegments(options.segments);
  new Backoff(options.reconnect);
  return {
    accounts,
    places: [...accounts.keys()].flatMap((account, nth) =>
      Array.from({ length: connections }, (_, index) => ({ connection: nth * connections + index, account })),
    ),
    url,
    eager: options.connections !== undefined,
    instrumentsPerConnection,
    mode: checkedMode(mode),
    distribution,
    segments: options.segments,
    reconnect: options.reconnect,
    readTimeout: milliseconds('readTimeout', options.readTimeout ?? 5000),
    staleAfter: options.staleAfter === undefined ? undefined : milliseconds('staleAfter', options.staleAfter),
    handshakeTimeout: milliseconds('handshakeTimeout', options.handshakeTimeout ?? 10_000),
    ca: options.ca,
    decoders: options.raw ? 0 : decoders,
    whenFull,
    stallLimit: milliseconds('stallLimit', options.stallLimit ?? 10_000),
    arena: {
      ...(frameRingBytes !== undefined && { frameRingBytes }),
      ...(recordSlots !== undefined && { recordSlots }),
      ...(options.latest === false && { latestInstruments: 0 }),
    },
    io,
    signal: options.signal,
  };
}

/** @throws ArgumentError */
export function checkedMode(mode: unknown): Mode {
  if (MODES.includes(mode as Mode)) return mode as Mode;
  throw new ArgumentError(`a mode is one of ${MODES.join(', ')}, not ${String(mode)}`);
}

/** @throws ArgumentError */
export function checkedTokens(tokens: Iterable<number>): number[] {
  const checked = [...tokens];
  for (const token of checked) {
    if (token >>> 0 !== token) {
      throw new ArgumentError(`an instrument token is an integer from 0 to 4294967295, not ${String(token)}`);
    }
  }
  return checked;
}

function resolveAccounts({ accounts, apiKey, accessToken }: KiteFeedOptions): Map<string, Account> {
  if (accounts && (apiKey !== undefined || accessToken !== undefined)) {
    throw new ArgumentError('give either accounts, or apiKey and accessToken, not both');
  }
  const all = accounts ?? [
    { id: 'default', apiKey: apiKey as string, accessToken: accessToken as string | TokenProvider },
  ];
  if (all.length === 0) throw new ArgumentError('accounts is empty: a feed needs at least one');
  const resolved = new Map<string, Account>();
  for (const account of all) {
    if (resolved.has(account.id))
      throw new ArgumentError(`there are two accounts with the id '${account.id}'`);
    resolved.set(account.id, new Account(account));
  }
  return resolved;
}
