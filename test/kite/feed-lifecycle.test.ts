import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AbortedError, ArgumentError, ClosedError, KiteFeed, type KiteFeedOptions } from 'tickring';
import { describe, expect, test } from 'vitest';
import { until } from '../sim/client.ts';
import {
  feedOf,
  happens,
  INFY,
  inStep,
  quietSimulator,
  readUntil,
  rejection,
  simulator,
} from '../support/feed.ts';
import { RawServer } from '../support/feed-server.ts';

const CHILD = fileURLToPath(new URL('../support/threads/feed-child.js', import.meta.url));

describe('a process ends by itself once its feed is closed', () => {
  test.each([
    ['after reading', 'closed'],
    ['while a reader waits', 'closed'],
    ['twice at once', 'closed'],
    ['without being started', 'closed'],
    ['while it starts', 'closed'],
    ['while it connects', 'closed'],
    ['while it waits to connect again', 'disconnected'],
    ['by its disposal', 'closed'],
    ['without being started or closed', 'disconnected'],
  ])('%s', async (way, state) => {
    await using sim = await simulator();
    // Rejects when the exit code is another than 0.
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CHILD, sim.url, way]);
    expect({ stdout, stderr }).toEqual({ stdout: `${state}\n`, stderr: '' });
  });
});

describe('closing', () => {
  test('lets readers read the rest, and then ends them', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim);
    const reader = feed.reader();
    const other = feed.reader({ kind: 'gating' });
    feed.subscribe(sim.instrumentTokens.slice(0, 50));
    await feed.start();
    await inStep(sim, feed);
    await readUntil(other, (tick) => tick.instrumentToken === sim.instrumentTokens[49]);
    await feed.close();
    let ticks = 0;
    for await (const batch of reader) for (const _ of batch) ticks += 1;
    expect(ticks).toBe(50);
    expect(reader.ended).toBe(true);
    expect(reader.waitSync()).toBe(false);
    expect(await reader.wait()).toBe(false);
  });

  test('is told once, and a closed feed stays closed', async () => {
    await using sim = await quietSimulator();
    const feed = feedOf(sim);
    let told = 0;
    feed.on('closed', () => {
      told += 1;
    });
    await feed.start();
    await Promise.all([feed.close(), feed.close(), feed[Symbol.asyncDispose]()]);
    await feed.close();
    expect(told).toBe(1);
    expect(feed.state).toBe('closed');
    expect(feed.health()).toMatchObject({ status: 'down', state: 'closed' });
    expect(feed.health().reasons[0]).toBe('the feed is closed');
    for (const act of [
      () => feed.subscribe([INFY]),
      () => feed.unsubscribe([INFY]),
      () => feed.setMode('full', [INFY]),
      () => feed.reader(),
      () => feed.updateCredentials('default', {}),
    ]) {
      expect(act).toThrow(ClosedError);
    }
    expect(await rejection(feed.start())).toBeInstanceOf(ClosedError);
    expect(await rejection(feed.ready())).toBeInstanceOf(ClosedError);
    expect(feed.stats().frames).toBe(0);
    expect(feed.latest(INFY)).toBeUndefined();
    expect(sim.stats().connections).toBe(0);
  });

  test('does not wait for a gating reader that has stopped', async () => {
    await using sim = await simulator({ rate: Number.POSITIVE_INFINITY });
    await using feed = feedOf(sim, {
      connections: 1,
      frameRingBytes: 2 ** 17,
      recordSlots: 4096,
      stallLimit: Number.POSITIVE_INFINITY,
    });
    const stuck = feed.reader({ kind: 'gating' });
    feed.subscribe(sim.instrumentTokens, 'full');
    await feed.start();
    await until(() => feed.stats().spaceWaits > 0);
    await feed.close();
    expect(feed.state).toBe('closed');
    // What was published is still there for it.
    expect(stuck.drain().size).toBeGreaterThan(0);
  });

  test('cuts off a socket whose other side does not answer', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { readTimeout: Number.POSITIVE_INFINITY });
    feed.subscribe([INFY]);
    await feed.start();
    await inStep(sim, feed);
    await feed.close({ deadline: 0 });
    expect(feed.state).toBe('closed');
  });

  test('while the upgrade is under way ends the attempt', async () => {
    let asked = () => {};
    const upgrading = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await using server = await RawServer.listen(() => asked());
    await using feed = new KiteFeed({ url: server.url, apiKey: 'demo', accessToken: 'demo', connections: 1 });
    await feed.start();
    await upgrading;
    await feed.close();
    expect(feed.states).toEqual(['closed']);
  });

  test('while a token is fetched ends the attempt', async () => {
    await using sim = await quietSimulator();
    let fetched = (_token: string) => {};
    const token = new Promise<string>((resolve) => {
      fetched = resolve;
    });
    await using feed = feedOf(sim, { connections: 1, accessToken: () => token });
    await feed.start();
    await feed.close();
    fetched('demo');
    await token;
    expect(feed.states).toEqual(['closed']);
    expect(sim.stats()).toMatchObject({ accepted: 0, refused: 0 });
  });
});

describe('starting', () => {
  test('may be asked for any number of times', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { connections: 1 });
    await Promise.all([feed.start(), feed.start()]);
    await feed.start();
    await feed.ready();
    expect(sim.stats().accepted).toBe(1);
  });

  test('of a feed that is closed meanwhile is refused, and nothing is left of it', async () => {
    await using sim = await quietSimulator();
    const feed = feedOf(sim, { connections: 1 });
    const started = rejection(feed.start());
    await feed.close();
    expect(await started).toBeInstanceOf(ClosedError);
    expect(sim.stats().accepted).toBe(0);
  });

  test('makes a feed ready that wants nothing so far', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim);
    const ready = feed.ready();
    await feed.start();
    await ready;
    expect(feed.health()).toMatchObject({
      status: 'down',
      reasons: ['no connection is in use: subscribe to something'],
    });
  });
});

describe('an AbortSignal', () => {
  const reason = new Error('enough');

  test('ends a wait for a feed to be ready', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim);
    const abort = new AbortController();
    const ready = rejection(feed.ready({ signal: abort.signal }));
    abort.abort(reason);
    expect(await ready).toBeInstanceOf(AbortedError);
    expect(await ready).toMatchObject({ code: 'ERR_TICKRING_ABORTED', cause: reason });
    expect(await rejection(feed.ready({ signal: abort.signal }))).toBeInstanceOf(AbortedError);
    expect(feed.listenerCount('state')).toBe(0);
  });

  test('ends a wait for ticks, and the reader reads on afterwards', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim);
    using reader = feed.reader();
    await feed.start();
    const abort = new AbortController();
    const waiting = reader.wait({ signal: abort.signal });
    abort.abort();
    expect(await waiting).toBe(false);
    expect(await reader.wait({ signal: abort.signal })).toBe(false);
    feed.subscribe([INFY]);
    expect(await reader.wait()).toBe(true);
  });

  test('closes the feed that was made with it', async () => {
    await using sim = await quietSimulator();
    const abort = new AbortController();
    await using feed = feedOf(sim, { signal: abort.signal });
    feed.subscribe([INFY]);
    await feed.start();
    await inStep(sim, feed);
    const closed = happens(feed, 'closed');
    abort.abort();
    expect(feed.state).toBe('closed');
    await closed;
    expect(sim.stats().connections).toBe(0);
  });

  test('that was aborted before makes a closed feed', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { signal: AbortSignal.abort() });
    expect(feed.state).toBe('closed');
    expect(await rejection(feed.start())).toBeInstanceOf(ClosedError);
  });

  test('is let go by a feed that is closed', async () => {
    await using sim = await quietSimulator();
    const abort = new AbortController();
    const listening = new Set<unknown>();
    const { signal } = abort;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listening.add(args[1]);
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listening.delete(args[1]);
      removeEventListener.apply(signal, args);
    };
    const feed = feedOf(sim, { signal });
    expect(listening.size).toBe(1);
    await feed.close();
    expect(listening.size).toBe(0);
  });
});

describe('options that cannot be used are refused by name', () => {
  const good = { apiKey: 'demo', accessToken: 'demo' };
  const account = { id: 'a', ...good };
  const cases: [string, KiteFeedOptions, RegExp][] = [
    ['no credentials', {}, /'default' needs apiKey/],
    ['no token', { apiKey: 'demo' }, /'default' needs accessToken/],
    ['an empty token', { ...good, accessToken: '' }, /'default' needs accessToken/],
    ['both ways to give accounts', { ...good, accounts: [account] }, /not both/],
    ['no accounts', { accounts: [] }, /accounts is empty/],
    ['an account without an id', { accounts: [{ ...account, id: '' }] }, /needs an id/],
    ['two accounts of one id', { accounts: [account, account] }, /two accounts with the id 'a'/],
    ['no connections', { ...good, connections: 0 }, /1 to 3 connections, not 0/],
    ['four connections', { ...good, connections: 4 }, /1 to 3 connections, not 4/],
    ['half a connection', { ...good, connections: 1.5 }, /1 to 3 connections, not 1.5/],
    ['an address that is none', { ...good, url: 'kite' }, /ws:\/\/ or wss:\/\/ address, not kite/],
    ['an http address', { ...good, url: 'http://127.0.0.1' }, /not http:\/\/127.0.0.1/],
    ['an unknown mode', { ...good, mode: 'depth' as 'full' }, /one of ltp, quote, full, not depth/],
    ['an unknown distribution', { ...good, distribution: 'random' as 'round-robin' }, /not 'random'/],
    ['no decoders', { ...good, decoders: 0 }, /decoders must be 1 or more, not 0/],
    ['half a decoder', { ...good, decoders: 0.5 }, /decoders must be 1 or more, not 0.5/],
    ['too few record slots', { ...good, recordSlots: 2048 }, /recordSlots must be at least 4096.* 2048/],
    [
      'record slots that are no power of two',
      { ...good, recordSlots: 5000 },
      /recordSlots must be a power of two.* 5000/,
    ],
    [
      'frame bytes that are no power of two',
      { ...good, frameRingBytes: 1e6 },
      /frameRingBytes must be a power of two/,
    ],
    ['no read time-out', { ...good, readTimeout: 0 }, /readTimeout must be a number of ms above 0, not 0/],
    ['a time that is no number', { ...good, staleAfter: Number.NaN }, /staleAfter must be .* not NaN/],
    ['a negative time-out', { ...good, handshakeTimeout: -1 }, /handshakeTimeout must be .* not -1/],
    [
      'a negative delay',
      { ...good, reconnect: { maxDelay: -1 } },
      /reconnect.maxDelay must not be negative: -1/,
    ],
    ['a segment that is none', { ...good, segments: { 300: { exchange: 'X', divisor: 1 } } }, /300/],
  ];
  test.each(cases)('%s', (_, options, message) => {
    expect(() => new KiteFeed(options)).toThrow(ArgumentError);
    expect(() => new KiteFeed(options)).toThrow(message);
  });
});
