import type { Arena } from '../../memory/arena.ts';
import { symbolTables } from '../../memory/arena-symbols.ts';
import { Book } from '../../memory/book.ts';
import type { BookLevels } from '../../memory/book-levels.ts';
import { BookSnapshot } from '../../memory/book-snapshot.ts';
import { BookTable } from '../../memory/book-table.ts';
import { bigintText } from '../../memory/decimal.ts';
import { LatestTable } from '../../memory/latest-table.ts';
import type { SymbolTable } from '../../memory/symbol-table.ts';
import { RequestError } from '../errors.ts';
import type { Depth, Level, Quote, Sides, SymbolReading, VenueReading } from './venue-reading.ts';
import type { RecordObject } from './venue-records.ts';

/** Snapshots to read into: the smallest that holds what is asked for, so that little is copied. */
const SNAPSHOT_SIZES = [1, 10, 25, 100, 1000] as const;

/** What a quote takes from the newest ticker. */
export interface TickerQuote {
  readonly last: string | undefined;
  readonly changePercent: string | undefined;
  readonly volume: string | undefined;
  /** ms since the epoch: the venue's time, and when it was received. */
  readonly timestamp: number | undefined;
  readonly receivedAt: number;
}

/** A venue that keeps an order book for each symbol. */
export interface BookVenue {
  readonly venue: string;
  readonly arenas: readonly Arena[];
  /** What its messages have for checking books. */
  readonly checkedBy: 'checksum' | 'sequence';
  /** Where the latest tables have a symbol's ticker. */
  readonly slotBits: number;
  readonly tickerSlot: number;
  /** Channels whose newest record is kept. The first two say most. */
  readonly channels: readonly [string, string, ...string[]];
  /** Reads a symbol's newest ticker, again and again. */
  ticker(symbol: string): () => TickerQuote | undefined;
  /** The newest record of a channel, its decimals as text; undefined when there has been none. */
  record(channel: string, symbol: string): RecordObject | undefined;
}

interface Table {
  readonly symbols: SymbolTable;
  readonly latest: LatestTable;
}

/** What the symbols of one feed share. */
interface Shared {
  readonly venue: BookVenue;
  readonly tables: readonly Table[];
  readonly books: readonly BookTable[];
  readonly snapshots: readonly BookSnapshot[];
}

export function bookReading(venue: BookVenue): VenueReading {
  const { arenas } = venue;
  const texts = symbolTables(arenas);
  const tables: Table[] = [];
  const books: BookTable[] = [];
  for (const { arena, symbols } of texts.values()) {
    tables.push({ symbols, latest: new LatestTable(arena) });
    const table = new BookTable(arena, symbols);
    if (table.capacity > 0) books.push(table);
  }
  const snapshots = SNAPSHOT_SIZES.map((size) => new BookSnapshot(size));
  const shared = { venue, tables, books, snapshots };
  return {
    arenas,
    texts: (connection) => texts.get(connection)?.symbols,
    symbol: (name) => new BookSymbol(name, shared),
  };
}

class BookSymbol implements SymbolReading {
  readonly #symbol: string;
  readonly #shared: Shared;
  readonly #book: Book;
  readonly #ticker: () => TickerQuote | undefined;

  constructor(symbol: string, shared: Shared) {
    this.#symbol = symbol;
    this.#shared = shared;
    this.#book = new Book(shared.books, symbol);
    this.#ticker = shared.venue.ticker(symbol);
  }

  stamp(): number {
    const { tables, venue } = this.#shared;
    let sum = this.#book.sequence;
    for (const { symbols, latest } of tables) {
      const id = symbols.find(this.#symbol);
      if (id >= 0) sum += latest.sequence((id << venue.slotBits) | venue.tickerSlot);
    }
    return sum >>> 0;
  }

  quote(): Quote {
    return this.quoteOf(this.book(1));
  }

  levels(count: number): Quote & Sides {
    const book = this.book(count);
    return { ...this.quoteOf(book), ...sidesOf(book, count) };
  }

  depth(levels: number): Depth {
    const book = this.book(levels);
    const { checkedBy } = this.#shared.venue;
    const checksums = checkedBy === 'checksum' ? book : undefined;
    return {
      ...this.quoteOf(book),
      check: {
        by: checkedBy,
        state: book?.check ?? 'none',
        expected: checksums?.checksum ?? null,
        computed: checksums?.computedChecksum ?? null,
      },
      epoch: book?.epoch ?? 0,
      goodUntil: book?.goodUntil ?? null,
      mid: book ? midText(book) : null,
      spreadBps: book?.spreadBps ?? null,
      ...sidesOf(book, levels),
    };
  }

  tick(channel: string | undefined): object | undefined {
    const { channels } = this.#shared.venue;
    if (channel === undefined) return this.record(channels[0]) ?? this.record(channels[1]);
    if (channels.includes(channel)) return this.record(channel);
    throw new RequestError('BAD_REQUEST', `channel is one of ${channels.join(', ')}`, {
      parameter: 'channel',
    });
  }

  private record(channel: string): RecordObject | undefined {
    return this.#shared.venue.record(channel, this.#symbol);
  }

  private book(levels: number): BookSnapshot | undefined {
    const { snapshots } = this.#shared;
    const snapshot = snapshots.find(({ capacity }) => capacity >= levels) ?? snapshots.at(-1)!;
    return this.#book.read(snapshot);
  }

  private quoteOf(book: BookSnapshot | undefined): Quote {
    const ticker = this.#ticker();
    const bid = book && book.bids.length > 0 ? book.bids : undefined;
    const ask = book && book.asks.length > 0 ? book.asks : undefined;
    return {
      venue: this.#shared.venue.venue,
      symbol: this.#symbol,
      state: book?.state ?? 'empty',
      trusted: book?.trusted ?? false,
      bid: bid?.priceText(0) ?? null,
      bidQuantity: bid?.quantityText(0) ?? null,
      ask: ask?.priceText(0) ?? null,
      askQuantity: ask?.quantityText(0) ?? null,
      spread: bid && ask ? bigintText(ask.priceInteger(0) - bid.priceInteger(0), ask.priceScale) : null,
      last: ticker?.last ?? null,
      changePercent: ticker?.changePercent ?? null,
      volume: ticker?.volume ?? null,
      asOf: book?.asOf ?? ticker?.timestamp ?? null,
      receivedAt: Math.max(book?.receivedAt ?? 0, ticker?.receivedAt ?? 0) || null,
    };
  }
}

function sidesOf(book: BookSnapshot | undefined, count: number): Sides {
  return { bids: levelsOf(book?.bids, count), asks: levelsOf(book?.asks, count) };
}

/** The best levels of a side, as text. */
export function levelsOf(levels: BookLevels | undefined, count: number): Level[] {
  return Array.from({ length: Math.min(levels?.length ?? 0, count) }, (_, level) => [
    levels!.priceText(level),
    levels!.quantityText(level),
  ]);
}

/** With one decimal more than prices have, so that it is exact. */
function midText({ bids, asks }: BookSnapshot): string | null {
  if (bids.length === 0 || asks.length === 0) return null;
  return bigintText((bids.priceInteger(0) + asks.priceInteger(0)) * 5n, bids.priceScale + 1);
}

/** A copy of a record, in which decimals are the texts that its view has for them. */
export function exactFields(view: { toObject(): object }): Record<string, unknown> {
  const texts = view as unknown as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(view.toObject()).map(([name, value]) => [name, texts[`${name}Text`] ?? value ?? null]),
  );
}
