/** `tickring/kalshi`: the Kalshi feed, its views and its books. */
export { type RefusedSubscription, SubscriptionError } from '../feed/subscription-error.ts';
export { BookLadder, type LadderOptions } from '../memory/book-ladder.ts';
export { BookMetrics, measureBook, type SideMetrics } from '../memory/book-metrics.ts';
export { type BookCheck, BookSnapshot, type BookState } from '../memory/book-snapshot.ts';
export type { LadderRow, LadderSide } from '../memory/ladder-side.ts';
export type { LatestOptions } from '../memory/latest-records.ts';
export { PriceImpact, priceImpact } from '../memory/price-impact.ts';
export type { SubscribeResult } from './acknowledgements.ts';
export type { Amount } from './amount.ts';
export {
  attach,
  KALSHI_VENUE,
  KalshiAttachment,
  type KalshiHandle,
  type KalshiReader,
  type KalshiReaderOptions,
  type KalshiSequence,
} from './attachment.ts';
export type { KalshiCredentials } from './auth.ts';
export { KalshiBook } from './book.ts';
export type { BookResync, RecoveryStep } from './book-recovery.ts';
export { type KalshiBookObject, KalshiBookSnapshot } from './book-snapshot.ts';
export type { BookChange } from './book-view.ts';
export {
  type BookRequest,
  type Channel,
  type CommunicationsRequest,
  type IndexRequest,
  KALSHI_CHANNELS,
  type MarketsRequest,
  type PlainRequest,
  type SubscribeRequest,
  type TickerRequest,
  type UnderlyingRequest,
  type UnsubscribeRequest,
} from './channels.ts';
export type { EngineCounts } from './engine-counts.ts';
export type {
  EventFeeUpdate,
  EventLifecycle,
  FastIndexValue,
  Fill,
  IndexValue,
  KalshiEvent,
  MarketLifecycle,
  MarketPosition,
  MessageHead,
  MessageType,
  MultivariateLookup,
  OrderGroupUpdate,
  QuoteAccepted,
  QuoteCreated,
  QuoteExecuted,
  RfqCreated,
  RfqDeleted,
  UnderlyingValue,
  UserOrder,
} from './event-messages.ts';
export type {
  GapEvent,
  HeldSubscription,
  KalshiControlEvents,
  KalshiFeedEvents,
  KalshiMarketEvents,
  KalshiMessageEvents,
  KalshiOrigin,
  UnknownMessage,
} from './events.ts';
export { KalshiFeed, type KalshiSubscription } from './feed.ts';
export type { Gap, GapReason } from './gap-view.ts';
export type { KalshiConnectionHealth, KalshiHealth } from './health.ts';
export { KeyError, type KeyProblem } from './key-error.ts';
export type { LatestViews } from './latest.ts';
export { type Level, Levels } from './levels.ts';
export type { JsonObject, RemoteSubscription } from './messages.ts';
export type { ConnectStrategy, KalshiFeedOptions } from './options.ts';
export type { KeySource } from './private-key.ts';
export { type Environment, KALSHI_DEMO_URL, KALSHI_URL } from './protocol.ts';
export { KalshiServiceError } from './service-error.ts';
export type { KalshiConnectionStats, KalshiStats } from './stats.ts';
export type { KalshiSummary, MarketSummary } from './summary.ts';
export type { Ticker } from './ticker-view.ts';
export type { BookSide, Side, Trade } from './trade-view.ts';
export { BookView, GapView, type KalshiRecord, KalshiViews, TickerView, TradeView } from './view.ts';
