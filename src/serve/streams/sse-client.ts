import type { ServerResponse } from 'node:http';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // Proxies that collect answers would hold events back.
  'x-accel-buffering': 'no',
  connection: 'close',
} as const;

/** How soon a client that lost its stream comes again, ms. */
const RETRY = 1000;

/** An event as it goes over the wire. */
export function sseEvent(event: string, data: unknown, id?: string | number): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Who is told of a client. */
export interface SseListener {
  /** It reads again. */
  drained(): void;
  /** It is gone. */
  closed(): void;
}

/** One stream of Server-Sent Events. Who writes looks at `blocked` first: what is written is sent, however slow the client is. */
export class SseClient {
  /** Since when it does not read, by `performance.now()`; undefined while it does. */
  blockedSince: number | undefined;
  readonly #response: ServerResponse;
  readonly #buffer: number;
  readonly #listener: SseListener;

  /**
   * Writes the head, and takes the answer over.
   *
   * @param buffer bytes that may wait for the client before it is blocked
   */
  constructor(
    response: ServerResponse,
    headers: Readonly<Record<string, unknown>>,
    buffer: number,
    listener: SseListener,
  ) {
    this.#response = response;
    this.#buffer = buffer;
    this.#listener = listener;
    for (const [name, value] of Object.entries({ ...headers, ...HEADERS }))
      if (value !== undefined) response.setHeader(name, value as string);
    // It ends with its connection and goes out as it is: an event is one write, of bytes that all clients share.
    response.removeHeader('transfer-encoding');
    response.on('drain', () => this.#drained());
    response.on('error', () => {});
    response.on('close', () => listener.closed());
    response.writeHead(200);
    response.write(`retry: ${RETRY}\n\n`);
  }

  /** Whether it is to be passed over now. */
  get blocked(): boolean {
    return this.blockedSince !== undefined;
  }

  /** Sends these in one go. */
  write(frames: readonly (Buffer | string)[]): void {
    const response = this.#response;
    if (response.destroyed) return;
    if (frames.length > 1) response.cork();
    for (const frame of frames) response.write(frame);
    if (frames.length > 1) response.uncork();
    if (response.writableLength > this.#buffer) this.blockedSince ??= performance.now();
  }

  end(text: string): void {
    this.#response.end(text);
  }

  destroy(): void {
    this.#response.destroy();
  }

  #drained(): void {
    if (!this.blocked) return;
    this.blockedSince = undefined;
    this.#listener.drained();
  }
}
