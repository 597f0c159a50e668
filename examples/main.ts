/**
 * `npm run example -- NAME`: runs an example against the simulator; no account is needed. Without a name it lists them;
 * `--all` runs all.
 */
import { KiteSimulator } from 'tickring/sim';
import type { Example } from './example.ts';

const EXAMPLES: Readonly<Record<string, { what: string; load: () => Promise<{ run: Example }> }>> = {
  'single-connection': {
    what: 'a few instruments, tick by tick',
    load: () => import('./single-connection.ts'),
  },
  'portfolio-monitor': {
    what: 'the value of a portfolio, from latest()',
    load: () => import('./portfolio-monitor.ts'),
  },
  'runtime-subscriptions': {
    what: 'subscribe, change modes and unsubscribe while it runs',
    load: () => import('./runtime-subscriptions.ts'),
  },
  'multi-account': {
    what: 'three accounts, nine connections, 27,000 instruments',
    load: () => import('./multi-account.ts'),
  },
  'market-scanner': {
    what: '9,000 instruments conflated: the largest moves',
    load: () => import('./market-scanner.ts'),
  },
  'depth-watcher': { what: 'five levels of an order book', load: () => import('./depth-watcher.ts') },
  'raw-peek': {
    what: 'frames and packets as they come, without a decoder',
    load: () => import('./raw-peek.ts'),
  },
  'worker-reader': { what: 'a strategy on a thread of its own', load: () => import('./worker-reader.ts') },
  'blocked-main': {
    what: 'main is blocked, and the sockets are not: io worker',
    load: () => import('./blocked-main.ts'),
  },
  reconnect: {
    what: 'cut connections, expired tokens, and what becomes of them',
    load: () => import('./reconnect.ts'),
  },
  'drop-in': {
    what: 'a program written for kiteconnect, with one import changed',
    load: () => import('./drop-in.ts'),
  },
};

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
    const { run } = await EXAMPLES[name]!.load();
    await using simulator = new KiteSimulator({
      rate: 20_000,
      instruments: 27_000,
      credentials: ['demo', 'second', 'third'].map((apiKey) => ({ apiKey, accessToken: 'demo' })),
    });
    await simulator.listen();
    await run({ url: simulator.url, apiKey: 'demo', accessToken: 'demo', simulator });
    console.log();
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
