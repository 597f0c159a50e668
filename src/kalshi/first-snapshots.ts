/** Books that were acknowledged together, and have not come. */
export interface AwaitedBooks {
  readonly connection: number;
  readonly markets: Set<string>;
  /** Whether the service has named them: it is certain that it has them. */
  readonly listed: boolean;
  /** `performance.now()`: when they were acknowledged, or when the last of them came. */
  at: number;
}

/** Order books that the service has acknowledged and not sent so far. Each batch has so long, and again with each book that comes. */
export class FirstSnapshots {
  readonly #timeout: number;
  #batches: AwaitedBooks[] = [];

  /** @param timeout ms */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  expect(connection: number, markets: readonly string[], listed: boolean): void {
    this.forget(connection, markets);
    if (markets.length === 0) return;
    this.#batches.push({ connection, markets: new Set(markets), listed, at: performance.now() });
  }

  /** These are not to come any more. */
  forget(connection: number, markets: readonly string[]): void {
    for (const batch of this.#batches)
      if (batch.connection === connection) for (const market of markets) batch.markets.delete(market);
    this.#batches = this.#batches.filter((batch) => batch.markets.size > 0);
  }

  /**
   * Those that are too late; nobody is told a second time.
   *
   * @param isAwaited whether it has not come yet, as far as its connection has been read
   * @param isBehind whether more of a connection has been received than has been read
   */
  late(
    isAwaited: (connection: number, market: string) => boolean,
    isBehind: (connection: number) => boolean,
  ): AwaitedBooks[] {
    if (this.#batches.length === 0) return [];
    const now = performance.now();
    const late = new Set<AwaitedBooks>();
    for (const batch of this.#batches) {
      const { connection, markets } = batch;
      for (const market of markets) {
        if (isAwaited(connection, market)) continue;
        markets.delete(market);
        batch.at = now;
      }
      if (markets.size > 0 && now - batch.at >= this.#timeout && !isBehind(connection)) late.add(batch);
    }
    this.#batches = this.#batches.filter((batch) => batch.markets.size > 0 && !late.has(batch));
    return [...late];
  }
}
