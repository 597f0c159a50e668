/** Simulators of the venues, for tests, demos and load. */
export type { Refusal as KalshiRefusal } from './kalshi/admission.ts';
export type { KalshiBook, KalshiMarketInfo } from './kalshi/book-state.ts';
export type { KalshiErrorCode } from './kalshi/error-codes.ts';
export type {
  KalshiConnectionSubscriptions,
  KalshiSimulatorEvents,
  KalshiSubscriptionState,
  KalshiTarget,
} from './kalshi/events.ts';
export { KALSHI_FAULTS, type KalshiFault, type KalshiFaultKind } from './kalshi/faults.ts';
export { type KalshiCredentials, type KalshiKey, makeKey as makeKalshiKey } from './kalshi/keys.ts';
export type { KalshiSimulatorOptions } from './kalshi/options.ts';
export type { KalshiPriceRange } from './kalshi/price-grid.ts';
export { KalshiSimulator } from './kalshi/server.ts';
export type { InjectedCounters as KalshiInjectedStats, KalshiSimulatorStats } from './kalshi/stats.ts';
export { FNV1A_START, fnv1a, type KiteAuditEntry } from './kite/audit.ts';
export type { KiteClientMessage } from './kite/client-message.ts';
export type { KiteConnectionSubscriptions, KiteSimulatorEvents, KiteTarget } from './kite/events.ts';
export { KITE_FAULTS, type KiteFault, type KiteFaultKind } from './kite/faults.ts';
export { KiteMarket, type KiteMarketOptions } from './kite/market.ts';
export type { KiteCredentials, KiteSimulatorOptions } from './kite/options.ts';
export type { KiteMode } from './kite/packet-writer.ts';
export type { KiteRejected } from './kite/reckon.ts';
export { KiteSimulator } from './kite/server.ts';
export type { InjectedCounters as KiteInjectedStats, KiteSimulatorStats } from './kite/stats.ts';
export {
  KRAKEN_CHANNELS,
  KRAKEN_ENDPOINTS,
  type KrakenChannel,
  type KrakenEndpoint,
} from './kraken/channels.ts';
export type { KrakenSystem } from './kraken/engine-status.ts';
export type { KrakenSimulatorEvents } from './kraken/events.ts';
export { KRAKEN_FAULTS, type KrakenFault, type KrakenFaultKind } from './kraken/faults.ts';
export type { KrakenPairStatus } from './kraken/instrument-channel.ts';
export {
  DEMO_SECRET as KRAKEN_DEMO_SECRET,
  type KrakenCredentials,
  type KrakenSimulatorOptions,
} from './kraken/options.ts';
export type { KrakenFrameSink } from './kraken/recorders.ts';
export { KrakenSimulator } from './kraken/server.ts';
export type {
  InjectedCounters as KrakenInjectedStats,
  KrakenChannelStats,
  KrakenSimulatorStats,
} from './kraken/stats.ts';
export type { KrakenSubscription } from './kraken/subscription-info.ts';
export type { KrakenTarget } from './kraken/target.ts';
