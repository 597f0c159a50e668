import { compact, fixed, percent } from './format.ts';
import type { Quote } from './quote.ts';

/** A column of the watch list. */
export interface Column {
  readonly name: string;
  readonly title: string;
  /** What rows are sorted by; a column without sorts them by their names. */
  readonly value?: (quote: Quote) => number | undefined;
  /** What a cell says; a column without draws itself. */
  readonly text?: (quote: Quote) => string;
}

const NOTHING = '–';

const price = (value: number | undefined, { decimals }: Quote) =>
  value === undefined ? NOTHING : fixed(value, decimals);

export const COLUMNS: readonly Column[] = [
  { name: 'symbol', title: 'Symbol' },
  { name: 'last', title: 'Last', value: ({ last }) => last, text: (quote) => price(quote.last, quote) },
  {
    name: 'change',
    title: 'Change',
    value: ({ change }) => change,
    text: ({ change }) => (change === undefined ? NOTHING : percent(change)),
  },
  { name: 'bid', title: 'Bid', value: ({ bid }) => bid, text: (quote) => price(quote.bid, quote) },
  { name: 'ask', title: 'Ask', value: ({ ask }) => ask, text: (quote) => price(quote.ask, quote) },
  { name: 'range', title: 'Range', value: placeInRange },
  {
    name: 'volume',
    title: 'Volume',
    value: ({ volume }) => volume,
    text: ({ volume }) => (volume === undefined ? NOTHING : compact(volume)),
  },
];

/** Where the last price is between low (0) and high (1). */
export function placeInRange({ low, high, last }: Quote): number | undefined {
  if (low === undefined || high === undefined || last === undefined || high <= low) return undefined;
  return Math.min(1, Math.max(0, (last - low) / (high - low)));
}

/** By a column; what has no value comes last, and equals are in the order of their names. */
export function comparator({ value }: Column, descending: boolean): (a: Quote, b: Quote) => number {
  const sign = descending ? -1 : 1;
  if (value === undefined) return (a, b) => sign * byName(a, b);
  return (a, b) => {
    const x = value(a);
    const y = value(b);
    if (x === y) return byName(a, b);
    if (x === undefined) return 1;
    if (y === undefined) return -1;
    return x < y ? -sign : sign;
  };
}

/** Names before bare numbers: those are what people look for. */
function byName(a: Quote, b: Quote): number {
  const numbers = Number(isNumber(a.name)) - Number(isNumber(b.name));
  if (numbers !== 0) return numbers;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function isNumber(name: string): boolean {
  return name.charCodeAt(0) <= 57;
}
