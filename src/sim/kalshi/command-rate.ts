const WINDOW = 1_000;

/** How many commands a connection may send: so many in each second. */
export class CommandRate {
  readonly #most: number;
  #start = 0;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a command. False when it is one too many. */
  allow(): boolean {
    const now = performance.now();
    if (now - this.#start >= WINDOW) {
      this.#start = now;
      this.#count = 0;
    }
    return ++this.#count <= this.#most;
  }
}
