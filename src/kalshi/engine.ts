import { ClosedError, ConnectionError, type TickringError } from '../errors.ts';
import type { Connection, ConnectionVenue } from '../feed/connection.ts';
import type { StateChange } from '../feed/connection-state.ts';
import { FeedCore } from '../feed/feed-core.ts';
import type { FeedMemory } from '../feed/feed-memory.ts';
import type { FeedReport } from '../feed/health.ts';
import type { Place } from '../feed/subscriptions.ts';
import type { ArenaSymbols } from '../memory/arena-symbols.ts';
import { epochNow } from '../memory/clock.ts';
import { Acknowledgements, type SubscribeResult } from './acknowledgements.ts';
import { BookRecovery, type BookResync } from './book-recovery.ts';
import {
  type Channel,
  checkedChannel,
  type SubscribeRequest,
  selectionOf,
  specOf,
  type UnsubscribeRequest,
} from './channels.ts';
import { type Answer, Commands } from './commands.ts';
import { newCounts } from './engine-counts.ts';
import type { HeldSubscription, KalshiControlEvents, KalshiOrigin } from './events.ts';
import { Gaps } from './gaps.ts';
import { HandedOnTexts } from './handed-on.ts';
import type { RemoteSubscription } from './messages.ts';
import type { ResolvedKalshiOptions } from './options.ts';
import { CREDENTIAL_STATUSES, TERMINAL_ERRORS, TERMINAL_STATUSES } from './protocol.ts';
import { Queries } from './queries.ts';
import { Sender } from './sender.ts';
import { KalshiServiceError } from './service-error.ts';
import { ALL, type Stream } from './stream.ts';
import { KalshiSubscriptions, type Refusal } from './subscriptions.ts';

export interface EngineListener {
  event<Name extends keyof KalshiControlEvents>(name: Name, ...values: KalshiControlEvents[Name]): void;
}

type ServiceErrorAnswer = Extract<Answer, { type: 'error' }>;

const REFUSED_HINT =
  'check keyId and the private key, that the key is of this environment (production and demo have keys of their own), and the clock of this machine';

/** What keeps a feed's connections streaming what is wanted: supervision, subscriptions, recovery. Lives on the feed's thread. */
export class KalshiEngine {
  readonly subscriptions: KalshiSubscriptions;
  readonly counts = newCounts();
  readonly texts: HandedOnTexts;
  readonly #options: ResolvedKalshiOptions;
  readonly #listener: EngineListener;
  readonly #core: FeedCore;
  readonly #acknowledgements = new Acknowledgements();
  readonly #commands: Commands;
  readonly #queries: Queries;
  readonly #senders: readonly Sender[];
  readonly #recovery: BookRecovery;
  readonly #gaps: Gaps;

  constructor(
    options: ResolvedKalshiOptions,
    memory: FeedMemory,
    tables: ReadonlyMap<number, ArenaSymbols>,
    listener: EngineListener,
  ) {
    this.#options = options;
    this.#listener = listener;
    const { places, ackTimeout, ackAttempts, marketsPerCommand, books, signer } = options;
    const { counts } = this;
    this.#commands = new Commands(ackTimeout, (connection, text) => {
      const sent = this.#connection(connection)?.send(text) ?? false;
      if (sent) counts.commands += 1;
      return sent;
    });
    this.subscriptions = new KalshiSubscriptions({
      places,
      books,
      perCommand: marketsPerCommand,
      attempts: ackAttempts,
      timeout: ackTimeout,
      listener: {
        needed: (connection) => this.#core.open(connection),
        changed: ({ place }) => this.#senders[place.connection]!.changed(),
        confirmed: (stream, items) => this.#confirmed(stream, items),
        missing: (stream, items) => this.#missing(stream, items),
        refused: (stream, items, refusal) => this.#refused(stream, items, refusal),
        removed: (stream, items) => {
          this.#expectNot(stream, items);
          this.#acknowledgements.refused(stream.channel, items, 'it was unsubscribed before that');
        },
        gone: (stream, items) => this.#gone(stream, items),
        dropped: (stream, items) => this.#acknowledgements.gone(stream, items),
        narrowed: (stream, left) => this.#narrowed(stream, left),
        tooFast: (connection) => {
          counts.rateLimited += 1;
          this.#senders[connection]!.tooFast();
        },
        failed: (stream, refusal) => this.#failed(stream, refusal),
      },
    });
    this.#queries = new Queries({
      commands: this.#commands,
      subscriptions: this.subscriptions,
      perCommand: marketsPerCommand,
      redact: (text) => signer.redact(text),
    });
    this.#senders = places.map(
      ({ connection }) =>
        new Sender({
          connection,
          subscriptions: this.subscriptions,
          commands: this.#commands,
          onUnanswered: () => {
            counts.unanswered += 1;
          },
          onSettled: () => this.#settle(connection),
        }),
    );
    this.texts = new HandedOnTexts({
      event: (name, ...values) => this.#event(name, ...values),
      redact: (text) => signer.redact(text),
      answered: (connection, answer) => {
        const answered = this.#commands.answered(connection, answer);
        if (answered && answer.type === 'error') {
          counts.serviceErrors += 1;
          this.#endedBy(connection, answer);
        }
        if (!answered && answer.type !== 'data') this.subscriptions.late(connection, answer);
        // Now, and not at the end of the turn: who waited for this sees the state that follows from it.
        this.#settle(connection);
        return answered;
      },
      failed: (connection, error) => this.#serviceFailed(connection, error),
      broken: (connection, broken) => this.#gaps.broken(connection, broken),
    });
    this.#recovery = new BookRecovery({
      tables,
      stepTimeout: options.recoveryTimeout,
      marketsOf: (connection) => this.#marketsOf(connection),
      isStreaming: (connection) => {
        const stream = this.#bookStream(connection);
        return stream?.sid !== undefined && !stream.renewing;
      },
      isSettled: (connection) => this.#areBooksSettled(connection),
      epochOf: (connection) => this.#epochOf(connection),
      isBehind: (connection) => {
        const { intake } = this.#core.slots[connection]!;
        return intake.paused || intake.occupancy > 0;
      },
      askSnapshots: (connection, markets, asking) => {
        const stream = this.#bookStream(connection);
        return stream?.sid !== undefined && this.#queries.askSnapshots(stream, markets, asking);
      },
      resubscribe: (connection) => {
        const stream = this.#bookStream(connection);
        return stream !== undefined && this.subscriptions.renew(stream);
      },
      reconnect: (connection) => this.#reopen(connection),
      onFound: (connection, markets, reason) => this.#gaps.found(connection, markets, reason),
      onResync: (resync) => this.#resynced(resync),
    });
    this.#gaps = new Gaps({
      tables,
      subscriptions: this.subscriptions,
      recovery: this.#recovery,
      onGap: (gap) => {
        counts.gaps += 1;
        this.#event('gap', gap);
      },
    });
    this.#core = new FeedCore({
      venue: {
        kernel: 'kalshi',
        connection: (place) => this.#venueOf(place),
        handedOn: (text, place) => this.texts.take(text, text.epoch === this.#epochOf(place.connection)),
      },
      places,
      memory,
      connection: { ...options, failFast: options.connectStrategy === 'simple' },
      whenFull: options.whenFull,
      stallLimit: options.stallLimit,
      listener: {
        stateChanged: (place, change) => this.#stateChanged(place, change),
        failed: (error, place) => this.#event('error', error, place && originOf(place)),
        retrying: (place, attempt, delay) => this.#event('retry', { ...originOf(place), attempt, delay }),
        quarantined: (frame) => this.#event('quarantine', frame),
        expelled: (reader) => this.#event('expelled', reader),
      },
    });
  }

  /** Markets whose books are left as they are because nothing mended them. */
  get degradedBooks(): readonly string[] {
    return this.#recovery.degraded;
  }

  report(): FeedReport {
    return this.#core.report();
  }

  /** @throws ClosedError, DecoderError */
  async start(): Promise<void> {
    await this.#core.start();
    // Closed meanwhile.
    if (this.#core.closed) throw new ClosedError('this feed');
    for (const { connection } of this.#options.places)
      if (this.subscriptions.inUse(connection)) this.#core.open(connection);
    this.#recovery.start();
  }

  /** @throws CapacityError, ArgumentError */
  subscribe(request: SubscribeRequest): Promise<SubscribeResult> {
    const spec = specOf(request, this.#options.useYesPrice);
    const targets = this.subscriptions.add(spec);
    // Who waits for them to leave waits in vain.
    for (const { stream, item } of targets) this.#acknowledgements.gone(stream, [item]);
    const confirmed = targets.filter(({ stream, item }) => isConfirmed(stream, item));
    const inAll = spec.items !== 'all' && targets.some(({ item }) => item === ALL) ? spec.items : [];
    return this.#acknowledgements.all(spec.channel, itemsOf(targets), itemsOf(confirmed), inAll);
  }

  /** @throws ArgumentError */
  async unsubscribe(request: UnsubscribeRequest): Promise<void> {
    const channel = checkedChannel(request.channel);
    const { items } = selectionOf(request);
    const held = this.subscriptions.remove(channel, items);
    await Promise.all(held.map(({ stream, item }) => this.#acknowledgements.leaving(stream, item)));
  }

  /** See `KalshiFeed.resync`. */
  resync(markets: readonly string[] | undefined): boolean {
    let any = false;
    for (const { connection } of this.#options.places) {
      const mine = this.#marketsOf(connection).filter((market) => markets?.includes(market) ?? true);
      if (this.#recovery.restart(connection, mine)) any = true;
    }
    return any;
  }

  /** See `KalshiFeed.clear`. */
  clear(markets: readonly string[] | undefined): boolean {
    let any = false;
    for (const { connection } of this.#options.places) {
      const stream = this.#bookStream(connection);
      if (stream?.sid === undefined) continue;
      const held = [...stream.held];
      const left = markets ? held.filter((market) => !markets.includes(market)) : [];
      if (left.length === held.length) continue;
      this.#expectNot(
        stream,
        held.filter((market) => !left.includes(market)),
      );
      this.#narrowed(stream, left);
      any = true;
    }
    return any;
  }

  /** @throws ConnectionError, KalshiServiceError (reject) */
  async listSubscriptions(): Promise<(RemoteSubscription & KalshiOrigin)[]> {
    const open = this.#options.places.filter(({ connection }) => this.#connection(connection)?.open);
    if (open.length === 0) throw new ConnectionError('no connection is open');
    const lists = await Promise.all(open.map(({ connection }) => this.#queries.list(connection)));
    return lists.flat();
  }

  /** @throws ArgumentError, ConnectionError, KalshiServiceError (reject) */
  listReferences(channel: Channel): Promise<string[]> {
    return this.#queries.references(checkedChannel(channel));
  }

  /** @throws ArgumentError, ConnectionError, KalshiServiceError (reject) */
  getSnapshot(markets: readonly string[]): Promise<SubscribeResult> {
    return this.#queries.snapshots(markets);
  }

  async close(deadline: number): Promise<void> {
    this.#recovery.stop();
    for (const sender of this.#senders) sender.closed();
    this.#acknowledgements.close(new ClosedError('this feed'));
    await this.#core.close(deadline);
    this.#commands.stop();
  }

  #venueOf(place: Place): ConnectionVenue {
    const { connection } = place;
    const { url, signer } = this.#options;
    return {
      // Signed anew for each connect.
      request: async () => ({ url, headers: signer.headers() }),
      renewable: false,
      refusedHint: REFUSED_HINT,
      redact: (text) => signer.redact(text),
      verdict: ({ status }) => {
        if (status === undefined) return 'retry';
        if (CREDENTIAL_STATUSES.has(status)) return 'credentials';
        return TERMINAL_STATUSES.has(status) ? 'give-up' : 'retry';
      },
      opened: () => {
        this.subscriptions.opened(connection);
        this.#senders[connection]!.opened();
        this.#settle(connection);
      },
    };
  }

  #connection(connection: number): Connection | undefined {
    return this.#core.slots[connection]!.connection;
  }

  /** How often the connection has been opened, if it is open. */
  #epochOf(connection: number): number | undefined {
    const { connection: open, intake } = this.#core.slots[connection]!;
    return open?.open ? intake.epoch : undefined;
  }

  #bookStream(connection: number): Stream | undefined {
    return this.subscriptions.on(connection).find(({ channel }) => channel === 'orderbook_delta');
  }

  /** Markets whose books the service streams on a connection, as it has been asked to. */
  #marketsOf(connection: number): string[] {
    const stream = this.#bookStream(connection);
    return stream
      ? [...stream.wanted].flatMap(([name, { refusal }]) => (refusal === undefined ? name : []))
      : [];
  }

  #areBooksSettled(connection: number): boolean {
    if (this.#epochOf(connection) === undefined) return false;
    const stream = this.#bookStream(connection);
    return !stream || this.subscriptions.isSettled(stream);
  }

  /** Brings the connection's state to what its subscriptions and books are in. */
  #settle(index: number): void {
    const connection = this.#connection(index);
    if (!connection?.open) return;
    if (this.subscriptions.settled(index)) connection.subscribed();
    connection.resyncing(this.#recovery.isResyncing(index));
  }

  #reopen(connection: number): boolean {
    const open = this.#connection(connection);
    if (!open?.open) return false;
    open.reopen(
      new ConnectionError('the books of this connection could not be mended on it: it is opened anew'),
    );
    return true;
  }

  #resynced(resync: BookResync): void {
    const { counts } = this;
    const { outcome, step, connection } = resync;
    if (outcome === 'done') counts.resynced += 1;
    else if (outcome === 'degraded') counts.degraded += 1;
    else if (step === 'snapshot') counts.snapshotsAsked += 1;
    else if (step === 'resubscribe') counts.resubscribes += 1;
    else counts.reopens += 1;
    this.#settle(connection);
    this.#event('resync', resync);
  }

  #confirmed({ channel, place, wanted }: Stream, items: readonly string[]): void {
    if (channel === 'orderbook_delta') {
      const isListed = (item: string) => wanted.get(item)?.listed === true;
      this.#recovery.expect(place.connection, items.filter(isListed), true);
      this.#recovery.expect(
        place.connection,
        items.filter((item) => !isListed(item)),
        false,
      );
    }
    this.#acknowledgements.confirmed(channel, items);
  }

  /** Books of these are not to come any more. */
  #expectNot({ channel, place }: Stream, items: readonly string[]): void {
    if (channel === 'orderbook_delta') this.#recovery.expectNot(place.connection, items);
  }

  #missing(stream: Stream, items: readonly string[]): void {
    this.counts.missing += items.length;
    this.#acknowledgements.missing(stream.channel, items);
    this.#unsubscribed(stream, items, 'missing', undefined);
  }

  #refused(stream: Stream, items: readonly string[], refusal: Refusal): void {
    const { channel, place } = stream;
    const error = this.#serviceError(stream, refusal);
    this.#acknowledgements.refused(channel, items, error.message);
    const named = items.filter((item) => item !== ALL);
    const { number } = refusal;
    this.#event('refused', { ...originOf(place), channel, items: named, reason: error.message, number });
  }

  #failed(stream: Stream, refusal: Refusal): void {
    this.#event('error', this.#serviceError(stream, refusal), originOf(stream.place));
  }

  #serviceError({ channel, sid }: Partial<Stream>, { words, number }: Refusal): KalshiServiceError {
    return new KalshiServiceError(this.#options.signer.redact(words), { number, channel, sid });
  }

  /** An error that answers no command. */
  #serviceFailed(connection: number, error: ServiceErrorAnswer): void {
    const { sid, number, words } = error;
    this.counts.serviceErrors += 1;
    const stream = this.subscriptions.bySid(connection, sid);
    const about = { sid, ...(stream && { channel: stream.channel }) };
    this.#event('error', this.#serviceError(about as Partial<Stream>, { words, number }), { connection });
    this.#endedBy(connection, error);
  }

  /** Some errors are the last word on a subscription, also when they answer a command about it. */
  #endedBy(connection: number, { sid, number }: ServiceErrorAnswer): void {
    const stream = this.subscriptions.bySid(connection, sid);
    if (stream && number !== undefined && TERMINAL_ERRORS.has(number)) this.#ended(stream, sid!, number);
  }

  #ended(stream: Stream, sid: number, number: number): void {
    this.counts.ended += 1;
    const items = this.subscriptions.ended(stream).filter((item) => item !== ALL);
    this.#gaps.ended(stream, sid, items, number);
    this.#unsubscribed(stream, items, 'ended', number);
  }

  #gone(stream: Stream, items: readonly string[]): void {
    this.#expectNot(stream, items);
    this.#acknowledgements.gone(stream, items);
    const asked = items.filter((item) => !stream.wanted.has(item));
    const isOpen = this.#connection(stream.place.connection)?.open === true;
    if (asked.length > 0 && isOpen) this.#unsubscribed(stream, asked, 'asked', undefined);
  }

  #unsubscribed(
    { place, channel }: Stream,
    items: readonly string[],
    reason: 'asked' | 'missing' | 'ended',
    number: number | undefined,
  ): void {
    const named = items.filter((item) => item !== ALL);
    this.#event('unsubscribed', { ...originOf(place), channel, items: named, reason, number });
  }

  /** The decoder is told which books are left, in the service's words, where that does not say it. */
  #narrowed({ place, channel, sid }: Stream, left: readonly string[]): void {
    if (channel !== 'orderbook_delta') return;
    const text = JSON.stringify({ type: 'ok', sid, msg: { market_tickers: left } });
    this.#core.slots[place.connection]!.intake.take(Buffer.from(text), false, epochNow(), undefined);
  }

  #event<Name extends keyof KalshiControlEvents>(name: Name, ...values: KalshiControlEvents[Name]): void {
    this.#listener.event(name, ...values);
  }

  #stateChanged(place: Place, change: StateChange): void {
    const { connection } = place;
    const origin = originOf(place);
    const isOver = change.to === 'degraded' || change.to === 'closed';
    const subscriptions = isOver ? this.#heldBy(connection) : [];
    if (isOver) this.#forget(connection);
    const error: TickringError | undefined = this.#connection(connection)?.lastError;
    this.#event('state', { ...origin, ...change });
    const isLost = change.cause === 'socket-lost' || change.cause === 'silent';
    if (isLost && error) this.#event('connection-lost', { ...origin, error, subscriptions });
    if (change.cause === 'gave-up') this.#event('gave-up', { ...origin, error });
  }

  #heldBy(connection: number): HeldSubscription[] {
    return this.subscriptions.on(connection).flatMap(({ channel, sid, held }) => {
      const items = [...held].filter((item) => item !== ALL);
      return sid === undefined ? [] : [{ channel, sid, items }];
    });
  }

  /** The service forgets everything with the socket. */
  #forget(connection: number): void {
    this.#senders[connection]!.closed();
    this.#commands.forget(connection);
    this.subscriptions.opened(connection);
    this.#recovery.opened(connection);
    this.#gaps.opened(connection);
  }
}

function isConfirmed(stream: Stream, item: string): boolean {
  return stream.held.has(item) && stream.wanted.get(item)?.unverified === false;
}

function itemsOf(targets: readonly { readonly item: string }[]): string[] {
  return targets.map(({ item }) => item);
}

function originOf({ connection }: Place): KalshiOrigin {
  return { connection };
}
