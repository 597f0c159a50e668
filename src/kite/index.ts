/** `tickring/kite`: the Kite feed, its views, and its decoder without the feed. */
export type { KiteAccount, KiteCredentials, TokenProvider } from './accounts.ts';
export {
  attach,
  KiteAttachment,
  type KiteHandle,
  type TapOptions,
  type TickReader,
  type TickReaderOptions,
} from './attachment.ts';
export type { KiteFeedEvents, Origin, StaleGroup } from './events.ts';
export { KiteFeed, type KiteSubscription, type SubscribeOptions } from './feed.ts';
export { TickSnapshot } from './latest.ts';
export type { KiteFeedOptions } from './options.ts';
export { type PacketKind, PacketView, type PacketViewOptions } from './packet-view.ts';
export { FAULT_REASONS, type FaultReason, type FrameFault, type PacketsOptions, packets } from './packets.ts';
export { type ParseFrameOptions, parseFrame } from './parse-frame.ts';
export { presets } from './presets.ts';
export { KITE_URL, MAX_CONNECTIONS, MAX_INSTRUMENTS, type OrderUpdate } from './protocol.ts';
export { type RawFrame, RawReader } from './raw-reader.ts';
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
export { TickView, type TickViewOptions } from './view.ts';
