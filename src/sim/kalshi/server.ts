import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { ArgumentError } from '../../errors.ts';
import { checkCloseCode } from '../close-code.ts';
import { ExchangeClock } from '../exchange-clock.ts';
import { Listener } from '../listener.ts';
import { Admission, PATH, refuse } from './admission.ts';
import { bookOf, infoOf, type KalshiBook, type KalshiMarketInfo } from './book-state.ts';
import { channelsOf } from './channels.ts';
import { Commands } from './commands.ts';
import { wireForm } from './era.ts';
import type { KalshiConnectionSubscriptions, KalshiSimulatorEvents, KalshiTarget } from './events.ts';
import { Exchange } from './exchange.ts';
import type { KalshiFault } from './faults.ts';
import { Injector } from './injector.ts';
import { type KalshiCredentials, type KalshiKey, makeKey, type ResolvedKey, resolveKey } from './keys.ts';
import type { Market } from './market.ts';
import { MarketMessages } from './market-messages.ts';
import { type KalshiSimulatorOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { Producer } from './producer.ts';
import { Publisher } from './publisher.ts';
import { Script } from './script.ts';
import { Session, type SessionContext } from './session.ts';
import { type KalshiSimulatorStats, newCounters, newInjectedCounters } from './stats.ts';
import { SubscriptionDesk } from './subscription-desk.ts';

const HOST = '127.0.0.1';
/** What the service takes in one message. */
const MOST_MESSAGE_BYTES = 64 * 1024 * 1024;
/** A socket with fewer bytes waiting has room, for an unlimited rate. */
const ROOM = 256 * 1024;

/**
 * Kalshi's WebSocket API on 127.0.0.1: signatures, every command and channel, their errors, and markets that walk. For tests,
 * demos and load.
 *
 * With `rate: 0` nothing happens but what `step()` and `act()` ask for; with `startTime` as well, the same commands and steps
 * give the same bytes. Prices are whole numbers of 1/10,000 $, counts of 1/100 contract.
 */
export class KalshiSimulator extends EventEmitter<KalshiSimulatorEvents> {
  /** What the default key signs with; `undefined` when the options name keys. */
  readonly credentials: KalshiCredentials | undefined;
  readonly #options: ResolvedOptions;
  readonly #clock: ExchangeClock;
  readonly #exchange: Exchange;
  readonly #script: Script;
  readonly #admission: Admission;
  readonly #desk: SubscriptionDesk;
  readonly #commands: Commands;
  readonly #injector: Injector;
  readonly #producer: Producer;
  readonly #context: SessionContext;
  readonly #counters = newCounters();
  readonly #injected = newInjectedCounters();
  readonly #sessions = new Set<Session>();
  readonly #http = createServer((_, response) => response.writeHead(426, { Connection: 'close' }).end());
  readonly #listener = new Listener(HOST, (socket) => this.#http.emit('connection', socket));
  readonly #websockets: WebSocketServer;
  #nextId = 1;
  #stepsUntilAct: number;
  #closing: Promise<void> | undefined;

  /** @throws ArgumentError when an option is out of its range. */
  constructor(options: KalshiSimulatorOptions = {}) {
    super();
    let credentials: KalshiCredentials | undefined;
    const resolved = resolveOptions(options, () => {
      const made = makeKey();
      credentials = made.credentials;
      return made.key;
    });
    const { seed, markets, rate, startTime, stepTime, maxMarkets, actEvery } = resolved;
    const form = wireForm(resolved.era);
    const messages = new MarketMessages(form);
    const publisher = new Publisher(messages);
    const clock = new ExchangeClock({ startTime, stepTime });
    const exchange = new Exchange({ markets, seed, form, clock, publisher });
    const admission = new Admission(resolved);
    const { yesPriceDefault } = resolved;
    const desk = {
      form,
      channels: channelsOf(form),
      exchange,
      publisher,
      messages,
      maxMarkets,
      yesPriceDefault,
    };
    this.credentials = credentials;
    this.#options = resolved;
    this.#clock = clock;
    this.#exchange = exchange;
    this.#admission = admission;
    this.#stepsUntilAct = actEvery;
    this.#script = new Script({ seed, form, exchange, publisher, keys: () => admission.keys });
    this.#desk = new SubscriptionDesk(desk);
    this.#commands = new Commands(desk, this.#desk, this.#injected);
    this.#injector = new Injector({
      counters: this.#injected,
      admission,
      exchange,
      messages,
      stopListening: (ms) => this.#listener.stop(ms),
    });
    this.#producer = new Producer({
      rate,
      limit: resolved.stepLimit,
      step: (count) => this.#turn(count),
      isWatched: () =>
        this.#sessions.size > 0 && (exchange.active.length > 0 || rate < Number.POSITIVE_INFINITY),
      hasRoom: () => this.#hasRoom(),
      onDelayed: (count) => {
        this.#counters.delayed += count;
      },
      onFinished: () => this.emit('finished', { steps: this.#counters.steps }),
    });
    this.#context = {
      form,
      clock,
      counters: this.#counters,
      injected: this.#injected,
      pingInterval: resolved.pingInterval,
      sendQueueBytes: resolved.sendQueueBytes,
      maxCommands: resolved.maxCommands,
      onEnded: (session, subscription) => this.#desk.forget(session, subscription),
      onRoom: () => this.#producer.wake(),
    };
    this.#websockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: resolved.compression ?? form.compression,
      autoPong: false,
      maxPayload: MOST_MESSAGE_BYTES,
    });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Starts to listen. Rejects with the system's error when the port is taken. */
  async listen(): Promise<void> {
    await this.#listener.listen(this.#options.port);
  }

  /** `ws://127.0.0.1:PORT/trade-api/ws/v2`, once it listens. */
  get url(): string {
    const { port } = this.#listener;
    if (port === 0) throw new ArgumentError('the simulator has no url before listen() and after close()');
    return `ws://${HOST}:${port}${PATH}`;
  }

  /** Markets that there are, well-known ones first. */
  get tickers(): readonly string[] {
    return [...this.#exchange.markets].map(({ definition }) => definition.ticker);
  }

  /**
   * The true book of a market, as it is now.
   * @throws ArgumentError for a market that there is not
   */
  book(ticker: string): KalshiBook {
    return bookOf(this.#market(ticker));
  }

  /**
   * What is fixed of a market, and where it stands.
   * @throws ArgumentError for a market that there is not
   */
  market(ticker: string): KalshiMarketInfo {
    return infoOf(this.#market(ticker));
  }

  /** Running totals, and how things stand now. */
  stats(): KalshiSimulatorStats {
    let connections = 0;
    let subscriptions = 0;
    let bufferedBytes = 0;
    for (const session of this.#sessions) {
      if (session.isOpen) connections++;
      subscriptions += session.subscriptionCount;
      bufferedBytes += session.bufferedBytes;
    }
    const injected = this.#injected;
    return structuredClone({ ...this.#counters, injected, connections, subscriptions, bufferedBytes });
  }

  /** What every open connection has asked for, in the order of their connecting. */
  subscriptions(target: KalshiTarget = {}): KalshiConnectionSubscriptions[] {
    return this.#open(target).map((session) => ({
      id: session.id,
      keyId: session.key?.id ?? '',
      subscriptions: [...session.subscriptions].map(({ sid, channel, items, options, seq }) => ({
        sid,
        channel: channel.name,
        items,
        useYesPrice: options.useYesPrice,
        seq,
      })),
    }));
  }

  /**
   * Lets so many things happen at once, in the markets that somebody watches, or in this one. After every `actEvery` of them
   * something else happens, see `act`.
   *
   * @returns how many happened in markets
   * @throws ArgumentError for a market that there is not, or that is over
   */
  step(count = 1, ticker?: string): number {
    const market = ticker === undefined ? undefined : this.#market(ticker);
    if (market?.isOpen === false) throw new ArgumentError(`nobody trades in ${ticker} any more, or yet`);
    return this.#step(count, market);
  }

  /**
   * Lets so many scripted things happen, in turn: index values, a user's order, a request for quotes, a market's life.
   */
  act(count = 1): void {
    for (let left = count; left > 0; left--) {
      this.#clock.advance();
      this.#counters.acts++;
      this.#script.act();
    }
  }

  /**
   * Makes something go wrong: at once, on open connections; with the frames or commands to come; or with whoever connects
   * next. Everything is counted in `stats().injected`.
   *
   * @returns how many connections it met; 0 for faults that meet the connecting
   * @throws ArgumentError for a fault that there is not, or a number out of its range.
   */
  inject(fault: KalshiFault, target: KalshiTarget = {}): number {
    return this.#injector.inject(fault, this.#open(target), target);
  }

  /** While on, connections stay open and nothing at all is sent on them. What would have been sent is lost. */
  silence(on: boolean, target: KalshiTarget = {}): void {
    for (const session of this.#open(target)) session.silence(on);
  }

  /** Sends a text message as it is, well-formed or not. */
  sendText(text: string, target: KalshiTarget = {}): void {
    for (const session of this.#open(target)) session.sendText(text);
  }

  /**
   * Ends connections: abruptly, as a network fault does, or with a close code if one is given.
   * @throws ArgumentError for a code that must not be sent.
   */
  disconnect(code?: number, target: KalshiTarget = {}): void {
    checkCloseCode(code);
    for (const session of this.#open(target)) session.disconnect(code);
  }

  /**
   * Replaces the keys that are let in from now on. Open connections stay.
   * @throws ArgumentError for what is no key
   */
  acceptKeys(keys: readonly KalshiKey[]): void {
    this.#admission.replace(keys.map(resolveKey));
  }

  /** Nothing happens by itself until `resume()`; `step()` and `act()` work. Pings go on. */
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
    for (const session of this.#sessions) session.disconnect();
    await this.#listener.close();
  }

  /** What the producer asks for: sent in few system calls. */
  #turn(count: number): void {
    for (const session of this.#sessions) session.cork();
    this.#step(count, undefined);
    for (const session of this.#sessions) session.uncork();
  }

  #step(count: number, market: Market | undefined): number {
    const { actEvery } = this.#options;
    let happened = 0;
    for (let left = count; left > 0; left--) {
      this.#clock.advance();
      if (market !== undefined) this.#exchange.act(market, (at, observer) => market.step(at, observer));
      if (market !== undefined || this.#exchange.step()) happened++;
      if (actEvery === 0 || --this.#stepsUntilAct > 0) continue;
      this.#stepsUntilAct = actEvery;
      this.act();
    }
    this.#counters.steps += happened;
    return happened;
  }

  #hasRoom(): boolean {
    for (const session of this.#sessions) if (session.isOpen && session.bufferedBytes < ROOM) return true;
    return false;
  }

  #market(ticker: string): Market {
    const market = this.#exchange.market(ticker);
    if (market === undefined) throw new ArgumentError(`there is no market ${ticker} in this simulator`);
    return market;
  }

  #open({ connection, keyId }: KalshiTarget): Session[] {
    return [...this.#sessions].filter(
      ({ isOpen, id, key }) =>
        isOpen &&
        (connection === undefined || id === connection) &&
        (keyId === undefined || key?.id === keyId),
    );
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const admitted = this.#admission.admit(request, (user) => this.#connectionsOf(user));
    if ('status' in admitted) {
      this.#counters.refused++;
      refuse(socket, admitted);
      this.emit('refused', admitted);
      return;
    }
    this.#websockets.handleUpgrade(request, socket, head, (websocket) => {
      this.#accept(websocket, socket, admitted.key);
    });
  }

  #connectionsOf(user: string): number {
    return [...this.#sessions].filter(({ isOpen, key }) => isOpen && key?.user === user).length;
  }

  #accept(websocket: WebSocket, stream: Duplex, key: ResolvedKey | undefined): void {
    const id = this.#nextId++;
    const keyId = key?.id ?? '';
    const session = new Session(id, key, websocket, stream, this.#context);
    this.#sessions.add(session);
    this.#counters.accepted++;
    // ws closes the connection after an error by itself: the 'close' event tells.
    websocket.on('error', () => {});
    websocket.on('message', (data, isBinary) => this.#receive(session, data, isBinary));
    websocket.on('close', (code) => {
      this.#sessions.delete(session);
      for (const subscription of [...session.subscriptions]) this.#desk.forget(session, subscription);
      this.emit('disconnect', { id, keyId, code });
    });
    this.emit('connection', { id, keyId });
  }

  #receive(session: Session, data: RawData, isBinary: boolean): void {
    // What a connection said before it was cut is still handed over.
    if (!session.isOpen) return;
    // Commands are text; what is binary is as malformed as what is not JSON.
    const { command, outcome } = this.#commands.execute(session, isBinary ? '' : data.toString());
    if (outcome === 0) this.#counters.commands++;
    else if (outcome !== undefined) this.#counters.rejectedCommands++;
    this.#producer.wake();
    this.emit('command', {
      connection: session.id,
      id: command?.id,
      cmd: command?.name ?? '',
      code: outcome,
    });
  }
}
