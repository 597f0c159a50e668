import { ArgumentError, CapacityError } from 'tickring';
import { describe, expect, test } from 'vitest';
import {
  ALL,
  type Answer,
  KalshiSubscriptions,
  type NextCommand,
  type Stream,
  type SubscribeRequest,
  specOf,
} from '../support/kalshi-internals.ts';

const OK = { id: 1, seq: undefined, sentAt: undefined };

/** Subscriptions without a service: commands are taken and answered by hand. */
function desk({ connections = 1, books = 10, perCommand = 100 } = {}) {
  const told: string[] = [];
  const dropped: string[] = [];
  const note = (what: string) => (stream: Stream, items: readonly string[]) => {
    told.push(`${what} ${stream.channel} ${items.join(',')}`.trim());
  };
  const subscriptions = new KalshiSubscriptions({
    places: Array.from({ length: connections }, (_, connection) => ({ connection, account: 'demo' })),
    books,
    perCommand,
    attempts: 2,
    timeout: 100,
    listener: {
      needed: (connection) => told.push(`needed ${connection}`),
      changed: () => {},
      confirmed: note('confirmed'),
      missing: note('missing'),
      refused: note('refused'),
      removed: note('removed'),
      gone: note('gone'),
      dropped: ({ channel }, items) => dropped.push(`${channel} ${items.join(',')}`.trim()),
      narrowed: note('narrowed'),
      tooFast: () => told.push('too fast'),
      failed: ({ channel }, { number }) => told.push(`failed ${channel} ${number}`),
    },
  });
  const stream = (channel: SubscribeRequest['channel'], connection = 0) =>
    subscriptions.of(channel).find(({ place }) => place.connection === connection)!;
  return {
    subscriptions,
    stream,
    told,
    /** What was not wanted any more when its command came to an end, and is not held. */
    dropped,
    /** What was told since the last time. */
    news: () => told.splice(0),
    want: (request: SubscribeRequest) => subscriptions.add(specOf(request, false)),
    /** The next command of a channel. */
    next(channel: SubscribeRequest['channel'], connection = 0): NextCommand | undefined {
      return subscriptions.next(stream(channel, connection));
    },
    answer(
      channel: SubscribeRequest['channel'],
      answer: { readonly type: Answer['type']; readonly [name: string]: unknown },
    ) {
      const of = stream(channel);
      subscriptions.answered(of, of.asked!, { ...OK, sid: of.sid, ...answer } as unknown as Answer);
    },
  };
}

const BOOKS = 'orderbook_delta';

describe('a channel', () => {
  test('is subscribed to once, and what comes later is added to it', () => {
    const { want, next, answer, news } = desk();
    want({ channel: BOOKS, markets: ['A', 'B'] });
    expect(next(BOOKS)).toMatchObject({
      name: 'subscribe',
      params: { channels: [BOOKS], market_tickers: ['A', 'B'], use_yes_price: false },
    });
    want({ channel: BOOKS, markets: ['B', 'C'] });
    expect(next(BOOKS)).toBeUndefined();
    answer(BOOKS, { type: 'subscribed', sid: 3 });
    expect(next(BOOKS)).toMatchObject({
      name: 'update_subscription',
      params: { sid: 3, action: 'add_markets', market_tickers: ['C'] },
    });
    answer(BOOKS, { type: 'ok', lists: { market_tickers: ['A', 'B', 'C'] } });
    expect(news()).toEqual([`confirmed ${BOOKS} C`]);
  });

  test('whose acknowledgement does not say what it has, is asked again for what is new', () => {
    const { want, next, answer, news, subscriptions } = desk();
    want({ channel: 'trade', markets: ['A', 'NOPE'] });
    next('trade');
    answer('trade', { type: 'subscribed', sid: 1 });
    expect(news()).toEqual([]);
    expect(next('trade')).toMatchObject({ kind: 'verify', params: { market_tickers: ['A', 'NOPE'] } });
    answer('trade', { type: 'ok', lists: { market_tickers: ['A'] } });
    expect(news()).toEqual(['gone trade NOPE', 'confirmed trade A', 'missing trade NOPE']);
    expect(next('trade')).toBeUndefined();
    expect(subscriptions.settled(0)).toBe(true);
  });

  test('that was asked for by ids is checked by the list of ids, and taken at its word where that is left out', () => {
    for (const [lists, expected] of [
      [{ market_tickers: ['A'], market_ids: ['u'] }, ['confirmed ticker u', 'missing ticker v']],
      [{ market_tickers: ['A'] }, ['confirmed ticker u,v']],
    ] as const) {
      const { want, next, answer, news } = desk();
      want({ channel: 'ticker', marketIds: ['u', 'v'] });
      next('ticker');
      answer('ticker', { type: 'subscribed', sid: 1 });
      expect(next('ticker')).toMatchObject({ kind: 'verify', params: { market_ids: ['u', 'v'] } });
      news();
      answer('ticker', { type: 'ok', lists });
      expect(news().filter((each) => !each.startsWith('gone'))).toEqual(expected);
      expect(next('ticker')).toBeUndefined();
    }
  });

  test('is taken at its word when lists are left out', () => {
    const { want, next, answer, news } = desk();
    want({ channel: 'trade', markets: ['A'], skipTickerAck: true });
    expect(next('trade')?.params).toMatchObject({ skip_ticker_ack: true });
    answer('trade', { type: 'subscribed', sid: 1 });
    expect(news()).toEqual(['confirmed trade A']);
    expect(next('trade')).toBeUndefined();
  });

  test('loses some markets by delete_markets, and the last by a full unsubscribe', () => {
    const { want, next, answer, subscriptions, news } = desk();
    want({ channel: BOOKS, markets: ['A', 'B'], skipTickerAck: true });
    next(BOOKS);
    answer(BOOKS, { type: 'subscribed', sid: 1 });
    news();
    subscriptions.remove(BOOKS, ['A']);
    expect(next(BOOKS)?.params).toEqual({ sid: 1, action: 'delete_markets', market_tickers: ['A'] });
    answer(BOOKS, { type: 'ok', lists: {} });
    expect(news()).toEqual([`removed ${BOOKS} A`, `gone ${BOOKS} A`, `narrowed ${BOOKS} B`]);
    subscriptions.remove(BOOKS, ['B']);
    expect(next(BOOKS)).toMatchObject({ name: 'unsubscribe', params: { sids: [1] } });
    answer(BOOKS, { type: 'unsubscribed' });
    expect(news()).toEqual([`removed ${BOOKS} B`, `gone ${BOOKS} B`]);
    expect(next(BOOKS)).toBeUndefined();
  });

  test('goes from some markets to all by way of nothing', () => {
    const { want, next, answer } = desk();
    want({ channel: 'ticker', markets: ['A'] });
    next('ticker');
    answer('ticker', { type: 'subscribed', sid: 1 });
    want({ channel: 'ticker' });
    expect(next('ticker')).toMatchObject({ name: 'unsubscribe' });
    answer('ticker', { type: 'unsubscribed' });
    expect(next('ticker')?.params).toEqual({ channels: ['ticker'] });
  });

  test('is not asked with other parameters than it has', () => {
    const { want } = desk();
    want({ channel: 'communications', shardFactor: 4, shardKey: 1 });
    expect(() => want({ channel: 'communications', shardFactor: 4, shardKey: 2 })).toThrow(ArgumentError);
  });

  test('asks for so many markets at a time', () => {
    const { want, next, answer } = desk({ perCommand: 2 });
    want({ channel: BOOKS, markets: ['A', 'B', 'C'], skipTickerAck: true });
    expect(next(BOOKS)?.items).toEqual(['A', 'B']);
    answer(BOOKS, { type: 'subscribed', sid: 1 });
    expect(next(BOOKS)).toMatchObject({ kind: 'add', items: ['C'] });
  });

  test('is asked for again when its answer does not come, and then given up', () => {
    const { want, next, stream, subscriptions, news } = desk();
    want({ channel: 'fill' });
    for (let n = 0; n < 2; n++) {
      expect(next('fill')).toMatchObject({ name: 'subscribe' });
      subscriptions.unanswered(stream('fill'), stream('fill').asked!);
    }
    expect(news()).toEqual(['refused fill']);
    expect(next('fill')).toBeUndefined();
  });

  test('that is left while it is being asked for has left, however that ends', () => {
    const ends: readonly ((it: ReturnType<typeof desk>) => void)[] = [
      ({ answer }) => answer('fill', { type: 'error', number: 9, words: 'Authentication required' }),
      ({ stream, subscriptions }) => subscriptions.unanswered(stream('fill'), stream('fill').asked!),
      ({ subscriptions }) => subscriptions.opened(0),
      ({ stream, subscriptions }) => void subscriptions.ended(stream('fill')),
    ];
    for (const end of ends) {
      const it = desk();
      it.want({ channel: 'fill' });
      it.next('fill');
      expect(it.subscriptions.remove('fill', undefined)).toMatchObject([{ item: ALL }]);
      end(it);
      expect(it.dropped).toEqual(['fill']);
      expect(it.next('fill')).toBeUndefined();
    }
  });

  test('that is acknowledged after it was given up is left', () => {
    const { want, next, stream, subscriptions } = desk();
    want({ channel: 'fill' });
    for (let n = 0; n < 2; n++) {
      next('fill');
      subscriptions.unanswered(stream('fill'), stream('fill').asked!);
    }
    subscriptions.late(0, { ...OK, type: 'subscribed', channel: 'fill', sid: 7 });
    expect(next('fill')).toMatchObject({ name: 'unsubscribe', params: { sids: [7] } });
  });

  test('that is acknowledged too late is added to what is wanted of it, or begun anew where that is all', () => {
    const { want, next, stream, subscriptions } = desk();
    for (const request of [{ channel: 'trade', markets: ['A'] }, { channel: 'fill' }] as const) {
      want(request);
      next(request.channel);
      subscriptions.unanswered(stream(request.channel), stream(request.channel).asked!);
      subscriptions.late(0, { ...OK, type: 'subscribed', channel: request.channel, sid: 7 });
    }
    expect(next('trade')?.params).toEqual({ sid: 7, action: 'add_markets', market_tickers: ['A'] });
    expect(next('fill')).toMatchObject({ name: 'unsubscribe', params: { sids: [7] } });
  });

  test('that the service ended is asked for again, the second time in a row not at once', () => {
    const { want, next, answer, stream, subscriptions } = desk();
    want({ channel: BOOKS, markets: ['A'] });
    next(BOOKS);
    answer(BOOKS, { type: 'subscribed', sid: 1 });
    expect(subscriptions.ended(stream(BOOKS))).toEqual(['A']);
    expect(next(BOOKS)).toMatchObject({ name: 'subscribe', items: ['A'] });
    answer(BOOKS, { type: 'subscribed', sid: 2 });
    subscriptions.ended(stream(BOOKS));
    expect(next(BOOKS)).toBeUndefined();
  });

  test('that the service does not know any more is subscribed to anew', () => {
    const { want, next, answer } = desk();
    want({ channel: BOOKS, markets: ['A'] });
    next(BOOKS);
    answer(BOOKS, { type: 'subscribed', sid: 1 });
    next(BOOKS);
    answer(BOOKS, { type: 'error', number: 7, words: 'Unknown subscription ID' });
    expect(next(BOOKS)).toMatchObject({ name: 'subscribe' });
  });

  test('that is asked too fast is asked again', () => {
    const { want, next, answer, news } = desk();
    want({ channel: 'fill' });
    next('fill');
    answer('fill', { type: 'error', number: 27, words: 'Too many requests' });
    expect(news()).toEqual(['too fast']);
    expect(next('fill')).toMatchObject({ name: 'subscribe' });
  });

  test('starts from nothing on a new connection, with what had been refused', () => {
    const { want, next, answer, subscriptions, news } = desk();
    want({ channel: BOOKS, markets: ['A'], skipTickerAck: true });
    next(BOOKS);
    answer(BOOKS, { type: 'subscribed', sid: 1 });
    subscriptions.opened(0);
    next(BOOKS);
    answer(BOOKS, { type: 'error', number: 26, words: 'Subscription market limit exceeded' });
    expect(next(BOOKS)).toBeUndefined();
    expect(news()).toEqual([`confirmed ${BOOKS} A`, `gone ${BOOKS} A`, `refused ${BOOKS} A`]);
    subscriptions.opened(0);
    expect(next(BOOKS)).toMatchObject({ name: 'subscribe', items: ['A'] });
  });
});

describe('markets are spread over connections', () => {
  test('and stay where they are', () => {
    const { want, subscriptions, told } = desk({ connections: 2 });
    want({ channel: BOOKS, markets: ['A', 'B', 'C'] });
    want({ channel: BOOKS, markets: ['A', 'D'] });
    expect(subscriptions.of(BOOKS).map(({ wanted }) => [...wanted.keys()])).toEqual([
      ['A', 'C'],
      ['B', 'D'],
    ]);
    expect(told).toEqual(['needed 1']);
  });

  test('as far as there is room for their books', () => {
    const { want, subscriptions } = desk({ connections: 2, books: 1 });
    expect(() => want({ channel: BOOKS, markets: ['A', 'B', 'C'] })).toThrow(CapacityError);
    expect([...subscriptions.list()]).toEqual([]);
    want({ channel: BOOKS, markets: ['A', 'B'] });
    want({ channel: 'ticker', markets: ['A', 'B', 'C'] });
    // A book's place stays its own.
    subscriptions.remove(BOOKS, ['A']);
    expect(() => want({ channel: BOOKS, markets: ['C'] })).toThrow(CapacityError);
    want({ channel: BOOKS, markets: ['A'] });
  });
});

describe('requests that cannot be are refused before anything is sent', () => {
  test.each([
    { channel: 'orderbook_delta' },
    { channel: 'orderbook_delta', markets: [] },
    { channel: 'orderbook_delta', marketIds: ['x'] },
    { channel: 'ticker', markets: ['A'], marketIds: ['x'] },
    { channel: 'trade', markets: [''] },
    { channel: 'market_lifecycle_v2', markets: ['A'] },
    { channel: 'cfbenchmarks_value' },
    { channel: 'pyth_value', indexIds: ['BRTI'] },
    { channel: 'communications', shardKey: 1 },
    { channel: 'communications', shardFactor: 101 },
    { channel: 'communications', shardFactor: 4, shardKey: 4 },
    { channel: 'communications', userFilter: 'others' },
    { channel: 'weather' },
    { channel: 'toString' },
    { channel: 'trade', skipTickerAck: 'yes' },
  ])('%o', (request) => {
    expect(() => specOf(request as SubscribeRequest, false)).toThrow(ArgumentError);
  });

  test('parameters are put as the service wants them', () => {
    expect(specOf({ channel: 'communications', shardFactor: 4, userFilter: 'self' }, true).params).toEqual({
      shard_factor: 4,
      shard_key: 0,
      user_filter: 'self',
    });
    expect(specOf({ channel: 'orderbook_delta', markets: ['A', 'A'] }, true)).toMatchObject({
      items: ['A'],
      params: { use_yes_price: true },
    });
    expect(specOf({ channel: 'cfbenchmarks_value', indexIds: ['all'] }, false).items).toBe('all');
    expect(specOf({ channel: 'ticker', marketIds: ['u'] }, false)).toMatchObject({
      list: 'market_ids',
      items: ['u'],
    });
  });
});
