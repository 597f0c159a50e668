import type { ServerResponse } from 'node:http';
import type { ServeEvent } from '../events.ts';
import { type SseClient, sseEvent } from './sse-client.ts';
import type { SseRoom } from './sse-room.ts';

/** So many events are remembered. */
export const MOST_EVENTS = 1000;

interface EventClient {
  readonly sse: SseClient;
  /** Id of the last event that it was sent. */
  last: number;
}

/** What has happened to the feeds: the last events, and streams of what comes. */
export class EventLog {
  readonly #room: SseRoom;
  readonly #events: ServeEvent[] = [];
  readonly #clients = new Set<EventClient>();

  constructor(room: SseRoom) {
    this.#room = room;
  }

  /** The last so many, oldest first. */
  last(count: number): ServeEvent[] {
    return count === 0 ? [] : this.#events.slice(-count);
  }

  append(event: ServeEvent): void {
    this.#events.push(event);
    if (this.#events.length > MOST_EVENTS) this.#events.shift();
    for (const client of this.#clients) if (!client.sse.blocked) this.#catchUp(client);
  }

  /**
   * Begins a stream.
   *
   * @param after id of the last event that the client knows; undefined for a client that comes for the first time
   * @param count how many of those that were it gets then
   */
  open(
    after: number | undefined,
    count: number,
    response: ServerResponse,
    headers: Readonly<Record<string, unknown>>,
  ): void {
    const newest = this.#events.at(-1)?.id ?? 0;
    // Ids start anew with the server.
    const known = after === undefined || after > newest ? newest - count : after;
    const client: EventClient = {
      sse: this.#room.admit(response, headers, {
        drained: () => this.#catchUp(client),
        closed: () => this.#clients.delete(client),
      }),
      last: Math.max(0, known, (this.#events[0]?.id ?? 1) - 1),
    };
    this.#clients.add(client);
    if (known >= 0 && after !== undefined && client.last > known)
      this.#tellMissed(client, client.last - known);
    this.#catchUp(client);
  }

  #catchUp(client: EventClient): void {
    const { sse, last } = client;
    const [oldest] = this.#events;
    if (!oldest) return;
    if (oldest.id > last + 1) this.#tellMissed(client, oldest.id - 1 - last);
    const news = this.#events.slice(Math.max(0, last + 1 - oldest.id));
    if (news.length === 0) return;
    client.last = news.at(-1)!.id;
    sse.write(news.map((event) => sseEvent(event.type, event, event.id)));
  }

  #tellMissed({ sse }: EventClient, missed: number): void {
    sse.write([sseEvent('lagged', { missed })]);
  }
}
