import { ArgumentError } from '../../../errors.ts';
import { KiteFeed, type KiteFeedOptions, type Origin } from '../../../kite/index.ts';
import { FAULTS, type KiteFault } from '../../../sim/kite/faults.ts';
import { SimulatorThread } from '../../simulator-thread.ts';
import { forwardCommon } from '../forward.ts';
import { connectionHealth } from '../health-of.ts';
import { ServedFeed, type Simulated } from '../served-feed.ts';
import {
  MOST_DEFAULT_SYMBOLS,
  type SubscribedSymbol,
  type VenueEvent,
  type VenueFeed,
  type VenueHealth,
  type VenueOptions,
} from '../venue-feed.ts';
import { KITE_NAMES } from './names.ts';

const PANEL = { 'cut-connection': 'disconnect' } as const;

/** Kite, from its simulator or, with `KITE_API_KEY` and `KITE_ACCESS_TOKEN` from the environment, the real service. */
export async function openKiteFeed(
  options: VenueOptions,
  tell: (event: VenueEvent) => void,
): Promise<VenueFeed> {
  // Before there is a thread that would have to be ended.
  const tokens = options.symbols?.map(tokenOf);
  if (!options.simulated) return served(liveOptions(options), tokens ?? [], undefined, tell);
  const simulator = await SimulatorThread.start('kite', options.rate);
  const { url, symbols } = simulator.greeting;
  const feedOptions = { url, apiKey: 'demo', accessToken: 'demo' };
  const wanted = tokens ?? symbols.slice(0, MOST_DEFAULT_SYMBOLS).map(tokenOf);
  return served(feedOptions, wanted, { simulator, table: FAULTS, panel: PANEL }, tell);
}

function served(
  options: KiteFeedOptions,
  tokens: readonly number[],
  simulated: Simulated<KiteFault> | undefined,
  tell: (event: VenueEvent) => void,
): VenueFeed {
  return new ServedKite(new KiteFeed({ ...options, mode: 'full' }), tokens, simulated, tell);
}

function liveOptions({ url }: VenueOptions): KiteFeedOptions {
  const { KITE_API_KEY: apiKey, KITE_ACCESS_TOKEN: accessToken } = process.env;
  if (!apiKey || !accessToken) {
    throw new ArgumentError(
      'kite, live: set KITE_API_KEY to your API key and KITE_ACCESS_TOKEN to the access token of the day (https://kite.trade)',
    );
  }
  return { apiKey, accessToken, ...(url !== undefined && { url }) };
}

/** A feed that is served. Its mode should be `full`. */
export class ServedKite extends ServedFeed<KiteFeed, KiteFault> {
  readonly #tokens: readonly number[];

  /** @param tokens wanted from the start, besides those that the feed wants already */
  constructor(
    feed: KiteFeed,
    tokens: readonly number[],
    simulated: Simulated<KiteFault> | 'elsewhere' | undefined,
    tell: (event: VenueEvent) => void,
  ) {
    super(feed, simulated, tell);
    this.#tokens = tokens;
    forwardCommon<Origin>(this.feed, ({ account }) => account, tell);
  }

  get connections(): readonly string[] {
    return this.feed.handle.accounts;
  }

  async start(): Promise<void> {
    this.feed.subscribe(this.#tokens);
    await this.feed.start();
  }

  async subscribe(symbols: readonly string[]): Promise<void> {
    this.feed.subscribe(symbols.map(tokenOf));
  }

  async unsubscribe(symbols: readonly string[]): Promise<void> {
    this.feed.unsubscribe(symbols.map(tokenOf));
  }

  symbols(): SubscribedSymbol[] {
    return this.feed.subscriptions().map(({ instrumentToken, status, connection, mode }) => ({
      symbol: String(instrumentToken),
      name: KITE_NAMES.get(instrumentToken) ?? null,
      status,
      connection: connection ?? null,
      mode,
    }));
  }

  names(): string[] {
    return this.feed.subscriptions().map(({ instrumentToken }) => String(instrumentToken));
  }

  health(): VenueHealth {
    const { status, state, reasons, connections } = this.feed.health();
    const healths = connections.map(({ account, instruments, ...rest }) =>
      connectionHealth(account, instruments, rest),
    );
    return { status, state, reasons, connections: healths };
  }
}

/** @throws ArgumentError */
function tokenOf(symbol: string): number {
  const token = Number(symbol);
  if (/^\d{1,10}$/.test(symbol) && token >>> 0 === token) return token;
  throw new ArgumentError(
    `kite's symbols are instrument tokens, integers from 0 to 4294967295; not ${JSON.stringify(symbol)}`,
  );
}
