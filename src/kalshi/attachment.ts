import { ArgumentError } from '../errors.ts';
import type { ArenaHandle } from '../memory/arena.ts';
import type { ArenaSymbols } from '../memory/arena-symbols.ts';
import type { ReaderOptions, RecordReader } from '../memory/record-reader.ts';
import { type SequenceStatus, SequenceTable } from '../memory/sequence-table.ts';
import { attachSymbols, SymbolAttachment } from '../memory/symbol-attachment.ts';
import { KalshiBook } from './book.ts';
import { LATEST_CHANNELS, type LatestViews } from './latest.ts';
import { SLOT_BITS } from './record-layout.ts';
import { type KalshiSummary, summarize } from './summary.ts';
import { type KalshiRecord, KalshiViews } from './view.ts';

/** Kalshi's number in arena headers. */
export const KALSHI_VENUE = 3;

/** Reads records of all channels: see `RecordReader`. */
export type KalshiReader = RecordReader<KalshiRecord>;

export interface KalshiReaderOptions extends ReaderOptions {
  /** Only this connection's records. */
  connection?: number;
}

/** All that another thread needs to read a feed: structured-cloneable. */
export interface KalshiHandle {
  readonly venue: 'kalshi';
  readonly arenas: readonly ArenaHandle[];
}

/** What is known of the numbers (`seq`) of one subscription (`sid`). */
export interface KalshiSequence {
  readonly connection: number;
  readonly sid: number;
  /** Whether Kalshi has ended it. */
  readonly ended: boolean;
  /** Number of its last message. */
  readonly seq: number;
  /** Gaps seen; of the last one, the number that was due and the one that came. */
  readonly gaps: number;
  readonly expected: number | undefined;
  readonly received: number | undefined;
}

/** A feed as readers see it, on any thread: the arenas of its connections and nothing of its sockets. */
export class KalshiAttachment extends SymbolAttachment<KalshiRecord, LatestViews> {
  readonly handle: KalshiHandle;
  readonly #sequences: readonly (readonly [connection: number, table: SequenceTable])[];

  /** @internal */
  constructor(handle: KalshiHandle, tables: ReadonlyMap<number, ArenaSymbols>) {
    super(tables, { Views: KalshiViews, channels: LATEST_CHANNELS, slotBits: SLOT_BITS });
    this.handle = handle;
    this.#sequences = [...tables].map(([connection, { arena }]) => [connection, new SequenceTable(arena)]);
  }

  /**
   * A reader of all connections, or of one, from what is published from now on. Records of all channels come in one stream; tell
   * them apart by their `kind`.
   *
   * @throws ArgumentError for a connection that there is not
   * @throws TooManyReadersError at the 17th reader of a connection
   */
  reader(options: KalshiReaderOptions = {}): KalshiReader {
    const { connection } = options;
    const all = [...this.tables.keys()];
    if (connection === undefined) return this.openReader(all, options);
    if (this.tables.has(connection)) return this.openReader([connection], options);
    throw new ArgumentError(`there is no connection ${connection}; this feed has ${all.join(', ')}`);
  }

  /**
   * A market's book, wherever it is streamed, from now on; `'empty'` until a snapshot has come.
   *
   * @param options.connection the one on this connection
   * @throws ArgumentError for a connection that carries no books
   */
  book(marketTicker: string, options: { connection?: number } = {}): KalshiBook {
    return new KalshiBook(this.bookTables(options.connection), marketTicker);
  }

  /** All markets whose books are streamed, in short. */
  summary(): KalshiSummary {
    return summarize(this.books);
  }

  /** The numbers of all subscriptions that have some, as they were checked. A connection's are forgotten when it is lost. */
  sequences(): KalshiSequence[] {
    return this.#sequences.flatMap(([connection, table]) =>
      table.list().map((status) => sequenceOf(connection, status)),
    );
  }
}

function sequenceOf(connection: number, { subscription, last, ...status }: SequenceStatus): KalshiSequence {
  return { connection, sid: subscription, seq: last, ...status };
}

/**
 * Attaches to a feed of another thread.
 *
 * @throws AttachError for what is no Kalshi feed's handle, or of another layout version
 */
export function attach(handle: KalshiHandle): KalshiAttachment {
  const tables = attachSymbols(handle, { name: 'kalshi', title: 'Kalshi', number: KALSHI_VENUE });
  return new KalshiAttachment(handle, tables);
}
