import {
  type ConnectionState,
  KiteFeed,
  type KiteFeedOptions,
  TRANSITIONS,
  type TransitionCause,
} from 'tickring';
import type { KiteSimulator, KiteSimulatorOptions } from 'tickring/sim';
import { expect, test } from 'vitest';
import { AT_ONCE, feedOf, happens, INFY, inStep, quietSimulator, recordChanges } from '../support/feed.ts';

interface Scene {
  readonly sim?: KiteSimulatorOptions;
  readonly feed?: KiteFeedOptions;
  /** Brings the transition about; the feed is started, wants one instrument, and is closed afterwards. */
  readonly act?: (feed: KiteFeed, sim: KiteSimulator) => Promise<unknown>;
}

const subscribed = (feed: KiteFeed, sim: KiteSimulator) => inStep(sim, feed);

/** Closes the feed in the very moment in which a connection comes to a state. */
function closeIn(state: ConnectionState) {
  return (feed: KiteFeed) => {
    const closed = happens(feed, 'closed');
    feed.on('state', ({ to }) => {
      if (to === state) void feed.close();
    });
    return closed;
  };
}

const NEVER = { initialDelay: 1e6, maxDelay: 1e6 };
const YESTERDAY = { accessToken: 'yesterday' };
const REFUSED_ANEW = { accessToken: () => 'yesterday' };
const SOON_SILENT = {
  act: async (feed: KiteFeed, sim: KiteSimulator) => {
    const silent = happens(feed, 'state', ({ cause }) => cause === 'silent');
    await subscribed(feed, sim);
    sim.silence(true);
    await silent;
  },
};

/** One scene for each transition that Kite can bring about, by `state cause`. */
const SCENES: Record<string, Scene> = {
  'disconnected start': { act: subscribed },
  'disconnected close': {
    sim: { maxConnections: 0 },
    feed: { reconnect: { maxAttempts: 0 } },
    act: (feed) => happens(feed, 'gave-up'),
  },
  'connecting socket-open': { act: subscribed },
  'connecting connect-failed': { sim: { maxConnections: 0 }, act: (feed) => happens(feed, 'retry') },
  'connecting credentials-expired': { feed: REFUSED_ANEW, act: (feed) => happens(feed, 'error') },
  'connecting credentials-refused': { feed: YESTERDAY, act: (feed) => happens(feed, 'error') },
  'connecting close': { act: closeIn('connecting') },
  'authenticating authenticated': { act: subscribed },
  'authenticating close': { act: closeIn('authenticating') },
  'subscribing subscriptions-sent': { act: subscribed },
  'subscribing close': { act: closeIn('subscribing') },
  'subscribed socket-lost': {
    act: async (feed, sim) => {
      await subscribed(feed, sim);
      const lost = happens(feed, 'state', ({ cause }) => cause === 'socket-lost');
      sim.disconnect();
      await lost;
    },
  },
  'subscribed silent': { feed: { readTimeout: 100 }, sim: { heartbeatInterval: 10 }, ...SOON_SILENT },
  'subscribed close': { act: subscribed },
  'degraded retry': {
    sim: { maxConnections: 0 },
    act: (feed) => happens(feed, 'state', ({ cause }) => cause === 'retry'),
  },
  'degraded gave-up': {
    sim: { maxConnections: 0 },
    feed: { reconnect: { maxAttempts: 0 } },
    act: (feed) => happens(feed, 'gave-up'),
  },
  'degraded close': {
    sim: { maxConnections: 0 },
    feed: { reconnect: NEVER },
    act: (feed) => happens(feed, 'retry'),
  },
};

/** What other venues need: Kite accepts with the upgrade, takes subscriptions at once, and has nothing to resync. */
const OF_OTHER_VENUES = [
  'authenticating credentials-refused',
  'authenticating socket-lost',
  'authenticating silent',
  'subscribing socket-lost',
  'subscribing silent',
  'subscribed resync',
  'resyncing resynced',
  'resyncing socket-lost',
  'resyncing silent',
  'resyncing close',
];

test('every transition of the table is brought about here, or is known to be of other venues', () => {
  const all = Object.entries(TRANSITIONS).flatMap(([state, causes]) =>
    Object.keys(causes).map((cause) => `${state} ${cause}`),
  );
  expect([...Object.keys(SCENES), ...OF_OTHER_VENUES].sort()).toEqual(all.sort());
});

for (const [name, { sim: simOptions, feed: feedOptions, act }] of Object.entries(SCENES)) {
  const [from, cause] = name.split(' ') as [ConnectionState, TransitionCause];
  const to = TRANSITIONS[from][cause];
  test(`a connection goes from '${from}' to '${to}' by '${cause}', and by nothing outside the table`, async () => {
    await using sim = await quietSimulator(simOptions);
    await using feed = feedOf(sim, { connections: 1, ...feedOptions });
    const changes = recordChanges(feed);
    feed.subscribe([INFY]);
    const acted = act?.(feed, sim);
    // Some scenes close it before it has started.
    await feed.start();
    await acted;
    await feed.close();
    expect(changes).toContainEqual({
      connection: 0,
      account: 'default',
      from,
      to,
      cause,
      at: expect.any(Number),
    });
    let state: ConnectionState = 'disconnected';
    for (const change of changes) {
      expect(change.from).toBe(state);
      expect(TRANSITIONS[change.from][change.cause]).toBe(change.to);
      state = change.to;
    }
    expect(state).toBe('closed');
    expect(feed.states).toEqual(['closed']);
  });
}

test('a feed may be closed by whoever is told that it waits to try again', async () => {
  await using sim = await quietSimulator({ maxConnections: 0 });
  await using feed = feedOf(sim, { connections: 1 });
  const changes = recordChanges(feed);
  const closed = happens(feed, 'closed');
  feed.on('retry', () => void feed.close());
  feed.subscribe([INFY]);
  await feed.start();
  await closed;
  expect(changes.map(({ cause }) => cause)).toEqual(['start', 'connect-failed', 'close']);
});

test('a feed may be closed by whoever is told that its credentials have expired', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { connections: 1, accessToken: () => 'yesterday' });
  const changes = recordChanges(feed);
  const closed = happens(feed, 'closed');
  feed.on('state', ({ cause }) => {
    if (cause === 'credentials-expired') void feed.close();
  });
  feed.subscribe([INFY]);
  await feed.start();
  await closed;
  expect(changes.map(({ cause }) => cause)).toEqual(['start', 'credentials-expired', 'close']);
});

test('a feed may be closed by whoever is told of an error', async () => {
  await using feed = new KiteFeed({
    url: 'ws://127.0.0.1:1',
    apiKey: 'demo',
    accessToken: 'demo',
    connections: 1,
    reconnect: AT_ONCE,
  });
  const changes = recordChanges(feed);
  const closed = happens(feed, 'closed');
  feed.on('error', () => void feed.close());
  await feed.start();
  await closed;
  expect(changes.map(({ cause }) => cause)).toEqual(['start', 'connect-failed', 'close']);
});
