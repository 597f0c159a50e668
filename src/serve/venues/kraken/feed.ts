import { ArgumentError } from '../../../errors.ts';
import {
  type BookDepth,
  type Channel,
  KrakenFeed,
  type KrakenFeedOptions,
  type KrakenSubscription,
  SubscriptionError,
} from '../../../kraken/index.ts';
import { FAULTS, type KrakenFault } from '../../../sim/kraken/faults.ts';
import { RequestError } from '../../errors.ts';
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

/** What is subscribed to of each symbol. */
const CHANNELS = ['book', 'ticker', 'trade'] as const satisfies readonly Channel[];

const DEFAULT_DEPTH = 25;

const PANEL = {
  'cut-connection': 'disconnect',
  'corrupt-checksum': 'wrong-checksum',
  'drop-update': 'drop',
} as const;

/** A simulator's ring is small, so that a stall shows within seconds. */
const SIMULATED_SLOTS = 4096;

/** Kraken's public market data, from its simulator or the real service. */
export async function openKrakenFeed(
  options: VenueOptions,
  tell: (event: VenueEvent) => void,
): Promise<VenueFeed> {
  const depth = (options.depth ?? DEFAULT_DEPTH) as BookDepth;
  if (!options.simulated) {
    const { url, symbols = [] } = options;
    return new ServedKraken({ ...(url !== undefined && { url }) }, depth, symbols, [], tell, undefined);
  }
  const simulator = await SimulatorThread.start('kraken', options.rate);
  const { url, symbols } = simulator.greeting;
  const wanted = options.symbols ?? symbols.slice(0, MOST_DEFAULT_SYMBOLS);
  const feedOptions = { url, recordSlots: SIMULATED_SLOTS };
  return new ServedKraken(feedOptions, depth, wanted, symbols, tell, simulator);
}

class ServedKraken implements VenueFeed {
  readonly simulated: boolean;
  readonly #feed: KrakenFeed;
  readonly #depth: BookDepth;
  readonly #wanted: readonly string[];
  readonly #available: readonly string[];
  readonly #tell: (event: VenueEvent) => void;
  readonly #faults: FaultDesk<KrakenFault> | undefined;

  constructor(
    options: KrakenFeedOptions,
    depth: BookDepth,
    wanted: readonly string[],
    available: readonly string[],
    tell: (event: VenueEvent) => void,
    simulator: SimulatorThread | undefined,
  ) {
    this.#feed = new KrakenFeed(options);
    this.#depth = depth;
    this.#wanted = wanted;
    this.#available = available;
    this.#tell = tell;
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
    return this.#feed.handle.endpoints;
  }

  get state(): KrakenFeed['state'] {
    return this.#feed.state;
  }

  async start(): Promise<void> {
    await this.#feed.start();
    if (this.#wanted.length === 0) return;
    // The service may be down, and answer later; what it refuses is an event.
    this.subscribe(this.#wanted).catch((error: Error) => {
      if (error instanceof RequestError) return;
      const { code = 'ERR_TICKRING_SUBSCRIPTION' } = error as { code?: string };
      this.#tell({ type: 'error', connection: null, code, message: error.message });
    });
  }

  async subscribe(symbols: readonly string[]): Promise<void> {
    const outcomes = await Promise.allSettled([
      this.#feed.subscribe({ channel: 'book', symbols, depth: this.#depth }),
      this.#feed.subscribe({ channel: 'ticker', symbols }),
      this.#feed.subscribe({ channel: 'trade', symbols }),
    ]);
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    const other = errors.find((error) => !(error instanceof SubscriptionError));
    if (other) throw other;
    const refused = (errors as SubscriptionError[]).flatMap((error) => error.refused);
    if (refused.length === 0) return;
    const not = new Set(refused.map(({ symbol }) => symbol));
    const accepted = symbols.filter((symbol) => !not.has(symbol));
    const [{ symbol, reason }] = refused as [(typeof refused)[0]];
    throw new RequestError('REFUSED', `${symbol} was refused: ${reason}`, { refused, accepted });
  }

  async unsubscribe(symbols: readonly string[]): Promise<void> {
    await Promise.all(CHANNELS.map((channel) => this.#feed.unsubscribe({ channel, symbols })));
  }

  symbols(): SubscribedSymbol[] {
    const bySymbol = new Map<string, KrakenSubscription[]>();
    for (const stream of this.#feed.subscriptions()) {
      const { symbol = '' } = stream;
      const streams = bySymbol.get(symbol);
      if (streams) streams.push(stream);
      else bySymbol.set(symbol, [stream]);
    }
    return Array.from(bySymbol, ([symbol, streams]) => ({
      symbol,
      name: null,
      status: statusOf(streams),
      connection: streams[0]?.connection ?? null,
      channels: streams.map(({ channel }) => channel),
      depth: streams.find(({ depth }) => depth !== undefined)?.depth ?? null,
    }));
  }

  names(): string[] {
    return [...new Set(this.#feed.subscriptions().flatMap(({ symbol }) => symbol ?? []))];
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
      connections: connections.map(({ endpoint, subscriptions, ...rest }) =>
        connectionHealth(endpoint, subscriptions, rest),
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
    if (!this.#faults) throw new ArgumentError('kraken is live: there is no simulator behind it');
    return this.#faults.inject(request);
  }

  async close(deadline: number): Promise<void> {
    await this.#feed.close({ deadline });
    await this.#faults?.close();
  }
}

/** That of the channel that is the worst off. */
function statusOf(streams: readonly KrakenSubscription[]): SubscribedSymbol['status'] {
  if (streams.some(({ status }) => status === 'refused')) return 'refused';
  return streams.every(({ status }) => status === 'live' || status === 'resyncing') ? 'live' : 'pending';
}

function forward(feed: KrakenFeed, tell: (event: VenueEvent) => void): void {
  feed.on('state', ({ connection, endpoint, from, to, cause, at }) =>
    tell({ type: 'state', at, connection, name: endpoint, from, to, cause }),
  );
  feed.on('gap', (gap) => tell({ type: 'gap', ...gap }));
  feed.on('resync', (resync) => tell({ type: 'resync', ...resync }));
  feed.on('retry', ({ connection, endpoint, attempt, delay, cause }) =>
    tell({ type: 'retry', connection, name: endpoint, attempt, delay, cause }),
  );
  feed.on('gave-up', ({ connection, endpoint, error }) =>
    tell({ type: 'gave-up', connection, name: endpoint, message: error?.message ?? null }),
  );
  feed.on('refused', (refused) => tell({ type: 'refused', ...refused }));
  feed.on('status', ({ system }) => tell({ type: 'status', system }));
  feed.on('error', ({ code, message }, origin) =>
    tell({ type: 'error', connection: origin?.connection ?? null, code, message }),
  );
  feed.on('quarantine', ({ connection, reason }) =>
    tell({ type: 'quarantine', connection, message: reason }),
  );
  feed.on('expelled', ({ connection, lag }) => tell({ type: 'expelled', connection, lag }));
}
