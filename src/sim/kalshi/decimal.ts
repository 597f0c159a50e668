/** Prices are whole numbers of 1/10,000 $, counts of 1/100 contract, money of 1/1,000,000 $. */

export const PRICE_UNITS = 10_000;
export const COUNT_UNITS = 100;
/** 1/10,000 $ in a cent. */
export const CENT = 100;

/** Every price there can be, as it is written. */
const PRICES = Array.from({ length: PRICE_UNITS + 1 }, (_, price) => fixed(price, 4));

/** `0.0800`. */
export function dollars(price: number): string {
  return PRICES[price] ?? fixed(price, 4);
}

/** `300.00`. */
export function contracts(count: number): string {
  return fixed(count, 2);
}

/** `0.010000`. */
export function money(amount: number): string {
  return fixed(amount, 6);
}

/** `50.0000`: money with four places, which is all it has while counts are whole and prices are cents. */
export function moneyShort(amount: number): string {
  return amount % 100 === 0 ? fixed(amount / 100, 4) : money(amount);
}

function fixed(value: number, places: number): string {
  const digits = String(Math.abs(value)).padStart(places + 1, '0');
  const point = digits.length - places;
  return `${value < 0 ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}
