import { ArgumentError, CapacityError, ServiceError } from 'tickring';
import type { KiteClientMessage } from 'tickring/sim';
import { expect, test } from 'vitest';
import { until } from '../sim/client.ts';
import { encodeFrame, encodeLtp } from '../support/kite-frames.ts';
import { paused, simulator } from './simulator.ts';
import { Story } from './story.ts';

const NIFTY = 256265;
const INFY = 408065;
const RELIANCE = 738561;

test('what is subscribed before connect() is asked for when it is open, with its mode', async () => {
  const sim = await paused();
  const { ticker } = new Story({ root: sim.url });
  const tokens = [NIFTY, INFY];
  expect(ticker.subscribe(tokens)).toBe(tokens);
  expect(ticker.setMode(ticker.modeFull, [INFY])).toEqual([INFY]);
  expect(ticker.subscribe(['738561'])).toEqual(['738561']);
  expect(ticker.subscribe([])).toEqual([]);
  ticker.connect();
  ticker.unsubscribe([NIFTY]);
  await until(() => sim.subscriptions()[0]?.subscriptions.get(INFY) === 'full');
  expect(sim.subscriptions()[0]?.subscriptions).toEqual(
    new Map([
      [INFY, 'full'],
      [RELIANCE, 'quote'],
    ]),
  );
});

test('subscribing in the connect listener, as the official examples do, asks once for each connection', async () => {
  const sim = await paused();
  const asked: (KiteClientMessage & { connection: number })[] = [];
  sim.on('subscription', (message) => asked.push(message));
  const story = new Story({ root: sim.url });
  const { ticker } = story;
  ticker.on('connect', () => {
    const tokens = [RELIANCE, NIFTY];
    ticker.subscribe(tokens);
    ticker.setMode(ticker.modeFull, tokens);
  });
  ticker.connect();
  await until(() => asked.length === 2);
  sim.disconnect();
  await until(() => asked.length === 4);
  ticker.subscribe([NIFTY]);
  ticker.setMode(ticker.modeLTP, [NIFTY]);
  ticker.setMode(ticker.modeLTP, [INFY]);
  await until(() => asked.length === 5);
  expect(asked.map(({ connection, action, tokens }) => [connection, action, tokens])).toEqual([
    [1, 'subscribe', [RELIANCE, NIFTY]],
    [1, 'mode', [RELIANCE, NIFTY]],
    [2, 'subscribe', [RELIANCE, NIFTY]],
    [2, 'mode', [RELIANCE, NIFTY]],
    [2, 'mode', [NIFTY]],
  ]);
});

test('a mode that was set later survives a reconnect, although the listener subscribes again', async () => {
  const sim = await paused();
  const story = new Story({ root: sim.url });
  const { ticker } = story;
  ticker.on('connect', () => ticker.subscribe([INFY, RELIANCE]));
  ticker.connect();
  await until(() => sim.stats().subscriptions === 2);
  ticker.setMode('full', ['408065']);
  ticker.unsubscribe(['738561']);
  const wanted = () => JSON.stringify([...(sim.subscriptions()[0]?.subscriptions ?? [])]);
  await until(() => wanted() === JSON.stringify([[INFY, 'full']]));
  ticker.subscribe([RELIANCE]);
  sim.disconnect();
  await story.until('connect', 2);
  await until(
    () =>
      wanted() ===
      JSON.stringify([
        [INFY, 'full'],
        [RELIANCE, 'quote'],
      ]),
  );
});

test('disconnect() forgets what was subscribed, as the service does', async () => {
  const sim = await paused();
  const story = new Story({ root: sim.url });
  const { ticker } = story;
  ticker.subscribe([INFY, RELIANCE]);
  ticker.connect();
  await until(() => sim.stats().subscriptions === 2);
  ticker.disconnect();
  ticker.subscribe([NIFTY]);
  ticker.connect();
  await until(() => story.count('connect') === 2 && sim.stats().subscriptions === 1);
  expect(sim.subscriptions()[0]?.subscriptions).toEqual(new Map([[NIFTY, 'quote']]));
});

test('3,000 instruments and no more: the rest is an error, and changes nothing', async () => {
  const sim = await paused();
  const story = new Story({ root: sim.url });
  const { ticker } = story;
  const tokens = [...sim.instrumentTokens];
  ticker.subscribe(tokens.slice(0, 2_999));
  ticker.subscribe(tokens.slice(2_998, 3_001));
  expect(story.errors[0]).toBeInstanceOf(CapacityError);
  expect(story.errors[0]).toMatchObject({ requested: 3_001, capacity: 3_000 });
  ticker.subscribe(tokens.slice(0, 3_000));
  ticker.connect();
  await until(() => sim.stats().subscriptions === 3_000);
  await until(() => story.allTicks.length === 3_000);
  expect(story.errors).toHaveLength(1);
});

test('what is no token is an error, and changes nothing', async () => {
  const story = new Story({});
  const { ticker } = story;
  for (const bad of [Number.NaN, -1, 1.5, 2 ** 32, 'INFY', '', ' 5', null]) {
    ticker.subscribe([INFY, bad as number]);
    ticker.unsubscribe([bad as number]);
  }
  ticker.setMode('deep' as 'full', [INFY]);
  ticker.subscribe(undefined as unknown as number[]);
  expect(story.errors).toHaveLength(18);
  expect(story.errors.every((error) => error instanceof ArgumentError)).toBe(true);
});

test('one ticks event for each frame; good packets of bad frames are kept, frames without any give none', async () => {
  const sim = await paused();
  const story = new Story({ root: sim.url });
  story.ticker.connect();
  await story.until('connect');
  const packet = (token: number) => encodeLtp({ token, lastPrice: 12_345 });
  const nco = 31132428;
  const high = 0xffff_ff01;
  sim.sendFrame(encodeFrame([packet(INFY), packet(high)]));
  sim.sendFrame(encodeFrame([packet(INFY)], 3));
  sim.sendFrame(encodeFrame([new Uint8Array(9)]));
  sim.sendFrame(Uint8Array.of(0, 0));
  sim.sendFrame(Uint8Array.of(0, 1, 0));
  sim.sendFrame(encodeFrame([packet(nco)]));
  await until(() => story.ticks.length === 3);
  const tick = (instrument_token: number, last_price: number) => ({
    tradable: true,
    mode: 'ltp',
    instrument_token,
    last_price,
  });
  expect(story.ticks).toEqual([
    [tick(INFY, 123.45), tick(high, 123.45)],
    [tick(INFY, 123.45)],
    [tick(nco, 1.2345)],
  ]);
  expect(story.messages.filter(({ byteLength }) => byteLength > 1)).toHaveLength(6);
  expect(story.events).toEqual(['connect']);
});

test('error texts of the service, and texts that are none of its own, are errors', async () => {
  const sim = await paused();
  const story = new Story({ root: sim.url });
  story.ticker.connect();
  await story.until('connect');
  sim.sendError('too many requests');
  sim.sendText('{broken');
  sim.sendMessage('not for us');
  await story.until('error', 2);
  expect(story.errors[0]).toBeInstanceOf(ServiceError);
  expect(story.errors[0]?.message).toContain('too many requests');
  expect(story.events).toEqual(['connect', 'error', 'error']);
});

test('nothing is lost to a slow listener', async () => {
  const sim = await paused({ rate: Number.POSITIVE_INFINITY, tickLimit: 150_000, packetsPerFrame: 500 });
  const story = new Story({ root: sim.url });
  const { ticker } = story;
  const never = new Int32Array(new SharedArrayBuffer(4));
  // Blocks this thread, as a strategy might.
  ticker.on('ticks', () => Atomics.wait(never, 0, 0, 2));
  ticker.subscribe([...sim.instrumentTokens.subarray(0, 500)]);
  ticker.connect();
  await until(() => story.allTicks.length === 500);
  sim.resume();
  await until(() => sim.stats().ticksSent === 150_000);
  await until(() => story.ticks.reduce((sum, { length }) => sum + length, 0) === 150_500);
  expect(story.ticks).toHaveLength(sim.stats().framesSent);
});

test('after disconnect() no tick is delivered any more', async () => {
  const sim = await simulator({ rate: 50_000 });
  const story = new Story({ root: sim.url });
  const { ticker } = story;
  let after = 0;
  let disconnected = false;
  ticker.on('ticks', () => {
    if (disconnected) after += 1;
    if (story.ticks.length < 5) return;
    disconnected = true;
    ticker.disconnect();
  });
  ticker.subscribe([...sim.instrumentTokens.subarray(0, 200)]);
  ticker.connect();
  await story.until('disconnect');
  expect(after).toBe(0);
  expect(story.events).toEqual(['connect', 'close', 'disconnect']);
});

test('an event that there is not is passed over; a listener that is no function is not', () => {
  const { ticker } = new Story({});
  ticker.on('reconnecting' as 'connect', () => {});
  ticker.on('constructor' as 'connect', () => {});
  expect(() => ticker.on('connect', undefined as unknown as () => void)).toThrow(ArgumentError);
});
