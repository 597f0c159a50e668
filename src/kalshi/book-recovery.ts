import type { ArenaSymbols } from '../memory/arena-symbols.ts';
import { BookControl } from '../memory/book-control.ts';
import { BookSnapshot } from '../memory/book-snapshot.ts';
import { BookTable } from '../memory/book-table.ts';
import { Counters } from '../memory/counters.ts';
import { COUNT_BOOKS_FAILED } from '../memory/counters-layout.ts';
import { FirstSnapshots } from './first-snapshots.ts';
import type { SnapshotListener } from './queries.ts';

/** What is done about books that are not to be trusted, from the least to the most. */
export type RecoveryStep = 'snapshot' | 'resubscribe' | 'reconnect';

/** How mending goes: of a connection's books, because its messages are numbered for all of them together. */
export interface BookResync {
  readonly connection: number;
  /**
   * `asked`: the first step is taken; `step`: the one before did not bring all books back in time, and the next is taken. `done`: all
   * stand again. `degraded`: no step helped; they are left as they are.
   */
  readonly outcome: 'asked' | 'step' | 'done' | 'degraded';
  readonly step: RecoveryStep;
  /** Markets whose books are not to be trusted; of `done`, that were not. */
  readonly markets: readonly string[];
  /** ms since it was noticed */
  readonly duration: number;
}

export interface BookRecoveryOptions {
  readonly tables: ReadonlyMap<number, ArenaSymbols>;
  /** How long each step may take, ms. */
  readonly stepTimeout: number;
  /** Markets whose books the connection's service is to stream: held as well as wanted. */
  readonly marketsOf: (connection: number) => readonly string[];
  /** Whether its service streams its books, and is not about to be told to stop that. */
  readonly isStreaming: (connection: number) => boolean;
  /** Whether its service has answered to all that was asked about its books. */
  readonly isSettled: (connection: number) => boolean;
  /** How often the connection has been opened, if it is open: what is older is of no interest. */
  readonly epochOf: (connection: number) => number | undefined;
  /** Whether more of it has been received than its decoder has come to. */
  readonly isBehind: (connection: number) => boolean;
  /** Each step. False when it cannot be taken. */
  readonly askSnapshots: (
    connection: number,
    markets: readonly string[],
    listener: SnapshotListener,
  ) => boolean;
  readonly resubscribe: (connection: number) => boolean;
  readonly reconnect: (connection: number) => boolean;
  /** Books that nobody had been told of are found to be wrong, or have not come. */
  readonly onFound: (
    connection: number,
    markets: readonly string[],
    reason: 'unusable' | 'no-snapshot',
  ) => void;
  readonly onResync: (resync: BookResync) => void;
}

interface WatchedBooks {
  readonly table: BookTable;
  readonly control: BookControl;
  readonly counters: Counters;
  /** Failures that its decoder had counted when all books were looked at. */
  failures: number;
}

/** Books of a connection that are not to be trusted. */
interface Episode {
  readonly connection: number;
  readonly markets: Set<string>;
  /** All that were in it. */
  readonly all: Set<string>;
  /** Those that are to be sent anew though they may look right: they stand again when their snapshots have come. */
  readonly doubted: Set<string>;
  /** On account of these no more than snapshots is asked for: more has been tried, or the service may not have them at all. */
  readonly spared: Set<string>;
  /** `waiting`: for its turn. */
  phase: 'waiting' | 'mending' | 'degraded';
  step: RecoveryStep;
  /** Times that snapshots were asked for. */
  asks: number;
  readonly since: number;
  /** When its turn comes, or the step was taken. */
  at: number;
}

/** What an episode begins with. */
interface Beginning extends Pick<Episode, 'connection'> {
  readonly markets: Iterable<string>;
  readonly step: 'snapshot' | 'resubscribe';
  readonly doubted: Iterable<string>;
  readonly spared: Iterable<string>;
}

/** How often it is looked whether a decoder has counted a failure, and, while books are being mended, at those, ms. */
const COUNT_EVERY = 50;
const LOOK_OFTEN = 10;

/** New gaps while snapshots are on their way: they are asked for so often before the next step. */
const MOST_ASKS = 3;

/** Mending that begins so soon after the last one ended, ms, waits: at first so long, and then twice as long each time. */
const SETTLED_AFTER = 10_000;
const FIRST_WAIT = 100;
const MOST_WAIT = 5000;

/**
 * Has books mended that are not to be trusted: asks for snapshots, and if they do not all come back in time, for the subscription
 * anew, and then for the connection anew. It looks at the books themselves, because that is where the truth is.
 */
export class BookRecovery {
  readonly #options: BookRecoveryOptions;
  readonly #books = new Map<number, WatchedBooks>();
  readonly #episodes = new Map<number, Episode>();
  readonly #first: FirstSnapshots;
  /** By connection: when mending last ended, and how often in a row it was needed. */
  readonly #ended = new Map<number, { readonly at: number; readonly inARow: number }>();
  /** Heads only. */
  readonly #head = new BookSnapshot(0);
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: BookRecoveryOptions) {
    this.#options = options;
    this.#first = new FirstSnapshots(options.stepTimeout);
    for (const [connection, { arena, symbols }] of options.tables) {
      const table = new BookTable(arena, symbols);
      const control = new BookControl(arena, table);
      this.#books.set(connection, { table, control, counters: new Counters(arena), failures: 0 });
    }
  }

  start(): void {
    if (!this.#timer && !this.#stopped) this.#lookLater();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Whether books of the connection are being mended. */
  isResyncing(connection: number): boolean {
    const episode = this.#episodes.get(connection);
    return episode !== undefined && episode.phase !== 'degraded';
  }

  /** Markets whose books are left as they are because no step helped. */
  get degraded(): string[] {
    return [...this.#episodes.values()].flatMap(({ phase, markets }) =>
      phase === 'degraded' ? [...markets] : [],
    );
  }

  /** Of these markets, or of all: those whose books are not to be trusted. */
  untrusted(connection: number, markets = this.#options.marketsOf(connection)): string[] {
    return markets.filter((market) => !this.#stands(connection, market));
  }

  /**
   * The service has acknowledged these books: each begins with a snapshot. One that has not come in time is not to be trusted.
   *
   * @param listed whether it has named them; otherwise it may not have them, and no step is taken that others would suffer from
   */
  expect(connection: number, markets: readonly string[], listed: boolean): void {
    this.#first.expect(connection, markets, listed);
  }

  /** These are not to come any more. */
  expectNot(connection: number, markets: readonly string[]): void {
    this.#first.forget(connection, markets);
  }

  /** These books are not to be trusted. `step`: what is to be done first; `'resubscribe'` when that has been done already. */
  failed(connection: number, markets: readonly string[], step: 'snapshot' | 'resubscribe'): void {
    this.#noteFailures(connection);
    this.#failed(connection, markets, step, []);
  }

  #failed(
    connection: number,
    markets: readonly string[],
    step: 'snapshot' | 'resubscribe',
    spared: readonly string[],
  ): void {
    if (markets.length === 0 || this.#stopped) return;
    const known = this.#episodes.get(connection);
    if (known && known.phase !== 'degraded') {
      for (const market of spared) known.spared.add(market);
      for (const market of markets) this.#add(known, market);
      if (step === 'resubscribe') this.#took(known, 'resubscribe', 'step');
      else if (known.phase === 'mending' && this.#canAsk(known)) this.#askSnapshots(known);
      return;
    }
    if (known) this.#setDegraded(known, false);
    const all = [...(known?.all ?? []), ...markets];
    this.#begin({
      connection,
      markets: all,
      step,
      doubted: [],
      spared: [...(known?.markets ?? []), ...spared],
    });
  }

  /** Somebody wants the connection's books mended, whether or not they are known to be wrong. False when it carries none. */
  restart(connection: number, markets: readonly string[]): boolean {
    const known = this.#episodes.get(connection);
    if (known && known.phase !== 'degraded') {
      for (const market of markets) known.spared.delete(market);
      this.#doubt(known, markets);
      return true;
    }
    if (known) this.#setDegraded(known, false);
    if (this.#options.epochOf(connection) === undefined || markets.length === 0) return false;
    const all = [...(known?.all ?? []), ...markets];
    this.#begin({ connection, markets: all, step: 'snapshot', doubted: all, spared: [] });
    return true;
  }

  /** Books that are in no step so far join the one that is being taken. */
  #doubt(episode: Episode, markets: readonly string[]): void {
    const more = markets.filter((market) => !episode.markets.has(market));
    if (more.length === 0) return;
    for (const market of more) this.#add(episode, market);
    // The other steps bring all books anew.
    if (episode.step !== 'snapshot') return;
    for (const market of more) episode.doubted.add(market);
    if (episode.phase === 'mending') this.#askSnapshots(episode);
  }

  /** The connection was opened or lost: its books are empty, and come back with their snapshots. */
  opened(connection: number): void {
    const episode = this.#episodes.get(connection);
    if (!episode) return;
    if (episode.phase === 'degraded') {
      this.#setDegraded(episode, false);
      this.#episodes.delete(connection);
      return;
    }
    episode.step = 'reconnect';
    episode.doubted.clear();
    episode.phase = 'mending';
    episode.at = performance.now();
  }

  #begin({ connection, markets, step, doubted, spared }: Beginning): void {
    const now = performance.now();
    const ended = this.#ended.get(connection);
    const inARow = ended && now - ended.at < SETTLED_AFTER ? ended.inARow : 0;
    const wait = inARow === 0 ? 0 : Math.min(FIRST_WAIT * 2 ** (inARow - 1), MOST_WAIT);
    const episode: Episode = {
      connection,
      markets: new Set(markets),
      all: new Set(markets),
      doubted: new Set(doubted),
      spared: new Set(spared),
      phase: 'waiting',
      step,
      asks: 0,
      since: now,
      at: now + wait,
    };
    this.#episodes.set(connection, episode);
    if (step === 'resubscribe') this.#took(episode, step, 'asked');
    else if (wait === 0) this.#take(episode, 'snapshot', 'asked');
    this.#lookLater();
  }

  #add(episode: Episode, market: string): void {
    episode.markets.add(market);
    episode.all.add(market);
  }

  #take(episode: Episode, step: RecoveryStep, outcome: 'asked' | 'step'): void {
    const { connection } = episode;
    const { resubscribe, reconnect } = this.#options;
    // Before it is taken: taking it may bring news of this very episode.
    this.#took(episode, step, outcome);
    if (this.#episodes.get(connection) !== episode || episode.step !== step) return;
    if (step === 'snapshot') this.#askSnapshots(episode);
    else if (step === 'reconnect') reconnect(connection);
    else if (resubscribe(connection))
      for (const market of this.#options.marketsOf(connection)) this.#add(episode, market);
    else this.#escalate(episode);
  }

  #took(episode: Episode, step: RecoveryStep, outcome: 'asked' | 'step'): void {
    episode.phase = 'mending';
    episode.step = step;
    if (step !== 'snapshot') episode.doubted.clear();
    episode.asks = 0;
    episode.at = performance.now();
    this.#tell(episode, outcome, episode.markets);
  }

  /** Whether snapshots are of use now: the other steps bring them by themselves, but of what has begun some may be lost, too. */
  #canAsk({ connection, step }: Episode): boolean {
    return step === 'snapshot' || this.#options.isStreaming(connection);
  }

  #askSnapshots(episode: Episode): void {
    const { connection, markets, step } = episode;
    episode.asks += 1;
    const listener: SnapshotListener = {
      came: (market) => episode.doubted.delete(market),
      refused: () => {
        const isCurrent = this.#episodes.get(connection) === episode && episode.phase === 'mending';
        if (isCurrent && episode.step === step) this.#escalate(episode);
      },
    };
    if (episode.asks > MOST_ASKS || !this.#options.askSnapshots(connection, [...markets], listener))
      this.#escalate(episode);
  }

  #escalate(episode: Episode): void {
    const { markets, spared } = episode;
    if ([...markets].every((market) => spared.has(market))) this.#degrade(episode);
    else if (episode.step === 'snapshot') this.#take(episode, 'resubscribe', 'step');
    else if (episode.step === 'resubscribe') this.#take(episode, 'reconnect', 'step');
    else this.#degrade(episode);
  }

  #degrade(episode: Episode): void {
    episode.phase = 'degraded';
    this.#setDegraded(episode, true);
    this.#tell(episode, 'degraded', episode.markets);
  }

  #look(): void {
    for (const episode of [...this.#episodes.values()]) this.#lookAt(episode);
    this.#lookForFirst();
    // The text that tells of it has been sent, and may still have to be received: that comes before.
    if (this.#suspects().length > 0) setImmediate(() => this.#search());
    this.#lookLater();
  }

  #lookAt(episode: Episode): void {
    const { connection, markets, doubted, spared, phase, step, at } = episode;
    const now = performance.now();
    if (phase === 'waiting') {
      if (now >= at) this.#take(episode, step, 'asked');
      return;
    }
    // Until the connection is open again, and its service has answered, there is nothing to see, and nothing to wait for.
    if (step !== 'snapshot' && !this.#options.isSettled(connection)) {
      if (step === 'reconnect') episode.at = now;
      else if (now - at >= this.#options.stepTimeout && phase === 'mending') this.#escalate(episode);
      return;
    }
    const wanted = new Set(this.#options.marketsOf(connection));
    for (const market of markets) {
      const stands = this.#stands(connection, market) && !doubted.has(market);
      if (!stands && wanted.has(market)) continue;
      markets.delete(market);
      spared.delete(market);
    }
    if (markets.size === 0) this.#done(episode);
    else if (phase === 'mending' && now - at >= this.#options.stepTimeout) this.#escalate(episode);
  }

  /** Acknowledged books that have not come in time. Those that are being mended anyway, or were given up, are awaited no longer. */
  #lookForFirst(): void {
    const isAwaited = (connection: number, market: string) => {
      const state = this.#stateOf(connection, market) ?? 'empty';
      return state === 'empty' && !this.#episodes.get(connection)?.markets.has(market);
    };
    for (const { connection, markets, listed } of this.#first.late(isAwaited, this.#options.isBehind)) {
      const late = [...markets];
      this.#options.onFound(connection, late, 'no-snapshot');
      this.#failed(connection, late, 'snapshot', listed ? [] : late);
    }
  }

  #done(episode: Episode): void {
    const { connection, all } = episode;
    if (episode.phase === 'degraded') this.#setDegraded(episode, false);
    this.#episodes.delete(connection);
    const now = performance.now();
    const before = this.#ended.get(connection);
    const inARow = before && episode.since - before.at < SETTLED_AFTER ? before.inARow + 1 : 1;
    this.#ended.set(connection, { at: now, inARow });
    this.#tell(episode, 'done', all);
  }

  /** Connections whose decoders have counted failures of which nobody was told. */
  #suspects(): number[] {
    if (this.#stopped) return [];
    return [...this.#books].flatMap(([connection, { counters, failures }]) =>
      counters.get(COUNT_BOOKS_FAILED) === failures ? [] : [connection],
    );
  }

  /** Books may have failed of which nobody was told: a text that was handed on got lost with its decoder, say. */
  #search(): void {
    for (const connection of this.#suspects()) this.#searchOn(connection);
  }

  #searchOn(connection: number): void {
    this.#noteFailures(connection);
    const known = this.#episodes.get(connection)?.markets;
    const found = this.untrusted(connection).filter(
      (market) => this.#isFailed(connection, market) && !known?.has(market),
    );
    if (found.length === 0) return;
    this.#options.onFound(connection, found, 'unusable');
    this.failed(connection, found, 'snapshot');
  }

  #noteFailures(connection: number): void {
    const books = this.#books.get(connection)!;
    books.failures = books.counters.get(COUNT_BOOKS_FAILED);
  }

  #lookLater(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    const busy = [...this.#episodes.values()].some(({ phase }) => phase !== 'degraded');
    this.#timer = setTimeout(() => this.#look(), busy ? LOOK_OFTEN : COUNT_EVERY);
    this.#timer.unref();
  }

  #stands(connection: number, market: string): boolean {
    const state = this.#stateOf(connection, market);
    return state === 'snapshot' || state === 'live';
  }

  #isFailed(connection: number, market: string): boolean {
    const state = this.#stateOf(connection, market);
    return state === 'resyncing' || state === 'degraded';
  }

  /** The state of the book as its kernel has it; undefined when there is none of the connection as it is now. */
  #stateOf(connection: number, market: string): string | undefined {
    const { table } = this.#books.get(connection)!;
    const place = table.find(market);
    const isThere = place >= 0 && table.read(place, this.#head);
    return isThere && this.#head.epoch === this.#options.epochOf(connection) ? this.#head.state : undefined;
  }

  #tell(episode: Episode, outcome: BookResync['outcome'], markets: ReadonlySet<string>): void {
    const { connection, step, since } = episode;
    const duration = performance.now() - since;
    this.#options.onResync({ connection, outcome, step, markets: [...markets], duration });
  }

  #setDegraded({ connection, markets, all }: Episode, degraded: boolean): void {
    const { table, control } = this.#books.get(connection)!;
    for (const market of degraded ? markets : all) {
      const place = table.find(market);
      if (place >= 0) control.setDegraded(place, degraded);
    }
  }
}
