import {
  AbortedError,
  ArgumentError,
  ClosedError,
  ConnectionError,
  ProtocolError,
  ServiceError,
  type TickringError,
} from '../errors.ts';
import type { ConnectionVenue } from '../feed/connection.ts';
import type { ConnectionState, StateChange } from '../feed/connection-state.ts';
import { publish } from '../feed/diagnostics.ts';
import { TypedEmitter } from '../feed/emitter.ts';
import { FeedCore } from '../feed/feed-core.ts';
import { type FeedHealth, type FeedState, feedHealth, feedState } from '../feed/health.ts';
import { type FeedStats, StatsCollector } from '../feed/statistics.ts';
import { type Place, Subscriptions } from '../feed/subscriptions.ts';
import type { Arena } from '../memory/arena.ts';
import { REGION_PARAMETERS } from '../memory/arena-layout.ts';
import type { Account, KiteCredentials } from './accounts.ts';
import {
  KITE_VENUE,
  KiteAttachment,
  type KiteHandle,
  type TapOptions,
  type TickReader,
  type TickReaderOptions,
} from './attachment.ts';
import type { KiteFeedEvents, Origin } from './events.ts';
import { LatestTicks, type TickSnapshot } from './latest.ts';
import {
  checkedMode,
  checkedTokens,
  type KiteFeedOptions,
  type ResolvedKiteOptions,
  resolveOptions,
} from './options.ts';
import type { PacketsOptions } from './packets.ts';
import { INITIAL_MODE, modeMessage, parseText, subscribeMessage, unsubscribeMessage } from './protocol.ts';
import type { RawReader } from './raw-reader.ts';
import { resolveSegments } from './segments.ts';
import { StaleWatch } from './stale-watch.ts';
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

/**
 * A running set of Kite connections. It keeps what is wanted streaming, through refusals, losses and restarts, and has
 * it decoded by threads of its own; read it with `reader()`, on this thread or, with `handle` and `attach`, on any.
 *
 * The feed lives on the thread that creates it. It never writes to the console and never ends the process.
 */
export class KiteFeed extends TypedEmitter<KiteFeedEvents> implements AsyncDisposable {
  /**
   * Called with each binary frame as the socket gives it, on this thread. Its bytes are good until this returns.
   *
   * @internal for `tickring/kiteconnect`
   */
  onFrame: ((bytes: Uint8Array) => void) | undefined;
  readonly #options: ResolvedKiteOptions;
  readonly #core: FeedCore;
  readonly #subscriptions: Subscriptions<Mode>;
  readonly #attachment: KiteAttachment;
  readonly #stats: StatsCollector;
  readonly #staleWatch: StaleWatch | undefined;
  /** Connections that have to be told something at the end of this turn. */
  readonly #changed = new Set<number>();
  /** Those who wait in `ready()`. */
  readonly #waiting = new Set<() => void>();
  readonly #abort = () => void this.close();
  #malformedTexts = 0;

  /** @throws ArgumentError for options that cannot be used */
  constructor(options: KiteFeedOptions) {
    super();
    const resolved = resolveOptions(options);
    this.#options = resolved;
    this.#core = new FeedCore({
      venue: {
        number: KITE_VENUE,
        kernel: 'kite',
        prepare: (arena) => this.#prepare(arena),
        connection: (place) => this.#venueOf(place),
      },
      places: resolved.places,
      decoders: resolved.decoders,
      arena: resolved.arena,
      connection: resolved,
      listener: {
        stateChanged: (place, change) => this.#stateChanged(place, change),
        failed: (error, place) => this.#failed(error, place),
        retrying: (place, attempt, delay) => this.emit('retry', { ...place, attempt, delay }),
      },
    });
    this.#subscriptions = new Subscriptions<Mode>({
      places: resolved.places,
      limit: resolved.instrumentsPerConnection,
      distribution: resolved.distribution,
      initialMode: INITIAL_MODE,
      onNeeded: (connection) => this.#core.open(connection),
      onChanged: (connection) => this.#tellLater(connection),
    });
    // Now, so that what is subscribed before the start is spread over all of them.
    if (resolved.eager) for (const { connection } of resolved.places) this.#subscriptions.use(connection);
    const handle: KiteHandle = {
      venue: 'kite',
      arenas: this.#core.handles,
      accounts: resolved.places.map(({ account }) => account),
      segments: resolved.segments,
      raw: resolved.decoders === 0,
    };
    this.#attachment = new KiteAttachment(handle, this.#core.arenas);
    this.#stats = new StatsCollector(this.#core);
    if (resolved.staleAfter !== undefined) {
      this.#staleWatch = new StaleWatch({
        staleAfter: resolved.staleAfter,
        subscriptions: this.#subscriptions,
        latest: new LatestTicks(this.#core.arenas, handle),
        segments: resolveSegments(resolved.segments),
        isOpen: (connection) => this.#core.stateOf(connection) === 'subscribed',
        onStale: (group) => this.emit('stale', group),
        onFresh: (group) => this.emit('fresh', group),
      });
    }
    if (resolved.signal?.aborted) this.#abort();
    else resolved.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /**
   * Starts decoders and connections; resolves when the decoders serve and the connections that are needed are being
   * opened (`ready()` waits for those). Idempotent; after a connection gave up, or its credentials were replaced, tries again.
   *
   * @throws ClosedError, DecoderError
   */
  async start(): Promise<void> {
    await this.#core.start();
    // Closed meanwhile.
    this.#checkOpen();
    for (const { connection } of this.#options.places) {
      this.#subscriptions.regain(connection);
      if (this.#subscriptions.inUse(connection)) this.#core.open(connection);
    }
    this.#stats.start();
    this.#staleWatch?.start();
    for (const look of this.#waiting) look();
  }

  /**
   * Resolves when every connection in use is subscribed.
   *
   * @throws the connection's error when one was refused or gave up; ClosedError; AbortedError
   */
  ready(options: { signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void) => {
        this.off('state', look).off('closed', look);
        this.#waiting.delete(look);
        signal?.removeEventListener('abort', aborted);
        outcome();
      };
      const aborted = () =>
        settle(() => reject(new AbortedError('waiting for the feed', { cause: signal?.reason })));
      const look = () => {
        const outcome = this.#readiness();
        if (outcome === true) settle(resolve);
        else if (outcome) settle(() => reject(outcome));
      };
      this.on('state', look).on('closed', look);
      this.#waiting.add(look);
      signal?.addEventListener('abort', aborted, { once: true });
      if (signal?.aborted) aborted();
      else look();
    });
  }

  /** True: ready. An error: it will not be. */
  #readiness(): boolean | TickringError {
    if (this.#core.closed) return new ClosedError('this feed');
    if (!this.#core.running) return false;
    let ready = true;
    for (const { place, connection } of this.#core.slots) {
      if (!this.#subscriptions.inUse(place.connection)) continue;
      const state = connection?.state;
      if (state === 'closed' || state === 'disconnected') {
        return connection?.lastError ?? new ConnectionError(`connection ${place.connection} is down`);
      }
      if (state !== 'subscribed') ready = false;
    }
    return ready;
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
    this.#subscriptions.add(
      checkedTokens(tokens),
      checkedMode(options.mode ?? this.#options.mode),
      typeof mode === 'object' ? mode.account : undefined,
    );
  }

  /** Wants these no longer. Those that were not wanted are passed over. */
  unsubscribe(tokens: Iterable<number>): void {
    this.#checkOpen();
    this.#subscriptions.remove(checkedTokens(tokens));
  }

  /**
   * Changes the mode of subscribed instruments.
   *
   * @returns those that are not subscribed, and are passed over
   */
  setMode(mode: Mode, tokens: Iterable<number>): number[] {
    this.#checkOpen();
    return this.#subscriptions.setMode(checkedTokens(tokens), checkedMode(mode));
  }

  /** What is wanted, instrument by instrument. */
  subscriptions(): KiteSubscription[] {
    return Array.from(this.#subscriptions.list(), ({ instrument, mode, account, connection, asked }) => ({
      instrumentToken: instrument,
      mode,
      account,
      connection,
      status: asked ? 'live' : 'pending',
    }));
  }

  /**
   * Gives an account other credentials, from its next connect on. Connections that were refused are opened again.
   *
   * @throws ArgumentError
   */
  updateCredentials(account: string, credentials: Partial<KiteCredentials>): void {
    this.#checkOpen();
    if (!this.#options.accounts.has(account)) {
      const known = [...this.#options.accounts.keys()].join(', ');
      throw new ArgumentError(`there is no account '${account}'; this feed has: ${known}`);
    }
    this.#accountOf(account).update(credentials);
    for (const { place, connection } of this.#core.slots) {
      if (place.account !== account || connection?.state !== 'closed') continue;
      this.#subscriptions.regain(place.connection);
      this.#core.open(place.connection);
    }
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

  /** For `attach` on another thread: structured-cloneable, and complete from the start. */
  get handle(): KiteHandle {
    return this.#attachment.handle;
  }

  /** The feed as a whole: its worst connection in use. */
  get state(): FeedState {
    return feedState(this.#core, (connection) => this.#subscriptions.inUse(connection));
  }

  /** State of each connection, by its number. */
  get states(): readonly ConnectionState[] {
    return this.#options.places.map(({ connection }) => this.#core.stateOf(connection));
  }

  /** Whether all is well, and if not, what is wrong. */
  health(): FeedHealth {
    return feedHealth(this.#core, this.#subscriptions, this.state);
  }

  /** Everything that is counted, from shared memory. */
  stats(): FeedStats {
    return { ...this.#stats.collect(), malformedTexts: this.#malformedTexts };
  }

  /**
   * Closes connections, lets the decoder finish what was received, and ends every reader once it has read the rest.
   * Idempotent; a closed feed stays closed. Never rejects.
   *
   * @param options.deadline ms for the closing handshakes, after which sockets are cut off. Default 2,000.
   */
  async close(options: { deadline?: number } = {}): Promise<void> {
    const first = !this.#core.closed;
    this.#stats.stop();
    this.#staleWatch?.stop();
    this.#options.signal?.removeEventListener('abort', this.#abort);
    await this.#core.close(options.deadline ?? CLOSE_DEADLINE);
    if (first) this.emit('closed');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #checkOpen(): void {
    if (this.#core.closed) throw new ClosedError('this feed');
  }

  #accountOf(id: string): Account {
    return this.#options.accounts.get(id)!;
  }

  /** The kernel's parameters: a divisor for each segment, 0 for none. */
  #prepare(arena: Arena): void {
    const { divisors, known } = resolveSegments(this.#options.segments);
    const at = arena.region(REGION_PARAMETERS).offset >> 2;
    for (const [segment, divisor] of divisors.entries())
      arena.i32[at + segment] = known[segment] ? divisor : 0;
  }

  #venueOf(place: Place): ConnectionVenue {
    const account = this.#accountOf(place.account);
    return {
      request: (refused) => account.request(this.#options.url, refused),
      get renewable() {
        return account.renewable;
      },
      redact: (text) => account.redact(text),
      opened: () => {
        this.#subscriptions.opened(place.connection);
        this.#tell(place.connection);
      },
      text: (text) => this.#text(text, place),
      binary: (data) => this.onFrame?.(data),
    };
  }

  #tellLater(connection: number): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#tellChanged());
    this.#changed.add(connection);
  }

  #tellChanged(): void {
    const connections = [...this.#changed];
    this.#changed.clear();
    for (const connection of connections) this.#tell(connection);
  }

  /** Brings what the service streams on an open connection to what is wanted. */
  #tell(index: number): void {
    const connection = this.#core.slots[index]!.connection;
    if (!connection?.open) return;
    const { unsubscribe, subscribe, modes } = this.#subscriptions.changes(index);
    if (unsubscribe.length > 0) connection.send(unsubscribeMessage(unsubscribe));
    if (subscribe.length > 0) connection.send(subscribeMessage(subscribe));
    for (const [mode, instruments] of modes) connection.send(modeMessage(mode, instruments));
    connection.subscribed();
  }

  #text(text: string, origin: Origin): void {
    const frame = parseText(text);
    switch (frame.type) {
      case 'order':
        this.emit('order', frame.order, origin);
        break;
      case 'message':
        this.emit('message', frame.message, origin);
        break;
      case 'unknown':
        this.emit('unknown', { type: frame.name, data: frame.data }, origin);
        break;
      case 'error':
        this.#failed(new ServiceError(this.#accountOf(origin.account).redact(frame.error)), origin);
        break;
      case 'malformed': {
        this.#malformedTexts += 1;
        const start = this.#accountOf(origin.account).redact(frame.text.slice(0, 80));
        this.#failed(new ProtocolError(`a text frame that is no message of Kite's: ${start}`), origin);
        break;
      }
    }
  }

  #stateChanged(place: Place, change: StateChange): void {
    publish('state', { ...place, ...change });
    // The service forgets everything with the socket.
    if (change.to === 'degraded' || change.to === 'closed') this.#subscriptions.opened(place.connection);
    const down = change.cause === 'gave-up' || change.cause === 'credentials-refused';
    // First, because a listener may bring the connection back.
    const unplaced = down ? this.#subscriptions.lose(place.connection) : [];
    this.emit('state', { ...place, ...change });
    if (change.cause === 'gave-up') {
      const error = this.#core.slots[place.connection]!.connection?.lastError;
      publish('gave-up', { ...place, error });
      this.emit('gave-up', { ...place, error });
    }
    if (unplaced.length > 0) this.emit('unplaced', { ...place, instruments: unplaced });
  }

  #failed(error: TickringError, origin: Origin | undefined): void {
    publish('error', { ...origin, error });
    this.emit('error', error, origin);
  }
}
