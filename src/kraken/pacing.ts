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

/** How often a service may be connected to. */
export interface ConnectBudget {
  /** Attempts within any stretch of `per` ms. */
  readonly attempts: number;
  /** ms */
  readonly per: number;
}

/** When a host was, or is going to be, connected to: by all feeds of this process, because the service counts by address. */
const attempts = new Map<string, number[]>();

/** No budget looks further back, ms. */
const MOST_PER = 3_600_000;

/**
 * Books an attempt to connect to a host, now or as soon as the budget allows.
 *
 * @returns ms until then
 */
export function bookAttempt(host: string, budget: ConnectBudget, now = Date.now()): number {
  const booked = (attempts.get(host) ?? []).filter((at) => at > now - MOST_PER);
  // Ascending, because none is booked before another that was booked earlier.
  const limit = booked.at(-budget.attempts);
  const at = Math.max(now, booked.at(-1) ?? 0, limit === undefined ? 0 : limit + budget.per);
  booked.push(at);
  attempts.set(host, booked);
  return at - now;
}
