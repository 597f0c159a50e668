/** `tickring/memory`: the shared-memory structures, for those who build on them directly. */
export { Arena, type ArenaHandle, type ArenaMemory, type ArenaOptions, type Region } from './arena.ts';
export { epochNow } from './clock.ts';
export { Counters, type CounterValues } from './counters.ts';
export { Doorbell, type DoorbellHandle } from './doorbell.ts';
export { FrameReader } from './frame-reader.ts';
export { FRAME_KIND_BINARY, FRAME_KIND_RESET, FRAME_KIND_TEXT } from './frame-ring-layout.ts';
export { FrameWriter } from './frame-writer.ts';
export { LatencyHistogram, type LatencySummary, summarizeLatency } from './latency-histogram.ts';
export { LatestTable } from './latest-table.ts';
export type { ReaderKind, ReaderStatus } from './reader-table.ts';
export { type Batch, type ReaderOptions, RecordReader } from './record-reader.ts';
export { privateMemory, type RecordMemory, type RecordView, type ViewFactory } from './record-view.ts';
export { RecordWriter } from './record-writer.ts';
export { RecordRing } from './ring-cursor.ts';
