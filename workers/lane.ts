import type { Arena } from '../src/memory/arena.ts';
import { epochNow } from '../src/memory/clock.ts';
import { Counters } from '../src/memory/counters.ts';
import {
  COUNT_FRAMES_SKIPPED,
  COUNT_RECORDS_DROPPED,
  COUNT_SPACE_WAITS,
} from '../src/memory/counters-layout.ts';
import { FrameReader } from '../src/memory/frame-reader.ts';
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
}

/** One arena as its decoder serves it: frames in, records out. */
export class Lane {
  readonly #kernel: Kernel;
  readonly #frames: FrameReader;
  readonly #records: RecordWriter;
  readonly #counters: Counters;
  /** Receive → publish. */
  readonly #latency: LatencyHistogram;
  /** Slots that the frame at hand needs and gating readers hold; 0 when it waits for none. */
  #short = 0;

  constructor(arena: Arena, module: WebAssembly.Module) {
    const instance = new WebAssembly.Instance(module, { env: { memory: arena.handle.memory } });
    this.#kernel = instance.exports as unknown as Kernel;
    this.#kernel.attach();
    this.#frames = new FrameReader(arena);
    this.#records = new RecordWriter(arena);
    this.#counters = new Counters(arena);
    this.#latency = new LatencyHistogram(arena, 0);
    this.#skipPublished();
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
      if (!this.#decode(frames.head)) break;
      frames.release();
      done += 1;
    }
    return done;
  }

  /** False when gating readers have to release slots first. */
  #decode(head: number): boolean {
    const most = this.#kernel.most(head);
    if (most > this.#records.capacity) {
      // Its records could never be published together.
      this.#counters.add(COUNT_RECORDS_DROPPED, most);
      return true;
    }
    if (!this.#claim(most)) return false;
    const records = this.#kernel.decode(head, this.#records.position, epochNow());
    if (records > 0) {
      this.#records.publish(records);
      this.#latency.add(epochNow() - this.#frames.receivedAt);
    }
    this.#counters.addResult(records);
    return true;
  }

  #claim(count: number): boolean {
    if (this.#records.claim(count)) {
      if (this.#short !== 0) {
        this.#short = 0;
        this.#records.wantSpace(false);
      }
      return true;
    }
    if (this.#short === 0) this.#counters.add(COUNT_SPACE_WAITS, 1);
    this.#short = count;
    // Announce, and then look again: a reader that released in between did not ring.
    this.#records.wantSpace(true);
    return this.#records.claim(count) && this.#claim(count);
  }

  /** A decoder that died between publishing a frame's records and releasing the frame left it to be known by its number. */
  #skipPublished(): void {
    if (this.#frames.next() && this.#frames.number === this.#records.lastFrame) {
      this.#frames.release();
      this.#counters.add(COUNT_FRAMES_SKIPPED, 1);
    }
  }
}
