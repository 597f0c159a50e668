import { ArgumentError } from '../errors.ts';
import { LEVEL_WORDS, PRICE_LOW, QUANTITY_LOW } from './book-levels.ts';
import type { BookSnapshot } from './book-snapshot.ts';
import { powerOfTen } from './decimal.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const WORDS = LEVEL_WORDS;
const PRICE = PRICE_LOW;
const QUANTITY = QUANTITY_LOW;
const TWO_32 = 2 ** 32;
/** A number nearer than this to an integer, relatively, is meant to be it. */
const NEAR = 2 ** -50;

/** What an order that takes liquidity would get, by what a book shows. Prices are NaN where it would get nothing. */
export class PriceImpact {
  /** Whether the book has all of it. */
  filled = false;
  /** As much of it as the book has, in the base currency. */
  quantity = 0;
  averagePrice = Number.NaN;
  /** Price of the last level that it would reach. */
  worstPrice = Number.NaN;
  /** Quantity × average price, in the quote currency. */
  value = 0;
  /** Levels that it would reach, the last one perhaps in part. */
  levels = 0;
  /** How much worse than the best price the average is, in hundredths of a percent of the best price. */
  impactBps = Number.NaN;
}

/**
 * What a market order of `quantity` would get: a `'buy'` takes asks, a `'sell'` takes bids, best first.
 *
 * @param quantity in the base currency
 * @param into written into this, which allocates nothing
 * @throws ArgumentError for another side, or a quantity that is not above 0
 */
export function priceImpact(
  book: BookSnapshot,
  side: 'buy' | 'sell',
  quantity: number,
  into: PriceImpact = new PriceImpact(),
): PriceImpact {
  if (side !== 'buy' && side !== 'sell') {
    throw new ArgumentError(`a side is 'buy' or 'sell', not '${String(side)}'`);
  }
  if (!(quantity > 0 && Number.isFinite(quantity))) {
    throw new ArgumentError(`a quantity must be a number above 0, not ${quantity}`);
  }
  const levels = side === 'buy' ? book.asks : book.bids;
  const wanted = unitsOf(quantity, powerOfTen(levels.quantityScale));
  const { u32, i32, first } = levels;
  const end = first + levels.length * WORDS;
  const best = end === first ? 0 : i32[first + PRICE + 1]! * TWO_32 + u32[first + PRICE]!;
  let left = wanted;
  let weighted = 0;
  let word = first;
  for (; word < end && left > 0; word += WORDS) {
    const price = i32[word + PRICE + 1]! * TWO_32 + u32[word + PRICE]!;
    const taken = Math.min(left, i32[word + QUANTITY + 1]! * TWO_32 + u32[word + QUANTITY]!);
    weighted += (price - best) * taken;
    left -= taken;
  }
  const level = (word - first) / WORDS;
  const taken = wanted - left;
  // Distances from the best price lose less than prices would, and one level gives its own price.
  const distance = weighted / taken;
  into.filled = left === 0;
  into.quantity = into.filled ? quantity : taken / powerOfTen(levels.quantityScale);
  into.averagePrice = level === 0 ? Number.NaN : levels.price(0) + distance / powerOfTen(levels.priceScale);
  into.worstPrice = level === 0 ? Number.NaN : levels.price(level - 1);
  into.value = level === 0 ? 0 : into.quantity * into.averagePrice;
  into.levels = level;
  into.impactBps = (Math.abs(distance) / best) * 10_000;
  return into;
}

/** A decimal that the book's integers can hold becomes its integer; a finer one stays what it is. */
function unitsOf(quantity: number, power: number): number {
  const units = quantity * power;
  const nearest = Math.round(units);
  return Math.abs(units - nearest) <= units * NEAR ? nearest : units;
}
