/** Simulators of the venues, for tests, demos and load. */
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
