/** `tickring/kite`: the Kite feed, its views, and its decoder without the feed. */
export { type PacketKind, PacketView, type PacketViewOptions } from './packet-view.ts';
export { FAULT_REASONS, type FaultReason, type FrameFault, type PacketsOptions, packets } from './packets.ts';
export { type ParseFrameOptions, parseFrame } from './parse-frame.ts';
export {
  type Exchange,
  INDICES_SEGMENT,
  SEGMENTS,
  type Segment,
  type SegmentTable,
  segmentOf,
  UNKNOWN_SEGMENT,
} from './segments.ts';
export type {
  DepthLevel,
  FullTick,
  IndexFullTick,
  IndexQuoteTick,
  LtpTick,
  Mode,
  Ohlc,
  QuoteTick,
  Tick,
} from './tick.ts';
export { TickView } from './view.ts';
