/** Keeps to a rate: so many at once, and then so many a second. */
export class TokenBucket {
  readonly #capacity: number;
  /** Tokens that come back each ms. */
  readonly #refill: number;
  readonly #now: () => number;
  #tokens: number;
  #at: number;

  /**
   * @param capacity tokens at once
   * @param perSecond tokens that come back
   */
  constructor(capacity: number, perSecond: number, now: () => number = () => performance.now()) {
    this.#capacity = capacity;
    this.#refill = perSecond / 1000;
    this.#now = now;
    this.#tokens = capacity;
    this.#at = now();
  }

  /** Tokens that may be taken now. Below 0 after a pause, or after more than there were have been taken. */
  get available(): number {
    const now = this.#now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#at) * this.#refill);
    this.#at = now;
    return this.#tokens;
  }

  /** ms until so many tokens can be taken, at most all that it holds. */
  delay(count = 1): number {
    const missing = Math.min(count, this.#capacity) - this.available;
    // Less than a millionth is the error of the sums.
    return missing > 1e-6 ? Math.ceil(missing / this.#refill - 1e-6) : 0;
  }

  take(count = 1): void {
    this.#tokens = this.available - count;
  }

  /** Gives nothing for so long, ms. */
  pause(milliseconds: number): void {
    this.#tokens = Math.min(this.available, 1 - milliseconds * this.#refill);
  }
}
