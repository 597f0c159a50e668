import { SubscriptionError } from '../../../feed/subscription-error.ts';
import {
  type Channel,
  KalshiFeed,
  type KalshiFeedOptions,
  type KalshiSubscription,
  type SubscribeResult,
} from '../../../kalshi/index.ts';
import { FAULTS, type KalshiFault } from '../../../sim/kalshi/faults.ts';
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

/** What is subscribed to of each market. */
const CHANNELS = ['orderbook_delta', 'ticker', 'trade'] as const satisfies readonly Channel[];

const PANEL = { 'cut-connection': 'disconnect', 'drop-update': 'drop' } as const;

/** A simulator's ring is small, so that a stall shows within seconds. */
const SIMULATED_SLOTS = 4096;

/** Why a market was refused: the service does not say. */
const NOT_CONFIRMED = 'the service did not confirm it';

/** Kalshi's market data, from its simulator or, with a key from the environment (`KalshiFeed.fromEnv`), the real service. */
export async function openKalshiFeed(
  options: VenueOptions,
  tell: (event: VenueEvent) => void,
): Promise<VenueFeed> {
  if (!options.simulated) {
    const { url, symbols = [] } = options;
    const feed = KalshiFeed.fromEnv({ ...(url !== undefined && { url }) });
    return new ServedKalshi(feed, symbols, undefined, tell);
  }
  const simulator = await SimulatorThread.start('kalshi', options.rate);
  const { url, symbols, credentials } = simulator.greeting;
  const wanted = options.symbols ?? symbols.slice(0, MOST_DEFAULT_SYMBOLS);
  const feedOptions: KalshiFeedOptions = { ...credentials!, url, recordSlots: SIMULATED_SLOTS };
  const simulated = { simulator, table: FAULTS, panel: PANEL };
  return new ServedKalshi(new KalshiFeed(feedOptions), wanted, simulated, tell);
}

/** A feed that is served. */
export class ServedKalshi extends ServedFeed<KalshiFeed, KalshiFault> {
  readonly connections: readonly string[];
  readonly #wanted: readonly string[];

  /** @param wanted from the start, besides what the feed wants already */
  constructor(
    feed: KalshiFeed,
    wanted: readonly string[],
    simulated: Simulated<KalshiFault> | 'elsewhere' | undefined,
    tell: (event: VenueEvent) => void,
  ) {
    super(feed, simulated, tell);
    this.connections = feed.states.map(nameOf);
    this.#wanted = wanted;
    forward(feed, tell);
  }

  async start(): Promise<void> {
    await this.feed.start();
    this.subscribeLater(this.#wanted);
  }

  async subscribe(markets: readonly string[]): Promise<void> {
    const outcomes = await Promise.allSettled(
      CHANNELS.map((channel) => this.feed.subscribe({ channel, markets })),
    );
    const refused = outcomes.flatMap(refusalsOf);
    if (refused.length === 0) return;
    const not = new Set(refused.map(({ symbol }) => symbol));
    const accepted = markets.filter((market) => !not.has(market));
    const [{ symbol, reason }] = refused as [(typeof refused)[0]];
    throw new RequestError('REFUSED', `${symbol} was refused: ${reason}`, { refused, accepted });
  }

  async unsubscribe(markets: readonly string[]): Promise<void> {
    await Promise.all(CHANNELS.map((channel) => this.feed.unsubscribe({ channel, markets })));
  }

  symbols(): SubscribedSymbol[] {
    const subscriptions = this.feed.subscriptions();
    return marketsOf(subscriptions).map((market) => {
      const of = subscriptions.filter(({ items }) => items !== 'all' && items.includes(market));
      return {
        symbol: market,
        name: null,
        status: statusOf(of, market),
        connection: of[0]?.connection ?? null,
        channels: of.map(({ channel }) => channel),
      };
    });
  }

  names(): string[] {
    return marketsOf(this.feed.subscriptions());
  }

  health(): VenueHealth {
    const { status, state, reasons, connections } = this.feed.health();
    const healths = connections.map(({ subscriptions, ...rest }) =>
      connectionHealth(nameOf(undefined, rest.connection), subscriptions, rest),
    );
    return { status, state, reasons, connections: healths };
  }
}

/** Kalshi's connections are all alike. */
function nameOf(_: unknown, connection: number): string {
  return `connection ${connection}`;
}

function refusalsOf(outcome: PromiseSettledResult<SubscribeResult>) {
  if (outcome.status === 'fulfilled') {
    const { channel, missing } = outcome.value;
    return missing.map((symbol) => ({ channel, symbol, reason: NOT_CONFIRMED }));
  }
  if (outcome.reason instanceof SubscriptionError) return outcome.reason.refused;
  throw outcome.reason;
}

function marketsOf(subscriptions: readonly KalshiSubscription[]): string[] {
  return [...new Set(subscriptions.flatMap(({ items }) => (items === 'all' ? [] : items)))];
}

/** That of the channel that is the worst off. */
function statusOf(subscriptions: readonly KalshiSubscription[], market: string): SubscribedSymbol['status'] {
  if (subscriptions.some(({ refused }) => Object.hasOwn(refused, market))) return 'refused';
  return subscriptions.every(({ held }) => held === 'all' || held.includes(market)) ? 'live' : 'pending';
}

function forward(feed: KalshiFeed, tell: (event: VenueEvent) => void): void {
  forwardCommon(feed, ({ connection }) => nameOf(undefined, connection), tell);
  feed.on('gap', ({ markets, ...gap }) => {
    // One that is about many is told as one.
    const [symbol = null, ...more] = markets;
    tell({ type: 'gap', ...gap, symbol: more.length === 0 ? symbol : null, markets: markets.length });
  });
  feed.on('resync', ({ markets, ...resync }) => {
    const [symbol = null, ...more] = markets;
    tell({ type: 'resync', ...resync, symbol: more.length === 0 ? symbol : null, markets: markets.length });
  });
  feed.on('refused', ({ items, channel, reason }) => {
    for (const symbol of items) tell({ type: 'refused', symbol, channel, reason });
  });
}
