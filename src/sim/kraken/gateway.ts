import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Admission, refuse } from './admission.ts';
import type { KrakenEndpoint } from './channels.ts';

const HOST = '127.0.0.1';
/** Far above a subscription to all symbols. */
const MOST_MESSAGE_BYTES = 1024 * 1024;

export interface GatewayOptions {
  readonly admission: Admission;
  /** Answers what is no upgrade. */
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly onConnection: (websocket: WebSocket, stream: Duplex, endpoint: KrakenEndpoint) => void;
  /** An upgrade was refused with this HTTP status. */
  readonly onRefused: (status: number) => void;
}

/** The one TCP port on which all endpoints and REST are. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #http = createServer((request, response) => {
    // A client that hangs up in its request gets no answer.
    this.#options.onRequest(request, response).catch(() => response.destroy());
  });
  readonly #websockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: MOST_MESSAGE_BYTES,
  });
  #port = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** `127.0.0.1:PORT`; `undefined` while it does not listen. */
  get host(): string | undefined {
    return this.#port === 0 ? undefined : `${HOST}:${this.#port}`;
  }

  /** Rejects with the system's error. */
  async listen(port: number): Promise<void> {
    this.#http.listen(port, HOST);
    await once(this.#http, 'listening');
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  /** Listens no more. WebSockets are the caller's to end. */
  async close(): Promise<void> {
    this.#port = 0;
    if (!this.#http.listening) return;
    const closed = once(this.#http, 'close');
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { admission, onConnection, onRefused } = this.#options;
    const admitted = admission.admit(request.url);
    if (typeof admitted === 'number') {
      refuse(socket, admitted);
      onRefused(admitted);
      return;
    }
    this.#websockets.handleUpgrade(request, socket, head, (websocket) => {
      onConnection(websocket, socket, admitted);
    });
  }
}
