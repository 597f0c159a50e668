import type { FoundSymbol } from '../directory.ts';
import { sseEvent } from './sse-client.ts';

/** An update as it is sent: `tagged` begins with an id line, `plain` is the same without. */
export interface UpdateFrame {
  readonly plain: Buffer;
  readonly tagged: Buffer;
}

/** Levels a side that a snapshot has at least. */
const SNAPSHOT_LEVELS = 10;

/** One symbol that somebody watches: its updates are composed once, for all who watch it. */
export class Topic<Client> {
  readonly found: FoundSymbol;
  readonly clients = new Set<Client>();
  /** The look at which it had changed. */
  changedAt: number;
  /** Since when nobody watches it, by `performance.now()`. */
  idleSince: number | undefined;
  #stamp: number;
  /** Of the last change, by levels. */
  readonly #frames = new Map<number, UpdateFrame>();

  constructor(found: FoundSymbol, look: number) {
    this.found = found;
    this.changedAt = look;
    this.#stamp = found.reading.stamp();
  }

  /** Whether it has changed since the last look. */
  look(look: number): boolean {
    const stamp = this.found.reading.stamp();
    if (stamp === this.#stamp) return false;
    this.#stamp = stamp;
    this.changedAt = look;
    this.#frames.clear();
    return true;
  }

  /** Has the next look take it for changed: for what its stamp does not show. */
  touch(): void {
    this.#stamp = -1;
  }

  /**
   * The update of the last change.
   *
   * @param levels a side; 0 for best bid and ask only
   * @param id names the state of all topics at this look
   * @param composed is told when it had to be made
   */
  frame(levels: number, id: string, composed: () => void): UpdateFrame {
    let frame = this.#frames.get(levels);
    if (!frame) {
      const { reading } = this.found;
      const text = sseEvent('update', levels === 0 ? reading.quote() : reading.levels(levels));
      const head = `id: ${id}\n`;
      const tagged = Buffer.from(head + text);
      frame = { tagged, plain: tagged.subarray(head.length) };
      this.#frames.set(levels, frame);
      composed();
    }
    return frame;
  }

  snapshot(levels: number, id: string | undefined): string {
    return sseEvent('snapshot', this.found.reading.depth(Math.max(levels, SNAPSHOT_LEVELS)), id);
  }
}
