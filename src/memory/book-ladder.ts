import { ArgumentError } from '../errors.ts';
import { type BookLevels, LEVEL_WORDS, PRICE_LOW, QUANTITY_LOW } from './book-levels.ts';
import type { BookSnapshot } from './book-snapshot.ts';
import { type Decimal, decimalInteger, parseDecimal } from './decimal.ts';
import { LadderSide } from './ladder-side.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const WORDS = LEVEL_WORDS;
const PRICE = PRICE_LOW;
const QUANTITY = QUANTITY_LOW;
const TWO_32 = 2 ** 32;
/** Prices of 18 digits with so many more decimals still have a high word that a double holds. */
const MOST_FINER = 7;

export interface LadderOptions {
  /** Rows a side. Default 10. */
  readonly rows?: number;
  /**
   * Levels are gathered in rows of this width: a bid counts for the next lower multiple of it, an ask for the next higher
   * one, so that a row never looks better than what it holds. A text is exact (`'0.05'`). Default: a row for each level.
   */
  readonly tickSize?: number | string;
}

/**
 * A book as a ladder: cumulative quantities and shares, by level or gathered by tick size. Reading a book into it allocates
 * nothing, unless prices at the finer scale of book and tick size pass 2^53.
 */
export class BookLadder {
  readonly bids: LadderSide;
  readonly asks: LadderSide;
  readonly #tick: Decimal | undefined;
  /** For the price scale of the last book: factor to the ladder's own scale, and the tick size there. */
  #priceScale = -1;
  #factor = 1;
  #width = 0;

  /** @throws ArgumentError for a tick size that is not above 0, or a count of rows that is none */
  constructor(options: LadderOptions = {}) {
    const { rows = 10, tickSize } = options;
    if (!(Number.isInteger(rows) && rows > 0)) {
      throw new ArgumentError(`a ladder has a whole number of rows above 0, not ${rows}`);
    }
    this.#tick = tickSize === undefined ? undefined : parseDecimal(tickSize);
    if (this.#tick && this.#tick.integer <= 0n) {
      throw new ArgumentError(`a tick size must be above 0, not ${tickSize}`);
    }
    this.bids = new LadderSide(rows);
    this.asks = new LadderSide(rows);
  }

  /**
   * Replaces what it shows.
   *
   * @throws ArgumentError for a tick size of more than 15 digits, or of more than 7 decimals beyond those of the prices
   */
  read(book: BookSnapshot): this {
    if (book.priceScale !== this.#priceScale) this.#fit(book.priceScale);
    const scale = Math.max(book.priceScale, this.#tick?.scale ?? 0);
    this.bids.clear(scale, book.quantityScale);
    this.asks.clear(scale, book.quantityScale);
    fill(this.bids, book.bids, this.#factor, this.#width, false);
    fill(this.asks, book.asks, this.#factor, this.#width, true);
    return this;
  }

  #fit(priceScale: number): void {
    const tick = this.#tick;
    this.#priceScale = priceScale;
    if (!tick) return;
    this.#factor = 10 ** Math.max(0, tick.scale - priceScale);
    this.#width = Number(tick.integer) * 10 ** Math.max(0, priceScale - tick.scale);
    if (this.#width > Number.MAX_SAFE_INTEGER || tick.scale - priceScale > MOST_FINER) {
      throw new ArgumentError(
        `this tick size is too large or too fine for prices with ${priceScale} decimals`,
      );
    }
  }
}

function fill(side: LadderSide, levels: BookLevels, factor: number, width: number, up: boolean): void {
  const { u32, i32, first } = levels;
  for (let word = first, end = first + levels.length * WORDS; word < end; word += WORDS) {
    const low = u32[word + PRICE]!;
    const high = i32[word + PRICE + 1]!;
    const quantityLow = u32[word + QUANTITY]!;
    const quantityHigh = i32[word + QUANTITY + 1]!;
    const price = (high * TWO_32 + low) * factor;
    if (width === 0) {
      if (!side.add(low, high, quantityLow, quantityHigh)) return;
    } else if (price + width <= Number.MAX_SAFE_INTEGER) {
      const row = smallRow(price, width, up);
      const rowHigh = Math.floor(row / TWO_32);
      if (!side.add(row - rowHigh * TWO_32, rowHigh, quantityLow, quantityHigh)) return;
    } else {
      const row = largeRow(decimalInteger(low, high) * BigInt(factor), BigInt(width), up);
      if (!side.add(Number(row & 0xffff_ffffn), Number(row >> 32n), quantityLow, quantityHigh)) return;
    }
  }
}

/** The multiple of `width` that a price counts for. Both are integers below 2^53, whose remainder would be a call. */
function smallRow(price: number, width: number, up: boolean): number {
  let row = Math.floor(price / width) * width;
  // The quotient may have been rounded up to an integer.
  if (row > price) row -= width;
  return up && row < price ? row + width : row;
}

function largeRow(price: bigint, width: bigint, up: boolean): bigint {
  const rest = price % width;
  return up && rest !== 0n ? price - rest + width : price - rest;
}
