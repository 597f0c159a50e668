import { inspect } from 'node:util';
import { ArgumentError } from '../errors.ts';
import type { BookState } from '../memory/book-snapshot.ts';
import { BookSnapshot } from '../memory/book-snapshot.ts';
import { BookQuotes } from './book-quotes.ts';
import { LadderLevels, type Level, type Levels } from './levels.ts';
import { COUNT_SCALE, PRICE_ONE, PRICE_SCALE } from './record-layout.ts';
import type { Side } from './trade-view.ts';
import { numberOf, unitsOf } from './units.ts';

/** A book as a plain object: dollars and contracts, ladders best first. */
export interface KalshiBookObject {
  marketTicker: string;
  state: BookState;
  trusted: boolean;
  sid: number;
  seq: number;
  asOf: number | undefined;
  yes: Level[];
  no: Level[];
  yesBid: number | undefined;
  yesAsk: number | undefined;
  noBid: number | undefined;
  noAsk: number | undefined;
  spread: number | undefined;
  midpoint: number | undefined;
}

/**
 * One market's book in memory of its own: it stays as it is until it is read into again (`book.read(snapshot)`), which allocates
 * nothing. Texts and `toObject()` allocate.
 */
export class KalshiBookSnapshot extends BookQuotes {
  /** The same on the YES scale: bids, and implied asks. For `BookLadder`, `measureBook` and `priceImpact`. */
  readonly yesScale: BookSnapshot;
  /** What was sent, best first. */
  readonly yesBids: Levels;
  readonly noBids: Levels;
  /** What it implies: the other outcome's bids, at one dollar less their prices. */
  readonly yesAsks: Levels;
  readonly noAsks: Levels;

  /** @param capacity levels a side that there is room for; deeper ones are left out */
  constructor(capacity: number) {
    super();
    const yesScale = new BookSnapshot(capacity);
    const { bids, asks } = yesScale;
    this.yesScale = yesScale;
    this.yesBids = new LadderLevels(bids, false);
    this.yesAsks = new LadderLevels(asks, false);
    this.noBids = new LadderLevels(asks, true);
    this.noAsks = new LadderLevels(bids, true);
  }

  get marketTicker(): string {
    return this.yesScale.symbol;
  }

  /** Messages applied since the feed was made. */
  get updates(): number {
    return this.yesScale.updates;
  }

  /** How often something was missing, and how often a snapshot mended that. */
  get gaps(): number {
    return this.yesScale.mismatches;
  }

  get recoveries(): number {
    return this.yesScale.resyncs;
  }

  /** Deltas ignored while it was not to be trusted. */
  get ignored(): number {
    return this.yesScale.ignored;
  }

  /** Milliseconds since the last message was received; `now` is ms since the epoch. */
  age(now?: number): number {
    return this.yesScale.age(now);
  }

  /**
   * Contracts that are bid at a price; 0 where there is no such level.
   *
   * @param side the ladder: prices are of that outcome
   * @param price dollars: a text is exact, a number is taken to the nearest 1/10,000
   * @throws ArgumentError for a text that is no price
   */
  depthAt(side: Side, price: number | string): number {
    const units = typeof price === 'number' ? Math.round(price * PRICE_ONE) : unitsOf(price, PRICE_SCALE);
    if (units === undefined) {
      throw new ArgumentError(`${JSON.stringify(price)} is no price in dollars with up to 4 decimals`);
    }
    const levels = side === 'yes' ? this.yesBids : this.noBids;
    return numberOf(levels.sizeUnitsAt(units), COUNT_SCALE);
  }

  /** A copy. */
  toObject(): KalshiBookObject {
    return {
      marketTicker: this.marketTicker,
      state: this.state,
      trusted: this.trusted,
      sid: this.sid,
      seq: this.seq,
      asOf: this.asOf,
      yes: this.yesBids.toArray(),
      no: this.noBids.toArray(),
      yesBid: this.yesBid,
      yesAsk: this.yesAsk,
      noBid: this.noBid,
      noAsk: this.noAsk,
      spread: this.spread,
      midpoint: this.midpoint,
    };
  }

  /** Printed like its copy. */
  [inspect.custom](): KalshiBookObject {
    return this.toObject();
  }

  /** @internal */
  protected override look(): BookSnapshot {
    return this.yesScale;
  }
}
