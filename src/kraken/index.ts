/** `tickring/kraken`: the Kraken feed, its views and its books. */

export { type RefusedSubscription, SubscriptionError } from '../feed/subscription-error.ts';
export { Book } from '../memory/book.ts';
export { BookLadder, type LadderOptions } from '../memory/book-ladder.ts';
export type { BookLevels, PriceLevel } from '../memory/book-levels.ts';
export { BookMetrics, measureBook, type SideMetrics } from '../memory/book-metrics.ts';
export { type BookCheck, type BookObject, BookSnapshot, type BookState } from '../memory/book-snapshot.ts';
export type { LadderRow, LadderSide } from '../memory/ladder-side.ts';
export type { LatestOptions } from '../memory/latest-records.ts';
export { PriceImpact, priceImpact } from '../memory/price-impact.ts';
export {
  attach,
  KrakenAttachment,
  type KrakenHandle,
  type KrakenReader,
  type KrakenReaderOptions,
} from './attachment.ts';
export type { BookChange } from './book-view.ts';
export type { BookGap, BookResync } from './book-watch.ts';
export type { Candle } from './candle-view.ts';
export type {
  BalancesRequest,
  BookRequest,
  CandleRequest,
  Channel,
  ChannelAlias,
  ExecutionsRequest,
  InstrumentRequest,
  Level3Request,
  SubscribeRequest,
  TickerRequest,
  TradeRequest,
  UnsubscribeRequest,
} from './channels.ts';
export type { EngineCounts } from './engine-counts.ts';
export type {
  GapEvent,
  InstrumentsMessage,
  KrakenControlEvents,
  KrakenFeedEvents,
  KrakenMarketEvents,
  KrakenOrigin,
} from './events.ts';
export { KrakenFeed, type KrakenSubscription } from './feed.ts';
export type { GapMessage } from './gap-buffer.ts';
export type { Gap, GapReason } from './gap-view.ts';
export type { KrakenConnectionHealth, KrakenHealth } from './health.ts';
export type { Instrument, InstrumentStatus } from './instrument-view.ts';
export type { LatestViews } from './latest.ts';
export { Level3Book, type Level3BookOptions, type QueuePosition } from './level3-book.ts';
export type { StreamStatus } from './lines.ts';
export type { SystemState, SystemStatus } from './messages.ts';
export type { GapPolicy, KrakenFeedOptions } from './options.ts';
export { type OrderChanges, OrderTracker, type TrackedOrder } from './order-tracker.ts';
export type { BookOrder, OrderEvent } from './order-view.ts';
export type { ConnectBudget } from './pacing.ts';
export type {
  BalanceEntry,
  BalancesMessage,
  ExecutionReport,
  ExecutionsMessage,
  ExecutionType,
  OrderStatus,
} from './private-events.ts';
export {
  BOOK_DEPTHS,
  type BookDepth,
  type CandleInterval,
  type Endpoint,
  INTERVALS,
  KRAKEN_AUTH_URL,
  KRAKEN_LEVEL3_URL,
  KRAKEN_REST_URL,
  KRAKEN_URL,
  LEVEL3_DEPTHS,
  type Level3Depth,
} from './protocol.ts';
export type { SequenceGap } from './sequences.ts';
export type { KrakenConnectionStats, KrakenStats } from './stats.ts';
export type { Status, SystemWord } from './status-view.ts';
export type { Ticker } from './ticker-view.ts';
export type { Side, Trade } from './trade-view.ts';
export type { VenueLatency } from './venue-latency.ts';
export {
  BookView,
  CandleView,
  GapView,
  InstrumentView,
  type KrakenRecord,
  KrakenViews,
  OrderView,
  StatusView,
  TickerView,
  TradeView,
} from './view.ts';
