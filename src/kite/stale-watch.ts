import type { Subscriptions } from '../feed/subscriptions.ts';
import type { StaleGroup } from './events.ts';
import type { LatestTicks } from './latest.ts';
import { type ResolvedSegments, segmentOf } from './segments.ts';
import type { Mode } from './tick.ts';

interface StaleWatchOptions {
  /** ms */
  readonly staleAfter: number;
  readonly subscriptions: Subscriptions<Mode>;
  readonly latest: LatestTicks;
  readonly segments: ResolvedSegments;
  /** A connection that is down says so itself. */
  readonly isOpen: (connection: number) => boolean;
  readonly onStale: (group: StaleGroup) => void;
  readonly onFresh: (group: StaleGroup) => void;
}

interface Group {
  connection: number;
  account: string;
  exchange: string;
  instruments: number;
  lastTickAt: number;
}

/**
 * Notices that an exchange has gone quiet on a connection that is alive. Looks at the latest table now and then, so that
 * it costs nothing a tick; never touches a connection, because a quiet market is no fault of it.
 */
export class StaleWatch {
  readonly #options: StaleWatchOptions;
  readonly #stale = new Set<string>();
  /** Since when each group has been streaming, ms since the epoch: its first tick has `staleAfter` to come. */
  readonly #since = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StaleWatchOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#timer) return;
    this.#timer = setInterval(() => this.#look(), this.#options.staleAfter / 2);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { staleAfter, onStale, onFresh } = this.#options;
    const now = Date.now();
    const groups = this.#groups();
    for (const key of this.#since.keys()) if (!groups.has(key)) this.#since.delete(key);
    for (const [key, group] of groups) {
      const since = this.#since.get(key) ?? now;
      this.#since.set(key, since);
      if (this.#stale.has(key)) {
        if (now - group.lastTickAt >= staleAfter) continue;
        this.#stale.delete(key);
        onFresh(group);
      } else if (now - Math.max(group.lastTickAt, since) >= staleAfter) {
        this.#stale.add(key);
        onStale(group);
      }
    }
  }

  #groups(): Map<string, Group> {
    const { subscriptions, latest, segments, isOpen } = this.#options;
    const groups = new Map<string, Group>();
    for (const { instrument, connection, account, asked } of subscriptions.list()) {
      if (connection === undefined || account === undefined || !asked || !isOpen(connection)) continue;
      const exchange = segments.exchanges[segmentOf(instrument)]!;
      const key = `${connection} ${exchange}`;
      let group = groups.get(key);
      if (!group) {
        group = { connection, account, exchange, instruments: 0, lastTickAt: 0 };
        groups.set(key, group);
      }
      group.instruments += 1;
      group.lastTickAt = Math.max(group.lastTickAt, latest.receivedAt(instrument));
    }
    return groups;
  }
}
