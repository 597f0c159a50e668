import type { Quote } from '../../serve/venues/venue-reading.ts';
import type { SessionSymbol } from '../venue-session.ts';

/** A symbol, as it is shown. */
export interface WatchRow {
  readonly venue: string;
  readonly symbol: string;
  readonly name: string | null;
  readonly quote: Quote;
  /** Of quote and ticker, since the last look. */
  readonly changesPerSecond: number;
  /** Whether the last price is above (1) or below (−1) that of the last look that had another one, if that was just now. */
  readonly moved: number;
}

interface Watched {
  row: WatchRow;
  stamp: number;
}

/** Looks at many symbols: composes anew only what has changed since. */
export class WatchList {
  readonly #watched = new Map<SessionSymbol, Watched>();
  #before: number | undefined;

  /** @param now ms of a clock that does not jump */
  look(symbols: readonly SessionSymbol[], now: number): WatchRow[] {
    const seconds = this.#before === undefined ? 0 : (now - this.#before) / 1000;
    this.#before = now;
    return symbols.map((symbol) => this.#row(symbol, seconds));
  }

  #row(from: SessionSymbol, seconds: number): WatchRow {
    const stamp = from.reading.stamp();
    const before = this.#watched.get(from);
    if (before?.stamp === stamp) {
      if (before.row.moved !== 0 || before.row.changesPerSecond !== 0)
        before.row = { ...before.row, moved: 0, changesPerSecond: 0 };
      return before.row;
    }
    const { venue, symbol, name, reading } = from;
    const quote = reading.quote();
    const changes = before ? changesBetween(before.stamp, stamp) : 0;
    const row: WatchRow = {
      venue,
      symbol,
      name,
      quote,
      changesPerSecond: seconds > 0 ? changes / seconds : 0,
      moved: before
        ? Math.sign(Number(quote.last ?? 0) - Number(before.row.quote.last ?? quote.last ?? 0))
        : 0,
    };
    this.#watched.set(from, { row, stamp });
    return row;
  }
}

/** Stamps go up by two with each change, and wrap; they start anew where a book or its memory does. */
export function changesBetween(before: number, after: number): number {
  return Math.max(0, (after - before) | 0) / 2;
}
