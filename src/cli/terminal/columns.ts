import { displayWidth, fitText } from './display-width.ts';
import { type Line, type Span, type Style, span } from './styled-text.ts';

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Columns of the terminal that it takes at least. */
  readonly least: number;
  /** The highest is dropped first where not all fit; 0: never. */
  readonly dispensable: number;
  cell(row: Row): string;
  style?(row: Row): Style | undefined;
}

const GAP = 2;

/** A column, and how wide it is drawn. */
export interface FittedColumn<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

/**
 * Columns as wide as what is in them, and no more of them than fit.
 *
 * @param rows what is shown
 * @param columns the terminal's
 */
export function fitColumns<Row>(
  all: readonly Column<Row>[],
  rows: readonly Row[],
  columns: number,
): FittedColumn<Row>[] {
  let fitted = all.map((column) => ({ column, width: widthOf(column, rows) }));
  const total = () => fitted.reduce((sum, { width }) => sum + width + GAP, -GAP);
  while (total() > columns) {
    const first = Math.max(...fitted.map(({ column }) => column.dispensable));
    if (first <= 0) break;
    fitted = fitted.filter(({ column }) => column.dispensable !== first);
  }
  return fitted;
}

/** @param marked the title that is marked, and how */
export function headLine<Row>(
  columns: readonly FittedColumn<Row>[],
  marked: { readonly title: string; readonly mark: string } | undefined,
): Line {
  return joined(columns, ({ column, width }) => {
    const { title, align } = column;
    const mark = marked?.title === title ? marked.mark : '';
    return span(fitText(title + mark, width, align), mark ? 'title' : 'dim');
  });
}

export function rowLine<Row>(columns: readonly FittedColumn<Row>[], row: Row): Line {
  return joined(columns, ({ column, width }) =>
    span(fitText(column.cell(row), width, column.align), column.style?.(row)),
  );
}

function joined<Row>(
  columns: readonly FittedColumn<Row>[],
  cell: (column: FittedColumn<Row>) => Span,
): Span[] {
  const gap = span(' '.repeat(GAP));
  return columns.flatMap((column, nth) => (nth === 0 ? [cell(column)] : [gap, cell(column)]));
}

function widthOf<Row>(column: Column<Row>, rows: readonly Row[]): number {
  // Room for the mark of a column that is sorted by.
  const title = displayWidth(column.title) + 1;
  return rows.reduce(
    (width, row) => Math.max(width, displayWidth(column.cell(row))),
    Math.max(column.least, title),
  );
}
