import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuthenticationError, ClosedError, ConnectionError } from 'tickring';
import { KALSHI_DEMO_URL, KALSHI_URL, KalshiFeed, KeyError } from 'tickring/kalshi';
import { makeKalshiKey } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { rejection } from '../support/feed.ts';
import {
  CREDENTIALS,
  kalshiEvent,
  kalshiFeed,
  kalshiSimulator,
  stepBook,
  streamedBy,
  untilRight,
} from '../support/kalshi.ts';
import { resolveOptions } from '../support/kalshi-internals.ts';
import { until } from '../support/memory.ts';

const BOOKS = 'orderbook_delta';

/** A server that refuses every upgrade, and keeps what it was asked. */
async function refusing(status: number, body: string) {
  const requests: IncomingMessage[] = [];
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    requests.push(request);
    const head = `HTTP/1.1 ${status} No\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n`;
    socket.end(head + body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    requests,
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/trade-api/ws/v2`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

describe('connecting', () => {
  test('goes to production, or to the demo', () => {
    expect(KALSHI_URL).toBe('wss://external-api-ws.kalshi.com/trade-api/ws/v2');
    expect(KALSHI_DEMO_URL).toBe('wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2');
    expect(resolveOptions(CREDENTIALS).url).toBe(KALSHI_URL);
    expect(resolveOptions({ ...CREDENTIALS, environment: 'production' }).url).toBe(KALSHI_URL);
    expect(resolveOptions({ ...CREDENTIALS, environment: 'demo' }).url).toBe(KALSHI_DEMO_URL);
    expect(resolveOptions({ ...CREDENTIALS, environment: 'demo', url: 'ws://x' }).url).toBe('ws://x');
    const bad = { ...CREDENTIALS, books: 8, symbols: 64 };
    expect(() => new KalshiFeed({ ...bad, environment: 'moon' as 'demo' })).toThrow(/'production' or 'demo'/);
    expect(() => new KalshiFeed({ ...bad, url: 'https://x' })).toThrow(/ws:\/\/ or wss:\/\//);
    expect(() => new KalshiFeed({ ...bad, connectStrategy: 'often' as 'retry' })).toThrow(
      /'simple' or 'retry'/,
    );
    expect(() => new KalshiFeed({} as typeof bad)).toThrow(KeyError);
  });

  test('is signed anew for each attempt', async () => {
    await using server = await refusing(503, '');
    await using feed = new KalshiFeed({
      // Signatures of RSA are never the same twice, also not of one time.
      ...makeKalshiKey('rsa').credentials,
      url: server.url,
      reconnect: { initialDelay: 1, maxDelay: 2, maxAttempts: 2 },
      books: 8,
      symbols: 64,
    });
    const gone = kalshiEvent(feed, 'gave-up');
    await feed.start();
    await gone;
    const signatures = server.requests.map(({ headers }) => headers['kalshi-access-signature']);
    expect(new Set(signatures).size).toBe(3);
  });

  test('is signed with keys of either kind, and again when it comes back', async () => {
    for (const kind of ['rsa', 'ed25519'] as const) {
      const { key, credentials } = makeKalshiKey(kind, `key-${kind}`);
      await using simulator = await kalshiSimulator({ keys: [key], timestampSkew: 5000 });
      await using feed = kalshiFeed(simulator, credentials);
      await feed.start();
      await feed.ready();
      const again = kalshiEvent(feed, 'state', ({ to }) => to === 'subscribed');
      simulator.disconnect();
      await again;
      expect(simulator.stats()).toMatchObject({ accepted: 2, refused: 0 });
    }
  });

  test('does not offer compression', async () => {
    await using server = await refusing(503, '');
    await using feed = new KalshiFeed({ ...CREDENTIALS, url: server.url, books: 8, symbols: 64 });
    const retry = kalshiEvent(feed, 'retry');
    await feed.start();
    await retry;
    expect(server.requests[0]?.headers).not.toHaveProperty('sec-websocket-extensions');
    expect(server.requests[0]?.headers).toHaveProperty('kalshi-access-signature');
  });

  test('with a key that is refused is an AuthenticationError with the words of the service, and is not tried again', async () => {
    await using simulator = await kalshiSimulator();
    const { credentials } = makeKalshiKey('ed25519', 'stranger');
    await using feed = kalshiFeed(simulator, credentials);
    const refused = kalshiEvent(feed, 'error');
    await feed.start();
    const error = await rejection(feed.ready());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as Error).message).toMatch(
      /HTTP 401: \{"code":"authentication_error","details":"NOT_FOUND"\}; check keyId/,
    );
    expect((await refused)[0]).toBe(error);
    expect(feed.states).toEqual(['closed']);
    expect(feed.health()).toMatchObject({ status: 'down' });
    // Not before somebody says so.
    simulator.inject({ kind: 'refuse' });
    expect(simulator.stats().refused).toBe(1);
    await feed.start();
    await until(() => simulator.stats().refused === 2);
  });

  test('with HTTP 403 is about the credentials, too', async () => {
    await using server = await refusing(403, 'no scope');
    await using feed = new KalshiFeed({ ...CREDENTIALS, url: server.url, books: 8, symbols: 64 });
    await feed.start();
    const error = await rejection(feed.ready());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as Error).message).toContain('HTTP 403: no scope');
    expect(feed.states).toEqual(['closed']);
    expect(server.requests).toHaveLength(1);
  });

  test('a key that is accepted later connects after start()', async () => {
    await using simulator = await kalshiSimulator();
    simulator.inject({ kind: 'refuse' });
    await using feed = kalshiFeed(simulator);
    const subscribed = feed.subscribe({ channel: 'fill' });
    await feed.start();
    await rejection(feed.ready());
    await feed.start();
    expect(await subscribed).toMatchObject({ channel: 'fill' });
    await feed.ready();
  });

  test("'simple' tries once, and start() says how that went", async () => {
    await using simulator = await kalshiSimulator();
    await using good = kalshiFeed(simulator, { connectStrategy: 'simple' });
    await good.start();
    expect(good.state).not.toBe('connecting');
    const lost = kalshiEvent(good, 'retry');
    simulator.disconnect();
    await lost;
    await good.ready();

    await using server = await refusing(503, 'maintenance');
    await using bad = new KalshiFeed({
      ...CREDENTIALS,
      url: server.url,
      connectStrategy: 'simple',
      books: 8,
      symbols: 64,
    });
    const error = await rejection(bad.start());
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as Error).message).toContain('HTTP 503: maintenance');
    expect(server.requests).toHaveLength(1);
    expect(bad.states).toEqual(['disconnected']);

    const { credentials } = makeKalshiKey('ed25519', 'stranger');
    await using refused = kalshiFeed(simulator, { ...credentials, connectStrategy: 'simple' });
    expect(await rejection(refused.start())).toBeInstanceOf(AuthenticationError);
  });

  test("'retry' goes on until it gets through", async () => {
    await using server = await refusing(503, '');
    await using feed = new KalshiFeed({
      ...CREDENTIALS,
      url: server.url,
      reconnect: { initialDelay: 1, maxDelay: 2, maxAttempts: 3 },
      books: 8,
      symbols: 64,
    });
    const attempts: number[] = [];
    feed.on('retry', ({ attempt }) => attempts.push(attempt));
    const gone = kalshiEvent(feed, 'gave-up');
    await feed.start();
    const [{ error }] = await gone;
    expect(error?.message).toContain('HTTP 503');
    expect(attempts).toEqual([1, 2, 3]);
    expect(server.requests).toHaveLength(4);
  });

  test('an address that is none of the service is given up at once', async () => {
    await using server = await refusing(404, '');
    await using feed = new KalshiFeed({ ...CREDENTIALS, url: server.url, books: 8, symbols: 64 });
    const gone = kalshiEvent(feed, 'gave-up');
    await feed.start();
    await gone;
    expect(server.requests).toHaveLength(1);
  });
});

describe('a connection that is lost', () => {
  test.each([undefined, 1000, 1011, 4000])(
    '(close code %s) comes back with all that was subscribed',
    async (code) => {
      await using simulator = await kalshiSimulator();
      await using feed = kalshiFeed(simulator);
      const [a, b] = simulator.tickers as [string, string];
      await feed.start();
      await feed.subscribe({ channel: BOOKS, markets: [a, b] });
      await feed.subscribe({ channel: 'market_lifecycle_v2' });
      await untilRight(feed, simulator, a);
      const before = streamedBy(simulator);
      const states: string[] = [];
      feed.on('connection-lost', () => states.push(feed.book(a).state));
      const lost = kalshiEvent(feed, 'connection-lost');
      const back = kalshiEvent(feed, 'state', ({ to }) => to === 'subscribed');
      simulator.disconnect(code);
      const [{ error, subscriptions, connection }] = await lost;
      expect(connection).toBe(0);
      expect(error).toBeInstanceOf(ConnectionError);
      if (code !== undefined) expect(error.message).toContain(`code ${code}`);
      expect(subscriptions).toEqual([
        { channel: BOOKS, sid: 1, items: [a, b] },
        { channel: 'market_lifecycle_v2', sid: 2, items: [] },
      ]);
      await back;
      expect(streamedBy(simulator)).toEqual(before);
      await untilRight(feed, simulator, a);
      await untilRight(feed, simulator, b);
      expect(feed.book(a).epoch).toBe(2);
      expect(feed.stats().gaps).toBe(0);
      expect(feed.health()).toMatchObject({
        status: 'ok',
        connections: [{ reconnects: 1, subscriptions: 3 }],
      });
    },
  );

  test('has its books emptied', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator, { reconnect: { maxAttempts: 0 } });
    const [a] = simulator.tickers as [string];
    await feed.start();
    await feed.subscribe({ channel: BOOKS, markets: [a] });
    await untilRight(feed, simulator, a);
    const gone = kalshiEvent(feed, 'gave-up');
    simulator.disconnect();
    await gone;
    await until(() => feed.book(a).state === 'empty');
  });

  test('is not what messages in fragments with pings in between are', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    const [a] = simulator.tickers as [string];
    await feed.start();
    await feed.subscribe({ channel: BOOKS, markets: [a] });
    simulator.inject({ kind: 'fragment', frames: 5 });
    for (let n = 0; n < 6; n++) stepBook(simulator, a);
    await untilRight(feed, simulator, a);
    expect(simulator.stats().injected.fragmented).toBe(5);
    expect(feed.stats()).toMatchObject({ gaps: 0, malformedTexts: 0 });
    expect(feed.health().connections[0]?.reconnects).toBe(0);
  });

  test('in the middle of a command loses nothing', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    await feed.ready();
    simulator.inject({ kind: 'ignore-command' });
    const subscribed = feed.subscribe({ channel: 'fill' });
    await once(simulator, 'command');
    simulator.disconnect();
    expect(await subscribed).toMatchObject({ channel: 'fill' });
  });

  test('is noticed by its silence; pings are a sign of life, and are answered', async () => {
    await using simulator = await kalshiSimulator({ pingInterval: 100 });
    await using feed = kalshiFeed(simulator, { readTimeout: 1500 });
    await feed.start();
    await feed.ready();
    // The simulator cuts who does not answer two of them.
    await until(() => simulator.stats().pingsSent >= 25);
    expect(simulator.stats()).toMatchObject({ connections: 1, cut: 0, accepted: 1 });
    const lost = kalshiEvent(feed, 'connection-lost');
    simulator.silence(true);
    expect((await lost)[0].error.message).toContain('nothing was heard for 1500 ms');
    await feed.ready();
    expect(simulator.stats().accepted).toBe(2);
  });
});

describe('closing', () => {
  test('says why, and ends readers and waiting', async () => {
    await using simulator = await kalshiSimulator();
    const feed = kalshiFeed(simulator);
    await feed.start();
    await feed.ready();
    using reader = feed.reader();
    const ended = reader.wait();
    const closed = kalshiEvent(feed, 'closed');
    const disconnected = once(simulator, 'disconnect');
    await feed.close();
    expect(await closed).toEqual([{ reason: 'closed' }]);
    expect(await disconnected).toMatchObject([{ code: 1000 }]);
    expect(await ended).toBe(false);
    expect(feed.state).toBe('closed');
    expect(await rejection(feed.ready())).toBeInstanceOf(ClosedError);
    expect(await rejection(feed.start())).toBeInstanceOf(ClosedError);
    await feed.close();
  });

  test('by a signal says so', async () => {
    await using simulator = await kalshiSimulator();
    const controller = new AbortController();
    await using feed = kalshiFeed(simulator, { signal: controller.signal });
    await feed.start();
    const closed = kalshiEvent(feed, 'closed');
    controller.abort();
    expect(await closed).toEqual([{ reason: 'aborted' }]);
  });

  test('is not a lost connection, and what was asked to be left says so', async () => {
    await using simulator = await kalshiSimulator();
    const feed = kalshiFeed(simulator);
    const events: string[] = [];
    feed.on('connection-lost', () => events.push('lost'));
    feed.on('unsubscribed', ({ channel, reason }) => events.push(`${channel} ${reason}`));
    await feed.start();
    await feed.subscribe({ channel: 'fill' });
    await feed.unsubscribe({ channel: 'fill' });
    await feed.close();
    expect(events).toEqual(['fill asked']);
  });
});
