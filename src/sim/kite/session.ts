import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { FRAME_COUNT_BYTES, HEARTBEAT_BYTES, PACKET_LENGTH_BYTES, TOKEN } from '../../kite/packet-layout.ts';
import type { Audit } from './audit.ts';
import { webSocketFrame } from './fault-frames.ts';
import { FramePool, type PooledFrame } from './frame-pool.ts';
import type { KiteMarket } from './market.ts';
import { reckon } from './reckon.ts';
import type { Counters, InjectedCounters } from './stats.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

const HEARTBEAT = Buffer.alloc(HEARTBEAT_BYTES);
/** Answers to a client that does not read them stop here. */
const MOST_REPLY_BYTES = 64 * 1024;

/** What a session shares with its server. */
export interface SessionContext {
  readonly market: KiteMarket;
  readonly counters: Counters;
  readonly injected: InjectedCounters;
  readonly audit: Audit | undefined;
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
  #silence: NodeJS.Timeout | undefined;
  /** A frame is being written by hand: whatever came between its bytes would be taken for part of it. */
  #writing = false;

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
      if (this.maySend && this.bufferedBytes < MOST_REPLY_BYTES) socket.pong(data);
    });
    socket.on('close', () => {
      clearInterval(this.#heartbeat);
      clearTimeout(this.#silence);
    });
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
    if (!this.maySend || subscriptions.streaming === 0 || subscriptions.snapshotsDue > 0) return 0;
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
    if (!this.maySend) {
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
    if (!this.maySend) return;
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

  /** False while it is to be silent, or in the middle of a frame that is written by hand. */
  get maySend(): boolean {
    return this.isOpen && this.#silence === undefined && !this.#writing && !this.#context.isSilent();
  }

  /** Sends nothing at all for so many ms; the socket stays. */
  silence(ms: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#silence = undefined;
      this.#context.onRoom();
    }, ms);
  }

  /** Lets the next `count` subscriptions tick, and answers their packets; none when nothing streams. */
  tickPackets(count: number): Buffer[] {
    const { subscriptions } = this;
    if (subscriptions.streaming === 0) return [];
    return Array.from({ length: count }, () => {
      const { slot, packet } = subscriptions.peek();
      this.#context.market.tick(slot);
      subscriptions.advance(1);
      return Buffer.from(packet);
    });
  }

  /** Sends a frame, well-formed or not, and enters into the books what a correct client keeps of it. */
  sendInjected(frame: Buffer): void {
    this.#socket.send(frame, { binary: true });
    this.#heartbeat.refresh();
    this.#bookInjected(frame);
  }

  /** Sends a text that is no message, or of an unknown type. */
  sendInjectedText(text: Buffer): void {
    this.#socket.send(text, { binary: false });
    this.#heartbeat.refresh();
    this.#context.counters.textsSent++;
    this.#context.counters.bytesSent += text.length;
  }

  /** Sends so many zero bytes in one frame. */
  sendGiant(bytes: number): void {
    this.#socket.send(Buffer.alloc(bytes));
    this.#context.injected.giantFrames++;
    this.#context.counters.bytesSent += bytes;
  }

  /** Sends the first half of a frame, and then the socket is gone. */
  cut(frame: Buffer): void {
    const wire = webSocketFrame(frame);
    this.#writing = true;
    this.#context.injected.cutFrames++;
    this.#stream.write(wire.subarray(0, wire.length >> 1), () => this.#stream.destroy());
  }

  /** Sends a frame so many bytes at a time, one piece each ms. Nothing else is sent meanwhile. */
  drip(frame: Buffer, bytes: number): void {
    const wire = webSocketFrame(frame);
    let at = 0;
    this.#writing = true;
    const timer = setInterval(() => {
      if (!this.isOpen) {
        clearInterval(timer);
        // What ws has to say at the end would be taken for the frame's rest.
        this.#stream.destroy();
        return;
      }
      this.#stream.write(wire.subarray(at, at + bytes));
      at += bytes;
      if (at < wire.length) return;
      clearInterval(timer);
      this.#writing = false;
      this.#bookInjected(frame);
      this.#context.onRoom();
    }, 1);
  }

  #bookInjected(frame: Buffer): void {
    const { counters, injected, audit } = this.#context;
    const { kept, rejected, malformed } = reckon(frame);
    counters.bytesSent += frame.length;
    if (frame.length === HEARTBEAT_BYTES) {
      counters.heartbeatsSent++;
      return;
    }
    counters.framesSent++;
    counters.packetsSent += kept.length;
    injected.frames++;
    injected.packets += kept.length;
    if (malformed) injected.malformedFrames++;
    injected.rejected.shortFrame += rejected.shortFrame;
    injected.rejected.truncated += rejected.truncated;
    injected.rejected.packetLength += rejected.packetLength;
    injected.rejected.trailingBytes += rejected.trailingBytes;
    if (audit === undefined) return;
    for (const { offset, length } of kept) {
      audit.line(this.id, frame.readUInt32BE(offset + TOKEN)).add(frame, offset, length);
    }
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
    if (!this.maySend || this.bufferedBytes > 0) return;
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
  audit?.add(bytes, at + PACKET_LENGTH_BYTES, length);
  return at + PACKET_LENGTH_BYTES + length;
}
