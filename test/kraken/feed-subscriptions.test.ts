import { ArgumentError, CapacityError, ClosedError } from 'tickring';
import { KrakenFeed, SubscriptionError } from 'tickring/kraken';
import { describe, expect, test } from 'vitest';
import { AT_ONCE, rejection } from '../support/feed.ts';
import {
  BTC,
  DEMO,
  ETH,
  krakenEvent,
  krakenFeed,
  krakenSimulator,
  recordRequests,
  streamedBy,
  XRP,
} from '../support/kraken.ts';
import { type ScriptedClient, ScriptedKraken, type ScriptedRequest } from '../support/kraken-server.ts';

/** Comes back at once, and gives a slow machine time. */
const PATIENT = { reconnect: AT_ONCE, ackTimeout: 60_000, readTimeout: 60_000 };

describe('subscribe', () => {
  test('resolves when every symbol is acknowledged, and the service streams just that', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC, ETH] });
    await feed.subscribe({ channel: 'book', symbols: [BTC], depth: 25 });
    await feed.subscribe({ channel: 'ohlc', symbols: [ETH], interval: 5 });
    expect(streamedBy(simulator)).toEqual([
      `book ${BTC} 25`,
      `ohlc ${ETH} 5`,
      `ticker ${BTC} trades`,
      `ticker ${ETH} trades`,
    ]);
    expect(feed.isSubscribed('ticker', BTC)).toBe(true);
    expect(feed.isSubscribed('book', BTC)).toBe(true);
    expect(feed.isSubscribed('book', BTC, { depth: 10 })).toBe(false);
    expect(feed.isSubscribed('trade', BTC)).toBe(false);
    expect(feed.subscriptions()).toContainEqual({
      channel: 'book',
      symbol: BTC,
      depth: 25,
      interval: undefined,
      eventTrigger: undefined,
      connection: 0,
      endpoint: 'public',
      status: 'live',
      refusal: undefined,
    });
    expect(feed.state).toBe('subscribed');
    expect(feed.health()).toMatchObject({ status: 'ok', reasons: [], system: 'online' });
  });

  test('before the start waits for it', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    const subscribed = feed.subscribe({ channel: 'trade', symbols: [BTC] });
    expect(feed.subscriptions()).toMatchObject([{ status: 'waiting' }]);
    await feed.start();
    await subscribed;
    expect(streamedBy(simulator)).toEqual([`trade ${BTC}`]);
  });

  test("rejects with the service's own words and the symbol; the others stream", async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    const refused = krakenEvent(feed, 'refused');
    await feed.start();
    const error = await rejection(feed.subscribe({ channel: 'book', symbols: [BTC, 'XBT/USD', ETH] }));
    expect(error).toBeInstanceOf(SubscriptionError);
    expect(error).toMatchObject({
      code: 'ERR_TICKRING_SUBSCRIPTION',
      refused: [{ channel: 'book', symbol: 'XBT/USD', reason: 'Currency pair not supported XBT/USD' }],
      accepted: expect.arrayContaining([BTC, ETH]),
    });
    expect((error as Error).message).toMatch(/book XBT\/USD.*Currency pair not supported XBT\/USD.*2 others/);
    expect(await refused).toEqual([
      {
        channel: 'book',
        symbol: 'XBT/USD',
        reason: 'Currency pair not supported XBT/USD',
        connection: 0,
        retried: false,
      },
    ]);
    expect(streamedBy(simulator)).toEqual([`book ${BTC} 10`, `book ${ETH} 10`]);
    // What was refused is wanted no longer.
    expect(feed.subscriptions().map(({ symbol }) => symbol)).toEqual([BTC, ETH]);
  });

  test('that nobody waits for and that is refused harms nobody', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    const refused = krakenEvent(feed, 'refused');
    void feed.subscribe({ channel: 'book', symbols: ['NOPE/USD'] });
    await refused;
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
  });

  test('to the same again is asked for once', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    const requests = recordRequests(simulator);
    await feed.start();
    await Promise.all([
      feed.subscribe({ channel: 'book', symbols: [BTC] }),
      feed.subscribe({ channel: 'book', symbols: [BTC, ETH] }),
    ]);
    await feed.subscribe({ channel: 'book', symbols: [ETH] });
    expect(requests).toEqual([`subscribe book ${BTC},${ETH}`]);
  });

  test('to a second depth, interval or trigger of a symbol goes to another connection', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [BTC], depth: 10 });
    await feed.subscribe({ channel: 'book', symbols: [BTC], depth: 100 });
    await feed.subscribe({ channel: 'ohlc', symbols: [BTC], interval: 1 });
    await feed.subscribe({ channel: 'ohlc', symbols: [BTC], interval: 60 });
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    await feed.subscribe({ channel: 'spread', symbols: [BTC] });
    expect(simulator.stats()).toMatchObject({ accepted: 2, subscriptions: 6, errorsSent: 0 });
    expect(feed.subscriptions().map(({ connection }) => connection)).toEqual([0, 1, 0, 1, 0, 1]);
    const error = await rejection(feed.subscribe({ channel: 'book', symbols: [BTC], depth: 25 }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toContain('allow more connections');
  });

  test('to more than the connections may carry is refused, and changes nothing', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { connections: 1, symbolsPerConnection: 2 });
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
    const error = await rejection(feed.subscribe({ channel: 'book', symbols: [ETH, XRP] }));
    expect(error).toBeInstanceOf(CapacityError);
    expect(error).toMatchObject({ requested: 3, capacity: 2 });
    expect(streamedBy(simulator)).toEqual([`book ${BTC} 10`]);
  });

  test('what cannot be is refused before it is sent', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    for (const request of [
      { channel: 'book', symbols: [BTC], depth: 27 },
      { channel: 'nope', symbols: [BTC] },
      { channel: 'book', symbols: [] },
      { channel: 'book', symbols: 7 },
      { channel: 'book', symbols: [BTC, 7] },
      { channel: 'executions' },
      undefined,
      null,
      'book',
    ])
      expect(await rejection(feed.subscribe(request as never))).toBeInstanceOf(ArgumentError);
    for (const request of [undefined, {}, { channel: 'book', symbols: 7 }, { channel: 'book', depth: 27 }])
      expect(await rejection(feed.unsubscribe(request as never))).toBeInstanceOf(ArgumentError);
    expect(feed.subscriptions()).toEqual([]);
  });

  test('rejects when the feed is closed meanwhile, and afterwards', async () => {
    await using simulator = await krakenSimulator();
    const feed = krakenFeed(simulator);
    const waiting = feed.subscribe({ channel: 'book', symbols: [BTC] });
    await feed.close();
    expect(await rejection(waiting)).toBeInstanceOf(ClosedError);
    expect(await rejection(feed.subscribe({ channel: 'book', symbols: [BTC] }))).toBeInstanceOf(ClosedError);
  });

  test('to hundreds of symbols takes few messages', async () => {
    await using simulator = await krakenSimulator({ instruments: 500 });
    await using feed = krakenFeed(simulator, { symbolsPerRequest: 100 });
    const requests = recordRequests(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: simulator.symbols });
    expect(requests).toHaveLength(5);
    expect(simulator.stats().subscriptions).toBe(500);
  });

  test("takes v1's names", async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    await feed.start();
    await feed.subscribe({ channel: 'spread', symbols: [BTC] });
    await feed.subscribe({ channel: 'ownTrades' });
    await feed.subscribe({ channel: 'openOrders' });
    expect(streamedBy(simulator)).toEqual(['executions', `ticker ${BTC} bbo`]);
    expect(feed.isSubscribed('spread', BTC)).toBe(true);
    expect(feed.isSubscribed('ticker', BTC, { eventTrigger: 'trades' })).toBe(false);
    expect(feed.isSubscribed('openOrders')).toBe(true);
    await feed.unsubscribe({ channel: 'ownTrades' });
    await feed.unsubscribe({ channel: 'spread', symbols: [BTC] });
    expect(streamedBy(simulator)).toEqual([]);
  });
});

describe('unsubscribe', () => {
  test('resolves when the service streams it no more', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [BTC, ETH, XRP] });
    await feed.subscribe({ channel: 'trade', symbols: [BTC] });
    await feed.unsubscribe({ channel: 'book', symbols: [BTC] });
    expect(streamedBy(simulator)).toEqual([`book ${ETH} 10`, `book ${XRP} 10`, `trade ${BTC}`]);
    await feed.unsubscribe({ channel: 'book' });
    expect(streamedBy(simulator)).toEqual([`trade ${BTC}`]);
    await feed.unsubscribe({ channel: 'book', symbols: ['NOPE/USD'] });
  });

  test('at one depth leaves the other', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [BTC], depth: 10 });
    await feed.subscribe({ channel: 'book', symbols: [BTC], depth: 100 });
    await feed.unsubscribe({ channel: 'book', symbols: [BTC], depth: 10 });
    expect(streamedBy(simulator)).toEqual([`book ${BTC} 100`]);
  });

  test('before it is acknowledged ends the wait', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    const subscribed = feed.subscribe({ channel: 'book', symbols: [BTC] });
    await feed.unsubscribe({ channel: 'book', symbols: [BTC] });
    expect(await rejection(subscribed)).toMatchObject({
      refused: [{ symbol: BTC, reason: 'it was unsubscribed before that' }],
    });
  });

  test('and subscribe at another depth, at once, ends with that depth', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { connections: 1 });
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [BTC], depth: 10 });
    void feed.unsubscribe({ channel: 'book', symbols: [BTC] });
    await feed.subscribe({ channel: 'book', symbols: [BTC], depth: 100 });
    expect(streamedBy(simulator)).toEqual([`book ${BTC} 100`]);
    expect(simulator.stats().errorsSent).toBe(0);
  });
});

describe('unsubscribe, while the subscribe is on its way, resolves', () => {
  const ends: readonly (readonly [string, (request: ScriptedRequest, client: ScriptedClient) => void])[] = [
    ['when it is refused', (request, client) => client.refuse(request, 'Currency pair not supported', BTC)],
    ['when it is not answered', () => {}],
    ['when the connection is lost', (_, { socket }) => socket.terminate()],
  ];
  test.each(ends)('%s', async (_, end) => {
    let left: Promise<void> | undefined;
    await using server = await ScriptedKraken.listen((request, client) => {
      if (request.method !== 'subscribe') return;
      left = feed.unsubscribe({ channel: 'ticker', symbols: [BTC] });
      end(request, client);
    });
    await using feed = new KrakenFeed({ ...PATIENT, ackTimeout: 50, url: server.url });
    await feed.start();
    const subscribed = feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    expect(await rejection(subscribed)).toMatchObject({
      refused: [{ symbol: BTC, reason: 'it was unsubscribed before that' }],
    });
    await left;
    expect(feed.subscriptions()).toEqual([]);
    expect(server.requests.filter(({ method }) => method === 'subscribe')).toHaveLength(1);
  });

  test('when it is wanted again', async () => {
    await using server = await ScriptedKraken.listen((request, client) => {
      if (request.method !== 'subscribe') return;
      const left = feed.unsubscribe({ channel: 'ticker', symbols: [BTC] });
      again = feed.subscribe({ channel: 'ticker', symbols: [BTC] });
      void left.then(() => client.grant(request));
    });
    await using feed = new KrakenFeed({ ...PATIENT, url: server.url });
    await feed.start();
    let again: Promise<void> | undefined;
    await rejection(feed.subscribe({ channel: 'ticker', symbols: [BTC] }));
    await again;
    expect(feed.isSubscribed('ticker', BTC)).toBe(true);
  });

  test('when what streams already is wanted again at once', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
    const requests = recordRequests(simulator);
    const left = feed.unsubscribe({ channel: 'book', symbols: [BTC] });
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
    await left;
    expect(requests).toEqual([]);
    expect(streamedBy(simulator)).toEqual([`book ${BTC} 10`]);
  });
});

describe('after a reconnect', () => {
  test('all is subscribed again, and what changed meanwhile, too', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [BTC, ETH] });
    await feed.subscribe({ channel: 'trade', symbols: [BTC] });
    const lost = krakenEvent(feed, 'state', ({ cause }) => cause === 'socket-lost');
    simulator.disconnect();
    await lost;
    expect(feed.subscriptions().every(({ status }) => status === 'waiting')).toBe(true);
    void feed.unsubscribe({ channel: 'trade' });
    await feed.subscribe({ channel: 'ticker', symbols: [XRP] });
    await feed.ready();
    expect(streamedBy(simulator)).toEqual([`book ${BTC} 10`, `book ${ETH} 10`, `ticker ${XRP} trades`]);
    expect(feed.health().connections).toMatchObject([{ epoch: 2, reconnects: 1 }]);
  });

  test('what is refused now, and was not before, stays wanted and is told', async () => {
    let refusing = false;
    await using server = await ScriptedKraken.listen((request, client) => {
      if (refusing && request.params?.symbol?.includes(BTC)) {
        client.refuse(request, 'Currency pair not supported BTC/USD', BTC);
        client.grant(
          request,
          request.params.symbol.filter((symbol) => symbol !== BTC),
        );
      } else client.grant(request);
    });
    await using feed = new KrakenFeed({ ...PATIENT, url: server.url, stableAfter: 0 });
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC, ETH] });
    refusing = true;
    const refused = krakenEvent(feed, 'refused');
    server.clients[0]?.socket.terminate();
    expect(await refused).toMatchObject([{ symbol: BTC, retried: true }]);
    await feed.ready();
    expect(feed.subscriptions()).toMatchObject([
      { symbol: BTC, status: 'refused', refusal: 'Currency pair not supported BTC/USD' },
      { symbol: ETH, status: 'live' },
    ]);
    expect(feed.health()).toMatchObject({
      status: 'degraded',
      reasons: ['ticker BTC/USD is refused: Currency pair not supported BTC/USD'],
    });
    refusing = false;
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    expect(feed.health().status).toBe('ok');
  });
});

describe('answers', () => {
  const options = PATIENT;

  test('that do not come are asked for again, with another number, and in the end it is given up', async () => {
    await using server = await ScriptedKraken.listen(() => {});
    await using feed = new KrakenFeed({ ...options, ackTimeout: 50, ackAttempts: 3, url: server.url });
    await feed.start();
    const error = await rejection(feed.subscribe({ channel: 'ticker', symbols: [BTC] }));
    expect(error).toMatchObject({
      refused: [{ symbol: BTC, reason: 'the service did not answer within 50 ms, 3 times' }],
      accepted: [],
    });
    const asked = server.requests.filter(({ method }) => method === 'subscribe');
    expect(asked.map(({ params }) => params?.symbol)).toEqual([[BTC], [BTC], [BTC]]);
    expect(new Set(asked.map(({ req_id }) => req_id)).size).toBe(3);
    expect(feed.stats().unanswered).toBe(3);
  });

  test('that come for some symbols only are asked for again for the others', async () => {
    await using server = await ScriptedKraken.listen((request, client, nth) => {
      // As often as it takes until the first answer has arrived in time.
      if (request.params?.symbol?.includes(ETH)) client.grant(request, [ETH]);
      else if (nth > 0) client.grant(request, [BTC]);
    });
    await using feed = new KrakenFeed({ ...options, ackTimeout: 500, ackAttempts: 100, url: server.url });
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC, ETH] });
    const asked = server.requests.filter(({ method }) => method === 'subscribe');
    expect(asked.at(0)?.params?.symbol).toEqual([BTC, ETH]);
    expect(asked.at(-1)?.params?.symbol).toEqual([BTC]);
    expect(feed.isSubscribed('ticker', BTC) && feed.isSubscribed('ticker', ETH)).toBe(true);
  });

  test('that come late count: the refusal of the second request says so', async () => {
    const late: (() => void)[] = [];
    await using server = await ScriptedKraken.listen((request, client) => {
      if (request.method !== 'subscribe') return;
      if (late.length === 0) late.push(() => client.grant(request));
      else {
        client.refuse(request, 'Already subscribed', BTC);
        late[0]!();
      }
    });
    await using feed = new KrakenFeed({ ...options, ackTimeout: 200, ackAttempts: 300, url: server.url });
    await feed.start();
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
    expect(feed.isSubscribed('book', BTC)).toBe(true);
  });

  test('without a number are tied to what was asked by their symbol', async () => {
    await using server = await ScriptedKraken.listen((request, client) => {
      client.send({
        error: `Currency pair not supported ${BTC}`,
        method: 'subscribe',
        success: false,
        symbol: BTC,
      });
      client.grant(request, [ETH]);
    });
    await using feed = new KrakenFeed({ ...options, url: server.url });
    await feed.start();
    expect(await rejection(feed.subscribe({ channel: 'ticker', symbols: [BTC, ETH] }))).toMatchObject({
      refused: [{ symbol: BTC }],
      accepted: [ETH],
    });
  });

  test('without a number are tied to the channel that they name, where two were asked for of one symbol', async () => {
    await using server = await ScriptedKraken.listen((request, client) => {
      if (request.params?.channel === 'book') client.grant({ ...request, req_id: undefined as never });
    });
    await using feed = new KrakenFeed({ ...options, url: server.url });
    await feed.start();
    void feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    await feed.subscribe({ channel: 'book', symbols: [BTC] });
    expect(feed.isSubscribed('book', BTC)).toBe(true);
    expect(feed.isSubscribed('ticker', BTC)).toBe(false);
    expect(feed.stats().unmatched).toBe(0);
  });

  test('that refuse a whole request refuse all of its symbols', async () => {
    await using server = await ScriptedKraken.listen((request, client) =>
      client.refuse(request, 'Subscription depth not supported'),
    );
    await using feed = new KrakenFeed({ ...options, url: server.url });
    await feed.start();
    const error = await rejection(feed.subscribe({ channel: 'book', symbols: [BTC, ETH] }));
    expect((error as SubscriptionError).refused.map(({ symbol }) => symbol)).toEqual([BTC, ETH]);
  });

  test('that belong to nothing are counted, and told if they are errors', async () => {
    await using server = await ScriptedKraken.listen((request, client) => {
      client.send({ error: 'Malformed request', method: 'error', success: false });
      client.grant(request);
    });
    await using feed = new KrakenFeed({ ...options, url: server.url });
    const told = krakenEvent(feed, 'error');
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    expect(await told).toMatchObject([
      { code: 'ERR_TICKRING_SERVICE', message: 'Malformed request' },
      { connection: 0, endpoint: 'public' },
    ]);
    expect(feed.stats().unmatched).toBe(1);
  });

  test('with warnings are told', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    const warned = krakenEvent(feed, 'warning');
    await feed.start();
    await feed.subscribe({ channel: 'ohlc', symbols: [BTC] });
    expect(await warned).toMatchObject([
      { channel: 'ohlc', symbol: BTC, warnings: ['timestamp is deprecated, use interval_begin'] },
    ]);
  });

  test('that it is asked too fast make it wait and ask again', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    simulator.inject({ kind: 'rate-limit' });
    const told = krakenEvent(feed, 'error');
    await feed.subscribe({ channel: 'ticker', symbols: [ETH] });
    expect(await told).toMatchObject([{ message: 'Exceeded msg rate' }, { endpoint: 'public' }]);
    expect(feed.stats().rateLimited).toBe(1);
    expect(streamedBy(simulator)).toHaveLength(2);
  });
});

test('requests keep to their pace', async () => {
  await using simulator = await krakenSimulator({ instruments: 200, requestRate: 40 });
  await using feed = krakenFeed(simulator, {
    connections: 1,
    symbolsPerRequest: 2,
    requestRate: { burst: 10, perSecond: 30 },
  });
  await feed.start();
  // 100 requests, of which the service takes 40 at once and 40 a second.
  await feed.subscribe({ channel: 'ticker', symbols: simulator.symbols });
  expect(simulator.stats().errorsSent).toBe(0);
  expect(feed.stats().rateLimited).toBe(0);
});
