import { ClosedError } from '../errors.ts';
import { FeedMemory } from '../feed/feed-memory.ts';
import { MarketFeed } from '../feed/market-feed.ts';
import { type Readiness, ReadyWaiters } from '../feed/readiness.ts';
import type { Arena } from '../memory/arena.ts';
import { REGION_PARAMETERS } from '../memory/arena-layout.ts';
import { symbolTables } from '../memory/arena-symbols.ts';
import type { LatestOptions } from '../memory/latest-records.ts';
import type { SubscribeResult } from './acknowledgements.ts';
import {
  KALSHI_VENUE,
  KalshiAttachment,
  type KalshiHandle,
  type KalshiReader,
  type KalshiReaderOptions,
  type KalshiSequence,
} from './attachment.ts';
import { optionsFromEnv } from './auth.ts';
import type { KalshiBook } from './book.ts';
import { type Channel, checkedChannel, type SubscribeRequest, type UnsubscribeRequest } from './channels.ts';
import { KalshiEngine } from './engine.ts';
import type { KalshiFeedEvents, KalshiMarketEvents, KalshiOrigin } from './events.ts';
import { type KalshiHealth, kalshiHealth } from './health.ts';
import type { LatestViews } from './latest.ts';
import type { RemoteSubscription } from './messages.ts';
import { type KalshiFeedOptions, type ResolvedKalshiOptions, resolveOptions } from './options.ts';
import { PARAMETER_YES_PRICE } from './record-layout.ts';
import { connectionStats, type KalshiStats } from './stats.ts';
import { ALL } from './stream.ts';
import type { KalshiSummary } from './summary.ts';
import type { KalshiRecord } from './view.ts';

/** What a feed wants of a channel on a connection. */
export interface KalshiSubscription {
  readonly channel: Channel;
  readonly connection: number;
  /** The service's number of it on this connection; undefined while it holds nothing. */
  readonly sid: number | undefined;
  /** Whether NO levels come at YES prices: of order books. */
  readonly useYesPrice: boolean;
  /** Markets, indices or underlyings that are wanted; `'all'` without a selection. */
  readonly items: readonly string[] | 'all';
  /** Those that the service has acknowledged. */
  readonly held: readonly string[] | 'all';
  /** Those that the service refuses, having streamed them before, and its words. */
  readonly refused: Readonly<Record<string, string>>;
}

/** Events of the internal reader. */
const MARKET_EVENTS: readonly (keyof KalshiMarketEvents)[] = ['ticker', 'trade', 'book'];

/**
 * Kalshi's stream, kept running: it signs and connects, keeps what is wanted subscribed, through refusals, losses and restarts, has
 * it decoded by threads of its own, and keeps order books whose messages are all accounted for; read it with `reader()`,
 * `book()` and `latest()`, on this thread or, with `handle` and `attach`, on any.
 *
 * **Order.** What Kalshi sends on one connection is decoded and published in the order in which it came, and a market's channel is
 * on one connection. Nothing is promised across channels, markets and connections. After a reconnect (`epoch`) a subscription
 * starts anew, order books with a snapshot; what happened in between does not come.
 *
 * **Events.** Market data (`ticker`, `trade`, `book`) comes as views that are good until the listener returns, and costs nothing when
 * nobody listens; everything else (`fill`, `user_order`, `market_lifecycle_v2`, …) comes as objects, under the name that Kalshi
 * gives the type of the message.
 *
 * The feed and its sockets live on the thread that creates it. It never writes to the console and never ends the process.
 */
export class KalshiFeed extends MarketFeed<KalshiFeedEvents, KalshiRecord> {
  readonly #options: ResolvedKalshiOptions;
  readonly #engine: KalshiEngine;
  readonly #attachment: KalshiAttachment;
  readonly #connected = new ReadyWaiters(() => this.#connectedness());

  /** @throws ArgumentError, KeyError for options that cannot be used */
  constructor(options: KalshiFeedOptions) {
    const resolved = resolveOptions(options);
    const { places, decoders, useYesPrice, arena, signal } = resolved;
    const memory = FeedMemory.create({
      venue: KALSHI_VENUE,
      connections: places.length,
      decoders,
      arena,
      prepare: (made) => prepare(made, useYesPrice),
    });
    super({ memory, places, marketEvents: MARKET_EVENTS, signal });
    this.#options = resolved;
    const tables = symbolTables(memory.arenas);
    this.#engine = new KalshiEngine(resolved, memory, tables, {
      event: (name, ...values) => this.event(name, ...(values as unknown as KalshiFeedEvents[typeof name])),
    });
    this.#attachment = new KalshiAttachment({ venue: 'kalshi', arenas: memory.handle.arenas }, tables);
    this.obeySignal();
  }

  /**
   * A feed with what the environment says: `KALSHI_ENV` (`demo`, which is the default, or `prod`), `KALSHI_API_KEY_ID`, and
   * `KALSHI_PRIVATE_KEY_PATH` or `KALSHI_PRIVATE_KEY`.
   *
   * @throws KeyError for variables that are missing or keys that cannot be used; ArgumentError
   */
  static fromEnv(
    options: Omit<KalshiFeedOptions, 'keyId' | 'privateKey' | 'privateKeyPath' | 'environment'> = {},
    env: Readonly<Record<string, string | undefined>> = process.env,
  ): KalshiFeed {
    return new KalshiFeed({ ...options, ...optionsFromEnv(env) });
  }

  /** @internal */
  protected override get engine(): KalshiEngine {
    return this.#engine;
  }

  /** @internal */
  protected override openReader(): KalshiReader {
    return this.#attachment.reader();
  }

  /**
   * Starts decoders and connections; resolves when the decoders serve and the connections are being opened (`ready()` waits for
   * those), with the connect strategy `'simple'` when the first of them is open. Idempotent; after a connection gave up, or its
   * credentials were refused, tries again.
   *
   * @throws ClosedError, DecoderError; with `'simple'` AuthenticationError, ConnectionError
   */
  override async start(): Promise<void> {
    await super.start();
    if (this.#options.connectStrategy === 'simple') await this.#connected.wait(undefined);
  }

  #connectedness(): Readiness {
    if (this.isClosed) return new ClosedError('this feed');
    const [first] = this.#engine.report().connections;
    if (first!.epoch > 0) return true;
    const isDown = first!.state === 'closed' || first!.state === 'disconnected';
    return (isDown && first!.lastError) || false;
  }

  /** @internal */
  protected override onTold(): void {
    this.#connected.look();
  }

  /**
   * Wants these, from now on and after every reconnect; also before `start()` and while disconnected. Those already wanted stay as
   * they are; others are added to the subscription that the channel has.
   *
   * Resolves when the service has answered for each: it names those that the service confirmed, and those that it does not have,
   * which are wanted no longer. What it refuses is also a `refused` event, what it does not have an `unsubscribed` one, and who
   * does not look at the promise misses no more than that.
   *
   * @throws SubscriptionError (rejects) with the service's words, what it refused, and what it accepted
   * @throws ArgumentError, CapacityError (reject): nothing has been sent
   * @throws ClosedError (rejects), also when the feed is closed meanwhile
   */
  subscribe(request: SubscribeRequest): Promise<SubscribeResult> {
    try {
      this.checkOpen();
      return this.#engine.subscribe(request);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Wants these no longer, or without a selection the whole channel, however often they were subscribed to. Those that were not
   * wanted are passed over. Resolves when the service streams them no more, or when they are wanted again.
   *
   * @throws ArgumentError, ClosedError (reject)
   */
  async unsubscribe(request: UnsubscribeRequest): Promise<void> {
    this.checkOpen();
    await this.#engine.unsubscribe(request);
  }

  /**
   * Has order books mended as after a gap, of these markets or all: for what the feed cannot know to be wrong, or for those that
   * were left as they are. Books that look right stay readable until their snapshots come; `resync` events say when all have.
   *
   * @returns false when none of them is streaming
   * @throws ClosedError
   */
  resync(markets?: readonly string[]): boolean {
    this.checkOpen();
    return this.#engine.resync(markets);
  }

  /**
   * Forgets the order books of these markets, or all. What is subscribed to stays so, but they are `'empty'` until `getSnapshot` or
   * `resync` has brought them anew. Works in its turn among the frames, so that it shows a moment later.
   *
   * @returns false when none of them is held
   * @throws ClosedError
   */
  clear(markets?: readonly string[]): boolean {
    this.checkOpen();
    return this.#engine.clear(markets);
  }

  /**
   * Has the service send the order books of these markets anew, without touching the subscription. Resolves when the books are
   * those of the new snapshots; `missing` are those that did not come in time.
   *
   * @throws ArgumentError for markets whose books are not subscribed; ConnectionError, KalshiServiceError, ClosedError (reject)
   */
  async getSnapshot(markets: readonly string[]): Promise<SubscribeResult> {
    this.checkOpen();
    return this.#engine.getSnapshot(markets);
  }

  /**
   * What the service says that it holds, on all open connections.
   *
   * @throws ConnectionError, KalshiServiceError, ClosedError (reject)
   */
  async listSubscriptions(): Promise<(RemoteSubscription & KalshiOrigin)[]> {
    this.checkOpen();
    return this.#engine.listSubscriptions();
  }

  /**
   * All indices (`cfbenchmarks_value`, `cfbenchmarks_value_5hz`) or underlyings (`pyth_value`) that a channel may be about: of one
   * that is subscribed to.
   *
   * @throws ArgumentError for another channel; ConnectionError, KalshiServiceError, ClosedError (reject)
   */
  async listReferences(channel: Channel): Promise<string[]> {
    this.checkOpen();
    return this.#engine.listReferences(channel);
  }

  /** What is wanted, and what the service has acknowledged of it. */
  subscriptions(): KalshiSubscription[] {
    return Array.from(this.#engine.subscriptions.list(), ({ stream, connection }) => {
      const { channel, sid, wanted, held, spec } = stream;
      const refusals = [...wanted].flatMap(([item, { refusal }]) =>
        refusal === undefined ? [] : [[item, refusal]],
      );
      return {
        channel,
        connection,
        sid,
        useYesPrice: spec.useYesPrice,
        items: wanted.has(ALL) ? 'all' : [...wanted.keys()],
        held: held.has(ALL) ? 'all' : [...held],
        refused: Object.fromEntries(refusals) as Record<string, string>,
      };
    });
  }

  /**
   * Whether the service streams it now.
   *
   * @param item a market, index or underlying; without one, the channel as a whole or anything of it
   * @throws ArgumentError
   */
  isSubscribed(channel: Channel, item?: string): boolean {
    return this.#engine.subscriptions
      .of(checkedChannel(channel))
      .some(({ held, wanted }) =>
        item === undefined
          ? [...held].some((each) => wanted.has(each))
          : (held.has(item) && wanted.has(item)) || (held.has(ALL) && wanted.has(ALL)),
      );
  }

  /** See `KalshiAttachment.reader`. */
  reader(options: KalshiReaderOptions = {}): KalshiReader {
    this.checkOpen();
    return this.#attachment.reader(options);
  }

  /** See `KalshiAttachment.book`. */
  book(market: string, options: { connection?: number } = {}): KalshiBook {
    return this.#attachment.book(market, options);
  }

  /** See `KalshiAttachment.latest`. */
  latest<Name extends keyof LatestViews>(
    channel: Name,
    market: string,
    options: LatestOptions<LatestViews[Name]> = {},
  ): LatestViews[Name] | undefined {
    return this.#attachment.latest(channel, market, options);
  }

  /** See `KalshiAttachment.summary`. */
  summary(): KalshiSummary {
    return this.#attachment.summary();
  }

  /** See `KalshiAttachment.sequences`. */
  sequences(): KalshiSequence[] {
    return this.#attachment.sequences();
  }

  /** For `attach` on another thread: structured-cloneable, and complete from the start. */
  get handle(): KalshiHandle {
    return this.#attachment.handle;
  }

  /** Whether all is well, and if not, what is wrong. */
  health(): KalshiHealth {
    const { subscriptions, degradedBooks } = this.#engine;
    return kalshiHealth({ report: this.#engine.report(), subscriptions, degradedBooks });
  }

  /** Everything that is counted. */
  stats(): KalshiStats {
    const { counts, texts } = this.#engine;
    const { connections, ...totals } = this.collectStats();
    return {
      ...totals,
      ...counts,
      connections: connections.map(connectionStats),
      malformedTexts: texts.malformed,
      unmatched: texts.unmatched,
      staleAnswers: texts.stale,
    };
  }

  /** @internal */
  protected override async end(reason: 'closed' | 'aborted', deadline: number): Promise<boolean> {
    const first = await super.end(reason, deadline);
    if (first) this.event('closed', { reason });
    return first;
  }

  /** @internal */
  protected override deliver(record: KalshiRecord): void {
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
      default:
      // Of gaps there are events of their own.
    }
  }
}

function prepare(arena: Arena, useYesPrice: boolean): void {
  arena.u32[(arena.region(REGION_PARAMETERS).offset + PARAMETER_YES_PRICE) >> 2] = useYesPrice ? 1 : 0;
}
