import { symbolTables } from '../../../kraken/arena-symbols.ts';
import { attach, type KrakenAttachment, type KrakenHandle } from '../../../kraken/attachment.ts';
import type { LatestViews } from '../../../kraken/latest.ts';
import { SLOT_BITS, SLOT_TICKER } from '../../../kraken/record-layout.ts';
import type { BookView, TickerView } from '../../../kraken/view.ts';
import { Arena } from '../../../memory/arena.ts';
import type { Book } from '../../../memory/book.ts';
import type { BookLevels } from '../../../memory/book-levels.ts';
import { BookSnapshot } from '../../../memory/book-snapshot.ts';
import { bigintText } from '../../../memory/decimal.ts';
import { LatestTable } from '../../../memory/latest-table.ts';
import type { SymbolTable } from '../../../memory/symbol-table.ts';
import { RequestError } from '../../errors.ts';
import type { Depth, Level, Quote, Sides, SymbolReading, VenueReading } from '../venue-reading.ts';

/** Snapshots to read into: the smallest that holds what is asked for, so that little is copied. */
const SNAPSHOT_SIZES = [1, 10, 25, 100, 1000] as const;

const CHANNELS: readonly (keyof LatestViews)[] = ['ticker', 'trade', 'book', 'ohlc', 'instrument'];

interface Table {
  readonly symbols: SymbolTable;
  readonly latest: LatestTable;
}

/** What the symbols of one feed share. */
interface Shared {
  readonly attachment: KrakenAttachment;
  readonly tables: readonly Table[];
  readonly snapshots: readonly BookSnapshot[];
}

/** A Kraken feed, by its handle. */
export function openKrakenReading(handle: unknown): VenueReading {
  const attachment = attach(handle as KrakenHandle);
  const arenas = attachment.handle.arenas.map((arena) => Arena.attach(arena));
  const texts = symbolTables(arenas);
  const tables = [...texts.values()].map(({ arena, symbols }) => ({
    symbols,
    latest: new LatestTable(arena),
  }));
  const snapshots = SNAPSHOT_SIZES.map((size) => new BookSnapshot(size));
  return {
    arenas,
    texts: (connection) => texts.get(connection)?.symbols,
    symbol: (name) => new KrakenSymbol(name, { attachment, tables, snapshots }),
  };
}

class KrakenSymbol implements SymbolReading {
  readonly #symbol: string;
  readonly #shared: Shared;
  readonly #book: Book;
  #ticker: TickerView | undefined;

  constructor(symbol: string, shared: Shared) {
    this.#symbol = symbol;
    this.#shared = shared;
    this.#book = shared.attachment.book(symbol);
  }

  stamp(): number {
    let sum = this.#book.sequence;
    for (const { symbols, latest } of this.#shared.tables) {
      const id = symbols.find(this.#symbol);
      if (id >= 0) sum += latest.sequence((id << SLOT_BITS) | SLOT_TICKER);
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
    return {
      ...this.quoteOf(book),
      check: {
        state: book?.check ?? 'none',
        expected: book?.checksum ?? null,
        computed: book?.computedChecksum ?? null,
      },
      epoch: book?.epoch ?? 0,
      goodUntil: book?.goodUntil ?? null,
      mid: book ? midText(book) : null,
      spreadBps: book?.spreadBps ?? null,
      ...sidesOf(book, levels),
    };
  }

  tick(channel: string | undefined): object | undefined {
    if (channel === undefined) return this.record('ticker') ?? this.record('trade');
    if (CHANNELS.includes(channel as keyof LatestViews)) return this.record(channel as keyof LatestViews);
    throw new RequestError('BAD_REQUEST', `channel is one of ${CHANNELS.join(', ')}`, {
      parameter: 'channel',
    });
  }

  private record(channel: keyof LatestViews): object | undefined {
    const view = this.#shared.attachment.latest(channel, this.#symbol);
    if (!view) return undefined;
    const { receivedAt, connection, epoch } = view;
    const fields = view.kind === 'book' ? bookFields(view) : exactFields(view);
    return { venue: 'kraken', ...fields, receivedAt, connection, epoch };
  }

  private book(levels: number): BookSnapshot | undefined {
    const { snapshots } = this.#shared;
    const snapshot = snapshots.find(({ capacity }) => capacity >= levels) ?? snapshots.at(-1)!;
    return this.#book.read(snapshot);
  }

  private quoteOf(book: BookSnapshot | undefined): Quote {
    const ticker = this.#shared.attachment.latest('ticker', this.#symbol, { into: this.#ticker });
    if (ticker) this.#ticker = ticker;
    const bid = book && book.bids.length > 0 ? book.bids : undefined;
    const ask = book && book.asks.length > 0 ? book.asks : undefined;
    return {
      venue: 'kraken',
      symbol: this.#symbol,
      state: book?.state ?? 'empty',
      trusted: book?.trusted ?? false,
      bid: bid?.priceText(0) ?? null,
      bidQuantity: bid?.quantityText(0) ?? null,
      ask: ask?.priceText(0) ?? null,
      askQuantity: ask?.quantityText(0) ?? null,
      spread: bid && ask ? bigintText(ask.priceInteger(0) - bid.priceInteger(0), ask.priceScale) : null,
      last: ticker?.lastText ?? null,
      changePercent: ticker?.changePercentText ?? null,
      volume: ticker?.volumeText ?? null,
      asOf: book?.asOf ?? ticker?.timestamp ?? null,
      receivedAt: Math.max(book?.receivedAt ?? 0, ticker?.receivedAt ?? 0) || null,
    };
  }
}

function sidesOf(book: BookSnapshot | undefined, count: number): Sides {
  return { bids: levelsOf(book?.bids, count), asks: levelsOf(book?.asks, count) };
}

function levelsOf(levels: BookLevels | undefined, count: number): Level[] {
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

/** A copy of a record in which decimals are text. */
function exactFields(view: LatestViews[keyof LatestViews]): Record<string, unknown> {
  const texts = view as unknown as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(view.toObject()).map(([name, value]) => [name, texts[`${name}Text`] ?? value ?? null]),
  );
}

function bookFields(view: BookView): Record<string, unknown> {
  return {
    ...view.toObject(),
    timestamp: view.timestamp ?? null,
    checksum: view.checksum ?? null,
    bestBid: view.bestBidText ?? null,
    bestAsk: view.bestAskText ?? null,
    bids: levelsOf(view.bids, view.bids.length),
    asks: levelsOf(view.asks, view.asks.length),
  };
}
