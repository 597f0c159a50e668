import { afterEach, describe, expect, test } from 'vitest';
import { Client, closeAll, keyOf, NaiveBooks, simulator, units } from './client.ts';

const PRIVATE = ['fill', 'market_positions', 'user_orders', 'order_group_updates'];

afterEach(closeAll);

describe('a user', () => {
  test('sees orders rest, shrink, trade and end, each number following from the ones before', async () => {
    const sim = await simulator({ actEvery: 1, markets: 6 });
    const client = await Client.connect(sim);
    await client.subscribe('user_orders');
    sim.step(1_200);
    await client.settled();
    const orders = new Map<string, ReturnType<typeof client.of>>();
    for (const frame of client.of('user_order')) {
      const before = orders.get(frame.msg.order_id) ?? [];
      orders.set(frame.msg.order_id, [...before, frame]);
    }
    const stories = [...orders.values()].map((frames) =>
      frames.map(({ msg }) => msg.last_update_reason ?? msg.status),
    );
    expect(stories).toContainEqual(['resting', 'Decrease', 'Trade', 'Trade']);
    expect(stories).toContainEqual(['Trade']);
    expect(stories.some(([first, last]) => first === 'resting' && last?.endsWith('Cancel'))).toBe(true);
    for (const { msg } of client.of('user_order')) {
      const [initial, filled, remaining] = ['initial', 'fill', 'remaining'].map((it) =>
        units(msg[`${it}_count_fp`], 2),
      );
      expect(filled! + remaining!).toBeLessThanOrEqual(initial!);
      expect(msg.status === 'resting').toBe(remaining! > 0);
      expect(msg).toMatchObject({ is_yes: msg.side === 'yes', outcome_side: msg.side });
    }
  });

  test('sees fills, and positions that they add up to', async () => {
    const sim = await simulator({ actEvery: 1, markets: 3 });
    const client = await Client.connect(sim);
    await client.subscribe('fill');
    await client.subscribe('market_positions');
    await client.subscribe('trade');
    sim.step(1_000);
    await client.settled();
    const held = new Map<string, number>();
    let fees = 0;
    let latest = '';
    for (const { type, msg } of client.messages) {
      if (type === 'trade') latest = msg.trade_id;
      if (type === 'fill') {
        const { market_ticker, count_fp, side, post_position_fp } = msg;
        expect(msg.trade_id).toBe(latest);
        const position = (held.get(market_ticker) ?? 0) + units(count_fp, 2) * (side === 'yes' ? 1 : -1);
        held.set(market_ticker, position);
        expect(units(post_position_fp, 2)).toBe(position);
        expect(msg.fee_cost).toMatch(/^\d+\.\d{6}$/);
        fees += units(msg.fee_cost, 6);
      }
      if (type === 'market_position') {
        expect(units(msg.position_fp, 2)).toBe(held.get(msg.market_ticker));
        if (units(msg.position_fp, 2) === 0) expect(units(msg.position_cost_dollars, 6)).toBe(0);
      }
    }
    expect(client.of('fill').some(({ msg }) => msg.is_taker)).toBe(true);
    expect(client.of('fill').some(({ msg }) => !msg.is_taker)).toBe(true);
    const last = new Map(client.of('market_position').map(({ msg }) => [msg.market_ticker, msg]));
    const paid = [...last.values()].reduce((sum, msg) => sum + units(msg.fees_paid_dollars, 6), 0);
    expect(paid).toBe(fees);
  });

  test('finds the order id in the deltas that it caused, and nobody else does', async () => {
    const [a, b] = [keyOf('a', { user: 'ann' }), keyOf('b', { user: 'bob' })];
    const sim = await simulator({ keys: [a.key, b.key], actEvery: 1, markets: 4 });
    const [ann, bob] = [await Client.connect(sim, a.signer), await Client.connect(sim, b.signer)];
    for (const client of [ann, bob]) {
      await client.subscribe('orderbook_delta', { market_tickers: sim.tickers });
      await client.subscribe('user_orders');
    }
    sim.step(700);
    for (const client of [ann, bob]) {
      await client.settled();
      const own = client.of('orderbook_delta').flatMap(({ msg }) => msg.client_order_id ?? []);
      const orders = new Set(client.of('user_order').map(({ msg }) => msg.client_order_id));
      expect(own.length).toBeGreaterThan(10);
      expect(own.filter((id) => !orders.has(id))).toEqual([]);
      const books = new NaiveBooks(client.of('orderbook_snapshot', 'orderbook_delta'));
      for (const ticker of sim.subscriptions()[0]!.subscriptions[0]!.items) {
        expect(books.book(ticker)).toEqual(sim.book(ticker));
      }
    }
    const users = (client: Client) => new Set(client.of('user_order').map(({ msg }) => msg.user_id));
    expect([users(ann), users(bob)]).toEqual([new Set(['ann']), new Set(['bob'])]);
  });

  test('with a key for one subaccount sees that one only', async () => {
    const [all, three] = [keyOf('all'), keyOf('three', { subaccount: 3 })];
    const sim = await simulator({ keys: [all.key, three.key], actEvery: 1, markets: 4 });
    const [main, limited] = [await Client.connect(sim, all.signer), await Client.connect(sim, three.signer)];
    for (const client of [main, limited]) for (const channel of PRIVATE) await client.subscribe(channel);
    sim.step(800);
    await main.settled();
    await limited.settled();
    const numbers = (client: Client) =>
      new Set(client.of('user_order').map(({ msg }) => msg.subaccount_number));
    expect(numbers(main)).toEqual(new Set([0, 3]));
    expect(numbers(limited)).toEqual(new Set([3]));
    expect(limited.of('fill').every(({ msg }) => msg.subaccount === 3)).toBe(true);
    expect(limited.of('order_group_updates')).toEqual([]);
  });

  test('may ask for single markets', async () => {
    const sim = await simulator({ actEvery: 1, markets: 4 });
    const client = await Client.connect(sim);
    const [ticker] = sim.tickers;
    await client.subscribe('ticker');
    for (const channel of ['fill', 'user_orders'])
      await client.subscribe(channel, { market_tickers: [ticker] });
    sim.step(1_000);
    await client.settled();
    expect(new Set(client.of('fill').map(({ msg }) => msg.market_ticker))).toEqual(new Set([ticker]));
    expect(new Set(client.of('user_order').map(({ msg }) => msg.ticker))).toEqual(new Set([ticker]));
  });

  test('sees the groups of its orders', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('order_group_updates');
    sim.act(4 * 13);
    await client.settled();
    expect(client.of('order_group_updates').map(({ msg }) => msg.event_type)).toEqual([
      'created',
      'limit_updated',
      'triggered',
      'reset',
      'deleted',
    ]);
    expect(client.of('order_group_updates')[0]).toMatchObject({
      seq: 1,
      msg: { contracts_limit_fp: expect.stringMatching(/^\d+\.00$/), ts_ms: expect.any(Number) },
    });
  });
});

describe('communications', () => {
  const RFQ = ['rfq_created', 'rfq_deleted'];
  const QUOTE = ['quote_created', 'quote_accepted', 'quote_executed'];

  test('tell everybody of requests, and of quotes those who asked or quoted', async () => {
    const [a, b] = [keyOf('a', { user: 'ann' }), keyOf('b', { user: 'bob' })];
    const sim = await simulator({ keys: [a.key, b.key] });
    const [ann, bob] = [await Client.connect(sim, a.signer), await Client.connect(sim, b.signer)];
    for (const client of [ann, bob]) await client.subscribe('communications');
    // A request for quotes is every fourth act, and has five.
    sim.act(4 * 5 * 60);
    for (const client of [ann, bob]) await client.settled();
    for (const type of RFQ) expect([ann.of(type).length, bob.of(type).length]).toEqual([60, 60]);
    for (const type of QUOTE) {
      const [annSees, bobSees] = [ann.of(type), bob.of(type)].map((frames) =>
        frames.map(({ msg }) => msg.rfq_id),
      );
      expect(annSees!.length).toBeGreaterThan(5);
      expect(bobSees!.length).toBeGreaterThan(5);
      expect(annSees!.filter((id) => bobSees!.includes(id))).toEqual([]);
    }
    const hidden = ann.of('rfq_created').filter(({ msg }) => msg.creator_id.startsWith('e3b0c44298fc1c14'));
    expect(hidden.length).toBeGreaterThan(0);
    expect(ann.of('rfq_created').some(({ msg }) => msg.mve_selected_legs?.length === 2)).toBe(true);
    for (const { msg } of ann.of('quote_created')) {
      expect(units(msg.yes_bid_dollars, 4) + units(msg.no_bid_dollars, 4)).toBeLessThan(10_000);
    }
  });

  test('in shards reach each request exactly once', async () => {
    const sim = await simulator();
    const shards = await Promise.all([0, 1, 2].map(() => Client.connect(sim)));
    for (const [key, client] of shards.entries()) {
      await client.subscribe('communications', { shard_factor: 3, shard_key: key });
    }
    sim.act(4 * 5 * 40);
    for (const client of shards) await client.settled();
    const ids = shards.map((client) => client.of('rfq_created').map(({ msg }) => msg.id));
    expect(ids.every((it) => it.length > 0)).toBe(true);
    expect(new Set(ids.flat()).size).toBe(40);
    expect(ids.flat()).toHaveLength(40);
  });

  test('with user_filter self are of the own requests and quotes only', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('communications', { user_filter: 'self' });
    sim.act(4 * 5 * 30);
    await client.settled();
    const requests = client.of('rfq_created').map(({ msg }) => msg.id);
    expect(requests.length).toBe(10);
    // Every third request is a user's own, and every third quote.
    expect(client.of('quote_created')).toHaveLength(20);
  });
});

describe('lifecycles', () => {
  test('of markets come in order, on the channel of their kind', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('market_lifecycle_v2');
    await client.subscribe('multivariate_market_lifecycle');
    sim.act(4 * 22);
    await client.settled();
    const story = (sid: number) =>
      client.messages.filter((it) => it.sid === sid).map(({ type, msg }) => msg.event_type ?? type);
    const both = ['event_lifecycle', 'created', 'activated'];
    const end = ['close_date_updated', 'deactivated', 'determined', 'settled'];
    expect(story(1).slice(0, 11)).toEqual([
      ...both,
      'event_fee_update',
      'metadata_updated',
      'price_level_structure_updated',
      'event_fee_update',
      ...end,
    ]);
    expect(story(2).slice(1, 8)).toEqual([...both, ...end]);
    const created = client.of('market_lifecycle_v2')[0]!.msg;
    expect(created).toMatchObject({
      price_level_structure: 'linear_cent',
      price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0100' }],
      additional_metadata: { floor_strike: 4487.5 },
    });
    expect(client.of('market_lifecycle_v2').some(({ msg }) => msg.market_ticker.startsWith('KXMVE'))).toBe(
      false,
    );
    expect(
      client.of('multivariate_market_lifecycle').every(({ msg }) => msg.market_ticker.startsWith('KXMVE')),
    ).toBe(true);
    const fees = client
      .of('event_fee_update')
      .map(({ msg }) => [msg.fee_type_override, msg.fee_multiplier_override]);
    expect(fees.slice(0, 2)).toEqual([
      ['quadratic', 1],
      [null, null],
    ]);
  });

  test('end with an empty book, of which every level was taken away by deltas', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('market_lifecycle_v2');
    const has = (event: string) =>
      client.of('market_lifecycle_v2').some(({ msg }) => msg.event_type === event);
    const actUntil = async (event: string) => {
      while (!has(event)) {
        sim.act();
        await client.settled();
      }
    };
    await actUntil('activated');
    const { market_ticker: ticker } = client.of('market_lifecycle_v2')[0]!.msg;
    await client.subscribe('orderbook_delta', { market_ticker: ticker });
    sim.step(200, ticker);
    expect(sim.book(ticker).yes.length).toBeGreaterThan(5);
    await actUntil('settled');
    const books = new NaiveBooks(client.of('orderbook_snapshot', 'orderbook_delta'));
    expect(books.book(ticker)).toEqual({ yes: [], no: [] });
    expect(books.negatives).toBe(0);
    expect(sim.tickers).not.toContain(ticker);
  });
});
