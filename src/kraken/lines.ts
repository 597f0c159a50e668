import { ArgumentError, CapacityError, ConnectionError } from '../errors.ts';
import type { Place } from '../feed/subscriptions.ts';
import type { StreamSpec } from './channels.ts';

/**
 * `waiting`: no connection is open for it, or its turn has not come. `asked`: the service has been asked and has not answered.
 * `resyncing`: it is being unsubscribed and subscribed again. `refused`: it streamed once, and was refused since; it is asked for
 * again with the next connect.
 */
export type StreamStatus = 'waiting' | 'asked' | 'live' | 'resyncing' | 'refused';

/** Something that is wanted. */
export interface Stream {
  readonly spec: StreamSpec;
  /** Where it is streamed; undefined while no connection has room for it. */
  line: Line | undefined;
  /** The service's words, if it does not want to any more. */
  refusal: string | undefined;
  /** Whether it has been acknowledged, ever. */
  everLive: boolean;
  resyncing: boolean;
  /** How often it was asked for without an answer. */
  attempts: number;
}

/** What a connection's service streams, or was asked to. */
export interface Held {
  readonly spec: StreamSpec;
  phase: 'asked' | 'live' | 'leaving';
  /** How often leaving was asked for without an answer. */
  attempts: number;
}

/** One connection: what is wanted on it, what its service holds since it was opened, and what follows from the two. */
export interface Line {
  readonly place: Place;
  /** Streams that it may carry. */
  readonly limit: number;
  /** `idle`: not opened so far, only used when the others are full. `lost`: given up. */
  use: 'idle' | 'used' | 'lost';
  /** All by slot. */
  readonly wanted: Map<string, Stream>;
  readonly held: Map<string, Held>;
  readonly toAsk: Set<string>;
  readonly toLeave: Set<string>;
  /** Symbols whose books have been placed here, ever: a book's place in memory stays its own. And how many there may be. */
  readonly books: Set<string>;
  readonly mostBooks: number;
}

export function makeLine(place: Place, limit: number, mostBooks: number): Line {
  return {
    place,
    limit,
    use: 'idle',
    wanted: new Map(),
    held: new Map(),
    toAsk: new Set(),
    toLeave: new Set(),
    books: new Set(),
    mostBooks,
  };
}

/**
 * Finds a line for each, or for none.
 *
 * @throws CapacityError, ConnectionError, ArgumentError
 */
export function placeAll(lines: readonly Line[], streams: readonly Stream[]): void {
  const books = lines.map((line) => line.books.size);
  const placed: Stream[] = [];
  for (const stream of streams) {
    if (place(lines, stream)) {
      placed.push(stream);
      continue;
    }
    // As it was; sets remember what was added last.
    for (const { line, spec } of placed) line?.wanted.delete(spec.slot);
    for (const [nth, line] of lines.entries())
      for (const symbol of [...line.books].slice(books[nth])) line.books.delete(symbol);
    noRoom(lines, stream.spec, streams.length);
  }
}

/** Gives it a line, if one can take it. */
export function place(lines: readonly Line[], stream: Stream): boolean {
  const { spec } = stream;
  const line = choose(lines, spec);
  if (!line) return false;
  stream.line = line;
  line.wanted.set(spec.slot, stream);
  if (spec.channel === 'book') line.books.add(spec.symbol!);
  return true;
}

/** Of those in use that can take it, the one with the fewest; otherwise the first that is idle. */
function choose(lines: readonly Line[], spec: StreamSpec): Line | undefined {
  let least: Line | undefined;
  let idle: Line | undefined;
  for (const line of lines) {
    const { place, use, wanted, limit } = line;
    if (place.account !== spec.endpoint || use === 'lost' || wanted.size >= limit) continue;
    if (wanted.has(spec.slot) || !hasBook(line, spec)) continue;
    // An idle line that has been given streams in this very call counts as used.
    if (use === 'idle' && wanted.size === 0) idle ??= line;
    else if (!least || wanted.size < least.wanted.size) least = line;
  }
  return least ?? idle;
}

/** Whether there is a place for a book in a connection's memory, if it takes one. */
function hasBook({ books, mostBooks }: Line, { channel, symbol }: StreamSpec): boolean {
  return channel !== 'book' || books.size < mostBooks || books.has(symbol!);
}

function noRoom(lines: readonly Line[], { endpoint, slot, channel }: StreamSpec, fresh: number): never {
  const all = lines.filter(({ place }) => place.account === endpoint);
  if (all.length === 0) throw new ArgumentError(`${channel} needs apiKey and apiSecret`);
  const usable = all.filter(({ use }) => use !== 'lost');
  if (usable.length === 0)
    throw new ConnectionError(`every ${endpoint} connection was given up; start() tries again`);
  if (usable.every(({ wanted }) => wanted.has(slot))) {
    throw new ArgumentError(
      `${slot} is subscribed in another variant on each of the ${usable.length} connections that may carry it; unsubscribe from one, or allow more connections`,
    );
  }
  throw new CapacityError(
    usable.reduce((sum, { wanted }) => sum + wanted.size, fresh),
    usable.reduce((sum, { limit }) => sum + limit, 0),
    'unsubscribe some, or allow more connections, symbolsPerConnection or books',
  );
}
