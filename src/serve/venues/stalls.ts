/** Faults of the reading side: a gating reader that joins and does not read, so that its rings fill and the decoder stands still. */
export class Stalls {
  readonly #open: () => Disposable;
  readonly #running = new Map<Disposable, NodeJS.Timeout>();

  /** @param open joins all rings of the feed */
  constructor(open: () => Disposable) {
    this.#open = open;
  }

  /** @param ms after which it leaves */
  begin(ms: number): void {
    const reader = this.#open();
    const timer = setTimeout(() => this.#end(reader), ms);
    timer.unref();
    this.#running.set(reader, timer);
  }

  close(): void {
    for (const reader of this.#running.keys()) this.#end(reader);
  }

  #end(reader: Disposable): void {
    clearTimeout(this.#running.get(reader));
    this.#running.delete(reader);
    reader[Symbol.dispose]();
  }
}
