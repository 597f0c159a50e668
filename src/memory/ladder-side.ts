import { ArgumentError } from '../errors.ts';
import { decimalText, decimalToNumber } from './decimal.ts';

const TWO_32 = 2 ** 32;

/** A row: three integers, each as two doubles (high × 2^32 + low), so that sums of any size are exact. */
const ROW_DOUBLES = 6;
const PRICE = 0;
const QUANTITY = 2;
const CUMULATIVE = 4;

/** A row as a plain object. */
export interface LadderRow {
  price: number;
  quantity: number;
  cumulative: number;
  percent: number;
  cumulativePercent: number;
}

/** One side of a ladder: rows of price, quantity and the quantity up to there, best first. Texts and `toArray()` allocate. */
export class LadderSide {
  /** Rows that there is room for. */
  readonly capacity: number;
  readonly #values: Float64Array;
  #length = 0;
  #priceScale = 0;
  #quantityScale = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#values = new Float64Array(capacity * ROW_DOUBLES);
  }

  /** Rows that there are. */
  get length(): number {
    return this.#length;
  }

  price(row: number): number {
    return this.#number(row, PRICE, this.#priceScale);
  }

  priceText(row: number): string {
    return this.#text(row, PRICE, this.#priceScale);
  }

  /** Of the row alone. */
  quantity(row: number): number {
    return this.#number(row, QUANTITY, this.#quantityScale);
  }

  quantityText(row: number): string {
    return this.#text(row, QUANTITY, this.#quantityScale);
  }

  /** Quantity from the best row to this one. */
  cumulative(row: number): number {
    return this.#number(row, CUMULATIVE, this.#quantityScale);
  }

  cumulativeText(row: number): string {
    return this.#text(row, CUMULATIVE, this.#quantityScale);
  }

  /** The row's share of the quantity of all rows of this side, 0 to 100. */
  percent(row: number): number {
    return this.#percent(row, QUANTITY);
  }

  /** The share of the rows from the best to this one, 0 to 100. */
  cumulativePercent(row: number): number {
    return this.#percent(row, CUMULATIVE);
  }

  /** Copies. */
  toArray(): LadderRow[] {
    return Array.from({ length: this.#length }, (_, row) => ({
      price: this.price(row),
      quantity: this.quantity(row),
      cumulative: this.cumulative(row),
      percent: this.percent(row),
      cumulativePercent: this.cumulativePercent(row),
    }));
  }

  /** @internal */
  clear(priceScale: number, quantityScale: number): void {
    this.#length = 0;
    this.#priceScale = priceScale;
    this.#quantityScale = quantityScale;
  }

  /**
   * Adds a quantity: to the last row, if that has this price, or as a new one.
   *
   * @internal
   * @returns false when there is no room for a new one
   */
  add(priceLow: number, priceHigh: number, quantityLow: number, quantityHigh: number): boolean {
    const values = this.#values;
    let at = (this.#length - 1) * ROW_DOUBLES;
    const same = this.#length > 0 && values[at + PRICE] === priceHigh && values[at + PRICE + 1] === priceLow;
    if (!same) {
      if (this.#length === this.capacity) return false;
      const before = at + CUMULATIVE;
      at += ROW_DOUBLES;
      values[at + PRICE] = priceHigh;
      values[at + PRICE + 1] = priceLow;
      values[at + QUANTITY] = 0;
      values[at + QUANTITY + 1] = 0;
      values[at + CUMULATIVE] = this.#length === 0 ? 0 : values[before]!;
      values[at + CUMULATIVE + 1] = this.#length === 0 ? 0 : values[before + 1]!;
      this.#length += 1;
    }
    increase(values, at + QUANTITY, quantityLow, quantityHigh);
    increase(values, at + CUMULATIVE, quantityLow, quantityHigh);
    return true;
  }

  #number(row: number, field: number, scale: number): number {
    const at = this.#at(row, field);
    return decimalToNumber(this.#values[at + 1]!, this.#values[at]!, scale);
  }

  #text(row: number, field: number, scale: number): string {
    const at = this.#at(row, field);
    return decimalText(this.#values[at + 1]!, this.#values[at]!, scale);
  }

  #percent(row: number, field: number): number {
    const at = this.#at(row, field);
    const all = (this.#length - 1) * ROW_DOUBLES + CUMULATIVE;
    const values = this.#values;
    const part = values[at]! * TWO_32 + values[at + 1]!;
    return (part / (values[all]! * TWO_32 + values[all + 1]!)) * 100;
  }

  #at(row: number, field: number): number {
    if (row >>> 0 === row && row < this.#length) return row * ROW_DOUBLES + field;
    throw new ArgumentError(`there are ${this.#length} rows, and no row ${row}`);
  }
}

function increase(values: Float64Array, at: number, low: number, high: number): void {
  const sum = values[at + 1]! + low;
  const carry = sum >= TWO_32 ? 1 : 0;
  values[at] = values[at]! + high + carry;
  values[at + 1] = sum - carry * TWO_32;
}
