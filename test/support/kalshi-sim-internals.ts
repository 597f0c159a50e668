/** The Kalshi simulator, and of its parts what only its own tests need. */
export { simKalshi } from '../../dist/src/cli/sim-kalshi.js';
export { ExchangeClock } from '../../dist/src/sim/exchange-clock.js';
export type { KalshiBook } from '../../dist/src/sim/kalshi/book-state.js';
export { wireForm } from '../../dist/src/sim/kalshi/era.js';
export { ERROR_TEXTS } from '../../dist/src/sim/kalshi/error-codes.js';
export { FAULTS, KALSHI_FAULTS, type KalshiFault } from '../../dist/src/sim/kalshi/faults.js';
export { type KalshiKey, makeKey } from '../../dist/src/sim/kalshi/keys.js';
export type { KalshiSimulatorOptions } from '../../dist/src/sim/kalshi/options.js';
export { KalshiSimulator } from '../../dist/src/sim/kalshi/server.js';
export { timeText } from '../../dist/src/sim/kalshi/time-text.js';
