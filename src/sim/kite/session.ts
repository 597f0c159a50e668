import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { FRAME_COUNT_BYTES, HEARTBEAT_BYTES, PACKET_LENGTH_BYTES } from '../../kite/packet-layout.ts';
import { fnv1a } from './audit.ts';
import { FramePool, type PooledFrame } from './frame-pool.ts';
import type { KiteMarket } from './market.ts';
import type { Counters } from './stats.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

const HEARTBEAT = Buffer.alloc(HEARTBEAT_BYTES);
/** Answers to a client that does not read them stop here. */
const MOST_REPLY_BYTES = 64 * 1024;

/** What a session shares with its server. */
export interface SessionContext {
  readonly market: KiteMarket;
  readonly counters: Counters;
  readonly packetsPerFrame: number;
  /** ms. */
  readonly heartbeatInterval: number;
  /** True while the simulator plays a half-open peer: nothing may be sent. */
  readonly isSilent: () => boolean;
  /** The socket has taken a frame: there is room again. */
  readonly onRoom: () => void;
}

/** One client: sends frames as its socket takes them, and heartbeats when there is nothing to send. */
export class Session {
  readonly id: number;
  readonly apiKey: string;
  readonly subscriptions: Subscriptions;
  /** Ticks that this session owes its client, for pacing. */
  due = 0;
  /** When ticks were last sent, on `performance.now()`'s clock. */
  lastTicks = 0;

  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #context: SessionContext;
  readonly #pool: FramePool;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(
    id: number,
    apiKey: string,
    socket: WebSocket,
    stream: Duplex,
    subscriptions: Subscriptions,
    context: SessionContext,
  ) {
    this.id = id;
    this.apiKey = apiKey;
    this.subscriptions = subscriptions;
    this.#socket = socket;
    this.#stream = stream;
    this.#context = context;
    this.#pool = new FramePool(context.packetsPerFrame, () => {
      if (this.subscriptions.snapshotsDue > 0) this.sendSnapshots();
      context.onRoom();
    });
    this.#heartbeat = setInterval(() => this.#sendHeartbeat(), context.heartbeatInterval);
    socket.on('ping', (data) => {
      if (this.#maySend && this.bufferedBytes < MOST_REPLY_BYTES) socket.pong(data);
    });
    socket.on('close', () => clearInterval(this.#heartbeat));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** False while every frame buffer waits for the socket: the client is slow. */
  get hasRoom(): boolean {
    return this.#pool.hasFree;
  }

  /** Bytes that wait for the socket. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Lets up to `count` subscriptions tick, in turn, and sends them. Returns how many the socket had room for. */
  sendTicks(count: number): number {
    const { subscriptions } = this;
    if (!this.#maySend || subscriptions.streaming === 0 || subscriptions.snapshotsDue > 0) return 0;
    const { packetsPerFrame, counters } = this.#context;
    let sent = 0;
    this.#stream.cork(); // one system call for several frames
    while (sent < count) {
      const frame = this.#pool.take();
      if (frame === undefined) break;
      const packets = Math.min(count - sent, packetsPerFrame);
      this.#sendFrame(frame, packets, this.#tickInto(frame.bytes, packets));
      sent += packets;
    }
    this.#stream.uncork();
    counters.ticksSent += sent;
    return sent;
  }

  /** Sends the snapshots that are due, as far as there is room; the rest follow when there is. */
  sendSnapshots(): void {
    if (!this.#maySend) {
      this.subscriptions.dropSnapshots();
      return;
    }
    while (this.subscriptions.snapshotsDue > 0) {
      const frame = this.#pool.take();
      if (frame === undefined) return;
      const snapshots = this.subscriptions.takeSnapshots(this.#context.packetsPerFrame);
      let at = FRAME_COUNT_BYTES;
      for (const subscription of snapshots) at = append(frame.bytes, at, subscription);
      this.#context.counters.snapshotsSent += snapshots.length;
      this.#sendFrame(frame, snapshots.length, at);
    }
  }

  /** Sends a message of the caller's own. A string goes as text, bytes as binary. */
  send(data: string | Uint8Array): void {
    if (!this.#maySend) return;
    const { counters } = this.#context;
    this.#socket.send(data);
    this.#heartbeat.refresh();
    counters.bytesSent += typeof data === 'string' ? Buffer.byteLength(data) : data.length;
    if (typeof data === 'string') counters.textsSent++;
  }

  /** Tells the client what is wrong with what it sent. */
  reply(text: string): void {
    if (this.bufferedBytes < MOST_REPLY_BYTES) this.send(text);
  }

  /** Without a code the socket is torn down, as by a network fault. */
  disconnect(code?: number): void {
    if (code === undefined) this.#socket.terminate();
    else this.#socket.close(code);
  }

  get #maySend(): boolean {
    return this.isOpen && !this.#context.isSilent();
  }

  /** Fills a frame with ticks of the next subscriptions. Returns its length. */
  #tickInto(bytes: Buffer, packets: number): number {
    const { subscriptions } = this;
    const { market } = this.#context;
    let at = FRAME_COUNT_BYTES;
    for (let left = packets; left > 0; ) {
      const subscription = subscriptions.peek();
      const { slot } = subscription;
      const run = Math.min(subscription.run, left);
      if (run === 1) {
        market.tick(slot);
        at = append(bytes, at, subscription);
      } else {
        for (let i = 0; i < run; i++) market.tick(slot + i);
        const packed = market.run(slot, run);
        bytes.set(packed, at);
        at += packed.length;
      }
      subscriptions.advance(run);
      left -= run;
    }
    return at;
  }

  #sendFrame(frame: PooledFrame, packets: number, length: number): void {
    const { counters } = this.#context;
    frame.bytes[0] = packets >>> 8;
    frame.bytes[1] = packets;
    this.#socket.send(frame.bytes.subarray(0, length), frame.release);
    this.#heartbeat.refresh();
    counters.framesSent++;
    counters.packetsSent += packets;
    counters.bytesSent += length;
  }

  #sendHeartbeat(): void {
    // With bytes still waiting the connection is not idle, and heartbeats would pile up behind them.
    if (!this.#maySend || this.bufferedBytes > 0) return;
    this.#socket.send(HEARTBEAT);
    this.#context.counters.heartbeatsSent++;
    this.#context.counters.bytesSent += HEARTBEAT_BYTES;
  }
}

/** Appends a subscription's packet as it is now. Returns where the next begins. */
function append(bytes: Buffer, at: number, { packet, audit }: Subscription): number {
  const { length } = packet;
  bytes[at] = length >>> 8;
  bytes[at + 1] = length;
  bytes.set(packet, at + PACKET_LENGTH_BYTES);
  if (audit !== undefined) {
    audit.packets++;
    audit.hash = fnv1a(audit.hash, bytes, at + PACKET_LENGTH_BYTES, length);
  }
  return at + PACKET_LENGTH_BYTES + length;
}
