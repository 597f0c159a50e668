/** The bids of one side, ascending by price: the best is the last. Prices in 1/10,000 $, counts in 1/100 contract. */
export class Ladder {
  readonly prices: number[] = [];
  readonly counts: number[] = [];

  get length(): number {
    return this.prices.length;
  }

  /** The highest price; 0 when there is none. */
  get best(): number {
    return this.prices.at(-1) ?? 0;
  }

  /** What rests at the best price; 0 when there is none. */
  get bestCount(): number {
    return this.counts.at(-1) ?? 0;
  }

  /** What rests at a price. */
  countAt(price: number): number {
    const index = this.#find(price);
    return this.prices[index] === price ? this.counts[index]! : 0;
  }

  /** Adds to what rests at a price, or takes from it; a level with nothing left is gone. */
  change(price: number, delta: number): void {
    const index = this.#find(price);
    if (this.prices[index] !== price) {
      this.prices.splice(index, 0, price);
      this.counts.splice(index, 0, delta);
      return;
    }
    this.counts[index]! += delta;
    if (this.counts[index] !== 0) return;
    this.prices.splice(index, 1);
    this.counts.splice(index, 1);
  }

  /** A copy: [price, count] of every level, ascending by price. */
  levels(): [price: number, count: number][] {
    return this.prices.map((price, i) => [price, this.counts[i]!]);
  }

  #find(price: number): number {
    let low = 0;
    let high = this.prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.prices[middle]! < price) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
