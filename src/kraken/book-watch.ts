import type { ArenaSymbols } from '../memory/arena-symbols.ts';
import { BookControl } from '../memory/book-control.ts';
import { BookSnapshot } from '../memory/book-snapshot.ts';
import { BookTable } from '../memory/book-table.ts';
import { Counters } from '../memory/counters.ts';
import { COUNT_BOOKS_FAILED } from '../memory/counters-layout.ts';

/** A book whose checksum failed. */
export interface BookGap {
  readonly connection: number;
  readonly symbol: string;
  /**
   * The checksum that came, and that of the book; undefined when they are not known: with the policy `'ignore'`, later messages
   * may have come, and matched, before the failure was noticed.
   */
  readonly expected: number | undefined;
  readonly computed: number | undefined;
  /** Until when it was right: the venue's time, ms since the epoch; undefined when that is not known. */
  readonly goodUntil: number | undefined;
}

/** How a resync goes. */
export interface BookResync {
  readonly connection: number;
  readonly symbol: string;
  /** `asked`: it is being unsubscribed and subscribed. `done`: it stands again. `degraded`: that was too often; it is left. */
  readonly outcome: 'asked' | 'done' | 'degraded';
  /** In a row, from 1. */
  readonly attempt: number;
  /** ms since the check failed */
  readonly duration: number;
}

export interface BookWatchOptions {
  /** Of connections that may carry books, by their numbers. */
  readonly tables: ReadonlyMap<number, ArenaSymbols>;
  /** Whether the kernel waits for a snapshot after a failed check. */
  readonly resync: boolean;
  /** Resyncs in a row before a book is degraded. */
  readonly attempts: number;
  /** Whether it has been acknowledged since it was asked for. */
  readonly isLive: (connection: number, symbol: string) => boolean;
  /** How often the connection has been opened, if it is open: what is older is of no interest. */
  readonly epochOf: (connection: number) => number | undefined;
  /** How long a snapshot may take, ms. */
  readonly snapshotTimeout: number;
  readonly onGap: (gap: BookGap) => void;
  readonly onResync: (resync: BookResync) => void;
  /** Unsubscribes and subscribes; false when it is not wanted any more. */
  readonly resubscribe: (connection: number, symbol: string) => boolean;
}

/** A book that is left as it is when it fails, as it was when it was looked at last. */
interface Left {
  /** Its count of failed checks. */
  readonly mismatches: number;
  readonly failing: boolean;
  /** When the last message came after which it was right. */
  readonly goodReceivedAt: number;
}

interface WatchedBooks {
  readonly table: BookTable;
  readonly control: BookControl;
  readonly counters: Counters;
}

/** How often it is looked whether a decoder has counted a failure, and, while a book is being mended, at all books, ms. */
const COUNT_EVERY = 50;
const LOOK_OFTEN = 20;
/** Every so many counts all books are looked at in any case. */
const COUNTS_A_LOOK = 20;

/** A failure so long after a resync, ms, is another story, and not one more in a row. */
const SETTLED_AFTER = 60_000;

/** The second resync in a row waits so long, ms, and each one after twice as long as the one before. */
const FIRST_WAIT = 500;

/** A book that failed, at present or not long ago. */
interface Episode {
  readonly connection: number;
  readonly place: number;
  readonly symbol: string;
  /** `failing`: it is left as it is, because nobody wants it. `waiting`: for its turn. */
  phase: 'failing' | 'waiting' | 'asked' | 'done' | 'degraded';
  attempt: number;
  /** The book's count of failed checks when it was noticed. */
  mismatches: number;
  /** `performance.now()`: when it was noticed; when it was asked for, or its turn comes; when it ended. */
  since: number;
  at: number;
}

/**
 * Has books that failed their check mended: asks for them anew, a few times in a row, and then leaves them. It looks at the books
 * themselves, because that is where the truth is: when it is told of a failure, and now and then.
 */
export class BookWatch {
  readonly #options: BookWatchOptions;
  readonly #books = new Map<number, WatchedBooks>();
  readonly #episodes = new Map<string, Episode>();
  /** Without resyncs, in place of episodes. */
  readonly #left = new Map<string, Left>();
  /** Heads only. */
  readonly #head = new BookSnapshot(0);
  /** Failures that decoders had counted, and how often that was looked at, since all books were looked at. */
  #failures = 0;
  #counts = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: BookWatchOptions) {
    this.#options = options;
    for (const [connection, { arena, symbols }] of options.tables) {
      const table = new BookTable(arena, symbols);
      const control = new BookControl(arena, table);
      this.#books.set(connection, { table, control, counters: new Counters(arena) });
    }
  }

  start(): void {
    if (!this.#timer && !this.#stopped) this.#lookLater();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Whether a book of the connection is being mended. */
  isResyncing(connection: number): boolean {
    for (const episode of this.#episodes.values()) {
      if (episode.connection === connection && (episode.phase === 'asked' || episode.phase === 'waiting'))
        return true;
    }
    return false;
  }

  /** Books that are left as they are after too many resyncs. */
  get degraded(): string[] {
    return [...this.#episodes.values()]
      .filter(({ phase }) => phase === 'degraded')
      .map(({ symbol }) => symbol);
  }

  /** The connection was opened or lost: its books are empty, and all is new. */
  opened(connection: number): void {
    for (const [key, episode] of this.#episodes) {
      if (episode.connection !== connection) continue;
      if (episode.phase === 'degraded') this.#setDegraded(episode, false);
      this.#episodes.delete(key);
    }
  }

  /** The service streams it no more. What is being mended comes back; what was left as it is begins anew when it comes again. */
  gone(connection: number, symbol: string): void {
    const key = `${connection} ${symbol}`;
    const episode = this.#episodes.get(key);
    if (episode?.phase !== 'degraded' && episode?.phase !== 'failing') return;
    if (episode.phase === 'degraded') this.#setDegraded(episode, false);
    this.#episodes.delete(key);
  }

  /** A message of this book may have failed. */
  suspect(connection: number, symbol: string): void {
    const place = this.#books.get(connection)?.table.find(symbol) ?? -1;
    if (place >= 0) this.#lookAt(connection, place);
    this.#lookLater();
  }

  /** Somebody wants a degraded book tried again. Whether it is degraded. */
  restart(connection: number, symbol: string): boolean {
    const key = `${connection} ${symbol}`;
    const episode = this.#episodes.get(key);
    if (episode?.phase !== 'degraded') return false;
    this.#setDegraded(episode, false);
    episode.since = performance.now();
    this.#next(key, episode, 1);
    return true;
  }

  #look(): void {
    this.#counts = 0;
    for (const [connection, { table }] of this.#books) {
      const { size } = table;
      for (let place = 0; place < size; place++) this.#lookAt(connection, place);
    }
    this.#lookLater();
  }

  #count(): void {
    let failures = 0;
    for (const { counters } of this.#books.values()) failures += counters.get(COUNT_BOOKS_FAILED);
    this.#counts += 1;
    if (failures === this.#failures && this.#counts < COUNTS_A_LOOK) {
      this.#lookLater();
      return;
    }
    this.#failures = failures;
    this.#look();
  }

  #lookLater(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    const busy = [...this.#episodes.values()].some(({ phase }) => phase === 'asked' || phase === 'waiting');
    this.#timer = busy
      ? setTimeout(() => this.#look(), LOOK_OFTEN)
      : setTimeout(() => this.#count(), COUNT_EVERY);
    this.#timer.unref();
  }

  #lookAt(connection: number, place: number): void {
    const { table } = this.#books.get(connection)!;
    const head = this.#head;
    if (!table.read(place, head) || head.epoch !== this.#options.epochOf(connection)) return;
    const key = `${connection} ${head.symbol}`;
    if (!this.#options.resync) {
      this.#leave(key, connection);
      return;
    }
    const episode = this.#episodes.get(key);
    const failed = head.state === 'resyncing' || head.state === 'degraded';
    if (failed) this.#failed(key, episode, connection, place);
    else if (episode) this.#stands(key, episode);
  }

  /**
   * It is left as it is. A failure is told of, and not again until the book has matched; that may be before anybody has looked,
   * so its counts are compared with those of the last look.
   */
  #leave(key: string, connection: number): void {
    const { symbol, check, mismatches, goodReceivedAt, checksum, computedChecksum, goodUntil } = this.#head;
    const failing = check === 'failed';
    const before = this.#left.get(key);
    this.#left.set(key, { mismatches, failing, goodReceivedAt });
    if (mismatches === (before?.mismatches ?? 0)) return;
    if (failing && before?.failing && goodReceivedAt === before.goodReceivedAt) return;
    const gap = { connection, symbol };
    // What it failed with is gone with the next message that matched.
    if (failing) this.#options.onGap({ ...gap, expected: checksum, computed: computedChecksum, goodUntil });
    else this.#options.onGap({ ...gap, expected: undefined, computed: undefined, goodUntil: undefined });
  }

  #failed(key: string, episode: Episode | undefined, connection: number, place: number): void {
    const { mismatches, symbol } = this.#head;
    const now = performance.now();
    if (episode && episode.phase !== 'done' && episode.mismatches === mismatches) {
      if (episode.phase === 'waiting' && now >= episode.at) this.#ask(key, episode);
      else if (episode.phase === 'asked' && now - episode.at >= this.#options.snapshotTimeout)
        this.#next(key, episode, episode.attempt + 1);
      return;
    }
    if (episode?.phase === 'failing' || episode?.phase === 'degraded') {
      episode.mismatches = mismatches;
      return;
    }
    const inARow = episode && (episode.phase !== 'done' || now - episode.at < SETTLED_AFTER);
    const fresh: Episode = {
      connection,
      place,
      symbol,
      phase: 'failing',
      attempt: 0,
      mismatches,
      since: now,
      at: now,
    };
    this.#episodes.set(key, fresh);
    const { checksum: expected, computedChecksum: computed, goodUntil } = this.#head;
    this.#options.onGap({ connection, symbol, expected, computed, goodUntil });
    // Whoever was told may have closed the feed, or the connection.
    if (this.#episodes.get(key) === fresh) this.#next(key, fresh, inARow ? episode.attempt + 1 : 1);
  }

  #next(key: string, episode: Episode, attempt: number): void {
    const now = performance.now();
    if (attempt > this.#options.attempts) {
      episode.phase = 'degraded';
      episode.attempt = attempt - 1;
      this.#setDegraded(episode, true);
      this.#tell(episode, 'degraded');
      return;
    }
    episode.attempt = attempt;
    episode.phase = 'waiting';
    episode.at = now + (attempt === 1 ? 0 : FIRST_WAIT * 2 ** (attempt - 2));
    if (now >= episode.at) this.#ask(key, episode);
  }

  #ask(key: string, episode: Episode): void {
    if (!this.#options.resubscribe(episode.connection, episode.symbol)) {
      // Nobody wants it: it stays as it is, and is looked at again when it fails again.
      episode.phase = 'failing';
      return;
    }
    episode.phase = 'asked';
    episode.at = performance.now();
    this.#tell(episode, 'asked');
    if (this.#episodes.get(key) === episode) this.#lookLater();
  }

  #stands(key: string, episode: Episode): void {
    if (episode.phase === 'failing') {
      this.#episodes.delete(key);
    } else if (episode.phase !== 'done') {
      const { phase, symbol } = episode;
      // The snapshot comes behind the acknowledgement, but is seen at once: that one still has to come to this thread.
      if (
        phase === 'asked' &&
        this.#head.state !== 'empty' &&
        !this.#options.isLive(episode.connection, symbol)
      )
        return;
      episode.phase = 'done';
      episode.at = performance.now();
      if (phase === 'degraded') this.#setDegraded(episode, false);
      // It may have been unsubscribed from, or its connection opened anew.
      if (this.#head.state === 'empty') this.#episodes.delete(key);
      else this.#tell(episode, 'done');
    } else if (performance.now() - episode.at >= SETTLED_AFTER) {
      this.#episodes.delete(key);
    }
  }

  #tell(episode: Episode, outcome: BookResync['outcome']): void {
    const { connection, symbol, attempt, since } = episode;
    const duration = performance.now() - since;
    this.#options.onResync({ connection, symbol, outcome, attempt, duration });
  }

  #setDegraded({ connection, place }: Episode, degraded: boolean): void {
    this.#books.get(connection)!.control.setDegraded(place, degraded);
  }
}
