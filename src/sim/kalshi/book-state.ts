import type { Market } from './market.ts';
import { type KalshiPriceRange, STRUCTURES } from './price-grid.ts';

/** The bids for YES and for NO, [price, count] ascending by price. Prices in 1/10,000 $, counts in 1/100 contract. */
export interface KalshiBook {
  readonly yes: readonly (readonly [price: number, count: number])[];
  readonly no: readonly (readonly [price: number, count: number])[];
}

/** A market: what is fixed of it, and where it stands. */
export interface KalshiMarketInfo {
  readonly ticker: string;
  /** A UUID; '' for a market that is over. */
  readonly id: string;
  readonly eventTicker: string;
  readonly seriesTicker: string;
  /** The label of its price grid, */
  readonly priceLevelStructure: string;
  /** and the grid itself. */
  readonly priceRanges: readonly KalshiPriceRange[];
  /** True when counts are not always whole contracts. */
  readonly isFractional: boolean;
  readonly isOpen: boolean;
  /** The price of the latest trade, 0 before the first. */
  readonly lastPrice: number;
  readonly volume: number;
  readonly openInterest: number;
}

export function bookOf({ yes, no }: Market): KalshiBook {
  return { yes: yes.levels(), no: no.levels() };
}

export function infoOf({
  definition,
  structure,
  isOpen,
  last,
  volume,
  openInterest,
}: Market): KalshiMarketInfo {
  return {
    ticker: definition.ticker,
    id: definition.id,
    eventTicker: definition.event,
    seriesTicker: definition.series,
    priceLevelStructure: structure,
    priceRanges: STRUCTURES[structure],
    isFractional: definition.countStep === 1,
    isOpen,
    lastPrice: last,
    volume,
    openInterest,
  };
}
