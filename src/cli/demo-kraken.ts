import { KrakenFeed, type KrakenFeedOptions } from '../kraken/index.ts';
import { ServedKraken } from '../serve/venues/kraken/feed.ts';
import type { KrakenSimulatorStats } from '../sim/index.ts';
import { demoDashboard } from './demo-dashboard.ts';
import { KrakenTable } from './demo-kraken-table.ts';
import { countRecords, DemoRates, figureLines, type RunFigures } from './demo-rates.ts';
import { draw, endOfRun, parseDemo, positive, whole } from './demo-run.ts';
import { SimulatorProcess } from './simulator-process.ts';

const HELP = `Usage: tickring demo --venue kraken [options]

Streams order books, tickers and trades of Kraken's pairs from a simulator in a process of its own, which now and then loses an
update, and shows ladders and spreads, once a second. Every book message is checked; a book that fails is mended. Ctrl-C ends it.

  --seconds N      end by itself after N seconds
  --rate N|max     market events a second that the simulator offers (default 20000)
  --symbols A,B    only these pairs
  --depth N        levels a side: 10, 25, 100, 500 or 1000 (default 25)
  --json           print one JSON object at the end, and no table
  --live           the real public service; no key is needed
  --help           this text

Exit codes: 0 when it was ended, by --seconds, SIGINT, SIGTERM or the reader of its output; 1 when it failed; 2 when it was called
wrongly.
`;

/** Of the real service, if none are named. */
const LIVE_SYMBOLS = [
  'BTC/USD',
  'ETH/USD',
  'SOL/USD',
  'XRP/USD',
  'DOGE/USD',
  'ADA/USD',
  'LTC/USD',
  'LINK/USD',
];

/** What Kraken's simulator says when it listens. */
interface Greeting {
  readonly url: string;
  readonly symbols: readonly string[];
}

type KrakenProcess = SimulatorProcess<Greeting, KrakenSimulatorStats>;

/** Where to connect, and what to ask for. */
interface Source {
  readonly options: KrakenFeedOptions;
  readonly symbols: readonly string[];
  readonly simulator: KrakenProcess | undefined;
}

/** What `--json` prints. */
export interface KrakenDemoResult extends RunFigures {
  /** Book messages whose checksum matched and failed, books that were asked for anew, and those that stand again. */
  checked: number;
  failed: number;
  resyncs: number;
  resynced: number;
  /** Books that are right now, as far as can be checked. */
  trusted: number;
  books: number;
  connections: number;
}

/**
 * `tickring demo --venue kraken`. Runs until `--seconds` are over, or SIGINT or SIGTERM.
 *
 * @throws ArgumentError for arguments that cannot be used
 */
export async function krakenDemo(args: string[]): Promise<void> {
  const values = parseDemo(args, { symbols: { type: 'string' }, depth: { type: 'string' } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const seconds =
    values.seconds === undefined ? Number.POSITIVE_INFINITY : positive('seconds', values.seconds);
  const rate = values.rate ?? '20000';
  if (rate !== 'max') positive('rate', rate);
  const depth = values.depth === undefined ? 25 : positive('depth', values.depth);
  const source = values.live ? liveSource() : await simulatedSource(rate);
  const symbols = values.symbols?.split(',') ?? source.symbols;
  if (!values.json) {
    const where = values.live ? 'the real service' : `the simulator on ${source.simulator?.greeting.url}`;
    console.log(`streaming books, tickers and trades of ${symbols.length} pairs from ${where}`);
  }
  try {
    const result = await run({ ...source, symbols }, depth, seconds, values.json ?? false);
    console.log(values.json ? JSON.stringify(result) : summary(result));
  } finally {
    await source.simulator?.stop();
  }
}

async function run(
  source: Source,
  depth: number,
  seconds: number,
  quiet: boolean,
): Promise<KrakenDemoResult> {
  const { options, symbols } = source;
  await using feed = new KrakenFeed(options);
  if (!quiet) feed.on('error', (error) => console.error(error.message));
  const tally = { records: 0 };
  const reader = feed.reader();
  await feed.start();
  const reading = countRecords(reader, tally);
  await feed.subscribe({ channel: 'book', symbols, depth: depth as 10 });
  await feed.subscribe({ channel: 'ticker', symbols });
  await feed.subscribe({ channel: 'trade', symbols });
  await using _ = quiet
    ? undefined
    : await demoDashboard(
        'kraken',
        async (_, tell) => new ServedKraken(feed, depth as 10, [], source.simulator && 'elsewhere', tell),
      );
  // Snapshots come all at once, to code that is still cold: that is not what is measured.
  reader.resetLatency();

  const rates = new DemoRates(() => feed.stats(), tally);
  const view = new KrakenTable(feed, symbols, rates);
  const ended = endOfRun(seconds);
  const table = quiet ? undefined : setInterval(() => draw(view.lines()), 1000);
  await ended;
  clearInterval(table);
  const stats = feed.stats();
  const result: KrakenDemoResult = {
    ...rates.figures(),
    checked: stats.booksMatched,
    failed: stats.booksFailed,
    resyncs: stats.resyncs,
    resynced: stats.resynced,
    trusted: symbols.filter((symbol) => feed.book(symbol).trusted).length,
    books: symbols.length,
    connections: feed.states.filter((state) => state === 'subscribed' || state === 'resyncing').length,
  };
  reader.close();
  await reading;
  return result;
}

function summary(result: KrakenDemoResult): string {
  const { checked, failed, resynced, trusted, books } = result;
  const [first, last] = figureLines(result);
  return [
    '',
    first,
    `${whole(checked)} checksums matched, ${failed} failed, ${resynced} books mended; ${trusted} of ${books} right at the end`,
    last,
  ].join('\n');
}

async function simulatedSource(rate: string): Promise<Source> {
  // Loses an update of each connection every two seconds: some are undone by the next one, the others are found.
  const faults = ['--fault', 'drop@2/2'];
  const simulator: KrakenProcess = await SimulatorProcess.start(['kraken', '--rate', rate, ...faults]);
  const { url, symbols } = simulator.greeting;
  return { options: { url }, symbols, simulator };
}

function liveSource(): Source {
  return { options: {}, symbols: LIVE_SYMBOLS, simulator: undefined };
}
