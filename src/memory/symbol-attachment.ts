import { ArgumentError, AttachError } from '../errors.ts';
import { Arena, type ArenaHandle } from './arena.ts';
import { type ArenaSymbols, symbolTables } from './arena-symbols.ts';
import { BookTable } from './book-table.ts';
import { type LatestChannels, type LatestOptions, LatestRecords } from './latest-records.ts';
import { type ReaderOptions, RecordReader } from './record-reader.ts';
import type { RecordMemory, RecordView } from './record-view.ts';
import type { SymbolRecordView } from './symbol-record-view.ts';
import type { SymbolTable } from './symbol-table.ts';

/** What is the venue's own of an attachment. */
export interface AttachmentVenue<Record, LatestViews> {
  readonly Views: new (memory: RecordMemory, symbols: SymbolTable) => RecordView<Record>;
  readonly channels: LatestChannels<LatestViews>;
  /** How many bits of RECORD_INSTRUMENT are the channel's slot. */
  readonly slotBits: number;
}

/**
 * A feed as readers see it, on any thread, of venues whose instruments are symbols: the arenas of its connections and nothing of its
 * sockets.
 */
export abstract class SymbolAttachment<
  Record,
  LatestViews extends { [Name in keyof LatestViews]: SymbolRecordView },
> {
  /** @internal By connection. */
  protected readonly tables: ReadonlyMap<number, ArenaSymbols>;
  /** @internal Of connections that carry books. */
  protected readonly books: ReadonlyMap<number, BookTable>;
  readonly #venue: AttachmentVenue<Record, LatestViews>;
  readonly #latest: LatestRecords<LatestViews>;

  /** @internal */
  constructor(tables: ReadonlyMap<number, ArenaSymbols>, venue: AttachmentVenue<Record, LatestViews>) {
    this.tables = tables;
    const books = [...tables].map(([connection, { arena, symbols }]) => {
      return [connection, new BookTable(arena, symbols)] as const;
    });
    this.books = new Map(books.filter(([, { capacity }]) => capacity > 0));
    this.#venue = venue;
    this.#latest = new LatestRecords(tables, venue.channels, venue.slotBits);
  }

  /**
   * The newest record of a symbol and channel, copied, or undefined when there has been none.
   *
   * @throws ArgumentError for a channel that is not kept
   */
  latest<Name extends keyof LatestViews & string>(
    channel: Name,
    symbol: string,
    options: LatestOptions<LatestViews[Name]> = {},
  ): LatestViews[Name] | undefined {
    return this.#latest.read(channel, symbol, options);
  }

  /** @internal A reader of some connections. */
  protected openReader(connections: readonly number[], options: ReaderOptions): RecordReader<Record> {
    const { Views } = this.#venue;
    const arenas = connections.map((connection) => this.tables.get(connection)!.arena);
    // Symbols have other numbers in each arena.
    const views = (memory: RecordMemory) =>
      new Views(memory, this.tables.get((memory as Arena).connection)!.symbols);
    return new RecordReader(arenas, views, options);
  }

  /**
   * @internal Where a symbol's book may be.
   * @throws ArgumentError for a connection that carries no books
   */
  protected bookTables(connection: number | undefined): readonly BookTable[] {
    if (connection === undefined) return [...this.books.values()];
    const table = this.books.get(connection);
    if (table) return [table];
    throw new ArgumentError(
      `connection ${connection} carries no books; those that may are ${[...this.books.keys()].join(', ')}`,
    );
  }
}

/** What a handle of a feed has, whatever its venue. */
interface Handle {
  readonly venue: string;
  readonly arenas: readonly ArenaHandle[];
}

/**
 * Attaches to the arenas of a handle.
 *
 * @param venue how handles of this venue name it; what messages call it; its number in arena headers
 * @throws AttachError for what is no handle of this venue, or of another layout version
 */
export function attachSymbols(
  handle: Handle,
  venue: { readonly name: string; readonly title: string; readonly number: number },
): ReadonlyMap<number, ArenaSymbols> {
  if (handle?.venue !== venue.name || !Array.isArray(handle.arenas)) {
    throw new AttachError(`this is no handle of a ${venue.title} feed; pass feed.handle`);
  }
  const arenas = handle.arenas.map((arena) => Arena.attach(arena));
  if (arenas.some((arena) => arena.venue !== venue.number)) {
    throw new AttachError('these arenas hold the records of another venue');
  }
  return symbolTables(arenas);
}
