import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ExchangeClock } from '../exchange-clock.ts';
import { ArmedFaults, type DataFrame } from './armed-faults.ts';
import { CommandRate } from './command-rate.ts';
import type { WireForm } from './era.ts';
import { BUFFER_OVERFLOW, CHANNEL_ERROR, errorText } from './error-codes.ts';
import type { ResolvedKey } from './keys.ts';
import type { Counters, InjectedCounters } from './stats.ts';
import type { Subscription } from './subscription.ts';
import { millis } from './time-text.ts';

const HEARTBEAT = Buffer.from('heartbeat');
/** A connection that has not answered so many pings is cut. How many the service waits for is not documented. */
const UNANSWERED_PINGS = 2;

/** What a session shares with its server. */
export interface SessionContext {
  readonly form: WireForm;
  readonly clock: ExchangeClock;
  readonly counters: Counters;
  readonly injected: InjectedCounters;
  /** ms. */
  readonly pingInterval: number;
  readonly sendQueueBytes: number;
  /** Commands a second. */
  readonly maxCommands: number;
  /** A subscription has ended without the client's asking. */
  readonly onEnded: (session: Session, subscription: Subscription) => void;
  /** The socket has taken what it was given: there is room again. */
  readonly onRoom: () => void;
}

/** The head of an ack or an error. */
export interface AckHead {
  readonly id: number | undefined;
  readonly subscription?: Subscription;
}

/** One client's connection: what it has subscribed to, and everything that is sent on it. */
export class Session {
  readonly id: number;
  /** `undefined` for one that was not signed. */
  readonly key: ResolvedKey | undefined;
  readonly faults: ArmedFaults;
  readonly commandRate: CommandRate;
  /** Commands still to be left unanswered, */
  commandsToIgnore = 0;
  /** errors that the next commands get, */
  readonly commandErrors: number[] = [];
  /** and acks still to come late. */
  lateAcks = 0;

  /** Snapshots still to be withheld, and of which market. */
  readonly #withheld: { left: number; readonly ticker: string | undefined }[] = [];
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #context: SessionContext;
  readonly #bySid = new Map<number, Subscription>();
  readonly #ping: NodeJS.Timeout;
  #nextSid = 1;
  #unansweredPings = 0;
  #isSilent = false;
  #silence: NodeJS.Timeout | undefined;
  /** Says where `sending_ts_ms` goes: on the real wire its place varies. */
  #isTimeLast = false;
  readonly #onFlushed: () => void;

  constructor(
    id: number,
    key: ResolvedKey | undefined,
    socket: WebSocket,
    stream: Duplex,
    context: SessionContext,
  ) {
    this.id = id;
    this.key = key;
    this.faults = new ArmedFaults(context.injected);
    this.commandRate = new CommandRate(context.maxCommands);
    this.#socket = socket;
    this.#stream = stream;
    this.#context = context;
    this.#onFlushed = context.onRoom;
    this.#ping = setInterval(() => this.#sendPing(), context.pingInterval);
    socket.on('pong', (data) => {
      if (data.equals(HEARTBEAT)) this.#unansweredPings = 0;
    });
    socket.on('ping', (data) => {
      if (this.isOpen && !this.#isSilent) socket.pong(data);
    });
    socket.on('close', () => {
      clearInterval(this.#ping);
      clearTimeout(this.#silence);
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Bytes that wait for the socket. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** In the order of their coming. */
  get subscriptions(): Iterable<Subscription> {
    return this.#bySid.values();
  }

  get subscriptionCount(): number {
    return this.#bySid.size;
  }

  subscription(sid: number): Subscription | undefined {
    return this.#bySid.get(sid);
  }

  subscriptionOf(channel: string): Subscription | undefined {
    for (const subscription of this.#bySid.values())
      if (subscription.channel.name === channel) return subscription;
    return undefined;
  }

  /** Makes a subscription with the next number. Numbers begin at 1 and are never used again. */
  open(make: (sid: number) => Subscription): Subscription {
    const subscription = make(this.#nextSid++);
    this.#bySid.set(subscription.sid, subscription);
    return subscription;
  }

  forget(subscription: Subscription): void {
    this.#bySid.delete(subscription.sid);
    this.faults.forget(subscription);
  }

  /** The next so many snapshots, of a market or of any, are not sent. */
  withhold(snapshots: number, ticker: string | undefined): void {
    this.#withheld.push({ left: snapshots, ticker });
  }

  /** Whether a snapshot of this market, about to be sent, is withheld; that is one less of those that are. */
  withholds(ticker: string): boolean {
    const armed = this.#withheld.find((each) => each.ticker === undefined || each.ticker === ticker);
    if (!armed) return false;
    this.#context.injected.snapshotsWithheld++;
    if (--armed.left === 0) this.#withheld.splice(this.#withheld.indexOf(armed), 1);
    return true;
  }

  /** Several messages go out in one system call: between this and `uncork`. */
  cork(): void {
    this.#stream.cork();
  }

  uncork(): void {
    this.#stream.uncork();
  }

  /**
   * Sends data, unless a fault has it otherwise. A client that is too slow loses the subscription instead.
   * @param msg JSON
   * @param ticker the market that it is about, if it is about one
   * @param id of the command that it answers
   */
  deliver(subscription: Subscription, type: string, msg: string, ticker?: string, id?: number): void {
    // It may have ended in the middle of what it was to be told.
    if (!this.isOpen || !this.#bySid.has(subscription.sid)) return;
    if (this.bufferedBytes > this.#context.sendQueueBytes) {
      this.#overflow(subscription);
      return;
    }
    const seq = subscription.channel.isSequenced ? subscription.nextSeq() : undefined;
    const text = this.#dataText(type, subscription.sid, seq, msg, id);
    if (this.faults.isIdle) {
      this.#send(type, text);
      return;
    }
    const frame: DataFrame = { type, ticker, text };
    for (const { frame: outgoing, isWhole, isFragmented } of this.faults.meet(subscription, frame)) {
      this.#send(isWhole ? outgoing.type : undefined, outgoing.text, isFragmented);
    }
  }

  /**
   * Sends an ack. With a subscription it has its sid, and takes one of its sequence numbers.
   * @param rest members after these, JSON without braces; '' for none
   */
  ack(type: string, { id, subscription }: AckHead, rest: string): void {
    const { form, clock } = this.#context;
    let text = '{';
    if (id !== undefined) text += `"id":${id},`;
    if (subscription !== undefined) text += `"sid":${subscription.sid},"seq":${subscription.nextSeq()},`;
    text += `"type":"${type}"`;
    if (rest !== '') text += `,${rest}`;
    if (form.sendingTimes) text += `,"sending_ts_ms":${millis(clock.now())}`;
    this.#send(type, `${text}}`);
    this.#cutIfFull();
  }

  /** Sends an error: as an answer, on a subscription, or both. */
  error(code: number, head: AckHead): void {
    this.ack('error', head, `"msg":${JSON.stringify({ code, msg: errorText(code) })}`);
  }

  /** Ends a subscription with an error. */
  end(subscription: Subscription, code: number): void {
    this.error(code, { id: undefined, subscription });
    this.forget(subscription);
    this.#context.onEnded(this, subscription);
  }

  /** Sends a text as it is. `type` is given for what is a message. */
  sendText(text: string, type?: string): void {
    this.#send(type, text);
  }

  /** Sends nothing any more, until `false`, or for so many ms. */
  silence(on: boolean, ms?: number): void {
    clearTimeout(this.#silence);
    this.#isSilent = on;
    if (on && ms !== undefined) this.#silence = setTimeout(() => this.silence(false), ms);
  }

  /** Without a code the socket is torn down, as by a network fault. */
  disconnect(code?: number): void {
    if (code === undefined) this.#socket.terminate();
    else this.#socket.close(code);
  }

  #dataText(type: string, sid: number, seq: number | undefined, msg: string, id: number | undefined): string {
    const { form, clock } = this.#context;
    const time = form.sendingTimes ? `,"sending_ts_ms":${millis(clock.now())}` : '';
    const isTimeLast = this.#isTimeLast;
    this.#isTimeLast = !isTimeLast;
    let text = `{"type":"${type}"`;
    if (!isTimeLast) text += time;
    if (id !== undefined) text += `,"id":${id}`;
    text += `,"sid":${sid}`;
    if (seq !== undefined) text += `,"seq":${seq}`;
    text += `,"msg":${msg}`;
    if (isTimeLast) text += time;
    return `${text}}`;
  }

  #send(type: string | undefined, text: string, isFragmented = false): void {
    if (!this.#maySend()) return;
    const { counters } = this.#context;
    if (isFragmented) this.#sendFragments(text);
    else this.#socket.send(text, this.#onFlushed);
    if (type !== undefined) counters.sent[type] = (counters.sent[type] ?? 0) + 1;
    counters.framesSent++;
    counters.bytesSent += Buffer.byteLength(text);
  }

  #sendFragments(text: string): void {
    const bytes = Buffer.from(text);
    const middle = bytes.length >> 1;
    this.#socket.send(bytes.subarray(0, middle), { binary: false, fin: false });
    this.#socket.ping(HEARTBEAT);
    this.#context.counters.pingsSent++;
    this.#socket.send(bytes.subarray(middle), { binary: false, fin: true }, this.#onFlushed);
  }

  #maySend(): boolean {
    if (!this.isOpen) return false;
    if (this.#isSilent) this.#context.injected.silenced++;
    return !this.#isSilent;
  }

  #overflow(subscription: Subscription): void {
    const { counters, form } = this.#context;
    counters.overflows++;
    this.end(subscription, form.bufferOverflow ? BUFFER_OVERFLOW : CHANNEL_ERROR);
  }

  /** A client that sends commands and does not read the answers must not fill the memory either. */
  #cutIfFull(): void {
    if (!this.isOpen || this.bufferedBytes <= 2 * this.#context.sendQueueBytes) return;
    this.#context.counters.cut++;
    this.#socket.terminate();
  }

  #sendPing(): void {
    if (!this.isOpen || this.#isSilent) return;
    const { counters } = this.#context;
    if (this.#unansweredPings >= UNANSWERED_PINGS) {
      counters.cut++;
      this.#socket.terminate();
      return;
    }
    this.#unansweredPings++;
    counters.pingsSent++;
    this.#socket.ping(HEARTBEAT);
  }
}
