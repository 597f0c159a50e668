import { ArgumentError } from '../errors.ts';
import { LEVEL_BYTES, LEVEL_PRICE, LEVEL_QUANTITY } from './book-layout.ts';
import { decimalInteger, decimalText, decimalToNumber } from './decimal.ts';

const TWO_32 = 2 ** 32;
const LEVEL_WORDS = LEVEL_BYTES >> 2;
const W_PRICE = LEVEL_PRICE >> 2;
const W_QUANTITY = LEVEL_QUANTITY >> 2;

/** A level as a plain object. */
export interface PriceLevel {
  price: number;
  quantity: number;
}

/**
 * Levels of one side of a book where they lie. Each value comes as a number (`price`), as exact text with all its decimals
 * (`priceText`), and as an integer at the side's scale (`priceInteger`). Numbers allocate nothing; texts and integers do.
 *
 * All methods throw ArgumentError for a level that there is not.
 */
export class BookLevels {
  readonly #u32: Uint32Array;
  readonly #i32: Int32Array;
  #word = 0;
  #length = 0;
  #priceScale = 0;
  #quantityScale = 0;

  constructor(u32: Uint32Array, i32: Int32Array) {
    this.#u32 = u32;
    this.#i32 = i32;
  }

  /**
   * Points it at `length` levels.
   *
   * @internal
   * @param word index of the first one's first word
   */
  moveTo(word: number, length: number, priceScale: number, quantityScale: number): void {
    this.#word = word;
    this.#length = length;
    this.#priceScale = priceScale;
    this.#quantityScale = quantityScale;
  }

  /** Levels that there are. */
  get length(): number {
    return this.#length;
  }

  /** Decimals of prices: a price is its integer / 10^priceScale. */
  get priceScale(): number {
    return this.#priceScale;
  }

  get quantityScale(): number {
    return this.#quantityScale;
  }

  /** @param level 0 is the first, in books the best */
  price(level: number): number {
    const word = this.#word + wordsBefore(level, this.#length) + W_PRICE;
    return decimalToNumber(this.#u32[word]!, this.#i32[word + 1]!, this.#priceScale);
  }

  priceText(level: number): string {
    const word = this.#word + wordsBefore(level, this.#length) + W_PRICE;
    return decimalText(this.#u32[word]!, this.#i32[word + 1]!, this.#priceScale);
  }

  priceInteger(level: number): bigint {
    const word = this.#word + wordsBefore(level, this.#length) + W_PRICE;
    return decimalInteger(this.#u32[word]!, this.#i32[word + 1]!);
  }

  quantity(level: number): number {
    const word = this.#word + wordsBefore(level, this.#length) + W_QUANTITY;
    return decimalToNumber(this.#u32[word]!, this.#i32[word + 1]!, this.#quantityScale);
  }

  quantityText(level: number): string {
    const word = this.#word + wordsBefore(level, this.#length) + W_QUANTITY;
    return decimalText(this.#u32[word]!, this.#i32[word + 1]!, this.#quantityScale);
  }

  quantityInteger(level: number): bigint {
    const word = this.#word + wordsBefore(level, this.#length) + W_QUANTITY;
    return decimalInteger(this.#u32[word]!, this.#i32[word + 1]!);
  }

  /** The integers' words, for exact arithmetic that allocates nothing: high × 2^32 + low. */
  priceLow(level: number): number {
    return this.#u32[this.#word + wordsBefore(level, this.#length) + W_PRICE]!;
  }

  priceHigh(level: number): number {
    return this.#i32[this.#word + wordsBefore(level, this.#length) + W_PRICE + 1]!;
  }

  quantityLow(level: number): number {
    return this.#u32[this.#word + wordsBefore(level, this.#length) + W_QUANTITY]!;
  }

  quantityHigh(level: number): number {
    return this.#i32[this.#word + wordsBefore(level, this.#length) + W_QUANTITY + 1]!;
  }

  /** Copies. */
  toArray(): PriceLevel[] {
    return Array.from({ length: this.#length }, (_, level) => ({
      price: this.price(level),
      quantity: this.quantity(level),
    }));
  }
}

/** Best ask − best bid, reckoned in integers; undefined when a side is empty. */
export function spreadOf(bids: BookLevels, asks: BookLevels): number | undefined {
  if (bids.length === 0 || asks.length === 0) return undefined;
  const low = asks.priceLow(0) - bids.priceLow(0);
  const high = asks.priceHigh(0) - bids.priceHigh(0);
  return low < 0
    ? decimalToNumber(low + TWO_32, high - 1, asks.priceScale)
    : decimalToNumber(low, high, asks.priceScale);
}

/** (Best bid + best ask) / 2, reckoned in integers; undefined when a side is empty. */
export function midOf(bids: BookLevels, asks: BookLevels): number | undefined {
  if (bids.length === 0 || asks.length === 0) return undefined;
  const low = asks.priceLow(0) + bids.priceLow(0);
  const high = asks.priceHigh(0) + bids.priceHigh(0);
  const sum =
    low >= TWO_32
      ? decimalToNumber(low - TWO_32, high + 1, asks.priceScale)
      : decimalToNumber(low, high, asks.priceScale);
  return sum / 2;
}

/** How many words lie before a level. */
function wordsBefore(level: number, length: number): number {
  if (level >>> 0 === level && level < length) return level * LEVEL_WORDS;
  throw new ArgumentError(`there are ${length} levels, and no level ${level}`);
}
