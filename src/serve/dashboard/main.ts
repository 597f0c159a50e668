import { EventStream, get } from './api.ts';
import type { FeedEvent, Info, Stats } from './api-types.ts';
import { BookPanel } from './book-panel.ts';
import { themeButton, wallButton } from './buttons.ts';
import { Connections } from './connections.ts';
import { byId } from './dom.ts';
import { EventLog } from './event-log.ts';
import { Faults } from './faults.ts';
import { readFirstQuotes } from './first-quotes.ts';
import { LatencyChart } from './latency-chart.ts';
import type { Quote } from './quote.ts';
import { RateChart } from './rate-chart.ts';
import { readRecords } from './records.ts';
import { Subscriptions } from './subscriptions.ts';
import { Summary } from './summary.ts';
import { SymbolSearch } from './symbol-search.ts';
import { enter } from './token-dialog.ts';
import { isKnown, venueNamed } from './venues/venues.ts';
import { WatchList } from './watch-list.ts';

/** How often figures are asked for, ms. */
const POLL = 1000;

/** Events of before the page was opened, so that connections have a history. */
const EVENTS_BEFORE = 500;

/** Events after which other symbols are subscribed to than before. */
const SYMBOL_EVENTS: ReadonlySet<string> = new Set(['subscribed', 'unsubscribed', 'refused']);

class Dashboard {
  readonly #venues: readonly string[];
  /** Whether symbols can be added and removed. */
  readonly #adding: boolean;
  readonly #summary: Summary;
  readonly #rates: RateChart;
  readonly #latencies: LatencyChart;
  readonly #book = new BookPanel();
  readonly #log = new EventLog();
  readonly #connections = new Connections();
  readonly #watch: WatchList;
  readonly #subscriptions: Subscriptions;
  readonly #faults = new Faults((venue) => {
    const { quote } = this.#book;
    return quote?.venue === venue ? quote.symbol : undefined;
  });

  constructor(info: Info) {
    this.#venues = info.venues.map(({ venue }) => venue).filter(isKnown);
    this.#adding = info.subscriptions.enabled;
    this.#summary = new Summary(info);
    this.#rates = new RateChart(this.#venues);
    this.#latencies = new LatencyChart(this.#venues);
    this.#watch = new WatchList({
      onChoose: (quote) => this.#choose(quote),
      onRemove: (quote) => void this.#remove(quote),
    });
    this.#subscriptions = new Subscriptions(() => void this.#loadSymbols());
    new SymbolSearch({
      venues: this.#venues,
      adding: info.subscriptions.enabled,
      onFilter: (text) => this.#watch.filter(text),
      onAdd: ({ venue, symbol }) => void this.#add(venue, symbol),
      isWatched: (venue, symbol) => this.#watch.find(venue, symbol) !== undefined,
    });
    const remove = byId('book-remove');
    remove.hidden = !info.subscriptions.enabled;
    remove.addEventListener('click', () => {
      const { quote } = this.#book;
      if (quote) void this.#remove(quote);
    });
    byId('faults').hidden = !info.faults;
    themeButton();
    wallButton(() => this.#watch.refit());
  }

  /** Fills the page, and keeps it filled. */
  async start(faults: boolean): Promise<void> {
    await this.#loadSymbols();
    this.#choose(this.#watch.find(...chosenInAddress()) ?? this.#deepest());
    const onQuote = (quote: Quote) => this.#watch.changed(quote);
    readFirstQuotes(this.#watch.size, (venue, symbol) => this.#watch.find(venue, symbol), onQuote);
    for (const venue of this.#venues)
      void readRecords(venue, (symbol) => this.#watch.find(venue, symbol), onQuote);
    if (faults) await this.#faults.open();
    new EventStream(`/events?last=${EVENTS_BEFORE}`, this.#eventHandlers());
    void this.#poll();
  }

  /** Of the venue with the deepest books: there is most to see. */
  #deepest(): Quote | undefined {
    const [venue] = this.#venues.toSorted((a, b) => venueNamed(b).levels - venueNamed(a).levels);
    return venue === undefined ? undefined : this.#watch.firstOf(venue);
  }

  async #loadSymbols(): Promise<void> {
    const symbols = await this.#subscriptions.load();
    for (const venue of this.#venues) this.#watch.setSymbols(venue, symbols[venue] ?? []);
    const { quote } = this.#book;
    if (!quote || this.#watch.find(quote.venue, quote.symbol)) return;
    this.#choose(this.#deepest());
  }

  #choose(quote: Quote | undefined): void {
    this.#watch.choose(quote);
    if (quote) {
      this.#book.open(quote);
      history.replaceState(null, '', `#${quote.venue}:${quote.symbol}`);
    } else this.#book.close();
  }

  async #add(venue: string, symbol: string): Promise<void> {
    if (!(await this.#subscriptions.add(venue, symbol))) return;
    await this.#loadSymbols();
    const quote = this.#watch.find(venue, symbol);
    this.#choose(quote);
    if (quote) this.#watch.reveal(quote);
  }

  async #remove(quote: Quote): Promise<void> {
    if (!this.#adding) return;
    const chosen = this.#book.quote;
    // Nothing is asked any more about what is on its way out.
    if (chosen === quote) this.#book.close();
    await this.#subscriptions.remove(quote.venue, quote.symbol);
    await this.#loadSymbols();
    if (chosen === quote) this.#choose(this.#watch.find(quote.venue, quote.symbol) ?? this.#deepest());
  }

  #eventHandlers(): Record<string, (event: FeedEvent) => void> {
    const seen = { id: 0 };
    const onEvent = (event: FeedEvent) => {
      // A stream that was opened anew begins with what was told already.
      if (event.id <= seen.id) return;
      seen.id = event.id;
      this.#log.add(event);
      this.#faults.onEvent(event);
      if (event.type === 'state') this.#connections.onState(event);
      if (SYMBOL_EVENTS.has(event.type)) this.#subscriptions.changed();
    };
    return Object.fromEntries(EVENT_TYPES.map((type) => [type, onEvent]));
  }

  async #poll(): Promise<void> {
    try {
      const stats = await get<Stats>('/stats');
      this.#summary.show(stats, this.#rates.add(stats), this.#latencies.add(stats));
      this.#faults.onStats(stats);
      this.#connections.refresh(stats);
      this.#summary.showLink(true);
    } catch {
      this.#summary.showLink(false);
    }
    setTimeout(() => void this.#poll(), POLL);
  }
}

const EVENT_TYPES = [
  'state',
  'gap',
  'resync',
  'retry',
  'gave-up',
  'error',
  'refused',
  'status',
  'stale',
  'fresh',
  'quarantine',
  'expelled',
  'subscribed',
  'unsubscribed',
  'fault',
];

/** What was looked at when the page was left. */
function chosenInAddress(): [venue: string, symbol: string] {
  const [, venue = '', symbol = ''] = /^#([a-z]+):(.+)$/.exec(decodeURIComponent(location.hash)) ?? [];
  return [venue, symbol];
}

const info = await enter();
await new Dashboard(info).start(info.faults);
