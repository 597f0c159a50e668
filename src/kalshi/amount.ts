import { COUNT_SCALE, PRICE_SCALE } from './record-layout.ts';
import { MONEY_SCALE, numberOf, textOf, unitsOf } from './units.ts';

/** A price, count or amount of money, exact: an integer of small units. */
export interface Amount {
  /** Prices: 1/10,000 dollar. Counts: 1/100 contract. Money: 1/1,000,000 dollar. */
  readonly units: number;
  /** Dollars, or contracts: the nearest double. */
  readonly value: number;
  /** The same with all its decimals: `"0.4700"`, `"5.00"`, `"-0.003000"`. */
  readonly text: string;
}

export const SCALES = { price: PRICE_SCALE, count: COUNT_SCALE, money: MONEY_SCALE } as const;

/** An amount of so many units of 1/10^scale. */
export function amountOf(units: number, scale: number): Amount {
  return { units, value: numberOf(units, scale), text: textOf(units, scale) };
}

/** Undefined for what is no decimal, or does not fit the scale: nothing is rounded. */
export function parseAmount(value: unknown, scale: number): Amount | undefined {
  const units = unitsOf(value, scale);
  return units === undefined ? undefined : amountOf(units, scale);
}
