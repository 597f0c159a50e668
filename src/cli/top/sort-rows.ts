import type { WatchRow } from './watch-list.ts';

/** By what rows may be sorted, by its key on the keyboard. */
export const SORT_KEYS = {
  s: 'symbol',
  l: 'last',
  c: 'change',
  v: 'volume',
  p: 'spread',
  t: 'rate',
} as const;

export type SortBy = (typeof SORT_KEYS)[keyof typeof SORT_KEYS];

export const SORTS: readonly SortBy[] = Object.values(SORT_KEYS);

export interface Sorting {
  readonly by: SortBy;
  /** The other way round than what one wants first. */
  readonly reversed: boolean;
}

/** Names from A to Z, figures from the largest down; rows without one come last either way. */
export function sortRows(rows: readonly WatchRow[], { by, reversed }: Sorting): WatchRow[] {
  const direction = reversed ? -1 : 1;
  if (by === 'symbol') return [...rows].sort((a, b) => direction * compareNames(a, b));
  const figures = new Map(rows.map((row) => [row, figureOf(row, by)]));
  return [...rows].sort((a, b) => {
    const [x, y] = [figures.get(a)!, figures.get(b)!];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return direction * (y - x) || compareNames(a, b);
  });
}

function compareNames(a: WatchRow, b: WatchRow): number {
  if (a.venue !== b.venue) return a.venue < b.venue ? -1 : 1;
  return (a.name ?? a.symbol).localeCompare(b.name ?? b.symbol, 'en', { numeric: true });
}

/** NaN: it has none. */
function figureOf({ quote, changesPerSecond }: WatchRow, by: Exclude<SortBy, 'symbol'>): number {
  const { last, changePercent, volume } = quote;
  switch (by) {
    case 'rate':
      return changesPerSecond;
    case 'last':
      return last === null ? Number.NaN : Number(last);
    case 'change':
      return changePercent === null ? Number.NaN : Number(changePercent);
    case 'volume':
      return volume === null ? Number.NaN : Number(volume);
    case 'spread':
      return spreadBps(quote) ?? Number.NaN;
  }
}

/** The spread in hundredths of a percent of the middle: what makes symbols comparable. */
export function spreadBps({ bid, ask }: Pick<WatchRow['quote'], 'bid' | 'ask'>): number | undefined {
  if (bid === null || ask === null) return undefined;
  const middle = (Number(bid) + Number(ask)) / 2;
  return middle > 0 ? ((Number(ask) - Number(bid)) / middle) * 10_000 : undefined;
}
