import type { ServerResponse } from 'node:http';
import type { Directory, FoundSymbol } from '../directory.ts';
import type { ServeOptions } from '../options.ts';
import type { ServerCounts } from '../server-counts.ts';
import { type SseClient, sseEvent } from './sse-client.ts';
import type { SseRoom } from './sse-room.ts';
import { Topic } from './topic.ts';

/** What a client wants streamed. */
export interface StreamRequest {
  readonly symbols: readonly FoundSymbol[];
  /** All that is subscribed to, also later; of this venue, or of all (`*`). */
  readonly all: string | undefined;
  /** A side, in updates; 0: best bid and ask only. */
  readonly levels: number;
  readonly lastEventId: string | undefined;
}

/** A topic that nobody watches is kept so long, ms: who comes back soon need not be told what has not changed. */
const KEPT_FOR = 30_000;

interface StreamClient {
  readonly sse: SseClient;
  readonly all: string | undefined;
  readonly levels: number;
  readonly topics: Set<Topic<StreamClient>>;
  /** Changed at this look. */
  readonly changed: Topic<StreamClient>[];
  /** Updates that it was not sent, and of what. */
  missed: number;
  readonly behind: Set<Topic<StreamClient>>;
}

/**
 * Streams of updates. Looks at all symbols that somebody watches every so often; what has changed is composed once and written
 * to everyone who watches it. A client that does not read is passed over, and told how much it missed when it reads again.
 */
export class StreamHub {
  readonly #directory: Directory;
  readonly #room: SseRoom;
  readonly #counts: ServerCounts;
  readonly #topics = new Map<string, Topic<StreamClient>>();
  readonly #clients = new Set<StreamClient>();
  readonly #timer: NodeJS.Timeout;
  /** Tells ids of this run from those of another one. */
  readonly #run = Date.now().toString(36);
  #look = 1;

  constructor(
    directory: Directory,
    room: SseRoom,
    { interval }: Pick<ServeOptions, 'interval'>,
    counts: ServerCounts,
  ) {
    this.#directory = directory;
    this.#room = room;
    this.#counts = counts;
    this.#timer = setInterval(() => this.#lookAtAll(), interval);
  }

  /** Symbols that are looked at. */
  get watched(): number {
    return this.#topics.size;
  }

  /** Begins a stream. */
  open(request: StreamRequest, response: ServerResponse, headers: Readonly<Record<string, unknown>>): void {
    const sse = this.#room.admit(response, headers, {
      drained: () => this.#drained(client),
      closed: () => this.#closed(client),
    });
    const { all, levels } = request;
    const client: StreamClient = {
      sse,
      all,
      levels,
      topics: new Set(),
      changed: [],
      missed: 0,
      behind: new Set(),
    };
    this.#clients.add(client);
    const known = this.#lookOf(request.lastEventId);
    const topics = request.symbols.map((found) => this.#watch(client, found));
    if (all !== undefined) topics.push(...this.#watchAll(client));
    this.#sendSnapshots(
      client,
      topics.filter(({ changedAt }) => changedAt > known),
    );
  }

  /** What a venue is subscribed to has changed. */
  namesChanged(venue: string, gone: readonly string[]): void {
    for (const symbol of gone) {
      const topic = this.#topics.get(keyOf(venue, symbol));
      if (topic) this.#remove(topic);
    }
    for (const client of this.#clients)
      if (client.all !== undefined) this.#sendSnapshots(client, this.#watchAll(client));
  }

  /** The state of a feed has changed. */
  stateChanged(venue: string, change: object): void {
    const text = sseEvent('state', { venue, ...change });
    for (const { sse, all, topics } of this.#clients) {
      const concerned =
        all === '*' || all === venue || [...topics].some(({ found }) => found.venue === venue);
      if (concerned) sse.write([text]);
    }
  }

  /** Something about a symbol has changed that its memory does not show. */
  touch(venue: string, symbol: string): void {
    this.#topics.get(keyOf(venue, symbol))?.touch();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  get #id(): string {
    return `${this.#run}.${this.#look}`;
  }

  /** The look that an id names; 0 for one of another run, or none. */
  #lookOf(id: string | undefined): number {
    const [run, look] = id?.split('.') ?? [];
    return run === this.#run ? Number(look) || 0 : 0;
  }

  /** Answers what it did not watch before. */
  #watchAll(client: StreamClient): Topic<StreamClient>[] {
    const fresh: Topic<StreamClient>[] = [];
    for (const { venue, names } of this.#directory.venues) {
      if (client.all !== '*' && client.all !== venue) continue;
      for (const symbol of names) {
        const topic = this.#topics.get(keyOf(venue, symbol));
        if (topic && client.topics.has(topic)) continue;
        fresh.push(this.#watch(client, this.#directory.find(symbol, venue)));
      }
    }
    return fresh;
  }

  #watch(client: StreamClient, found: FoundSymbol): Topic<StreamClient> {
    const key = keyOf(found.venue, found.symbol);
    let topic = this.#topics.get(key);
    if (!topic) {
      topic = new Topic(found, this.#look);
      this.#topics.set(key, topic);
    }
    topic.idleSince = undefined;
    topic.clients.add(client);
    client.topics.add(topic);
    return topic;
  }

  #sendSnapshots({ sse, levels }: StreamClient, topics: readonly Topic<StreamClient>[]): void {
    // Only the last one has an id: whoever has seen it has seen them all.
    sse.write(
      topics.map((topic, nth) => topic.snapshot(levels, nth === topics.length - 1 ? this.#id : undefined)),
    );
  }

  #lookAtAll(): void {
    this.#look += 1;
    const look = this.#look;
    const changed = new Set<StreamClient>();
    for (const [key, topic] of this.#topics) {
      if (topic.clients.size === 0 && this.#isStale(topic)) this.#topics.delete(key);
      else if (topic.look(look)) {
        for (const client of topic.clients) {
          if (client.sse.blocked) this.#passOver(client, topic);
          else if (client.changed.push(topic) === 1) changed.add(client);
        }
      }
    }
    for (const client of changed) this.#send(client, client.changed.splice(0));
  }

  #isStale(topic: Topic<StreamClient>): boolean {
    topic.idleSince ??= performance.now();
    return performance.now() - topic.idleSince > KEPT_FOR;
  }

  #passOver(client: StreamClient, topic: Topic<StreamClient>): void {
    client.missed += 1;
    client.behind.add(topic);
    this.#counts.lagged += 1;
  }

  #send({ sse, levels }: StreamClient, topics: readonly Topic<StreamClient>[], before?: string): void {
    const id = this.#id;
    const composed = () => {
      this.#counts.updates += 1;
    };
    const frames = topics.map((topic, nth) => {
      const { plain, tagged } = topic.frame(levels, id, composed);
      return nth === topics.length - 1 ? tagged : plain;
    });
    this.#counts.writes += topics.length;
    sse.write(before === undefined ? frames : [before, ...frames]);
  }

  #drained(client: StreamClient): void {
    const { missed, behind } = client;
    if (missed === 0) return;
    const topics = [...behind];
    client.missed = 0;
    behind.clear();
    this.#send(client, topics, sseEvent('lagged', { missed }));
  }

  #remove(topic: Topic<StreamClient>): void {
    const { venue, symbol } = topic.found;
    this.#topics.delete(keyOf(venue, symbol));
    const text = sseEvent('removed', { venue, symbol });
    for (const client of topic.clients) {
      client.topics.delete(topic);
      client.behind.delete(topic);
      client.sse.write([text]);
      if (client.topics.size === 0 && client.all === undefined)
        client.sse.end(sseEvent('closing', { reason: 'removed' }));
    }
  }

  #closed(client: StreamClient): void {
    this.#clients.delete(client);
    for (const topic of client.topics) topic.clients.delete(client);
  }
}

function keyOf(venue: string, symbol: string): string {
  return `${venue} ${symbol}`;
}
