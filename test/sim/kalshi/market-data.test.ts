import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { Client, closeAll, type Message, NaiveBooks, simulator, units } from './client.ts';

const BTC = 'KXBTCD-26OCT0917-T72749.99';
const FED = 'FED-26DEC-T3.00';
const COMBO = 'KXMVESPORTS-26OCT09-S7F3';
/** Bids for YES only, bids for NO only. */
const ONE_SIDED = ['CPI-26DEC-TN0.1', 'KXSOLD-26OCT0917-T73.9999'] as const;
const OVER = 'KXQUICKSETTLE-26OCT09H2050-2';

const SEQUENCED = ['orderbook_delta', 'trade', 'market_lifecycle_v2', 'multivariate_market_lifecycle'];
const PRIVATE_SEQUENCED = [
  'order_group_updates',
  'communications',
  'cfbenchmarks_value',
  'cfbenchmarks_value_5hz',
];
const UNSEQUENCED = ['ticker', 'fill', 'market_positions', 'user_orders'];

afterEach(closeAll);

function book(...frames: readonly Message[][]): NaiveBooks {
  return new NaiveBooks(frames.flat());
}

describe('order books', () => {
  for (const seed of [1, 2, 3]) {
    test(`are the true ones for who applies every frame, seed ${seed}`, async () => {
      const sim = await simulator({ seed, actEvery: 3, markets: 30 });
      const client = await Client.connect(sim);
      await client.subscribe('orderbook_delta', { market_tickers: sim.tickers });
      sim.step(6_000);
      await client.settled();
      const books = new NaiveBooks(client.of('orderbook_snapshot', 'orderbook_delta'));
      for (const ticker of sim.tickers) {
        if (!sim.subscriptions()[0]!.subscriptions[0]!.items.includes(ticker)) continue;
        expect([ticker, books.book(ticker)]).toEqual([ticker, sim.book(ticker)]);
      }
      expect(books.negatives).toBe(0);
    });
  }

  test('are the same with use_yes_price, where NO levels have their YES price', async () => {
    const sim = await simulator();
    const [plain, yes] = [await Client.connect(sim), await Client.connect(sim)];
    const params = { market_tickers: [BTC, COMBO] };
    await plain.subscribe('orderbook_delta', { ...params, use_yes_price: false });
    await yes.subscribe('orderbook_delta', { ...params, use_yes_price: true });
    sim.step(1_000);
    await Promise.all([plain.settled(), yes.settled()]);
    const frames = yes.of('orderbook_snapshot', 'orderbook_delta');
    const books = new NaiveBooks(frames, true);
    for (const ticker of [BTC, COMBO]) {
      expect(books.book(ticker)).toEqual(sim.book(ticker));
      expect(book(plain.of('orderbook_snapshot', 'orderbook_delta')).book(ticker)).toEqual(sim.book(ticker));
    }
    const [first] = yes.of('orderbook_snapshot');
    const shown: number[] = first!.msg.no_dollars_fp.map(([price]: [string]) => units(price, 4));
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    const [snapshot] = plain.of('orderbook_snapshot');
    expect(units(snapshot!.msg.no_dollars_fp.at(-1)[0], 4)).toBe(10_000 - shown[0]!);
  });

  test('have the form that use_yes_price says, whatever its default has become', async () => {
    const sim = await simulator({ yesPriceDefault: true });
    for (const [params, expected] of [
      [{}, true],
      [{ use_yes_price: false }, false],
      [{ use_yes_price: true }, true],
    ] as const) {
      const client = await Client.connect(sim);
      await client.subscribe('orderbook_delta', { market_ticker: BTC, ...params });
      await client.settled();
      expect(new NaiveBooks(client.messages, expected).book(BTC)).toEqual(sim.book(BTC));
      expect(sim.subscriptions().at(-1)!.subscriptions[0]!.useYesPrice).toBe(expected);
    }
  });

  test('never cross, stay on their grids, and keep whole contracts where these are the rule', async () => {
    const sim = await simulator({ actEvery: 5, markets: 40 });
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_tickers: sim.tickers });
    for (let round = 0; round < 40; round++) {
      sim.step(200);
      for (const ticker of sim.tickers) {
        const { yes, no } = sim.book(ticker);
        const { priceRanges, isFractional } = sim.market(ticker);
        const bestYes = yes.at(-1)?.[0] ?? 0;
        const bestNo = no.at(-1)?.[0] ?? 0;
        expect(bestYes + bestNo).toBeLessThan(10_000);
        const isOnGrid = (price: number) =>
          priceRanges.some(
            ({ start, end, step }) => price >= start && price <= end && (price - start) % step === 0,
          );
        const isRight = (price: number, count: number) =>
          price > 0 && price < 10_000 && isOnGrid(price) && count > 0 && (isFractional || count % 100 === 0);
        expect(yes.filter(([price, count]) => !isRight(price, count))).toEqual([]);
        expect(no.filter(([price, count]) => !isRight(10_000 - price, count))).toEqual([]);
      }
    }
    const structures = new Set(sim.tickers.map((ticker) => sim.market(ticker).priceLevelStructure));
    expect(structures.size).toBe(5);
    expect(sim.tickers.some((ticker) => sim.market(ticker).isFractional)).toBe(true);
    await client.settled();
    const prices = client.of('orderbook_delta').map(({ msg }) => units(msg.price_dollars, 4));
    expect(prices.some((price) => price % 100 !== 0)).toBe(true);
    const deltas = client.of('orderbook_delta').map(({ msg }) => units(msg.delta_fp, 2));
    expect(deltas.some((delta) => delta % 100 !== 0)).toBe(true);
  });

  test('leave out the key of a side that is empty', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_tickers: [...ONE_SIDED, OVER] });
    await client.settled();
    const keys = client.of('orderbook_snapshot').map(({ msg }) => Object.keys(msg).slice(2));
    expect(keys).toEqual([['yes_dollars_fp'], ['no_dollars_fp'], []]);
  });

  test('of a market whose grid changes get prices of the new one', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('market_lifecycle_v2');
    const changed = () =>
      client.of('market_lifecycle_v2').find(({ msg }) => msg.event_type.startsWith('price_level'));
    while (changed() === undefined) {
      sim.act();
      await client.settled();
    }
    const { market_ticker: ticker, price_level_structure, price_ranges } = changed()!.msg;
    expect(price_level_structure).toBe('deci_cent');
    expect(price_ranges).toEqual([{ start: '0.0000', end: '1.0000', step: '0.0010' }]);
    await client.subscribe('orderbook_delta', { market_ticker: ticker });
    sim.step(300, ticker);
    await client.settled();
    expect(book(client.of('orderbook_snapshot', 'orderbook_delta')).book(ticker)).toEqual(sim.book(ticker));
    expect(sim.book(ticker).yes.some(([price]) => price % 100 !== 0)).toBe(true);
  });
});

describe('sequences', () => {
  test('count from 1 for each sid, over all its markets and all its numbered frames', async () => {
    const sim = await simulator({ actEvery: 2 });
    const client = await Client.connect(sim);
    const [a, b, c] = [BTC, FED, COMBO];
    await client.subscribe('orderbook_delta', { market_tickers: [a, b] });
    for (const channel of SEQUENCED.slice(1)) await client.subscribe(channel);
    for (const channel of PRIVATE_SEQUENCED) await client.subscribe(channel, { index_ids: ['all'] });
    sim.step(500);
    await client.update(1, 'add_markets', { market_ticker: c });
    sim.step(500);
    await client.update(1, 'add_markets');
    await client.update(1, 'get_snapshot', { market_tickers: [a, b, c] });
    await client.update(1, 'delete_markets', { market_ticker: a });
    sim.step(500);
    await client.settled();
    const { subscriptions } = sim.subscriptions()[0]!;
    expect(subscriptions).toHaveLength(SEQUENCED.length + PRIVATE_SEQUENCED.length);
    for (const { sid, seq, channel } of subscriptions) {
      const numbers = client.messages.filter((it) => it.sid === sid).map((it) => it.seq);
      expect([channel, numbers]).toEqual([channel, numbers.map((_, i) => i + 1)]);
      expect([channel, numbers.length]).toEqual([channel, seq]);
      expect([channel, numbers.length > 5]).toEqual([channel, true]);
    }
    const types = new Set(client.messages.filter(({ sid }) => sid === 1).map(({ type }) => type));
    expect(types).toEqual(new Set(['orderbook_snapshot', 'orderbook_delta', 'ok', 'error']));
  });

  test('are not in tickers and account data; their acks have them all the same', async () => {
    const sim = await simulator({ actEvery: 1 });
    const client = await Client.connect(sim);
    for (const channel of UNSEQUENCED) await client.subscribe(channel);
    sim.step(600);
    await client.settled();
    for (const type of ['ticker', 'fill', 'market_position', 'user_order']) {
      expect(client.of(type).length).toBeGreaterThan(10);
      for (const frame of client.of(type)) expect(frame).not.toHaveProperty('seq');
    }
    expect(await client.command('unsubscribe', { sids: [1] })).toMatchObject({ sid: 1, seq: 1 });
  });

  test('are the same for the same seed, start and commands, byte for byte', async () => {
    const texts: string[][] = [];
    for (let run = 0; run < 2; run++) {
      const sim = await simulator({ seed: 9, startTime: 1_790_000_000_000, actEvery: 4 });
      const client = await Client.connect(sim);
      const received: string[] = [];
      client.socket.on('message', (data: Buffer) => received.push(data.toString()));
      await client.subscribe('orderbook_delta', { market_tickers: [BTC, FED, COMBO] });
      for (const channel of ['ticker', 'trade', 'communications', 'fill', 'user_orders'])
        await client.subscribe(channel);
      sim.step(1_000);
      await client.settled();
      texts.push(received);
    }
    expect(texts[0]!.length).toBeGreaterThan(500);
    expect(texts[1]).toEqual(texts[0]);
  });
});

describe('tickers', () => {
  test('say what the book says, and are sent when it changes', async () => {
    const sim = await simulator({ markets: 30 });
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_tickers: sim.tickers });
    await client.subscribe('ticker');
    sim.step(3_000);
    await client.settled();
    const frames: Message[] = [];
    let compared = 0;
    for (const message of client.messages) {
      frames.push(message);
      if (message.type !== 'ticker') continue;
      const { msg } = message;
      compared++;
      if (compared % 20 !== 0) continue;
      const { yes, no } = book(frames).book(msg.market_ticker)!;
      expect(units(msg.yes_bid_dollars, 4)).toBe(yes.at(-1)?.[0] ?? 0);
      expect(units(msg.yes_bid_size_fp, 2)).toBe(yes.at(-1)?.[1] ?? 0);
      expect(units(msg.yes_ask_dollars, 4)).toBe(10_000 - (no.at(-1)?.[0] ?? 0));
      expect(units(msg.yes_ask_size_fp, 2)).toBe(no.at(-1)?.[1] ?? 0);
      expect(msg.dollar_volume).toBe(Math.floor(units(msg.volume_fp, 2) / 200));
    }
    expect(compared).toBeGreaterThan(200);
    const last = client.of('ticker').findLast(({ msg }) => msg.market_ticker === BTC)!.msg;
    expect(units(last.price_dollars, 4)).toBe(sim.market(BTC).lastPrice);
    expect(units(last.volume_fp, 2)).toBe(sim.market(BTC).volume);
  });

  test('of a side without bids say 0 and 1, and of a market never traded 0', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('ticker', { market_tickers: [...ONE_SIDED, OVER], send_initial_snapshot: true });
    await client.settled();
    const [yesOnly, noOnly, over] = client.of('ticker').map(({ msg }) => msg);
    expect(yesOnly).toMatchObject({ yes_ask_dollars: '1.0000', yes_ask_size_fp: '0.00' });
    expect(noOnly).toMatchObject({ yes_bid_dollars: '0.0000', yes_bid_size_fp: '0.00' });
    expect(over).toMatchObject({ price_dollars: '0.0000', volume_fp: '0.00', last_trade_size_fp: '0.00' });
  });

  test('of one market come to those who asked for it', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    await client.subscribe('ticker', { market_ticker: BTC });
    sim.step(300);
    sim.step(300, FED);
    await client.settled();
    expect(new Set(client.of('ticker').map(({ msg }) => msg.market_ticker))).toEqual(new Set([BTC]));
  });
});

test('trades add up to the volume and take from the book what they traded', async () => {
  const sim = await simulator({ markets: 6 });
  const client = await Client.connect(sim);
  const before = sim.market(BTC).volume;
  await client.subscribe('trade', { market_ticker: BTC });
  await client.subscribe('orderbook_delta', { market_ticker: BTC });
  sim.step(2_000, BTC);
  await client.settled();
  const trades = client.of('trade').map(({ msg }) => msg);
  const volume = trades.reduce((sum, { count_fp }) => sum + units(count_fp, 2), 0);
  expect(sim.market(BTC).volume - before).toBe(volume);
  for (const trade of trades) {
    expect(units(trade.yes_price_dollars, 4) + units(trade.no_price_dollars, 4)).toBe(10_000);
    expect(trade).toMatchObject({
      taker_outcome_side: trade.taker_side,
      taker_book_side: trade.taker_side === 'yes' ? 'bid' : 'ask',
    });
  }
  expect(new Set(trades.map(({ trade_id }) => trade_id)).size).toBe(trades.length);
  expect(trades.some(({ is_block_trade }) => is_block_trade)).toBe(true);
  for (const [i, message] of client.messages.entries()) {
    if (message.type !== 'trade' || message.msg.is_block_trade) continue;
    const { msg } = client.messages[i + 1]!;
    expect(units(msg.delta_fp, 2)).toBe(-units(message.msg.count_fp, 2));
    expect(msg.side).toBe(message.msg.taker_side === 'yes' ? 'no' : 'yes');
  }
});

test('every message has sending_ts_ms, in places that vary', async () => {
  const sim = await simulator({ startTime: 1_790_000_000_000 });
  const client = await Client.connect(sim);
  const places = new Set<number>();
  client.socket.on('message', (data: Buffer) => {
    const keys = Object.keys(JSON.parse(data.toString()));
    places.add(keys.indexOf('sending_ts_ms'));
  });
  await client.subscribe('orderbook_delta', { market_ticker: BTC });
  sim.step(100);
  await client.update(1, 'nonsense');
  await client.settled();
  expect(places.has(1) && places.has(4)).toBe(true);
  expect(places.has(-1)).toBe(false);
  expect(client.messages.every(({ sending_ts_ms = 0 }) => sending_ts_ms >= 1_790_000_000_000)).toBe(true);
});

test('a finite rate and an unlimited one stop at the limit, with the books true', async () => {
  for (const rate of [5_000, Number.POSITIVE_INFINITY]) {
    const sim = await simulator({ rate, stepLimit: 2_000, markets: 8 });
    sim.pause();
    const client = await Client.connect(sim);
    await client.subscribe('orderbook_delta', { market_tickers: sim.tickers });
    const finished = once(sim, 'finished');
    sim.resume();
    await finished;
    await client.settled();
    const books = book(client.of('orderbook_snapshot', 'orderbook_delta'));
    for (const ticker of sim.tickers) expect(books.book(ticker)).toEqual(sim.book(ticker));
    expect(sim.stats().steps).toBe(2_000);
  }
});

test('what cannot be asked for is refused', async () => {
  const sim = await simulator();
  expect(() => sim.step(1, 'NO-SUCH-MARKET')).toThrow(/no market NO-SUCH-MARKET/);
  expect(() => sim.step(1, OVER)).toThrow(/nobody trades/);
  expect(() => sim.book('NO-SUCH-MARKET')).toThrow(/no market/);
  expect(sim.step(10)).toBe(0);
});
