/** What came instead of the number that was due. */
export interface SequenceGap {
  readonly expected: number;
  readonly received: number;
}

/** After a gap: no number is due until the channel starts anew. */
const BROKEN = -1;

/**
 * Watches the numbers of a connection's `executions` and `balances` messages: each subscription counts its own from 1. After a
 * gap it is quiet until the channel starts anew.
 */
export class Sequences {
  /** By channel: the number that is due; without one, any is right. */
  readonly #due = new Map<string, number>();

  /** The channel starts anew: it was subscribed to. */
  restart(channel: string): void {
    this.#due.delete(channel);
  }

  /** All start anew: the connection was opened. */
  restartAll(): void {
    this.#due.clear();
  }

  /** Takes note of a message; answers the gap before it, if there is one. */
  check(channel: string, snapshot: boolean, received: number | undefined): SequenceGap | undefined {
    const expected = this.#due.get(channel);
    if (received === undefined || expected === BROKEN) return undefined;
    if (snapshot || expected === undefined || expected === received) {
      this.#due.set(channel, received + 1);
      return undefined;
    }
    this.#due.set(channel, BROKEN);
    return { expected, received };
  }
}
