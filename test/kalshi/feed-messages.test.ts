import { ArgumentError } from 'tickring';
import type { KalshiFeed, KalshiFeedEvents, MessageType, SubscribeRequest } from 'tickring/kalshi';
import type { KalshiSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { rejection } from '../support/feed.ts';
import { kalshiEvent, kalshiFeed, kalshiSimulator, stepBook, untilRight } from '../support/kalshi.ts';
import { until } from '../support/memory.ts';

const ALL: readonly SubscribeRequest[] = [
  { channel: 'market_lifecycle_v2' },
  { channel: 'multivariate_market_lifecycle' },
  { channel: 'fill' },
  { channel: 'market_positions' },
  { channel: 'user_orders' },
  { channel: 'order_group_updates' },
  { channel: 'communications' },
  { channel: 'cfbenchmarks_value', indexIds: ['all'] },
  { channel: 'cfbenchmarks_value_5hz', indexIds: ['all'] },
  { channel: 'pyth_value', underlyingTickers: ['all'] },
];

const TYPES: readonly MessageType[] = [
  'market_lifecycle_v2',
  'multivariate_market_lifecycle',
  'event_lifecycle',
  'event_fee_update',
  'fill',
  'market_position',
  'user_order',
  'order_group_updates',
  'rfq_created',
  'rfq_deleted',
  'quote_created',
  'quote_accepted',
  'quote_executed',
  'cfbenchmarks_value',
  'cfbenchmarks_value_5hz',
  'pyth_value',
];

/** Keeps the messages of these types, from now on. */
function collect<Type extends MessageType>(feed: KalshiFeed, types: readonly Type[]) {
  const kept = new Map<Type, KalshiFeedEvents[Type][0][]>(types.map((type) => [type, []]));
  for (const type of types)
    feed.on(type, ((message: KalshiFeedEvents[Type][0]) => kept.get(type)!.push(message)) as never);
  return kept;
}

test('every type of message is an event of its name, as often as it was sent', async () => {
  await using simulator = await kalshiSimulator({ markets: 40 });
  await using feed = kalshiFeed(simulator);
  const kept = collect(feed, TYPES);
  await feed.start();
  for (const request of ALL) await feed.subscribe(request);
  const sent = (type: string) => simulator.stats().sent[type] ?? 0;
  while (!TYPES.every((type) => sent(type) > 0)) {
    simulator.step(5);
    simulator.act(1);
  }
  await until(() => TYPES.every((type) => kept.get(type)!.length === sent(type)));
  for (const type of TYPES) {
    for (const message of kept.get(type)!) {
      expect(message).toMatchObject({ type, connection: 0 });
      expect(message.sid).toBeGreaterThan(0);
      expect(message.sentAt).toBeGreaterThan(0);
      // Nothing is read but what is there: and of that, every amount.
      for (const [name, value] of Object.entries(message.raw)) {
        const camel = name
          .replace(/_(dollars|fp)$/, '')
          .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
        const read = (message as unknown as Record<string, { text?: string } | undefined>)[camel];
        if (/_(dollars|fp)$/.test(name)) expect(Number(read?.text), `${type}.${name}`).toBe(Number(value));
      }
    }
  }
  expect(feed.stats()).toMatchObject({ gaps: 0, malformedTexts: 0 });
});

function rfqsSent(simulator: KalshiSimulator): number {
  const { rfq_created: sent = 0 } = simulator.stats().sent;
  return sent;
}

test('communications come in shards: each request in one of them', async () => {
  await using simulator = await kalshiSimulator();
  const ids: Set<string>[] = [];
  const rfqs = () => ids.reduce((sum, { size }) => sum + size, 0);
  const open = async (shardKey: number) => {
    const feed = kalshiFeed(simulator);
    const mine = new Set<string>();
    ids.push(mine);
    feed.on('rfq_created', ({ id = '' }) => mine.add(id));
    await feed.start();
    await feed.subscribe({ channel: 'communications', shardFactor: 2, shardKey });
    return feed;
  };
  await using first = await open(0);
  await using second = await open(1);
  expect(first.subscriptions()).toMatchObject([{ channel: 'communications', items: 'all', held: 'all' }]);
  const sent = () => rfqsSent(simulator);
  while (sent() < 20) simulator.act(1);
  await until(() => rfqs() === sent());
  expect(Math.min(...ids.map(({ size }) => size))).toBeGreaterThan(0);
  expect(new Set([...ids[0]!, ...ids[1]!]).size).toBe(sent());
  // Another part of it would be another subscription.
  const other = second.subscribe({ channel: 'communications', shardFactor: 2, shardKey: 0 });
  expect(await rejection(other)).toBeInstanceOf(ArgumentError);
});

test('communications may be of oneself only', async () => {
  await using simulator = await kalshiSimulator();
  await using all = kalshiFeed(simulator);
  await using own = kalshiFeed(simulator);
  const told = { all: 0, own: 0 };
  all.on('rfq_created', () => told.all++);
  own.on('rfq_created', () => told.own++);
  for (const feed of [all, own]) await feed.start();
  await all.subscribe({ channel: 'communications' });
  await own.subscribe({ channel: 'communications', userFilter: 'self' });
  while (told.all < 12) {
    simulator.act(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => told.all + told.own === rfqsSent(simulator));
  expect(told.own).toBeLessThan(told.all);
});

test('what was of multivariate markets once is read from a service that still has it', async () => {
  await using simulator = await kalshiSimulator({ era: '2026-05' });
  await using feed = kalshiFeed(simulator);
  await feed.start();
  await feed.subscribe({ channel: 'multivariate' });
  const lookup = kalshiEvent(feed, 'multivariate_lookup');
  for (let n = 0; n < 200; n++) simulator.act(1);
  const [{ selectedMarkets, collectionTicker }] = await lookup;
  expect(collectionTicker).toMatch(/^KX/);
  expect(selectedMarkets?.[0]).toHaveProperty('marketTicker');
});

test('indices are added and taken away', async () => {
  await using simulator = await kalshiSimulator();
  await using feed = kalshiFeed(simulator);
  await feed.start();
  const list = kalshiEvent(feed, 'cfbenchmarks_value', () => true);
  await feed.subscribe({ channel: 'cfbenchmarks_value', indexIds: ['BRTI'] });
  const more = await feed.subscribe({ channel: 'cfbenchmarks_value', indexIds: ['ETHUSD_RTI'] });
  expect(more).toMatchObject({ confirmed: ['ETHUSD_RTI'], missing: [] });
  await feed.unsubscribe({ channel: 'cfbenchmarks_value', indexIds: ['ETHUSD_RTI'] });
  expect(simulator.subscriptions()[0]?.subscriptions[0]?.items).toEqual(['BRTI']);
  const listed = kalshiEvent(feed, 'cfbenchmarks_value_indexlist');
  const all = await feed.listReferences('cfbenchmarks_value');
  expect(all).toContain('BRTI');
  expect((await listed)[0].indexIds).toEqual(all);
  expect(await rejection(feed.listReferences('trade'))).toBeInstanceOf(ArgumentError);
  simulator.act(40);
  expect((await list)[0]).toMatchObject({ indexId: 'BRTI', type: 'cfbenchmarks_value' });
});

describe('what is not known', () => {
  test('a type: comes as data', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'fill' });
    const message = kalshiEvent(feed, 'message');
    simulator.inject({ kind: 'unknown-type' });
    expect((await message)[0]).toMatchObject({ type: 'weather', sid: 1, raw: { sky: 'clear' } });
  });

  test('a text that is no JSON: is told, counted, and does no harm', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    const [a] = simulator.tickers as [string];
    await feed.subscribe({ channel: 'orderbook_delta', markets: [a] });
    const unknown = kalshiEvent(feed, 'unknown');
    simulator.inject({ kind: 'garbage' });
    expect((await unknown)[0].text).toContain('502 Bad Gateway');
    await until(() => feed.stats().malformedTexts === 1);
    stepBook(simulator, a);
    await untilRight(feed, simulator, a);
  });

  test('numbers of answers that nobody waits for are counted', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    await feed.ready();
    simulator.sendText('{"id":4711,"type":"ok","sid":9,"msg":{"market_tickers":["A"]}}');
    simulator.sendText('{"type":"error","msg":{"code":99,"msg":"Something new"}}');
    const [error] = await kalshiEvent(feed, 'error');
    expect(error).toMatchObject({ number: 99, code: 'ERR_TICKRING_SERVICE' });
    expect(feed.stats()).toMatchObject({ unmatched: 1, serviceErrors: 1 });
  });

  test('more of them than anybody would look at are counted, and not all told', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    let told = 0;
    feed.on('unknown', () => told++);
    await feed.start();
    await feed.ready();
    for (let n = 0; n < 500; n++) simulator.sendText('{"neither":1}');
    await until(() => feed.stats().malformedTexts === 500);
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(500);
  });
});

describe('frames of other days', () => {
  test.each(['2025-11', '2026-01', '2026-02', '2026-03', '2026-05', '2026-09'])(
    '%s: books, tickers, trades and account data',
    async (era) => {
      await using simulator = await kalshiSimulator({ era });
      await using feed = kalshiFeed(simulator);
      const fills = collect(feed, ['fill', 'market_position']);
      await feed.start();
      const [a, b] = simulator.tickers.filter((ticker) => simulator.market(ticker).isOpen) as [
        string,
        string,
      ];
      const { confirmed } = await feed.subscribe({ channel: 'orderbook_delta', markets: [a, b] });
      expect(confirmed).toEqual([a, b]);
      for (const channel of ['ticker', 'trade', 'fill', 'market_positions'] as const)
        await feed.subscribe({ channel });
      const sent = (type: string) => simulator.stats().sent[type] ?? 0;
      while (!['ticker', 'trade', 'fill', 'market_position'].every((type) => sent(type) > 0)) {
        simulator.step(10);
        simulator.act(1);
      }
      for (const market of [a, b]) await untilRight(feed, simulator, market);
      await until(() => fills.get('fill')!.length > 0 && fills.get('market_position')!.length > 0);
      const [fill] = fills.get('fill')!;
      expect(fill).toHaveProperty('yesPrice.units');
      expect(fill).toHaveProperty('count.units');
      expect(fills.get('market_position')![0]).toHaveProperty('positionCost.units');
      await feed.unsubscribe({ channel: 'orderbook_delta', markets: [a] });
      await until(() => feed.book(a).state === 'empty');
      await feed.unsubscribe({ channel: 'orderbook_delta' });
      expect(await feed.listSubscriptions()).toHaveLength(4);
      expect(feed.stats()).toMatchObject({ gaps: 0, malformedTexts: 0, unmatched: 0 });
    },
  );
});
