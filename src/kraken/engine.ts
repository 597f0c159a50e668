import { AuthenticationError, ClosedError, ConnectionError, TickringError } from '../errors.ts';
import type { Connection, ConnectionEnd, ConnectionVenue, Verdict } from '../feed/connection.ts';
import type { StateChange } from '../feed/connection-state.ts';
import { FeedCore } from '../feed/feed-core.ts';
import type { FeedMemory } from '../feed/feed-memory.ts';
import type { FeedReport } from '../feed/health.ts';
import type { Place } from '../feed/subscriptions.ts';
import type { ArenaSymbols } from '../memory/arena-symbols.ts';
import { epochNow } from '../memory/clock.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { Answers } from './answers.ts';
import type { TokenSource } from './auth.ts';
import { BookWatch } from './book-watch.ts';
import {
  type Channel,
  channelOf,
  checkedSymbols,
  type SubscribeRequest,
  slotOf,
  specsOf,
  type UnsubscribeRequest,
  variantOf,
} from './channels.ts';
import { ConnectPacing } from './connect-pacing.ts';
import { newCounts } from './engine-counts.ts';
import type { KrakenControlEvents, KrakenOrigin } from './events.ts';
import { GapBuffer } from './gap-buffer.ts';
import { HandedOnTexts } from './handed-on.ts';
import { KeepAlive } from './keep-alive.ts';
import type { Stream } from './lines.ts';
import type { ResolvedKrakenOptions } from './options.ts';
import { type Endpoint, TERMINAL_CLOSE, TERMINAL_STATUSES } from './protocol.ts';
import { Requests } from './requests.ts';
import { Sender } from './sender.ts';
import { KrakenSubscriptions } from './subscriptions.ts';

export interface EngineListener {
  event<Name extends keyof KrakenControlEvents>(name: Name, ...values: KrakenControlEvents[Name]): void;
  /** Whether somebody listens. */
  wants(name: keyof KrakenControlEvents): boolean;
}

/** How long a snapshot may take after it was asked for, in time-outs of requests. */
const SNAPSHOT_TIMEOUTS = 3;

/**
 * What keeps a feed's connections streaming what is wanted: supervision, subscriptions, tokens, resyncs. Lives on the feed's
 * thread.
 */
export class KrakenEngine {
  readonly subscriptions: KrakenSubscriptions;
  readonly gapBuffer = new GapBuffer();
  readonly counts = newCounts();
  readonly #options: ResolvedKrakenOptions;
  readonly #listener: EngineListener;
  readonly #core: FeedCore;
  readonly #acknowledgements = new Acknowledgements();
  readonly #requests: Requests;
  readonly #answers: Answers;
  readonly #senders: readonly Sender[];
  readonly #pacing: ConnectPacing;
  readonly #texts: HandedOnTexts;
  readonly #books: BookWatch;
  readonly #keepAlive: KeepAlive;
  /** Connections that have to be told something at the end of this turn. */
  readonly #changed = new Set<number>();
  #system: string | undefined;

  constructor(
    options: ResolvedKrakenOptions,
    memory: FeedMemory,
    tables: ReadonlyMap<number, ArenaSymbols>,
    listener: EngineListener,
  ) {
    this.#options = options;
    this.#listener = listener;
    const { places, ackTimeout, connectBudget, maintenanceDelay, gapPolicy, readTimeout } = options;
    this.subscriptions = new KrakenSubscriptions(places, options.limits, options.books, {
      needed: (connection) => this.#core.open(connection),
      changed: (connection) => this.#tellLater(connection),
      live: (stream) => this.#acknowledgements.live(stream),
      refused: (stream, reason, connection) => this.#refusedFor(stream, reason, connection),
      removed: (stream) => this.#acknowledgements.refused(stream, 'it was unsubscribed before that'),
      // Who waits for it to leave waits in vain.
      kept: (connection, slot) => this.#acknowledgements.gone(connection, slot),
      gone: (connection, { slot, channel, symbol }) => {
        if (channel === 'book') this.#books.gone(connection, symbol!);
        this.#acknowledgements.gone(connection, slot);
      },
    });
    this.#requests = new Requests(ackTimeout, (request) => this.#answers.unanswered(request));
    this.#senders = places.map((place) => this.#senderOf(place));
    this.#answers = new Answers({
      requests: this.#requests,
      subscriptions: this.subscriptions,
      counts: this.counts,
      tokens: options.tokens,
      ackTimeout,
      ackAttempts: options.ackAttempts,
      redact: (text) => this.#redact(text),
      onTooFast: (connection) => this.#senders[connection]!.tooFast(),
      onError: (connection, error) => this.#event('error', error, originOf(places[connection]!)),
    });
    this.#pacing = new ConnectPacing(connectBudget, maintenanceDelay);
    this.#texts = new HandedOnTexts({
      event: (name, ...values) => this.#event(name, ...values),
      wants: (name) => listener.wants(name),
      redact: (text) => this.#redact(text),
      acknowledged: (connection, message) => {
        this.#answers.acknowledged(connection, message);
        // Now, and not at the end of the turn: who waited for this sees the state that follows from it.
        this.#settle(connection);
      },
      refused: (connection, message) => {
        this.#answers.refused(connection, message);
        this.#settle(connection);
      },
      system: (state) => {
        this.#system = state;
        this.#pacing.maintenance = state === 'maintenance';
      },
      suspectBook: (connection, symbol) => this.#books.suspect(connection, symbol),
      broken: (connection, channel) => this.#resubscribe(connection, channel, undefined),
    });
    this.#books = new BookWatch({
      tables: new Map([...tables].filter(([connection]) => places[connection]?.account === 'public')),
      resync: gapPolicy !== 'ignore',
      attempts: options.resyncAttempts,
      snapshotTimeout: SNAPSHOT_TIMEOUTS * ackTimeout,
      isLive: (connection, symbol) =>
        this.#streamsOn(connection, 'book', symbol).some(
          (stream) => this.subscriptions.statusOf(stream) === 'live',
        ),
      epochOf: (connection) => {
        const { connection: open, intake } = this.#core.slots[connection]!;
        return open?.open ? intake.epoch : undefined;
      },
      onGap: (gap) => {
        if (gapPolicy === 'buffer') this.gapBuffer.begin(gap.connection, gap.symbol);
        this.#event('gap', { ...gap, reason: 'checksum', channel: 'book' });
      },
      onResync: (resync) => {
        if (resync.outcome === 'asked') this.counts.resyncs += 1;
        else this.gapBuffer.end(resync.connection, resync.symbol);
        if (resync.outcome === 'done') this.counts.resynced += 1;
        this.#settle(resync.connection);
        this.#event('resync', resync);
      },
      resubscribe: (connection, symbol) => this.#resubscribe(connection, 'book', symbol),
    });
    this.#core = new FeedCore({
      venue: {
        kernel: 'kraken',
        connection: (place) => this.#venueOf(place),
        handedOn: (text, place) => {
          const { connection, intake } = this.#core.slots[place.connection]!;
          this.#texts.take(text, originOf(place), connection?.open === true && text.epoch === intake.epoch);
        },
      },
      places,
      memory,
      connection: options,
      whenFull: options.whenFull,
      stallLimit: options.stallLimit,
      listener: {
        stateChanged: (place, change) => this.#stateChanged(place, change),
        failed: (error, place) => listener.event('error', error, place && originOf(place)),
        retrying: (place, attempt, delay) =>
          listener.event('retry', { ...originOf(place), attempt, delay, cause: 'failed' }),
        quarantined: (frame) => listener.event('quarantine', frame),
        expelled: (reader) => listener.event('expelled', reader),
      },
    });
    this.#keepAlive = new KeepAlive(readTimeout, options.pingInterval, () => this.#pinged());
  }

  /** What the trading engine last said of itself; undefined before that. */
  get system(): string | undefined {
    return this.#system;
  }

  /** Symbols whose books are left as they are after too many resyncs. */
  get degradedBooks(): readonly string[] {
    return this.#books.degraded;
  }

  /** Text frames that are no JSON or were not understood, and answers on connections that are gone. */
  get texts(): { readonly malformed: number; readonly stale: number } {
    return this.#texts;
  }

  report(): FeedReport {
    return this.#core.report();
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
    this.#books.start();
    this.#keepAlive.start();
  }

  /** @throws CapacityError, ArgumentError */
  subscribe(request: SubscribeRequest): Promise<void> {
    const streams = this.subscriptions.add(specsOf(request));
    return this.#acknowledgements.all(streams, (stream) => this.subscriptions.statusOf(stream) === 'live');
  }

  /** @throws ArgumentError */
  async unsubscribe(request: UnsubscribeRequest): Promise<void> {
    const channel = channelOf(request.channel);
    const variant = variantOf(channel, request) ?? (request.channel === 'spread' ? 'bbo' : undefined);
    const slots =
      request.symbols && checkedSymbols(channel, request.symbols).map((each) => slotOf(channel, each));
    const streams = this.subscriptions.select(channel, slots, variant);
    const held = streams.flatMap(({ line, spec }) =>
      line && this.subscriptions.holds(line.place.connection, spec.slot)
        ? this.#acknowledgements.leaving(line.place.connection, spec.slot)
        : [],
    );
    this.subscriptions.remove(streams);
    await Promise.all(held);
  }

  /** Has it unsubscribed and subscribed again. False when it is not live. */
  resync(channel: Channel, symbol: string | undefined): boolean {
    let any = false;
    for (const stream of this.subscriptions.find(slotOf(channel, symbol))) {
      const connection = stream.line?.place.connection;
      if (connection === undefined || this.subscriptions.statusOf(stream) !== 'live') continue;
      any = true;
      const restarted = channel === 'book' && this.#books.restart(connection, symbol!);
      if (!restarted) this.subscriptions.resync(stream);
    }
    return any;
  }

  async close(deadline: number): Promise<void> {
    this.#keepAlive.stop();
    this.#books.stop();
    this.#requests.stop();
    for (const sender of this.#senders) sender.closed();
    this.#acknowledgements.close(new ClosedError('this feed'));
    await this.#core.close(deadline);
  }

  #senderOf(place: Place): Sender {
    const { connection } = place;
    return new Sender({
      connection,
      subscriptions: this.subscriptions,
      requests: this.#requests,
      tokens: this.#tokensOf(place),
      pace: this.#options.pace,
      send: (text) => this.#connection(connection)?.send(text) ?? false,
      onNoToken: (error) => this.#noToken(place, error),
    });
  }

  #venueOf(place: Place): ConnectionVenue {
    const { connection } = place;
    const { urls, gapPolicy } = this.#options;
    const url = urls[place.account as Endpoint];
    const tokens = this.#tokensOf(place);
    const origin = originOf(place);
    return {
      request: async () => {
        // A new one for each connect: those of a connection may end with it.
        await tokens?.renew();
        return { url };
      },
      renewable: false,
      redact: (text) => this.#redact(text),
      attemptDelay: () => {
        const { delay, cause } = this.#pacing.book(url);
        if (delay > 0) this.#listener.event('retry', { ...origin, attempt: 0, delay, cause });
        return delay;
      },
      verdict: (end) => this.#verdict(end),
      opened: () => {
        this.subscriptions.opened(connection);
        this.#senders[connection]!.opened();
        this.#settle(connection);
      },
      ...(gapPolicy === 'buffer' && { textBytes: (data: Uint8Array) => this.#replay(connection, data) }),
    };
  }

  #verdict({ status, code }: ConnectionEnd): Verdict {
    // What answers so has gone away for a while.
    if (status === 503) this.#pacing.maintenance = true;
    const terminal = code === TERMINAL_CLOSE || (status !== undefined && TERMINAL_STATUSES.has(status));
    return terminal ? 'give-up' : 'retry';
  }

  #tokensOf({ account }: Place): TokenSource | undefined {
    return account === 'public' ? undefined : this.#options.tokens;
  }

  #connection(connection: number): Connection | undefined {
    return this.#core.slots[connection]!.connection;
  }

  *#pinged() {
    for (const { place, connection } of this.#core.slots) {
      if (!connection) continue;
      const sender = this.#senders[place.connection]!;
      yield {
        open: connection.open,
        heardAt: connection.heardAt,
        sentAt: sender.sentAt,
        ping: () => sender.ping(),
      };
    }
  }

  #tellLater(connection: number): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#tellChanged());
    this.#changed.add(connection);
  }

  #tellChanged(): void {
    const connections = [...this.#changed];
    this.#changed.clear();
    for (const connection of connections) {
      if (!this.#connection(connection)?.open) continue;
      this.#senders[connection]!.pump();
      this.#settle(connection);
    }
  }

  /** Brings the connection's state to what its subscriptions and books are in. */
  #settle(index: number): void {
    const connection = this.#connection(index);
    if (!connection?.open) return;
    if (this.subscriptions.settled(index)) connection.subscribed();
    connection.resyncing(this.#books.isResyncing(index));
  }

  #noToken(place: Place, error: unknown): void {
    const shown =
      error instanceof TickringError
        ? error
        : new ConnectionError('the token could not be fetched', { cause: error });
    if (error instanceof AuthenticationError)
      this.subscriptions.refuseAll(place.connection, this.#redact(error.message));
    this.#listener.event('error', shown, originOf(place));
  }

  #refusedFor(stream: Stream, reason: string, connection: number): void {
    const { channel, symbol } = stream.spec;
    this.#acknowledgements.refused(stream, reason);
    this.#event('refused', { channel, symbol, reason, connection, retried: stream.everLive });
  }

  /** False when it is not wanted on that connection. */
  #resubscribe(connection: number, channel: Channel, symbol: string | undefined): boolean {
    const streams = this.#streamsOn(connection, channel, symbol);
    for (const stream of streams) this.subscriptions.resync(stream);
    return streams.length > 0;
  }

  #streamsOn(connection: number, channel: Channel, symbol: string | undefined): Stream[] {
    const streams = this.subscriptions.find(slotOf(channel, symbol));
    return streams.filter(({ line }) => line?.place.connection === connection);
  }

  /** Under the gap policy `'buffer'`: what a snapshot does not have yet is put in again behind it. */
  #replay(connection: number, data: Uint8Array): void {
    for (const text of this.gapBuffer.take(connection, data, epochNow())) {
      this.counts.replayed += 1;
      this.#core.slots[connection]!.intake.take(Buffer.from(text), false, epochNow(), undefined);
    }
  }

  #redact(text: string): string {
    return this.#options.tokens?.redact(text) ?? text;
  }

  #event<Name extends keyof KrakenControlEvents>(name: Name, ...values: KrakenControlEvents[Name]): void {
    if (name === 'gap') this.counts.gaps += 1;
    this.#listener.event(name, ...values);
  }

  #stateChanged(place: Place, change: StateChange): void {
    const { connection } = place;
    const origin = originOf(place);
    const down = change.cause === 'gave-up' || change.cause === 'credentials-refused';
    if (change.to === 'degraded' || change.to === 'closed') this.#forget(connection);
    // First, because a listener may bring the connection back.
    const unplaced = down ? this.subscriptions.lose(connection) : [];
    const error = this.#connection(connection)?.lastError;
    const reason = error?.message ?? 'the connection was given up';
    for (const stream of unplaced) this.#acknowledgements.refused(stream, reason);
    this.#event('state', { ...origin, ...change });
    if (change.cause === 'gave-up') this.#event('gave-up', { ...origin, error });
    if (unplaced.length > 0) {
      const subscriptions = unplaced.map(({ spec: { channel, symbol } }) => ({ channel, symbol, reason }));
      this.#event('unplaced', { ...origin, subscriptions });
    }
  }

  /** The service forgets everything with the socket. */
  #forget(connection: number): void {
    this.#senders[connection]!.closed();
    this.#requests.forget(connection);
    this.#books.opened(connection);
    this.#texts.opened(connection);
    this.gapBuffer.forget(connection);
    this.subscriptions.opened(connection);
  }
}

function originOf({ connection, account }: Place): KrakenOrigin {
  return { connection, endpoint: account as Endpoint };
}
