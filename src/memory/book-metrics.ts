import { ArgumentError } from '../errors.ts';
import { type BookLevels, LEVEL_WORDS, PRICE_LOW, QUANTITY_LOW } from './book-levels.ts';
import type { BookSnapshot } from './book-snapshot.ts';
import { decimalToNumber, powerOfTen } from './decimal.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const WORDS = LEVEL_WORDS;
const PRICE = PRICE_LOW;
const QUANTITY = QUANTITY_LOW;
const TWO_32 = 2 ** 32;

/** What lies on one side of a book. Numbers for which there is no value are NaN. */
export class SideMetrics {
  /** Levels counted. */
  levels = 0;
  /** Their quantities together, summed in integers. */
  volume = Number.NaN;
  /** Volume-weighted average price. */
  vwap = Number.NaN;
  /** Volume × VWAP: what they are worth, in the quote currency. */
  value = Number.NaN;
}

/** What `measureBook` finds. Numbers for which there is no value are NaN. */
export class BookMetrics {
  readonly bids: SideMetrics = new SideMetrics();
  readonly asks: SideMetrics = new SideMetrics();
  /** (Bid volume − ask volume) / (both together): from −1, all asks, to 1, all bids. */
  imbalance = Number.NaN;
  /** Bid volume / ask volume. */
  ratio = Number.NaN;
  mid = Number.NaN;
  spread = Number.NaN;
  /** The spread in hundredths of a percent of the mid. */
  spreadBps = Number.NaN;
}

/**
 * Volumes, VWAPs and imbalance of the best levels of a book, and its spread.
 *
 * @param levels how many a side; default all that the snapshot has
 * @param into written into this, which allocates nothing
 * @throws ArgumentError for a number of levels that is none
 */
export function measureBook(
  book: BookSnapshot,
  levels: number = Number.POSITIVE_INFINITY,
  into: BookMetrics = new BookMetrics(),
): BookMetrics {
  if (levels !== Number.POSITIVE_INFINITY && !(Number.isInteger(levels) && levels >= 0)) {
    throw new ArgumentError(`levels are counted in whole numbers from 0, not ${levels}`);
  }
  measureSide(book.bids, levels, into.bids);
  measureSide(book.asks, levels, into.asks);
  const bids = into.bids.volume;
  const asks = into.asks.volume;
  into.imbalance = (bids - asks) / (bids + asks);
  into.ratio = bids / asks;
  const mid = book.mid ?? Number.NaN;
  const spread = book.spread ?? Number.NaN;
  into.mid = mid;
  into.spread = spread;
  into.spreadBps = (spread / mid) * 10_000;
  return into;
}

function measureSide(side: BookLevels, most: number, into: SideMetrics): void {
  const { u32, i32, first } = side;
  const levels = Math.min(side.length, most);
  const best = levels === 0 ? 0 : i32[first + PRICE + 1]! * TWO_32 + u32[first + PRICE]!;
  let low = 0;
  let high = 0;
  // Distances from the best price are small, so that products lose less, and the VWAP of one level is its price.
  let weighted = 0;
  for (let word = first, end = first + levels * WORDS; word < end; word += WORDS) {
    const price = i32[word + PRICE + 1]! * TWO_32 + u32[word + PRICE]!;
    const quantityLow = u32[word + QUANTITY]!;
    const quantityHigh = i32[word + QUANTITY + 1]!;
    low += quantityLow;
    high += quantityHigh;
    weighted += (price - best) * (quantityHigh * TWO_32 + quantityLow);
  }
  const carry = Math.floor(low / TWO_32);
  into.levels = levels;
  into.volume = decimalToNumber(low - carry * TWO_32, high + carry, side.quantityScale);
  into.vwap =
    levels === 0
      ? Number.NaN
      : side.price(0) + weighted / (high * TWO_32 + low) / powerOfTen(side.priceScale);
  into.value = levels === 0 ? 0 : into.vwap * into.volume;
}
