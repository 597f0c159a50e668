import { ArgumentError, AttachError } from '../errors.ts';
import { Arena, type ArenaHandle } from '../memory/arena.ts';
import { Book } from '../memory/book.ts';
import { BookTable } from '../memory/book-table.ts';
import { type ReaderOptions, RecordReader } from '../memory/record-reader.ts';
import { type ArenaSymbols, symbolTables } from './arena-symbols.ts';
import { type LatestOptions, LatestRecords, type LatestViews } from './latest.ts';
import type { Endpoint } from './protocol.ts';
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
export class KrakenAttachment {
  readonly handle: KrakenHandle;
  readonly #tables: ReadonlyMap<number, ArenaSymbols>;
  readonly #books: ReadonlyMap<number, BookTable>;
  readonly #latest: LatestRecords;

  /** @internal */
  constructor(handle: KrakenHandle, tables: ReadonlyMap<number, ArenaSymbols>) {
    this.handle = handle;
    this.#tables = tables;
    const books = [...tables].map(([connection, { arena, symbols }]) => {
      return [connection, new BookTable(arena, symbols)] as const;
    });
    // Other connections carry no books.
    this.#books = new Map(books.filter(([, { capacity }]) => capacity > 0));
    this.#latest = new LatestRecords(tables);
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
    const arenas: Arena[] = [];
    for (const [number, { arena }] of this.#tables) {
      if (connection !== undefined && connection !== number) continue;
      if (endpoint !== undefined && endpoint !== this.handle.endpoints[number]) continue;
      arenas.push(arena);
    }
    if (arenas.length === 0) {
      throw new ArgumentError(
        `no connection fits { connection: ${connection}, endpoint: ${endpoint} }; this feed has ${this.handle.endpoints.map((each, number) => `${number} (${each})`).join(', ')}`,
      );
    }
    return new RecordReader(arenas, (memory) => this.#views(memory as Arena), options);
  }

  /** Symbols have other numbers in each arena. */
  #views(arena: Arena): KrakenViews {
    return new KrakenViews(arena, this.#tables.get(arena.connection)!.symbols);
  }

  /**
   * The newest record of a symbol and channel, copied, or undefined when there has been none.
   *
   * @throws ArgumentError for a channel that is not kept
   */
  latest<Name extends keyof LatestViews>(
    channel: Name,
    symbol: string,
    options: LatestOptions<LatestViews[Name]> = {},
  ): LatestViews[Name] | undefined {
    return this.#latest.read(channel, symbol, options);
  }

  /**
   * A symbol's L2 book, wherever it is streamed, from now on; `'empty'` until a snapshot has come.
   *
   * @param options.connection the one on this connection: for symbols whose books are streamed at several depths
   * @throws ArgumentError for a connection that carries no books
   */
  book(symbol: string, options: { connection?: number } = {}): Book {
    const { connection } = options;
    if (connection === undefined) return new Book([...this.#books.values()], symbol);
    const table = this.#books.get(connection);
    if (table) return new Book([table], symbol);
    throw new ArgumentError(
      `connection ${connection} carries no books; those that may are ${[...this.#books.keys()].join(', ')}`,
    );
  }
}

/**
 * Attaches to a feed of another thread.
 *
 * @throws AttachError for what is no Kraken feed's handle, or of another layout version
 */
export function attach(handle: KrakenHandle): KrakenAttachment {
  if (handle?.venue !== 'kraken' || !Array.isArray(handle.arenas)) {
    throw new AttachError('this is no handle of a Kraken feed; pass feed.handle');
  }
  const arenas = handle.arenas.map((arena) => Arena.attach(arena));
  if (arenas.some(({ venue }) => venue !== KRAKEN_VENUE)) {
    throw new AttachError('these arenas hold the records of another venue');
  }
  return new KrakenAttachment(handle, symbolTables(arenas));
}
