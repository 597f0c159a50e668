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
