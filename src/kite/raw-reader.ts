import { setImmediate as nextTurn } from 'node:timers/promises';
import { ClosedError } from '../errors.ts';
import type { Arena } from '../memory/arena.ts';
import { CopyingFrameReader } from '../memory/copying-frame-reader.ts';
import { FrameReader, type FrameReaderRole, type FrameSource } from '../memory/frame-reader.ts';
import { FRAME_KIND_BINARY, FRAME_KIND_TEXT } from '../memory/frame-ring-layout.ts';
import { hasLeft, leaveOnExit } from '../memory/leave-on-exit.ts';
import type { PacketView } from './packet-view.ts';
import { type PacketsOptions, PacketWalk } from './packets.ts';

/** A frame as it was received, where it lies or as a copy. Valid until the next one is asked for. */
export interface RawFrame extends Iterable<PacketView> {
  readonly kind: 'binary' | 'text' | 'reset';
  /** Counts the frames of its connection, wrapping at 2^32. */
  readonly number: number;
  /** How often the connection had been opened; a `reset` frame starts a new epoch. */
  readonly epoch: number;
  /** ms since the epoch */
  readonly receivedAt: number;
  /** Bytes of the payload. */
  readonly byteLength: number;
  /** The payload where it lies. Makes a new view of the same bytes. */
  readonly bytes: Uint8Array;
  /** The packets of a binary frame, none of another. Allocates nothing per packet. */
  [Symbol.iterator](): IterableIterator<PacketView>;
}

/**
 * Reads the frames of one connection as they were received, on any thread. Frames are released as the reader moves on.
 *
 * On a thread that must not block: `for await (const frame of reader) for (const packet of frame) …`.
 * On a worker: `while (reader.waitSync(1000)) for (const frame of reader.drain()) …`.
 */
export class RawReader implements AsyncIterable<RawFrame>, Disposable {
  readonly #arena: Arena;
  readonly #source: FrameSource;
  readonly #frame: FrameAtHand;
  readonly #ready: () => boolean;
  #holding = false;
  #closed = false;

  /**
   * @param role `owner` of a raw feed's frames; `tap` beside the decoder, which waits for it; `copy` beside the
   * decoder, which does not
   * @throws TooManyReadersError
   * @internal
   */
  constructor(arena: Arena, role: Exclude<FrameReaderRole, 'decoder'> | 'copy', options: PacketsOptions) {
    this.#arena = arena;
    this.#source = role === 'copy' ? new CopyingFrameReader(arena) : new FrameReader(arena, role);
    this.#frame = new FrameAtHand(this.#source, options);
    leaveOnExit(this);
    this.#ready = () => this.#closed || this.ready || arena.closed;
  }

  /** Whether a frame waits. */
  get ready(): boolean {
    this.#release();
    return this.#source.ready;
  }

  /** Frames that were overwritten before this reader came to them; only a copying tap misses any. */
  get lagged(): number {
    return this.#source.lagged;
  }

  /**
   * The frames that can be read now, without waiting.
   *
   * @throws ClosedError
   */
  *drain(): IterableIterator<RawFrame> {
    if (this.#closed) throw new ClosedError('this reader');
    try {
      for (;;) {
        this.#release();
        if (!this.#source.next()) return;
        this.#holding = true;
        yield this.#frame;
        if (this.#closed) return;
      }
    } finally {
      this.#release();
    }
  }

  /**
   * Blocks this thread until a frame waits (true), or the time is up, or reader or feed is closed (false). Not for threads
   * that must not block.
   *
   * @param timeout milliseconds
   */
  waitSync(timeout = Number.POSITIVE_INFINITY): boolean {
    this.#arena.frameBell.waitSync(this.#ready, timeout);
    return !this.#closed && this.ready;
  }

  /** As `waitSync`, without blocking the thread; keeps the process alive meanwhile. */
  async wait(options: { timeout?: number; signal?: AbortSignal } = {}): Promise<boolean> {
    await this.#arena.frameBell.wait(this.#ready, options.timeout, options.signal);
    return !this.#closed && this.ready;
  }

  /** Frames as they come, until reader or feed is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RawFrame, void, undefined> {
    while (await this.wait()) {
      yield* this.drain();
      if (!this.#closed && this.ready) await nextTurn();
    }
  }

  /** Leaves the ring. Idempotent. A raw feed's frames then wait for the next reader. */
  close(): void {
    if (this.#closed) return;
    this.#release();
    this.#closed = true;
    hasLeft(this);
    this.#source.leave();
    this.#arena.frameBell.ringAlways();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #release(): void {
    if (!this.#holding) return;
    this.#holding = false;
    this.#source.release();
  }
}

/** The flyweight behind `RawFrame`. */
class FrameAtHand implements RawFrame {
  readonly #source: FrameSource;
  readonly #options: PacketsOptions;
  #walk: PacketWalk;
  /** What the walk walks in. */
  #bytes: Uint8Array;

  constructor(source: FrameSource, options: PacketsOptions) {
    this.#source = source;
    this.#options = options;
    this.#bytes = source.bytes;
    this.#walk = new PacketWalk(this.#bytes, options);
  }

  get kind(): 'binary' | 'text' | 'reset' {
    const { kind } = this.#source;
    if (kind === FRAME_KIND_BINARY) return 'binary';
    return kind === FRAME_KIND_TEXT ? 'text' : 'reset';
  }

  get number(): number {
    return this.#source.number;
  }

  get epoch(): number {
    return this.#source.epoch;
  }

  get receivedAt(): number {
    return this.#source.receivedAt;
  }

  get byteLength(): number {
    return this.#source.length;
  }

  get bytes(): Uint8Array {
    const { bytes, payload, length } = this.#source;
    return bytes.subarray(payload, payload + length);
  }

  [Symbol.iterator](): IterableIterator<PacketView> {
    const { bytes, payload, length, kind } = this.#source;
    if (bytes !== this.#bytes) {
      // A copying source has grown its copy.
      this.#bytes = bytes;
      this.#walk = new PacketWalk(bytes, this.#options);
    }
    return kind === FRAME_KIND_BINARY ? this.#walk.start(payload, length) : this.#walk.start(payload, 1);
  }
}
