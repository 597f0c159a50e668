import type { LiveView, ViewSize } from '../terminal/live-view.ts';
import type { Line } from '../terminal/styled-text.ts';
import { venueFigures } from '../venue-figures.ts';
import type { VenueSession } from '../venue-session.ts';
import { SORT_KEYS, type Sorting, sortRows } from './sort-rows.ts';
import { roomForRows, type TopState, topLines } from './top-lines.ts';
import { WatchList } from './watch-list.ts';

/** `tickring top`: what it shows of a session, and what its keys do. */
export class TopView implements LiveView {
  readonly #session: VenueSession;
  readonly #list = new WatchList();
  #state: TopState;
  /** Rows that a page has, as of the last drawing. */
  #page = 1;

  constructor(session: VenueSession, sorting: Sorting) {
    this.#session = session;
    this.#state = {
      at: Date.now(),
      venues: [],
      rows: [],
      sorting,
      only: undefined,
      scrolled: 0,
      paused: false,
      help: false,
      notice: undefined,
    };
  }

  get complete(): boolean {
    const { rows } = this.#state;
    return rows.length > 0 && rows.every(({ quote }) => quote.receivedAt !== null);
  }

  sample(): void {
    if (this.#state.paused) return;
    const { only, sorting } = this.#state;
    const symbols = this.#session.symbols();
    const rows = this.#list.look(symbols, performance.now());
    this.#state = {
      ...this.#state,
      at: Date.now(),
      venues: this.#session.venues.map(venueFigures),
      rows: sortRows(only === undefined ? rows : rows.filter(({ venue }) => venue === only), sorting),
      notice: this.#session.notice,
    };
  }

  lines(size: ViewSize): Line[] {
    this.#page = roomForRows(this.#state, size);
    this.#scrollTo(this.#state.scrolled);
    return topLines(this.#state, size);
  }

  press(key: string): void {
    const state = this.#state;
    const { by, reversed } = state.sorting;
    if (Object.hasOwn(SORT_KEYS, key))
      this.#sort({ by: SORT_KEYS[key as keyof typeof SORT_KEYS], reversed: false });
    else if (key === 'r') this.#sort({ by, reversed: !reversed });
    else if (key === 'tab') this.#nextVenue();
    else if (key === 'space') this.#state = { ...state, paused: !state.paused };
    else if (key === '?' || key === 'h') this.#state = { ...state, help: !state.help };
    else if (key === 'up' || key === 'k') this.#scrollTo(state.scrolled - 1);
    else if (key === 'down' || key === 'j') this.#scrollTo(state.scrolled + 1);
    else if (key === 'page-up') this.#scrollTo(state.scrolled - this.#page);
    else if (key === 'page-down') this.#scrollTo(state.scrolled + this.#page);
    else if (key === 'home') this.#scrollTo(0);
    else if (key === 'end') this.#scrollTo(state.rows.length);
  }

  #sort(sorting: Sorting): void {
    this.#state = { ...this.#state, sorting, rows: sortRows(this.#state.rows, sorting), scrolled: 0 };
  }

  /** All, the first, the second …, all. */
  #nextVenue(): void {
    const { venues } = this.#session;
    const next = venues.findIndex(({ venue }) => venue === this.#state.only) + 1;
    this.#state = { ...this.#state, only: venues[next]?.venue, scrolled: 0 };
    this.sample();
  }

  #scrollTo(row: number): void {
    const most = Math.max(0, this.#state.rows.length - this.#page);
    this.#state = { ...this.#state, scrolled: Math.min(most, Math.max(0, row)) };
  }
}
