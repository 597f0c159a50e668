import { bigintText, parseDecimal } from '../../memory/decimal.ts';
import type { Level } from '../../serve/venues/venue-reading.ts';
import { displayWidth, fitText } from '../terminal/display-width.ts';
import { type Line, plain, span } from '../terminal/styled-text.ts';

/** A level, with what lies between it and the other side. Decimals are text with all their digits. */
export interface LadderRow {
  readonly price: string;
  readonly quantity: string;
  readonly orders: number | undefined;
  readonly cumulative: string;
}

/** How wide each column is; `orders` 0: there is none. */
export interface LadderLayout {
  readonly price: number;
  readonly quantity: number;
  readonly orders: number;
  readonly cumulative: number;
  readonly bar: number;
  /** The quantity of the longest bar. */
  readonly most: number;
}

const GAP = '  ';
/** Of the longest bar. */
const MOST_BAR = 60;
/** Eighths of a block, so that small differences show. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/**
 * Sums are exact: of integers, in the finest scale that a quantity of the side has.
 *
 * @param levels of one side, best first
 */
export function ladderRows(levels: readonly Level[]): LadderRow[] {
  const quantities = levels.map(([, quantity]) => parseDecimal(quantity));
  const finest = Math.max(0, ...quantities.map(({ scale }) => scale));
  let sum = 0n;
  return levels.map(([price, quantity, orders], nth) => {
    const { integer, scale } = quantities[nth]!;
    sum += integer * 10n ** BigInt(finest - scale);
    return { price, quantity, orders, cumulative: bigintText(sum, finest) };
  });
}

/**
 * @param rows of both sides
 * @param columns of the terminal; what the figures leave is the bars'
 */
export function ladderLayout(rows: readonly LadderRow[], columns: number): LadderLayout {
  const widest = (title: string, text: (row: LadderRow) => string) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(text(row))), title.length);
  const price = widest('price', (row) => row.price);
  const quantity = widest('quantity', (row) => row.quantity);
  const hasOrders = rows.some(({ orders }) => orders !== undefined);
  const orders = hasOrders ? widest('orders', (row) => String(row.orders ?? '')) : 0;
  const cumulative = widest('cumulative', (row) => row.cumulative);
  const figures = [price, quantity, orders, cumulative].filter((width) => width > 0);
  const taken = figures.reduce((sum, width) => sum + width + GAP.length, 0);
  const bar = Math.max(0, Math.min(MOST_BAR, columns - taken));
  const most = rows.reduce((largest, row) => Math.max(largest, Number(row.cumulative)), 0);
  return { price, quantity, orders, cumulative, bar, most };
}

export function titleLine({ price, quantity, orders, cumulative }: LadderLayout): Line {
  const titles = [fitText('price', price, 'right'), fitText('quantity', quantity, 'right')];
  if (orders > 0) titles.push(fitText('orders', orders, 'right'));
  return plain([...titles, fitText('cumulative', cumulative, 'right')].join(GAP), 'dim');
}

export function ladderLine(row: LadderRow, side: 'bid' | 'ask', layout: LadderLayout): Line {
  const orders = layout.orders > 0 ? GAP + fitText(String(row.orders ?? ''), layout.orders, 'right') : '';
  const share = layout.most > 0 ? Number(row.cumulative) / layout.most : 0;
  return [
    span(fitText(row.price, layout.price, 'right'), side),
    span(`${GAP}${fitText(row.quantity, layout.quantity, 'right')}${orders}`),
    span(GAP + fitText(row.cumulative, layout.cumulative, 'right'), 'dim'),
    span(GAP + barText(share, layout.bar), side === 'bid' ? 'bidBar' : 'askBar'),
  ];
}

/** @param share of the longest, 0…1 */
function barText(share: number, columns: number): string {
  const eighths = Math.round(share * columns * 8);
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7];
}
