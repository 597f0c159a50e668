/** Rows in one frame, at least and at most, and what a frame begins with. */
const FEWEST = 6;
const MOST = 30;
const FIRST = 30;

/** Frames further apart than this are late, ms; those of a screen with 60 a second are 16.7 apart. */
const LATE = 20;

/** Frames further apart than this did not follow on each other, ms. */
const PAUSE = 250;

/**
 * How many rows are brought up to date in one frame: as many as still leave the page its 60 frames a second on this machine. What
 * is left over waits for the next, and what changes again meanwhile is drawn once.
 */
export class RowBudget {
  #rows = FIRST;
  #before = 0;

  /** @param now of this frame, ms */
  take(now: number): number {
    const since = now - this.#before;
    this.#before = now;
    if (since > PAUSE) return this.#rows;
    this.#rows = since > LATE ? Math.max(FEWEST, this.#rows * 0.75) : Math.min(MOST, this.#rows + 0.5);
    return Math.floor(this.#rows);
  }
}
