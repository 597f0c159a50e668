/** A Kraken that answers as a test tells it, for what the simulator does not do. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface ScriptedRequest {
  readonly method: string;
  readonly req_id: number;
  readonly params?: {
    readonly channel: string;
    readonly symbol?: readonly string[];
    readonly token?: string;
    readonly [name: string]: unknown;
  };
}

/** Answers a request; `nth` counts the requests of all connections. */
export type Script = (request: ScriptedRequest, client: ScriptedClient, nth: number) => void;

/** One connection of a client. */
export class ScriptedClient {
  readonly socket: WebSocket;
  /** From 0. */
  readonly nth: number;
  /** The path that it asked for, such as `/v2`. */
  readonly path: string;

  constructor(socket: WebSocket, nth: number, path: string) {
    this.socket = socket;
    this.nth = nth;
    this.path = path;
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Grants a request, for each of its symbols, or for these. */
  grant({ method, req_id, params }: ScriptedRequest, symbols = params?.symbol ?? [undefined]): void {
    const { channel, depth, interval, event_trigger }: Readonly<Record<string, unknown>> = params ?? {};
    for (const symbol of symbols) {
      const result = { channel, symbol, depth, interval, event_trigger };
      this.send({ method, req_id, result, success: true, time_in: 'x', time_out: 'x' });
    }
  }

  /** Refuses a request in these words. */
  refuse({ method, req_id }: ScriptedRequest, error: string, symbol?: string): void {
    this.send({ error, method, req_id, success: false, symbol, time_in: 'x', time_out: 'x' });
  }
}

export class ScriptedKraken implements AsyncDisposable {
  readonly clients: ScriptedClient[] = [];
  readonly requests: ScriptedRequest[] = [];
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer, script: Script, greet: (client: ScriptedClient) => void) {
    this.#server = server;
    server.on('connection', (socket, { url = '' }) => {
      const client = new ScriptedClient(socket, this.clients.length, url);
      this.clients.push(client);
      socket.on('error', () => {});
      greet(client);
      socket.on('message', (data) => {
        const request = JSON.parse(data.toString()) as ScriptedRequest;
        this.requests.push(request);
        script(request, client, this.requests.length - 1);
      });
    });
  }

  /** @param greet told of each client, before it has asked for anything */
  static async listen(
    script: Script,
    greet: (client: ScriptedClient) => void = () => {},
  ): Promise<ScriptedKraken> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    const kraken = new ScriptedKraken(server, script, greet);
    await once(server, 'listening');
    return kraken;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v2`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}
