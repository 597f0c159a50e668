import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { KRAKEN_ENDPOINTS, type KrakenEndpoint } from './channels.ts';

/** Where each endpoint is, on the one host that there is. */
export const PATHS: Readonly<Record<KrakenEndpoint, string>> = {
  public: '/v2',
  auth: '/auth/v2',
  level3: '/l3/v2',
};

const WINDOW_MS = 10 * 60 * 1000;

/** Who may connect, and how often. */
export class Admission {
  readonly #limit: number;
  /** When upgrades were asked for, within the window. */
  #times: number[] = [];
  /** HTTP statuses for the next upgrades. */
  readonly #refusals: number[] = [];

  /** @param limit upgrades in ten minutes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Refuses the next upgrade with this HTTP status. */
  refuseNext(status: number): void {
    this.#refusals.push(status);
  }

  /** The endpoint that a request is let in to, or the HTTP status that it is refused with. */
  admit(url: string | undefined): KrakenEndpoint | number {
    const refusal = this.#refusals.shift();
    if (refusal !== undefined) return refusal;
    if (this.#limit !== Number.POSITIVE_INFINITY) {
      const now = performance.now();
      this.#times = this.#times.filter((time) => now - time < WINDOW_MS);
      if (this.#times.length >= this.#limit) return 429;
      this.#times.push(now);
    }
    const path = (url ?? '').split('?', 1)[0]!;
    return KRAKEN_ENDPOINTS.find((endpoint) => PATHS[endpoint] === path) ?? 404;
  }
}

/** Answers an upgrade request with a plain HTTP response, and hangs up. */
export function refuse(socket: Duplex, status: number): void {
  // The client may be gone already; that is no concern of the simulator.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  const reason = STATUS_CODES[status] ?? 'Refused';
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
