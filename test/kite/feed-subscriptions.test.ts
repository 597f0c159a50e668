import { ArgumentError, CapacityError, type KiteFeed, type Mode } from 'tickring';
import type { KiteSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import {
  feedOf,
  happens,
  INFY,
  inStep,
  quietSimulator,
  RELIANCE,
  readUntil,
  SBIN,
  streamed,
  THREE_ACCOUNTS,
  wanted,
  when,
} from '../support/feed.ts';

const KEYS = { a: 'key-a', b: 'key-b', c: 'key-c' };

/** Instruments by connection, of a feed. */
function counts(feed: KiteFeed): Record<string, number> {
  const by: Record<string, number> = {};
  for (const { connection } of feed.subscriptions())
    by[String(connection)] = (by[String(connection)] ?? 0) + 1;
  return by;
}

function streamedTokens(sim: KiteSimulator): number[] {
  return streamed(sim).flatMap(({ modes }) => modes.map(([token]) => token));
}

test('what the simulator streams is what the feed wants: tokens, modes, connections', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { connections: 3 });
  const tokens = [...sim.instrumentTokens].slice(0, 90);
  feed.subscribe(tokens.slice(0, 40));
  feed.subscribe(tokens.slice(30, 60), 'full');
  await feed.start();
  await feed.ready();
  await inStep(sim, feed);
  feed.subscribe(tokens.slice(60), { mode: 'ltp' });
  feed.unsubscribe([tokens[0]!, tokens[1]!, 1]);
  expect(feed.setMode('full', [tokens[2]!, 1, 2])).toEqual([1, 2]);
  feed.setMode('quote', tokens.slice(50, 55));
  expect(feed.subscriptions().filter(({ status }) => status === 'pending').length).toBeGreaterThan(0);
  await inStep(sim, feed);
  expect(feed.subscriptions()).toHaveLength(88);
  expect(feed.subscriptions().every(({ status }) => status === 'live')).toBe(true);
  expect(streamed(sim)).toHaveLength(3);
});

test('what was asked for before the start is spread over all connections too', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { connections: 3 });
  feed.subscribe(sim.instrumentTokens.slice(0, 30));
  expect(counts(feed)).toEqual({ 0: 10, 1: 10, 2: 10 });
  await feed.start();
  await inStep(sim, feed);
});

test('changes within one turn are sent in few messages', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim);
  const messages: string[] = [];
  sim.on('subscription', ({ action }) => messages.push(action));
  await feed.start();
  for (const token of sim.instrumentTokens.slice(0, 50)) feed.subscribe([token], 'full');
  await inStep(sim, feed);
  expect(messages).toEqual(['subscribe', 'mode']);
  for (const token of sim.instrumentTokens.slice(0, 50)) {
    feed.setMode('ltp', [token]);
    feed.setMode('quote', [token]);
    if (token !== INFY) feed.unsubscribe([token]);
  }
  await inStep(sim, feed);
  expect(messages).toEqual(['subscribe', 'mode', 'unsubscribe', 'mode']);
});

describe('after a reconnect', () => {
  test('subscriptions and modes are restored exactly, and ticks say that it is another epoch', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { connections: 2 });
    using reader = feed.reader();
    const tokens = [...sim.instrumentTokens].slice(0, 30);
    for (const [nth, mode] of (['ltp', 'quote', 'full'] as const).entries()) {
      feed.subscribe(tokens.slice(nth * 10, nth * 10 + 10), mode);
    }
    await feed.start();
    await inStep(sim, feed);
    const before = streamed(sim);
    const modes = new Map<number, Mode>();
    await readUntil(reader, (tick) => {
      expect(tick.epoch).toBe(1);
      modes.set(tick.instrumentToken, tick.mode);
      return feed.subscriptions().every(({ instrumentToken, mode }) => modes.get(instrumentToken) === mode);
    });
    const lost = happens(feed, 'state', ({ cause }) => cause === 'socket-lost');
    sim.disconnect();
    await lost;
    expect(feed.subscriptions().some(({ status }) => status === 'pending')).toBe(true);
    // Also what is changed while it is down.
    feed.unsubscribe([tokens[0]!]);
    feed.setMode('full', [tokens[1]!]);
    await when(sim, 'connection', () => sim.stats().accepted === 4);
    await inStep(sim, feed);
    expect(streamed(sim)).not.toEqual(before);
    expect(feed.health().connections).toMatchObject([
      { epoch: 2, reconnects: 1 },
      { epoch: 2, reconnects: 1 },
    ]);
    const again = new Map<number, Mode>();
    const epochs = [1, 1];
    await readUntil(reader, (tick) => {
      expect(tick.epoch).toBeGreaterThanOrEqual(epochs[tick.connection]!);
      epochs[tick.connection] = tick.epoch;
      if (tick.epoch === 2) again.set(tick.instrumentToken, tick.mode);
      return feed.subscriptions().every(({ instrumentToken, mode }) => again.get(instrumentToken) === mode);
    });
    expect(again.has(tokens[0]!)).toBe(false);
  });

  test('of one connection the others go on as they were', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { connections: 3 });
    feed.subscribe(sim.instrumentTokens.slice(0, 30));
    await feed.start();
    await inStep(sim, feed);
    const victim = sim.subscriptions()[1];
    sim.disconnect(undefined, { connection: victim!.id });
    await when(sim, 'connection', () => sim.stats().accepted === 4);
    await inStep(sim, feed);
    expect(
      feed
        .health()
        .connections.map(({ epoch }) => epoch)
        .sort(),
    ).toEqual([1, 1, 2]);
  });
});

describe('connections', () => {
  test('are opened as instruments need them', async () => {
    await using sim = await quietSimulator({ maxInstruments: 3_000, instruments: 7_000 });
    await using feed = feedOf(sim);
    await feed.start();
    await feed.ready();
    expect(feed.states).toEqual(['disconnected', 'disconnected', 'disconnected']);
    feed.subscribe(sim.instrumentTokens.slice(0, 3_000));
    await feed.ready();
    expect(feed.states).toEqual(['subscribed', 'disconnected', 'disconnected']);
    feed.subscribe(sim.instrumentTokens.slice(0, 3_001));
    await feed.ready();
    expect(feed.states).toEqual(['subscribed', 'subscribed', 'disconnected']);
    await inStep(sim, feed);
    expect(sim.stats().accepted).toBe(2);
    expect(counts(feed)).toEqual({ 0: 3_000, 1: 1 });
  });

  test('are all opened at the start when their number is given', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { connections: 2 });
    await feed.start();
    await feed.ready();
    expect(feed.states).toEqual(['subscribed', 'subscribed']);
    expect(sim.stats().connections).toBe(2);
  });

  test('take turns when that is asked for', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { connections: 3, distribution: 'round-robin' });
    feed.subscribe(sim.instrumentTokens.slice(0, 7));
    expect(feed.subscriptions().map(({ connection }) => connection)).toEqual([0, 1, 2, 0, 1, 2, 0]);
    await feed.start();
    await inStep(sim, feed);
  });

  test('carry on an account what names it', async () => {
    await using sim = await quietSimulator({ credentials: THREE_ACCOUNTS });
    await using feed = feedOf(sim, { accounts: THREE_ACCOUNTS });
    await feed.start();
    feed.subscribe([INFY, SBIN], { account: 'b', mode: 'full' });
    feed.subscribe([RELIANCE, INFY], { account: 'c', mode: 'ltp' });
    await feed.ready();
    await inStep(sim, feed, KEYS);
    expect(feed.subscriptions()).toEqual([
      { instrumentToken: INFY, mode: 'ltp', account: 'b', connection: 3, status: 'live' },
      { instrumentToken: SBIN, mode: 'full', account: 'b', connection: 3, status: 'live' },
      { instrumentToken: RELIANCE, mode: 'ltp', account: 'c', connection: 6, status: 'live' },
    ]);
    expect(() => feed.subscribe([1], { account: 'z' })).toThrow(ArgumentError);
    expect(() => feed.subscribe([1], { account: 'z' })).toThrow('this feed has: a, b, c');
  });
});

describe('three accounts', () => {
  test('carry 27,000 instruments on nine connections, each streamed once', async () => {
    await using sim = await quietSimulator({ instruments: 27_000, credentials: THREE_ACCOUNTS });
    await using feed = feedOf(sim, { accounts: THREE_ACCOUNTS, connections: 3 });
    using reader = feed.reader({ kind: 'gating' });
    const tokens = [...sim.instrumentTokens];
    expect(new Set(tokens).size).toBe(27_000);
    await feed.start();
    feed.subscribe(tokens);
    await feed.ready();
    const seen = new Set<number>();
    await readUntil(reader, (tick) => seen.add(tick.instrumentToken).size === 27_000);
    await inStep(sim, feed, KEYS);
    expect(sim.subscriptions().map(({ subscriptions }) => subscriptions.size)).toEqual(Array(9).fill(3_000));
    expect(new Set(streamedTokens(sim))).toEqual(new Set(tokens));
    expect(feed.health()).toMatchObject({
      status: 'ok',
      accounts: ['a', 'b', 'c'].map((account) => ({ account, status: 'ok', instruments: 9_000 })),
    });
    expect(() => feed.subscribe([1, 2])).toThrow(CapacityError);
    expect(() => feed.subscribe([1, 2])).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_CAPACITY', requested: 27_002, capacity: 27_000 }),
    );
    expect(() => feed.subscribe([1, 2])).toThrow(/27002 instruments do not fit.* 27000/);
    expect(() => feed.subscribe([1], { account: 'b' })).toThrow(
      expect.objectContaining({ requested: 9_001, capacity: 9_000 }),
    );
    // Nothing has changed; and what is wanted already is not counted twice.
    feed.subscribe(tokens);
    expect(feed.subscriptions()).toHaveLength(27_000);
  });

  test('take over from one that is refused: no instrument is lost, none is streamed twice', async () => {
    await using sim = await quietSimulator({ credentials: THREE_ACCOUNTS });
    await using feed = feedOf(sim, { accounts: THREE_ACCOUNTS, connections: 2 });
    const tokens = [...sim.instrumentTokens].slice(0, 60);
    await feed.start();
    feed.subscribe(tokens, 'full');
    await feed.ready();
    await inStep(sim, feed, KEYS);
    expect(counts(feed)).toEqual({ 0: 10, 1: 10, 2: 10, 3: 10, 4: 10, 5: 10 });
    sim.acceptCredentials(THREE_ACCOUNTS.filter(({ id }) => id !== 'b'));
    let refused = 0;
    const bothRefused = happens(feed, 'error', ({ code }) => code === 'ERR_TICKRING_AUTH' && ++refused === 2);
    sim.disconnect(undefined, { apiKey: 'key-b' });
    await bothRefused;
    expect(counts(feed)).toEqual({ 0: 15, 1: 15, 4: 15, 5: 15 });
    await inStep(sim, feed, KEYS);
    expect(streamedTokens(sim).sort()).toEqual([...tokens].sort());
    expect(feed.health()).toMatchObject({
      status: 'degraded',
      accounts: [
        { account: 'a', status: 'ok' },
        { account: 'b', status: 'down', instruments: 0 },
        { account: 'c', status: 'ok' },
      ],
    });
    // Back again, it is used for what is wanted from then on.
    sim.acceptCredentials(THREE_ACCOUNTS);
    await feed.start();
    await feed.ready();
    feed.subscribe([...sim.instrumentTokens].slice(60, 70));
    await inStep(sim, feed, KEYS);
    expect(counts(feed)).toEqual({ 0: 15, 1: 15, 2: 5, 3: 5, 4: 15, 5: 15 });
    expect(new Set(streamedTokens(sim)).size).toBe(70);
  });
});

describe('arguments', () => {
  test('tokens and modes that cannot be are refused, and change nothing', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim);
    for (const token of [-1, 1.5, 2 ** 32, Number.NaN, '408065']) {
      expect(() => feed.subscribe([INFY, token as number])).toThrow(ArgumentError);
      expect(() => feed.subscribe([INFY, token as number])).toThrow(String(token));
      expect(() => feed.unsubscribe([token as number])).toThrow(ArgumentError);
      expect(() => feed.setMode('full', [token as number])).toThrow(ArgumentError);
    }
    expect(() => feed.subscribe([INFY], 'depth' as Mode)).toThrow(
      'a mode is one of ltp, quote, full, not depth',
    );
    expect(() => feed.setMode('depth' as Mode, [INFY])).toThrow(ArgumentError);
    expect(feed.subscriptions()).toEqual([]);
    expect(wanted(feed)).toEqual([]);
  });
});
