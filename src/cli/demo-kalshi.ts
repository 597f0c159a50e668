import { ArgumentError } from '../errors.ts';
import { KalshiFeed } from '../kalshi/index.ts';
import { ServedKalshi } from '../serve/venues/kalshi/feed.ts';
import type { KalshiSimulatorStats } from '../sim/index.ts';
import { demoDashboard } from './demo-dashboard.ts';
import { KalshiTable } from './demo-kalshi-table.ts';
import { countRecords, DemoRates, figureLines, type RunFigures } from './demo-rates.ts';
import { draw, endOfRun, parseDemo, positive, whole } from './demo-run.ts';
import { SimulatorProcess } from './simulator-process.ts';

const HELP = `Usage: tickring demo --venue kalshi [options]

Streams order books, tickers and trades of Kalshi's markets from a simulator in a process of its own, which now and then loses a
few messages, and shows YES and NO ladders and spreads, once a second. The numbers of all subscriptions are checked; when one is
missing, its books are not trusted until new snapshots have come. Ctrl-C ends it.

  --seconds N      end by itself after N seconds
  --rate N|max     market events a second that the simulator offers (default 5000)
  --markets A,B    only these markets
  --json           print one JSON object at the end, and no table
  --live           the real service, as KALSHI_ENV (demo or prod), KALSHI_API_KEY_ID and KALSHI_PRIVATE_KEY_PATH in the
                   environment say; needs --markets
  --help           this text

Exit codes: 0 when it was ended, by --seconds, SIGINT, SIGTERM or the reader of its output; 1 when it failed; 2 when it was called
wrongly.
`;

/** What Kalshi's simulator says when it listens. */
interface Greeting {
  readonly url: string;
  readonly keyId: string;
  readonly privateKey: string;
  readonly tickers: readonly string[];
}

type KalshiProcess = SimulatorProcess<Greeting, KalshiSimulatorStats>;

/** Where to connect, and what to ask for. */
interface Source {
  readonly connect: () => KalshiFeed;
  readonly markets: readonly string[];
  readonly simulator: KalshiProcess | undefined;
}

/** What `--json` prints. */
export interface KalshiDemoResult extends RunFigures {
  /** Book messages whose number was the one that was due, gaps, and times that all books stood again after some. */
  checked: number;
  gaps: number;
  recoveries: number;
  /** Books that are right now, as far as can be checked. */
  trusted: number;
  books: number;
  connections: number;
}

/**
 * `tickring demo --venue kalshi`. Runs until `--seconds` are over, or SIGINT or SIGTERM.
 *
 * @throws ArgumentError for arguments that cannot be used; KeyError
 */
export async function kalshiDemo(args: string[]): Promise<void> {
  const values = parseDemo(args, { markets: { type: 'string' } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const seconds =
    values.seconds === undefined ? Number.POSITIVE_INFINITY : positive('seconds', values.seconds);
  const rate = values.rate ?? '5000';
  if (rate !== 'max') positive('rate', rate);
  const named = values.markets?.split(',');
  const source = values.live ? liveSource(named) : await simulatedSource(rate, named);
  if (!values.json) {
    const where = values.live ? 'the real service' : `the simulator on ${source.simulator?.greeting.url}`;
    console.log(`streaming books, tickers and trades of ${source.markets.length} markets from ${where}`);
  }
  try {
    const result = await run(source, seconds, values.json ?? false);
    console.log(values.json ? JSON.stringify(result) : summary(result));
  } finally {
    await source.simulator?.stop();
  }
}

async function run(source: Source, seconds: number, quiet: boolean): Promise<KalshiDemoResult> {
  const { markets } = source;
  await using feed = source.connect();
  if (!quiet) feed.on('error', (error) => console.error(error.message));
  const tally = { records: 0 };
  const reader = feed.reader();
  await feed.start();
  const reading = countRecords(reader, tally);
  await feed.subscribe({ channel: 'orderbook_delta', markets });
  await feed.subscribe({ channel: 'ticker', markets, sendInitialSnapshot: true });
  await feed.subscribe({ channel: 'trade', markets });
  await using _ = quiet
    ? undefined
    : await demoDashboard(
        'kalshi',
        async (_, tell) => new ServedKalshi(feed, [], source.simulator && 'elsewhere', tell),
      );
  // Snapshots come all at once, to code that is still cold: that is not what is measured.
  reader.resetLatency();

  const rates = new DemoRates(() => feed.stats(), tally);
  const view = new KalshiTable(feed, markets, rates);
  const ended = endOfRun(seconds);
  const table = quiet ? undefined : setInterval(() => draw(view.lines()), 1000);
  await ended;
  clearInterval(table);
  const stats = feed.stats();
  const result: KalshiDemoResult = {
    ...rates.figures(),
    checked: stats.booksMatched,
    gaps: stats.gaps,
    recoveries: stats.resynced,
    trusted: feed.summary().trusted,
    books: markets.length,
    connections: feed.states.filter((state) => state === 'subscribed' || state === 'resyncing').length,
  };
  reader.close();
  await reading;
  return result;
}

function summary(result: KalshiDemoResult): string {
  const { checked, gaps, recoveries, trusted, books } = result;
  const [first, last] = figureLines(result);
  return [
    '',
    first,
    `${whole(checked)} book messages in order, ${gaps} gaps, ${recoveries} recoveries; ${trusted} of ${books} books right at the end`,
    last,
  ].join('\n');
}

async function simulatedSource(rate: string, named: readonly string[] | undefined): Promise<Source> {
  // Loses a few messages in a row every two seconds: of tickers, which are not numbered, nobody would notice one.
  const faults = ['--fault', 'drop=5@2/2'];
  const simulator: KalshiProcess = await SimulatorProcess.start(['kalshi', '--rate', rate, ...faults]);
  const { url, keyId, privateKey, tickers } = simulator.greeting;
  return {
    connect: () => new KalshiFeed({ url, keyId, privateKey }),
    markets: named ?? tickers,
    simulator,
  };
}

function liveSource(markets: readonly string[] | undefined): Source {
  if (!markets) throw new ArgumentError('--live needs --markets: order books are streamed by market only');
  return { connect: () => KalshiFeed.fromEnv(), markets, simulator: undefined };
}
