import type { QuarantinedFrame } from '../../workers/lane.ts';
import { ArgumentError, ClosedError } from '../errors.ts';
import type { ConnectionState } from '../feed/connection-state.ts';
import { publish } from '../feed/diagnostics.ts';
import { TypedEmitter } from '../feed/emitter.ts';
import { FeedMemory } from '../feed/feed-memory.ts';
import { type FeedState, feedState } from '../feed/health.ts';
import { MarketCallbacks } from '../feed/market-callbacks.ts';
import { type Readiness, ReadyWaiters, readinessOf } from '../feed/readiness.ts';
import { StatsCollector } from '../feed/statistics.ts';
import type { Arena } from '../memory/arena.ts';
import { REGION_PARAMETERS } from '../memory/arena-layout.ts';
import { symbolTables } from '../memory/arena-symbols.ts';
import type { Book } from '../memory/book.ts';
import type { LatestOptions } from '../memory/latest-records.ts';
import {
  KRAKEN_VENUE,
  KrakenAttachment,
  type KrakenHandle,
  type KrakenReader,
  type KrakenReaderOptions,
} from './attachment.ts';
import {
  type Channel,
  type ChannelAlias,
  channelOf,
  type SubscribeRequest,
  slotOf,
  type UnsubscribeRequest,
  variantOf,
} from './channels.ts';
import { KrakenEngine } from './engine.ts';
import type { KrakenControlEvents, KrakenFeedEvents, KrakenMarketEvents } from './events.ts';
import type { GapMessage } from './gap-buffer.ts';
import { type KrakenHealth, krakenHealth } from './health.ts';
import type { LatestViews } from './latest.ts';
import type { StreamStatus } from './lines.ts';
import { type KrakenFeedOptions, type ResolvedKrakenOptions, resolveOptions } from './options.ts';
import type { Endpoint } from './protocol.ts';
import { GAP_POLICY_IGNORE, GAP_POLICY_RESYNC, PARAMETER_GAP_POLICY } from './record-layout.ts';
import { connectionStats, type KrakenStats } from './stats.ts';
import { VenueLatencyMeter } from './venue-latency.ts';
import type { KrakenRecord } from './view.ts';

/** One thing that a feed wants. */
export interface KrakenSubscription {
  readonly channel: Channel;
  /** Undefined for channels without symbols. */
  readonly symbol: string | undefined;
  /** Of `book` and `level3`; of `ohlc`; of `ticker`. */
  readonly depth: number | undefined;
  readonly interval: number | undefined;
  readonly eventTrigger: string | undefined;
  /** Where it is streamed; undefined while no connection has room for it. */
  readonly connection: number | undefined;
  readonly endpoint: Endpoint;
  readonly status: StreamStatus;
  /** The service's words, of one that is refused. */
  readonly refusal: string | undefined;
}

/** How long the closing handshakes may take, ms. */
const CLOSE_DEADLINE = 2000;

/** Quarantined frames that are kept for inspection. */
const MOST_QUARANTINED = 16;

/** Events of the internal reader. */
const MARKET_EVENTS: readonly (keyof KrakenMarketEvents)[] = ['ticker', 'trade', 'book', 'ohlc', 'order'];

/**
 * A running set of Kraken connections. It keeps what is wanted streaming, through refusals, losses and restarts, has it decoded
 * by threads of its own, and keeps order books that prove themselves; read it with `reader()`, `book()` and `latest()`, on this
 * thread or, with `handle` and `attach`, on any.
 *
 * **Order.** What Kraken sends on one connection is decoded and published in the order in which it came, and a subscription, a
 * channel's symbol, is on one connection: so its records, and the states of its book, are strictly in order. Nothing is promised
 * across channels, symbols or connections: a trade may come before or after the book update that it caused. After a reconnect
 * (`epoch`) or a resync a subscription starts anew with its snapshot; what happened in between does not come. A candle may come
 * again and again until a later one begins.
 *
 * **Events.** Market data (`ticker`, `trade`, `book`, `ohlc`, `order`) comes as views that are good until the listener returns, and
 * costs nothing when nobody listens; all else comes as objects. Events of market data and of the private channels are in order
 * each by itself, not with each other.
 *
 * The feed and its sockets live on the thread that creates it. It never writes to the console and never ends the process.
 */
export class KrakenFeed extends TypedEmitter<KrakenFeedEvents> implements AsyncDisposable {
  readonly #options: ResolvedKrakenOptions;
  readonly #memory: FeedMemory;
  readonly #engine: KrakenEngine;
  readonly #attachment: KrakenAttachment;
  readonly #callbacks: MarketCallbacks<KrakenRecord>;
  readonly #stats: StatsCollector;
  readonly #latency: VenueLatencyMeter | undefined;
  readonly #quarantined: QuarantinedFrame[] = [];
  readonly #waiters = new ReadyWaiters(() => this.#readiness());
  readonly #abort = () => void this.close();
  #closed = false;

  /** @throws ArgumentError for options that cannot be used */
  constructor(options: KrakenFeedOptions = {}) {
    super();
    const resolved = resolveOptions(options);
    const { places, decoders, gapPolicy } = resolved;
    this.#options = resolved;
    this.#memory = FeedMemory.create({
      venue: KRAKEN_VENUE,
      connections: places.length,
      decoders,
      arena: resolved.arena,
      prepare: (arena) => prepare(arena, gapPolicy === 'ignore' ? GAP_POLICY_IGNORE : GAP_POLICY_RESYNC),
    });
    const tables = symbolTables(this.#memory.arenas);
    this.#engine = new KrakenEngine(resolved, this.#memory, tables, {
      event: (name, ...values) => this.#event(name, ...values),
      wants: (name) => this.listenerCount(name) > 0,
    });
    const handle: KrakenHandle = {
      venue: 'kraken',
      arenas: this.#memory.handle.arenas,
      endpoints: places.map(({ account }) => account as Endpoint),
    };
    this.#attachment = new KrakenAttachment(handle, tables);
    this.#callbacks = new MarketCallbacks({
      open: () => this.#attachment.reader(),
      wanted: () => !this.#closed && MARKET_EVENTS.some((name) => this.listenerCount(name) > 0),
      deliver: (record) => this.#deliver(record),
      onLagged: (records) => this.emit('lagged', records),
    });
    this.#stats = new StatsCollector(this.#memory, places);
    if (resolved.latest) this.#latency = new VenueLatencyMeter(tables, () => this.#sampled());
    if (resolved.signal?.aborted) this.#abort();
    else resolved.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  override on<Name extends keyof KrakenFeedEvents & string>(
    name: Name,
    listener: (...values: KrakenFeedEvents[Name]) => void,
  ): this {
    super.on(name, listener);
    this.#callbacks.look();
    return this;
  }

  override once<Name extends keyof KrakenFeedEvents & string>(
    name: Name,
    listener: (...values: KrakenFeedEvents[Name]) => void,
  ): this {
    super.once(name, listener);
    this.#callbacks.look();
    return this;
  }

  /**
   * Starts decoders and connections; resolves when the decoders serve and the connections that are needed are being
   * opened (`ready()` waits for those). Idempotent; after a connection gave up, tries again.
   *
   * @throws ClosedError, DecoderError
   */
  async start(): Promise<void> {
    this.#checkOpen();
    await this.#engine.start();
    // Closed by whoever was told of the first connection.
    if (this.#closed) return;
    this.#stats.start();
    this.#latency?.start();
    this.#callbacks.start();
    this.#waiters.look();
  }

  /**
   * Resolves when every connection in use is subscribed: the service has answered to all that was wanted when it was opened.
   *
   * @throws the connection's error when one was refused or gave up; ClosedError; AbortedError
   */
  ready(options: { signal?: AbortSignal } = {}): Promise<void> {
    return this.#waiters.wait(options.signal);
  }

  #readiness(): Readiness {
    if (this.#closed) return new ClosedError('this feed');
    return readinessOf(this.#engine.report(), this.#engine.subscriptions);
  }

  /**
   * Wants these, from now on and after every reconnect; also before `start()` and while disconnected. Those already wanted stay as
   * they are. A second depth of a symbol's book, interval of its candles or trigger of its ticker goes to another connection,
   * because the service streams one of each on one.
   *
   * Resolves when the service has acknowledged every symbol. What it refuses is wanted no longer; the others of the same request
   * stream. It is a `refused` event, too, and who does not look at the promise misses no more than that.
   *
   * @throws SubscriptionError (rejects) with the service's own words and the symbols, and those that were accepted
   * @throws ArgumentError, CapacityError (reject): nothing has changed
   * @throws ClosedError (rejects), also when the feed is closed meanwhile
   */
  subscribe(request: SubscribeRequest): Promise<void> {
    try {
      this.#checkOpen();
      this.#checkDepth(request);
      return this.#engine.subscribe(request);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Wants these no longer, however often they were subscribed to. Those that were not wanted are passed over. Resolves when the
   * service streams them no more.
   *
   * @throws ArgumentError, ClosedError (reject)
   */
  async unsubscribe(request: UnsubscribeRequest): Promise<void> {
    this.#checkOpen();
    await this.#engine.unsubscribe(request);
  }

  /**
   * Unsubscribes and subscribes again: for what the feed cannot know to be wrong, as a level 3 book, or for a book that was left
   * as it is after too many resyncs.
   *
   * @returns false when it is not streaming
   * @throws ArgumentError, ClosedError
   */
  resync(channel: Channel | ChannelAlias, symbol?: string): boolean {
    this.#checkOpen();
    return this.#engine.resync(channelOf(channel), symbol);
  }

  /** What is wanted. */
  subscriptions(): KrakenSubscription[] {
    return Array.from(this.#engine.subscriptions.list(), ({ spec, connection, status, refusal }) => {
      const { channel, symbol, variant, endpoint } = spec;
      return {
        channel,
        symbol,
        depth: channel === 'book' || channel === 'level3' ? (variant as number) : undefined,
        interval: channel === 'ohlc' ? (variant as number) : undefined,
        eventTrigger: channel === 'ticker' ? (variant as string) : undefined,
        connection,
        endpoint,
        status,
        refusal,
      };
    });
  }

  /**
   * Whether the service streams it now.
   *
   * @param symbol needed for channels that have symbols
   * @param variant only at this depth, interval or trigger
   * @throws ArgumentError
   */
  isSubscribed(
    channel: Channel | ChannelAlias,
    symbol?: string,
    variant: { depth?: number; interval?: number; eventTrigger?: 'trades' | 'bbo' } = {},
  ): boolean {
    const of = channelOf(channel);
    const only = variantOf(of, variant) ?? (channel === 'spread' ? 'bbo' : undefined);
    const { subscriptions } = this.#engine;
    return subscriptions
      .find(slotOf(of, symbol), only)
      .some((each) => subscriptions.statusOf(each) === 'live');
  }

  /** See `KrakenAttachment.reader`. */
  reader(options: KrakenReaderOptions = {}): KrakenReader {
    this.#checkOpen();
    return this.#attachment.reader(options);
  }

  /** See `KrakenAttachment.book`. */
  book(symbol: string, options: { connection?: number } = {}): Book {
    return this.#attachment.book(symbol, options);
  }

  /** See `KrakenAttachment.latest`. */
  latest<Name extends keyof LatestViews>(
    channel: Name,
    symbol: string,
    options: LatestOptions<LatestViews[Name]> = {},
  ): LatestViews[Name] | undefined {
    return this.#attachment.latest(channel, symbol, options);
  }

  /**
   * With the gap policy `'buffer'`: the messages of a book before its check last failed (the failed one has the gap's `expected`
   * checksum) and until the snapshot that mended it; at most 256, oldest first.
   */
  gapMessages(symbol: string): readonly GapMessage[] {
    return this.#engine.gapBuffer.messages(symbol);
  }

  /** The last frames, at most 16, that were set aside because decoding them failed again and again. */
  get quarantined(): readonly QuarantinedFrame[] {
    return this.#quarantined;
  }

  /** For `attach` on another thread: structured-cloneable, and complete from the start. */
  get handle(): KrakenHandle {
    return this.#attachment.handle;
  }

  /** The feed as a whole: its worst connection in use. */
  get state(): FeedState {
    if (this.#closed) return 'closed';
    const { subscriptions } = this.#engine;
    return feedState(this.#engine.report(), (connection) => subscriptions.inUse(connection));
  }

  /** State of each connection, by its number: public ones first, then the private one, then those of level 3. */
  get states(): readonly ConnectionState[] {
    return this.#engine.report().connections.map(({ state }) => state);
  }

  /** Whether all is well, and if not, what is wrong. */
  health(): KrakenHealth {
    const { subscriptions, system, degradedBooks } = this.#engine;
    return krakenHealth({ report: this.#engine.report(), subscriptions, system, degradedBooks });
  }

  /** Everything that is counted. */
  stats(): KrakenStats {
    const { counts, texts } = this.#engine;
    const { connections, ...totals } = this.#stats.collect();
    return {
      ...totals,
      ...counts,
      connections: connections.map(connectionStats),
      malformedTexts: texts.malformed,
      staleAnswers: texts.stale,
      tokens: this.#options.tokens?.fetched ?? 0,
      venueLatencies: this.#latency?.summary() ?? [],
    };
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
    this.#latency?.stop();
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

  /** A book of fewer levels than were subscribed to would be wrong beyond them. */
  #checkDepth(request: SubscribeRequest): void {
    const { bookLevels } = this.#options;
    if (request.channel !== 'book' || request.depth === undefined || request.depth <= bookLevels) return;
    throw new ArgumentError(
      `a book of depth ${request.depth} does not fit the ${bookLevels} levels a side that this feed's books have; raise bookLevels`,
    );
  }

  #event<Name extends keyof KrakenControlEvents>(name: Name, ...values: KrakenControlEvents[Name]): void {
    const [first, second] = values as [object, object | undefined];
    if (name === 'error') publish('error', { ...second, error: first });
    else if (name === 'state' || name === 'gave-up') publish(name, first);
    else if (name === 'quarantine') this.#keep(first as QuarantinedFrame);
    try {
      this.emit(name, ...(values as unknown as KrakenFeedEvents[Name]));
    } finally {
      // Last: whoever was told may have changed the outcome.
      this.#waiters.look();
    }
  }

  #deliver(record: KrakenRecord): void {
    switch (record.kind) {
      case 'ticker':
        this.emit('ticker', record);
        break;
      case 'trade':
        this.emit('trade', record);
        break;
      case 'book':
        this.emit('book', record);
        break;
      case 'candle':
        this.emit('ohlc', record);
        break;
      case 'order':
        this.emit('order', record);
        break;
      default:
      // Of instruments, status and gaps there are events of their own.
    }
  }

  #keep(frame: QuarantinedFrame): void {
    if (this.#quarantined.push(frame) > MOST_QUARANTINED) this.#quarantined.shift();
  }

  *#sampled() {
    for (const { spec, connection } of this.#engine.subscriptions.list())
      yield { channel: spec.channel, symbol: spec.symbol, connection };
  }
}

function prepare(arena: Arena, gapPolicy: number): void {
  arena.u32[(arena.region(REGION_PARAMETERS).offset + PARAMETER_GAP_POLICY) >> 2] = gapPolicy;
}
