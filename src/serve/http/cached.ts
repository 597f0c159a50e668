/** Answers that are shared by all who ask within some ms, so that asking often costs the feeds' thread nothing more. */
export class Cached<Value> {
  readonly #fetch: () => Promise<Value>;
  readonly #freshFor: number;
  #value: Promise<Value> | undefined;
  #staleAt = 0;

  /** @param freshFor ms */
  constructor(fetch: () => Promise<Value>, freshFor: number) {
    this.#fetch = fetch;
    this.#freshFor = freshFor;
  }

  /** Rejects as `fetch` does; what failed is not kept. */
  get(): Promise<Value> {
    const now = performance.now();
    if (!this.#value || now >= this.#staleAt) {
      this.#staleAt = now + this.#freshFor;
      const value = this.#fetch();
      value.catch(() => {
        if (this.#value === value) this.#value = undefined;
      });
      this.#value = value;
    }
    return this.#value;
  }

  /** What is known is out of date. */
  forget(): void {
    this.#value = undefined;
  }
}
