import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { Client, closeAll, type Message, NaiveBooks, simulator } from './client.ts';

const BTC = 'KXBTCD-26OCT0917-T72749.99';
const FIXTURES = new URL('../../../../shared/fixtures/kalshi/', import.meta.url);

const CHANNELS = [
  'ticker',
  'trade',
  'market_lifecycle_v2',
  'multivariate_market_lifecycle',
  'multivariate',
  'fill',
];
const MORE_CHANNELS = ['market_positions', 'user_orders', 'order_group_updates', 'communications'];
const REFERENCES = { cfbenchmarks_value: 'index_ids', pyth_value: 'underlying_tickers' };

afterEach(closeAll);

/** Everything that a simulator of an era sends in a while, in all kinds. */
async function everything(era: string): Promise<{ client: Client; ticker: string }> {
  // In the last minute of a quarter of an hour: some values are averaged then only.
  const sim = await simulator({ era, actEvery: 1, markets: 12, startTime: Date.UTC(2026, 9, 9, 12, 14, 10) });
  const client = await Client.connect(sim);
  await client.subscribe('orderbook_delta', { market_tickers: sim.tickers });
  for (const channel of [...CHANNELS, ...MORE_CHANNELS]) await client.subscribe(channel);
  for (const [channel, name] of Object.entries(REFERENCES))
    await client.subscribe(channel, { [name]: ['all'] });
  sim.step(800);
  await client.settled();
  return { client, ticker: BTC };
}

describe('the forms', () => {
  test('of November 2025: integer cents beside dollar strings, whole contracts', async () => {
    const { client } = await everything('2025-11');
    const [snapshot] = client.of('orderbook_snapshot');
    expect(Object.keys(snapshot!.msg)).toEqual(['market_ticker', 'yes', 'yes_dollars', 'no', 'no_dollars']);
    const { yes, yes_dollars } = snapshot!.msg;
    expect(yes_dollars).toEqual(
      yes.map(([price, count]: [number, number]) => [`0.${String(price).padStart(2, '0')}00`, count]),
    );
    const [delta] = client.of('orderbook_delta');
    expect(Object.keys(delta!.msg)).toEqual(['market_ticker', 'price', 'price_dollars', 'delta', 'side']);
    for (const { msg } of client.of('orderbook_delta')) {
      expect(Number.isInteger(msg.price) && Number.isInteger(msg.delta)).toBe(true);
    }
    expect(client.of('ticker')[0]!.msg).toMatchObject({
      no_bid_dollars: expect.any(String),
      Clock: expect.any(Number),
    });
    expect(client.of('market_position')[0]!.msg.position_cost % 100).toBe(0);
    expect(client.of('market_lifecycle_v2')[0]!.msg.additional_metadata.floor_strike).toBe('4487.5');
    expect(client.messages.every((message) => !('sending_ts_ms' in message))).toBe(true);
    expect(client.of('user_order', 'order_group_updates', 'cfbenchmarks_value')).toEqual([]);
  });

  test('of January to March 2026: both', async () => {
    const { client } = await everything('2026-02-28');
    expect(Object.keys(client.of('orderbook_delta')[0]!.msg)).toEqual([
      'market_ticker',
      'market_id',
      'price',
      'price_dollars',
      'delta',
      'delta_fp',
      'side',
    ]);
    for (const { msg } of client.of('ticker')) expect(msg.volume_fp).toBe(`${msg.volume}.00`);
    for (const { msg } of client.of('trade')) expect(msg.count_fp).toBe(`${msg.count}.00`);
    for (const { msg } of client.of('market_position')) expect(msg.position_fp).toBe(`${msg.position}.00`);
  });

  test('of now: strings only', async () => {
    const { client } = await everything('2026-10');
    const { msg } = client.of('orderbook_delta')[0]!;
    expect(Object.keys(msg)).toEqual([
      'market_ticker',
      'market_id',
      'price_dollars',
      'delta_fp',
      'side',
      'ts',
      'ts_ms',
    ]);
    expect(msg.price_dollars).toMatch(/^0\.\d{4}$/);
    expect(msg.delta_fp).toMatch(/^-?\d+\.\d{2}$/);
    expect(msg.ts).toMatch(/^2026-10-09T12:14:\d\d(\.\d{3}|\.\d{6})?Z$/);
    expect(Date.parse(msg.ts)).toBe(msg.ts_ms);
  });

  for (const era of ['2025-11', '2026-01', '2026-02-01', '2026-03', '2026-06', '2026-10']) {
    test(`all give the true books: ${era}`, async () => {
      const sim = await simulator({ era, actEvery: 2, markets: 12 });
      const client = await Client.connect(sim);
      await client.subscribe('orderbook_delta', { market_tickers: sim.tickers });
      sim.step(800);
      await client.settled();
      const books = new NaiveBooks(client.of('orderbook_snapshot', 'orderbook_delta'));
      for (const ticker of sim.subscriptions()[0]!.subscriptions[0]!.items) {
        if (sim.tickers.includes(ticker)) expect(books.book(ticker)).toEqual(sim.book(ticker));
      }
    });
  }
});

describe('commands and acks', () => {
  test('of 2025 have no id and seq, and their lists at the top', async () => {
    const sim = await simulator({ era: '2026-01-16' });
    const client = await Client.connect(sim);
    const [a, b] = sim.tickers;
    await client.subscribe('orderbook_delta', { market_ticker: a });
    const added = await client.update(1, 'add_markets', { market_ticker: b });
    expect(added).toEqual({ id: 2, sid: 1, seq: 2, type: 'ok', market_tickers: [a, b] });
    const list = await client.command('list_subscriptions');
    expect(list).toEqual({ id: 3, type: 'ok', subscriptions: [{ channel: 'orderbook_delta', sid: 1 }] });
    client.socket.send('{"id":9,"cmd":"unsubscribe","params":{"sids":[1]}}');
    await client.until(() => client.of('unsubscribed').length > 0);
    expect(client.of('unsubscribed')).toEqual([{ sid: 1, type: 'unsubscribed' }]);
  });

  test('that were not there yet are unknown, or passed over', async () => {
    const sim = await simulator({ era: '2026-03' });
    const client = await Client.connect(sim);
    const [ticker] = sim.tickers;
    await client.subscribe('orderbook_delta', { market_ticker: ticker, use_yes_price: true });
    expect(sim.subscriptions()[0]!.subscriptions[0]!.useYesPrice).toBe(false);
    const answer = await client.update(1, 'get_snapshot', { market_ticker: ticker });
    expect(answer).toMatchObject({ type: 'error', msg: { code: 13 } });
    expect(await client.subscribe('pyth_value')).toMatchObject({ type: 'error', msg: { code: 8 } });
    expect(await client.subscribe('multivariate')).toMatchObject({ type: 'subscribed' });
  });

  test('of the two weeks of ticker_v2', async () => {
    const sim = await simulator({ era: '2026-02-05' });
    const client = await Client.connect(sim);
    await client.subscribe('ticker_v2');
    sim.step(500);
    await client.settled();
    const traded = client.of('ticker_v2').filter(({ msg }) => msg.volume_delta > 0);
    expect(traded.length).toBeGreaterThan(0);
    const now = await Client.connect(await simulator());
    expect(await now.subscribe('ticker_v2')).toMatchObject({ type: 'error', msg: { code: 8 } });
  });

  test('compression is negotiated since it is, unless the options say otherwise', async () => {
    const offer = { perMessageDeflate: true };
    const extensions = async (options: object) => {
      const client = await Client.connect(await simulator(options), undefined, offer);
      return client.socket.extensions;
    };
    expect(await extensions({ era: '2026-08' })).toBe('');
    expect(await extensions({})).toContain('permessage-deflate');
    expect(await extensions({ compression: false })).toBe('');
  });
});

/** Members that may be there or not. */
const OPTIONAL = new Set([
  'yes_dollars_fp',
  'no_dollars_fp',
  'yes',
  'no',
  'yes_dollars',
  'no_dollars',
  'client_order_id',
  'subaccount',
  'Clock',
  'order_group_id',
  'target_cost',
  'target_cost_dollars',
  'rfq_target_cost',
  'rfq_target_cost_dollars',
  'contracts_accepted',
  'contracts_accepted_fp',
  'contracts_limit_fp',
  'last_60s_windowed_average_15min',
  'mve_collection_ticker',
  'mve_selected_legs',
  'strike_date',
  'strike_type',
  'floor_strike',
  'cap_strike',
  'yes_sub_title',
  'price_ranges',
  'price_level_structure',
  'last_update_time',
  'last_updated_ts_ms',
  'last_update_reason',
]);
/** Members that the examples of the day leave out, though they were there by the documentation's later word. */
const UNDOCUMENTED = new Set([
  'fee_cost',
  'outcome_side',
  'book_side',
  'taker_outcome_side',
  'taker_book_side',
  'rfq_creator_id',
  'ts_ms',
  'taker_fees_dollars',
  'maker_fees_dollars',
]);

function fixture(file: string): Message[] {
  const lines = readFileSync(new URL(file, FIXTURES), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Message);
}

/** What tells messages of one type apart. */
function kind({ type, msg }: Message): string {
  return type.includes('lifecycle') ? `${type} ${msg.event_type ?? ''}` : type;
}

const SAMPLES = {
  '2025-11-03': 'official-docs-2025-11-03-integer-cents.jsonl',
  '2026-01-16': 'official-asyncapi-2026-01-16-d848f492-server.jsonl',
  '2026-02-12': 'live-prod-2026-02-12-ssmd-ticker.jsonl',
  '2026-08-22': 'official-asyncapi-2026-08-22-59e4f721-server.jsonl',
  '2026-10': 'official-docs-2026-10-sending_ts_ms-server.jsonl',
};

describe.runIf(existsSync(FIXTURES))('sample messages', () => {
  for (const [era, file] of Object.entries(SAMPLES)) {
    test(`of ${era} have the members that the simulator's have`, async () => {
      const { client } = await everything(era);
      const own = new Map<string, { members: Set<string>; always: Set<string> }>();
      for (const message of client.messages.filter(({ msg }) => msg !== undefined && !Array.isArray(msg))) {
        const keys = new Set(Object.keys(message.msg));
        const seen = own.get(kind(message)) ?? { members: new Set(), always: keys };
        own.set(kind(message), {
          members: new Set([...seen.members, ...keys]),
          always: new Set([...seen.always].filter((key) => keys.has(key))),
        });
      }
      let compared = 0;
      for (const sample of fixture(file)) {
        const seen = own.get(kind(sample));
        if (seen === undefined || sample.type === 'error') continue;
        compared++;
        const keys = Object.keys(sample.msg);
        const missing = keys.filter((key) => !seen.members.has(key) && !OPTIONAL.has(key));
        const extra = [...seen.always].filter(
          (key) => !keys.includes(key) && !OPTIONAL.has(key) && !UNDOCUMENTED.has(key),
        );
        expect([kind(sample), missing, extra]).toEqual([kind(sample), [], []]);
      }
      expect(compared).toBeGreaterThan(5);
    });
  }
});
