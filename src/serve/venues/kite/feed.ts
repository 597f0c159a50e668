import { ArgumentError } from '../../../errors.ts';
import { KiteFeed, type KiteFeedOptions } from '../../../kite/index.ts';
import { FAULTS, type KiteFault } from '../../../sim/kite/faults.ts';
import { SimulatorThread } from '../../simulator-thread.ts';
import { FaultDesk } from '../fault-desk.ts';
import { connectionHealth } from '../health-of.ts';
import {
  type FaultRequest,
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
  if (!options.simulated)
    return new ServedKite(liveOptions(options), options.symbols ?? [], [], tell, undefined);
  const simulator = await SimulatorThread.start('kite', options.rate);
  const { url, symbols } = simulator.greeting;
  const feedOptions = { url, apiKey: 'demo', accessToken: 'demo' };
  const wanted = options.symbols ?? symbols.slice(0, MOST_DEFAULT_SYMBOLS);
  return new ServedKite(feedOptions, wanted, symbols, tell, simulator);
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

class ServedKite implements VenueFeed {
  readonly simulated: boolean;
  readonly #feed: KiteFeed;
  readonly #wanted: readonly string[];
  readonly #available: readonly string[];
  readonly #faults: FaultDesk<KiteFault> | undefined;

  constructor(
    options: KiteFeedOptions,
    wanted: readonly string[],
    available: readonly string[],
    tell: (event: VenueEvent) => void,
    simulator: SimulatorThread | undefined,
  ) {
    this.#feed = new KiteFeed({ ...options, mode: 'full' });
    this.#wanted = wanted;
    this.#available = available;
    this.simulated = simulator !== undefined;
    this.#faults =
      simulator && new FaultDesk(simulator, FAULTS, PANEL, () => this.#feed.reader({ kind: 'gating' }));
    forward(this.#feed, tell);
    simulator?.onFailure(({ code, message }) => tell({ type: 'error', connection: null, code, message }));
  }

  get handle(): unknown {
    return this.#feed.handle;
  }

  get connections(): readonly string[] {
    return this.#feed.handle.accounts;
  }

  get state(): KiteFeed['state'] {
    return this.#feed.state;
  }

  async start(): Promise<void> {
    this.#feed.subscribe(this.#wanted.map(tokenOf));
    await this.#feed.start();
  }

  async subscribe(symbols: readonly string[]): Promise<void> {
    this.#feed.subscribe(symbols.map(tokenOf));
  }

  async unsubscribe(symbols: readonly string[]): Promise<void> {
    this.#feed.unsubscribe(symbols.map(tokenOf));
  }

  symbols(): SubscribedSymbol[] {
    return this.#feed.subscriptions().map(({ instrumentToken, status, connection, mode }) => ({
      symbol: String(instrumentToken),
      name: KITE_NAMES.get(instrumentToken) ?? null,
      status,
      connection: connection ?? null,
      mode,
    }));
  }

  names(): string[] {
    return this.#feed.subscriptions().map(({ instrumentToken }) => String(instrumentToken));
  }

  available(): readonly string[] {
    return this.#available;
  }

  health(): VenueHealth {
    const { status, state, reasons, connections } = this.#feed.health();
    return {
      status,
      state,
      reasons,
      connections: connections.map(({ account, instruments, ...rest }) =>
        connectionHealth(account, instruments, rest),
      ),
    };
  }

  stats(): object {
    return this.#feed.stats();
  }

  faults(): ReturnType<VenueFeed['faults']> {
    return this.#faults?.list();
  }

  async inject(request: FaultRequest): Promise<number> {
    if (!this.#faults) throw new ArgumentError('kite is live: there is no simulator behind it');
    return this.#faults.inject(request);
  }

  async close(deadline: number): Promise<void> {
    await this.#feed.close({ deadline });
    await this.#faults?.close();
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

function forward(feed: KiteFeed, tell: (event: VenueEvent) => void): void {
  feed.on('state', ({ connection, account, from, to, cause, at }) =>
    tell({ type: 'state', at, connection, name: account, from, to, cause }),
  );
  feed.on('retry', ({ connection, account, attempt, delay }) =>
    tell({ type: 'retry', connection, name: account, attempt, delay }),
  );
  feed.on('gave-up', ({ connection, account, error }) =>
    tell({ type: 'gave-up', connection, name: account, message: error?.message ?? null }),
  );
  feed.on('error', ({ code, message }, origin) =>
    tell({ type: 'error', connection: origin?.connection ?? null, code, message }),
  );
  feed.on('quarantine', ({ connection, reason }) =>
    tell({ type: 'quarantine', connection, message: reason }),
  );
  feed.on('expelled', ({ connection, lag }) => tell({ type: 'expelled', connection, lag }));
}
