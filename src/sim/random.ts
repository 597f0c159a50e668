/** Small seeded randomness: the simulator must give the same bytes for the same seed on every machine. */

/** Mixes two integers into a well spread, never zero, unsigned 32-bit number (MurmurHash3's finaliser). */
export function mix(seed: number, value: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0 || 1;
}

/** The next state of a xorshift32 generator, which is also its output: a signed integer. `state` must not be 0. */
export function nextRandom(state: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  return state ^ (state << 5);
}

/** A generator of integers for set-up code; the tick path keeps its states in a typed array instead. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    this.#state = nextRandom(this.#state);
    return low + Math.floor(((this.#state >>> 0) / 2 ** 32) * (high - low + 1));
  }
}
