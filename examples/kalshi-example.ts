import type { KalshiFeedOptions } from 'tickring/kalshi';
import type { KalshiSimulator } from 'tickring/sim';

/** Where an example connects, and with what credentials; and the simulator that is there. */
export interface KalshiService {
  /** For the real service: `{ keyId, privateKeyPath }`, or `KalshiFeed.fromEnv()`. */
  readonly options: KalshiFeedOptions;
  readonly simulator: KalshiSimulator;
}

/** Runs for a few seconds at most, prints something worth seeing, and ends by itself. */
export type KalshiExample = (service: KalshiService) => Promise<void>;
