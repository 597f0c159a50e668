/// <reference path="../../src/webassembly.d.ts" />
/** A kernel at work on one thread: texts in, records as plain objects out, read straight from memory. */

import { type Arena, Counters, FRAME_KIND_TEXT, FrameWriter } from 'tickring/memory';
import * as arenaLayout from '../../dist/src/memory/arena-layout.js';
import * as recordLayout from '../../dist/src/memory/record-layout.js';
import * as ringLayout from '../../dist/src/memory/record-ring-layout.js';
import { type HandedOnText, type Kernel, Lane, type LaneOptions } from '../../dist/workers/lane.js';
import { RawMemory } from './raw-memory.ts';

/** A kernel in an arena, without a lane. */
export function instantiateKernel(module: WebAssembly.Module, arena: Arena): Kernel {
  const instance = new WebAssembly.Instance(module, { env: { memory: arena.handle.memory } });
  const kernel = instance.exports as unknown as Kernel;
  kernel.attach();
  return kernel;
}

/** A whole way on one thread: texts in, lane, records out. */
export abstract class KernelLine<R> extends RawMemory {
  readonly frames: FrameWriter;
  lane: Lane;
  readonly texts: HandedOnText[] = [];
  readonly quarantined: string[] = [];
  readonly #counters: Counters;
  readonly #whenFull: LaneOptions['whenFull'];

  readonly #module: WebAssembly.Module;

  constructor(arena: Arena, module: WebAssembly.Module, whenFull?: LaneOptions['whenFull']) {
    super(arena);
    this.#module = module;
    this.frames = new FrameWriter(this.arena);
    this.#whenFull = whenFull;
    this.lane = this.newLane();
    this.#counters = new Counters(this.arena);
  }

  /** The record whose slot is there. */
  abstract recordAt(at: number): R;

  /** As a decoder that takes over. */
  newLane(): Lane {
    this.lane = new Lane(this.arena, this.#module, {
      whenFull: this.#whenFull,
      onText: (text) => this.texts.push(text),
      onQuarantine: ({ reason }) => this.quarantined.push(reason),
    });
    return this.lane;
  }

  get counts() {
    return this.#counters.values();
  }

  /** Sends one frame through the lane; its records. */
  send(text: string | Uint8Array, { kind = FRAME_KIND_TEXT as number, receivedAt = 1, epoch = 1 } = {}): R[] {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    if (!this.frames.write(bytes, kind, receivedAt, epoch)) throw new Error('no room for the frame');
    const before = this.published;
    if (this.lane.drain(10) !== 1) throw new Error('the lane did not take the frame');
    if (this.quarantined.length > 0) throw new Error(this.quarantined[0]);
    return this.recordsFrom(before);
  }

  /** As `send`, without a look at the records. */
  pass(text: string): void {
    if (!this.frames.write(Buffer.from(text), FRAME_KIND_TEXT, 1, 1))
      throw new Error('no room for the frame');
    if (this.lane.drain(10) !== 1) throw new Error('the lane did not take the frame');
  }

  /** Position of the record ring. */
  get published(): number {
    const { offset } = this.arena.region(arenaLayout.REGION_RECORD_RING);
    return this.arena.u32[(offset + ringLayout.RECORD_PUBLISHED) >> 2]!;
  }

  /** Where the slot of a position lies. */
  slot(position: number): number {
    const { offset, bytes } = this.arena.region(arenaLayout.REGION_RECORD_RING);
    const slots = (bytes - ringLayout.RECORD_SLOTS) / recordLayout.RECORD_BYTES;
    return offset + ringLayout.RECORD_SLOTS + (position & (slots - 1)) * recordLayout.RECORD_BYTES;
  }

  recordsFrom(position: number): R[] {
    const records: R[] = [];
    for (; position !== this.published; position = (position + 1) >>> 0) {
      records.push(this.recordAt(this.slot(position)));
    }
    return records;
  }
}
