/// <reference path="../../src/webassembly.d.ts" />
/** What the package does not export and its own tests need: layouts, the lane, the kernel. */

import { readFileSync } from 'node:fs';

export * as packetLayout from '../../dist/src/kite/packet-layout.js';
export * as tickLayout from '../../dist/src/kite/tick-layout.js';
export * as arenaLayout from '../../dist/src/memory/arena-layout.js';
export { CopyingFrameReader } from '../../dist/src/memory/copying-frame-reader.js';
export * as countersLayout from '../../dist/src/memory/counters-layout.js';
export { DecoderControl } from '../../dist/src/memory/decoder-control.js';
export * as decoderControlLayout from '../../dist/src/memory/decoder-control-layout.js';
export * as doorbellLayout from '../../dist/src/memory/doorbell-layout.js';
export * as frameRingLayout from '../../dist/src/memory/frame-ring-layout.js';
export { summarizeBuckets } from '../../dist/src/memory/latency-histogram.js';
export * as latencyLayout from '../../dist/src/memory/latency-layout.js';
export { LatestLayout } from '../../dist/src/memory/latest-table.js';
export * as latestTableLayout from '../../dist/src/memory/latest-table-layout.js';
export { ReaderTable } from '../../dist/src/memory/reader-table.js';
export * as readerTableLayout from '../../dist/src/memory/reader-table-layout.js';
export * as recordLayout from '../../dist/src/memory/record-layout.js';
export * as recordRingLayout from '../../dist/src/memory/record-ring-layout.js';
export { RecordWriter } from '../../dist/src/memory/record-writer.js';
export { type Kernel, Lane, type QuarantinedFrame } from '../../dist/workers/lane.js';

/** The bytes of Kite's kernel, and what they compile to. */
export const kiteKernelBytes: Uint8Array = readFileSync(
  new URL('../../dist/workers/kernels/kite.wasm', import.meta.url),
);
export const kiteKernel: WebAssembly.Module = new WebAssembly.Module(kiteKernelBytes);
