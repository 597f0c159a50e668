/** So much at once, and so much a second: what a rate limit leaves. */
export class Allowance {
  readonly #most: number;
  readonly #perSecond: number;
  #left: number;
  #at = performance.now();

  constructor(most: number, perSecond = most) {
    this.#most = most;
    this.#perSecond = perSecond;
    this.#left = most;
  }

  /** False, and nothing taken, when there is not so much left. */
  take(cost = 1): boolean {
    if (this.#most === Number.POSITIVE_INFINITY) return true;
    const now = performance.now();
    this.#left = Math.min(this.#most, this.#left + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#left < cost) return false;
    this.#left -= cost;
    return true;
  }
}
