import net from 'node:net';
import tls from 'node:tls';
import WebSocket from 'ws';
import { epochNow } from '../memory/clock.ts';
import { MessageSplitter } from './message-splitter.ts';

/** Bytes that are read at once, at most. More than that which the kernel has ready makes fewer calls of it. */
const BUFFER_BYTES = 256 * 1024;

const { CONNECTING, OPEN } = WebSocket;

const HEADERS_END = '\r\n\r\n';

type ConnectOptions = net.TcpSocketConnectOpts & tls.ConnectionOptions & { readonly socketPath?: string };

/** A message, where the socket was read to: good until this returns. */
export type MessageHandler = (payload: Uint8Array, isBinary: boolean, receivedAt: number) => void;

/**
 * The socket under a `ws` client: read into one buffer that is used again and again, from which whole messages go straight to a
 * handler. `ws` gets the rest, copied, by the way that it gets everything otherwise: handshake, control frames, fragments,
 * whatever is not allowed, and so it still decides all that there is to decide. Order is kept: while something
 * waits to be looked at by `ws`, messages go the same way.
 */
export class DirectSocket {
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #splitter: MessageSplitter;
  readonly #secure: boolean;
  #socket!: net.Socket;
  #client!: WebSocket;
  /** Characters of the end of the handshake's headers that have come. */
  #matched = 0;
  /** Bytes at the beginning of the buffer that are not used up. */
  #kept = 0;
  /** Of the last read: ms since the epoch. */
  #receivedAt = 0;
  #wantsMore = true;

  /**
   * @param secure whether it is for a wss:// address
   * @param limit the largest message, bytes: what is larger, `ws` refuses
   */
  constructor(secure: boolean, limit: number, handle: MessageHandler) {
    this.#secure = secure;
    this.#splitter = new MessageSplitter(this.#buffer, limit, {
      message: (payload, isBinary) => handle(payload, isBinary, this.#receivedAt),
      rest: (bytes) => {
        this.#push(bytes);
        this.#splitter.direct = this.#isClear;
      },
    });
  }

  /** For `ws`, in place of its own, which does this without `onread`. */
  readonly createConnection = (options: ConnectOptions): net.Socket => {
    const onread: net.OnReadOpts = {
      buffer: () => (this.#kept === 0 ? this.#buffer : this.#buffer.subarray(this.#kept)),
      callback: (bytes) => this.#read(this.#kept + bytes),
    };
    const { host = '', socketPath: path, servername = net.isIP(host) ? '' : host } = options;
    const secure = { ...options, path: undefined, servername, onread };
    this.#socket = this.#secure ? tls.connect(secure) : net.connect({ ...options, path, onread });
    return this.#socket;
  };

  /** The client that the socket was made for. */
  serve(client: WebSocket): void {
    this.#client = client;
  }

  /** @param end of what the buffer holds now */
  #read(end: number): boolean {
    this.#wantsMore = true;
    let at = 0;
    while (at < end && this.#client.readyState === CONNECTING) at = this.#handshake(at, end);
    if (at < end) {
      this.#receivedAt = epochNow();
      this.#splitter.direct = this.#isClear;
      at = this.#splitter.split(at, end);
    }
    this.#kept = end - at;
    if (at > 0 && at < end) this.#buffer.copyWithin(0, at, end);
    return this.#wantsMore;
  }

  /** Gives `ws` the headers up to their end, and not what comes behind it: with those it may have opened. Answers where it stopped. */
  #handshake(from: number, end: number): number {
    let at = from;
    while (at < end && this.#matched < HEADERS_END.length) {
      const byte = this.#buffer[at++];
      if (byte === HEADERS_END.charCodeAt(this.#matched)) this.#matched += 1;
      else this.#matched = byte === HEADERS_END.charCodeAt(0) ? 1 : 0;
    }
    if (this.#matched === HEADERS_END.length) this.#matched = 0;
    this.#push(this.#buffer.subarray(from, at));
    return at;
  }

  #push(bytes: Uint8Array): void {
    this.#wantsMore = this.#socket.push(Buffer.from(bytes));
  }

  /** `ws` is open and has looked at all that it was given. */
  get #isClear(): boolean {
    return this.#client.readyState === OPEN && this.#socket.readableLength === 0;
  }
}
