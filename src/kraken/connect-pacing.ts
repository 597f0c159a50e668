import { bookAttempt, type ConnectBudget } from './pacing.ts';

/** How long an attempt to connect has to wait, and why. */
export interface AttemptDelay {
  /** ms */
  readonly delay: number;
  readonly cause: 'budget' | 'maintenance';
}

/** Keeps a feed's attempts to connect to what the service bears: within the budget, and far apart while it is in maintenance. */
export class ConnectPacing {
  readonly #budget: ConnectBudget;
  readonly #maintenanceDelay: number;
  /** By host: when the last attempt was, or is going to be. */
  readonly #last = new Map<string, number>();
  #maintenance = false;

  /** @param maintenanceDelay ms between attempts */
  constructor(budget: ConnectBudget, maintenanceDelay: number) {
    this.#budget = budget;
    this.#maintenanceDelay = maintenanceDelay;
  }

  /** What the service last said of itself. */
  set maintenance(maintenance: boolean) {
    this.#maintenance = maintenance;
  }

  /** Books an attempt. */
  book(url: string): AttemptDelay {
    const { host } = new URL(url);
    const now = Date.now();
    const budgeted = bookAttempt(host, this.#budget, now);
    const last = this.#last.get(host);
    const spaced =
      this.#maintenance && last !== undefined ? Math.max(0, last + this.#maintenanceDelay - now) : 0;
    const delay = Math.max(budgeted, spaced);
    this.#last.set(host, now + delay);
    return { delay, cause: spaced > budgeted ? 'maintenance' : 'budget' };
  }
}
