import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { ArgumentError, TickringError } from '../errors.ts';
import { readCommandLine } from './command-line.ts';
import { positive } from './demo-run.ts';
import { Interruption } from './interruption.ts';
import { FORMATS, type FormatName } from './stream/formats.ts';
import type { FromStream, StreamTask } from './stream/stream-worker.ts';
import { chooseVenues, SYMBOL_HELP, VENUE_HELP, VENUE_OPTIONS, wholeOption } from './venue-choice.ts';
import { VenueSession } from './venue-session.ts';

const HELP = `Usage: tickring stream SYMBOL… [options]

Every record of these symbols to standard output, a line each: prices and quantities are text with all their digits, times ms since
the epoch. What goes wrong with a feed goes to standard error.

${SYMBOL_HELP}

${VENUE_HELP}
  --format FORMAT  ndjson: an object a record, with all that it has; csv: what records of all kinds have in common (default ndjson)
  --kind KIND      only records of this kind: tick, ticker, trade, book, gap …; may be given more than once
  --count N        end after N records
  --seconds N      end after N seconds
  --help           this text

Whoever reads slowly is waited for, by a thread that nothing else waits for: the feed goes on, and no more than 64 KiB wait. Records
that are overwritten meanwhile (a ring holds thousands) are counted, where they are missing: a line
{"kind":"lagged","venue":"kite","missed":12}, or in CSV the last column, lagged.

Exit codes: 0 when it was ended, by --count, --seconds, SIGINT, SIGTERM or the reader of its output (EPIPE); 1 when it failed; 2 when
it was called wrongly.
`;

const OPTIONS = {
  ...VENUE_OPTIONS,
  format: { type: 'string' },
  kind: { type: 'string', multiple: true },
  count: { type: 'string' },
  seconds: { type: 'string' },
} as const;

const WORKER = new URL('./stream/stream-worker.js', import.meta.url);

/** So long, ms, a reader of the output may take for what is being written when all ends. */
const LAST_WRITE = 1000;

/**
 * `tickring stream`.
 *
 * @param args what follows `stream` on the command line
 * @throws ArgumentError for arguments that cannot be used; TickringError when the output cannot be written
 */
export async function streamCommand(args: string[]): Promise<void> {
  const line = readCommandLine('stream', HELP, args, OPTIONS);
  if (!line) return;
  const { values, symbols } = line;
  if (symbols.length === 0) throw new ArgumentError('name a symbol (see tickring stream --help)');
  const format = formatOf(values.format ?? 'ndjson');
  const count =
    values.count === undefined
      ? Number.POSITIVE_INFINITY
      : wholeOption('count', values.count, 1, 2 ** 53 - 1);
  const seconds =
    values.seconds === undefined ? Number.POSITIVE_INFINITY : positive('seconds', values.seconds);
  const choice = chooseVenues(values, symbols);
  using interruption = new Interruption(seconds);
  await using session = await VenueSession.open(choice, (notice) => {
    process.stderr.write(`tickring stream: ${notice}\n`);
  });
  const venues = session.venues.map(({ venue, feed }) => ({ venue, handle: feed.handle }));
  const workerData: StreamTask = { venues, format, kinds: values.kind, count };
  await write(workerData, session, interruption.signal);
}

function formatOf(text: string): FormatName {
  if (Object.hasOwn(FORMATS, text)) return text as FormatName;
  throw new ArgumentError(`--format is one of ${Object.keys(FORMATS).join(', ')}; not "${text}"`);
}

async function write(workerData: StreamTask, session: VenueSession, signal: AbortSignal): Promise<void> {
  const worker = new Worker(WORKER, { workerData, name: 'tickring-stream' });
  try {
    const [first] = (await once(worker, 'message')) as [FromStream];
    if (first.type !== 'reading') return check(first);
    const outcome = once(worker, 'message') as Promise<[FromStream]>;
    // It is waited for below; a failure meanwhile is no unhandled one.
    outcome.catch(() => {});
    await session.start();
    const stopped = stop(worker, signal);
    const last = await Promise.race([outcome, stopped]);
    if (last) check(last[0]);
  } finally {
    await worker.terminate();
  }
}

/** Once it is interrupted, has the worker end with a whole line. */
async function stop(worker: Worker, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  worker.postMessage('stop');
  await delay(LAST_WRITE, undefined, { ref: false });
}

/** @throws TickringError when the output cannot be written; not when nobody reads it any more */
function check(told: FromStream): void {
  if (told.type !== 'failed' || told.code === 'EPIPE') return;
  throw new TickringError('ERR_TICKRING_OUTPUT', `standard output: ${told.message}`);
}
