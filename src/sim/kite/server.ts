import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { ArgumentError } from '../../errors.ts';
import { checkCloseCode } from '../close-code.ts';
import { Listener } from '../listener.ts';
import { Admission, refuse } from './admission.ts';
import { Audit, type KiteAuditEntry } from './audit.ts';
import { ClientMessageError, type KiteClientMessage, parseClientMessage } from './client-message.ts';
import type { KiteConnectionSubscriptions, KiteSimulatorEvents, KiteTarget } from './events.ts';
import type { KiteFault } from './faults.ts';
import { Injector } from './injector.ts';
import { KiteMarket } from './market.ts';
import {
  type KiteCredentials,
  type KiteSimulatorOptions,
  type ResolvedOptions,
  resolveOptions,
} from './options.ts';
import { Producer } from './producer.ts';
import { Session, type SessionContext } from './session.ts';
import { copyInjected, type KiteSimulatorStats, newCounters, newInjectedCounters } from './stats.ts';
import { Subscriptions } from './subscriptions.ts';

const HOST = '127.0.0.1';
/** Far above a subscription to all that a connection may carry. */
const MOST_MESSAGE_BYTES = 1024 * 1024;

/**
 * Kite's ticker on 127.0.0.1: the wire protocol, its limits, and a market that walks. For tests, demos and load.
 *
 * The n-th tick of an instrument depends on the seed only. What goes over a connection is the same, byte for byte, for
 * the same seed, `startTime`, `rate` and order of subscriptions made while paused; how a finite rate's ticks divide
 * into frames depends on time.
 */
export class KiteSimulator extends EventEmitter<KiteSimulatorEvents> {
  readonly #options: ResolvedOptions;
  readonly #market: KiteMarket;
  readonly #admission: Admission;
  readonly #audit: Audit | undefined;
  readonly #counters = newCounters();
  readonly #injected = newInjectedCounters();
  readonly #injector: Injector;
  readonly #sessions = new Set<Session>();
  readonly #producer: Producer;
  readonly #context: SessionContext;
  readonly #http = createServer((_, response) => response.writeHead(426, { Connection: 'close' }).end());
  readonly #listener = new Listener(HOST, (socket) => this.#http.emit('connection', socket));
  readonly #websockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: MOST_MESSAGE_BYTES,
  });
  #nextId = 1;
  #paused = false;
  #silent = false;
  #closing: Promise<void> | undefined;

  /** @throws ArgumentError when an option is out of its range. */
  constructor(options: KiteSimulatorOptions = {}) {
    super();
    const resolved = resolveOptions(options);
    const { rate, packetsPerFrame, tickLimit, heartbeatInterval, seed, instruments, startTime } = resolved;
    this.#options = resolved;
    // The market's clock keeps pace with a finite rate; with an unlimited one it takes a million ticks a second.
    const ticksPerSecond = rate === Number.POSITIVE_INFINITY ? 1_000_000 : Math.max(1, rate);
    this.#market = new KiteMarket({ instruments, seed, startTime, ticksPerSecond });
    this.#admission = new Admission(resolved.credentials, resolved.maxConnections);
    this.#audit = resolved.audit === false ? undefined : new Audit(resolved.audit === 'history');
    this.#producer = new Producer(this.#sessions, {
      rate,
      packetsPerFrame,
      tickLimit,
      counters: this.#counters,
      onFinished: () => this.emit('finished', { ticks: this.#counters.ticksSent }),
    });
    this.#context = {
      market: this.#market,
      counters: this.#counters,
      injected: this.#injected,
      audit: this.#audit,
      packetsPerFrame,
      heartbeatInterval,
      isSilent: () => this.#silent,
      onRoom: () => this.#producer.wake(),
    };
    this.#injector = new Injector({
      seed,
      packetsPerFrame,
      counters: this.#injected,
      admission: this.#admission,
      listener: this.#listener,
    });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Starts to listen. Rejects with the system's error when the port is taken. */
  async listen(): Promise<void> {
    await this.#listener.listen(this.#options.port);
  }

  /** `ws://127.0.0.1:PORT`, once it listens. */
  get url(): string {
    const { port } = this.#listener;
    if (port === 0) throw new ArgumentError('the simulator has no url before listen() and after close()');
    return `ws://${HOST}:${port}`;
  }

  /** The universe: all segments mixed, the well-known instruments first. Other tokens of known segments tick too. */
  get instrumentTokens(): Uint32Array {
    return this.#market.instrumentTokens;
  }

  /** Running totals, and how things stand now. */
  stats(): KiteSimulatorStats {
    let connections = 0;
    let subscriptions = 0;
    let bufferedBytes = 0;
    for (const session of this.#sessions) {
      if (session.isOpen) connections++;
      subscriptions += session.subscriptions.size;
      bufferedBytes += session.bufferedBytes;
    }
    const injected = copyInjected(this.#injected);
    return { ...this.#counters, injected, connections, subscriptions, bufferedBytes };
  }

  /** What every open connection has asked for, in the order of their connecting. */
  subscriptions(): KiteConnectionSubscriptions[] {
    return this.#open({}).map(({ id, apiKey, subscriptions }) => ({
      id,
      apiKey,
      subscriptions: subscriptions.modes(),
    }));
  }

  /**
   * What was sent so far of each instrument on each connection, also on those that have ended.
   * @throws ArgumentError without the option `audit`.
   */
  audit(): KiteAuditEntry[] {
    if (this.#audit === undefined) throw new ArgumentError('audit() needs the option audit: true');
    return this.#audit.entries();
  }

  /**
   * The audit's hash over the first `packets` packets of an instrument on a connection: what has arrived of a connection
   * that broke is the beginning of what was sent. `undefined` when fewer were sent.
   * @throws ArgumentError without the option `audit: 'history'`.
   */
  auditHash(connection: number, token: number, packets: number): number | undefined {
    if (this.#options.audit !== 'history') throw new ArgumentError("auditHash() needs audit: 'history'");
    return this.#audit?.hashAfter(connection, token, packets);
  }

  /**
   * Makes something go wrong, on open connections or, for the faults that meet the connecting, for whoever connects
   * next (of the target's API key, where there is one to know). A connection that may not send just now is passed over;
   * so are, by faults made of ticks, those that stream nothing. Everything is counted in `stats().injected`.
   *
   * @returns how many connections it met; 0 for faults that meet whoever connects next
   * @throws ArgumentError for a fault that there is not, or a number out of its range.
   */
  inject(fault: KiteFault, target: KiteTarget = {}): number {
    return this.#injector.inject(fault, this.#open(target), target.apiKey);
  }

  /** Sends an order update, Kite's postback object. */
  sendOrder(order: object, target?: KiteTarget): void {
    this.sendText(JSON.stringify({ type: 'order', data: order }), target);
  }

  /** Sends an error text, as Kite does for requests that it cannot serve. */
  sendError(text: string, target?: KiteTarget): void {
    this.sendText(JSON.stringify({ type: 'error', data: text }), target);
  }

  /** Sends a broker's message. */
  sendMessage(data: unknown, target?: KiteTarget): void {
    this.sendText(JSON.stringify({ type: 'message', data }), target);
  }

  /** Sends a text message as it is, well-formed or not. */
  sendText(text: string, target: KiteTarget = {}): void {
    for (const session of this.#open(target)) session.send(text);
  }

  /** Sends a binary message as it is, well-formed or not. Copied: the caller may reuse its bytes. */
  sendFrame(bytes: Uint8Array, target: KiteTarget = {}): void {
    const copy = Buffer.from(bytes);
    for (const session of this.#open(target)) session.send(copy);
  }

  /**
   * Ends connections: abruptly, as a network fault does, or with a close code if one is given.
   * @throws ArgumentError for a code that must not be sent.
   */
  disconnect(code?: number, target: KiteTarget = {}): void {
    checkCloseCode(code);
    for (const session of this.#open(target)) session.disconnect(code);
  }

  /** Produces no more ticks until `resume()`. Snapshots and heartbeats go on. */
  pause(): void {
    this.#paused = true;
    this.#holdOrRun();
  }

  resume(): void {
    this.#paused = false;
    this.#holdOrRun();
  }

  /** While on, connections stay open and nothing at all is sent on them, as by a peer that has vanished. */
  silence(on: boolean): void {
    this.#silent = on;
    this.#holdOrRun();
  }

  /** Replaces the credentials that are let in from now on. Open connections stay. */
  acceptCredentials(credentials: readonly KiteCredentials[]): void {
    this.#admission.replace(credentials);
  }

  /** Drops all connections and stops listening. May be called more than once. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#producer.stop();
    for (const session of this.#sessions) session.disconnect();
    await this.#listener.close();
  }

  #holdOrRun(): void {
    if (this.#paused || this.#silent) this.#producer.pause();
    else this.#producer.resume();
  }

  #open({ connection, apiKey }: KiteTarget): Session[] {
    return [...this.#sessions].filter(
      (session) =>
        session.isOpen &&
        (connection === undefined || session.id === connection) &&
        (apiKey === undefined || session.apiKey === apiKey),
    );
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const admitted = this.#admission.admit(request, (apiKey) => this.#open({ apiKey }).length);
    if ('status' in admitted) {
      this.#counters.refused++;
      refuse(socket, admitted);
      this.emit('refused', admitted);
      return;
    }
    this.#websockets.handleUpgrade(request, socket, head, (websocket) => {
      this.#accept(websocket, socket, admitted.apiKey);
    });
  }

  #accept(websocket: WebSocket, stream: Duplex, apiKey: string): void {
    const id = this.#nextId++;
    const subscriptions = new Subscriptions(id, this.#market, this.#options.maxInstruments, this.#audit);
    const session = new Session(id, apiKey, websocket, stream, subscriptions, this.#context);
    this.#sessions.add(session);
    this.#counters.accepted++;
    // ws closes the connection after an error by itself: the 'close' event tells.
    websocket.on('error', () => {});
    websocket.on('message', (data, isBinary) => this.#receive(session, data, isBinary));
    websocket.on('close', (code) => {
      this.#sessions.delete(session);
      this.emit('disconnect', { id, apiKey, code });
    });
    this.emit('connection', { id, apiKey });
  }

  #receive(session: Session, data: RawData, isBinary: boolean): void {
    try {
      if (isBinary) throw new ClientMessageError('the message is binary; requests are JSON text');
      this.#apply(session, parseClientMessage(data.toString()));
    } catch (error) {
      if (!(error instanceof ClientMessageError)) throw error;
      this.#counters.rejectedMessages++;
      session.reply(JSON.stringify({ type: 'error', data: error.message }));
      this.emit('rejected', { connection: session.id, reason: error.message });
    }
  }

  #apply(session: Session, message: KiteClientMessage): void {
    const { subscriptions } = session;
    const { maxInstruments } = this.#options;
    if (message.action === 'unsubscribe') {
      subscriptions.unsubscribe(message.tokens);
    } else if (message.action === 'mode') {
      subscriptions.setMode(message.mode, message.tokens);
    } else {
      const excess = subscriptions.subscribe(message.tokens);
      if (excess > 0) {
        const data = `${excess} instruments were not subscribed: a connection has at most ${maxInstruments}.`;
        session.reply(JSON.stringify({ type: 'error', data }));
      }
    }
    session.sendSnapshots();
    this.#producer.wake();
    this.emit('subscription', { ...message, connection: session.id, size: subscriptions.size });
  }
}
