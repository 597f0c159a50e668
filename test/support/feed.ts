/** Simulators and feeds for tests, and ways to wait for what they do. */

import {
  KiteFeed,
  type KiteFeedEvents,
  type KiteFeedOptions,
  type TickReader,
  type TickView,
} from 'tickring';
import {
  type KiteMode,
  KiteSimulator,
  type KiteSimulatorEvents,
  type KiteSimulatorOptions,
} from 'tickring/sim';

export const NIFTY = 256265;
export const INFY = 408065;
export const RELIANCE = 738561;
export const SBIN = 779521;

/** Reconnects without keeping a test waiting. */
export const AT_ONCE = { initialDelay: 1, maxDelay: 5 };

export const THREE_ACCOUNTS = ['a', 'b', 'c'].map((id) => ({
  id,
  apiKey: `key-${id}`,
  accessToken: `token-${id}`,
}));

/** A simulator that listens. */
export async function simulator(options: KiteSimulatorOptions = {}): Promise<KiteSimulator> {
  const sim = new KiteSimulator({ instruments: 1_000, ...options });
  await sim.listen();
  return sim;
}

/** A simulator whose only ticks are snapshots, until `resume()`. */
export async function quietSimulator(options: KiteSimulatorOptions = {}): Promise<KiteSimulator> {
  const sim = await simulator(options);
  sim.pause();
  return sim;
}

/** A feed of this simulator, with its default credentials unless others are given. */
export function feedOf(sim: KiteSimulator, options: KiteFeedOptions = {}): KiteFeed {
  const demo = options.accounts ? {} : { apiKey: 'demo', accessToken: 'demo' };
  return new KiteFeed({ url: sim.url, reconnect: AT_ONCE, ...demo, ...options });
}

/** The values of a feed's next event that is accepted. Call it before what causes the event. */
export function happens<Name extends keyof KiteFeedEvents>(
  feed: KiteFeed,
  name: Name,
  accepts: (...values: KiteFeedEvents[Name]) => boolean = () => true,
): Promise<KiteFeedEvents[Name]> {
  return new Promise((resolve) => {
    const listener = (...values: KiteFeedEvents[Name]) => {
      if (!accepts(...values)) return;
      feed.off(name, listener);
      resolve(values);
    };
    feed.on(name, listener);
  });
}

/** All transitions of a feed's connections from now on, as they come. */
export function recordChanges(feed: KiteFeed): KiteFeedEvents['state'][0][] {
  const changes: KiteFeedEvents['state'][0][] = [];
  feed.on('state', (change) => changes.push(change));
  return changes;
}

/** Resolves when the condition holds: looked at now, and whenever the simulator says that this happened. */
export function when(
  sim: KiteSimulator,
  name: keyof KiteSimulatorEvents,
  condition: () => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!condition()) return;
      sim.off(name, look);
      resolve();
    };
    sim.on(name, look);
    look();
  });
}

/** One connection's instruments and their modes, by token. */
interface Share {
  readonly apiKey: string;
  readonly modes: readonly (readonly [token: number, mode: KiteMode])[];
}

function shareOf(apiKey: string, modes: Iterable<readonly [number, KiteMode]>): Share {
  return { apiKey, modes: [...modes].sort(([a], [b]) => a - b) };
}

function inOrder(shares: Share[]): Share[] {
  const first = ({ modes }: Share) => modes[0]?.[0] ?? 0;
  return shares.filter(({ modes }) => modes.length > 0).sort((a, b) => first(a) - first(b));
}

/** What the simulator streams, connection by connection; comparable with `wanted`. */
export function streamed(sim: KiteSimulator): Share[] {
  return inOrder(sim.subscriptions().map(({ apiKey, subscriptions }) => shareOf(apiKey, subscriptions)));
}

/** What the feed wants streamed, connection by connection; comparable with `streamed`. */
export function wanted(
  feed: KiteFeed,
  apiKeys: Readonly<Record<string, string>> = { default: 'demo' },
): Share[] {
  const shares = new Map<number, { apiKey: string; modes: [number, KiteMode][] }>();
  for (const { instrumentToken, mode, account, connection } of feed.subscriptions()) {
    if (connection === undefined || account === undefined) continue;
    let share = shares.get(connection);
    if (!share) {
      share = { apiKey: apiKeys[account] ?? account, modes: [] };
      shares.set(connection, share);
    }
    share.modes.push([instrumentToken, mode]);
  }
  return inOrder([...shares.values()].map(({ apiKey, modes }) => shareOf(apiKey, modes)));
}

/** Resolves when the simulator streams exactly what the feed wants, on exactly the connections that it says. */
export function inStep(sim: KiteSimulator, feed: KiteFeed, apiKeys?: Record<string, string>): Promise<void> {
  const same = () => JSON.stringify(streamed(sim)) === JSON.stringify(wanted(feed, apiKeys));
  return when(sim, 'subscription', same);
}

/** Reads on, tick by tick, until one is accepted; the batch that it came in is left where it stands. */
export async function readUntil(reader: TickReader, accepts: (tick: TickView) => boolean): Promise<void> {
  while (await reader.wait()) {
    for (const tick of reader.drain()) if (accepts(tick)) return;
  }
  throw new Error('the feed was closed before such a tick came');
}

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was not rejected');
}
