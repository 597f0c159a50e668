import { ClosedError, ProtocolError, ServiceError, type TickringError } from '../errors.ts';
import type { ConnectionVenue } from '../feed/connection.ts';
import type { StateChange } from '../feed/connection-state.ts';
import { FeedCore } from '../feed/feed-core.ts';
import type { FeedMemory } from '../feed/feed-memory.ts';
import type { FeedReport } from '../feed/health.ts';
import { type Place, Subscriptions } from '../feed/subscriptions.ts';
import type { Account } from './accounts.ts';
import type { KiteFeedEvents, Origin } from './events.ts';
import { LatestTicks } from './latest.ts';
import type { ResolvedKiteOptions } from './options.ts';
import { INITIAL_MODE, modeMessage, parseText, subscribeMessage, unsubscribeMessage } from './protocol.ts';
import { resolveSegments } from './segments.ts';
import { StaleWatch } from './stale-watch.ts';
import type { Mode } from './tick.ts';

/** The options that concern the engine; the others are the feed's. */
export type EngineOptions = Omit<
  ResolvedKiteOptions,
  'io' | 'mode' | 'decoders' | 'arena' | 'signal' | 'accounts'
>;

export interface EngineReport extends FeedReport {
  readonly malformedTexts: number;
}

/** What a feed asks of its engine, on whichever thread that runs. */
export interface Engine {
  /** What is wanted, as far as it is known on this thread. To look at. */
  readonly subscriptions: Subscriptions<Mode>;
  /** Whether all that was asked for has reached the connections' thread. */
  readonly settled: boolean;
  report(): EngineReport;
  /** See `KiteFeed` for these. Arguments have been checked. */
  start(): Promise<void>;
  subscribe(tokens: readonly number[], mode: Mode, account: string | undefined): void;
  unsubscribe(tokens: readonly number[]): void;
  setMode(tokens: readonly number[], mode: Mode): number[];
  /** This account has other credentials now. */
  credentialsChanged(account: Account): void;
  close(deadline: number): Promise<void>;
}

/** What an engine tells its feed. */
export interface EngineListener {
  event<Name extends keyof KiteFeedEvents>(name: Name, ...values: KiteFeedEvents[Name]): void;
  /** Its report, or its subscriptions too, are others than before. An event may follow. */
  changed(what: 'report' | 'subscriptions'): void;
  /** It has come to an end that nobody asked for. */
  ended(): void;
}

/** The subscriptions of a feed that is new. */
export function newSubscriptions(
  { places, instrumentsPerConnection, distribution, eager }: EngineOptions,
  callbacks: { onNeeded: (connection: number) => void; onChanged: (connection: number) => void },
): Subscriptions<Mode> {
  const subscriptions = new Subscriptions<Mode>({
    places,
    limit: instrumentsPerConnection,
    distribution,
    initialMode: INITIAL_MODE,
    ...callbacks,
  });
  // Now, so that what is subscribed before the start is spread over all of them.
  if (eager) for (const { connection } of places) subscriptions.use(connection);
  return subscriptions;
}

/**
 * What keeps a feed's connections streaming what is wanted: supervision, subscriptions, credentials, text messages. Lives
 * on the thread that its sockets are on, which is the feed's own or a worker.
 */
export class KiteEngine implements Engine {
  readonly subscriptions: Subscriptions<Mode>;
  readonly settled = true;
  /** Called with each binary frame as the socket gives it. Its bytes are good until this returns. */
  onFrame: ((bytes: Uint8Array) => void) | undefined;
  readonly #options: EngineOptions;
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #listener: EngineListener;
  readonly #core: FeedCore;
  readonly #staleWatch: StaleWatch | undefined;
  /** Connections that have to be told something at the end of this turn. */
  readonly #changed = new Set<number>();
  #malformedTexts = 0;

  constructor(
    options: EngineOptions,
    accounts: ReadonlyMap<string, Account>,
    memory: FeedMemory,
    listener: EngineListener,
  ) {
    this.#options = options;
    this.#accounts = accounts;
    this.#listener = listener;
    this.#core = new FeedCore({
      venue: { kernel: 'kite', connection: (place) => this.#venueOf(place) },
      places: options.places,
      memory,
      connection: options,
      whenFull: options.whenFull,
      stallLimit: options.stallLimit,
      listener: {
        stateChanged: (place, change) => this.#stateChanged(place, change),
        failed: (error, place) => listener.event('error', error, place),
        retrying: (place, attempt, delay) => listener.event('retry', { ...place, attempt, delay }),
        quarantined: (frame) => listener.event('quarantine', frame),
        expelled: (reader) => listener.event('expelled', reader),
      },
    });
    this.subscriptions = newSubscriptions(options, {
      onNeeded: (connection) => this.#core.open(connection),
      onChanged: (connection) => this.#tellLater(connection),
    });
    if (options.staleAfter !== undefined) {
      this.#staleWatch = new StaleWatch({
        staleAfter: options.staleAfter,
        subscriptions: this.subscriptions,
        latest: new LatestTicks(memory.arenas, { segments: options.segments }),
        segments: resolveSegments(options.segments),
        isOpen: (connection) => this.#core.stateOf(connection) === 'subscribed',
        onStale: (group) => listener.event('stale', group),
        onFresh: (group) => listener.event('fresh', group),
      });
    }
  }

  report(): EngineReport {
    return { ...this.#core.report(), malformedTexts: this.#malformedTexts };
  }

  /** @throws ClosedError, DecoderError */
  async start(): Promise<void> {
    await this.#core.start();
    // Closed meanwhile.
    if (this.#core.closed) throw new ClosedError('this feed');
    for (const { connection } of this.#options.places) {
      this.subscriptions.regain(connection);
      if (this.subscriptions.inUse(connection)) this.#core.open(connection);
    }
    this.#staleWatch?.start();
    this.#listener.changed('subscriptions');
  }

  /** @throws CapacityError, ArgumentError */
  subscribe(tokens: readonly number[], mode: Mode, account: string | undefined): void {
    this.subscriptions.add(tokens, mode, account);
    this.#listener.changed('subscriptions');
  }

  unsubscribe(tokens: readonly number[]): void {
    this.subscriptions.remove(tokens);
    this.#listener.changed('subscriptions');
  }

  setMode(tokens: readonly number[], mode: Mode): number[] {
    const unknown = this.subscriptions.setMode(tokens, mode);
    this.#listener.changed('subscriptions');
    return unknown;
  }

  credentialsChanged(account: Account): void {
    for (const { place, connection } of this.#core.slots) {
      if (place.account !== account.id || connection?.state !== 'closed') continue;
      this.subscriptions.regain(place.connection);
      this.#core.open(place.connection);
    }
    this.#listener.changed('subscriptions');
  }

  async close(deadline: number): Promise<void> {
    this.#staleWatch?.stop();
    await this.#core.close(deadline);
  }

  #venueOf(place: Place): ConnectionVenue {
    const account = this.#accounts.get(place.account)!;
    return {
      request: (refused) => account.request(this.#options.url, refused),
      get renewable() {
        return account.renewable;
      },
      redact: (text) => account.redact(text),
      refusedHint: 'replace them (access tokens expire every day) and start again',
      opened: () => {
        this.subscriptions.opened(place.connection);
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
    const { unsubscribe, subscribe, modes } = this.subscriptions.changes(index);
    if (unsubscribe.length > 0) connection.send(unsubscribeMessage(unsubscribe));
    if (subscribe.length > 0) connection.send(subscribeMessage(subscribe));
    for (const [mode, instruments] of modes) connection.send(modeMessage(mode, instruments));
    this.#listener.changed('subscriptions');
    connection.subscribed();
  }

  #text(text: string, origin: Origin): void {
    const frame = parseText(text);
    switch (frame.type) {
      case 'order':
        this.#listener.event('order', frame.order, origin);
        break;
      case 'message':
        this.#listener.event('message', frame.message, origin);
        break;
      case 'unknown':
        this.#listener.event('unknown', { type: frame.name, data: frame.data }, origin);
        break;
      case 'error':
        this.#failed(new ServiceError(this.#redact(frame.error, origin)), origin);
        break;
      case 'malformed': {
        this.#malformedTexts += 1;
        this.#listener.changed('report');
        const start = this.#redact(frame.text, origin).slice(0, 80);
        this.#failed(new ProtocolError(`a text frame that is no message of Kite's: ${start}`), origin);
        break;
      }
    }
  }

  #redact(text: string, { account }: Origin): string {
    return this.#accounts.get(account)!.redact(text);
  }

  #failed(error: TickringError, origin: Origin): void {
    this.#listener.event('error', error, origin);
  }

  #stateChanged(place: Place, change: StateChange): void {
    const { connection } = place;
    const down = change.cause === 'gave-up' || change.cause === 'credentials-refused';
    // The service forgets everything with the socket.
    if (change.to === 'degraded' || change.to === 'closed') this.subscriptions.opened(connection);
    // First, because a listener may bring the connection back.
    const unplaced = down ? this.subscriptions.lose(connection) : [];
    this.#listener.changed(down || change.to === 'degraded' ? 'subscriptions' : 'report');
    this.#listener.event('state', { ...place, ...change });
    if (change.cause === 'gave-up') {
      const error = this.#core.slots[connection]!.connection?.lastError;
      this.#listener.event('gave-up', { ...place, error });
    }
    if (unplaced.length > 0) this.#listener.event('unplaced', { ...place, instruments: unplaced });
  }
}
