import { EventStream, get } from './api.ts';
import type { BookUpdate } from './api-types.ts';
import { isWall } from './buttons.ts';
import { DepthChart } from './depth-chart.ts';
import { byId, setData, setText } from './dom.ts';
import { grouped, percent } from './format.ts';
import { nextFrame } from './frame-loop.ts';
import { Ladder } from './ladder.ts';
import type { Quote } from './quote.ts';
import { SpreadChart } from './spread-chart.ts';
import type { Venue } from './venues/venue.ts';
import { venueNamed } from './venues/venues.ts';

/** How often it is asked whether the book on show is right, ms. */
const CHECK_INTERVAL = 1000;

const CHECK_TONES = { matched: 'good', failed: 'bad', none: undefined } as const;

/** Names with more letters are set smaller, so that the head keeps its height. */
const LONG_NAME = 14;

/** The chosen book: ladder, depth and spread, as its stream of updates tells them. */
export class BookPanel {
  readonly #price = byId('book-last').querySelector<HTMLElement>('.price')!;
  readonly #change = byId('book-last').querySelector<HTMLElement>('.change')!;
  readonly #spread = byId('book-spread');
  readonly #check = byId('book-check');
  readonly #state = byId('book-state');
  readonly #ladder = new Ladder();
  readonly #depth = new DepthChart();
  readonly #spreads = new SpreadChart();
  #stream: EventStream | undefined;
  #quote: Quote | undefined;
  #book: BookUpdate | undefined;

  constructor() {
    setInterval(() => void this.#askForCheck(), CHECK_INTERVAL);
  }

  get quote(): Quote | undefined {
    return this.#quote;
  }

  open(quote: Quote): void {
    this.close();
    const venue = venueNamed(quote.venue);
    this.#quote = quote;
    setText(byId('book-title'), quote.name);
    byId('book-title').title = quote.name;
    setData(byId('book-title'), 'long', quote.name.length > LONG_NAME ? '' : undefined);
    setText(byId('book-check-title'), venue.check?.title ?? 'Check');
    setText(byId('book-venue'), quote.name === quote.symbol ? venue.label : `${venue.label} ${quote.symbol}`);
    this.#ladder.setShape(venue.levels, venue.orders);
    this.#stream = this.#listen(quote, venue);
    void this.#askForCheck();
  }

  close(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#quote = undefined;
    this.#book = undefined;
    this.#spreads.clear();
    this.#depth.show([], []);
    this.#ladder.show([], [], null, true);
    setText(byId('book-title'), 'Order book');
    byId('book-title').title = '';
    setData(byId('book-title'), 'long', undefined);
    setText(byId('book-venue'), 'Choose a symbol');
    for (const fact of [this.#price, this.#spread, this.#state, this.#check]) setText(fact, '–');
    setText(this.#change, '');
    setData(this.#check, 'tone', undefined);
    setData(this.#state, 'tone', undefined);
  }

  #listen({ venue, symbol }: Quote, { chartLevels }: Venue): EventStream {
    const query = new URLSearchParams({ venue, levels: String(chartLevels) });
    const onBook = (book: BookUpdate) => {
      this.#book = book;
      nextFrame(this.#draw);
    };
    return new EventStream(`/stream/${encodeURIComponent(symbol)}?${query}`, {
      snapshot: onBook,
      update: onBook,
    });
  }

  readonly #draw = (): void => {
    const book = this.#book;
    const quote = this.#quote;
    if (!book || !quote || isWall()) return;
    const { bids, asks, spread, last, changePercent, state, trusted } = book;
    setText(this.#price, last === null ? '–' : grouped(last));
    const change = changePercent === null ? 0 : Number(changePercent);
    setText(this.#change, changePercent === null ? '' : percent(change));
    this.#change.className = change > 0 ? 'change up' : change < 0 ? 'change down' : 'change';
    setText(this.#spread, spread === null ? '–' : grouped(spread));
    setText(this.#state, trusted || state === 'empty' ? state : `${state}, not trusted`);
    setData(this.#state, 'tone', trusted ? 'good' : state === 'empty' ? undefined : 'bad');
    this.#ladder.show(bids, asks, spread, trusted);
    this.#depth.show(bids, asks);
    const [bid, ask] = [bids[0], asks[0]];
    if (bid && ask) this.#spreads.add(Number(bid[0]), Number(ask[0]), Date.now());
  };

  async #askForCheck(): Promise<void> {
    const quote = this.#quote;
    if (!quote || document.hidden) return;
    const query = new URLSearchParams({ venue: quote.venue, levels: '1' });
    const path = `/depth/${encodeURIComponent(quote.symbol)}?${query}`;
    const depth = await get<BookUpdate>(path).catch(() => undefined);
    if (!depth?.check || this.#quote !== quote) return;
    const { state } = depth.check;
    const { check } = venueNamed(quote.venue);
    setText(this.#check, state === 'none' || !check ? 'venue has none' : check[state]);
    setData(this.#check, 'tone', CHECK_TONES[state]);
  }
}
