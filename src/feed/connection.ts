import type { createConnection } from 'node:net';
import WebSocket from 'ws';
import { AuthenticationError, ConnectionError, FrameTooLargeError, TickringError } from '../errors.ts';
import { epochNow } from '../memory/clock.ts';
import { Backoff, type ReconnectOptions } from './backoff.ts';
import {
  type ConnectionState,
  type StateChange,
  StateMachine,
  type TransitionCause,
} from './connection-state.ts';
import { DirectSocket } from './direct-socket.ts';
import type { FrameIntake } from './frame-intake.ts';

/** Where to connect. Asked for before each attempt. */
export interface ConnectRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a venue brings to a connection. */
export interface ConnectionVenue {
  /**
   * Where to connect, with what credentials. May take time, to fetch a token.
   *
   * @param refused the last attempt's credentials were refused: answer with new ones
   */
  request(refused: boolean): Promise<ConnectRequest>;
  /** Whether `request(true)` can answer with other credentials than before. */
  readonly renewable: boolean;
  /** Strips secrets from a text that is going to be shown. */
  redact(text: string): string;
  /** What to do about credentials that were refused, in words. */
  readonly refusedHint?: string;
  /** The service has accepted us: ask for what is wanted. */
  opened(): void;
  /** A text frame came, after it was put into the ring. Without this, no string is made of it. */
  text?(text: string): void;
  /** As `text`, with the frame's bytes as they came; they are good until this returns. */
  textBytes?(data: Uint8Array): void;
  /** A binary frame came, after it was put into the ring. Its bytes are good until this returns. */
  binary?(data: Uint8Array): void;
  /** Counts an attempt to connect that is about to be made; answers how long it has to wait, ms. Default: none waits. */
  attemptDelay?(): number;
  /** What to do about an end. Default: HTTP 401 and 403 are about the credentials, everything else is tried again. */
  verdict?(end: ConnectionEnd): Verdict;
}

/** Characters of the body of an answer that refuses the upgrade, that are read and shown. */
const MOST_BODY = 1024;

/** How an attempt or a connection ended. */
export interface ConnectionEnd {
  /** HTTP status that the upgrade was answered with, if it was refused. */
  readonly status?: number | undefined;
  /** WebSocket close code, if it had been open. */
  readonly code?: number | undefined;
}

/** `credentials`: they were refused; others may be had. `give-up`: trying again is of no use. */
export type Verdict = 'retry' | 'give-up' | 'credentials';

export interface ConnectionOptions {
  readonly reconnect?: ReconnectOptions | undefined;
  /** Without any bytes for this long, ms, an open socket is taken for dead. */
  readonly readTimeout: number;
  /** How long the upgrade may take, ms. */
  readonly handshakeTimeout: number;
  /** PEM certificates to trust instead of Node's, for wss:// addresses. */
  readonly ca?: string | readonly string[] | undefined;
  /** Attempts count as in a row until a connection has stood for this long, ms, and a frame has come. Default 0. */
  readonly stableAfter?: number | undefined;
  /** A connection that has never been open is given up when its first attempt fails. Default false. */
  readonly failFast?: boolean | undefined;
}

/** What a connection tells its feed. */
export interface ConnectionListener {
  stateChanged(change: StateChange): void;
  failed(error: TickringError): void;
  /** Waiting to try again: the attempt's number, from 1, and the delay in ms. */
  retrying(attempt: number, delay: number): void;
}

/**
 * One supervised WebSocket. It connects, notices when it is refused, lost or silent, waits and tries
 * again, and puts what comes into its arena's frame ring; what the frames mean is the venue's and the decoder's affair.
 */
export class Connection {
  readonly #intake: FrameIntake;
  readonly #venue: ConnectionVenue;
  readonly #listener: ConnectionListener;
  readonly #options: ConnectionOptions;
  readonly #machine: StateMachine;
  readonly #backoff: Backoff;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #liveness: NodeJS.Timeout | undefined;
  #refused = false;
  #heardAt = 0;
  #openedAt = 0;
  #opens = 0;
  #lastError: TickringError | undefined;

  /** @param intake of the arena; it outlives the connection, and counts its epochs */
  constructor(
    intake: FrameIntake,
    venue: ConnectionVenue,
    listener: ConnectionListener,
    options: ConnectionOptions,
  ) {
    this.#intake = intake;
    this.#venue = venue;
    this.#listener = listener;
    this.#options = options;
    this.#machine = new StateMachine((change) => listener.stateChanged(change));
    this.#backoff = new Backoff(options.reconnect);
  }

  get state(): ConnectionState {
    return this.#machine.state;
  }

  /** ms since the epoch */
  get since(): number {
    return this.#machine.since;
  }

  get reconnects(): number {
    return Math.max(0, this.#opens - 1);
  }

  /** When the last bytes came, ms since the epoch; 0 for never. */
  get heardAt(): number {
    return this.#heardAt;
  }

  get lastError(): TickringError | undefined {
    return this.#lastError;
  }

  /** Whether subscriptions can be sent. */
  get open(): boolean {
    const { state } = this;
    return state === 'subscribing' || state === 'subscribed' || state === 'resyncing';
  }

  /** From `disconnected` only: also after giving up. */
  start(): void {
    this.#backoff.succeeded();
    this.#refused = false;
    this.#move('start');
    this.#connect();
  }

  /** Sends a text message; false when the socket is not open. */
  send(text: string): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  /** For the venue: all that is wanted has been asked for. */
  subscribed(): void {
    if (this.state === 'subscribing') this.#move('subscriptions-sent');
  }

  /** For the venue: state that is built from the stream is being rebuilt, or stands again. */
  resyncing(rebuilding: boolean): void {
    if (rebuilding && this.state === 'subscribed') this.#move('resync');
    else if (!rebuilding && this.state === 'resyncing') this.#move('resynced');
  }

  /** For the venue: what came on this socket cannot be mended on it. It is cut off, and another is opened. */
  reopen(error: TickringError): void {
    if (this.open && this.#socket) this.#cut(this.#socket, 'socket-lost', error);
  }

  /**
   * Closes for good. Resolves when the socket is gone: closed by both sides, or cut off after `deadline` ms.
   * Idempotent.
   */
  async close(deadline: number): Promise<void> {
    clearTimeout(this.#timer);
    clearInterval(this.#liveness);
    const socket = this.#socket;
    if (this.state !== 'closed') this.#move('close');
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const gone = () => {
        clearTimeout(cut);
        resolve();
      };
      const cut = setTimeout(() => {
        socket.terminate();
        // It says so even if its own machinery is stuck.
        setImmediate(gone);
      }, deadline);
      socket.once('close', gone);
      // A paused socket would never see the other side's closing handshake.
      socket.resume();
      socket.close(1000);
    });
  }

  #connect(): void {
    const delay = this.#venue.attemptDelay?.() ?? 0;
    // Whoever was told of the delay may have closed us.
    if (this.state !== 'connecting') return;
    if (delay > 0) this.#timer = setTimeout(() => void this.#attempt(), delay);
    else void this.#attempt();
  }

  async #attempt(): Promise<void> {
    let request: ConnectRequest;
    try {
      request = await this.#venue.request(this.#refused);
    } catch (cause) {
      if (this.state !== 'connecting') return;
      if (cause instanceof AuthenticationError) this.#credentialsRefused(cause);
      else this.#tryAgain('connect-failed', requestError(cause));
      return;
    }
    if (this.state !== 'connecting') return;
    try {
      this.#open(request);
    } catch (cause) {
      this.#tryAgain('connect-failed', this.#error('cannot connect', cause));
    }
  }

  #open(request: ConnectRequest): void {
    const direct = new DirectSocket(
      isSecure(request.url),
      this.#intake.limit,
      (data, isBinary, receivedAt) => {
        if (this.#socket === socket) this.#message(data, isBinary, receivedAt);
      },
    );
    const socket = new WebSocket(request.url, {
      // Their types are two of Node's overloads.
      createConnection: direct.createConnection as typeof createConnection,
      headers: { ...request.headers },
      handshakeTimeout: this.#options.handshakeTimeout,
      ...(this.#options.ca !== undefined && { ca: [this.#options.ca].flat() }),
      maxPayload: this.#intake.limit,
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    direct.serve(socket);
    this.#socket = socket;
    let status: number | undefined;
    let body = '';
    let failure: Error | undefined;
    socket.on('unexpected-response', (_request, response) => {
      status = response.statusCode;
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        body += part;
        if (body.length >= MOST_BODY) response.destroy();
      });
      response.on('error', () => {});
      // Whether it was read to its end or not. The handshake's time-out is that of reading it, too.
      response.once('close', () => socket.terminate());
    });
    socket.on('error', (error) => {
      failure ??= error;
    });
    socket.on('open', () => this.#opened());
    socket.on('message', (data: Buffer, isBinary) => this.#message(data, isBinary, epochNow()));
    socket.on('ping', () => this.#heard());
    socket.on('pong', () => this.#heard());
    socket.on('close', (code, reason) => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      if (this.state === 'closed') return;
      if (this.state === 'connecting') this.#notConnected(status, body.slice(0, MOST_BODY).trim(), failure);
      else this.#lost(code, reason.toString(), failure);
    });
  }

  #opened(): void {
    this.#opens += 1;
    this.#refused = false;
    this.#heard();
    this.#openedAt = this.#heardAt;
    this.#move('socket-open');
    // Whoever was told may have closed us: here, and wherever this is looked at after a move.
    if (this.state !== 'authenticating') return;
    this.#intake.reset(epochNow());
    this.#watch();
    // The services that this class knows accept us with the upgrade.
    this.#move('authenticated');
    this.#venue.opened();
  }

  /** @param data good until this returns */
  #message(data: Uint8Array, isBinary: boolean, receivedAt: number): void {
    this.#heardAt = receivedAt;
    const { stableAfter = 0 } = this.#options;
    if (this.#backoff.attempts !== 0 && receivedAt - this.#openedAt >= stableAfter) this.#backoff.succeeded();
    // While it closes it is not held back any more: it would not hear the other side's closing handshake.
    this.#intake.take(data, isBinary, receivedAt, this.state === 'closed' ? undefined : this.#socket);
    const venue = this.#venue;
    if (isBinary) venue.binary?.(data);
    else {
      venue.textBytes?.(data);
      venue.text?.(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString());
    }
  }

  #heard(): void {
    this.#heardAt = epochNow();
  }

  /** Half-open sockets never say so: look whether anything has been heard. */
  #watch(): void {
    const { readTimeout } = this.#options;
    clearInterval(this.#liveness);
    if (readTimeout === Number.POSITIVE_INFINITY) return;
    const dead = () => epochNow() - this.#heardAt >= readTimeout;
    this.#liveness = setInterval(() => {
      // A socket that we paused ourselves is silent by our own will.
      if (this.#intake.paused) this.#heard();
      if (!dead()) return;
      const socket = this.#socket;
      // A thread that was blocked has not read yet what has come meanwhile: sockets are read before this is called.
      setImmediate(() => {
        if (dead() && socket && this.#socket === socket && this.state !== 'closed') this.#silent(socket);
      });
    }, readTimeout / 4);
  }

  #silent(socket: WebSocket): void {
    const error = new ConnectionError(
      `nothing was heard for ${this.#options.readTimeout} ms: taken for half open`,
    );
    this.#cut(socket, 'silent', error);
  }

  #cut(socket: WebSocket, cause: TransitionCause, error: TickringError): void {
    this.#socket = undefined;
    socket.terminate();
    this.#intake.ended(epochNow());
    this.#tryAgain(cause, error);
  }

  /** @param body of the answer that refused the upgrade, if one did */
  #notConnected(status: number | undefined, body: string, failure: Error | undefined): void {
    const verdict = this.#verdict({ status });
    const words = `HTTP ${status}${body === '' ? '' : `: ${this.#venue.redact(body)}`}`;
    if (verdict !== 'credentials') {
      const cause =
        status === undefined ? failure : new Error(`the service answered the upgrade with ${words}`);
      this.#tryAgain('connect-failed', this.#error('cannot connect', cause), verdict);
      return;
    }
    if (this.#venue.renewable && !this.#refused) {
      this.#refused = true;
      this.#move('credentials-expired');
      if (this.state !== 'degraded') return;
      this.#move('retry');
      this.#connect();
      return;
    }
    const { refusedHint = 'replace them and start again' } = this.#venue;
    this.#credentialsRefused(
      new AuthenticationError(`the service refused the credentials with ${words}; ${refusedHint}`),
    );
  }

  #credentialsRefused(error: AuthenticationError): void {
    this.#lastError = error;
    this.#move('credentials-refused');
    this.#listener.failed(error);
  }

  #verdict(end: ConnectionEnd): Verdict {
    if (this.#venue.verdict) return this.#venue.verdict(end);
    return end.status === 401 || end.status === 403 ? 'credentials' : 'retry';
  }

  #lost(code: number, reason: string, failure: Error | undefined): void {
    this.#intake.ended(epochNow());
    const words = reason === '' ? `code ${code}` : `code ${code}, ${this.#venue.redact(reason)}`;
    if (failure && (failure as NodeJS.ErrnoException).code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
      this.#intake.tooLarge();
      const error = new FrameTooLargeError(undefined, this.#intake.limit, { cause: failure });
      this.#tryAgain('socket-lost', error);
      return;
    }
    const error = this.#error(`the connection was closed (${words})`, failure);
    this.#tryAgain('socket-lost', error, this.#verdict({ code }));
  }

  #tryAgain(cause: TransitionCause, error: TickringError, verdict: Verdict = 'retry'): void {
    clearInterval(this.#liveness);
    this.#lastError = error;
    this.#move(cause);
    this.#listener.failed(error);
    // The listener may have closed us.
    if (this.state !== 'degraded') return;
    const final = verdict === 'give-up' || (this.#options.failFast === true && this.#opens === 0);
    const delay = final ? undefined : this.#backoff.next();
    if (delay === undefined) {
      this.#move('gave-up');
      return;
    }
    this.#timer = setTimeout(() => {
      this.#move('retry');
      this.#connect();
    }, delay);
    // Last: the listener may close us, and that has to find the timer.
    this.#listener.retrying(this.#backoff.attempts, delay);
  }

  #move(cause: TransitionCause): void {
    this.#machine.move(cause);
  }

  #error(what: string, cause: unknown): ConnectionError {
    const words = cause instanceof Error ? `: ${this.#venue.redact(cause.message || cause.name)}` : '';
    return new ConnectionError(`${what}${words}`);
  }
}

function isSecure(url: string): boolean {
  return new URL(url).protocol === 'wss:';
}

/** What a token provider throws is the user's own; it is kept as the cause. */
function requestError(cause: unknown): TickringError {
  if (cause instanceof TickringError) return cause;
  return new ConnectionError('the credentials provider failed', { cause });
}
