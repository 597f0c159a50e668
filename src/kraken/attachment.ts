import { ArgumentError } from '../errors.ts';
import type { ArenaHandle } from '../memory/arena.ts';
import type { ArenaSymbols } from '../memory/arena-symbols.ts';
import { Book } from '../memory/book.ts';
import type { ReaderOptions, RecordReader } from '../memory/record-reader.ts';
import { attachSymbols, SymbolAttachment } from '../memory/symbol-attachment.ts';
import { LATEST_CHANNELS, type LatestViews } from './latest.ts';
import type { Endpoint } from './protocol.ts';
import { SLOT_BITS } from './record-layout.ts';
import { type KrakenRecord, KrakenViews } from './view.ts';

/** Kraken's number in arena headers. */
export const KRAKEN_VENUE = 2;

/** Reads records of all channels: see `RecordReader`. */
export type KrakenReader = RecordReader<KrakenRecord>;

export interface KrakenReaderOptions extends ReaderOptions {
  /** Only this connection's records. */
  connection?: number;
  /** Only those of connections to this service. */
  endpoint?: Endpoint;
}

/** All that another thread needs to read a feed: structured-cloneable. */
export interface KrakenHandle {
  readonly venue: 'kraken';
  readonly arenas: readonly ArenaHandle[];
  /** By connection number. */
  readonly endpoints: readonly Endpoint[];
}

/** A feed as readers see it, on any thread: the arenas of its connections and nothing of its sockets. */
export class KrakenAttachment extends SymbolAttachment<KrakenRecord, LatestViews> {
  readonly handle: KrakenHandle;

  /** @internal */
  constructor(handle: KrakenHandle, tables: ReadonlyMap<number, ArenaSymbols>) {
    super(tables, { Views: KrakenViews, channels: LATEST_CHANNELS, slotBits: SLOT_BITS });
    this.handle = handle;
  }

  /**
   * A reader of all connections, or of some, from what is published from now on. Records of all channels come in one stream; tell
   * them apart by their `kind`.
   *
   * @throws ArgumentError for a connection that there is not
   * @throws TooManyReadersError at the 17th reader of a connection
   */
  reader(options: KrakenReaderOptions = {}): KrakenReader {
    const { connection, endpoint } = options;
    const { endpoints } = this.handle;
    const connections = [...this.tables.keys()].filter(
      (number) =>
        (connection === undefined || connection === number) &&
        (endpoint === undefined || endpoint === endpoints[number]),
    );
    if (connections.length === 0) {
      throw new ArgumentError(
        `no connection fits { connection: ${connection}, endpoint: ${endpoint} }; this feed has ${endpoints.map((each, number) => `${number} (${each})`).join(', ')}`,
      );
    }
    return this.openReader(connections, options);
  }

  /**
   * A symbol's L2 book, wherever it is streamed, from now on; `'empty'` until a snapshot has come.
   *
   * @param options.connection the one on this connection: for symbols whose books are streamed at several depths
   * @throws ArgumentError for a connection that carries no books
   */
  book(symbol: string, options: { connection?: number } = {}): Book {
    return new Book(this.bookTables(options.connection), symbol);
  }
}

/**
 * Attaches to a feed of another thread.
 *
 * @throws AttachError for what is no Kraken feed's handle, or of another layout version
 */
export function attach(handle: KrakenHandle): KrakenAttachment {
  const tables = attachSymbols(handle, { name: 'kraken', title: 'Kraken', number: KRAKEN_VENUE });
  return new KrakenAttachment(handle, tables);
}
