import type { VenueFacts } from '../../serve/venues/venue-facts.ts';
import type { Depth } from '../../serve/venues/venue-reading.ts';
import { shortCount, timeOfDay } from '../figures.ts';
import type { ViewSize } from '../terminal/live-view.ts';
import { type Line, plain, type Style, span } from '../terminal/styled-text.ts';
import { type VenueFigures, venueLines } from '../venue-figures.ts';
import { type LadderRow, ladderLayout, ladderLine, ladderRows, titleLine } from './ladder.ts';

/** All that `tickring book` shows. */
export interface BookState {
  /** ms since the epoch */
  readonly at: number;
  readonly name: string | null;
  readonly checkedBy: VenueFacts['checkedBy'];
  readonly depth: Depth;
  readonly changesPerSecond: number;
  readonly venue: VenueFigures;
  readonly paused: boolean;
  readonly notice: string | undefined;
}

const STATE_STYLES: Readonly<Record<string, Style>> = {
  live: 'good',
  snapshot: 'warning',
  resyncing: 'warning',
  degraded: 'bad',
};

/** The ladder as lines: asks above, best price next to the spread, bids below. Pure. */
export function bookLines(state: BookState, size: ViewSize): Line[] {
  const head = headLines(state);
  // The table's head, and the spread between the sides.
  const room = Math.max(1, Math.floor((size.rows - head.length - 2) / 2));
  const bids = ladderRows(state.depth.bids.slice(0, room));
  const asks = ladderRows(state.depth.asks.slice(0, room));
  if (bids.length === 0 && asks.length === 0) return [...head, plain('the book is empty', 'dim')];
  const layout = ladderLayout([...bids, ...asks], size.columns);
  return [
    ...head,
    titleLine(layout),
    ...asks.map((row) => ladderLine(row, 'ask', layout)).reverse(),
    spreadLine(state.depth, bids, asks),
    ...bids.map((row) => ladderLine(row, 'bid', layout)),
  ];
}

function headLines({
  depth,
  name,
  checkedBy,
  at,
  changesPerSecond,
  venue,
  paused,
  notice,
}: BookState): Line[] {
  const { symbol, last, changePercent, volume, state, trusted, check, epoch, asOf } = depth;
  const change = changePercent === null ? '' : ` (${changePercent} %)`;
  const age = asOf === null ? '' : `  as of ${timeOfDay(asOf)}`;
  return [
    [
      span(name === null ? symbol : `${name} ${symbol}`, 'title'),
      span(`  ${venue.venue}`, 'dim'),
      span(last === null ? '' : `  last ${last}${change}`, directionStyle(Number(changePercent))),
      span(volume === null ? '' : `  volume ${volume}`),
      span(paused ? '  held still' : '', 'warning'),
    ],
    [
      span(trusted ? '✓ right' : `✗ ${state}`, trusted ? 'good' : (STATE_STYLES[state] ?? 'dim')),
      span(trusted && state !== 'live' ? ` (${state})` : '', 'dim'),
      ...(checkedBy === 'sequence' ? sequenceSpans(check) : checkSpans(check)),
      span(
        `  epoch ${epoch}  ${shortCount(changesPerSecond)} changes/s${age}  at ${timeOfDay(at)} UTC`,
        'dim',
      ),
    ],
    ...venueLines(venue),
    ...(notice === undefined ? [] : [plain(notice, 'warning')]),
    [],
  ];
}

function checkSpans({ state, expected, computed }: Depth['check']): Line {
  if (state === 'none') return [];
  if (state === 'matched') return [span(`  checksum ${expected ?? ''} matched`, 'good')];
  return [span(`  checksum failed: ${expected} expected, ${computed} computed`, 'bad')];
}

/** A message that is missing leaves a book that cannot be told from a right one, but by its number. */
function sequenceSpans({ state }: Depth['check']): Line {
  if (state === 'none') return [];
  const matched = state === 'matched';
  return [span(matched ? '  no message missing' : '  a message is missing', matched ? 'good' : 'bad')];
}

function spreadLine(
  { spread, spreadBps, mid }: Depth,
  bids: readonly LadderRow[],
  asks: readonly LadderRow[],
): Line {
  if (spread === null) return plain('one side is empty', 'dim');
  const bid = Number(bids.at(-1)?.cumulative ?? 0);
  const ask = Number(asks.at(-1)?.cumulative ?? 0);
  const imbalance = bid + ask > 0 ? (bid - ask) / (bid + ask) : 0;
  const whole = Math.abs(imbalance * 100).toFixed(0);
  const sign = whole === '0' ? '' : imbalance < 0 ? '−' : '+';
  return [
    span(`spread ${spread} (${spreadBps?.toFixed(2) ?? '–'} bp)  mid ${mid ?? '–'}`, 'title'),
    span(`  imbalance ${sign}${whole} %`, imbalance < 0 ? 'ask' : 'bid'),
    span(` of ${bids.length} + ${asks.length} levels`, 'dim'),
  ];
}

function directionStyle(direction: number): Style | undefined {
  if (direction > 0) return 'up';
  return direction < 0 ? 'down' : undefined;
}
