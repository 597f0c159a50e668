import type { QuarantinedFrame } from '../../workers/lane.ts';
import { ClosedError } from '../errors.ts';
import type { RecordReader } from '../memory/record-reader.ts';
import type { RecordView } from '../memory/record-view.ts';
import type { ConnectionState } from './connection-state.ts';
import { publish } from './diagnostics.ts';
import { type EventMap, TypedEmitter } from './emitter.ts';
import type { FeedMemory } from './feed-memory.ts';
import { type FeedReport, type FeedState, feedState, type SubscriptionsSeen } from './health.ts';
import { MarketCallbacks } from './market-callbacks.ts';
import { type Readiness, ReadyWaiters, readinessOf } from './readiness.ts';
import { type FeedStats, StatsCollector } from './statistics.ts';
import type { Place } from './subscriptions.ts';

/** What keeps a feed's connections streaming. */
export interface MarketEngine {
  readonly subscriptions: SubscriptionsSeen;
  report(): FeedReport;
  start(): Promise<void>;
  close(deadline: number): Promise<void>;
}

export interface MarketFeedParts {
  readonly memory: FeedMemory;
  readonly places: readonly Place[];
  /** Names of the events that records are delivered by. */
  readonly marketEvents: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** Quarantined frames that are kept for inspection. */
const MOST_QUARANTINED = 16;

/** How long the closing handshakes may take, ms. */
export const CLOSE_DEADLINE = 2000;

/**
 * What feeds of venues with channels and symbols have in common: their life, from the first listener to the last reader. The
 * venue's own feed makes the parts, and tells what happens with `event`.
 */
export abstract class MarketFeed<Events extends EventMap<Events>, Record extends RecordView<Record>>
  extends TypedEmitter<Events>
  implements AsyncDisposable
{
  /** @internal */
  protected abstract readonly engine: MarketEngine;
  readonly #callbacks: MarketCallbacks<Record>;
  readonly #stats: StatsCollector;
  readonly #quarantined: QuarantinedFrame[] = [];
  readonly #waiters = new ReadyWaiters(() => this.#readiness());
  readonly #signal: AbortSignal | undefined;
  readonly #abort = () => void this.end('aborted', CLOSE_DEADLINE);
  #closed = false;

  /** @internal */
  constructor({ memory, places, marketEvents, signal }: MarketFeedParts) {
    super();
    this.#signal = signal;
    this.#stats = new StatsCollector(memory, places);
    this.#callbacks = new MarketCallbacks({
      open: () => this.openReader(),
      wanted: () =>
        !this.#closed && marketEvents.some((name) => this.listenerCount(name as keyof Events & string) > 0),
      deliver: (record) => this.deliver(record),
      onLagged: (records) => this.emit('lagged' as never, ...([records] as never)),
    });
  }

  /** @internal A reader of everything. */
  protected abstract openReader(): RecordReader<Record>;

  /** @internal Calls the listeners of a record. */
  protected abstract deliver(record: Record): void;

  override on<Name extends keyof Events & string>(
    name: Name,
    listener: (...values: Events[Name]) => void,
  ): this {
    super.on(name, listener);
    this.#callbacks.look();
    return this;
  }

  override once<Name extends keyof Events & string>(
    name: Name,
    listener: (...values: Events[Name]) => void,
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
    this.checkOpen();
    await this.engine.start();
    // Closed by whoever was told of the first connection.
    if (this.#closed) return;
    this.#stats.start();
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
    return readinessOf(this.engine.report(), this.engine.subscriptions);
  }

  /** The last frames, at most 16, that were set aside because decoding them failed again and again. */
  get quarantined(): readonly QuarantinedFrame[] {
    return this.#quarantined;
  }

  /** The feed as a whole: its worst connection in use. */
  get state(): FeedState {
    if (this.#closed) return 'closed';
    const { subscriptions } = this.engine;
    return feedState(this.engine.report(), (connection) => subscriptions.inUse(connection));
  }

  /** State of each connection, by its number. */
  get states(): readonly ConnectionState[] {
    return this.engine.report().connections.map(({ state }) => state);
  }

  /**
   * Closes connections, lets the decoder finish what was received, and ends every reader once it has read the rest.
   * Idempotent; a closed feed stays closed. Never rejects.
   *
   * @param options.deadline ms for the closing handshakes, after which sockets are cut off. Default 2,000.
   */
  async close(options: { deadline?: number } = {}): Promise<void> {
    await this.end('closed', options.deadline ?? CLOSE_DEADLINE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal */
  protected get isClosed(): boolean {
    return this.#closed;
  }

  /** @internal Whether this was the first time. */
  protected async end(_reason: 'closed' | 'aborted', deadline: number): Promise<boolean> {
    const first = !this.#closed;
    this.#closed = true;
    this.#stats.stop();
    this.#signal?.removeEventListener('abort', this.#abort);
    await this.engine.close(deadline);
    return first;
  }

  /** @internal Once everything has been made: an aborted signal closes the feed. */
  protected obeySignal(): void {
    if (this.#signal?.aborted) this.#abort();
    else this.#signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** @internal @throws ClosedError */
  protected checkOpen(): void {
    if (this.#closed) throw new ClosedError('this feed');
  }

  /** @internal What the arenas have counted. */
  protected collectStats(): Omit<FeedStats, 'malformedTexts'> {
    return this.#stats.collect();
  }

  /** @internal Something happened that is no market data. */
  protected event<Name extends keyof Events & string>(name: Name, ...values: Events[Name]): void {
    const [first, second] = values as unknown as [object, object | undefined];
    const told: string = name;
    if (told === 'error') publish(told, { ...second, error: first });
    else if (told === 'state' || told === 'gave-up') publish(told, first);
    else if (told === 'quarantine') this.#keep(first as QuarantinedFrame);
    try {
      this.emit(name, ...values);
    } finally {
      // Last: whoever was told may have changed the outcome.
      this.#waiters.look();
      this.onTold();
    }
  }

  /** @internal Listeners have been told of something. */
  protected onTold(): void {}

  #keep(frame: QuarantinedFrame): void {
    if (this.#quarantined.push(frame) > MOST_QUARANTINED) this.#quarantined.shift();
  }
}
