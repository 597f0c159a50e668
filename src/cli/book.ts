import { ArgumentError, ConnectionError } from '../errors.ts';
import { BookView } from './book/book-view.ts';
import { readCommandLine } from './command-line.ts';
import { LIVE_HELP, LIVE_OPTIONS, liveOptions } from './live-options.ts';
import { showLive } from './terminal/live-view.ts';
import { chooseVenues, SYMBOL_HELP, VENUE_HELP, VENUE_OPTIONS, wholeOption } from './venue-choice.ts';
import { VenueSession } from './venue-session.ts';

const HELP = `Usage: tickring book SYMBOL [options]

The order book of one symbol as a live ladder: asks above, bids below, cumulative quantities with bars, spread, middle and
imbalance between them; above it whether the book is right, by the venue's checksum where it has one, and how the feed is doing.

${SYMBOL_HELP}

${VENUE_HELP}
  --levels N       levels a side, at most (default 25); as many as there is room for on a terminal
${LIVE_HELP}
  --help           this text

On a terminal it looks ten times a second. Space holds it still; q, Esc and Ctrl-C quit. Elsewhere it prints one ladder after the
other, without escape sequences. Colours: none if NO_COLOR is set.

Exit codes: 0 when it was ended, by a key, SIGINT, SIGTERM, --seconds or the reader of its output; 1 when it failed, or --once had
no book; 2 when it was called wrongly.
`;

const OPTIONS = { ...VENUE_OPTIONS, ...LIVE_OPTIONS, levels: { type: 'string' } } as const;

/** Between looks on a terminal, ms. */
const INTERVAL = 100;
const LEVELS = 25;

/**
 * `tickring book`.
 *
 * @param args what follows `book` on the command line
 * @throws ArgumentError for arguments that cannot be used; ConnectionError when `--once` had no book
 */
export async function bookCommand(args: string[]): Promise<void> {
  const line = readCommandLine('book', HELP, args, OPTIONS);
  if (!line) return;
  const { values, symbols } = line;
  if (symbols.length !== 1) {
    throw new ArgumentError(`name one symbol, not ${symbols.length} (see tickring book --help)`);
  }
  const levels = values.levels === undefined ? LEVELS : wholeOption('levels', values.levels, 1, 1000);
  const options = liveOptions(values, INTERVAL);
  await using session = await VenueSession.open(chooseVenues(values, symbols));
  session.readRecords();
  await session.start();
  const [symbol] = session.symbols();
  if (!symbol) throw new ConnectionError(session.notice ?? `${symbols[0]} is not subscribed to`);
  const complete = await showLive(new BookView(session, symbol, levels), options);
  if (options.once && !complete)
    throw new ConnectionError(session.notice ?? `no book of ${symbols[0]} has come`);
}
