import type { ServerResponse } from 'node:http';
import { RequestError } from '../errors.ts';
import type { ServeOptions } from '../options.ts';
import type { ServerCounts } from '../server-counts.ts';
import { SseClient, type SseListener, sseEvent } from './sse-client.ts';

/** How often it is looked whether clients read, ms. */
const LOOK_EVERY = 1000;

type RoomOptions = Pick<ServeOptions, 'maxStreams' | 'keepAlive' | 'clientBuffer' | 'clientTimeout'>;

/** All streams of Server-Sent Events: how many there may be, that they stay open, and that those who do not read are cut off. */
export class SseRoom {
  readonly #options: RoomOptions;
  readonly #counts: ServerCounts;
  readonly #clients = new Set<SseClient>();
  readonly #timers: readonly NodeJS.Timeout[];
  #closing = false;

  constructor(options: RoomOptions, counts: ServerCounts) {
    this.#options = options;
    this.#counts = counts;
    this.#timers = [
      setInterval(() => this.#keepAlive(), options.keepAlive),
      setInterval(() => this.#cutOff(), Math.min(LOOK_EVERY, options.clientTimeout)),
    ];
  }

  get size(): number {
    return this.#clients.size;
  }

  /** @throws RequestError when there are too many, or the server closes */
  check(): void {
    if (this.#closing) throw new RequestError('CLOSING', 'the server is shutting down');
    const { maxStreams } = this.#options;
    if (this.#clients.size < maxStreams) return;
    throw new RequestError('TOO_MANY_STREAMS', `there are ${maxStreams} streams already`, {
      limit: maxStreams,
    });
  }

  /** Begins a stream. */
  admit(
    response: ServerResponse,
    headers: Readonly<Record<string, unknown>>,
    listener: SseListener,
  ): SseClient {
    const client: SseClient = new SseClient(response, headers, this.#options.clientBuffer, {
      drained: () => listener.drained(),
      closed: () => {
        this.#clients.delete(client);
        listener.closed();
      },
    });
    this.#clients.add(client);
    return client;
  }

  /** Tells all of them, and ends their streams. */
  close(): void {
    this.#closing = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const client of this.#clients) client.end(sseEvent('closing', { reason: 'shutdown' }));
  }

  #keepAlive(): void {
    for (const client of this.#clients) if (!client.blocked) client.write([': keep-alive\n\n']);
  }

  #cutOff(): void {
    const now = performance.now();
    for (const client of this.#clients) {
      if (client.blockedSince === undefined || now - client.blockedSince < this.#options.clientTimeout)
        continue;
      this.#counts.cut += 1;
      client.destroy();
    }
  }
}
