import { type Book, BookLadder, BookSnapshot, type KrakenFeed, type TickerView } from '../kraken/index.ts';
import { type DemoRates, lostOf } from './demo-rates.ts';
import { whole } from './demo-run.ts';

/** Pairs that there is room for, and rows of the ladder. */
const SHOWN = 8;
const ROWS = 6;
const BAR = 16;

/** The demo's table as lines of text: how the feed is doing, a ladder of the first pair, and a line for each of some pairs. */
export class KrakenTable {
  readonly #feed: KrakenFeed;
  readonly #rates: DemoRates;
  readonly #books: readonly Book[];
  readonly #snapshot = new BookSnapshot(25);
  readonly #ladder = new BookLadder({ rows: ROWS });
  readonly #tickers = new Map<string, TickerView>();

  constructor(feed: KrakenFeed, symbols: readonly string[], rates: DemoRates) {
    this.#feed = feed;
    this.#rates = rates;
    this.#books = symbols.slice(0, SHOWN).map((symbol) => feed.book(symbol));
  }

  lines(): string[] {
    const [first] = this.#books;
    const ladder = first?.read(this.#snapshot) ? this.#ladderLines() : [];
    const head = `${'pair'.padEnd(12)}${'last'.padStart(13)}${'bid'.padStart(13)}${'ask'.padStart(13)}${'spread'.padStart(10)}  book`;
    return [...this.#figures(), '', ...ladder, '', head, ...this.#books.map((book) => this.#row(book))];
  }

  #figures(): string[] {
    const stats = this.#feed.stats();
    const { system } = this.#feed.health();
    const up = this.#feed.states.filter((state) => state === 'subscribed' || state === 'resyncing').length;
    const status = `${up} connections, ${this.#feed.subscriptions().length} subscriptions, ${system}`;
    return [
      ...this.#rates.lines(status),
      `books              ${whole(stats.booksMatched)} checksums matched, ${stats.booksFailed} failed   ${stats.resyncs} resyncs, ${stats.resynced} done   lost ${lostOf(stats)}`,
    ];
  }

  /** Of what has been read into the snapshot: bars for the cumulative quantities. */
  #ladderLines(): string[] {
    const { bids, asks } = this.#ladder.read(this.#snapshot);
    const most = Math.max(
      bids.length > 0 ? bids.cumulative(bids.length - 1) : 0,
      asks.length > 0 ? asks.cumulative(asks.length - 1) : 0,
    );
    const bar = (quantity: number) => '█'.repeat(Math.round((quantity / (most || 1)) * BAR));
    const { symbol, spreadBps } = this.#snapshot;
    return [
      `${symbol}  spread ${spreadBps?.toFixed(2)} bps`,
      ...Array.from({ length: Math.min(bids.length, asks.length) }, (_, row) => {
        const bid = `${bar(bids.cumulative(row)).padStart(BAR)} ${bids.quantityText(row).padStart(15)} ${bids.priceText(row).padStart(11)}`;
        const ask = `${asks.priceText(row).padEnd(11)} ${asks.quantityText(row).padEnd(15)} ${bar(asks.cumulative(row))}`;
        return `${bid} │ ${ask}`;
      }),
    ];
  }

  #row(book: Book): string {
    const name = book.symbol.padEnd(12);
    const ticker = this.#feed.latest('ticker', book.symbol, { into: this.#tickers.get(book.symbol) });
    if (ticker) this.#tickers.set(book.symbol, ticker);
    const last = (ticker?.lastText ?? '–').padStart(13);
    const top = book.read(this.#snapshot);
    if (!top || top.bids.length === 0 || top.asks.length === 0) return `${name}${last}   ${book.state}`;
    const bid = top.bids.priceText(0).padStart(13);
    const ask = top.asks.priceText(0).padStart(13);
    const spread = `${top.spreadBps?.toFixed(2)} bp`.padStart(10);
    const mended = top.resyncs > 0 ? `, mended ${top.resyncs}×` : '';
    return `${name}${last}${bid}${ask}${spread}  ${top.trusted ? 'right' : top.state}${mended}`;
  }
}
