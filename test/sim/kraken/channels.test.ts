import { describe, expect, test } from 'vitest';
import { Client, manual } from './client.ts';
import { fixture, hasFixtures } from './fixtures.ts';

const MICROS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const NANOS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/;

/** Keys of the newest captured frame of this type, of the message and of a row. */
function keysOf(name: string, type: string): string[][] {
  const frames = fixture(name).map((text) => JSON.parse(text));
  const newest = frames.filter((frame) => frame.type === type).at(-1);
  return [Object.keys(newest), Object.keys(newest.data[0])];
}

describe('trade', () => {
  test('nothing at first, then each trade once, with ids that go up', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    expect(await client.subscribe('trade', ['XRP/USD'])).toHaveLength(1);
    sim.step(500, 'XRP/USD');
    const texts = (await client.take()).filter((text) => text.startsWith('{"channel":"trade"'));
    const trades = texts.flatMap((text) => JSON.parse(text).data);
    expect(trades.length).toBeGreaterThan(50);
    const ids: number[] = trades.map(({ trade_id }) => trade_id);
    expect(ids).toEqual(ids.map((_, i) => ids[0]! + i));
    expect(new Set(trades.map(({ side }) => side))).toEqual(new Set(['buy', 'sell']));
    expect(new Set(trades.map(({ ord_type }) => ord_type))).toEqual(new Set(['limit', 'market']));
    for (const { timestamp, symbol } of trades)
      expect([symbol, timestamp]).toEqual(['XRP/USD', expect.stringMatching(MICROS)]);
    for (const text of texts) expect(text).toMatch(/"price":\d+\.\d{5},"qty":\d+\.\d{8},/);
    expect(sim.stats().channels.trade).toEqual({ snapshots: 0, updates: texts.length, rows: trades.length });
  });

  test('a snapshot has the latest 50, oldest first, and updates go on from there', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    sim.step(300, 'BTC/USD');
    const [, snapshot] = await client.subscribe('trade', ['BTC/USD'], { snapshot: true });
    const ids: number[] = snapshot.data.map(({ trade_id }: { trade_id: number }) => trade_id);
    expect(ids).toHaveLength(50);
    expect(ids).toEqual(ids.map((_, i) => ids[0]! + i));
    await client.take();
    while (sim.stats().channels.trade.updates === 0) sim.step(1, 'BTC/USD');
    const [update] = await client.takeFrames();
    expect(update.data[0].trade_id).toBe(ids[0]! + 50);
  });
});

describe('ticker', () => {
  test('one row with every field, and all the places of each number', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    const [, snapshot] = await client.subscribe('ticker', ['USDT/USD']);
    expect(snapshot.data).toHaveLength(1);
    // A volume of 17 digits: exact in the text, past what a number holds.
    expect(client.texts.at(-1)).toMatch(/"volume":27\d{7}\.\d{8},"vwap":\d\.\d{5},/);
    expect(client.texts.at(-1)).toMatch(/"change":-?\d\.\d{5},"change_pct":-?\d+\.\d\d,"trades":\d+,/);
  });

  test('comes with each trade, or whenever the best bid or offer changes', async () => {
    const sim = await manual();
    const onTrades = await Client.connect(sim.url);
    const onBest = await Client.connect(sim.url);
    await onTrades.subscribe('ticker', ['BTC/USD']);
    await onTrades.subscribe('trade', ['BTC/USD']);
    await onBest.subscribe('ticker', ['BTC/USD'], { event_trigger: 'bbo' });
    sim.step(400, 'BTC/USD');
    const frames = await onTrades.takeFrames();
    const updates = frames.filter(({ channel, type }) => channel === 'ticker' && type === 'update');
    const trades = frames.filter(({ channel }) => channel === 'trade');
    expect(updates.length).toBe(trades.length);
    for (const [i, { data }] of updates.entries()) expect(data[0].last).toBe(trades[i].data.at(-1).price);

    const best = (await onBest.takeFrames())
      .filter(({ channel }) => channel === 'ticker')
      .map(({ data: [{ bid, bid_qty, ask, ask_qty }] }) => [bid, bid_qty, ask, ask_qty].join());
    expect(best.length).toBeGreaterThan(50);
    for (const [i, values] of best.entries()) expect(values).not.toBe(best[i - 1]);
  });

  test.runIf(hasFixtures)('has the keys of the captured one', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    const [, snapshot] = await client.subscribe('ticker', ['BTC/USD']);
    expect([Object.keys(snapshot), Object.keys(snapshot.data[0])]).toEqual(
      keysOf('ticker.jsonl', 'snapshot'),
    );
  });
});

describe('ohlc', () => {
  test('past candles first, then the one in progress with each trade, until the next begins', async () => {
    const sim = await manual({ stepTime: 500 });
    const client = await Client.connect(sim.url);
    const [, snapshot] = await client.subscribe('ohlc', ['BTC/USD'], { interval: 1 });
    expect(snapshot.timestamp).toMatch(NANOS);
    const past: string[] = snapshot.data.map((row: { interval_begin: string }) => row.interval_begin);
    expect(past.length).toBeGreaterThan(3);
    expect(past).toEqual([...past].sort());
    await client.subscribe('trade', ['BTC/USD']);
    await client.take();
    sim.step(300, 'BTC/USD');
    const frames = await client.takeFrames();
    const candles = frames.filter(({ channel }) => channel === 'ohlc').map(({ data }) => data[0]);
    const trades = frames.filter(({ channel }) => channel === 'trade');
    expect(candles.length).toBe(trades.length);
    // 150 s in candles of a minute.
    const begins = [...new Set(candles.map(({ interval_begin }) => interval_begin))];
    expect(begins).toEqual([
      '2026-10-09T00:34:00.000000000Z',
      '2026-10-09T00:35:00.000000000Z',
      '2026-10-09T00:36:00.000000000Z',
    ]);
    for (const begin of begins) {
      const same = candles.filter(({ interval_begin }) => interval_begin === begin);
      const within = trades
        .flatMap(({ data }) => data)
        .filter(({ timestamp }) => timestamp.startsWith(begin.slice(0, 16)));
      const prices = within.map(({ price }) => price);
      expect(same.at(-1)).toMatchObject({
        open: prices[0],
        high: Math.max(...prices),
        low: Math.min(...prices),
        close: prices.at(-1),
        trades: within.length,
        interval: 1,
      });
      const volume = within.reduce((sum, { qty }) => sum + qty, 0);
      expect(same.at(-1).volume).toBeCloseTo(volume, 8);
    }
    // What is deprecated is the end of the interval, with fewer places.
    expect(candles[0].timestamp).toBe('2026-10-09T00:35:00.000000Z');
  });

  test.runIf(hasFixtures)('has the keys of the captured one', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    const [, snapshot] = await client.subscribe('ohlc', ['BTC/USD'], { interval: 15 });
    expect([Object.keys(snapshot), Object.keys(snapshot.data[0])]).toEqual(keysOf('ohlc.jsonl', 'update'));
  });
});

describe('instrument', () => {
  test('an object of assets and pairs, with the precisions that prices and quantities have', async () => {
    const sim = await manual({ instruments: 1_500 });
    const client = await Client.connect(sim.url);
    const [, { data, type }] = await client.subscribe('instrument', undefined);
    expect(type).toBe('snapshot');
    const symbols = data.pairs.map(({ symbol }: { symbol: string }) => symbol);
    expect(symbols).toEqual(sim.symbols.filter((symbol) => symbol !== 'TSLAx/USD'));
    expect(symbols).toHaveLength(1_499);
    const precisions = data.pairs.map(
      ({ symbol, price_precision, qty_precision }: Record<string, unknown>) =>
        [symbol, [price_precision, qty_precision]] as const,
    );
    expect(Object.fromEntries(precisions)).toMatchObject({
      'BTC/USD': [1, 8],
      'ETH/USD': [2, 8],
      'XRP/USD': [5, 8],
      'ALGO/USD': [5, 8],
      'SHIB/USD': [9, 5],
      'USDG/USD': [4, 5],
      'VET/USDT': [6, 5],
    });
    const assets = new Set(data.assets.map(({ id }: { id: string }) => id));
    for (const { base, quote } of data.pairs) expect(assets.has(base) && assets.has(quote)).toBe(true);
  });

  test('tokenized assets only when they are asked for', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    const [, { data }] = await client.subscribe('instrument', undefined, { include_tokenized_assets: true });
    expect(data.pairs).toContainEqual(expect.objectContaining({ symbol: 'TSLAx/USD' }));
    expect(data.assets).toContainEqual(expect.objectContaining({ id: 'TSLAx', class: 'tokenized_asset' }));
  });

  test('a change of status is an update with that pair only', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    await client.subscribe('instrument', undefined);
    await client.take();
    sim.setStatus('ETH/USD', 'cancel_only');
    sim.setStatus('TSLAx/USD', 'post_only');
    expect(await client.takeFrames()).toMatchObject([
      {
        channel: 'instrument',
        type: 'update',
        data: { assets: [], pairs: [{ symbol: 'ETH/USD', status: 'cancel_only' }] },
      },
    ]);
    expect(() => sim.setStatus('NOPE/USD', 'online')).toThrow(/NOPE/);
    const late = await Client.connect(sim.url);
    const [, { data }] = await late.subscribe('instrument', undefined);
    expect(data.pairs[1]).toMatchObject({ symbol: 'ETH/USD', status: 'cancel_only' });
  });

  test.runIf(hasFixtures)('has the keys of the captured one', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    const [, { data }] = await client.subscribe('instrument', undefined);
    const captured = JSON.parse(fixture('instrument.jsonl')[1]!).data;
    const find = (list: { id?: string; symbol?: string }[], name: string) =>
      Object.keys(list.find(({ id, symbol }) => id === name || symbol === name)!);
    expect(find(data.assets, 'USD')).toEqual(find(captured.assets, 'USD'));
    expect(find(data.pairs, 'EUR/USD')).toEqual(find(captured.pairs, 'EUR/USD'));
  });
});

describe('steps', () => {
  test('go round the pairs that are subscribed to, or meet the one that is named', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    expect(sim.step(5)).toBe(0);
    expect(() => sim.step(1, 'NOPE/USD')).toThrow(/NOPE/);
    await client.subscribe('book', ['BTC/USD', 'ETH/USD'], { depth: 1000 });
    sim.step(200);
    const [btc, eth] = sim.subscriptions();
    expect(btc!.updates).toBeGreaterThan(80);
    expect(eth!.updates).toBeGreaterThan(80);
    sim.step(100, 'ETH/USD');
    expect(sim.subscriptions()[0]).toEqual(btc);
    expect(sim.stats().events).toBe(300);
  });

  test('of the same seed and clock give the same bytes for the same requests', async () => {
    const sessions: string[][] = [];
    for (const seed of [5, 5, 6]) {
      const sim = await manual({ seed });
      const client = await Client.connect(sim.url);
      await client.subscribe('book', ['BTC/USD', 'SIM0001/USD'], { depth: 100 });
      await client.subscribe('ohlc', ['BTC/USD'], { interval: 60 });
      await client.subscribe('ticker', ['EURQ/USD']);
      sim.step(200);
      sessions.push(await client.take());
    }
    expect(sessions[0]).toEqual(sessions[1]);
    expect(sessions[0]).not.toEqual(sessions[2]);
  });

  test('one event of a pair does not depend on who looks at the others', async () => {
    const books: string[] = [];
    for (const others of [[], ['ETH/USD', 'XRP/USD']]) {
      const sim = await manual({ stepTime: 0 });
      const client = await Client.connect(sim.url);
      await client.subscribe('ticker', others.length === 0 ? ['ALGO/USD'] : others);
      sim.step(100);
      sim.step(100, 'BTC/USD');
      await client.subscribe('book', ['BTC/USD'], { depth: 1000 });
      books.push(client.texts.at(-1)!);
    }
    expect(books[0]).toBe(books[1]);
  });
});

test('at a rate, everything that it says it sent arrives', async () => {
  const sim = await manual({ rate: 20_000, startTime: undefined, instruments: 200, keepsEnded: true });
  const clients = [await Client.connect(sim.url), await Client.connect(sim.url)];
  await clients[0]!.subscribe('book', sim.symbols.slice(0, 100), { depth: 25 });
  await clients[1]!.subscribe('ticker', sim.symbols, { event_trigger: 'bbo' });
  await clients[1]!.subscribe('trade', sim.symbols);
  await clients[0]!.until(() => sim.stats().events > 5_000);
  sim.pause();
  for (const [i, client] of clients.entries()) {
    await client.settle();
    const sent = new Map<string, number>();
    for (const { channel, symbol, snapshots, updates } of sim.subscriptions({ connection: i + 1 })) {
      if (snapshots + updates > 0) sent.set(`${channel} ${symbol}`, snapshots + updates);
    }
    const read = new Map<string, number>();
    for (const text of client.texts) {
      const { channel, data } = JSON.parse(text);
      if (data === undefined || channel === 'status') continue;
      const key = `${channel} ${data[0].symbol}`;
      read.set(key, (read.get(key) ?? 0) + 1);
    }
    expect(read).toEqual(sent);
  }
  const before = sim.subscriptions();
  await clients[0]!.request({
    method: 'unsubscribe',
    params: { channel: 'book', symbol: ['BTC/USD'], depth: 25 },
  });
  // What has ended is remembered.
  const ended = sim.subscriptions().filter(({ isOpen }) => !isOpen);
  expect(ended).toEqual([{ ...before.find(({ symbol }) => symbol === 'BTC/USD'), isOpen: false }]);
});

test('a client that does not read is cut off at the bound, and others go on', async () => {
  const sim = await manual({ maxBufferedBytes: 200_000 });
  const slow = await Client.connect(sim.url);
  const quick = await Client.connect(sim.url);
  await slow.subscribe('book', ['BTC/USD'], { depth: 100 });
  await quick.subscribe('trade', ['BTC/USD']);
  slow.socket.pause();
  while (sim.stats().slowClients === 0) {
    sim.step(1_000, 'BTC/USD');
    await quick.settle();
  }
  await quick.until(() => sim.stats().connections === 1);
  const { trade } = sim.stats().channels;
  await quick.settle();
  expect(quick.texts.filter((text) => text.startsWith('{"channel":"trade"'))).toHaveLength(trade.updates);
});

test('snapshots past the room of a socket wait for it', async () => {
  const sim = await manual({ instruments: 100 });
  const client = await Client.connect(sim.url);
  client.socket.pause();
  client.send({ method: 'subscribe', params: { channel: 'book', symbol: sim.symbols, depth: 1000 } });
  await client.until(() => sim.stats().channels.book.snapshots > 10);
  // What waits is no more than the room, one snapshot and the acks.
  expect(sim.stats().bufferedBytes).toBeLessThan(1.5 * 1024 * 1024);
  client.socket.resume();
  await client.until(() => client.texts.filter((text) => text.includes('"snapshot","data"')).length === 100);
});

test('options out of range are refused', async () => {
  for (const options of [
    { rate: -1 },
    { instruments: 0 },
    { port: 70_000 },
    { accountRate: Number.POSITIVE_INFINITY },
  ]) {
    await expect(manual(options)).rejects.toMatchObject({ code: 'ERR_TICKRING_ARGUMENT' });
  }
});

test('close is idempotent, and there are no urls after it', async () => {
  const sim = await manual();
  const client = await Client.connect(sim.url);
  const closed = new Promise((resolve) => client.socket.once('close', resolve));
  await Promise.all([sim.close(), sim.close()]);
  await sim[Symbol.asyncDispose]();
  await closed;
  expect(() => sim.url).toThrow(/listen/);
  expect(() => sim.restUrl).toThrow(/listen/);
});
