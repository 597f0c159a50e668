import { PRICE_UNITS } from './decimal.ts';

/** Prices from `start` to `end` are multiples of `step` away from `start`. All in 1/10,000 $. */
export interface KalshiPriceRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Price structures by label. The service has a dozen labels; `half_cent` stands for those that are not known here. */
export const STRUCTURES = {
  linear_cent: [{ start: 0, end: 10_000, step: 100 }],
  tapered_deci_cent: [
    { start: 0, end: 1_000, step: 10 },
    { start: 1_000, end: 9_000, step: 100 },
    { start: 9_000, end: 10_000, step: 10 },
  ],
  half_cent: [{ start: 0, end: 10_000, step: 50 }],
  deci_cent: [{ start: 0, end: 10_000, step: 10 }],
  center_deci_edge_centi_cent: [
    { start: 0, end: 100, step: 1 },
    { start: 100, end: 9_900, step: 10 },
    { start: 9_900, end: 10_000, step: 1 },
  ],
} as const satisfies Record<string, readonly KalshiPriceRange[]>;

export type Structure = keyof typeof STRUCTURES;

/** The prices at which orders may rest: above 0 and below 1 $. Ascending. The YES and the NO side have the same. */
export class PriceGrid {
  readonly prices: readonly number[];

  constructor(ranges: readonly KalshiPriceRange[]) {
    const prices = new Set<number>();
    for (const { start, end, step } of ranges) {
      for (let price = start; price <= end; price += step) prices.add(price);
    }
    prices.delete(0);
    prices.delete(PRICE_UNITS);
    this.prices = [...prices].sort((a, b) => a - b);
  }

  get length(): number {
    return this.prices.length;
  }

  /** The first grid price that is not below this one: where it is. */
  indexOf(price: number): number {
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
