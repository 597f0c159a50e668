/** Servers that misbehave in ways that the simulator does not. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A bare TCP server that has the bytes of each connection in its hands. */
export class RawServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** @param serve told of each connection and the head of its request, before anything is answered */
  static async listen(serve: (socket: Socket, head: string, nth: number) => void): Promise<RawServer> {
    const server = createServer();
    const raw = new RawServer(server);
    let connections = 0;
    server.on('connection', (socket) => {
      const nth = connections++;
      socket.once('data', (head) => serve(socket, head.toString(), nth));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return raw;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** The answer that turns a request into a WebSocket. */
export function upgradeAnswer(head: string): string {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1];
  const accept = createHash('sha1').update(`${key}${WEBSOCKET_GUID}`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

/** A whole binary WebSocket frame of a server, at most 125 bytes. */
export function binaryFrame(payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0x82, payload.length]), payload]);
}

/** A Kite frame with one LTP packet. */
export function ltpFrame(token: number, lastPrice: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16BE(1, 0);
  bytes.writeUInt16BE(8, 2);
  bytes.writeUInt32BE(token, 4);
  bytes.writeInt32BE(lastPrice, 8);
  return bytes;
}
