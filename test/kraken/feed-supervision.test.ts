import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { KrakenFeed, type KrakenFeedOptions } from 'tickring/kraken';
import { describe, expect, test } from 'vitest';
import { AT_ONCE, rejection } from '../support/feed.ts';
import {
  BTC,
  DEMO,
  ETH,
  krakenEvent,
  krakenFeed,
  krakenSimulator,
  streamedBy,
  untilRead,
  XRP,
} from '../support/kraken.ts';
import { ScriptedKraken } from '../support/kraken-server.ts';

/** Answers every upgrade with these statuses, one after the other, the last for ever. */
async function refusingServer(...statuses: number[]) {
  let attempts = 0;
  const server = createServer();
  server.on('upgrade', (_, socket) => {
    const status = statuses[Math.min(attempts++, statuses.length - 1)];
    socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v2`,
    attempts: () => attempts,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

function deferred(): [promise: Promise<void>, resolve: () => void] {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return [promise, resolve];
}

function feedTo(url: string, options: KrakenFeedOptions = {}): KrakenFeed {
  const patient = { ackTimeout: 60_000, readTimeout: 60_000, handshakeTimeout: 60_000 };
  return new KrakenFeed({
    url,
    reconnect: AT_ONCE,
    stableAfter: 0,
    connections: 1,
    books: 8,
    ...patient,
    ...options,
  });
}

describe('an upgrade that is refused', () => {
  test.each([400, 401, 403, 404])('with HTTP %i is not tried again', async (status) => {
    await using server = await refusingServer(status);
    await using feed = feedTo(server.url);
    const gaveUp = krakenEvent(feed, 'gave-up');
    const subscribed = feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    await feed.start();
    expect(await gaveUp).toMatchObject([{ connection: 0, endpoint: 'public' }]);
    expect(await rejection(feed.ready())).toMatchObject({
      message: expect.stringContaining(`HTTP ${status}`),
    });
    expect(await rejection(subscribed)).toMatchObject({ code: 'ERR_TICKRING_SUBSCRIPTION' });
    expect(feed.states).toEqual(['disconnected']);
    expect(server.attempts()).toBe(1);
    // What is wanted stays so, and start() tries again.
    expect(feed.subscriptions()).toMatchObject([{ connection: undefined, status: 'waiting' }]);
    const again = krakenEvent(feed, 'gave-up');
    await feed.start();
    await again;
    expect(server.attempts()).toBe(2);
  });

  test.each([429, 500, 502])('with HTTP %i is tried again', async (status) => {
    await using simulator = await krakenSimulator();
    simulator.inject({ kind: 'refuse', status });
    await using feed = krakenFeed(simulator);
    const retried = krakenEvent(feed, 'retry');
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    expect(await retried).toMatchObject([{ cause: 'failed', attempt: 1 }]);
    expect(simulator.stats()).toMatchObject({ refused: 1, accepted: 1 });
  });

  test('with HTTP 503 is tried again after a while', async () => {
    await using simulator = await krakenSimulator();
    simulator.inject({ kind: 'refuse' });
    await using feed = krakenFeed(simulator, { maintenanceDelay: 600_000 });
    const waits = krakenEvent(feed, 'retry', ({ cause }) => cause === 'maintenance');
    await feed.start();
    void feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    expect(await waits).toMatchObject([{ attempt: 0, connection: 0, delay: expect.any(Number) }]);
    expect(feed.state).toBe('connecting');
    expect(simulator.stats()).toMatchObject({ refused: 1, accepted: 0 });
  });
});

describe('a close', () => {
  test('with code 1008 is for good', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    const gaveUp = krakenEvent(feed, 'gave-up');
    simulator.disconnect(1008);
    const [{ error }] = await gaveUp;
    expect(error?.message).toContain('1008');
    expect(simulator.stats().accepted).toBe(1);
    // Its streams go to a connection that is left.
    await feed.subscribe({ channel: 'ticker', symbols: [BTC, ETH] });
    expect(feed.subscriptions().map(({ connection }) => connection)).toEqual([1, 1]);
  });

  test.each([1000, 1001, 1006, 1012, 4000])('with code %i is not', async (code) => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    const lost = krakenEvent(feed, 'state', ({ to }) => to === 'degraded');
    simulator.disconnect(code === 1006 ? undefined : code);
    await lost;
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    expect(simulator.stats().accepted).toBe(2);
  });
});

describe('attempts to connect', () => {
  test('keep to the budget of the host', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { connectBudget: { attempts: 2, per: 3_600_000 } });
    const waits = krakenEvent(feed, 'retry', ({ cause }) => cause === 'budget');
    await feed.start();
    for (let nth = 0; nth < 2; nth++) {
      await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
      const lost = krakenEvent(feed, 'state', ({ to }) => to === 'degraded');
      simulator.disconnect();
      await lost;
    }
    expect(await waits).toMatchObject([{ attempt: 0, connection: 0, delay: expect.any(Number) }]);
    expect(feed.state).toBe('connecting');
    expect(simulator.stats().accepted).toBe(2);
  });

  test('that had to wait are made when their time has come', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { connectBudget: { attempts: 1, per: 300 } });
    await feed.start();
    for (let nth = 1; nth <= 4; nth++) {
      await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
      expect(simulator.stats().accepted).toBe(nth);
      const lost = krakenEvent(feed, 'state', ({ to }) => to === 'degraded');
      simulator.disconnect();
      await lost;
    }
  });

  test('that wait are ended by closing the feed', async () => {
    await using simulator = await krakenSimulator();
    const feed = krakenFeed(simulator, { connectBudget: { attempts: 1, per: 3_600_000 } });
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    const waits = krakenEvent(feed, 'retry', ({ cause }) => cause === 'budget');
    simulator.disconnect();
    await waits;
    expect(feed.state).toBe('connecting');
    await feed.close();
    expect(feed.state).toBe('closed');
  });

  test('during a maintenance are far apart', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { maintenanceDelay: 600_000 });
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    const status = krakenEvent(feed, 'status', ({ system }) => system === 'maintenance');
    simulator.setSystem('maintenance');
    const [{ connectionId, upcomingMaintenance }] = await status;
    expect(BigInt(connectionId!)).toBeGreaterThan(2n ** 53n);
    expect(upcomingMaintenance).toEqual([]);
    expect(feed.health()).toMatchObject({
      status: 'degraded',
      system: 'maintenance',
      reasons: ["the service says that it is in state 'maintenance'"],
    });
    const waits = krakenEvent(feed, 'retry', ({ cause }) => cause === 'maintenance');
    simulator.disconnect();
    const [{ delay }] = await waits;
    expect(delay).toBeGreaterThan(0);
    expect(delay).toBeLessThanOrEqual(600_000);
    expect(feed.state).toBe('connecting');
    expect(simulator.stats().accepted).toBe(1);
  });

  test('after a maintenance are made at once again', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { maintenanceDelay: 600_000 });
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    for (const word of ['maintenance', 'online'] as const) {
      const status = krakenEvent(feed, 'status', ({ system }) => system === word);
      simulator.setSystem(word);
      await status;
    }
    expect(feed.health()).toMatchObject({ status: 'ok', system: 'online' });
    const back = krakenEvent(feed, 'state', ({ to }) => to === 'subscribed');
    simulator.disconnect();
    await back;
    expect(simulator.stats().accepted).toBe(2);
  });
});

describe('liveness', () => {
  test('a connection without subscriptions shows that it lives, because it is pinged', async () => {
    let pings = 0;
    const [enough, resolve] = deferred();
    await using server = await ScriptedKraken.listen((request, client) => {
      if (request.method !== 'ping') client.grant(request);
      else {
        client.send({ method: 'pong', req_id: request.req_id, time_in: 'x', time_out: 'x' });
        if (++pings === 3) resolve();
      }
    });
    await using feed = feedTo(server.url, { readTimeout: 3_000 });
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    await feed.unsubscribe({ channel: 'ticker' });
    await enough;
    expect(server.clients).toHaveLength(1);
    const ids = server.requests.map(({ req_id }) => req_id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(
      server.requests.filter(({ method }) => method === 'ping').every(({ params }) => params === undefined),
    ).toBe(true);
  });

  test('a connection on which nothing is asked is pinged now and then, so that the service keeps it', async () => {
    const [pinged, resolve] = deferred();
    await using server = await ScriptedKraken.listen((request, client) => {
      if (request.method === 'ping') resolve();
      else client.grant(request);
    });
    await using feed = feedTo(server.url, { pingInterval: 50 });
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    await pinged;
  });

  test('any frame counts: a quiet market is no dead connection', async () => {
    await using simulator = await krakenSimulator({ heartbeatInterval: 50 });
    await using feed = krakenFeed(simulator, { readTimeout: 1_500 });
    await feed.start();
    await feed.subscribe({ channel: 'trade', symbols: [BTC] });
    const before = feed.stats().heartbeats;
    const beats = () => feed.stats().heartbeats - before;
    while (beats() < 40) await new Promise(setImmediate);
    expect(simulator.stats().accepted).toBe(1);
  });

  test('a thread that was blocked for longer has not read yet: it takes nothing for dead', async () => {
    const thread = new Worker(new URL('../support/threads/kraken-simulator.js', import.meta.url), {
      workerData: { rate: 0, heartbeatInterval: 10 },
    });
    const [url] = await once(thread, 'message');
    await using feed = feedTo(url, { readTimeout: 500 });
    await feed.start();
    await feed.subscribe({ channel: 'trade', symbols: [BTC] });
    const causes: string[] = [];
    feed.on('state', ({ cause }) => causes.push(cause));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(causes).toEqual([]);
    await feed.close();
    thread.postMessage('close');
    await once(thread, 'exit');
  });

  test('a silent connection is opened anew', async () => {
    await using simulator = await krakenSimulator({ heartbeatInterval: 20 });
    await using feed = krakenFeed(simulator, { readTimeout: 1_000 });
    await feed.start();
    await feed.subscribe({ channel: 'trade', symbols: [BTC] });
    const lost = krakenEvent(feed, 'state', ({ cause }) => cause === 'silent');
    simulator.silence(true);
    await lost;
    await feed.subscribe({ channel: 'trade', symbols: [BTC, ETH] });
    expect(streamedBy(simulator).length).toBeGreaterThanOrEqual(2);
  });
});

describe('text that is no message', () => {
  test('is told and counted, and harms nobody', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
    const told = krakenEvent(feed, 'message');
    simulator.inject({ kind: 'proxy-text' });
    expect((await told)[0]).toContain('CloudFlare WebSocket proxy restarting');
    const empty = krakenEvent(feed, 'message');
    simulator.sendText('');
    await empty;
    const unknown = krakenEvent(feed, 'unknown');
    simulator.sendText('{"channel":"weather","data":[{"sky":"blue"}]}');
    expect((await unknown)[0]).toEqual({
      reason: 'control',
      text: '{"channel":"weather","data":[{"sky":"blue"}]}',
    });
    expect(feed.stats().malformedTexts).toBe(3);
    expect(feed.state).toBe('subscribed');
    await feed.subscribe({ channel: 'book', symbols: [ETH] });
  });

  test('in a book, cut in its middle, is told; the book is found wrong when it is', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    using reader = feed.reader();
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
    const book = feed.book(BTC);
    await untilRead(reader, () => book.trusted);
    const told = krakenEvent(feed, 'message');
    simulator.inject({ kind: 'half-json' }, { channel: 'book', symbol: BTC });
    while (simulator.stats().injected.damaged === 0) simulator.step(1, BTC);
    await told;
    expect(feed.stats().malformedTexts).toBe(1);
  });
});

test('reference data comes as an event where somebody listens, and as records in any case', async () => {
  await using simulator = await krakenSimulator();
  await using feed = krakenFeed(simulator);
  using reader = feed.reader();
  await feed.start();
  const snapshot = krakenEvent(feed, 'instrument', (message) => message.snapshot);
  await feed.subscribe({ channel: 'instrument', includeTokenizedAssets: true });
  const [{ pairs, assets }] = await snapshot;
  expect(pairs.map(({ symbol }) => symbol).sort()).toEqual([...simulator.symbols].sort());
  expect(assets.length).toBeGreaterThan(0);
  await untilRead(reader, () => feed.latest('instrument', BTC) !== undefined);
  expect(feed.latest('instrument', BTC)).toMatchObject({ kind: 'instrument', symbol: BTC });
  const update = krakenEvent(feed, 'instrument', (message) => !message.snapshot);
  simulator.setStatus(ETH, 'cancel_only');
  expect((await update)[0].pairs).toMatchObject([{ symbol: ETH, status: 'cancel_only' }]);
});

test('faults of all kinds leave a feed whose books are right', async () => {
  await using simulator = await krakenSimulator({ rate: 2_000, heartbeatInterval: 50 });
  await using feed = krakenFeed(simulator, { readTimeout: 2_000, maintenanceDelay: 50, resyncAttempts: 50 });
  await feed.start();
  const symbols = [BTC, ETH, XRP];
  await feed.subscribe({ channel: 'book', symbols });
  await feed.subscribe({ channel: 'trade', symbols });
  using reader = feed.reader();
  const faults = [
    { kind: 'drop' },
    { kind: 'wrong-checksum' },
    { kind: 'duplicate' },
    { kind: 'reorder' },
    { kind: 'half-json' },
    { kind: 'reserialised', messages: 20 },
    { kind: 'proxy-text' },
    { kind: 'garbage' },
    { kind: 'half-frame' },
    { kind: 'disconnect' },
    { kind: 'disconnect', code: 4000 },
    { kind: 'silence', ms: 1_000 },
    { kind: 'rate-limit' },
    { kind: 'maintenance', ms: 100 },
  ] as const;
  for (const fault of faults) {
    simulator.inject(fault, { channel: 'book' });
    for (let batches = 0; batches < 10; batches++) {
      await reader.wait({ timeout: 200 });
      for (const _ of reader.drain());
    }
  }
  // Whatever is still on its way to be found and mended.
  await untilRead(
    reader,
    () => feed.state === 'subscribed' && symbols.every((symbol) => feed.book(symbol).trusted),
  );
  expect(feed.health().degradedBooks).toEqual([]);
  expect(streamedBy(simulator)).toEqual([
    ...symbols.map((symbol) => `book ${symbol} 10`),
    ...symbols.map((symbol) => `trade ${symbol}`),
  ]);
});

test('a feed that is aborted is closed', async () => {
  await using simulator = await krakenSimulator();
  const abort = new AbortController();
  const feed = krakenFeed(simulator, { ...DEMO, signal: abort.signal });
  await feed.start();
  await feed.subscribe({ channel: 'balances' });
  const closed = krakenEvent(feed, 'closed');
  abort.abort();
  await closed;
  expect(feed.state).toBe('closed');
});
