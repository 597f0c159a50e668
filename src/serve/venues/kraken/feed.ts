import { ArgumentError } from '../../../errors.ts';
import {
  BOOK_DEPTHS,
  type BookDepth,
  type Channel,
  KrakenFeed,
  type KrakenOrigin,
  type KrakenSubscription,
  SubscriptionError,
} from '../../../kraken/index.ts';
import { FAULTS, type KrakenFault } from '../../../sim/kraken/faults.ts';
import { RequestError } from '../../errors.ts';
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
  const depth = depthOf(options.depth ?? DEFAULT_DEPTH);
  if (!options.simulated) {
    const { url, symbols = [] } = options;
    const feed = new KrakenFeed({ ...(url !== undefined && { url }) });
    return new ServedKraken(feed, depth, symbols, undefined, tell);
  }
  const simulator = await SimulatorThread.start('kraken', options.rate);
  const { url, symbols } = simulator.greeting;
  const wanted = options.symbols ?? symbols.slice(0, MOST_DEFAULT_SYMBOLS);
  const feed = new KrakenFeed({ url, recordSlots: SIMULATED_SLOTS });
  return new ServedKraken(feed, depth, wanted, { simulator, table: FAULTS, panel: PANEL }, tell);
}

/** @throws ArgumentError */
function depthOf(depth: number): BookDepth {
  if (BOOK_DEPTHS.includes(depth as BookDepth)) return depth as BookDepth;
  throw new ArgumentError(`depth: kraken's books have ${BOOK_DEPTHS.join(', ')} levels; not ${depth}`);
}

/** A feed that is served. */
export class ServedKraken extends ServedFeed<KrakenFeed, KrakenFault> {
  readonly #depth: BookDepth;
  readonly #wanted: readonly string[];

  /** @param wanted from the start, besides what the feed wants already */
  constructor(
    feed: KrakenFeed,
    depth: BookDepth,
    wanted: readonly string[],
    simulated: Simulated<KrakenFault> | 'elsewhere' | undefined,
    tell: (event: VenueEvent) => void,
  ) {
    super(feed, simulated, tell);
    this.#depth = depth;
    this.#wanted = wanted;
    forward(this.feed, tell);
  }

  get connections(): readonly string[] {
    return this.feed.handle.endpoints;
  }

  async start(): Promise<void> {
    await this.feed.start();
    this.subscribeLater(this.#wanted);
  }

  async subscribe(symbols: readonly string[]): Promise<void> {
    const outcomes = await Promise.allSettled([
      this.feed.subscribe({ channel: 'book', symbols, depth: this.#depth }),
      this.feed.subscribe({ channel: 'ticker', symbols }),
      this.feed.subscribe({ channel: 'trade', symbols }),
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
    await Promise.all(CHANNELS.map((channel) => this.feed.unsubscribe({ channel, symbols })));
  }

  symbols(): SubscribedSymbol[] {
    const bySymbol = new Map<string, KrakenSubscription[]>();
    for (const stream of this.feed.subscriptions()) {
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
    return [...new Set(this.feed.subscriptions().flatMap(({ symbol }) => symbol ?? []))];
  }

  health(): VenueHealth {
    const { status, state, reasons, connections } = this.feed.health();
    const healths = connections.map(({ endpoint, subscriptions, ...rest }) =>
      connectionHealth(endpoint, subscriptions, rest),
    );
    return { status, state, reasons, connections: healths };
  }
}

/** That of the channel that is the worst off. */
function statusOf(streams: readonly KrakenSubscription[]): SubscribedSymbol['status'] {
  if (streams.some(({ status }) => status === 'refused')) return 'refused';
  return streams.every(({ status }) => status === 'live' || status === 'resyncing') ? 'live' : 'pending';
}

function forward(feed: KrakenFeed, tell: (event: VenueEvent) => void): void {
  forwardCommon<KrakenOrigin>(feed, ({ endpoint }) => endpoint, tell);
  feed.on('gap', (gap) => tell({ type: 'gap', ...gap }));
  feed.on('resync', (resync) => tell({ type: 'resync', ...resync }));
  feed.on('refused', (refused) => tell({ type: 'refused', ...refused }));
  feed.on('status', ({ system }) => tell({ type: 'status', system }));
}
