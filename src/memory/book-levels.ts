import { inspect } from 'node:util';
import { ArgumentError } from '../errors.ts';
import { LEVEL_BYTES, LEVEL_PRICE, LEVEL_QUANTITY } from './book-layout.ts';
import { decimalInteger, decimalText, decimalToNumber } from './decimal.ts';

const TWO_32 = 2 ** 32;
/** Words of a level, and of them the low ones of its integers; the high ones follow. Low words are unsigned, high ones signed. */
export const LEVEL_WORDS: number = LEVEL_BYTES >> 2;
export const PRICE_LOW: number = LEVEL_PRICE >> 2;
export const QUANTITY_LOW: number = LEVEL_QUANTITY >> 2;

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
  /**
   * What holds the levels, and where the first one begins: for arithmetic without a call for each value.
   *
   * @internal
   */
  readonly u32: Uint32Array;
  /** @internal */
  readonly i32: Int32Array;
  /** @internal */
  first = 0;
  #length = 0;
  #priceScale = 0;
  #quantityScale = 0;

  constructor(u32: Uint32Array, i32: Int32Array) {
    this.u32 = u32;
    this.i32 = i32;
  }

  /**
   * Points it at `length` levels.
   *
   * @internal
   * @param word index of the first one's first word
   */
  moveTo(word: number, length: number, priceScale: number, quantityScale: number): void {
    this.first = word;
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
    const word = this.first + wordsBefore(level, this.#length) + PRICE_LOW;
    return decimalToNumber(this.u32[word]!, this.i32[word + 1]!, this.#priceScale);
  }

  priceText(level: number): string {
    const word = this.first + wordsBefore(level, this.#length) + PRICE_LOW;
    return decimalText(this.u32[word]!, this.i32[word + 1]!, this.#priceScale);
  }

  priceInteger(level: number): bigint {
    const word = this.first + wordsBefore(level, this.#length) + PRICE_LOW;
    return decimalInteger(this.u32[word]!, this.i32[word + 1]!);
  }

  quantity(level: number): number {
    const word = this.first + wordsBefore(level, this.#length) + QUANTITY_LOW;
    return decimalToNumber(this.u32[word]!, this.i32[word + 1]!, this.#quantityScale);
  }

  quantityText(level: number): string {
    const word = this.first + wordsBefore(level, this.#length) + QUANTITY_LOW;
    return decimalText(this.u32[word]!, this.i32[word + 1]!, this.#quantityScale);
  }

  quantityInteger(level: number): bigint {
    const word = this.first + wordsBefore(level, this.#length) + QUANTITY_LOW;
    return decimalInteger(this.u32[word]!, this.i32[word + 1]!);
  }

  /** Copies, best first (in records of changes: in the order of the message). */
  toArray(): PriceLevel[] {
    return Array.from({ length: this.#length }, (_, level) => ({
      price: this.price(level),
      quantity: this.quantity(level),
    }));
  }

  /** Printed like its copies. */
  [inspect.custom](): PriceLevel[] {
    return this.toArray();
  }
}

/** Best ask − best bid, reckoned in integers; undefined when a side is empty. */
export function spreadOf(bids: BookLevels, asks: BookLevels): number | undefined {
  if (bids.length === 0 || asks.length === 0) return undefined;
  const low = asks.u32[asks.first + PRICE_LOW]! - bids.u32[bids.first + PRICE_LOW]!;
  const high = asks.i32[asks.first + PRICE_LOW + 1]! - bids.i32[bids.first + PRICE_LOW + 1]!;
  return low < 0
    ? decimalToNumber(low + TWO_32, high - 1, asks.priceScale)
    : decimalToNumber(low, high, asks.priceScale);
}

/** (Best bid + best ask) / 2, reckoned in integers; undefined when a side is empty. */
export function midOf(bids: BookLevels, asks: BookLevels): number | undefined {
  if (bids.length === 0 || asks.length === 0) return undefined;
  const low = asks.u32[asks.first + PRICE_LOW]! + bids.u32[bids.first + PRICE_LOW]!;
  const high = asks.i32[asks.first + PRICE_LOW + 1]! + bids.i32[bids.first + PRICE_LOW + 1]!;
  const sum =
    low >= TWO_32
      ? decimalToNumber(low - TWO_32, high + 1, asks.priceScale)
      : decimalToNumber(low, high, asks.priceScale);
  return sum / 2;
}

/** How many words lie before a level. */
function wordsBefore(level: number, length: number): number {
  return level >>> 0 === level && level < length ? level * LEVEL_WORDS : noLevel(level, length);
}

function noLevel(level: number, length: number): never {
  throw new ArgumentError(`there are ${length} levels, and no level ${level}`);
}
