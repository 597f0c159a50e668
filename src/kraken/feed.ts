import { ArgumentError } from '../errors.ts';
import type { ConnectionState } from '../feed/connection-state.ts';
import { FeedMemory } from '../feed/feed-memory.ts';
import { MarketFeed } from '../feed/market-feed.ts';
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
  checkRequest,
  type SubscribeRequest,
  slotOf,
  type UnsubscribeRequest,
  variantOf,
} from './channels.ts';
import { KrakenEngine } from './engine.ts';
import type { KrakenFeedEvents, KrakenMarketEvents } from './events.ts';
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
export class KrakenFeed extends MarketFeed<KrakenFeedEvents, KrakenRecord> {
  readonly #options: ResolvedKrakenOptions;
  readonly #engine: KrakenEngine;
  readonly #attachment: KrakenAttachment;
  readonly #latency: VenueLatencyMeter | undefined;

  /** @throws ArgumentError for options that cannot be used */
  constructor(options: KrakenFeedOptions = {}) {
    const resolved = resolveOptions(options);
    const { places, decoders, gapPolicy, signal } = resolved;
    const memory = FeedMemory.create({
      venue: KRAKEN_VENUE,
      connections: places.length,
      decoders,
      arena: resolved.arena,
      prepare: (arena) => prepare(arena, gapPolicy === 'ignore' ? GAP_POLICY_IGNORE : GAP_POLICY_RESYNC),
    });
    super({ memory, places, marketEvents: MARKET_EVENTS, signal });
    this.#options = resolved;
    const tables = symbolTables(memory.arenas);
    this.#engine = new KrakenEngine(resolved, memory, tables, {
      event: (name, ...values) => this.event(name, ...(values as unknown as KrakenFeedEvents[typeof name])),
      wants: (name) => this.listenerCount(name) > 0,
    });
    const handle: KrakenHandle = {
      venue: 'kraken',
      arenas: memory.handle.arenas,
      endpoints: places.map(({ account }) => account as Endpoint),
    };
    this.#attachment = new KrakenAttachment(handle, tables);
    if (resolved.latest) this.#latency = new VenueLatencyMeter(tables, () => this.#sampled());
    this.obeySignal();
  }

  /** @internal */
  protected override get engine(): KrakenEngine {
    return this.#engine;
  }

  /** @internal */
  protected override openReader(): KrakenReader {
    return this.#attachment.reader();
  }

  override async start(): Promise<void> {
    await super.start();
    if (!this.isClosed) this.#latency?.start();
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
      this.checkOpen();
      checkRequest(request);
      this.#checkDepth(request);
      return this.#engine.subscribe(request);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Wants these no longer, however often they were subscribed to. Those that were not wanted are passed over. Resolves when the
   * service streams them no more, or when they are wanted again.
   *
   * @throws ArgumentError, ClosedError (reject)
   */
  async unsubscribe(request: UnsubscribeRequest): Promise<void> {
    this.checkOpen();
    checkRequest(request);
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
    this.checkOpen();
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
    this.checkOpen();
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

  /** For `attach` on another thread: structured-cloneable, and complete from the start. */
  get handle(): KrakenHandle {
    return this.#attachment.handle;
  }

  /** State of each connection, by its number: public ones first, then the private one, then those of level 3. */
  override get states(): readonly ConnectionState[] {
    return super.states;
  }

  /** Whether all is well, and if not, what is wrong. */
  health(): KrakenHealth {
    const { subscriptions, system, degradedBooks } = this.#engine;
    return krakenHealth({ report: this.#engine.report(), subscriptions, system, degradedBooks });
  }

  /** Everything that is counted. */
  stats(): KrakenStats {
    const { counts, texts } = this.#engine;
    const { connections, ...totals } = this.collectStats();
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

  /** @internal */
  protected override async end(reason: 'closed' | 'aborted', deadline: number): Promise<boolean> {
    this.#latency?.stop();
    const first = await super.end(reason, deadline);
    if (first) this.event('closed');
    return first;
  }

  /** A book of fewer levels than were subscribed to would be wrong beyond them. */
  #checkDepth(request: SubscribeRequest): void {
    const { bookLevels } = this.#options;
    if (request.channel !== 'book' || request.depth === undefined || request.depth <= bookLevels) return;
    throw new ArgumentError(
      `a book of depth ${request.depth} does not fit the ${bookLevels} levels a side that this feed's books have; raise bookLevels`,
    );
  }

  /** @internal */
  protected override deliver(record: KrakenRecord): void {
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

  *#sampled() {
    for (const { spec, connection } of this.#engine.subscriptions.list())
      yield { channel: spec.channel, symbol: spec.symbol, connection };
  }
}

function prepare(arena: Arena, gapPolicy: number): void {
  arena.u32[(arena.region(REGION_PARAMETERS).offset + PARAMETER_GAP_POLICY) >> 2] = gapPolicy;
}
