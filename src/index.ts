/**
 * tickring: market data for Node.js, decoded off the event loop. The stable part: feeds, views, readers, errors.
 * Shared-memory structures are in `tickring/memory`, simulators in `tickring/sim`.
 */

export type { QuarantinedFrame, WhenFull } from '../workers/lane.ts';
export {
  AbortedError,
  ArgumentError,
  AttachError,
  AuthenticationError,
  CapacityError,
  ClosedError,
  ConnectionError,
  DecoderError,
  FrameTooLargeError,
  ProtocolError,
  ReaderExpelledError,
  ServiceError,
  TickringError,
  TooManyReadersError,
} from './errors.ts';
export type { ReconnectOptions } from './feed/backoff.ts';
export {
  type ConnectionState,
  type StateChange,
  StateError,
  TRANSITIONS,
  type TransitionCause,
} from './feed/connection-state.ts';
export { CHANNELS } from './feed/diagnostics.ts';
export type { ConnectionHealth, FeedHealth, FeedState } from './feed/health.ts';
export type { ExpelledReader } from './feed/reader-watch.ts';
export type { ConnectionStats, FeedStats } from './feed/statistics.ts';
export { type RefusedSubscription, SubscriptionError } from './feed/subscription-error.ts';
export type { Distribution } from './feed/subscriptions.ts';
export type { SubscribeResult } from './kalshi/acknowledgements.ts';
export {
  attach as attachKalshi,
  KalshiAttachment,
  type KalshiHandle,
  type KalshiReader,
  type KalshiReaderOptions,
} from './kalshi/attachment.ts';
export { KalshiBook } from './kalshi/book.ts';
export type { GapEvent as KalshiGapEvent, KalshiFeedEvents, KalshiOrigin } from './kalshi/events.ts';
export { KalshiFeed, type KalshiSubscription } from './kalshi/feed.ts';
export type { KalshiHealth } from './kalshi/health.ts';
export { KeyError } from './kalshi/key-error.ts';
export type { ConnectStrategy, KalshiFeedOptions } from './kalshi/options.ts';
export { KalshiServiceError } from './kalshi/service-error.ts';
export type { KalshiStats } from './kalshi/stats.ts';
export type { KalshiRecord } from './kalshi/view.ts';
export type { KiteAccount, KiteCredentials, TokenProvider } from './kite/accounts.ts';
export {
  attach,
  KiteAttachment,
  type KiteHandle,
  type TapOptions,
  type TickReader,
  type TickReaderOptions,
} from './kite/attachment.ts';
export type { KiteFeedEvents, Origin, StaleGroup } from './kite/events.ts';
export { KiteFeed, type KiteSubscription, type SubscribeOptions } from './kite/feed.ts';
export { TickSnapshot } from './kite/latest.ts';
export type { KiteFeedOptions } from './kite/options.ts';
export { type PacketKind, PacketView, type PacketViewOptions } from './kite/packet-view.ts';
export {
  FAULT_REASONS,
  type FaultReason,
  type FrameFault,
  type PacketsOptions,
  packets,
} from './kite/packets.ts';
export { type ParseFrameOptions, parseFrame } from './kite/parse-frame.ts';
export { presets } from './kite/presets.ts';
export { KITE_URL, MAX_CONNECTIONS, MAX_INSTRUMENTS, type OrderUpdate } from './kite/protocol.ts';
export { type RawFrame, RawReader } from './kite/raw-reader.ts';
export {
  type Exchange,
  INDICES_SEGMENT,
  SEGMENTS,
  type Segment,
  type SegmentTable,
  segmentOf,
  UNKNOWN_SEGMENT,
} from './kite/segments.ts';
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
} from './kite/tick.ts';
export { TickView, type TickViewOptions } from './kite/view.ts';
export {
  attach as attachKraken,
  KrakenAttachment,
  type KrakenHandle,
  type KrakenReader,
  type KrakenReaderOptions,
} from './kraken/attachment.ts';
export type { SubscribeRequest, UnsubscribeRequest } from './kraken/channels.ts';
export type { GapEvent, KrakenFeedEvents, KrakenOrigin } from './kraken/events.ts';
export { KrakenFeed, type KrakenSubscription } from './kraken/feed.ts';
export type { KrakenHealth } from './kraken/health.ts';
export type { GapPolicy, KrakenFeedOptions } from './kraken/options.ts';
export { OrderTracker } from './kraken/order-tracker.ts';
export type { KrakenStats } from './kraken/stats.ts';
export {
  BookView,
  CandleView,
  GapView,
  InstrumentView,
  type KrakenRecord,
  OrderView,
  StatusView,
  TickerView,
  TradeView,
} from './kraken/view.ts';
export { Book } from './memory/book.ts';
export { BookSnapshot } from './memory/book-snapshot.ts';
export type { CounterValues } from './memory/counters.ts';
export type { LatencySummary } from './memory/latency-histogram.ts';
export type { ReaderKind, ReaderStatus } from './memory/reader-table.ts';
export { type Batch, type ReaderOptions, RecordReader } from './memory/record-reader.ts';
