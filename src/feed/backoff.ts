import { ArgumentError } from '../errors.ts';

export interface ReconnectOptions {
  /** Upper bound of the first delay, ms; it doubles with each attempt. Default 500. */
  initialDelay?: number;
  /** Upper bound of any delay, ms. Default 30,000. */
  maxDelay?: number;
  /** Attempts in a row without any data before giving up. Default 50; Infinity never gives up. */
  maxAttempts?: number;
}

/** Exponential backoff with full jitter: each delay is drawn evenly from 0 up to a bound that doubles. */
export class Backoff {
  readonly #initialDelay: number;
  readonly #maxDelay: number;
  readonly #maxAttempts: number;
  readonly #random: () => number;
  #attempts = 0;

  /** @throws ArgumentError for a negative delay or count */
  constructor(options: ReconnectOptions = {}, random: () => number = Math.random) {
    const { initialDelay = 500, maxDelay = 30_000, maxAttempts = 50 } = options;
    for (const [name, value] of Object.entries({ initialDelay, maxDelay, maxAttempts })) {
      if (!(value >= 0)) throw new ArgumentError(`reconnect.${name} must not be negative: ${value}`);
    }
    this.#initialDelay = initialDelay;
    this.#maxDelay = maxDelay;
    this.#maxAttempts = maxAttempts;
    this.#random = random;
  }

  /** Attempts since the last success. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Counts an attempt; answers how long to wait for it in ms, or undefined when there have been too many. */
  next(): number | undefined {
    if (this.#attempts >= this.#maxAttempts) return undefined;
    const bound = Math.min(this.#maxDelay, this.#initialDelay * 2 ** Math.min(this.#attempts, 30));
    this.#attempts += 1;
    return this.#random() * bound;
  }

  succeeded(): void {
    this.#attempts = 0;
  }
}
