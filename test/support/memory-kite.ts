/** Arenas with Kite's kernel at work in them. */

import { SEGMENTS, type SegmentTable, TickView } from 'tickring/kite';
import {
  Arena,
  type ArenaOptions,
  Counters,
  FRAME_KIND_BINARY,
  FrameWriter,
  type RecordMemory,
  RecordReader,
} from 'tickring/memory';
import { arenaLayout, type Kernel, kiteKernel, Lane } from './memory-internals.ts';

/** An arena that knows the divisors of a segment table, as a Kite feed makes it. */
export function kiteArena(options: ArenaOptions = {}, segments: SegmentTable = SEGMENTS): Arena {
  const arena = Arena.create(options);
  const parameters = arena.region(arenaLayout.REGION_PARAMETERS).offset >> 2;
  for (const [segment, { divisor }] of Object.entries(segments)) {
    arena.i32[parameters + Number(segment)] = divisor;
  }
  return arena;
}

/** Kite's kernel in an arena, without a lane. */
export function instantiate(arena: Arena): Kernel {
  const instance = new WebAssembly.Instance(kiteKernel, { env: { memory: arena.handle.memory } });
  const kernel = instance.exports as unknown as Kernel;
  kernel.attach();
  return kernel;
}

export function tickView(memory: RecordMemory): TickView {
  return new TickView(memory);
}

/** A whole way on one thread: frames in, lane, records out. */
export class Line {
  readonly arena: Arena;
  readonly frames: FrameWriter;
  readonly lane: Lane;
  readonly reader: RecordReader<TickView>;
  readonly #counters: Counters;

  constructor(options: ArenaOptions = {}, segments: SegmentTable = SEGMENTS) {
    this.arena = kiteArena(options, segments);
    this.frames = new FrameWriter(this.arena);
    this.lane = new Lane(this.arena, kiteKernel);
    this.reader = new RecordReader([this.arena], (memory) => new TickView(memory, { segments }), {
      kind: 'gating',
    });
    this.#counters = new Counters(this.arena);
  }

  get counts() {
    return this.#counters.values();
  }

  /** Sends one frame through the lane; the batch of its records. */
  send(bytes: Uint8Array, { kind = FRAME_KIND_BINARY, receivedAt = 1, epoch = 1 } = {}) {
    if (!this.frames.write(bytes, kind, receivedAt, epoch)) throw new Error('no room for the frame');
    if (this.lane.drain(10) !== 1) throw new Error('the lane did not take the frame');
    return this.reader.drain();
  }
}
