import {
  type GapEvent,
  type KalshiBook,
  KalshiBookSnapshot,
  type KalshiFeed,
  type Levels,
  type MarketSummary,
  type TickerView,
} from '../kalshi/index.ts';
import { type DemoRates, lostOf } from './demo-rates.ts';
import { whole } from './demo-run.ts';

/** Markets that there is room for, rows of the ladders, and lines of what happened. */
const SHOWN = 8;
const ROWS = 6;
const EVENTS = 4;
const BAR = 16;
const NAME = 34;
const COLUMN = 10;

/**
 * The demo's table as lines of text: how the feed is doing, the YES and NO bids of the first market, a line for each of some markets,
 * and the last gaps and recoveries.
 */
export class KalshiTable {
  readonly #feed: KalshiFeed;
  readonly #rates: DemoRates;
  readonly #first: KalshiBook;
  readonly #snapshot = new KalshiBookSnapshot(ROWS);
  readonly #tickers = new Map<string, TickerView>();
  readonly #events: string[] = [];

  constructor(feed: KalshiFeed, markets: readonly string[], rates: DemoRates) {
    this.#feed = feed;
    this.#rates = rates;
    this.#first = feed.book(markets[0]!);
    feed.on('gap', (gap) => this.#happened(gapText(gap)));
    feed.on('resync', ({ outcome, step, markets: mended, duration }) => {
      const books = `${mended.length} books`;
      if (outcome === 'done')
        this.#happened(`${books} right again after ${duration.toFixed(0)} ms (${step})`);
      else if (outcome === 'degraded') this.#happened(`${books} are left as they are: nothing mended them`);
      else this.#happened(`${books} are being mended: ${step}`);
    });
  }

  lines(): string[] {
    const { markets, trusted, untrusted } = this.#feed.summary();
    const titles = ['last', 'YES bid', 'YES ask', 'NO bid', 'NO ask', 'spread', 'contracts'];
    const head = `${'market'.padEnd(NAME)}${columns(titles)}   seq`;
    return [
      ...this.#figures(`${trusted} of ${trusted + untrusted} books right`),
      '',
      ...(this.#first.read(this.#snapshot) ? this.#ladderLines() : []),
      '',
      head,
      ...markets.slice(0, SHOWN).map((market) => this.#row(market)),
      '',
      ...this.#events,
    ];
  }

  #figures(books: string): string[] {
    const stats = this.#feed.stats();
    const up = this.#feed.states.filter((state) => state === 'subscribed' || state === 'resyncing').length;
    return [
      ...this.#rates.lines(`${up} connections, ${this.#feed.subscriptions().length} subscriptions`),
      `sequences          ${whole(stats.booksMatched)} book messages in order, ${stats.gaps} gaps   ${stats.resynced} recoveries   ${books}   lost ${lostOf(stats)}`,
    ];
  }

  /** Both ladders, best first, with bars for what is bid up to there. */
  #ladderLines(): string[] {
    const { marketTicker, yesBids, noBids, spread, state, trusted } = this.#snapshot;
    const [yes, no] = [cumulative(yesBids), cumulative(noBids)];
    const most = Math.max(1, ...yes, ...no);
    const bar = (size = 0) => '█'.repeat(Math.round((size / most) * BAR));
    const level = (levels: Levels, row: number) =>
      row < levels.length ? [levels.sizeText(row), levels.priceText(row)] : ['', ''];
    const rows = Array.from({ length: Math.max(yesBids.length, noBids.length) }, (_, row) => {
      const [yesSize, yesPrice] = level(yesBids, row) as [string, string];
      const [noSize, noPrice] = level(noBids, row) as [string, string];
      const left = `${bar(yes[row]).padStart(BAR)} ${yesSize.padStart(12)} ${yesPrice.padStart(7)}`;
      return `${left} │ ${noPrice.padEnd(7)} ${noSize.padEnd(12)} ${bar(no[row])}`;
    });
    const title = `${marketTicker}  spread ${spread?.toFixed(4) ?? '–'}  ${trusted ? 'right' : state}`;
    return [title, `${'YES bids'.padStart(BAR + 21)} │ NO bids`, ...rows];
  }

  #row({ marketTicker, trusted, state, seq, ...market }: MarketSummary): string {
    const ticker = this.#feed.latest('ticker', marketTicker, { into: this.#tickers.get(marketTicker) });
    if (ticker) this.#tickers.set(marketTicker, ticker);
    const { yesBid, yesAsk, noBid, noAsk, spread, yesDepth, noDepth } = market;
    const prices = [ticker?.price, yesBid, yesAsk, noBid, noAsk, spread].map(
      (price) => price?.toFixed(4) ?? '–',
    );
    const name = marketTicker.length < NAME ? marketTicker : `${marketTicker.slice(0, NAME - 2)}…`;
    return `${name.padEnd(NAME)}${columns([...prices, whole(yesDepth + noDepth)])}   ${trusted ? seq : state}`;
  }

  #happened(text: string): void {
    this.#events.push(`${this.#rates.seconds.toFixed(1).padStart(6)} s  ${text}`);
    if (this.#events.length > EVENTS) this.#events.shift();
  }
}

function columns(texts: readonly string[]): string {
  return texts.map((text) => text.padStart(COLUMN)).join('');
}

/** Contracts from the best level to each. */
function cumulative(levels: Levels): number[] {
  let size = 0;
  return Array.from({ length: levels.length }, (_, level) => {
    size += levels.size(level);
    return size;
  });
}

function gapText({ reason, channel, sid, expected, received, number, markets }: GapEvent): string {
  const where = `${channel ?? 'a subscription'} (sid ${sid})`;
  const hasBooks = channel === 'orderbook_delta' && markets.length > 0;
  const books = hasBooks ? `: ${markets.length} books not to be trusted` : '';
  if (reason === 'sequence') return `gap in ${where}: ${expected} was due, ${received} came${books}`;
  if (reason === 'ended') return `${where} was ended with error ${number}${books}`;
  if (reason === 'no-snapshot') return `${where}: ${markets.length} books have not come`;
  return `gap in ${where}: a message ${reason === 'negative' ? 'takes more than there is' : 'cannot be used'}${books}`;
}
