import { afterEach, describe, expect, test } from 'vitest';
import { ERROR_TEXTS } from '../../support/kalshi-sim-internals.ts';
import { Client, closeAll, type Message, simulator } from './client.ts';

const BTC = 'KXBTCD-26OCT0917-T72749.99';
const ETH = 'KXETHD-26OCT0917-T1819.99';
const FED = 'FED-26DEC-T3.00';
const OVER = 'KXQUICKSETTLE-26OCT09H2050-2';

afterEach(closeAll);

/** What the answer to an error has. */
function error(code: keyof typeof ERROR_TEXTS): object {
  return { type: 'error', msg: { code, msg: ERROR_TEXTS[code] } };
}

/** Sends a text as it is, and answers the first message that comes after it. */
async function answerTo(client: Client, text: string | Buffer): Promise<Message> {
  const before = client.messages.length;
  client.socket.send(text);
  await client.until(({ messages }) => messages.length > before);
  return client.messages[before]!;
}

describe('subscribe', () => {
  test('answers each channel with a sid of its own, without a sequence number', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.command('subscribe', { channels: ['ticker', 'trade', 'fill'] });
    await client.settled();
    expect(client.answers(1)).toEqual(
      ['ticker', 'trade', 'fill'].map((channel, i) => ({
        id: 1,
        type: 'subscribed',
        msg: { channel, sid: i + 1 },
        sending_ts_ms: expect.any(Number),
      })),
    );
  });

  test('counts sids from 1 on each connection, and never uses one again', async () => {
    const sim = await simulator();
    const [first, second] = [await Client.connect(sim), await Client.connect(sim)];
    await first.subscribe('ticker');
    await first.command('unsubscribe', { sids: [1] });
    expect((await first.subscribe('ticker')).msg.sid).toBe(2);
    expect((await second.subscribe('trade')).msg.sid).toBe(1);
  });

  test('sends a snapshot of every market after the ack, in the order asked for', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_tickers: [ETH, BTC, OVER] });
    await client.settled();
    const [ack, ...snapshots] = client.messages.slice(0, 4);
    expect(ack).toMatchObject({ type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 1 } });
    expect(snapshots.map(({ type, sid, seq, msg }) => [type, sid, seq, msg.market_ticker])).toEqual([
      ['orderbook_snapshot', 1, 1, ETH],
      ['orderbook_snapshot', 1, 2, BTC],
      ['orderbook_snapshot', 1, 3, OVER],
    ]);
    // A market that is over: no sides, and no id.
    expect(snapshots[2]!.msg).toEqual({ market_ticker: OVER, market_id: '' });
  });

  test('to a channel that is held adds the markets: ok with all of them, snapshots of the new ones only', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_ticker: BTC });
    const answer = await client.subscribe('orderbook_delta', { market_tickers: [BTC, ETH] });
    expect(answer).toMatchObject({ id: 2, type: 'ok', sid: 1, seq: 2, msg: { market_tickers: [BTC, ETH] } });
    await client.settled();
    expect(client.of('orderbook_snapshot').map(({ seq, msg }) => [seq, msg.market_ticker])).toEqual([
      [1, BTC],
      [3, ETH],
    ]);
    expect(await client.subscribe('orderbook_delta', { market_tickers: [ETH] })).toMatchObject({
      type: 'ok',
      seq: 4,
    });
  });

  test('leaves markets out that there are not, and says so only by its lists', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_tickers: ['NO-SUCH-MARKET', BTC] });
    const answer = await client.subscribe('orderbook_delta', { market_tickers: [ETH, 'NOR-THIS'] });
    expect(answer.msg).toEqual({ market_tickers: [BTC, ETH] });
  });

  test('takes market ids on the ticker channel alone, and answers with ids', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    const [btc, eth] = [sim.market(BTC).id, sim.market(ETH).id];
    await client.subscribe('ticker', { market_ids: [btc], send_initial_snapshot: true });
    const answer = await client.update(1, 'add_markets', { market_id: eth, send_initial_snapshot: true });
    expect(answer).toMatchObject({ type: 'ok', seq: 1, msg: { market_ids: [btc, eth] } });
    await client.settled();
    expect(client.of('ticker').map(({ msg }) => msg.market_ticker)).toEqual([BTC, ETH]);
    expect(await client.subscribe('trade', { market_id: btc })).toMatchObject(error(11));
    expect(await client.subscribe('ticker', { market_id: btc, market_ticker: BTC })).toMatchObject(error(11));
  });

  test('with send_initial_snapshot sends the tickers of all markets where none is named', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('ticker', { send_initial_snapshot: true });
    await client.settled();
    expect(client.of('ticker').map(({ msg }) => msg.market_ticker)).toEqual(sim.tickers);
  });

  test('with skip_ticker_ack leaves the lists out of later answers', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('ticker', { market_ticker: BTC, skip_ticker_ack: true });
    const answer = await client.update(1, 'add_markets', { market_ticker: ETH });
    expect(answer).toMatchObject({ type: 'ok', sid: 1, seq: 1 });
    expect(answer).not.toHaveProperty('msg');
    expect(sim.subscriptions()[0]!.subscriptions[0]!.items).toEqual([BTC, ETH]);
  });

  test('answers each channel by itself when one cannot be had', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.command('subscribe', { channels: ['ticker', 'orderbook_delta', 'nonsense', 'trade'] });
    await client.settled();
    const answers = client.answers(1).map(({ type, msg }) => [type, msg.channel ?? msg.code]);
    expect(answers).toEqual([
      ['subscribed', 'ticker'],
      ['error', 14],
      ['error', 8],
      ['subscribed', 'trade'],
    ]);
  });
});

describe('unsubscribe', () => {
  test('is acknowledged for each sid with its next sequence number, and nothing follows', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_ticker: BTC });
    await client.subscribe('ticker');
    sim.step(10, BTC);
    await client.settled();
    const { seq } = sim.subscriptions()[0]!.subscriptions[0]!;
    const answer = await client.command('unsubscribe', { sids: [1, 2] });
    expect(answer).toEqual({
      id: 4,
      sid: 1,
      seq: seq + 1,
      type: 'unsubscribed',
      sending_ts_ms: expect.any(Number),
    });
    await client.settled();
    expect(client.answers(4)[1]).toMatchObject({ sid: 2, seq: 1, type: 'unsubscribed' });
    const before = client.messages.length;
    sim.step(50, BTC);
    await client.settled();
    expect(client.messages).toHaveLength(before + 1);
    expect((await client.subscribe('orderbook_delta', { market_ticker: BTC })).msg.sid).toBe(3);
    await client.settled();
    expect(client.of('orderbook_snapshot').at(-1)).toMatchObject({ sid: 3, seq: 1 });
  });
});

describe('update_subscription', () => {
  test('add_markets: ok with the full list, then snapshots on the same sid', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_ticker: BTC });
    const answer = await client.command('update_subscription', {
      sids: [1],
      action: 'add_markets',
      market_tickers: [ETH, FED],
    });
    expect(answer).toMatchObject({ type: 'ok', sid: 1, seq: 2, msg: { market_tickers: [BTC, ETH, FED] } });
    await client.settled();
    const snapshots = client.of('orderbook_snapshot').map(({ seq, msg }) => [seq, msg.market_ticker]);
    expect(snapshots.slice(1)).toEqual([
      [3, ETH],
      [4, FED],
    ]);
  });

  test('delete_markets: ok with what is left, and no data of the others', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_tickers: [BTC, ETH] });
    const answer = await client.update(1, 'delete_markets', { market_ticker: BTC });
    expect(answer).toMatchObject({ type: 'ok', seq: 3, msg: { market_tickers: [ETH] } });
    sim.step(30, BTC);
    sim.step(30, ETH);
    await client.settled();
    expect(new Set(client.of('orderbook_delta').map(({ msg }) => msg.market_ticker))).toEqual(new Set([ETH]));
    expect(await client.update(1, 'delete_markets', { market_ticker: ETH })).toMatchObject({
      msg: { market_tickers: [] },
    });
  });

  test('get_snapshot: one for each market with the id of the command, the subscription as it was', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_tickers: [BTC, ETH] });
    await client.update(1, 'get_snapshot', { market_tickers: [ETH, FED] });
    await client.settled();
    expect(client.answers(2).map(({ type, sid, seq, msg }) => [type, sid, seq, msg.market_ticker])).toEqual([
      ['orderbook_snapshot', 1, 3, ETH],
      ['orderbook_snapshot', 1, 4, FED],
    ]);
    expect(sim.subscriptions()[0]!.subscriptions[0]).toMatchObject({ items: [BTC, ETH], seq: 4 });
  });

  test('of what is no list of markets is an unsupported action', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('market_lifecycle_v2');
    await client.subscribe('ticker');
    expect(await client.update(1, 'add_markets', { market_ticker: BTC })).toMatchObject({
      ...error(13),
      sid: 1,
      seq: 1,
    });
    expect(await client.update(2, 'get_snapshot', { market_ticker: BTC })).toMatchObject({
      ...error(13),
      sid: 2,
      seq: 1,
    });
    expect(await client.update(2, 'delete_markets', { market_ticker: BTC })).toMatchObject({
      ...error(11),
      sid: 2,
      seq: 2,
    });
  });
});

test('list_subscriptions answers an array, without sid and seq', async () => {
  const sim = await simulator();
  const client = await Client.connect(sim);
  await client.subscribe('orderbook_delta', { market_ticker: BTC });
  await client.subscribe('ticker');
  expect(await client.command('list_subscriptions')).toEqual({
    id: 3,
    type: 'ok',
    msg: [
      { channel: 'orderbook_delta', sid: 1 },
      { channel: 'ticker', sid: 2 },
    ],
    sending_ts_ms: expect.any(Number),
  });
});

describe('reference values', () => {
  test('of no index flow until one is added; "all" takes every one', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('cfbenchmarks_value');
    sim.act(4);
    await client.settled();
    expect(client.of('cfbenchmarks_value')).toEqual([]);
    const list = await client.update(1, 'indexlist');
    expect(list).toMatchObject({ type: 'cfbenchmarks_value_indexlist', sid: 1, seq: 1 });
    expect(list.msg.index_ids).toContain('BRTI');
    expect(await client.update(1, 'subscribe_indices', { index_ids: ['BRTI'] })).toMatchObject({
      type: 'ok',
      seq: 2,
      msg: { index_ids: ['BRTI'] },
    });
    sim.act(4 * 12);
    await client.settled();
    const frames = client.of('cfbenchmarks_value');
    expect(new Set(frames.map(({ msg }) => msg.index_id))).toEqual(new Set(['BRTI']));
    expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, i) => i + 3));
    expect(JSON.parse(frames[0]!.msg.data)).toMatchObject({ type: 'value', id: 'BRTI' });
    expect(frames[0]!.msg.avg_60s_data).toMatchObject({ value: expect.stringMatching(/^\d+\.\d{8}$/) });

    await client.update(1, 'unsubscribe_indices', { index_ids: ['BRTI'] });
    await client.update(1, 'subscribe_indices', { index_ids: ['all'] });
    sim.act(4 * 12);
    await client.settled();
    expect(new Set(client.of('cfbenchmarks_value').map(({ msg }) => msg.index_id)).size).toBe(6);
  });

  test('of underlyings and of the fast indices have their own names', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('pyth_value', { underlying_tickers: ['Metal.XAU/USD'] });
    await client.subscribe('cfbenchmarks_value_5hz', { index_ids: ['all'] });
    const list = await client.update(1, 'underlying_list');
    expect(list).toMatchObject({
      type: 'pyth_value_underlying_list',
      msg: { underlying_tickers: expect.anything() },
    });
    expect(await client.update(2, 'indexlist')).toMatchObject({ type: 'cfbenchmarks_value_5hz_indexlist' });
    const added = await client.update(1, 'subscribe_underlyings', { underlying_tickers: ['Metal.XAG/USD'] });
    expect(added.msg).toEqual({ underlying_tickers: ['Metal.XAU/USD', 'Metal.XAG/USD'] });
    sim.act(40);
    await client.settled();
    expect(client.of('pyth_value')[0]!.msg).toEqual({
      underlying_ticker: 'Metal.XAU/USD',
      value_usd: expect.stringMatching(/^\d+\.\d{8}$/),
      source_ts_ms: expect.any(Number),
      received_at: expect.any(Number),
    });
    expect(client.of('cfbenchmarks_value_5hz').length).toBeGreaterThan(0);
  });

  test('want their own parameters', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('cfbenchmarks_value');
    await client.subscribe('pyth_value');
    expect(await client.update(1, 'subscribe_indices')).toMatchObject({ ...error(24), sid: 1, seq: 1 });
    expect(await client.update(2, 'unsubscribe_underlyings')).toMatchObject({ ...error(28), sid: 2, seq: 1 });
    expect(await client.update(1, 'subscribe_underlyings')).toMatchObject(error(13));
    expect(await client.subscribe('cfbenchmarks_value_5hz', { market_ticker: BTC })).toMatchObject(error(11));
  });
});

describe('errors', () => {
  test('of the envelope', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    for (const text of ['', '{', '[]', '1', Buffer.from([1, 2])]) {
      const answer = await answerTo(client, text);
      expect(answer).toMatchObject(error(1));
      expect(answer).not.toHaveProperty('id');
    }
    for (const text of ['{"id":0,"cmd":"dance"}', '{"cmd":"dance"}', '{"id":"x","cmd":"dance"}', '{}']) {
      const answer = await answerTo(client, text);
      expect(answer).toMatchObject(error(5));
      expect(answer).not.toHaveProperty('id');
    }
    for (const cmd of ['subscribe', 'unsubscribe', 'update_subscription']) {
      expect(await client.command(cmd)).toMatchObject(error(2));
    }
    expect(sim.stats()).toMatchObject({ commands: 0, rejectedCommands: 12, sent: { error: 12 } });
  });

  test('of parameters', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_ticker: BTC });
    await client.subscribe('ticker');
    const cases: [code: keyof typeof ERROR_TEXTS, cmd: string, params: object][] = [
      [3, 'subscribe', {}],
      [3, 'subscribe', { channels: [] }],
      [11, 'subscribe', { channels: 'ticker' }],
      [8, 'subscribe', { channels: ['multivariate'] }],
      [14, 'subscribe', { channels: ['orderbook_delta'] }],
      [11, 'subscribe', { channels: ['trade'], market_ticker: BTC, market_tickers: [ETH] }],
      [11, 'subscribe', { channels: ['trade'], market_tickers: BTC }],
      [11, 'subscribe', { channels: ['orderbook_delta'], market_ticker: BTC, use_yes_price: 'yes' }],
      [4, 'unsubscribe', {}],
      [4, 'unsubscribe', { sids: [] }],
      [7, 'unsubscribe', { sids: [9] }],
      [12, 'update_subscription', { action: 'add_markets' }],
      [12, 'update_subscription', { sids: [1, 2], action: 'add_markets' }],
      [12, 'update_subscription', { sid: 1, sids: [1], action: 'add_markets' }],
      [7, 'update_subscription', { sid: 9, action: 'add_markets' }],
      [15, 'update_subscription', { sid: 1 }],
      [13, 'update_subscription', { sid: 1, action: 'replace_markets' }],
      [14, 'update_subscription', { sid: 1, action: 'add_markets' }],
      [11, 'update_subscription', { sid: 1, action: 'get_snapshot', market_id: sim.market(BTC).id }],
      [19, 'subscribe', { channels: ['communications'], shard_factor: 0, shard_key: 0 }],
      [20, 'subscribe', { channels: ['communications'], shard_key: 0 }],
      [21, 'subscribe', { channels: ['communications'], shard_factor: 4, shard_key: 4 }],
      [22, 'subscribe', { channels: ['communications'], shard_factor: 101, shard_key: 0 }],
      [11, 'subscribe', { channels: ['communications'], user_filter: 'everybody' }],
    ];
    for (const [code, cmd, params] of cases) {
      expect([params, await client.command(cmd, params)]).toMatchObject([params, error(code)]);
    }
  });

  test('"Market Ticker required" on an update has sid and seq, and takes a number', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_ticker: BTC });
    const answer = await client.update(1, 'add_markets');
    expect(answer).toMatchObject({ ...error(14), id: 2, sid: 1, seq: 2 });
    await client.update(1, 'get_snapshot', { market_ticker: BTC });
    expect(client.of('orderbook_snapshot').at(-1)!.seq).toBe(3);
  });

  test('of limits: too many markets, too many commands', async () => {
    const sim = await simulator({ maxMarkets: 2, maxCommands: 5 });
    const client = await Client.connect(sim);
    const [a, b, c] = sim.tickers;
    expect(await client.subscribe('orderbook_delta', { market_tickers: [a, b, c] })).toMatchObject(error(26));
    await client.subscribe('orderbook_delta', { market_tickers: [a, b] });
    expect(await client.update(1, 'add_markets', { market_ticker: c })).toMatchObject({
      ...error(26),
      sid: 1,
      seq: 3,
    });
    expect(sim.subscriptions()[0]!.subscriptions[0]!.items).toEqual([a, b]);
    for (let id = 100; id < 200; id++) client.socket.send(`{"id":${id},"cmd":"list_subscriptions"}`);
    await client.until(() => client.answers(199).length > 0);
    expect(client.messages.some(({ id = 0, msg }) => id >= 100 && msg.code === 27)).toBe(true);
  });
});
