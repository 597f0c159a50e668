import { ArgumentError } from '../errors.ts';

type Demo = (args: string[]) => Promise<void>;

/** Loaded when it is called for. */
const DEMOS: Readonly<Record<string, () => Promise<Demo>>> = {
  kite: async () => (await import('./demo-kite.ts')).kiteDemo,
  kraken: async () => (await import('./demo-kraken.ts')).krakenDemo,
  kalshi: async () => (await import('./demo-kalshi.ts')).kalshiDemo,
};

/**
 * `tickring demo [--venue VENUE]`: a venue's feed against its simulator, or the real service, as a live table.
 *
 * @param args what follows `demo` on the command line; what is not the venue is the venue's
 * @throws ArgumentError for arguments that cannot be used
 */
export async function demoCommand(args: string[]): Promise<void> {
  const { venue, rest } = venueOf(args);
  const load = Object.hasOwn(DEMOS, venue) ? DEMOS[venue] : undefined;
  if (!load) {
    throw new ArgumentError(
      `there is no demo of the venue '${venue}'; there are: ${Object.keys(DEMOS).join(', ')}`,
    );
  }
  await (await load())(rest);
}

/** Takes `--venue VENUE` or `--venue=VENUE` out of the arguments. Default: Kite. */
function venueOf(args: readonly string[]): { venue: string; rest: string[] } {
  const at = args.findIndex((arg) => arg === '--venue' || arg.startsWith('--venue='));
  if (at < 0) return { venue: 'kite', rest: [...args] };
  const [, named] = args[at]!.split('=', 2);
  const venue = named ?? args[at + 1] ?? '';
  return { venue, rest: args.toSpliced(at, named === undefined ? 2 : 1) };
}
