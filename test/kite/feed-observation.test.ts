import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { CHANNELS, KiteFeed, type StaleGroup } from 'tickring';
import { describe, expect, test } from 'vitest';
import { until } from '../sim/client.ts';
import {
  AT_ONCE,
  feedOf,
  happens,
  INFY,
  inStep,
  NIFTY,
  quietSimulator,
  readUntil,
  recordChanges,
  SBIN,
  simulator,
  THREE_ACCOUNTS,
} from '../support/feed.ts';

test('a quiet exchange is told once, and again when it ticks; its connection stays', async () => {
  await using sim = await simulator({ heartbeatInterval: 20 });
  await using feed = feedOf(sim, { connections: 1, staleAfter: 300 });
  using reader = feed.reader();
  const changes = recordChanges(feed);
  // From the start: on a busy machine ticks may be late enough for an exchange to be called quiet before it is.
  const told: { what: 'stale' | 'fresh'; group: StaleGroup }[] = [];
  feed.on('stale', (group) => told.push({ what: 'stale', group }));
  feed.on('fresh', (group) => told.push({ what: 'fresh', group }));
  const of = (exchange: string) => told.filter(({ group }) => group.exchange === exchange);
  const last = (exchange: string) => of(exchange).at(-1);
  feed.subscribe([INFY, SBIN, NIFTY]);
  await feed.start();
  const ticked = new Set<string>();
  await readUntil(reader, (tick) => ticked.add(tick.exchange).size === 2);
  await until(() => last('NSE')?.what !== 'stale' && last('INDICES')?.what !== 'stale');
  sim.pause();
  await until(() => last('NSE')?.what === 'stale' && last('INDICES')?.what === 'stale');
  expect(last('NSE')?.group).toMatchObject({ connection: 0, account: 'default', instruments: 2 });
  expect(last('NSE')?.group.lastTickAt).toBeGreaterThan(0);
  sim.resume();
  await until(() => last('NSE')?.what === 'fresh');
  expect(last('NSE')?.group).toMatchObject({ instruments: 2 });
  for (const exchange of ['NSE', 'INDICES']) {
    const story = of(exchange).map(({ what }) => what);
    expect(story).toEqual(story.map((_, nth) => (nth % 2 === 0 ? 'stale' : 'fresh')));
  }
  expect(changes.map(({ to }) => to)).not.toContain('degraded');
});

describe('health', () => {
  test('is down before the start, ok when all is subscribed, and down when nothing is', async () => {
    const sim = await quietSimulator();
    await using feed = feedOf(sim, { connections: 2 });
    feed.subscribe(sim.instrumentTokens.slice(0, 4));
    expect(feed.health()).toMatchObject({ status: 'down', state: 'disconnected' });
    expect(feed.health().reasons[0]).toBe('the feed is not started');
    await feed.start();
    await feed.ready();
    await inStep(sim, feed);
    const health = feed.health();
    expect(health).toMatchObject({ status: 'ok', state: 'subscribed', reasons: [] });
    expect(health.accounts).toEqual([{ account: 'default', status: 'ok', instruments: 4 }]);
    expect(health.connections).toEqual(
      [0, 1].map((connection) => ({
        connection,
        account: 'default',
        state: 'subscribed',
        since: expect.any(Number),
        epoch: 1,
        instruments: 2,
        lastFrameAge: expect.any(Number),
        reconnects: 0,
        lastError: undefined,
      })),
    );
    const failed = new Set<number | undefined>();
    const bothFailed = happens(feed, 'error', (_, origin) => failed.add(origin?.connection).size === 2);
    await sim.close();
    await bothFailed;
    expect(feed.health()).toMatchObject({
      status: 'down',
      connections: [
        { lastError: { code: 'ERR_TICKRING_CONNECTION' } },
        { lastError: { code: 'ERR_TICKRING_CONNECTION' } },
      ],
    });
    expect(feed.health().reasons).toHaveLength(2);
    await feed.close();
    expect(feed.health().reasons[0]).toBe('the feed is closed');
  });

  test('is degraded while some connections are down, account by account', async () => {
    await using sim = await quietSimulator({ credentials: THREE_ACCOUNTS.slice(0, 2) });
    await using feed = feedOf(sim, { accounts: THREE_ACCOUNTS, connections: 1 });
    const refused = happens(feed, 'error');
    await feed.start();
    await refused;
    await until(() => feed.states.filter((state) => state === 'subscribed').length === 2);
    expect(feed.health()).toMatchObject({
      status: 'degraded',
      state: 'closed',
      accounts: [{ status: 'ok' }, { status: 'ok' }, { account: 'c', status: 'down' }],
    });
    expect(feed.health().reasons).toEqual([
      expect.stringMatching(/^connection 2 of account 'c' is closed: the service refused the credentials/),
    ]);
  });
});

describe('statistics', () => {
  test('count what came, what was made of it, and how long that took', async () => {
    await using sim = await simulator({ rate: 5_000 });
    await using feed = feedOf(sim, { connections: 2 });
    using copying = feed.reader();
    using gating = feed.reader({ kind: 'gating', connection: 1 });
    feed.subscribe(sim.instrumentTokens.slice(0, 100), 'full');
    await feed.start();
    let ticks = 0;
    await readUntil(copying, () => ++ticks === 2_000);
    for (const _ of gating.drain());
    const heard = new Set<number>();
    const bothHeard = happens(feed, 'message', (_, { connection }) => heard.add(connection).size === 2);
    sim.sendMessage('one text for each connection');
    await bothHeard;
    const stats = feed.stats();
    expect(stats.records).toBeGreaterThan(1_900);
    expect(stats.bytes).toBeGreaterThan(stats.records * 44);
    expect(stats.rates.recordsPerSecond).toBeGreaterThan(0);
    expect(stats.rates.framesPerSecond).toBeGreaterThan(0);
    expect(stats.rates.bytesPerSecond).toBeGreaterThan(0);
    for (const latency of Object.values(stats.latencies)) {
      expect(latency.count).toBeGreaterThan(0);
      const { p50, p99, p999, max } = latency;
      expect([p50, p99, p999].every((percentile) => percentile >= 0)).toBe(true);
      expect(p99).toBeGreaterThanOrEqual(p50);
      expect(p999).toBeGreaterThanOrEqual(p99);
      expect(max).toBeGreaterThan(0);
    }
    expect(
      stats.connections.map(({ account, readers }) => [account, readers.map(({ kind }) => kind)]),
    ).toEqual([
      ['default', ['copying']],
      ['default', ['copying', 'gating']],
    ]);
    for (const { frameRingOccupancy, recordRingOccupancy } of stats.connections) {
      expect(frameRingOccupancy).toBeLessThanOrEqual(1);
      expect(recordRingOccupancy).toBeLessThanOrEqual(1);
    }
    const sum = (name: 'frames' | 'bytes' | 'records' | 'textFrames') =>
      stats.connections.reduce((total, connection) => total + connection[name], 0);
    for (const name of ['frames', 'bytes', 'records', 'textFrames'] as const)
      expect(stats[name]).toBe(sum(name));
    expect(stats.textFrames).toBe(2);
    expect(stats).toMatchObject({ lagged: 0, rejected: 0, framesDropped: 0, malformedTexts: 0 });
    expect(stats.decoder.parks).toBeGreaterThanOrEqual(0);
  });

  test('of a feed that has received nothing are zero', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim);
    expect(feed.stats()).toMatchObject({
      frames: 0,
      records: 0,
      lagged: 0,
      rates: { framesPerSecond: 0, bytesPerSecond: 0, recordsPerSecond: 0 },
      latencies: { receiveToPublish: { count: 0, max: 0 }, receiveToRead: { count: 0, max: 0 } },
    });
  });

  test('count ticks of an unknown segment, whose ticks say so', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { segments: { 9: { exchange: 'INDICES', divisor: 100 } } });
    using reader = feed.reader();
    feed.subscribe([INFY, NIFTY]);
    await feed.start();
    const flags = new Map<number, string>();
    await readUntil(reader, (tick) => {
      flags.set(tick.instrumentToken, `${tick.exchange} ${tick.unknownSegment}`);
      return flags.size === 2;
    });
    expect(flags.get(INFY)).toBe('UNKNOWN true');
    expect(flags.get(NIFTY)).toBe('INDICES false');
    await feed.close();
    expect(feed.stats().unknownSegments).toBe(1);
  });
});

test('states, errors and giving up are published on diagnostics channels', async () => {
  await using sim = await quietSimulator({ maxConnections: 0 });
  const published = { state: [] as unknown[], error: [] as unknown[], 'gave-up': [] as unknown[] };
  const listeners = Object.entries(CHANNELS).map(([name, channel]) => {
    const listener = (message: unknown) => void published[name as keyof typeof published].push(message);
    subscribe(channel, listener);
    return () => unsubscribe(channel, listener);
  });
  await using feed = new KiteFeed({
    url: sim.url,
    apiKey: 'demo',
    accessToken: 'demo',
    connections: 1,
    reconnect: { ...AT_ONCE, maxAttempts: 1 },
  });
  const changes = recordChanges(feed);
  const gaveUp = happens(feed, 'gave-up');
  await feed.start();
  const [event] = await gaveUp;
  for (const stop of listeners) stop();
  await feed.close();
  expect(published.state).toEqual(changes.slice(0, -1));
  expect(published['gave-up']).toEqual([event]);
  expect(published.error).toHaveLength(2);
  expect(published.error[0]).toMatchObject({
    connection: 0,
    account: 'default',
    error: { code: 'ERR_TICKRING_CONNECTION' },
  });
});
