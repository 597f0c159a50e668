export type SideName = 'asks' | 'bids';

/** What became of one price level. */
export interface LevelChange {
  readonly side: SideName;
  readonly kind: 'insert' | 'resize' | 'delete';
  readonly price: number;
  /** The new quantity; 0 when the level is deleted. */
  readonly quantity: number;
  /** Where the level is; of a deleted one, where it was. 0 is the best. */
  readonly index: number;
  /** True when a trade did it. */
  readonly isFill: boolean;
}

/** One side of a book, best level first. Prices and quantities are whole numbers of units. */
export class BookSide {
  readonly name: SideName;
  readonly prices: number[] = [];
  readonly quantities: number[] = [];
  /** Times a price, it gives a rank: the lowest is the best. */
  readonly #sign: 1 | -1;

  constructor(name: SideName) {
    this.name = name;
    this.#sign = name === 'asks' ? 1 : -1;
  }

  get length(): number {
    return this.prices.length;
  }

  /** True when `price` would come before `other`. */
  isBetter(price: number, other: number): boolean {
    return (price - other) * this.#sign < 0;
  }

  /** The price that is so many units worse. */
  worse(price: number, units: number): number {
    return price + units * this.#sign;
  }

  /** The first level that is not better than this price: where it is, or would be. */
  find(price: number): number {
    let low = 0;
    let high = this.prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isBetter(this.prices[middle]!, price)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Sets the quantity at a price; 0 deletes the level, which must be there. */
  set(price: number, quantity: number, isFill = false): LevelChange {
    const { name: side, prices, quantities } = this;
    const index = this.find(price);
    if (quantity === 0) {
      prices.splice(index, 1);
      quantities.splice(index, 1);
      return { side, kind: 'delete', price, quantity, index, isFill };
    }
    if (prices[index] === price) {
      quantities[index] = quantity;
      return { side, kind: 'resize', price, quantity, index, isFill };
    }
    prices.splice(index, 0, price);
    quantities.splice(index, 0, quantity);
    return { side, kind: 'insert', price, quantity, index, isFill };
  }
}
