/** Servers for tests, and clients of theirs. */

import { EventSource } from 'eventsource';
import type { KiteSimulator, KrakenSimulator } from 'tickring/sim';
import type { Json } from './json.ts';
import { configure, Server } from './serve-internals.ts';

/** A server on a free port that logs nothing, with these arguments. */
export async function serve(...args: string[]): Promise<Server> {
  const options = configure(['--port', '0', '--log-level', 'silent', '--rate-burst', '100000', ...args], {});
  return Server.start(options!);
}

/** A server of one simulator, which the test has in its hand. */
export async function serveKraken(
  simulator: KrakenSimulator,
  symbols: readonly string[],
  ...args: string[]
): Promise<Server> {
  const venue = ['--live', '--venue', 'kraken', '--url', simulator.url, '--symbols', symbols.join(',')];
  const server = await serve(...venue, ...args);
  await untilReady(server);
  return server;
}

/** As `serveKraken`, with the credentials that the simulator lets in. */
export async function serveKite(
  simulator: KiteSimulator,
  tokens: Iterable<number>,
  ...args: string[]
): Promise<Server> {
  Object.assign(process.env, { KITE_API_KEY: 'demo', KITE_ACCESS_TOKEN: 'demo' });
  const venue = ['--live', '--venue', 'kite', '--url', simulator.url, '--symbols', [...tokens].join(',')];
  const server = await serve(...venue, ...args);
  await untilReady(server);
  return server;
}

/** Asks until all venues are subscribed. */
export async function untilReady(server: Server): Promise<void> {
  while ((await fetch(`${server.url}ready`)).status !== 200);
}

export interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly headers: Headers;
}

export async function ask(server: Server, path: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(new URL(path, server.url), init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return {
    status: response.status,
    body: isJson && text !== '' ? JSON.parse(text) : text,
    headers: response.headers,
  };
}

export function send(server: Server, method: string, path: string, body: unknown): Promise<Reply> {
  return ask(server, path, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}

/** Asks until the answer is as wanted. */
export async function untilAnswer(
  server: Server,
  path: string,
  accepts: (body: Reply['body']) => boolean,
): Promise<Reply['body']> {
  for (;;) {
    const { status, body } = await ask(server, path);
    // On a busy machine the feeds' thread may be late.
    if (status !== 503 && accepts(body)) return body;
  }
}

/** An event of a stream. */
export interface StreamEvent {
  readonly type: string;
  readonly id: string;
  readonly data: Json;
}

const TYPES = [
  ...['snapshot', 'update', 'lagged', 'state', 'removed', 'closing'],
  ...['gap', 'resync', 'retry', 'subscribed', 'unsubscribed', 'fault', 'status'],
];

/** A stream read by a real EventSource. */
export class Stream implements Disposable {
  /** All that has come. */
  readonly events: StreamEvent[] = [];
  readonly #source: EventSource;
  readonly #waiting = new Set<() => void>();
  #opens = 0;

  constructor(server: Server, path: string, headers: Record<string, string> = {}) {
    this.#source = new EventSource(new URL(path, server.url), {
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers } }),
    });
    this.#source.addEventListener('open', () => {
      this.#opens += 1;
      this.#tell();
    });
    for (const type of TYPES) {
      this.#source.addEventListener(type, ({ data, lastEventId: id }: MessageEvent) => {
        this.events.push({ type, id, data: JSON.parse(data) });
        this.#tell();
      });
    }
  }

  /** How often it was opened. */
  get opens(): number {
    return this.#opens;
  }

  /** The first event of this type that is accepted, among those that have come and those to come. */
  async first(
    type: string,
    accepts: (data: StreamEvent['data']) => boolean = () => true,
  ): Promise<StreamEvent> {
    const find = () => this.events.find((event) => event.type === type && accepts(event.data));
    await this.when(() => find() !== undefined);
    return find()!;
  }

  when(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  [Symbol.dispose](): void {
    this.#source.close();
  }

  #tell(): void {
    for (const look of this.#waiting) look();
  }
}
