import { ArgumentError, AttachError } from '../errors.ts';
import { Arena, type ArenaHandle } from '../memory/arena.ts';
import { type ReaderOptions, RecordReader } from '../memory/record-reader.ts';
import type { RecordMemory } from '../memory/record-view.ts';
import { LatestTicks, type TickSnapshot } from './latest.ts';
import type { PacketsOptions } from './packets.ts';
import { RawReader } from './raw-reader.ts';
import type { SegmentTable } from './segments.ts';
import { TickView } from './view.ts';

/** Kite's number in arena headers. */
export const KITE_VENUE = 1;

/** Reads ticks: see `RecordReader`. */
export type TickReader = RecordReader<TickView>;

export interface TickReaderOptions extends ReaderOptions {
  /** Only this connection's ticks. */
  connection?: number;
  /** Only this account's ticks. */
  account?: string;
}

export interface TapOptions extends PacketsOptions {
  kind?: 'copying' | 'gating';
}

/** All that another thread needs to read a feed: structured-cloneable. */
export interface KiteHandle {
  readonly venue: 'kite';
  readonly arenas: readonly ArenaHandle[];
  /** Accounts by connection number. */
  readonly accounts: readonly string[];
  readonly segments: SegmentTable | undefined;
  /** No decoder runs: there are frames, and no ticks. */
  readonly raw: boolean;
}

/** A feed as readers see it, on any thread: the arenas of its connections and nothing of its sockets. */
export class KiteAttachment {
  readonly handle: KiteHandle;
  readonly #arenas: readonly Arena[];
  readonly #latest: LatestTicks;

  /** @internal */
  constructor(handle: KiteHandle, arenas: readonly Arena[]) {
    this.handle = handle;
    this.#arenas = arenas;
    this.#latest = new LatestTicks(arenas, handle);
  }

  /**
   * A reader of all connections, or of one connection's or account's, from what is published from now on.
   *
   * @throws ArgumentError for a connection or account that there is not
   * @throws TooManyReadersError at the 17th reader of a connection
   */
  reader(options: TickReaderOptions = {}): TickReader {
    if (this.handle.raw) throw new ArgumentError('a raw feed has frames and no ticks; use rawReader');
    const arenas = this.#arenas.filter(
      ({ connection }) =>
        (options.connection === undefined || connection === options.connection) &&
        (options.account === undefined || this.handle.accounts[connection] === options.account),
    );
    if (arenas.length === 0) {
      throw new ArgumentError(
        `no connection fits { connection: ${options.connection}, account: ${options.account} }; this feed has connections 0 to ${this.#arenas.length - 1} of ${[...new Set(this.handle.accounts)].join(', ')}`,
      );
    }
    return new RecordReader(arenas, (memory: RecordMemory) => new TickView(memory, this.handle), options);
  }

  /**
   * The frames of one connection of a raw feed. One thread at a time; the next one goes on where the last one stood.
   *
   * @throws ArgumentError for a connection that there is not, or a feed that is not raw
   * @throws TooManyReadersError while another reader has them
   */
  rawReader(connection: number, options: PacketsOptions = {}): RawReader {
    if (!this.handle.raw)
      throw new ArgumentError('this feed is not raw, and its decoder has the frames; use tap');
    return new RawReader(this.#arenaOf(connection), 'owner', { segments: this.handle.segments, ...options });
  }

  /**
   * The frames of one connection, beside the decoder, from what is published from now on. A `'copying'` tap (default) may
   * miss some when it is slow, and counts them; for a `'gating'` one the socket waits.
   *
   * @throws ArgumentError for a connection that there is not
   * @throws TooManyReadersError at the fourth tap of a connection
   */
  tap(connection: number, options: TapOptions = {}): RawReader {
    const { kind = 'copying', ...rest } = options;
    const role = kind === 'gating' ? 'tap' : 'copy';
    return new RawReader(this.#arenaOf(connection), role, { segments: this.handle.segments, ...rest });
  }

  #arenaOf(connection: number): Arena {
    const arena = this.#arenas[connection];
    if (arena) return arena;
    throw new ArgumentError(
      `there is no connection ${connection}; this feed has 0 to ${this.#arenas.length - 1}`,
    );
  }

  /**
   * The newest tick of an instrument, or undefined when there has been none.
   *
   * @param into read into this snapshot, which allocates nothing; by default a new one is made
   */
  latest(instrumentToken: number, into?: TickSnapshot): TickSnapshot | undefined {
    return this.#latest.read(instrumentToken, into);
  }
}

/**
 * Attaches to a feed of another thread.
 *
 * @throws AttachError for what is no Kite feed's handle, or of another layout version
 */
export function attach(handle: KiteHandle): KiteAttachment {
  if (handle?.venue !== 'kite' || !Array.isArray(handle.arenas)) {
    throw new AttachError('this is no handle of a Kite feed; pass feed.handle');
  }
  const arenas = handle.arenas.map((arena) => Arena.attach(arena));
  if (arenas.some(({ venue }) => venue !== KITE_VENUE)) {
    throw new AttachError('these arenas hold the records of another venue');
  }
  return new KiteAttachment(handle, arenas);
}
