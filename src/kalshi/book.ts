import { Book } from '../memory/book.ts';
import { BookSnapshot } from '../memory/book-snapshot.ts';
import type { BookTable } from '../memory/book-table.ts';
import { BookQuotes } from './book-quotes.ts';
import { type KalshiBookObject, KalshiBookSnapshot } from './book-snapshot.ts';
import type { Side } from './trade-view.ts';

/**
 * One market's book, on any thread: YES bids and NO bids, and the asks that they imply. Each getter looks anew at the book as it is
 * at that moment; `read()` copies it, for values that have to belong together. Looking and reading into a snapshot of one's own
 * allocate nothing.
 *
 * To wait for a change, wait for a record of the book; `sequence` tells whether there was one since.
 */
export class KalshiBook extends BookQuotes {
  readonly #book: Book;
  /** Levels a side that its tables have room for. */
  readonly #levels: number;
  readonly #top = new BookSnapshot(1);
  /** Made when it is first needed. */
  #whole: KalshiBookSnapshot | undefined;

  /** @param tables those of all connections on which the market may be */
  constructor(tables: readonly BookTable[], marketTicker: string) {
    super();
    this.#book = new Book(tables, marketTicker);
    this.#levels = Math.max(0, ...tables.map(({ levels }) => levels));
  }

  get marketTicker(): string {
    return this.#book.symbol;
  }

  /** Changes, wrapping at 2^32, whenever the book does; costs one atomic load. Kalshi's own number is `seq`. */
  get sequence(): number {
    return this.#book.sequence;
  }

  /**
   * Copies the book as it is now, never torn.
   *
   * @param into read into this snapshot, which allocates nothing; by default one is made with room for the whole book
   * @returns undefined when nothing has come yet, or what a decoder left half written when it died has not been mended yet
   */
  read(into: KalshiBookSnapshot = new KalshiBookSnapshot(this.#levels)): KalshiBookSnapshot | undefined {
    return this.#book.read(into.yesScale) && into;
  }

  /** The whole book as a plain object; undefined as with `read()`. */
  full(): KalshiBookObject | undefined {
    return this.#readWhole()?.toObject();
  }

  /** Contracts that are bid at a price now: see `KalshiBookSnapshot.depthAt`. */
  depthAt(side: Side, price: number | string): number {
    return this.#readWhole()?.depthAt(side, price) ?? 0;
  }

  /** @internal */
  protected override look(): BookSnapshot | undefined {
    return this.#book.read(this.#top);
  }

  #readWhole(): KalshiBookSnapshot | undefined {
    this.#whole ??= new KalshiBookSnapshot(this.#levels);
    return this.read(this.#whole);
  }
}
