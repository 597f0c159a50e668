/** A price, count or amount of money, exact: an integer of small units. */
export interface Amount {
  /** Prices: 1/10,000 dollar. Counts: 1/100 contract. Money: 1/1,000,000 dollar. */
  readonly units: number;
  /** Dollars, or contracts: the nearest double. */
  readonly value: number;
  /** The same with all its decimals: `"0.4700"`, `"5.00"`, `"-0.003000"`. */
  readonly text: string;
}

/** Decimals of each kind. */
export const PRICE_DECIMALS = 4;
export const COUNT_DECIMALS = 2;
export const MONEY_DECIMALS = 6;

/** An amount of so many units of 1/10^decimals. */
export function amountOf(units: number, decimals: number): Amount {
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  const text = `${units < 0 ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
  return { units, value: units / 10 ** decimals, text };
}

/**
 * Reads a decimal of any width, a text or a number. Undefined for what is none, for the empty text, and for more decimals than
 * the kind has, or more digits than a double holds: nothing is rounded.
 */
export function parseAmount(value: unknown, decimals: number): Amount | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(String(value));
  if (!parts) return undefined;
  const [, sign, whole = '', fraction = ''] = parts;
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  if (whole + fraction === '' || /[1-9]/.test(fraction.slice(decimals))) return undefined;
  const units = Number(whole + kept);
  // No −0.
  if (!Number.isSafeInteger(units)) return undefined;
  return amountOf(sign === '-' && units !== 0 ? -units : units, decimals);
}
