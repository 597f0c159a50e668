/** A clock that tests move, so that time-outs come when they say so, and what has to come in time may take as long as it does. */

import { afterAll, beforeAll, vi } from 'vitest';

/** ms ahead of the real one. */
let leapt = 0;

/** For a whole file: `performance.now()` goes as fast as ever, and leaps. */
export function useLeapingClock(): void {
  const now = performance.now.bind(performance);
  beforeAll(() => {
    vi.spyOn(performance, 'now').mockImplementation(() => now() + leapt);
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
}

/** So many ms pass at once. */
export function leap(ms: number): void {
  leapt += ms;
}
