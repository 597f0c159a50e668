/// <reference path="../../src/webassembly.d.ts" />
/** Kraken's kernel at work on one thread: texts in, records as plain objects out, read straight from memory. */

import { readFileSync } from 'node:fs';
import { Arena, type ArenaOptions, Counters, FRAME_KIND_TEXT, FrameWriter } from 'tickring/memory';
import * as layout from '../../dist/src/kraken/record-layout.js';
import * as arenaLayout from '../../dist/src/memory/arena-layout.js';
import * as bookLayout from '../../dist/src/memory/book-layout.js';
import * as recordLayout from '../../dist/src/memory/record-layout.js';
import * as ringLayout from '../../dist/src/memory/record-ring-layout.js';
import * as symbolLayout from '../../dist/src/memory/symbol-table-layout.js';
import { type HandedOnText, type Kernel, Lane, type LaneOptions } from '../../dist/workers/lane.js';
import { type Raw, RawMemory } from './kraken-raw.ts';

export * as countersLayout from '../../dist/src/memory/counters-layout.js';
export * as frameRingLayout from '../../dist/src/memory/frame-ring-layout.js';
export * as latestTableLayout from '../../dist/src/memory/latest-table-layout.js';
export * as workspaceLayout from '../../dist/src/memory/workspace-layout.js';
export { decimalText, type Raw, type RawBook, type RawLevel } from './kraken-raw.ts';
export { arenaLayout, bookLayout, layout, recordLayout, ringLayout, symbolLayout };

export const krakenKernelBytes: Uint8Array = readFileSync(
  new URL('../../dist/workers/kernels/kraken.wasm', import.meta.url),
);
export const krakenKernel: WebAssembly.Module = new WebAssembly.Module(krakenKernelBytes);

/** Kraken's kernel in an arena, without a lane. */
export function instantiate(arena: Arena): Kernel {
  const instance = new WebAssembly.Instance(krakenKernel, { env: { memory: arena.handle.memory } });
  const kernel = instance.exports as unknown as Kernel;
  kernel.attach();
  return kernel;
}

export type GapPolicy = 'resync' | 'ignore';

export interface LineOptions extends ArenaOptions {
  readonly gapPolicy?: GapPolicy;
  readonly whenFull?: LaneOptions['whenFull'];
}

/** A small arena for Kraken. */
export function krakenArena({ gapPolicy = 'resync', ...options }: LineOptions = {}): Arena {
  const arena = Arena.create({
    frameRingBytes: 2 ** 18,
    recordSlots: 512,
    latestInstruments: 256,
    symbols: 64,
    books: 8,
    bookLevels: 1000,
    ...options,
  });
  const { offset } = arena.region(arenaLayout.REGION_PARAMETERS);
  const policy = gapPolicy === 'resync' ? layout.GAP_POLICY_RESYNC : layout.GAP_POLICY_IGNORE;
  arena.u32[(offset + layout.PARAMETER_GAP_POLICY) >> 2] = policy;
  return arena;
}

/** A whole way on one thread: texts in, lane, records out. */
export class Line extends RawMemory {
  readonly frames: FrameWriter;
  lane: Lane;
  readonly texts: HandedOnText[] = [];
  readonly quarantined: string[] = [];
  readonly #counters: Counters;
  readonly #whenFull: LaneOptions['whenFull'];

  constructor({ whenFull, ...options }: LineOptions = {}) {
    super(krakenArena(options));
    this.frames = new FrameWriter(this.arena);
    this.#whenFull = whenFull;
    this.lane = this.newLane();
    this.#counters = new Counters(this.arena);
  }

  /** As a decoder that takes over. */
  newLane(): Lane {
    this.lane = new Lane(this.arena, krakenKernel, {
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
  send(
    text: string | Uint8Array,
    { kind = FRAME_KIND_TEXT as number, receivedAt = 1, epoch = 1 } = {},
  ): Raw[] {
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

  recordsFrom(position: number): Raw[] {
    const records: Raw[] = [];
    for (; position !== this.published; position = (position + 1) >>> 0) {
      records.push(this.recordAt(this.slot(position)));
    }
    return records;
  }
}
