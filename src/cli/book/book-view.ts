import { VENUE_FACTS } from '../../serve/venues/venue-facts.ts';
import type { LiveView, ViewSize } from '../terminal/live-view.ts';
import type { Line } from '../terminal/styled-text.ts';
import { changesBetween } from '../top/watch-list.ts';
import { venueFigures } from '../venue-figures.ts';
import type { SessionSymbol, SessionVenue, VenueSession } from '../venue-session.ts';
import { type BookState, bookLines } from './book-lines.ts';

/** `tickring book`: the ladder of one symbol. */
export class BookView implements LiveView {
  readonly #session: VenueSession;
  readonly #symbol: SessionSymbol;
  readonly #venue: SessionVenue;
  readonly #levels: number;
  #stamp: number;
  #lookedAt = performance.now();
  #state: BookState;

  /** @param levels a side, at most */
  constructor(session: VenueSession, symbol: SessionSymbol, levels: number) {
    this.#session = session;
    this.#symbol = symbol;
    this.#venue = session.venues.find(({ venue }) => venue === symbol.venue)!;
    this.#levels = levels;
    this.#stamp = symbol.reading.stamp();
    this.#state = this.#look(0);
  }

  get complete(): boolean {
    const { bids, asks } = this.#state.depth;
    return bids.length > 0 || asks.length > 0;
  }

  sample(): void {
    if (this.#state.paused) return;
    const stamp = this.#symbol.reading.stamp();
    const now = performance.now();
    const changes = changesBetween(this.#stamp, stamp);
    const rate = (changes * 1000) / Math.max(1, now - this.#lookedAt);
    this.#stamp = stamp;
    this.#lookedAt = now;
    this.#state = this.#look(rate);
  }

  lines(size: ViewSize): Line[] {
    return bookLines(this.#state, size);
  }

  press(key: string): void {
    if (key === 'space') this.#state = { ...this.#state, paused: !this.#state.paused };
  }

  #look(changesPerSecond: number): BookState {
    const { name, reading } = this.#symbol;
    return {
      at: Date.now(),
      name,
      checkedBy: VENUE_FACTS[this.#symbol.venue]?.checkedBy,
      depth: reading.depth(this.#levels),
      changesPerSecond,
      venue: venueFigures(this.#venue),
      paused: false,
      notice: this.#session.notice,
    };
  }
}
