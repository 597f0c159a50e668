import type { Arena } from '../memory/arena.ts';
import { LatestTable } from '../memory/latest-table.ts';
import { RECORD_BYTES } from '../memory/record-layout.ts';
import { privateMemory, type RecordMemory } from '../memory/record-view.ts';
import { TickView, type TickViewOptions } from './view.ts';

/** One tick in memory of its own: it stays as it is until it is read into again. */
export class TickSnapshot extends TickView {
  /** @internal */
  readonly memory: RecordMemory;

  constructor(options: TickViewOptions = {}) {
    const memory = privateMemory(RECORD_BYTES);
    super(memory, options);
    this.memory = memory;
  }
}

/** The newest tick of any instrument, over the latest tables of all connections. On any thread. */
export class LatestTicks {
  readonly #tables: readonly LatestTable[];
  readonly #options: TickViewOptions;
  readonly #other: TickSnapshot;

  constructor(arenas: readonly Arena[], options: TickViewOptions) {
    this.#tables = arenas.map((arena) => new LatestTable(arena));
    this.#options = options;
    this.#other = new TickSnapshot(options);
  }

  /**
   * @param into read into this, which allocates nothing; otherwise a new snapshot is made
   * @returns undefined when there has been no tick
   */
  read(instrumentToken: number, into = new TickSnapshot(this.#options)): TickSnapshot | undefined {
    let found = false;
    for (const table of this.#tables) {
      // An instrument that moved between connections is in several tables.
      const target = found ? this.#other : into;
      if (!table.read(instrumentToken, target.memory)) continue;
      if (found && this.#other.receivedAt > into.receivedAt) into.memory.u8.set(this.#other.memory.u8);
      found = true;
    }
    return found ? into : undefined;
  }

  /** When the newest tick of an instrument was received, ms since the epoch; 0 when there has been none. */
  receivedAt(instrumentToken: number): number {
    return this.read(instrumentToken, this.#other)?.receivedAt ?? 0;
  }
}
