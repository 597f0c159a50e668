import { ArgumentError } from '../errors.ts';

const HELP = `Usage: tickring sim VENUE [options]

Plays a venue's service on 127.0.0.1, until it is interrupted.

  kite      Kite's ticker
  kraken    Kraken's WebSocket API v2, and REST as far as it hands out tokens
  kalshi    Kalshi's WebSocket API

tickring sim VENUE --help says more.

Exit codes: 0 after SIGINT or SIGTERM, 1 when it failed, 2 when it was called wrongly.
`;

type Command = (args: string[]) => Promise<void>;

/** Loaded when it is called for, so that each starts quickly. */
const VENUES: Readonly<Record<string, () => Promise<Command>>> = {
  kite: async () => (await import('./sim-kite.ts')).simKite,
  kraken: async () => (await import('./sim-kraken.ts')).simKraken,
  kalshi: async () => (await import('./sim-kalshi.ts')).simKalshi,
};

/**
 * `tickring sim`: runs a simulator until SIGINT, SIGTERM, or the end of the parent that it was forked by. That parent
 * gets a message with where it listens; when it sends `'pause'`, nothing happens any more and it gets `{ stats }`.
 * @param args what follows `sim` on the command line
 * @throws ArgumentError for arguments that cannot be used
 */
export async function simCommand([venue = 'none', ...args]: string[]): Promise<void> {
  if (venue === '--help' || venue === '-h') {
    process.stdout.write(HELP);
    return;
  }
  const load = Object.hasOwn(VENUES, venue) ? VENUES[venue] : undefined;
  if (load === undefined) {
    throw new ArgumentError(`no simulator called ${venue}; there are: ${Object.keys(VENUES).join(', ')}`);
  }
  await (await load())(args);
}
