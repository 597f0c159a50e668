import type { KrakenReader } from './attachment.ts';
import type { KrakenRecord } from './view.ts';

export interface MarketCallbacksOptions {
  readonly open: () => KrakenReader;
  /** Whether somebody listens for market data. */
  readonly wanted: () => boolean;
  readonly deliver: (record: KrakenRecord) => void;
  /** So many records were overwritten before they were delivered. */
  readonly onLagged: (records: number) => void;
}

/**
 * Calls listeners of market data: a copying reader on the feed's thread, there only while somebody listens. Without listeners
 * nothing of a record ever comes to this thread.
 */
export class MarketCallbacks {
  readonly #options: MarketCallbacksOptions;
  #reader: KrakenReader | undefined;
  #started = false;

  constructor(options: MarketCallbacksOptions) {
    this.#options = options;
  }

  /** The feed runs: before that there is nothing to read, and a reader that waits would keep the process from ending. */
  start(): void {
    this.#started = true;
    this.look();
  }

  /** Somebody began or ceased to listen. */
  look(): void {
    if (!this.#started || this.#reader || !this.#options.wanted()) return;
    this.#reader = this.#options.open();
    void this.#read(this.#reader);
  }

  async #read(reader: KrakenReader): Promise<void> {
    let lagged = 0;
    for await (const batch of reader) {
      for (const record of batch) this.#options.deliver(record);
      if (reader.lagged !== lagged) {
        this.#options.onLagged(reader.lagged - lagged);
        lagged = reader.lagged;
      }
      if (!this.#options.wanted()) break;
    }
    reader.close();
    this.#reader = undefined;
    // Somebody may have begun to listen since.
    if (!reader.ended) this.look();
  }
}
