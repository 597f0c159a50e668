import type { Arena } from '../src/memory/arena.ts';
import { epochNow } from '../src/memory/clock.ts';
import { Counters } from '../src/memory/counters.ts';
import {
  COUNT_FRAMES_QUARANTINED,
  COUNT_FRAMES_SKIPPED,
  COUNT_RECORDS_DROPPED,
  COUNT_SPACE_WAITS,
  HANDED_ON_CONTROL,
  HANDED_ON_GAP,
  HANDED_ON_INEXACT,
  HANDED_ON_MALFORMED,
  HANDED_ON_NOT,
  HANDED_ON_OVERFLOWED,
} from '../src/memory/counters-layout.ts';
import { FrameReader } from '../src/memory/frame-reader.ts';
import { FRAME_KIND_RESET } from '../src/memory/frame-ring-layout.ts';
import { LatencyHistogram } from '../src/memory/latency-histogram.ts';
import { RecordWriter } from '../src/memory/record-writer.ts';

/** What a kernel exports. Its linear memory is the arena. */
export interface Kernel {
  /** Reads the arena's region table. Once. */
  attach(): void;
  /** The most records that the frame whose head is at this byte can hold. */
  most(head: number): number;
  /** Decodes a frame into the slots from `position` on; answers how many records it made. */
  decode(head: number, position: number, decodedAt: number): number;
  /** Decodes a frame for the latest table only; answers how many records it would have made. */
  refresh(head: number, position: number, decodedAt: number): number;
}

/** What to do when gating readers leave no room: wait for them, or drop what comes and count it. */
export type WhenFull = 'pause' | 'drop-newest';

/** A frame that was set aside because decoding it failed again and again. */
export interface QuarantinedFrame {
  readonly connection: number;
  /** Its number on the connection. */
  readonly frame: number;
  /** ms since the epoch */
  readonly receivedAt: number;
  readonly bytes: Uint8Array;
  /** What the kernel failed with, or that the decoder died of it. */
  readonly reason: string;
}

/**
 * Why a frame is handed on: it is for the control side, or of a kind that the kernel does not know; it is not of the venue's
 * format; a number in it does not fit its field; something found no room; or the kernel saw by it that messages are missing.
 */
export type HandedOnReason = 'control' | 'malformed' | 'inexact' | 'overflowed' | 'gap';

/** A frame that the kernel leaves, as a whole or in addition to its records, to the feed's own thread. */
export interface HandedOnText {
  readonly connection: number;
  /** How often the connection had been opened. */
  readonly epoch: number;
  /** Its number on the connection. */
  readonly frame: number;
  /** ms since the epoch */
  readonly receivedAt: number;
  readonly bytes: Uint8Array;
  readonly reason: HandedOnReason;
}

export interface LaneOptions {
  readonly whenFull?: WhenFull | undefined;
  readonly onText?: ((text: HandedOnText) => void) | undefined;
  readonly onQuarantine?: ((frame: QuarantinedFrame) => void) | undefined;
}

/** A frame that has trapped the kernel this often is set aside. */
const MOST_TRAPS = 2;

/**
 * A frame that this many decoders in a row have died of is set aside. More than traps, because a decoder that is terminated
 * for another reason leaves the same trace, and may well be terminated again at its first frame.
 */
const MOST_DEATHS = 5;

const HANDED_ON_REASONS: Readonly<Record<number, HandedOnReason>> = {
  [HANDED_ON_CONTROL]: 'control',
  [HANDED_ON_MALFORMED]: 'malformed',
  [HANDED_ON_INEXACT]: 'inexact',
  [HANDED_ON_OVERFLOWED]: 'overflowed',
  [HANDED_ON_GAP]: 'gap',
};

/** One arena as its decoder serves it: frames in, records out. */
export class Lane {
  readonly #arena: Arena;
  readonly #kernel: Kernel;
  readonly #frames: FrameReader;
  readonly #records: RecordWriter;
  readonly #counters: Counters;
  /** Receive → publish. */
  readonly #latency: LatencyHistogram;
  readonly #options: LaneOptions;
  /** Slots that the frame at hand needs and gating readers hold; 0 when it waits for none. */
  #short = 0;

  /** @param module the kernel, a `WebAssembly.Module` */
  constructor(arena: Arena, module: object, options: LaneOptions = {}) {
    const instance = new WebAssembly.Instance(module as WebAssembly.Module, {
      env: { memory: arena.handle.memory },
    });
    this.#arena = arena;
    this.#kernel = instance.exports as unknown as Kernel;
    this.#kernel.attach();
    this.#frames = new FrameReader(arena);
    this.#records = new RecordWriter(arena);
    this.#counters = new Counters(arena);
    this.#latency = new LatencyHistogram(arena, 0);
    this.#options = options;
    this.#skipPublished();
    // What a predecessor published or released just before it died, it may not have rung for.
    this.#records.wantSpace(false);
    arena.recordBell.ring();
    arena.spaceBell.ring();
  }

  /** Whether `drain` would get on. */
  get ready(): boolean {
    return this.#short === 0 ? this.#frames.ready : this.#records.claim(this.#short);
  }

  /** Decodes frames as long as there are any and room for their records, at most `limit`; answers how many. */
  drain(limit: number): number {
    const frames = this.#frames;
    let done = 0;
    while (done < limit && frames.next()) {
      if (!this.#take(frames.head)) break;
      frames.release();
      done += 1;
    }
    return done;
  }

  /** False when gating readers have to release slots first. */
  #take(head: number): boolean {
    if (this.#records.attempt(this.#frames.number) > MOST_DEATHS) {
      this.#quarantine(`${MOST_DEATHS} decoders died of it`);
      return true;
    }
    let reason: unknown;
    for (let attempt = 0; attempt < MOST_TRAPS; attempt++) {
      try {
        const taken = this.#decode(head);
        this.#records.succeeded();
        return taken;
      } catch (trap) {
        // Whatever it is: the frame is the same, and once more will tell.
        reason = trap;
      }
    }
    this.#quarantine(String(reason));
    return true;
  }

  #decode(head: number): boolean {
    const most = this.#kernel.most(head);
    // Records of a frame are published together or not at all.
    if (most > this.#records.capacity) return this.#drop(head, most);
    if (!this.#claim(most)) return this.#options.whenFull === 'drop-newest' && this.#drop(head, most);
    const records = this.#kernel.decode(head, this.#records.position, epochNow());
    if (this.#counters.handedOn() !== HANDED_ON_NOT) this.#handOn();
    if (records > 0) {
      this.#records.publish(records, this.#frames.number);
      this.#latency.add(epochNow() - this.#frames.receivedAt);
    }
    // Those are ours, and nobody received them.
    if (this.#frames.kind !== FRAME_KIND_RESET) this.#counters.addResult(records);
    return true;
  }

  /** The records find no room; the latest table is brought up to date all the same. */
  #drop(head: number, needed: number): true {
    const records = this.#kernel.refresh(head, this.#records.position, epochNow());
    if (this.#counters.handedOn() !== HANDED_ON_NOT) this.#handOn();
    this.#counters.addFindings();
    this.#counters.add(COUNT_RECORDS_DROPPED, records);
    this.#records.drop(records, needed);
    return true;
  }

  /** Before the records are published: a decoder that dies in between has its text handed on twice rather than never. */
  #handOn(): void {
    const { number: frame, epoch, receivedAt, payload, length } = this.#frames;
    const reason = HANDED_ON_REASONS[this.#counters.handedOn()]!;
    const bytes = this.#arena.u8.slice(payload, payload + length);
    this.#options.onText?.({ connection: this.#arena.connection, epoch, frame, receivedAt, bytes, reason });
  }

  #claim(count: number): boolean {
    if (this.#records.claim(count)) {
      if (this.#short !== 0) {
        this.#short = 0;
        this.#records.wantSpace(false);
      }
      return true;
    }
    if (this.#options.whenFull === 'drop-newest') return false;
    if (this.#short === 0) this.#counters.add(COUNT_SPACE_WAITS, 1);
    this.#short = count;
    // Announce, and then look again: a reader that released in between did not ring.
    this.#records.wantSpace(true);
    return this.#records.claim(count) && this.#claim(count);
  }

  #quarantine(reason: string): void {
    const { number: frame, receivedAt, payload, length } = this.#frames;
    this.#records.succeeded();
    this.#counters.add(COUNT_FRAMES_QUARANTINED, 1);
    const bytes = this.#arena.u8.slice(payload, payload + length);
    this.#options.onQuarantine?.({ connection: this.#arena.connection, frame, receivedAt, bytes, reason });
  }

  /** A decoder that died between publishing a frame's records and releasing the frame left it to be known by its number. */
  #skipPublished(): void {
    if (this.#frames.next() && this.#frames.number === this.#records.lastFrame) {
      this.#frames.release();
      this.#counters.add(COUNT_FRAMES_SKIPPED, 1);
    }
  }
}
