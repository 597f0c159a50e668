/** The window that charts over time show: it grows as data come, ms. */
const SHORTEST = 60_000;
export const LONGEST = 300_000;

const opened = Date.now();

/** From and to, ms since the epoch. */
export function timeWindow(now: number): [number, number] {
  return [now - Math.min(LONGEST, Math.max(SHORTEST, now - opened)), now];
}

/** The same for uPlot, s. */
export function windowSeconds(): [number, number] {
  const [from, to] = timeWindow(Date.now());
  return [from / 1000, to / 1000];
}
