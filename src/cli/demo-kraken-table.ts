import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { type Book, BookLadder, BookSnapshot, type KrakenFeed, type TickerView } from '../kraken/index.ts';
import { micros, percent, whole } from './demo-run.ts';

/** Pairs that there is room for, and rows of the ladder. */
const SHOWN = 8;
const ROWS = 6;
const BAR = 16;

/** The demo's table as lines of text: how the feed is doing, a ladder of the first pair, and a line for each of some pairs. */
export class KrakenTable {
  readonly #feed: KrakenFeed;
  readonly #tally: { readonly records: number };
  readonly #books: readonly Book[];
  readonly #snapshot = new BookSnapshot(25);
  readonly #ladder = new BookLadder({ rows: ROWS });
  readonly #tickers = new Map<string, TickerView>();
  readonly #start = performance.now();
  #before: { at: number; records: number; bytes: number; loop: EventLoopUtilization };

  /** @param tally records read so far */
  constructor(feed: KrakenFeed, symbols: readonly string[], tally: { readonly records: number }) {
    this.#feed = feed;
    this.#tally = tally;
    this.#books = symbols.slice(0, SHOWN).map((symbol) => feed.book(symbol));
    this.#before = this.#now();
  }

  lines(): string[] {
    const [first] = this.#books;
    const ladder = first?.read(this.#snapshot) ? this.#ladderLines() : [];
    const head = `${'pair'.padEnd(12)}${'last'.padStart(13)}${'bid'.padStart(13)}${'ask'.padStart(13)}${'spread'.padStart(10)}  book`;
    return [...this.#figures(), '', ...ladder, '', head, ...this.#books.map((book) => this.#row(book))];
  }

  #now() {
    const { bytes } = this.#feed.stats();
    const { records } = this.#tally;
    return { at: performance.now(), records, bytes, loop: performance.eventLoopUtilization() };
  }

  #figures(): string[] {
    const now = this.#now();
    const before = this.#before;
    this.#before = now;
    const seconds = (now.at - before.at) / 1000;
    const records = whole((now.records - before.records) / seconds);
    const megabytes = ((now.bytes - before.bytes) / 1e6 / seconds).toFixed(1);
    const busy = percent(performance.eventLoopUtilization(now.loop, before.loop).utilization);
    const stats = this.#feed.stats();
    const { p50, p99, max } = stats.latencies.receiveToRead;
    const { system } = this.#feed.health();
    const up = this.#feed.states.filter((state) => state === 'subscribed' || state === 'resyncing').length;
    const lost = stats.lagged + stats.framesDropped + stats.recordsDropped;
    return [
      `${records.padStart(11)} records/s ${megabytes.padStart(6)} MB/s   ${((now.at - this.#start) / 1000).toFixed(0)} s, ${up} connections, ${this.#feed.subscriptions().length} subscriptions, ${system}`,
      `receive → read     p50 ${micros(p50)}   p99 ${micros(p99)}   max ${micros(max)}   main thread ${busy} busy`,
      `books              ${whole(stats.booksMatched)} checksums matched, ${stats.booksFailed} failed   ${stats.resyncs} resyncs, ${stats.resynced} done   lost ${lost}`,
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
