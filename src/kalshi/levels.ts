import { inspect } from 'node:util';
import { ArgumentError } from '../errors.ts';
import { type BookLevels, LEVEL_WORDS, PRICE_LOW, QUANTITY_LOW } from '../memory/book-levels.ts';
import type { RecordFields } from '../memory/record-fields.ts';
import { COUNT_SCALE, PRICE_SCALE } from './record-layout.ts';
import { centsOf, complementOf, numberOf, textOf } from './units.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const WORDS = LEVEL_WORDS;
const PRICE = PRICE_LOW;
const SIZE = QUANTITY_LOW;
const TWO_32 = 2 ** 32;

/** A level as a plain object: dollars, and contracts. */
export interface Level {
  price: number;
  size: number;
}

/**
 * Levels of a ladder where they lie. Forms of prices and sizes as in `KalshiView`; texts allocate.
 *
 * All methods that take a level throw ArgumentError for one that there is not; 0 is the first, in books the best.
 */
export abstract class Levels {
  /** Levels that there are. */
  abstract get length(): number;
  /** In 1/10,000 dollar. */
  abstract priceUnits(level: number): number;
  /** In 1/100 contract. */
  abstract sizeUnits(level: number): number;

  price(level: number): number {
    return numberOf(this.priceUnits(level), PRICE_SCALE);
  }

  priceText(level: number): string {
    return textOf(this.priceUnits(level), PRICE_SCALE);
  }

  /** Undefined for a price that is not whole cents. */
  priceCents(level: number): number | undefined {
    return centsOf(this.priceUnits(level));
  }

  size(level: number): number {
    return numberOf(this.sizeUnits(level), COUNT_SCALE);
  }

  sizeText(level: number): string {
    return textOf(this.sizeUnits(level), COUNT_SCALE);
  }

  /** Contracts at a price, in 1/100; 0 where there is no such level. */
  sizeUnitsAt(priceUnits: number): number {
    for (let level = 0, { length } = this; level < length; level++) {
      if (this.priceUnits(level) === priceUnits) return this.sizeUnits(level);
    }
    return 0;
  }

  /** Copies. */
  toArray(): Level[] {
    return Array.from({ length: this.length }, (_, level) => ({
      price: this.price(level),
      size: this.size(level),
    }));
  }

  /** Printed like its copies. */
  [inspect.custom](): Level[] {
    return this.toArray();
  }
}

/** One side of a book, best first: as it is, or seen from the other outcome. */
export class LadderLevels extends Levels {
  readonly #levels: BookLevels;
  readonly #complement: boolean;

  /** @param complement whether prices are those of the other outcome: one dollar less the levels' own */
  constructor(levels: BookLevels, complement: boolean) {
    super();
    this.#levels = levels;
    this.#complement = complement;
  }

  override get length(): number {
    return this.#levels.length;
  }

  override priceUnits(level: number): number {
    const levels = this.#levels;
    checkLevel(level, levels.length);
    // A price is less than 2^32.
    const units = levels.u32[levels.first + level * WORDS + PRICE]!;
    return this.#complement ? complementOf(units) : units;
  }

  override sizeUnits(level: number): number {
    const { u32, i32, first, length } = this.#levels;
    checkLevel(level, length);
    const word = first + level * WORDS + SIZE;
    return i32[word + 1]! * TWO_32 + u32[word]!;
  }
}

/** Levels of a record. */
export class RecordLevels extends Levels {
  readonly #fields: RecordFields;
  #length = 0;
  #first = 0;
  #sizeOffset = 0;
  #stride = 0;

  constructor(fields: RecordFields) {
    super();
    this.#fields = fields;
  }

  /**
   * Points it at levels.
   *
   * @internal
   * @param first offset of the first one's price in the record
   * @param sizeOffset from a price to its size
   * @param stride from a level to the next
   */
  moveTo(first: number, length: number, sizeOffset: number, stride: number): this {
    this.#first = first;
    this.#length = length;
    this.#sizeOffset = sizeOffset;
    this.#stride = stride;
    return this;
  }

  override get length(): number {
    return this.#length;
  }

  override priceUnits(level: number): number {
    checkLevel(level, this.#length);
    return this.#fields.float64(this.#first + level * this.#stride);
  }

  override sizeUnits(level: number): number {
    checkLevel(level, this.#length);
    return this.#fields.float64(this.#first + level * this.#stride + this.#sizeOffset);
  }
}

function checkLevel(level: number, length: number): void {
  if (level >>> 0 !== level || level >= length) noLevel(level, length);
}

function noLevel(level: number, length: number): never {
  throw new ArgumentError(`there are ${length} levels, and no level ${level}`);
}
