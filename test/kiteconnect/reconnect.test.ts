import { inspect } from 'node:util';
import { AuthenticationError, ConnectionError } from 'tickring';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { until } from '../sim/client.ts';
import { deadUrl, paused, simulator } from './simulator.ts';
import { Story } from './story.ts';

const NIFTY = 256265;
const INFY = 408065;

// The jitter of all delays is drawn with it: none.
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('a connection that the service closes: close, disconnect, reconnect, connect', async () => {
  const sim = await paused();
  const story = new Story({ root: sim.url });
  const { ticker } = story;
  expect(ticker.connected()).toBe(false);
  ticker.on('connect', () => expect(ticker.connected()).toBe(true));
  ticker.on('disconnect', () => expect(ticker.connected()).toBe(false));
  ticker.connect();
  ticker.connect();
  await story.until('connect');
  sim.disconnect(1001);
  await story.until('connect', 2);
  expect(story.events).toEqual(['connect', 'close', 'disconnect', 'reconnect', 'connect']);
  expect(story.closes).toEqual(['the connection was closed (code 1001)']);
  expect(story.disconnects[0]).toBeInstanceOf(ConnectionError);
  expect(story.reconnects).toEqual([[1, 0]]);
  expect(sim.stats()).toMatchObject({ accepted: 2, connections: 1 });
});

test('an attempt that fails is an error, too; after max_retry of them noreconnect, and connect() starts anew', async () => {
  const url = await deadUrl();
  const story = new Story({ root: url, max_retry: 3 });
  const { ticker } = story;
  ticker.subscribe([NIFTY]);
  ticker.connect();
  await story.until('noreconnect');
  const failed = ['error', 'close', 'disconnect'];
  const tried = [...failed, 'reconnect'];
  expect(story.events).toEqual([...tried, ...tried, ...tried, ...failed, 'noreconnect']);
  expect(story.reconnects.map(([attempt]) => attempt)).toEqual([1, 2, 3]);
  expect(story.errors[0]?.message).toMatch(/^cannot connect: .*ECONNREFUSED/);

  const sim = await paused({ port: Number(new URL(url).port) });
  ticker.connect();
  await until(() => sim.stats().subscriptions === 1);
  expect(story.events.at(-1)).toBe('connect');
});

test('autoReconnect() holds at once: also for a ticker that is connected, and after connect()', async () => {
  const sim = await paused();
  const story = new Story({ root: sim.url });
  story.ticker.connect();
  story.ticker.autoReconnect(true, 1);
  await story.until('connect');
  await sim.close();
  await story.until('noreconnect');
  expect(story.count('reconnect')).toBe(1);
});

test('delays are bounded by one second, then two, doubling up to max_delay', async () => {
  // Each is drawn as a thousandth of its bound.
  vi.mocked(Math.random).mockReturnValue(1 / 1000);
  const story = new Story({ root: await deadUrl(), max_retry: 12, max_delay: 7 });
  story.ticker.connect();
  await story.until('noreconnect');
  const bounds = story.reconnects.map(([, delay]) => Math.round(delay * 1000));
  expect(bounds).toEqual([1, 2, 4, 7, 7, 7, 7, 7, 7, 7, 7, 7]);
});

test('max_retry is 50 by default and 300 at most; a negative one never gives up', async () => {
  const root = await deadUrl();
  for (const [params, retries] of [
    [{}, 50],
    [{ max_retry: 0 }, 50],
    [{ max_retry: 1_000 }, 300],
  ] as const) {
    const story = new Story({ root, ...params });
    story.ticker.connect();
    await story.until('noreconnect');
    expect(story.reconnects).toHaveLength(retries);
  }
  const story = new Story({ root });
  story.ticker.autoReconnect(true, -1, 5);
  story.ticker.connect();
  await story.until('reconnect', 310);
  story.ticker.disconnect();
  await until(() => story.closes.at(-1) === 'closed by disconnect()');
  expect(story.events).not.toContain('noreconnect');
});

test('a service that only lets in and throws out is given up: attempts are counted until data comes', async () => {
  const sim = await paused({ heartbeatInterval: 60_000 });
  sim.on('connection', () => sim.disconnect(1013));
  const story = new Story({ root: sim.url, max_retry: 2 });
  story.ticker.connect();
  await story.until('noreconnect');
  const once = ['connect', 'close', 'disconnect'];
  expect(story.events).toEqual([...once, 'reconnect', ...once, 'reconnect', ...once, 'noreconnect']);
});

test('without reconnect it only says that it is disconnected, and the listener may connect', async () => {
  const sim = await paused();
  const story = new Story({ root: sim.url, reconnect: false });
  const { ticker } = story;
  ticker.on('disconnect', () => ticker.connect());
  ticker.connect();
  await story.until('connect');
  sim.disconnect();
  await story.until('connect', 2);
  expect(story.events).toEqual(['connect', 'close', 'disconnect', 'connect']);
});

test('refused credentials are not tried again; with a new token connect() works', async () => {
  const sim = await paused({ credentials: [{ apiKey: 'demo', accessToken: 'today' }] });
  const story = new Story({ root: sim.url, access_token: 'yesterday' });
  const { ticker } = story;
  ticker.connect();
  await story.until('noreconnect');
  expect(story.events).toEqual(['error', 'close', 'disconnect', 'noreconnect']);
  expect(story.errors[0]).toBeInstanceOf(AuthenticationError);
  expect(story.disconnects[0]).toBe(story.errors[0]);
  expect(sim.stats().refused).toBe(1);
  expect(inspect([ticker, story.errors, story.closes], { depth: 9, showHidden: true })).not.toContain(
    'yester',
  );

  ticker.access_token = 'today';
  expect(ticker.access_token).toBe('today');
  ticker.connect();
  await story.until('connect');
  expect(ticker.connected()).toBe(true);
});

test('a token that is replaced while it runs is used by the next attempt', async () => {
  const sim = await paused({ credentials: [{ apiKey: 'demo', accessToken: 'monday' }] });
  const story = new Story({ root: sim.url, access_token: 'monday' });
  story.ticker.connect();
  await story.until('connect');
  sim.acceptCredentials([{ apiKey: 'demo', accessToken: 'tuesday' }]);
  story.ticker.access_token = 'tuesday';
  sim.disconnect();
  await story.until('connect', 2);
  expect(sim.stats().refused).toBe(0);
});

test('credentials that are missing are an error as refused ones are', async () => {
  const story = new Story({ root: 'ws://127.0.0.1:1', access_token: '' });
  story.ticker.connect();
  await story.until('noreconnect');
  expect(story.events).toEqual(['error', 'close', 'disconnect', 'noreconnect']);
  expect(story.errors[0]?.message).toMatch(/needs accessToken/);
});

test('disconnect() is answered once, also while it waits to try again, and reconnecting works after it', async () => {
  const sim = await paused();
  const url = await deadUrl();
  const story = new Story({ root: url });
  const { ticker } = story;
  // A delay that only disconnect() can end.
  vi.mocked(Math.random).mockReturnValue(0.999_999);
  ticker.connect();
  await story.until('reconnect');
  // It is trying already.
  ticker.connect();
  ticker.disconnect();
  ticker.disconnect();
  await story.until('disconnect', 2);
  expect(story.events).toEqual(['error', 'close', 'disconnect', 'reconnect', 'close', 'disconnect']);
  expect(story.closes.at(-1)).toBe('closed by disconnect()');

  vi.mocked(Math.random).mockReturnValue(0);
  ticker.root = sim.url;
  ticker.connect();
  await story.until('connect');
  ticker.disconnect();
  ticker.connect();
  expect(ticker.connected()).toBe(false);
  await story.until('connect', 2);
  expect(story.events.slice(6)).toEqual(['connect', 'close', 'disconnect', 'connect']);
  sim.disconnect();
  await story.until('connect', 3);
  expect(sim.stats()).toMatchObject({ accepted: 3, connections: 1 });
});

test('disconnect() of a ticker that is not connected does nothing', async () => {
  const story = new Story({});
  story.ticker.disconnect();
  expect(story.ticker.connected()).toBe(false);
  expect(story.events).toEqual([]);
});

test('heartbeats keep a connection; without anything at all it is taken for dead', async () => {
  const sim = await simulator({ heartbeatInterval: 400 });
  const story = new Story({ root: sim.url });
  story.ticker.connect();
  await story.until('connect');
  // Longer than the 5 seconds of silence that are allowed.
  await until(() => story.messages.length >= 15);
  expect(story.messages.every(({ byteLength }) => byteLength === 1)).toBe(true);
  expect(story.ticks).toEqual([]);
  expect(story.events).toEqual(['connect']);
  sim.silence(true);
  await story.until('disconnect');
  sim.silence(false);
  await story.until('connect', 2);
  expect(story.events).toEqual(['connect', 'close', 'disconnect', 'reconnect', 'connect']);
  expect(story.closes[0]).toMatch(/nothing was heard for 5000 ms/);
});

test('every instance has a connection, credentials and listeners of its own', async () => {
  const credentials = ['a', 'b', 'c'].map((id) => ({ apiKey: `key-${id}`, accessToken: `token-${id}` }));
  const sim = await paused({ credentials });
  const stories = credentials.map(
    ({ apiKey, accessToken }) =>
      new Story({ root: sim.url, api_key: apiKey, access_token: accessToken, reconnect: apiKey !== 'key-c' }),
  );
  for (const [nth, { ticker }] of stories.entries()) {
    ticker.subscribe([INFY + nth * 256]);
    ticker.connect();
  }
  for (const [nth, story] of stories.entries()) {
    await until(() => story.allTicks.length > 0);
    expect(story.allTicks.map((tick) => tick.instrument_token)).toEqual([INFY + nth * 256]);
  }
  sim.sendOrder({ order_id: 'of b' }, { apiKey: 'key-b' });
  await until(() => stories[1]!.orders.length === 1);
  stories[0]!.ticker.disconnect();
  sim.disconnect(undefined, { apiKey: 'key-c' });
  await stories[0]!.until('disconnect');
  await stories[2]!.until('disconnect');
  expect(stories.map(({ ticker }) => ticker.connected())).toEqual([false, true, false]);
  expect(stories.map(({ orders }) => orders.length)).toEqual([0, 1, 0]);
  expect(stories[1]!.events).toEqual(['connect']);
});
