import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BookChecker, checksumOf, OrderChecker, withTexts } from './checker.ts';
import { Client, manual } from './client.ts';
import { fixture, hasFixtures } from './fixtures.ts';
import { crc32, decimalText, roundedText, unitsOf } from './internals.ts';
import { tokenOf } from './tokens.ts';

/** The worked example of Kraken's guide, precision 1/8. */
const EXAMPLE = {
  asks: [
    ['45285.2', '0.00100000'],
    ['45286.4', '1.54571953'],
    ['45286.6', '1.54571109'],
    ['45289.6', '1.54560911'],
    ['45290.2', '0.15890660'],
    ['45291.8', '1.54553491'],
    ['45294.7', '0.04454749'],
    ['45296.1', '0.35380000'],
    ['45297.5', '0.09945542'],
    ['45299.5', '0.18772827'],
  ],
  bids: [
    ['45283.5', '0.10000000'],
    ['45283.4', '1.54582015'],
    ['45282.1', '0.10000000'],
    ['45281.0', '0.10000000'],
    ['45280.3', '1.54592586'],
    ['45279.0', '0.07990000'],
    ['45277.6', '0.03310103'],
    ['45277.5', '0.30000000'],
    ['45277.3', '1.54602737'],
    ['45276.6', '0.15445238'],
  ],
  checksum: 3310070434,
} as const;

describe('the checksum', () => {
  test('of the worked example, by the checker from digits and by the simulator from units', () => {
    const levels = (side: 'asks' | 'bids') => EXAMPLE[side].map(([price, qty]) => ({ price, qty }));
    expect(checksumOf(levels('asks'), levels('bids'))).toBe(EXAMPLE.checksum);
    const text = [...EXAMPLE.asks, ...EXAMPLE.bids].map(
      ([price, qty]) => `${unitsOf(price, 1)}${unitsOf(qty, 8)}`,
    );
    expect(crc32(text.join(''))).toBe(EXAMPLE.checksum);
  });

  test('is an unsigned CRC-32', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
    expect(crc32('')).toBe(0);
  });
});

describe('decimals', () => {
  test('have all their places, and no exponent', () => {
    expect(decimalText(1, 8)).toBe('0.00000001');
    expect(decimalText(0, 5)).toBe('0.00000');
    expect(decimalText(-42, 1)).toBe('-4.2');
    expect(decimalText(7, 0)).toBe('7');
    expect(decimalText(88_611_000_000_000, 2)).toBe('886110000000.00');
    expect(roundedText(-0.0001, 2)).toBe('0.00');
  });

  test('come back as the units that they were made of', () => {
    const safe = fc.maxSafeNat();
    fc.assert(
      fc.property(safe, fc.nat(12), (units, places) => unitsOf(decimalText(units, places), places) === units),
    );
  });
});

const DEPTHS = [10, 25, 100, 500, 1000];

describe('every book message has the checksum of the book that its rules give', () => {
  // Precisions 1/8, 5/8, 9/5; a thin one, whose sides run empty; one with levels past what 64 scaled bits hold.
  for (const symbol of ['BTC/USD', 'XRP/USD', 'SHIB/USD', 'EURQ/USD', 'BCH/USD']) {
    test(`${symbol}, at each depth`, async () => {
      const sim = await manual();
      const checkers = new Map<number, [Client, BookChecker]>();
      for (const depth of DEPTHS) {
        const client = await Client.connect(sim.url);
        await client.subscribe('book', [symbol], { depth });
        checkers.set(depth, [client, new BookChecker(depth)]);
      }
      let shortest = 10;
      for (let round = 0; round < 12; round++) {
        expect(sim.step(100, symbol)).toBe(100);
        for (const [depth, [client, checker]] of checkers) {
          for (const text of await client.take()) {
            if (!text.startsWith('{"channel":"book"')) continue;
            expect(checker.apply(text), `depth ${depth}: ${text}`).toBe(true);
            shortest = Math.min(shortest, checker.asks.length, checker.bids.length);
          }
        }
      }
      // A deeper book begins as a shallower one is, in all its levels.
      const [, deepest] = checkers.get(1000)!;
      for (const [depth, [, { asks, bids }]] of checkers) {
        expect(asks).toEqual(deepest.asks.slice(0, depth));
        expect(bids).toEqual(deepest.bids.slice(0, depth));
      }
      expect(shortest).toBe(symbol === 'EURQ/USD' ? 0 : symbol === 'BCH/USD' ? 7 : 10);
      for (const { snapshots, updates, variant } of sim.subscriptions()) {
        const [, { checked }] = checkers.get(variant as number)!;
        expect(snapshots + updates).toBe(checked);
      }
    });
  }

  test('without truncation they do not, and the checker would notice', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    await client.subscribe('book', ['BTC/USD'], { depth: 10 });
    sim.step(500, 'BTC/USD');
    const right = new BookChecker(10);
    const tooDeep = new BookChecker(1000);
    for (const text of await client.take()) {
      if (!text.startsWith('{"channel":"book"')) continue;
      right.apply(text);
      tooDeep.apply(text);
    }
    expect(right.mismatches).toBe(0);
    expect(tooDeep.mismatches).toBeGreaterThan(0);
  });

  test('without a snapshot there are only updates', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    await client.subscribe('book', ['BTC/USD'], { snapshot: false });
    sim.step(50, 'BTC/USD');
    const types = (await client.takeFrames())
      .filter(({ channel }) => channel === 'book')
      .map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(['update']));
  });
});

test('books are never crossed, and what is gone has quantity 0 with all its places', async () => {
  const sim = await manual();
  const client = await Client.connect(sim.url);
  const symbols = ['BTC/USD', 'SHIB/USD', 'EURQ/USD'];
  await client.subscribe('book', symbols);
  sim.step(3_000);
  const checkers = new Map(symbols.map((symbol) => [symbol, new BookChecker(10)]));
  let deleted = 0;
  for (const text of await client.take()) {
    if (!text.startsWith('{"channel":"book"')) continue;
    const [{ symbol, asks, bids }] = withTexts(text).data;
    const checker = checkers.get(symbol)!;
    checker.apply(text);
    const [ask] = checker.asks;
    const [bid] = checker.bids;
    if (ask !== undefined && bid !== undefined) expect(Number(ask.price)).toBeGreaterThan(Number(bid.price));
    const places = symbol === 'BTC/USD' ? 8 : 5;
    for (const { qty } of [...asks, ...bids]) {
      expect(qty).toMatch(new RegExp(`^\\d+\\.\\d{${places}}$`));
      if (Number(qty) === 0) deleted++;
    }
  }
  expect(deleted).toBeGreaterThan(100);
});

describe('level3', () => {
  test('adds, modifies and deletes orders, and proves their queues', async () => {
    const sim = await manual({ level3Rate: 1_000 });
    const token = await tokenOf(sim);
    const events = new Map<string, number>();
    for (const depth of [10, 100, 1000]) {
      const client = await Client.connect(sim.level3Url);
      await client.subscribe('level3', ['BTC/USD', 'EURQ/USD'], { depth, token });
      const before = client.texts.length;
      const checkers = new Map(['BTC/USD', 'EURQ/USD'].map((symbol) => [symbol, new OrderChecker(depth)]));
      sim.step(400);
      await client.settle();
      expect(client.texts.length).toBeGreaterThan(before);
      for (const text of client.texts) {
        if (!text.startsWith('{"channel":"level3"')) continue;
        const [{ symbol, asks, bids }] = withTexts(text).data;
        const checker = checkers.get(symbol)!;
        expect(checker.apply(text), text).toBe(true);
        for (const { event } of [...asks, ...bids])
          if (event) events.set(event, (events.get(event) ?? 0) + 1);
      }
      for (const { oddities } of checkers.values()) expect(oddities).toEqual([]);
    }
    expect([...events.keys()].sort()).toEqual(['add', 'delete', 'modify']);
  });

  test('its levels are those of the book', async () => {
    const sim = await manual();
    const token = await tokenOf(sim);
    const orders = await Client.connect(sim.level3Url);
    const levels = await Client.connect(sim.url);
    sim.step(200, 'ETH/USD');
    await orders.subscribe('level3', ['ETH/USD'], { depth: 100, token });
    const [, book] = await levels.subscribe('book', ['ETH/USD'], { depth: 100 });
    const snapshot = withTexts(orders.texts.at(-1)!);
    const sums = new Map<number, number>();
    for (const { limit_price, order_qty } of snapshot.data[0].bids) {
      const price = Number(limit_price);
      sums.set(price, (sums.get(price) ?? 0) + unitsOf(order_qty, 8));
    }
    const expected = book.data[0].bids.map(({ price, qty }: { price: number; qty: number }) => [
      price,
      Math.round(qty * 1e8),
    ]);
    expect([...sums]).toEqual(expected);
  });

  test('takes 200 symbols on a connection', async () => {
    const sim = await manual({ instruments: 205, level3Rate: 10_000 });
    const token = await tokenOf(sim);
    const client = await Client.connect(sim.level3Url);
    const answers = await client.subscribe('level3', sim.symbols, { token });
    const acks = answers.filter(({ success }) => success === true);
    expect(acks).toHaveLength(200);
    expect(answers.filter(({ success }) => success === false)).toHaveLength(5);
  });

  test('costs by depth: what is over the allowance is refused', async () => {
    const sim = await manual({ level3Rate: 100 });
    const token = await tokenOf(sim);
    const client = await Client.connect(sim.level3Url);
    const answers = await client.subscribe('level3', ['BTC/USD', 'ETH/USD'], { depth: 1000, token });
    expect(answers.map(({ error }) => error).slice(0, 2)).toEqual([undefined, 'Exceeded msg rate']);
  });
});

describe.runIf(hasFixtures)('captured sessions, by the same checker', () => {
  test.each(['book-ethusd-d25-2026-08-crossbook.jsonl', 'book-xrpusd-d25-2026-08-crossbook.jsonl'])(
    '%s',
    (name) => {
      const checker = new BookChecker(25);
      for (const text of fixture(name)) if (text.includes('"channel":"book","type"')) checker.apply(text);
      expect(checker.checked).toBeGreaterThan(1_000);
      expect(checker.mismatches).toBe(0);
    },
  );

  test('level3 of the documentation, and updates made for it', () => {
    const checker = new OrderChecker(1000);
    const frames = fixture('level3-docs-plus-synthetic-updates.jsonl');
    expect(frames.map((text) => checker.apply(text))).toEqual(frames.map(() => true));
    expect(checker.oddities).toEqual([]);
  });
});
