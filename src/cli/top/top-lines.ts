import { shortCount, timeOfDay } from '../figures.ts';
import { type Column, fitColumns, headLine, rowLine } from '../terminal/columns.ts';
import type { ViewSize } from '../terminal/live-view.ts';
import { type Line, plain, type Style, span } from '../terminal/styled-text.ts';
import { type VenueFigures, venueLines } from '../venue-figures.ts';
import { type SortBy, type Sorting, spreadBps } from './sort-rows.ts';
import type { WatchRow } from './watch-list.ts';

/** All that `tickring top` shows. */
export interface TopState {
  /** ms since the epoch */
  readonly at: number;
  readonly venues: readonly VenueFigures[];
  /** Sorted. */
  readonly rows: readonly WatchRow[];
  readonly sorting: Sorting;
  /** Only this venue's rows; undefined: all. */
  readonly only: string | undefined;
  /** Rows above the first that is shown. */
  readonly scrolled: number;
  readonly paused: boolean;
  readonly help: boolean;
  readonly notice: string | undefined;
}

const STATE_STYLES: Readonly<Record<string, Style>> = {
  snapshot: 'dim',
  empty: 'dim',
  resyncing: 'warning',
  degraded: 'bad',
};

const COLUMNS: readonly Column<WatchRow>[] = [
  column(
    'venue',
    'left',
    7,
    6,
    ({ venue }) => venue,
    () => 'dim',
  ),
  column(
    'symbol',
    'left',
    9,
    0,
    ({ name, symbol }) => name ?? symbol,
    () => 'title',
  ),
  column(
    'last',
    'right',
    10,
    0,
    ({ quote }) => quote.last ?? '–',
    ({ moved }) => movedStyle(moved),
  ),
  column(
    'change',
    'right',
    7,
    2,
    ({ quote }) => percentText(quote.changePercent),
    ({ quote }) => movedStyle(Number(quote.changePercent)),
  ),
  column(
    'bid qty',
    'right',
    9,
    7,
    ({ quote }) => quote.bidQuantity ?? '–',
    () => 'dim',
  ),
  column('bid', 'right', 10, 1, ({ quote }) => quote.bid ?? '–'),
  column('ask', 'right', 10, 1, ({ quote }) => quote.ask ?? '–'),
  column(
    'ask qty',
    'right',
    9,
    7,
    ({ quote }) => quote.askQuantity ?? '–',
    () => 'dim',
  ),
  column('spread', 'right', 8, 5, ({ quote }) => bpsText(spreadBps(quote))),
  column('volume', 'right', 8, 8, ({ quote }) =>
    quote.volume === null ? '–' : shortCount(Number(quote.volume)),
  ),
  column('ticks/s', 'right', 7, 3, ({ changesPerSecond }) => shortCount(changesPerSecond)),
  column('book', 'left', 9, 4, bookText, ({ quote }) => (quote.trusted ? 'good' : STATE_STYLES[quote.state])),
];

/** Which column says by what is sorted. */
const TITLES: Readonly<Record<SortBy, string>> = {
  symbol: 'symbol',
  last: 'last',
  change: 'change',
  volume: 'volume',
  spread: 'spread',
  rate: 'ticks/s',
};

const HELP: readonly (readonly [keys: string, what: string])[] = [
  ['s', 'sort by symbol'],
  ['l', 'last price'],
  ['c', 'change'],
  ['v', 'volume'],
  ['p', 'spread'],
  ['t', 'ticks a second'],
  ['r', 'the other way round'],
  ['Tab', 'one venue, the next, all'],
  ['↑ ↓ PgUp PgDn Home End', 'scroll'],
  ['Space', 'hold still'],
  ['?', 'these keys'],
  ['q Esc Ctrl-C', 'quit'],
];

/** So many rows of the table there is room for. */
export function roomForRows(state: TopState, { rows }: ViewSize): number {
  return Math.max(1, rows - headLines(state).length - 1 - footLines(state).length);
}

/** The table as lines, as many as there is room for. Pure. */
export function topLines(state: TopState, size: ViewSize): Line[] {
  const first = state.scrolled;
  const shown = state.rows.slice(first, first + roomForRows(state, size));
  const fitted = fitColumns(COLUMNS, shown, size.columns);
  const { by, reversed } = state.sorting;
  const mark = (by === 'symbol') === reversed ? '▾' : '▴';
  return [
    ...headLines(state),
    headLine(fitted, { title: TITLES[by], mark }),
    ...shown.map((row) => rowLine(fitted, row)),
    ...footLines(state),
  ];
}

function headLines({ venues, at, paused, only, notice, rows }: TopState): Line[] {
  const what = only === undefined ? 'all venues' : only;
  return [
    [
      span('tickring top', 'title'),
      span(`  ${timeOfDay(at)} UTC  ${rows.length} symbols, ${what}`, 'dim'),
      span(paused ? '  held still' : '', 'warning'),
    ],
    ...venues.flatMap(venueLines),
    ...(notice === undefined ? [] : [plain(notice, 'warning')]),
    [],
  ];
}

function footLines({ help }: TopState): Line[] {
  if (!help) return [];
  return [[], ...HELP.map(([keys, what]) => [span(keys.padStart(24), 'key'), span(`  ${what}`)])];
}

function column(
  title: string,
  align: 'left' | 'right',
  least: number,
  dispensable: number,
  cell: (row: WatchRow) => string,
  style: (row: WatchRow) => Style | undefined = () => undefined,
): Column<WatchRow> {
  return { title, align, least, dispensable, cell, style };
}

function movedStyle(direction: number): Style | undefined {
  if (direction > 0) return 'up';
  return direction < 0 ? 'down' : undefined;
}

function percentText(percent: string | null): string {
  if (percent === null) return '–';
  return Number(percent) > 0 ? `+${percent} %` : `${percent} %`;
}

function bpsText(bps: number | undefined): string {
  return bps === undefined ? '–' : `${bps.toFixed(2)} bp`;
}

function bookText({ quote }: WatchRow): string {
  return quote.trusted && quote.state === 'live' ? 'right' : quote.state;
}
