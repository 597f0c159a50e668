import type { QuarantinedFrame } from '../../workers/lane.ts';
import { ArgumentError, ClosedError } from '../errors.ts';
import type { ConnectionState } from '../feed/connection-state.ts';
import { publish } from '../feed/diagnostics.ts';
import { TypedEmitter } from '../feed/emitter.ts';
import { FeedMemory } from '../feed/feed-memory.ts';
import { type FeedHealth, type FeedState, feedHealth, feedState } from '../feed/health.ts';
import { type Readiness, ReadyWaiters, readinessOf } from '../feed/readiness.ts';
import { type FeedStats, StatsCollector } from '../feed/statistics.ts';
import type { Arena } from '../memory/arena.ts';
import { REGION_PARAMETERS } from '../memory/arena-layout.ts';
import type { KiteCredentials } from './accounts.ts';
import {
  KITE_VENUE,
  KiteAttachment,
  type KiteHandle,
  type TapOptions,
  type TickReader,
  type TickReaderOptions,
} from './attachment.ts';
import { type Engine, type EngineListener, type EngineOptions, KiteEngine } from './engine.ts';
import type { KiteFeedEvents } from './events.ts';
import { RemoteEngine } from './io-remote.ts';
import type { TickSnapshot } from './latest.ts';
import {
  checkedMode,
  checkedTokens,
  type KiteFeedOptions,
  type ResolvedKiteOptions,
  resolveOptions,
} from './options.ts';
import type { PacketsOptions } from './packets.ts';
import type { RawReader } from './raw-reader.ts';
import { resolveSegments, type SegmentTable } from './segments.ts';
import type { Mode } from './tick.ts';

/** One instrument that a feed wants. */
export interface KiteSubscription {
  readonly instrumentToken: number;
  readonly mode: Mode;
  /** Where it is streamed; undefined while no connection has room for it. */
  readonly account: string | undefined;
  readonly connection: number | undefined;
  /** `live`: the service has been asked for it in this mode since the connection was last opened. */
  readonly status: 'live' | 'pending';
}

export interface SubscribeOptions {
  mode?: Mode;
  /** Stream it on this account; without, wherever there is room. */
  account?: string;
}

/** How long the closing handshakes may take, ms. */
const CLOSE_DEADLINE = 2000;

/** Quarantined frames that are kept for inspection. */
const MOST_QUARANTINED = 16;

/**
 * A running set of Kite connections. It keeps what is wanted streaming, through refusals, losses and restarts, and has
 * it decoded by threads of its own; read it with `reader()`, on this thread or, with `handle` and `attach`, on any.
 *
 * The feed lives on the thread that creates it, and so do its sockets unless `io` is `'worker'`. It never writes to the console and never ends the process.
 */
export class KiteFeed extends TypedEmitter<KiteFeedEvents> implements AsyncDisposable {
  readonly #options: ResolvedKiteOptions;
  readonly #memory: FeedMemory;
  readonly #engine: Engine;
  readonly #attachment: KiteAttachment;
  readonly #stats: StatsCollector;
  readonly #quarantined: QuarantinedFrame[] = [];
  readonly #waiters = new ReadyWaiters(() => this.#readiness());
  readonly #abort = () => void this.close();
  #closed = false;

  /** @throws ArgumentError for options that cannot be used */
  constructor(options: KiteFeedOptions) {
    super();
    const resolved = resolveOptions(options);
    const { places, segments, decoders } = resolved;
    this.#options = resolved;
    this.#memory = FeedMemory.create({
      venue: KITE_VENUE,
      connections: places.length,
      decoders,
      arena: resolved.arena,
      prepare: (arena) => prepare(arena, segments),
    });
    this.#engine = this.#makeEngine(resolved);
    const handle: KiteHandle = {
      venue: 'kite',
      arenas: this.#memory.handle.arenas,
      accounts: places.map(({ account }) => account),
      segments,
      raw: decoders === 0,
    };
    this.#attachment = new KiteAttachment(handle, this.#memory.arenas);
    this.#stats = new StatsCollector(this.#memory, places);
    if (resolved.signal?.aborted) this.#abort();
    else resolved.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  #makeEngine({ io, mode, decoders, arena, signal, accounts, ...options }: ResolvedKiteOptions): Engine {
    const listener: EngineListener = {
      event: (name, ...values) => this.#event(name, ...values),
      changed: () => {
        // On this thread an event always follows, and comes before who waits.
        if (io === 'worker') this.#waiters.look();
      },
      ended: () => void this.close(),
    };
    const Kind = io === 'worker' ? RemoteEngine : KiteEngine;
    return new Kind(options satisfies EngineOptions, accounts, this.#memory, listener);
  }

  /**
   * Called with each binary frame as the socket gives it, on this thread. Its bytes are good until this returns.
   *
   * @throws ArgumentError where the sockets are on another thread
   * @internal for `tickring/kiteconnect`
   */
  set onFrame(listener: ((bytes: Uint8Array) => void) | undefined) {
    if (!(this.#engine instanceof KiteEngine))
      throw new ArgumentError("onFrame needs the sockets on this thread: use io: 'main'");
    this.#engine.onFrame = listener;
  }

  /**
   * Starts decoders and connections; resolves when the decoders serve and the connections that are needed are being
   * opened (`ready()` waits for those). Idempotent; after a connection gave up, or its credentials were replaced, tries again.
   *
   * @throws ClosedError, DecoderError
   */
  async start(): Promise<void> {
    this.#checkOpen();
    await this.#engine.start();
    // Closed by whoever was told of the first connection.
    if (this.#closed) return;
    this.#stats.start();
    this.#waiters.look();
  }

  /**
   * Resolves when every connection in use is subscribed.
   *
   * @throws the connection's error when one was refused or gave up; ClosedError; AbortedError
   */
  ready(options: { signal?: AbortSignal } = {}): Promise<void> {
    return this.#waiters.wait(options.signal);
  }

  #readiness(): Readiness {
    if (this.#closed) return new ClosedError('this feed');
    if (!this.#engine.settled) return false;
    return readinessOf(this.#engine.report(), this.#engine.subscriptions);
  }

  /**
   * Wants instruments, from now on and after every reconnect; also before `start()` and while disconnected. Those already
   * wanted stay where they are and change their mode. Takes effect at the end of this turn, in few messages.
   *
   * @throws CapacityError when they do not all fit; then nothing has changed
   * @throws ArgumentError
   */
  subscribe(tokens: Iterable<number>, mode?: Mode | SubscribeOptions): void {
    this.#checkOpen();
    const options = typeof mode === 'object' ? mode : { mode };
    this.#engine.subscribe(
      checkedTokens(tokens),
      checkedMode(options.mode ?? this.#options.mode),
      typeof mode === 'object' ? mode.account : undefined,
    );
  }

  /** Wants these no longer. Those that were not wanted are passed over. */
  unsubscribe(tokens: Iterable<number>): void {
    this.#checkOpen();
    this.#engine.unsubscribe(checkedTokens(tokens));
  }

  /**
   * Changes the mode of subscribed instruments.
   *
   * @returns those that are not subscribed, and are passed over
   */
  setMode(mode: Mode, tokens: Iterable<number>): number[] {
    this.#checkOpen();
    return this.#engine.setMode(checkedTokens(tokens), checkedMode(mode));
  }

  /** What is wanted, instrument by instrument. */
  subscriptions(): KiteSubscription[] {
    return Array.from(
      this.#engine.subscriptions.list(),
      ({ instrument, mode, account, connection, asked }) => ({
        instrumentToken: instrument,
        mode,
        account,
        connection,
        status: asked ? 'live' : 'pending',
      }),
    );
  }

  /**
   * Gives an account other credentials, from its next connect on. Connections that were refused are opened again.
   *
   * @throws ArgumentError
   */
  updateCredentials(account: string, credentials: Partial<KiteCredentials>): void {
    this.#checkOpen();
    const entry = this.#options.accounts.get(account);
    if (!entry) {
      const known = [...this.#options.accounts.keys()].join(', ');
      throw new ArgumentError(`there is no account '${account}'; this feed has: ${known}`);
    }
    entry.update(credentials);
    this.#engine.credentialsChanged(entry);
  }

  /** See `KiteAttachment.reader`. */
  reader(options: TickReaderOptions = {}): TickReader {
    this.#checkOpen();
    return this.#attachment.reader(options);
  }

  /** See `KiteAttachment.rawReader`. */
  rawReader(connection: number, options: PacketsOptions = {}): RawReader {
    this.#checkOpen();
    return this.#attachment.rawReader(connection, options);
  }

  /** See `KiteAttachment.tap`. */
  tap(connection: number, options: TapOptions = {}): RawReader {
    this.#checkOpen();
    return this.#attachment.tap(connection, options);
  }

  /** See `KiteAttachment.latest`. */
  latest(instrumentToken: number, into?: TickSnapshot): TickSnapshot | undefined {
    return this.#attachment.latest(instrumentToken, into);
  }

  /** The last frames, at most 16, that were set aside because decoding them failed again and again. */
  get quarantined(): readonly QuarantinedFrame[] {
    return this.#quarantined;
  }

  /** For `attach` on another thread: structured-cloneable, and complete from the start. */
  get handle(): KiteHandle {
    return this.#attachment.handle;
  }

  /** The feed as a whole: its worst connection in use. */
  get state(): FeedState {
    if (this.#closed) return 'closed';
    const { subscriptions } = this.#engine;
    return feedState(this.#engine.report(), (connection) => subscriptions.inUse(connection));
  }

  /** State of each connection, by its number. */
  get states(): readonly ConnectionState[] {
    return this.#engine.report().connections.map(({ state }) => state);
  }

  /** Whether all is well, and if not, what is wrong. */
  health(): FeedHealth {
    return feedHealth(this.#engine.report(), this.#engine.subscriptions);
  }

  /** Everything that is counted, from shared memory. */
  stats(): FeedStats {
    return { ...this.#stats.collect(), malformedTexts: this.#engine.report().malformedTexts };
  }

  /**
   * Closes connections, lets the decoder finish what was received, and ends every reader once it has read the rest.
   * Idempotent; a closed feed stays closed. Never rejects.
   *
   * @param options.deadline ms for the closing handshakes, after which sockets are cut off. Default 2,000.
   */
  async close(options: { deadline?: number } = {}): Promise<void> {
    const first = !this.#closed;
    this.#closed = true;
    this.#stats.stop();
    this.#options.signal?.removeEventListener('abort', this.#abort);
    await this.#engine.close(options.deadline ?? CLOSE_DEADLINE);
    if (first) this.#event('closed');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw new ClosedError('this feed');
  }

  #event<Name extends keyof KiteFeedEvents>(name: Name, ...values: KiteFeedEvents[Name]): void {
    const [first, second] = values as [object, object | undefined];
    if (name === 'error') publish('error', { ...second, error: first });
    else if (name === 'state' || name === 'gave-up') publish(name, first);
    else if (name === 'quarantine') this.#keep(first as QuarantinedFrame);
    try {
      this.emit(name, ...values);
    } finally {
      // Last: whoever was told may have changed the outcome.
      this.#waiters.look();
    }
  }

  #keep(frame: QuarantinedFrame): void {
    if (this.#quarantined.push(frame) > MOST_QUARANTINED) this.#quarantined.shift();
  }
}

/** The kernel's parameters: a divisor for each segment, 0 for none. */
function prepare(arena: Arena, segments: SegmentTable | undefined): void {
  const { divisors, known } = resolveSegments(segments);
  const at = arena.region(REGION_PARAMETERS).offset >> 2;
  for (const [segment, divisor] of divisors.entries()) arena.i32[at + segment] = known[segment] ? divisor : 0;
}
