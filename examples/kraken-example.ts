import type { KrakenFeedOptions } from 'tickring/kraken';
import type { KrakenSimulator } from 'tickring/sim';

/** Where an example connects, and with what credentials; and the simulator that is there. */
export interface KrakenService {
  /** For the real service: `{}`, and your API key and secret for what is private. */
  readonly options: KrakenFeedOptions;
  readonly simulator: KrakenSimulator;
}

/** Runs for a few seconds at most, prints something worth seeing, and ends by itself. */
export type KrakenExample = (service: KrakenService) => Promise<void>;
