import { once } from 'node:events';
import { ArgumentError, ClosedError } from 'tickring';
import {
  type KalshiRecord,
  KalshiServiceError,
  type SubscribeRequest,
  SubscriptionError,
} from 'tickring/kalshi';
import type { KalshiSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { rejection } from '../support/feed.ts';
import {
  bookOf,
  kalshiEvent,
  kalshiFeed,
  kalshiSimulator,
  recordCommands,
  stepBook,
  streamedBy,
  untilRight,
} from '../support/kalshi.ts';
import { until } from '../support/memory.ts';

const BOOKS = 'orderbook_delta';

function markets(simulator: KalshiSimulator): [string, string, string] {
  return simulator.tickers.filter((ticker) => simulator.market(ticker).isOpen) as [string, string, string];
}

describe('a subscription', () => {
  test('resolves with what the service has, and with what it does not have', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    const [a, b] = markets(simulator);
    const missing = kalshiEvent(feed, 'unsubscribed');
    const result = await feed.subscribe({ channel: BOOKS, markets: [a, 'NOPE', b] });
    expect(result).toEqual({ channel: BOOKS, confirmed: [a, b], missing: ['NOPE'] });
    expect(await missing).toEqual([
      { connection: 0, channel: BOOKS, items: ['NOPE'], reason: 'missing', number: undefined },
    ]);
    expect(feed.subscriptions()).toMatchObject([{ channel: BOOKS, items: [a, b], held: [a, b], sid: 1 }]);
    expect(feed.stats().missing).toBe(1);
    await untilRight(feed, simulator, a);
    await untilRight(feed, simulator, b);
  });

  test('to a channel that there is already adds to it, with false gaps nowhere', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    const [a, b, c] = markets(simulator);
    await feed.subscribe({ channel: BOOKS, markets: [a] });
    const commands = recordCommands(simulator);
    expect(await feed.subscribe({ channel: BOOKS, markets: [a] })).toMatchObject({ confirmed: [a] });
    expect(commands).toEqual([]);
    for (const market of [b, c]) {
      stepBook(simulator, a);
      await feed.subscribe({ channel: BOOKS, markets: [a, market] });
      stepBook(simulator, market);
    }
    expect(commands).toEqual(['update_subscription', 'update_subscription']);
    expect(simulator.subscriptions()[0]?.subscriptions).toHaveLength(1);
    for (let n = 0; n < 20; n++) for (const market of [a, b, c]) stepBook(simulator, market);
    for (const market of [a, b, c]) await untilRight(feed, simulator, market);
    expect(feed.stats()).toMatchObject({ gaps: 0, booksFailed: 0, handedOn: feed.stats().handedOn });
  });

  test('is kept however often it was made, and ends with one unsubscribe', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    const [a, b] = markets(simulator);
    await feed.subscribe({ channel: BOOKS, markets: [a, b] });
    await feed.subscribe({ channel: BOOKS, markets: [a] });
    await untilRight(feed, simulator, a);
    const commands = recordCommands(simulator);
    await feed.unsubscribe({ channel: BOOKS, markets: [a, 'NOPE'] });
    expect(streamedBy(simulator)).toEqual([`${BOOKS} ${b}`]);
    await until(() => feed.book(a).state === 'empty');
    await untilRight(feed, simulator, b);
    expect(feed.isSubscribed(BOOKS, a)).toBe(false);
    expect(feed.isSubscribed(BOOKS, b)).toBe(true);
    await feed.unsubscribe({ channel: BOOKS, markets: [b] });
    expect(commands).toEqual(['update_subscription', 'unsubscribe']);
    expect(streamedBy(simulator)).toEqual([]);
    await until(() => feed.book(b).state === 'empty');
    // And again from nothing, under another number.
    await feed.subscribe({ channel: BOOKS, markets: [a] });
    await untilRight(feed, simulator, a);
    expect(feed.stats().gaps).toBe(0);
  });

  test('whose lists are left out empties the books that are taken out of it all the same', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    const [a, b] = markets(simulator);
    const result = await feed.subscribe({ channel: BOOKS, markets: [a, b, 'NOPE'], skipTickerAck: true });
    // It cannot be known.
    expect(result).toMatchObject({ confirmed: [a, b, 'NOPE'], missing: [] });
    await untilRight(feed, simulator, a);
    await feed.unsubscribe({ channel: BOOKS, markets: [a] });
    await until(() => feed.book(a).state === 'empty');
    stepBook(simulator, b);
    await untilRight(feed, simulator, b);
    expect(feed.stats()).toMatchObject({ gaps: 0, unmatched: 0 });
  });

  test('of a ticker channel may be of some markets, by tickers or ids, or of all, and begin with their state', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    const [a, b] = markets(simulator);
    const { id } = simulator.market(b);
    await feed.subscribe({ channel: 'ticker', marketIds: [id], sendInitialSnapshot: true });
    await until(() => feed.latest('ticker', b) !== undefined);
    expect(await rejection(feed.subscribe({ channel: 'ticker', markets: [a] }))).toBeInstanceOf(
      ArgumentError,
    );
    await feed.unsubscribe({ channel: 'ticker' });
    const all = await feed.subscribe({ channel: 'ticker', sendInitialSnapshot: true });
    expect(all).toEqual({ channel: 'ticker', confirmed: [], missing: [] });
    await until(() => feed.latest('ticker', a) !== undefined);
    // One of them is in it already.
    expect(await feed.subscribe({ channel: 'ticker', markets: [a] })).toMatchObject({
      confirmed: [a],
      missing: [],
    });
    expect(streamedBy(simulator)).toEqual(['ticker all']);
  });

  test('made before the start waits for it', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    const [a] = markets(simulator);
    const subscribed = feed.subscribe({ channel: 'trade', markets: [a] });
    expect(feed.isSubscribed('trade', a)).toBe(false);
    await feed.start();
    expect(await subscribed).toMatchObject({ confirmed: [a] });
    expect(feed.isSubscribed('trade', a)).toBe(true);
    expect(feed.isSubscribed('trade')).toBe(true);
    await feed.ready();
    expect(feed.health()).toMatchObject({ status: 'ok', reasons: [] });
  });

  test('that is left before it is answered: both promises come to an end', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator, { ackTimeout: 20 });
    await feed.start();
    await feed.ready();
    simulator.inject({ kind: 'ignore-command' });
    const subscribed = rejection(feed.subscribe({ channel: 'fill' }));
    await once(simulator, 'command');
    await feed.unsubscribe({ channel: 'fill' });
    expect(await subscribed).toMatchObject({ refused: [{ reason: 'it was unsubscribed before that' }] });
    expect(feed.subscriptions()).toEqual([]);
  });

  test('that is left and wanted again at once goes on', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    const [a] = markets(simulator);
    await feed.subscribe({ channel: BOOKS, markets: [a] });
    const left = feed.unsubscribe({ channel: BOOKS, markets: [a] });
    expect(await feed.subscribe({ channel: BOOKS, markets: [a] })).toMatchObject({ confirmed: [a] });
    await left;
    stepBook(simulator, a);
    await untilRight(feed, simulator, a);
    expect(streamedBy(simulator)).toEqual([`${BOOKS} ${a}`]);
  });

  test('rejects when the feed is closed meanwhile', async () => {
    await using simulator = await kalshiSimulator();
    const feed = kalshiFeed(simulator);
    await feed.start();
    await feed.ready();
    simulator.inject({ kind: 'ignore-command' });
    const subscribed = rejection(feed.subscribe({ channel: 'fill' }));
    const listed = rejection(feed.listSubscriptions());
    await feed.close();
    expect(await subscribed).toBeInstanceOf(ClosedError);
    await listed;
    expect(await rejection(feed.subscribe({ channel: 'fill' }))).toBeInstanceOf(ClosedError);
  });
});

describe('the service', () => {
  test('may not have a channel: error 8 says what became of it', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    const refused = kalshiEvent(feed, 'refused');
    const error = await rejection(feed.subscribe({ channel: 'multivariate' }));
    expect(error).toBeInstanceOf(SubscriptionError);
    expect((error as Error).message).toMatch(/multivariate.*error 8.*Unknown channel name.*2026-08-06/);
    expect(await refused).toMatchObject([{ channel: 'multivariate', items: [], number: 8 }]);
    expect(feed.subscriptions()).toEqual([]);
  });

  test('may have it once', async () => {
    await using simulator = await kalshiSimulator({ era: '2026-01' });
    await using feed = kalshiFeed(simulator);
    await feed.start();
    expect(await feed.subscribe({ channel: 'multivariate' })).toMatchObject({ channel: 'multivariate' });
  });

  test('may refuse a part, with error 26', async () => {
    await using simulator = await kalshiSimulator({ maxMarkets: 2 });
    await using feed = kalshiFeed(simulator, { marketsPerCommand: 2 });
    await feed.start();
    const [a, b, c] = markets(simulator);
    const error = await rejection(feed.subscribe({ channel: BOOKS, markets: [a, b, c] }));
    expect(error).toMatchObject({ accepted: [a, b], refused: [{ channel: BOOKS, symbol: c }] });
    stepBook(simulator, a);
    await untilRight(feed, simulator, a);
    expect(feed.stats().gaps).toBe(0);
  });

  test('may not answer: it is asked again', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator, { ackTimeout: 500, ackAttempts: 100 });
    await feed.start();
    await feed.ready();
    simulator.inject({ kind: 'ignore-command' });
    await feed.subscribe({ channel: 'fill' });
    expect(feed.stats().unanswered).toBeGreaterThan(0);
    expect(streamedBy(simulator)).toEqual(['fill all']);
  });

  test('may not answer at all: it is not asked any more in the end', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator, { ackTimeout: 20, ackAttempts: 2 });
    await feed.start();
    await feed.ready();
    simulator.inject({ kind: 'ignore-command', commands: 2 });
    const error = await rejection(feed.subscribe({ channel: 'user_orders' }));
    expect((error as Error).message).toContain('did not answer within 20 ms, 2 times');
    expect(feed.stats().unanswered).toBe(2);
    expect(streamedBy(simulator)).toEqual([]);
  });

  test('may acknowledge what has been given up: it is left', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator, { ackTimeout: 20, ackAttempts: 1 });
    await feed.start();
    await feed.ready();
    const commands = recordCommands(simulator);
    simulator.inject({ kind: 'ignore-command' });
    await rejection(feed.subscribe({ channel: 'fill' }));
    simulator.sendText('{"id":1,"type":"subscribed","msg":{"channel":"fill","sid":9}}');
    await until(() => commands.includes('unsubscribe'));
  });

  test('may say that it is asked too fast: the feed waits and asks again', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    await feed.ready();
    simulator.inject({ kind: 'command-error', code: 27 });
    await feed.subscribe({ channel: 'fill' });
    expect(feed.stats()).toMatchObject({ rateLimited: 1, serviceErrors: 1 });
  });

  test('may acknowledge late, as it did once', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    await feed.ready();
    simulator.inject({ kind: 'late-ack' });
    const [a] = markets(simulator);
    await feed.subscribe({ channel: BOOKS, markets: [a] });
    stepBook(simulator, a);
    await untilRight(feed, simulator, a);
    expect(feed.stats().gaps).toBe(0);
  });

  test('is asked for what it holds', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator, { connections: 2 });
    await feed.start();
    const [a, b] = markets(simulator);
    await feed.subscribe({ channel: BOOKS, markets: [a, b] });
    await feed.subscribe({ channel: 'market_lifecycle_v2' });
    expect(await feed.listSubscriptions()).toEqual([
      { connection: 0, channel: BOOKS, sid: 1 },
      { connection: 0, channel: 'market_lifecycle_v2', sid: 2 },
      { connection: 1, channel: BOOKS, sid: 1 },
    ]);
    simulator.inject({ kind: 'command-error', code: 5 });
    const error = await rejection(feed.listSubscriptions());
    expect(error).toBeInstanceOf(KalshiServiceError);
    expect(error).toMatchObject({ code: 'ERR_TICKRING_SERVICE', number: 5 });
  });

  test('sends the books of some markets anew, and the feed says which came', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    const [a, b, c] = markets(simulator);
    await feed.subscribe({ channel: BOOKS, markets: [a, b] });
    stepBook(simulator, a);
    await untilRight(feed, simulator, a);
    expect(feed.book(a).state).toBe('live');
    expect(await feed.getSnapshot([a, b])).toEqual({ channel: BOOKS, confirmed: [a, b], missing: [] });
    expect(feed.book(a).state).toBe('snapshot');
    expect(await rejection(feed.getSnapshot([c]))).toBeInstanceOf(ArgumentError);
    simulator.inject({ kind: 'command-error', code: 18 });
    expect(await rejection(feed.getSnapshot([a]))).toMatchObject({ number: 18 });
    expect(feed.stats().gaps).toBe(0);
  });

  test('may not send them: those that did not come in time are missing', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator, { ackTimeout: 100, ackAttempts: 1000 });
    await feed.start();
    const [a] = markets(simulator);
    await feed.subscribe({ channel: BOOKS, markets: [a] });
    await feed.ready();
    simulator.inject({ kind: 'ignore-command' });
    expect(await feed.getSnapshot([a])).toMatchObject({ confirmed: [], missing: [a] });
  });
});

describe('requests that cannot be', () => {
  test('are refused before anything is sent', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator, { books: 1 });
    expect(await rejection(feed.listSubscriptions())).toMatchObject({ code: 'ERR_TICKRING_CONNECTION' });
    await feed.start();
    await feed.ready();
    const commands = recordCommands(simulator);
    const [a, b] = markets(simulator);
    // The first and the last one the types forbid.
    for (const request of [{ channel: BOOKS }, { channel: BOOKS, markets: [] }, { channel: 'x' }])
      expect(await rejection(feed.subscribe(request as SubscribeRequest))).toBeInstanceOf(ArgumentError);
    expect(await rejection(feed.subscribe({ channel: BOOKS, markets: [a, b] }))).toMatchObject({
      code: 'ERR_TICKRING_CAPACITY',
    });
    await feed.listSubscriptions();
    expect(commands).toEqual(['list_subscriptions']);
  });
});

describe('books', () => {
  test.each([false, true])(
    'are the true ones with use_yes_price %s, whatever the service takes for granted',
    async (useYesPrice) => {
      await using simulator = await kalshiSimulator({ yesPriceDefault: !useYesPrice, seed: 5 });
      await using feed = kalshiFeed(simulator, { useYesPrice });
      await feed.start();
      const three = markets(simulator);
      await feed.subscribe({ channel: BOOKS, markets: three });
      expect(simulator.subscriptions()[0]?.subscriptions[0]).toMatchObject({ useYesPrice });
      expect(feed.subscriptions()[0]).toMatchObject({ useYesPrice });
      for (let n = 0; n < 50; n++) for (const market of three) simulator.step(1, market);
      for (const market of three) await untilRight(feed, simulator, market);
      expect(bookOf(feed, three[0])!.yes.length).toBeGreaterThan(0);
    },
  );

  test('are right when they are spread over connections', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator, { connections: 2 });
    await feed.start();
    const three = markets(simulator);
    await feed.subscribe({ channel: BOOKS, markets: three });
    expect(simulator.stats().connections).toBe(2);
    simulator.step(200);
    for (const market of three) await untilRight(feed, simulator, market);
    expect(
      feed
        .summary()
        .markets.map(({ marketTicker }) => marketTicker)
        .sort(),
    ).toEqual([...three].sort());
  });
});

describe('readers', () => {
  test('get tickers, trades and books of the channels that are subscribed to', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    const [a] = markets(simulator);
    using reader = feed.reader();
    await feed.subscribe({ channel: BOOKS, markets: [a] });
    await feed.subscribe({ channel: 'ticker', markets: [a] });
    await feed.subscribe({ channel: 'trade', markets: [a] });
    const heard: string[] = [];
    const hear = ({ kind }: KalshiRecord) => heard.push(kind);
    feed.on('ticker', hear).on('trade', hear).on('book', hear);
    const sent = () => {
      const { trade = 0, ticker = 0 } = simulator.stats().sent;
      return { trade, ticker };
    };
    while (sent().trade < 3 || sent().ticker < 3) simulator.step(10, a);
    const read = { trade: 0, ticker: 0, book: 0, gap: 0 };
    while (read.trade + read.ticker < sent().trade + sent().ticker) {
      await reader.wait();
      for (const { kind } of reader.drain()) read[kind] += 1;
    }
    expect(read).toMatchObject(sent());
    await until(() => ['ticker', 'trade', 'book'].every((kind) => heard.includes(kind)));
    expect(feed.latest('trade', a)?.marketTicker).toBe(a);
  });
});
