import type { Arena } from '../memory/arena.ts';
import { Counters } from '../memory/counters.ts';
import {
  COUNT_BYTES,
  COUNT_FRAMES,
  COUNT_FRAMES_DROPPED,
  COUNT_FRAMES_TOO_LARGE,
  COUNT_PAUSES,
  COUNT_TEXT_FRAMES,
} from '../memory/counters-layout.ts';
import { FrameReader } from '../memory/frame-reader.ts';
import { FRAME_KIND_BINARY, FRAME_KIND_RESET, FRAME_KIND_TEXT } from '../memory/frame-ring-layout.ts';
import { FrameWriter } from '../memory/frame-writer.ts';

/** What can be held back: a socket. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

interface HeldFrame {
  readonly payload: Uint8Array;
  readonly kind: number;
  readonly receivedAt: number;
  readonly epoch: number;
}

const NOTHING = new Uint8Array(0);

/** A paused socket goes on when the ring is down to this share, so that it does not stop again at once. */
const RESUME_AT = 0.5;

/**
 * Puts what a socket delivers into the arena's frame ring. When the ring is full the socket is paused, and what it had
 * already delivered, at most what it read at once, is held until there is room: nothing is lost, and TCP tells the sender.
 */
export class FrameIntake {
  readonly #arena: Arena;
  readonly #writer: FrameWriter;
  readonly #counters: Counters;
  readonly #held: HeldFrame[] = [];
  #paused: Pausable | undefined;
  #stopped = false;
  #epoch = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#writer = new FrameWriter(arena);
    this.#counters = new Counters(arena);
  }

  /** How often the connection has been opened. */
  get epoch(): number {
    return this.#epoch;
  }

  /** The largest frame, bytes. */
  get limit(): number {
    return this.#writer.limit;
  }

  /** Share of the frame ring that waits for the decoder, 0…1. */
  get occupancy(): number {
    return this.#writer.occupancy;
  }

  get paused(): boolean {
    return this.#held.length > 0;
  }

  /** In band: what follows comes from a new connection. */
  reset(receivedAt: number): void {
    this.#epoch += 1;
    this.#put(NOTHING, FRAME_KIND_RESET, receivedAt, undefined);
  }

  /** In band: the connection has ended, and what it kept up to date is so no more. */
  ended(receivedAt: number): void {
    this.#put(NOTHING, FRAME_KIND_RESET, receivedAt, undefined);
  }

  /** @param payload copied, whether there is room for it now or not */
  take(payload: Uint8Array, isBinary: boolean, receivedAt: number, source: Pausable | undefined): void {
    this.#counters.add(COUNT_FRAMES, 1);
    this.#counters.add(COUNT_BYTES, payload.length);
    if (!isBinary) this.#counters.add(COUNT_TEXT_FRAMES, 1);
    this.#put(payload, isBinary ? FRAME_KIND_BINARY : FRAME_KIND_TEXT, receivedAt, source);
  }

  /** A frame was refused before it was read, because the ring can never hold it. */
  tooLarge(): void {
    this.#counters.add(COUNT_FRAMES_TOO_LARGE, 1);
  }

  /** Resolves when the decoder has come to the end of what was received, or after `timeout` ms. */
  async drained(timeout: number): Promise<void> {
    await this.#arena.spaceBell.wait(() => this.#held.length === 0 && this.#writer.occupancy === 0, timeout);
  }

  /** Nothing more will come, and the decoders are gone: frames that they did not come to are counted as dropped. */
  abandon(): void {
    this.stop();
    const reader = new FrameReader(this.#arena);
    let dropped = this.#held.filter(({ kind }) => kind !== FRAME_KIND_RESET).length;
    for (; reader.next(); reader.release()) if (reader.kind !== FRAME_KIND_RESET) dropped += 1;
    this.#held.length = 0;
    this.#counters.add(COUNT_FRAMES_DROPPED, dropped);
  }

  /** Nothing more will come. */
  stop(): void {
    this.#stopped = true;
    this.#arena.spaceBell.ringAlways();
  }

  #put(payload: Uint8Array, kind: number, receivedAt: number, source: Pausable | undefined): void {
    if (this.#held.length === 0 && this.#writer.write(payload, kind, receivedAt, this.#epoch)) return;
    this.#held.push({ payload: payload.slice(), kind, receivedAt, epoch: this.#epoch });
    if (source && this.#paused !== source) {
      this.#counters.add(COUNT_PAUSES, 1);
      this.#paused = source;
      source.pause();
    }
    if (this.#held.length === 1) void this.#putLater();
  }

  async #putLater(): Promise<void> {
    // A ring half empty may still have no room for a large frame in one piece, and waiting must not come back for nothing.
    const room = () =>
      this.#stopped ||
      (this.#writer.occupancy <= RESUME_AT && this.#writer.hasRoom(this.#held[0]!.payload.byteLength));
    while (this.#held.length > 0 && !this.#stopped) {
      await this.#arena.spaceBell.wait(room);
      let done = 0;
      for (const { payload, kind, receivedAt, epoch } of this.#held) {
        if (!this.#writer.write(payload, kind, receivedAt, epoch)) break;
        done += 1;
      }
      this.#held.splice(0, done);
    }
    this.#paused?.resume();
    this.#paused = undefined;
  }
}
