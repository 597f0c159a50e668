import type { RecordReader } from '../memory/record-reader.ts';
import type { RecordView } from '../memory/record-view.ts';

export interface MarketCallbacksOptions<Record extends RecordView<Record>> {
  readonly open: () => RecordReader<Record>;
  /** Whether somebody listens for market data. */
  readonly wanted: () => boolean;
  readonly deliver: (record: Record) => void;
  /** So many records were overwritten before they were delivered. */
  readonly onLagged: (records: number) => void;
}

/**
 * Calls listeners of market data: a copying reader on the feed's thread, there only while somebody listens. Without listeners
 * nothing of a record ever comes to this thread.
 */
export class MarketCallbacks<Record extends RecordView<Record>> {
  readonly #options: MarketCallbacksOptions<Record>;
  #reader: RecordReader<Record> | undefined;
  #started = false;

  constructor(options: MarketCallbacksOptions<Record>) {
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

  async #read(reader: RecordReader<Record>): Promise<void> {
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
