import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { Allowance } from './allowance.ts';
import { ArmedFaults } from './armed-faults.ts';
import type { KrakenChannel, KrakenEndpoint } from './channels.ts';
import type { Message } from './messages.ts';
import type { Source } from './source.ts';
import type { Counters, InjectedCounters } from './stats.ts';
import type { Subscription } from './subscription.ts';

const HEARTBEAT = '{"channel":"heartbeat"}';
/** Snapshots wait while so many bytes do. */
const SNAPSHOT_ROOM = 1024 * 1024;
/** The close code for clients that have been idle. Kraken's is not known. */
const IDLE_CODE = 1001;

/** What a session shares with its server. */
export interface SessionContext {
  readonly source: Source;
  readonly counters: Counters;
  readonly injected: InjectedCounters;
  /** ms; 0 for never. */
  readonly idleTimeout: number;
  /** ms. */
  readonly snapshotDelay: number;
  readonly requestRate: number;
  readonly level3Rate: number;
  readonly maxBufferedBytes: number;
  /** Sees every text that is sent. */
  readonly onFrame: (text: string, session: Session) => void;
}

/** One client's connection: what it has subscribed to, and everything that is sent on it. */
export class Session {
  readonly id: number;
  readonly endpoint: KrakenEndpoint;
  /** By what there can be only one of. */
  readonly subscriptions = new Map<string, Subscription>();
  readonly faults: ArmedFaults;
  readonly requests: Allowance;
  readonly level3: Allowance;
  /** Requests still to be told that they are too many; the latter in the form without an envelope. */
  requestsToLimit = 0;
  requestsToLimitBarely = 0;

  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #context: SessionContext;
  /** They wait for their snapshots. */
  readonly #snapshots: Subscription[] = [];
  #waits = false;
  /** A frame was begun that will never end: whatever came after it would be taken for its rest. */
  #isCut = false;
  /** Silent channels, or `''` for all, and what ends their silence. */
  readonly #silent = new Map<KrakenChannel | '', NodeJS.Timeout | undefined>();
  readonly #idle: NodeJS.Timeout | undefined;

  constructor(
    id: number,
    endpoint: KrakenEndpoint,
    socket: WebSocket,
    stream: Duplex,
    context: SessionContext,
  ) {
    this.id = id;
    this.endpoint = endpoint;
    this.faults = new ArmedFaults(context.injected);
    this.requests = new Allowance(context.requestRate);
    this.level3 = new Allowance(context.level3Rate);
    this.#socket = socket;
    this.#stream = stream;
    this.#context = context;
    if (context.idleTimeout > 0) this.#idle = setTimeout(() => this.#closeIfIdle(), context.idleTimeout);
    socket.on('ping', (data) => {
      if (this.#maySend()) socket.pong(data);
    });
    socket.on('close', () => {
      clearTimeout(this.#idle);
      for (const timer of this.#silent.values()) clearTimeout(timer);
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN && !this.#isCut;
  }

  /** Bytes that wait for the socket. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** The client has shown that it is there. */
  notIdle(): void {
    this.#idle?.refresh();
  }

  /** Several messages go out in one system call: between this and `uncork`. */
  cork(): void {
    this.#stream.cork();
  }

  uncork(): void {
    this.#stream.uncork();
  }

  /** Sends the status of the engine. */
  sendStatus(text: string): void {
    if (this.#send(text)) this.#context.counters.statusesSent++;
  }

  /** Answers a request. */
  reply(text: string, isError = false): void {
    if (!this.#send(text)) return;
    this.#context.counters.repliesSent++;
    if (isError) this.#context.counters.errorsSent++;
  }

  /** Sends market or account data, unless a fault has it otherwise. */
  deliver(subscription: Subscription, message: Message): void {
    if (this.faults.isIdle) {
      this.#deliver(subscription, message);
      return;
    }
    for (const { message: outgoing, isWhole } of this.faults.meet(subscription, message)) {
      if (isWhole) this.#deliver(subscription, outgoing);
      else this.#send(outgoing.text, subscription.channel);
    }
  }

  /** Begins a subscription that has been acknowledged. */
  start(subscription: Subscription): void {
    if (!subscription.request.snapshot) {
      subscription.isLive = true;
      return;
    }
    const { snapshotDelay } = this.#context;
    const due = () => {
      this.#snapshots.push(subscription);
      this.#sendSnapshots();
    };
    if (snapshotDelay === 0) due();
    else setTimeout(due, snapshotDelay).unref();
  }

  sendHeartbeat(): void {
    if (this.subscriptions.size > 0 && this.#send(HEARTBEAT)) this.#context.counters.heartbeatsSent++;
  }

  /** Sends a text as it is. Returns false when nothing may be sent now. */
  sendText(text: string): boolean {
    return this.#send(text);
  }

  /** Sends nothing any more, or nothing on one channel: until `false`, or for so many ms. */
  silence(on: boolean, channel: KrakenChannel | undefined, ms?: number): void {
    const key = channel ?? '';
    clearTimeout(this.#silent.get(key));
    if (!on) this.#silent.delete(key);
    else this.#silent.set(key, ms === undefined ? undefined : setTimeout(() => this.#silent.delete(key), ms));
  }

  /** Sends the first half of a frame, and then the socket is gone. */
  cut(text: string): void {
    const payload = Buffer.from(text);
    // A text frame of that length that is not masked, as servers send them.
    this.#isCut = true;
    const head = Buffer.from([0x81, 126, payload.length >>> 8, payload.length & 0xff]);
    this.#stream.write(Buffer.concat([head, payload.subarray(0, payload.length >> 1)]), () => {
      this.#stream.destroy();
    });
  }

  /** Without a code the socket is torn down, as by a network fault. */
  disconnect(code?: number): void {
    if (code === undefined) this.#socket.terminate();
    else this.#socket.close(code);
  }

  #deliver(subscription: Subscription, message: Message): void {
    if (!this.#send(message.text, subscription.channel)) return;
    const { type, rows } = message;
    const totals = this.#context.counters.channels[subscription.channel];
    if (type === 'snapshot') {
      totals.snapshots++;
      subscription.snapshots++;
    } else {
      totals.updates++;
      subscription.updates++;
    }
    totals.rows += rows;
    subscription.rows += rows;
  }

  #send(text: string, channel?: KrakenChannel): boolean {
    if (!this.#maySend(channel)) return false;
    const { counters, maxBufferedBytes, onFrame } = this.#context;
    this.#socket.send(text);
    counters.messagesSent++;
    counters.bytesSent += Buffer.byteLength(text);
    onFrame(text, this);
    if (this.bufferedBytes > maxBufferedBytes) {
      counters.slowClients++;
      this.#socket.terminate();
    }
    return true;
  }

  #maySend(channel?: KrakenChannel): boolean {
    if (!this.isOpen) return false;
    const isSilent = this.#silent.size > 0 && (this.#silent.has('') || this.#silent.has(channel ?? ''));
    if (isSilent) this.#context.injected.silenced++;
    return !isSilent;
  }

  /** As many as there is room for; the rest follow when there is. */
  #sendSnapshots(): void {
    while (this.#snapshots.length > 0) {
      if (this.bufferedBytes > SNAPSHOT_ROOM) {
        this.#waitForRoom();
        return;
      }
      const subscription = this.#snapshots.shift()!;
      if (!subscription.isOpen) continue;
      const snapshot = this.#context.source.snapshot(subscription);
      subscription.isLive = true;
      if (snapshot !== undefined) this.deliver(subscription, snapshot);
    }
  }

  #waitForRoom(): void {
    if (this.#waits) return;
    this.#waits = true;
    this.#stream.once('drain', () => {
      this.#waits = false;
      this.#sendSnapshots();
    });
  }

  #closeIfIdle(): void {
    if (this.subscriptions.size === 0) this.#socket.close(IDLE_CODE);
    else this.#idle?.refresh();
  }
}
