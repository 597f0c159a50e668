import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** An alert that refuses a TLS handshake; to anything else, nonsense. */
const TLS_HANDSHAKE_FAILURE = Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28]);
/** Somebody else may have the port when it is wanted again: tried anew after so many ms. */
const RETRY = 50;

/** The TCP port of a simulator. It can be closed for a while and opened again, and refuse whoever connects. */
export class Listener {
  readonly #host: string;
  readonly #onConnection: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #refuse = 0;
  #reopenAt = 0;
  #reopening: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(host: string, onConnection: (socket: Socket) => void) {
    this.#host = host;
    this.#onConnection = onConnection;
  }

  /** Of the first `listen` on, also while it does not listen; 0 before that and after `close`. */
  get port(): number {
    return this.#port;
  }

  /** Rejects with the system's error. */
  async listen(port: number): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
    server.listen(port, this.#host);
    await once(server, 'listening');
    if (this.#closed) {
      server.close();
      return;
    }
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** The next so many connections get a TLS alert and are closed. */
  refuse(connections: number): void {
    this.#refuse += connections;
  }

  /** Listens no more for so many ms. Connections that are open stay. */
  stop(ms: number): void {
    if (this.#port === 0) return;
    this.#server?.close();
    this.#server = undefined;
    this.#reopenAt = Math.max(this.#reopenAt, performance.now() + ms);
    clearTimeout(this.#reopening);
    this.#reopening = setTimeout(() => void this.#reopen(), this.#reopenAt - performance.now());
  }

  /** Cuts every connection. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#port = 0;
    clearTimeout(this.#reopening);
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    await closed;
  }

  async #reopen(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.listen(this.#port);
        return;
      } catch {
        await sleep(RETRY);
      }
    }
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#refuse === 0) {
      this.#onConnection(socket);
      return;
    }
    this.#refuse--;
    socket.on('error', () => socket.destroy());
    // After it has said something: what it did not ask for, it might never read.
    socket.once('data', () => socket.end(TLS_HANDSHAKE_FAILURE, () => socket.destroy()));
  }
}
