import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { ArgumentError } from '../../errors.ts';
import { checkCloseCode } from '../close-code.ts';
import { ExchangeClock } from '../exchange-clock.ts';
import { Admission, PATHS } from './admission.ts';
import type { KrakenEndpoint } from './channels.ts';
import { Desk } from './desk.ts';
import { EngineStatus, type KrakenSystem } from './engine-status.ts';
import type { KrakenSimulatorEvents } from './events.ts';
import type { KrakenFault } from './faults.ts';
import { Gateway } from './gateway.ts';
import { Injector } from './injector.ts';
import { type KrakenPairStatus, PAIR_STATUSES } from './instrument-channel.ts';
import { MarketSource } from './market-source.ts';
import { type KrakenSimulatorOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { Producer } from './producer.ts';
import { type KrakenFrameSink, Recorders } from './recorders.ts';
import { ReplaySource } from './replay-source.ts';
import { Rest } from './rest.ts';
import { Session, type SessionContext } from './session.ts';
import type { Source } from './source.ts';
import { type KrakenSimulatorStats, newCounters, newInjectedCounters } from './stats.ts';
import type { KrakenSubscription } from './subscription-info.ts';
import { type KrakenTarget, meets } from './target.ts';
import { Tokens } from './tokens.ts';

/**
 * Kraken's WebSocket API v2 on 127.0.0.1, with a market that walks: every channel, its acks and its errors, and REST as far
 * as it hands out tokens. What are different hosts there are different paths here. For tests, demos and load.
 *
 * With `rate: 0` nothing happens but what `step()` and `stepAccounts()` ask for; with `startTime` as well, the same
 * requests and steps give the same bytes.
 */
export class KrakenSimulator extends EventEmitter<KrakenSimulatorEvents> {
  readonly #options: ResolvedOptions;
  readonly #clock: ExchangeClock;
  readonly #source: Source;
  readonly #desk: Desk;
  readonly #status: EngineStatus;
  readonly #gateway: Gateway;
  readonly #injector: Injector;
  readonly #producer: Producer;
  readonly #context: SessionContext;
  readonly #recorders = new Recorders();
  readonly #counters = newCounters();
  readonly #injected = newInjectedCounters();
  readonly #sessions = new Set<Session>();
  readonly #ended: KrakenSubscription[] = [];
  #nextId = 1;
  #heartbeat: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  /** @throws ArgumentError when an option is out of its range. */
  constructor(options: KrakenSimulatorOptions = {}) {
    super();
    const resolved = resolveOptions(options);
    const { seed, instruments, rate, accountRate, credentials, restLimit, replay } = resolved;
    const tokens = new Tokens(resolved.tokenLifetime);
    const rest = new Rest(credentials, tokens, restLimit, (request) => {
      if (request.error === undefined) this.#counters.tokensIssued++;
      else this.#counters.tokensRefused++;
      this.emit('token', request);
    });
    const admission = new Admission(resolved.connectLimit);
    this.#options = resolved;
    this.#clock = new ExchangeClock(resolved);
    this.#source = replay ? new ReplaySource(replay) : new MarketSource(instruments, seed, this.#clock);
    this.#desk = new Desk(this.#source, tokens, this.#clock, (subscription) => {
      if (resolved.keepsEnded) this.#ended.push(subscription.report());
    });
    this.#status = new EngineStatus(this.#clock, seed, () => this.#tellStatus());
    this.#gateway = new Gateway({
      admission,
      onRequest: (request, response) => rest.answer(request, response),
      onConnection: (websocket, stream, endpoint) => this.#accept(websocket, stream, endpoint),
      onRefused: (status) => {
        this.#counters.refused++;
        this.emit('refused', { status });
      },
    });
    this.#injector = new Injector({
      seed,
      counters: this.#injected,
      tokens,
      rest,
      admission,
      status: this.#status,
    });
    this.#producer = new Producer({
      rate,
      accountRate,
      sessions: this.#sessions,
      counters: this.#counters,
      step: (count) => this.#step(count, undefined),
      stepAccounts: (count) => this.stepAccounts(count),
    });
    this.#context = {
      ...resolved,
      source: this.#source,
      counters: this.#counters,
      injected: this.#injected,
      onFrame: (text, session) => this.#recorders.note(text, session),
    };
  }

  /** Starts to listen. Rejects with the system's error when the port is taken. */
  async listen(): Promise<void> {
    await this.#gateway.listen(this.#options.port);
    this.#producer.start();
    const { heartbeatInterval } = this.#options;
    if (heartbeatInterval > 0) this.#heartbeat = setInterval(() => this.heartbeat(), heartbeatInterval);
  }

  /** The public endpoint, in place of `wss://ws.kraken.com/v2`, once it listens. */
  get url(): string {
    return `ws://${this.#host()}${PATHS.public}`;
  }

  /** The endpoint for `executions` and `balances`, in place of `wss://ws-auth.kraken.com/v2`. */
  get authUrl(): string {
    return `ws://${this.#host()}${PATHS.auth}`;
  }

  /** The endpoint for `level3`, in place of `wss://ws-l3.kraken.com/v2`. */
  get level3Url(): string {
    return `ws://${this.#host()}${PATHS.level3}`;
  }

  /** Where tokens come from, in place of `https://api.kraken.com`; without a path. */
  get restUrl(): string {
    return `http://${this.#host()}`;
  }

  /** Pairs that there are, well-known ones first. */
  get symbols(): readonly string[] {
    return this.#source.symbols;
  }

  /** Running totals, and how things stand now. */
  stats(): KrakenSimulatorStats {
    let connections = 0;
    let subscriptions = 0;
    let bufferedBytes = 0;
    for (const session of this.#sessions) {
      if (session.isOpen) connections++;
      subscriptions += session.subscriptions.size;
      bufferedBytes += session.bufferedBytes;
    }
    return structuredClone({
      ...this.#counters,
      injected: this.#injected,
      connections,
      subscriptions,
      bufferedBytes,
    });
  }

  /** What every open subscription asked for and was sent; before them, with `keepsEnded`, those that have ended. */
  subscriptions(target: KrakenTarget = {}): KrakenSubscription[] {
    const open = [...this.#sessions].flatMap((session) =>
      [...session.subscriptions.values()].map((subscription) => subscription.report()),
    );
    return [...this.#ended, ...open].filter(
      ({ connection, endpoint, channel, symbol }) =>
        (target.connection ?? connection) === connection &&
        (target.endpoint ?? endpoint) === endpoint &&
        (target.channel ?? channel) === channel &&
        (target.symbol ?? symbol) === symbol,
    );
  }

  /**
   * Lets so many things happen at once: in the markets that somebody subscribed to, in turn, or in this one; in a replay,
   * so many frames are played on each connection. Not every event is seen by everybody: a change below the depth of a
   * book is not. Nothing happens during a maintenance.
   *
   * @returns how many happened
   * @throws ArgumentError for a symbol that there is not
   */
  step(count = 1, symbol?: string): number {
    if (symbol !== undefined) this.#checkSymbol(symbol);
    return this.#step(count, symbol);
  }

  /** Lets so many things happen in the accounts that somebody listens to, in turn. Returns how many did. */
  stepAccounts(count = 1): number {
    if (this.#status.isDown) return 0;
    const happened = this.#source.stepAccounts(count);
    this.#counters.accountEvents += happened;
    return happened;
  }

  /** Sends every connection that has subscribed to anything a heartbeat, besides those that come by themselves. */
  heartbeat(): void {
    for (const session of this.#sessions) session.sendHeartbeat();
  }

  /**
   * Makes something go wrong: at once, on open connections; with the messages to come, on those that have subscribed to what the
   * target names; or with whatever is asked of the simulator next. Everything is counted in `stats().injected`.
   *
   * @returns how many connections it met; 0 for faults that meet none
   * @throws ArgumentError for a fault that there is not, or a number out of its range.
   */
  inject(fault: KrakenFault, target: KrakenTarget = {}): number {
    return this.#injector.inject(fault, this.#open(target), target);
  }

  /**
   * While on, connections stay open and nothing at all is sent on them, or nothing on the target's channel. What would
   * have been sent is lost.
   */
  silence(on: boolean, target: KrakenTarget = {}): void {
    for (const session of this.#open(target)) session.silence(on, target.channel);
  }

  /** Changes what the engine takes, and tells every connection. */
  setSystem(system: KrakenSystem): void {
    this.#status.set(system);
  }

  /**
   * Changes what may be done with a pair, and tells who watches instruments. Its market goes on all the same.
   * @throws ArgumentError for a symbol or status that there is not, and in a replay
   */
  setStatus(symbol: string, status: KrakenPairStatus): void {
    this.#checkSymbol(symbol);
    if (!PAIR_STATUSES.includes(status)) throw new ArgumentError(`no pair has the status ${status}`);
    this.#source.setStatus(symbol, status);
  }

  /** Sends a text message as it is, well-formed or not. */
  sendText(text: string, target: KrakenTarget = {}): void {
    for (const session of this.#open(target)) session.sendText(text);
  }

  /**
   * Ends connections: abruptly, as a network fault does, or with a close code if one is given.
   * @throws ArgumentError for a code that must not be sent.
   */
  disconnect(code?: number, target: KrakenTarget = {}): void {
    checkCloseCode(code);
    for (const session of this.#open(target)) session.disconnect(code);
  }

  /**
   * Hands over every text sent from now on, also on connections to come. One a line they are a session file, which
   * the option `replay` plays.
   * @returns what ends it
   */
  record(sink: KrakenFrameSink, target: KrakenTarget = {}): Disposable {
    return this.#recorders.add(sink, target);
  }

  /** Nothing happens by itself until `resume()`; `step()` works. Heartbeats go on. */
  pause(): void {
    this.#producer.pause();
  }

  resume(): void {
    this.#producer.resume();
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
    this.#status.stop();
    clearInterval(this.#heartbeat);
    for (const session of this.#sessions) session.disconnect();
    await this.#gateway.close();
  }

  #host(): string {
    const { host } = this.#gateway;
    if (host !== undefined) return host;
    throw new ArgumentError('the simulator has no url before listen() and after close()');
  }

  #step(count: number, symbol: string | undefined): number {
    if (this.#status.isDown) return 0;
    const happened = this.#source.step(count, symbol);
    this.#counters.events += happened;
    return happened;
  }

  #checkSymbol(symbol: string): void {
    if (!this.#source.has(symbol)) throw new ArgumentError(`there is no pair ${symbol} in this simulator`);
  }

  #open(target: KrakenTarget): Session[] {
    return [...this.#sessions].filter((session) => session.isOpen && meets(target, session));
  }

  #tellStatus(): void {
    for (const session of this.#open({})) session.sendStatus(this.#status.text(session.id));
  }

  #accept(websocket: WebSocket, stream: Duplex, endpoint: KrakenEndpoint): void {
    const id = this.#nextId++;
    const session = new Session(id, endpoint, websocket, stream, this.#context);
    this.#sessions.add(session);
    this.#counters.accepted++;
    // ws closes the connection after an error by itself: the 'close' event tells.
    websocket.on('error', () => {});
    websocket.on('message', (data, isBinary) => this.#receive(session, data, isBinary));
    websocket.on('close', (code) => {
      this.#sessions.delete(session);
      this.#desk.leave(session);
      this.emit('disconnect', { id, endpoint, code });
    });
    session.sendStatus(this.#status.text(id));
    this.emit('connection', { id, endpoint });
  }

  #receive(session: Session, data: RawData, isBinary: boolean): void {
    this.#counters.requests++;
    session.notIdle();
    // Requests are text; what is binary is as malformed as what is not JSON.
    const handled = this.#desk.receive(session, isBinary ? '' : data.toString());
    this.emit('request', { ...handled, connection: session.id });
  }
}
