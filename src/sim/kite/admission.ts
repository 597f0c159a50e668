import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { KiteCredentials } from './options.ts';

/** An upgrade that was refused. */
export interface Refusal {
  readonly status: 403 | 429;
  /** As the client gave it; empty when it gave none. */
  readonly apiKey: string;
  readonly reason: string;
}

/** Who may connect, and how often. */
export class Admission {
  #credentials: readonly KiteCredentials[];
  readonly #maxConnections: number;
  /** Upgrades still to be refused, by API key; '' for any. */
  readonly #refuse = new Map<string, number>();

  constructor(credentials: readonly KiteCredentials[], maxConnections: number) {
    this.#credentials = [...credentials];
    this.#maxConnections = maxConnections;
  }

  replace(credentials: readonly KiteCredentials[]): void {
    this.#credentials = [...credentials];
  }

  /** Refuses the next so many upgrades, of one API key or of any, as if the access token had expired. */
  refuse(connects: number, apiKey = ''): void {
    this.#refuse.set(apiKey, (this.#refuse.get(apiKey) ?? 0) + connects);
  }

  /** The API key that is let in, or why not. `connectionsOf` counts the open connections of a key. */
  admit(request: IncomingMessage, connectionsOf: (apiKey: string) => number): { apiKey: string } | Refusal {
    const query = new URLSearchParams((request.url ?? '').split('?', 2)[1] ?? '');
    const apiKey = query.get('api_key') ?? '';
    const accessToken = query.get('access_token') ?? '';
    const known = this.#credentials.some((it) => it.apiKey === apiKey && it.accessToken === accessToken);
    if (!known || this.#isToBeRefused(apiKey) || this.#isToBeRefused('')) {
      return { status: 403, apiKey, reason: 'Incorrect `api_key` or `access_token`.' };
    }
    if (connectionsOf(apiKey) >= this.#maxConnections) {
      const reason = `An API key has at most ${this.#maxConnections} connections.`;
      // Kite documents the limit, not how it refuses: 429 is the simulator's choice.
      return { status: 429, apiKey, reason };
    }
    return { apiKey };
  }

  #isToBeRefused(apiKey: string): boolean {
    const left = this.#refuse.get(apiKey) ?? 0;
    if (left > 0) this.#refuse.set(apiKey, left - 1);
    return left > 0;
  }
}

const REFUSALS = {
  403: { text: 'Forbidden', type: 'TokenException' },
  429: { text: 'Too Many Requests', type: 'NetworkException' },
} as const;

/** Answers an upgrade request with a plain HTTP response in the shape of Kite's errors, and hangs up. */
export function refuse(socket: Duplex, { status, reason }: Refusal): void {
  const { text, type } = REFUSALS[status];
  const body = JSON.stringify({ status: 'error', error_type: type, message: reason, data: null });
  // The client may be gone already; that is no concern of the simulator.
  socket.on('error', () => socket.destroy());
  // The HTTP server keeps half-open sockets, and would wait for them when it closes.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
