/// <reference path="../../src/webassembly.d.ts" />
/** Kraken's kernel at work on one thread: texts in, records as plain objects out, read straight from memory. */

import { readFileSync } from 'node:fs';
import { Arena, type ArenaOptions } from 'tickring/memory';
import * as layout from '../../dist/src/kraken/record-layout.js';
import * as arenaLayout from '../../dist/src/memory/arena-layout.js';
import * as bookLayout from '../../dist/src/memory/book-layout.js';
import * as recordLayout from '../../dist/src/memory/record-layout.js';
import * as ringLayout from '../../dist/src/memory/record-ring-layout.js';
import * as symbolLayout from '../../dist/src/memory/symbol-table-layout.js';
import type { Kernel, LaneOptions } from '../../dist/workers/lane.js';
import { instantiateKernel, KernelLine } from './kernel-line.ts';
import { krakenRecord, type Raw } from './kraken-raw.ts';

export * as countersLayout from '../../dist/src/memory/counters-layout.js';
export * as frameRingLayout from '../../dist/src/memory/frame-ring-layout.js';
export * as latestTableLayout from '../../dist/src/memory/latest-table-layout.js';
export * as workspaceLayout from '../../dist/src/memory/workspace-layout.js';
export type { Raw } from './kraken-raw.ts';
export { decimalText, type RawBook, type RawLevel } from './raw-memory.ts';
export { arenaLayout, bookLayout, layout, recordLayout, ringLayout, symbolLayout };

export const krakenKernelBytes: Uint8Array = readFileSync(
  new URL('../../dist/workers/kernels/kraken.wasm', import.meta.url),
);
export const krakenKernel: WebAssembly.Module = new WebAssembly.Module(krakenKernelBytes);

/** Kraken's kernel in an arena, without a lane. */
export function instantiate(arena: Arena): Kernel {
  return instantiateKernel(krakenKernel, arena);
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

/** A whole way on one thread: Kraken's texts in, lane, records out. */
export class Line extends KernelLine<Raw> {
  constructor({ whenFull, ...options }: LineOptions = {}) {
    super(krakenArena(options), krakenKernel, whenFull);
  }

  override recordAt(at: number): Raw {
    return krakenRecord(this, at);
  }
}
