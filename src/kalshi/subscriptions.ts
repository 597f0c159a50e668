import { ArgumentError, CapacityError } from '../errors.ts';
import type { Place } from '../feed/subscriptions.ts';
import type { Channel, StreamSpec } from './channels.ts';
import type { Answer } from './commands.ts';
import { ERROR_COMMAND_TIMEOUT, ERROR_TOO_MANY_REQUESTS, ERROR_UNKNOWN_SUBSCRIPTION } from './protocol.ts';
import {
  ALL,
  type AskedCommand,
  type Item,
  makeStream,
  type NextCommand,
  nextCommand,
  type Stream,
} from './stream.ts';

/** Why something is not, or no longer, subscribed. */
export interface Refusal {
  /** The service's own words, or what kept it from answering. */
  readonly words: string;
  /** The service's number of the error, if it was one. */
  readonly number: number | undefined;
}

/** Told by subscriptions. */
export interface SubscriptionsListener {
  /** This connection is needed from now on. */
  needed(connection: number): void;
  /** There may be something to tell the service: see `next`. */
  changed(stream: Stream): void;
  /** The service has acknowledged these. */
  confirmed(stream: Stream, items: readonly string[]): void;
  /** The service was asked for these and does not have them. They are wanted no longer. */
  missing(stream: Stream, items: readonly string[]): void;
  /** The service refused these, or did not answer. Those that had never been live are wanted no longer. */
  refused(stream: Stream, items: readonly string[], refusal: Refusal): void;
  /** These are wanted no longer, because somebody said so. */
  removed(stream: Stream, items: readonly string[]): void;
  /** The service does not hold these any more. */
  gone(stream: Stream, items: readonly string[]): void;
  /** These were asked for, are wanted no longer, and did not come to be held. */
  dropped(stream: Stream, items: readonly string[]): void;
  /** The service did as it was told, and does not say what is left: these are. */
  narrowed(stream: Stream, left: readonly string[]): void;
  /** The service wants to be asked less often. */
  tooFast(connection: number): void;
  /** A command about what is held was refused. It goes on in another way. */
  failed(stream: Stream, refusal: Refusal): void;
}

export interface SubscriptionsOptions {
  readonly places: readonly Place[];
  /** Markets whose books one connection has room for. */
  readonly books: number;
  /** Items of one command. */
  readonly perCommand: number;
  /** How often a command is sent that is not answered. */
  readonly attempts: number;
  /** ms that an answer may take: for what is said of those that did not come. */
  readonly timeout: number;
  readonly listener: SubscriptionsListener;
}

/** The second time in a row that the service ends a subscription it is asked for again after this, and then after twice as long, ms. */
const FIRST_REST = 500;
const MOST_REST = 30_000;
/** A subscription that ends so long after it began, ms, does not do so in a row. */
const SETTLED_AFTER = 60_000;

/**
 * What is wanted, and on which connection: the desired state, kept whether or not anything is connected. Beside it, what each
 * connection's service holds. Their difference is what has to be asked for, one command of a channel at a time.
 */
export class KalshiSubscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #streams = new Map<string, Stream>();
  /** By connection: markets whose books have been placed there, ever: a book's place in memory stays its own. */
  readonly #books: readonly Set<string>[];
  /** Connections that are in use: the first one is, in any case. */
  readonly #used = new Set([0]);

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#books = options.places.map(() => new Set());
  }

  /** Items of one connection. */
  countOf(connection: number): number {
    return this.on(connection).reduce((sum, { wanted }) => sum + wanted.size, 0);
  }

  /** Whether a connection is to be open. */
  inUse(connection: number): boolean {
    return this.#used.has(connection);
  }

  *list(): IterableIterator<{ readonly stream: Stream; readonly connection: number }> {
    for (const stream of this.#streams.values())
      if (stream.wanted.size > 0) yield { stream, connection: stream.place.connection };
  }

  /** Of a connection. */
  on(connection: number): Stream[] {
    return [...this.#streams.values()].filter(({ place }) => place.connection === connection);
  }

  /** Of a channel, on all connections. */
  of(channel: Channel): Stream[] {
    return [...this.#streams.values()].filter((stream) => stream.channel === channel);
  }

  bySid(connection: number, sid: number | undefined): Stream | undefined {
    if (sid === undefined) return undefined;
    return this.on(connection).find((stream) => stream.sid === sid);
  }

  /** Whether a connection has been told everything, and its service has answered. */
  settled(connection: number): boolean {
    return this.on(connection).every((stream) => this.isSettled(stream));
  }

  isSettled(stream: Stream): boolean {
    return !stream.asked && nextCommand(stream, this.#options.perCommand) === undefined;
  }

  /**
   * Wants these. Those already wanted stay as they are and where they are; one that was refused is asked for again.
   *
   * @returns where each is
   * @throws CapacityError, or ArgumentError for other parameters than the channel is subscribed with; then nothing has changed
   */
  add(spec: StreamSpec): { readonly stream: Stream; readonly item: string }[] {
    const names = spec.items === 'all' ? [ALL] : spec.items;
    this.#checkSame(spec);
    const whole = this.of(spec.channel).find(({ wanted }) => wanted.has(ALL));
    if (whole) {
      this.#askAgain(whole, [ALL]);
      return [{ stream: whole, item: ALL }];
    }
    const targets = this.#place(spec, names);
    const changed = new Set<Stream>();
    for (const { stream, item } of targets) {
      const { connection } = stream.place;
      this.#streams.set(keyOf(connection, spec.channel), stream);
      if (spec.channel === 'orderbook_delta') this.#books[connection]!.add(item);
      if (stream.wanted.size === 0) this.#begin(stream, spec);
      if (!stream.wanted.has(item)) stream.wanted.set(item, freshItem(spec, item));
      changed.add(stream);
    }
    for (const stream of changed) this.#askAgain(stream, names);
    if (names[0] === ALL) this.#replaceByAll(spec.channel);
    return targets;
  }

  /** Wants these of a channel no longer; without items, all of it. Answers those that the service still holds. */
  remove(
    channel: Channel,
    items: readonly string[] | undefined,
  ): { readonly stream: Stream; readonly item: string }[] {
    const held: { readonly stream: Stream; readonly item: string }[] = [];
    for (const stream of this.of(channel)) {
      const removed = (items ?? [...stream.wanted.keys()]).filter((item) => stream.wanted.delete(item));
      if (removed.length === 0) continue;
      for (const item of removed) {
        const asked = stream.asked?.kind !== 'unsubscribe' && stream.asked?.items.includes(item);
        if (stream.held.has(item) || asked) held.push({ stream, item });
      }
      this.#options.listener.removed(stream, removed);
      this.#options.listener.changed(stream);
    }
    return held;
  }

  /** Has it unsubscribed and subscribed again, where the service holds it. Whether it does. */
  renew(stream: Stream): boolean {
    if (stream.sid === undefined) return false;
    stream.renewing = true;
    for (const item of stream.wanted.values()) item.unverified = true;
    this.#options.listener.changed(stream);
    return true;
  }

  /** The connection was opened anew, or lost: its service holds nothing. */
  opened(connection: number): void {
    for (const stream of this.on(connection)) {
      this.#release(stream);
      this.#over(stream, stream.asked);
      stream.asked = undefined;
      stream.attempts = 0;
      stream.endings = 0;
      stream.notBefore = 0;
      for (const item of stream.wanted.values()) item.refusal = undefined;
    }
  }

  /** What the service is to be told next of this; assumes that it will be. Undefined while there is nothing to, or not yet. */
  next(stream: Stream): NextCommand | undefined {
    if (stream.asked || performance.now() < stream.notBefore) return undefined;
    const command = nextCommand(stream, this.#options.perCommand);
    if (command) stream.asked = { kind: command.kind, items: command.items };
    return command;
  }

  /** An answer to what was asked. */
  answered(stream: Stream, asked: AskedCommand, answer: Answer): void {
    if (stream.asked !== asked) return;
    stream.asked = undefined;
    stream.attempts = 0;
    if (answer.type === 'error')
      this.#refusedCommand(stream, asked, { words: answer.words, number: answer.number });
    else this.#granted(stream, asked, answer);
    this.#over(stream, asked);
    this.#options.listener.changed(stream);
  }

  /** An answer that came after it had been given up on is still true. */
  late(connection: number, answer: Answer): void {
    if (answer.type !== 'subscribed') return;
    const stream = this.on(connection).find(({ channel }) => channel === answer.channel);
    if (!stream || stream.sid !== undefined || answer.sid === undefined) return;
    stream.sid = answer.sid;
    this.#options.listener.changed(stream);
  }

  unanswered(stream: Stream, asked: AskedCommand): void {
    if (stream.asked !== asked) return;
    stream.asked = undefined;
    stream.attempts += 1;
    const { attempts, timeout, listener } = this.#options;
    if (stream.attempts >= attempts) {
      stream.attempts = 0;
      const words = `the service did not answer within ${timeout} ms, ${attempts} times`;
      this.#refusedCommand(stream, asked, { words, number: undefined });
    }
    this.#over(stream, asked);
    listener.changed(stream);
  }

  /** The service has ended it. Answers what it held; it is asked for again, by and by. */
  ended(stream: Stream): readonly string[] {
    const now = performance.now();
    if (now - stream.notBefore > SETTLED_AFTER) stream.endings = 0;
    const rest = stream.endings === 0 ? 0 : Math.min(FIRST_REST * 2 ** (stream.endings - 1), MOST_REST);
    stream.endings += 1;
    stream.notBefore = now + rest;
    const { asked } = stream;
    stream.asked = undefined;
    const items = [...stream.held];
    this.#release(stream);
    this.#over(stream, asked);
    this.#options.listener.changed(stream);
    return items;
  }

  /** Nothing more comes of a command. */
  #over(stream: Stream, asked: AskedCommand | undefined): void {
    const { held, wanted } = stream;
    const dropped = asked?.items.filter((item) => !held.has(item) && !wanted.has(item)) ?? [];
    if (dropped.length > 0) this.#options.listener.dropped(stream, dropped);
  }

  #granted(stream: Stream, asked: AskedCommand, answer: Answer): void {
    const { listener } = this.#options;
    if (asked.kind === 'unsubscribe') {
      this.#release(stream);
      return;
    }
    stream.sid = answer.sid ?? stream.sid;
    // Under the name by which it was asked for: of another, such as tickers for ids, nothing can be told.
    const list = answer.type === 'ok' ? answer.lists[stream.spec.list] : undefined;
    if (list && !asked.items.includes(ALL)) {
      this.#tookList(stream, asked, new Set(list));
      return;
    }
    if (asked.kind === 'remove') {
      for (const item of asked.items) stream.held.delete(item);
      listener.gone(stream, asked.items);
      listener.narrowed(stream, [...stream.held]);
      return;
    }
    for (const item of asked.items) stream.held.add(item);
    // Without a list nobody can tell: what it has been asked for is taken for granted.
    const noLists = answer.type === 'ok' || stream.spec.skipTickerAck || asked.items.includes(ALL);
    this.#confirm(
      stream,
      asked.items.filter((item) => noLists || stream.wanted.get(item)?.unverified === false),
    );
  }

  /** The service says all that the subscription is about now. */
  #tookList(stream: Stream, asked: AskedCommand, list: ReadonlySet<string>): void {
    const { listener } = this.#options;
    const gone = [...stream.held].filter((item) => !list.has(item));
    stream.held.clear();
    for (const item of list) stream.held.add(item);
    if (gone.length > 0) listener.gone(stream, gone);
    if (asked.kind === 'remove') {
      // What cannot be taken away this way is, with everything else, in another.
      if (asked.items.some((item) => list.has(item))) stream.renewing = true;
      return;
    }
    const confirmed = asked.items.filter((item) => list.has(item));
    for (const name of confirmed) {
      const item = stream.wanted.get(name);
      if (item) item.listed = true;
    }
    this.#confirm(stream, confirmed);
    const missing = asked.items.filter((item) => !list.has(item) && stream.wanted.delete(item));
    if (missing.length > 0) listener.missing(stream, missing);
  }

  #confirm(stream: Stream, items: readonly string[]): void {
    for (const name of items) {
      const item = stream.wanted.get(name);
      if (!item) continue;
      item.everLive = true;
      item.unverified = false;
    }
    if (items.length > 0) this.#options.listener.confirmed(stream, items);
  }

  #refusedCommand(stream: Stream, asked: AskedCommand, refusal: Refusal): void {
    const { listener } = this.#options;
    if (refusal.number === ERROR_TOO_MANY_REQUESTS || refusal.number === ERROR_COMMAND_TIMEOUT) {
      listener.tooFast(stream.place.connection);
      return;
    }
    if (refusal.number === ERROR_UNKNOWN_SUBSCRIPTION && asked.kind !== 'subscribe') {
      this.#release(stream);
      return;
    }
    switch (asked.kind) {
      case 'subscribe':
      case 'add':
        this.#refuse(stream, asked.items, refusal);
        break;
      case 'verify':
        // It stays as good as its subscription was.
        this.#confirm(stream, asked.items);
        listener.failed(stream, refusal);
        break;
      case 'remove':
        stream.renewing = true;
        listener.failed(stream, refusal);
        break;
      case 'unsubscribe':
        // What cannot be left was not there.
        this.#release(stream);
        listener.failed(stream, refusal);
    }
  }

  #refuse(stream: Stream, items: readonly string[], refusal: Refusal): void {
    for (const name of items) {
      const item = stream.wanted.get(name);
      if (!item) continue;
      if (item.everLive) item.refusal = refusal.words;
      else stream.wanted.delete(name);
    }
    this.#options.listener.refused(stream, items, refusal);
  }

  /** Its service holds nothing of it any more. */
  #release(stream: Stream): void {
    const items = [...stream.held];
    stream.sid = undefined;
    stream.held.clear();
    stream.renewing = false;
    if (items.length > 0) this.#options.listener.gone(stream, items);
  }

  /** Nothing was wanted of it so far. */
  #begin(stream: Stream, spec: StreamSpec): void {
    const { connection } = stream.place;
    // As the service has it is not as it is to be.
    if (stream.sid !== undefined && !isSame(stream.spec, spec)) stream.renewing = true;
    stream.spec = spec;
    if (this.#used.has(connection)) return;
    this.#used.add(connection);
    this.#options.listener.needed(connection);
  }

  #askAgain(stream: Stream, names: readonly string[]): void {
    for (const name of names) {
      const item = stream.wanted.get(name);
      if (item) item.refusal = undefined;
    }
    this.#options.listener.changed(stream);
  }

  /** The channel as a whole has what was wanted one by one. */
  #replaceByAll(channel: Channel): void {
    for (const stream of this.of(channel)) {
      const replaced = [...stream.wanted.keys()].filter((name) => name !== ALL);
      for (const name of replaced) stream.wanted.delete(name);
      if (replaced.length === 0) continue;
      this.#options.listener.confirmed(stream, replaced);
      this.#options.listener.changed(stream);
    }
  }

  /** @throws ArgumentError */
  #checkSame(spec: StreamSpec): void {
    for (const { spec: before, wanted } of this.of(spec.channel)) {
      if (wanted.size === 0 || isSame(before, spec)) continue;
      throw new ArgumentError(
        `${spec.channel} is subscribed with other parameters (${JSON.stringify({ by: before.list, ...before.params })}); unsubscribe first`,
      );
    }
  }

  /** A connection for each: the one that it is on; or that with the fewest of the channel. @throws CapacityError */
  #place(spec: StreamSpec, names: readonly string[]): { readonly stream: Stream; readonly item: string }[] {
    const { places, books: mostBooks } = this.#options;
    const hasBooks = spec.channel === 'orderbook_delta';
    const lines = (names[0] === ALL ? places.slice(0, 1) : places).map((place) => {
      const stream = this.#streams.get(keyOf(place.connection, spec.channel)) ?? makeStream(place, spec);
      const known = this.#books[place.connection]!;
      return { stream, known, count: stream.wanted.size, books: known.size };
    });
    return names.map((item) => {
      const where = lines.find(({ stream }) => stream.wanted.has(item));
      if (where) return { stream: where.stream, item };
      const fitting = lines.filter(({ known, books }) => !hasBooks || known.has(item) || books < mostBooks);
      const [least] = fitting.sort((a, b) => a.count - b.count);
      if (!least) {
        const books = this.#books.reduce((sum, known) => sum + known.size, 0);
        throw new CapacityError(
          books + names.length,
          places.length * mostBooks,
          'raise books, or allow more connections',
        );
      }
      least.count += 1;
      if (hasBooks && !least.known.has(item)) least.books += 1;
      return { stream: least.stream, item };
    });
  }
}

function keyOf(connection: number, channel: Channel): string {
  return `${connection} ${channel}`;
}

function isSame(a: StreamSpec, b: StreamSpec): boolean {
  return a.list === b.list && JSON.stringify(a.params) === JSON.stringify(b.params);
}

function freshItem({ sendInitialSnapshot, skipTickerAck }: StreamSpec, name: string): Item {
  return {
    everLive: false,
    refusal: undefined,
    listed: false,
    unverified: name !== ALL && !skipTickerAck,
    sendInitialSnapshot,
  };
}
