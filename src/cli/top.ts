import { ArgumentError, ConnectionError } from '../errors.ts';
import { readCommandLine } from './command-line.ts';
import { LIVE_HELP, LIVE_OPTIONS, liveOptions } from './live-options.ts';
import { showLive } from './terminal/live-view.ts';
import { SORTS, type SortBy } from './top/sort-rows.ts';
import { TopView } from './top/top-view.ts';
import { chooseVenues, SYMBOL_HELP, VENUE_HELP, VENUE_OPTIONS } from './venue-choice.ts';
import { VenueSession } from './venue-session.ts';

const HELP = `Usage: tickring top [SYMBOL…] [options]

A live table over the whole terminal: how each feed is doing (states of its connections, ticks a second, latency, lag, what was
lost), and for each symbol last price, change, best bid and ask, spread, volume, changes a second and whether its book is right.
Without symbols: all that the venues have, up to 300 of each. Without --venue: all venues.

${SYMBOL_HELP}

${VENUE_HELP}
  --sort COLUMN    ${SORTS.join(', ')} (default symbol)
  --reverse        the other way round
${LIVE_HELP}
  --help           this text

On a terminal it looks twice a second. Keys: s l c v p t sort, r turns that round, Tab changes the venue, arrows and pages scroll,
Space holds still, ? says so; q, Esc and Ctrl-C quit. Elsewhere it prints one table after the other, without escape sequences.
Colours: none if NO_COLOR is set.

Exit codes: 0 when it was ended, by a key, SIGINT, SIGTERM, --seconds or the reader of its output; 1 when it failed, or --once had
not everything; 2 when it was called wrongly.
`;

const OPTIONS = {
  ...VENUE_OPTIONS,
  ...LIVE_OPTIONS,
  sort: { type: 'string' },
  reverse: { type: 'boolean' },
} as const;

/** Between looks on a terminal, ms. */
const INTERVAL = 500;

/**
 * `tickring top`.
 *
 * @param args what follows `top` on the command line
 * @throws ArgumentError for arguments that cannot be used; ConnectionError when `--once` had not everything
 */
export async function topCommand(args: string[]): Promise<void> {
  const line = readCommandLine('top', HELP, args, OPTIONS);
  if (!line) return;
  const { values, symbols } = line;
  const sorting = { by: sortingOf(values.sort ?? 'symbol'), reversed: values.reverse ?? false };
  const options = liveOptions(values, INTERVAL);
  const choice = chooseVenues(values, symbols.length > 0 ? symbols : undefined);
  await using session = await VenueSession.open(choice);
  session.readRecords();
  await session.start();
  const complete = await showLive(new TopView(session, sorting), options);
  if (options.once && !complete) throw new ConnectionError(session.notice ?? 'not every symbol has come');
}

function sortingOf(text: string): SortBy {
  const by = SORTS.find((each) => each === text);
  if (by) return by;
  throw new ArgumentError(`--sort is one of ${SORTS.join(', ')}; not "${text}"`);
}
