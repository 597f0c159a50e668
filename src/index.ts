/**
 * tickring: market data for Node.js, decoded off the event loop. The stable part: feeds, views, readers, errors.
 * Shared-memory structures are in `tickring/memory`, simulators in `tickring/sim`.
 */
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
export type { ConnectionStats, FeedStats } from './feed/statistics.ts';
export type { Distribution } from './feed/subscriptions.ts';
export * from './kite/index.ts';
export type { CounterValues } from './memory/counters.ts';
export type { LatencySummary } from './memory/latency-histogram.ts';
export type { ReaderStatus } from './memory/reader-table.ts';
export { type Batch, type ReaderOptions, RecordReader } from './memory/record-reader.ts';
