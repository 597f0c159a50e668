/**
 * `npm run example -- NAME`: runs an example against the simulator; no account is needed. Without a name it lists them;
 * `--all` runs all.
 */
import { KalshiSimulator, KiteSimulator, KRAKEN_DEMO_SECRET, KrakenSimulator } from 'tickring/sim';
import type { Example } from './example.ts';
import type { KalshiExample } from './kalshi-example.ts';
import type { KrakenExample } from './kraken-example.ts';

type Load<Kind> = () => Promise<{ run: Kind }>;

const EXAMPLES: Readonly<Record<string, { what: string; run: () => Promise<void> }>> = {
  'single-connection': {
    what: 'a few instruments, tick by tick',
    run: kite(() => import('./single-connection.ts')),
  },
  'portfolio-monitor': {
    what: 'the value of a portfolio, from latest()',
    run: kite(() => import('./portfolio-monitor.ts')),
  },
  'runtime-subscriptions': {
    what: 'subscribe, change modes and unsubscribe while it runs',
    run: kite(() => import('./runtime-subscriptions.ts')),
  },
  'multi-account': {
    what: 'three accounts, nine connections, 27,000 instruments',
    run: kite(() => import('./multi-account.ts')),
  },
  'market-scanner': {
    what: '9,000 instruments conflated: the largest moves',
    run: kite(() => import('./market-scanner.ts')),
  },
  'depth-watcher': { what: 'five levels of an order book', run: kite(() => import('./depth-watcher.ts')) },
  'raw-peek': {
    what: 'frames and packets as they come, without a decoder',
    run: kite(() => import('./raw-peek.ts')),
  },
  'worker-reader': {
    what: 'a strategy on a thread of its own',
    run: kite(() => import('./worker-reader.ts')),
  },
  'blocked-main': {
    what: 'main is blocked, and the sockets are not: io worker',
    run: kite(() => import('./blocked-main.ts')),
  },
  reconnect: {
    what: 'cut connections, expired tokens, and what becomes of them',
    run: kite(() => import('./reconnect.ts')),
  },
  'drop-in': {
    what: 'a program written for kiteconnect, with one import changed',
    run: kite(() => import('./drop-in.ts')),
  },
  'kraken-book': {
    what: 'Kraken: the ladder of an order book',
    run: kraken(() => import('./kraken-book.ts')),
  },
  'kraken-candles': { what: 'Kraken: trades to candles', run: kraken(() => import('./kraken-candles.ts')) },
  'kraken-executions': {
    what: 'Kraken: own orders and balances, put together from sparse reports',
    run: kraken(() => import('./kraken-executions.ts')),
  },
  'kraken-resync': {
    what: 'Kraken: a lost update, found by the checksum and mended',
    run: kraken(() => import('./kraken-resync.ts')),
  },
  'kraken-many-symbols': {
    what: 'Kraken: 300 books over several connections, the tightest spreads',
    run: kraken(() => import('./kraken-many-symbols.ts')),
  },
  'kalshi-market': {
    what: 'Kalshi: one market, YES and NO, and who trades',
    run: kalshi(() => import('./kalshi-market.ts')),
  },
  'kalshi-channels': {
    what: 'Kalshi: several channels at once, public and private',
    run: kalshi(() => import('./kalshi-channels.ts')),
  },
  'kalshi-reconnect': {
    what: 'Kalshi: a connection is lost, and everything comes back',
    run: kalshi(() => import('./kalshi-reconnect.ts')),
  },
  'kalshi-aggregate': {
    what: 'Kalshi: all books together, a gap and its recovery',
    run: kalshi(() => import('./kalshi-aggregate.ts')),
  },
};

/** Runs an example against Kite's simulator. */
function kite(load: Load<Example>): () => Promise<void> {
  return async () => {
    const { run } = await load();
    await using simulator = new KiteSimulator({
      rate: 20_000,
      instruments: 27_000,
      credentials: ['demo', 'second', 'third'].map((apiKey) => ({ apiKey, accessToken: 'demo' })),
    });
    await simulator.listen();
    await run({ url: simulator.url, apiKey: 'demo', accessToken: 'demo', simulator });
  };
}

/** Runs an example against Kraken's. */
function kraken(load: Load<KrakenExample>): () => Promise<void> {
  return async () => {
    const { run } = await load();
    await using simulator = new KrakenSimulator({ rate: 3_000, instruments: 300 });
    await simulator.listen();
    const { url, authUrl, level3Url, restUrl } = simulator;
    const credentials = { apiKey: 'demo', apiSecret: KRAKEN_DEMO_SECRET };
    await run({ options: { url, authUrl, level3Url, restUrl, ...credentials }, simulator });
  };
}

/** Runs an example against Kalshi's. */
function kalshi(load: Load<KalshiExample>): () => Promise<void> {
  return async () => {
    const { run } = await load();
    await using simulator = new KalshiSimulator({ rate: 1_000, markets: 100 });
    await simulator.listen();
    await run({ options: { url: simulator.url, ...simulator.credentials! }, simulator });
  };
}

async function main(names: readonly string[]): Promise<number> {
  const chosen = names.includes('--all') ? Object.keys(EXAMPLES) : names;
  const unknown = chosen.filter((name) => !(name in EXAMPLES));
  if (chosen.length === 0 || unknown.length > 0) {
    for (const name of unknown) console.error(`there is no example '${name}'`);
    console.log('npm run example -- NAME, with one of:\n');
    for (const [name, { what }] of Object.entries(EXAMPLES)) console.log(`  ${name.padEnd(22)} ${what}`);
    return unknown.length > 0 ? 2 : 0;
  }
  for (const name of chosen) {
    console.log(`── ${name}: ${EXAMPLES[name]!.what}`);
    await EXAMPLES[name]!.run();
    console.log();
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
