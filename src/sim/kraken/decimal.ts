/**
 * Decimals as Kraken's wire has them: always as many places as the instrument's precision, never an exponent. Inside the
 * simulator they are whole numbers of units, one unit being one in the last place.
 */

/** `decimalText(150, 3)` is `0.150`. A `number` must be a safe integer. */
export function decimalText(units: number | bigint, places: number): string {
  const digits = String(units);
  if (places === 0) return digits;
  const sign = digits.startsWith('-') ? '-' : '';
  const padded = digits.slice(sign.length).padStart(places + 1, '0');
  const point = padded.length - places;
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
}

/** The opposite: `unitsOf('0.15', 3)` is 150. Digits past so many places are not expected and would be dropped. */
export function unitsOf(text: string, places: number): number {
  const [whole = '', fraction = ''] = text.split('.');
  return Number(whole + fraction.slice(0, places).padEnd(places, '0'));
}

/** Another number of places; what falls away is rounded towards zero. */
export function rescale(units: bigint, from: number, to: number): bigint {
  return to >= from ? units * 10n ** BigInt(to - from) : units / 10n ** BigInt(from - to);
}

/** The nearest decimal text of a plain number, for averages, which are not exact anyway. Never a negative zero. */
export function roundedText(value: number, places: number): string {
  const text = value.toFixed(places);
  return Number(text) === 0 ? text.replace('-', '') : text;
}
