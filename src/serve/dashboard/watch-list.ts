import { byId, element, setText } from './dom.ts';
import { nextFrame } from './frame-loop.ts';
import { keyOf, Quote } from './quote.ts';
import { venueNamed } from './venues/venues.ts';
import { COLUMNS, comparator } from './watch-columns.ts';
import { WatchHead } from './watch-head.ts';
import { WatchRow } from './watch-row.ts';

/** Rows that are brought up to date in one frame, so that a burst is spread over several. */
const ROWS_PER_FRAME = 110;

/** From so many rows on, flashes do not fade: fading draws each of them again in every frame. */
const DENSE = 90;

/** A column of the wall is at least so wide, px. */
const WALL_COLUMN = 380;

/** How often the order is brought up to date, ms: rows that jump about cannot be read. */
const SORT_INTERVAL = 1000;

/** Rows drawn above and below what is seen. */
const OVERSCAN = 3;

interface Callbacks {
  readonly onChoose: (quote: Quote) => void;
  readonly onRemove: (quote: Quote) => void;
}

/** The watch list: sorted, filtered, and of its rows only those on the page that can be seen. */
export class WatchList {
  readonly #scroll = byId('watch-scroll');
  readonly #grid = byId('watch-grid');
  readonly #count = byId('watch-count');
  readonly #spacer = element('div', { class: 'spacer', role: 'presentation' });
  readonly #empty = element('p', { class: 'grid-empty', role: 'presentation', hidden: true });
  readonly #head: WatchHead;
  readonly #callbacks: Callbacks;
  readonly #quotes = new Map<string, Quote>();
  /** Rows on the page, by the place in the order that they show. */
  readonly #rows = new Map<number, WatchRow>();
  readonly #spare: WatchRow[] = [];
  readonly #byQuote = new Map<Quote, WatchRow>();
  readonly #dirty = new Set<Quote>();
  readonly #flashing = new Set<WatchRow>();
  #order: Quote[] = [];
  #filter = '';
  #chosen: Quote | undefined;
  /** Which row the keyboard is at. */
  #cursor = 0;
  #columns = 1;

  constructor(callbacks: Callbacks) {
    this.#callbacks = callbacks;
    this.#head = new WatchHead(() => this.#sort());
    this.#scroll.append(this.#spacer, this.#empty);
    this.#scroll.addEventListener('scroll', () => nextFrame(this.#layout), { passive: true });
    this.#scroll.addEventListener('click', ({ target }) => this.#choose(this.#rowOf(target)?.quote));
    this.#scroll.addEventListener('keydown', (event) => this.#onKey(event));
    new ResizeObserver(() => nextFrame(this.#layout)).observe(this.#scroll);
    setInterval(() => {
      if (this.#head.column !== COLUMNS[0]) this.#sort();
    }, SORT_INTERVAL);
  }

  /** Replaces what a venue has on the list. */
  setSymbols(venue: string, symbols: readonly { symbol: string; name: string | null }[]): void {
    const now = new Set(symbols.map(({ symbol }) => keyOf(venue, symbol)));
    for (const [key, quote] of this.#quotes) {
      if (quote.venue === venue && !now.has(key)) this.#quotes.delete(key);
    }
    for (const { symbol, name } of symbols) {
      const key = keyOf(venue, symbol);
      if (!this.#quotes.has(key)) this.#quotes.set(key, new Quote(venue, symbol, name ?? symbol));
    }
    this.#sort();
  }

  get size(): number {
    return this.#quotes.size;
  }

  find(venue: string, symbol: string): Quote | undefined {
    return this.#quotes.get(keyOf(venue, symbol));
  }

  /** The first of a venue, in the order that the server has them. */
  firstOf(venue: string): Quote | undefined {
    return [...this.#quotes.values()].find((quote) => quote.venue === venue);
  }

  /** The quote has news: it is drawn in one of the next frames, if it can be seen. */
  changed(quote: Quote): void {
    if (!this.#byQuote.has(quote)) return;
    this.#dirty.add(quote);
    nextFrame(this.#update);
  }

  filter(text: string): void {
    this.#filter = text.trim().toUpperCase();
    this.#scroll.scrollTop = 0;
    this.#sort();
  }

  choose(quote: Quote | undefined): void {
    this.#chosen = quote;
    for (const row of this.#rows.values()) this.#markChosen(row);
  }

  /** Scrolls to it. */
  reveal(quote: Quote): void {
    this.#scrollTo(this.#order.indexOf(quote));
  }

  /** To be called when the wall comes or goes. */
  refit(): void {
    nextFrame(this.#layout);
  }

  #sort(): void {
    const order = [...this.#quotes.values()].filter((quote) => this.#matches(quote));
    order.sort(comparator(this.#head.column, this.#head.descending));
    this.#order = order;
    const all = this.#quotes.size;
    setText(this.#count, order.length === all ? `${all} symbols` : `${order.length} of ${all} symbols`);
    this.#grid.setAttribute('aria-rowcount', String(order.length + 1));
    this.#empty.hidden = order.length > 0;
    setText(
      this.#empty,
      all === 0 ? 'No symbols yet. Add one above.' : `Nothing here matches “${this.#filter}”.`,
    );
    this.#cursor = Math.max(0, Math.min(this.#cursor, order.length - 1));
    nextFrame(this.#layout);
  }

  #matches({ name, symbol }: Quote): boolean {
    return this.#filter === '' || name.toUpperCase().includes(this.#filter) || symbol.includes(this.#filter);
  }

  /** Gives each place that can be seen a row, and each row its place. */
  readonly #layout = (): void => {
    const { clientWidth, clientHeight, scrollTop } = this.#scroll;
    const wall = document.documentElement.dataset.wall !== undefined;
    const height = Number.parseFloat(getComputedStyle(this.#scroll).getPropertyValue('--row'));
    this.#columns = wall ? Math.max(1, Math.floor(clientWidth / WALL_COLUMN)) : 1;
    const width = Math.floor(clientWidth / this.#columns);
    const lines = Math.ceil(this.#order.length / this.#columns);
    this.#spacer.style.height = `${lines * height}px`;
    const from = Math.max(0, Math.floor(scrollTop / height) - OVERSCAN);
    const to = Math.min(lines, Math.ceil((scrollTop + clientHeight) / height) + OVERSCAN);
    const first = from * this.#columns;
    const end = Math.min(this.#order.length, to * this.#columns);

    for (const [index, row] of this.#rows) {
      if (index >= first && index < end) continue;
      this.#rows.delete(index);
      this.#spare.push(row);
    }
    this.#byQuote.clear();
    for (let index = first; index < end; index++) {
      const quote = this.#order[index]!;
      const row = this.#rows.get(index) ?? this.#takeRow(index);
      row.place(index, (index % this.#columns) * width, Math.floor(index / this.#columns) * height);
      row.element.style.width = `${width}px`;
      row.element.toggleAttribute('data-dense', end - first > DENSE);
      row.element.tabIndex = index === this.#cursor ? 0 : -1;
      if (row.show(quote, venueNamed(quote.venue).label)) this.#flashing.add(row);
      this.#markChosen(row);
      this.#byQuote.set(quote, row);
    }
    for (const row of this.#spare) row.element.hidden = true;
    if (this.#flashing.size > 0) nextFrame(this.#update);
  };

  #takeRow(index: number): WatchRow {
    let row = this.#spare.pop();
    if (!row) {
      row = new WatchRow();
      this.#scroll.append(row.element);
    }
    row.element.hidden = false;
    this.#rows.set(index, row);
    return row;
  }

  readonly #update = (): void => {
    const now = performance.now();
    let left = ROWS_PER_FRAME;
    for (const quote of this.#dirty) {
      if (left-- === 0) break;
      this.#dirty.delete(quote);
      const row = this.#byQuote.get(quote);
      if (row?.update(now)) this.#flashing.add(row);
    }
    for (const row of this.#flashing) if (!row.flash(now)) this.#flashing.delete(row);
    if (this.#dirty.size > 0 || this.#flashing.size > 0) nextFrame(this.#update);
  };

  #markChosen({ element, quote }: WatchRow): void {
    element.setAttribute('aria-selected', String(quote === this.#chosen && quote !== undefined));
  }

  #rowOf(target: EventTarget | null): WatchRow | undefined {
    const found = target instanceof Element ? target.closest('.row') : null;
    return [...this.#rows.values()].find(({ element }) => element === found);
  }

  #choose(quote: Quote | undefined): void {
    if (!quote) return;
    this.#cursor = this.#order.indexOf(quote);
    nextFrame(this.#layout);
    this.#callbacks.onChoose(quote);
  }

  #onKey(event: KeyboardEvent): void {
    const { quote } = this.#rowOf(event.target) ?? {};
    if (!quote) return;
    const index = this.#order.indexOf(quote);
    const page = Math.max(1, Math.floor(this.#rows.size / this.#columns) - 2 * OVERSCAN) * this.#columns;
    const to: Readonly<Record<string, number>> = {
      ArrowDown: index + this.#columns,
      ArrowUp: index - this.#columns,
      ...(this.#columns > 1 && { ArrowRight: index + 1, ArrowLeft: index - 1 }),
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: this.#order.length - 1,
    };
    if (event.key === 'Enter' || event.key === ' ') this.#choose(quote);
    else if (event.key === 'Delete') this.#callbacks.onRemove(quote);
    else if (to[event.key] !== undefined) this.#goTo(to[event.key]!);
    else return;
    event.preventDefault();
  }

  #goTo(wanted: number): void {
    const index = Math.max(0, Math.min(this.#order.length - 1, wanted));
    this.#scrollTo(index);
    this.#rows.get(index)?.element.focus({ preventScroll: true });
  }

  /** To the place in the order, which the keyboard is at then. */
  #scrollTo(index: number): void {
    this.#cursor = index;
    this.#layout();
    const height = this.#spacer.offsetHeight / Math.max(1, Math.ceil(this.#order.length / this.#columns));
    const top = Math.floor(index / this.#columns) * height;
    const { scrollTop, clientHeight } = this.#scroll;
    if (top < scrollTop) this.#scroll.scrollTop = top;
    else if (top + height > scrollTop + clientHeight) this.#scroll.scrollTop = top + height - clientHeight;
    this.#layout();
  }
}
