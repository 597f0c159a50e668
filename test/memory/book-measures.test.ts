import fc from 'fast-check';
import { Arena } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { SymbolWriter } from '../support/symbols.ts';
import { BookWriter, type Level } from '../support/threads/books.js';
import {
  Book,
  BookLadder,
  BookMetrics,
  type BookSnapshot,
  BookTable,
  bigintText,
  measureBook,
  PriceImpact,
  priceImpact,
} from '../support/views-internals.ts';

interface Sides {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly priceScale: number;
  readonly quantityScale: number;
}

const arena = Arena.create({
  ...{ frameRingBytes: 256, recordSlots: 2, latestInstruments: 0 },
  ...{ symbols: 2, books: 1, bookLevels: 64 },
});
const symbols = new SymbolWriter(arena);
const writer = new BookWriter(arena);
symbols.setBook(symbols.add('X/USD'), 0);
const book = new Book([new BookTable(arena)], 'X/USD');

function snapshotOf({ bids, asks, priceScale, quantityScale }: Sides): BookSnapshot {
  writer.begin();
  writer.set({ BOOK_STATE: 2, BOOK_PRICE_SCALE: priceScale, BOOK_QUANTITY_SCALE: quantityScale });
  writer.levels('bids', bids);
  writer.levels('asks', asks);
  writer.end();
  return book.read()!;
}

/** As people write books: decimals of one scale. */
function decimals(
  priceScale: number,
  quantityScale: number,
  sides: Readonly<Record<'bids' | 'asks', string[][]>>,
) {
  const level = ([price, quantity]: string[]): Level => [
    BigInt(price!.replace('.', '')),
    BigInt(quantity!.replace('.', '')),
  ];
  return snapshotOf({ priceScale, quantityScale, bids: sides.bids.map(level), asks: sides.asks.map(level) });
}

const plain = () =>
  decimals(1, 2, {
    bids: [
      ['99.5', '1.00'],
      ['99.4', '2.00'],
      ['98.0', '5.00'],
    ],
    asks: [
      ['100.0', '0.50'],
      ['100.1', '1.50'],
      ['102.0', '2.00'],
    ],
  });

/** Ladders without a price twice, best first. */
function sidesArbitrary(most: bigint): fc.Arbitrary<Sides> {
  const side = fc.uniqueArray(fc.tuple(fc.bigInt(1n, most), fc.bigInt(1n, most)), {
    selector: ([price]) => price,
    maxLength: 12,
  });
  return fc
    .record({ bids: side, asks: side, priceScale: fc.nat(10), quantityScale: fc.nat(10) })
    .map(({ bids, asks, ...scales }) => ({
      ...scales,
      bids: bids.toSorted((a, b) => Number(b[0] - a[0])),
      asks: asks.toSorted((a, b) => Number(a[0] - b[0])),
    }));
}

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
const numberOf = (integer: bigint, scale: number) => Number(bigintText(integer, scale));

describe('metrics of a book', () => {
  it('are volumes, VWAPs and imbalance of the best levels', () => {
    const metrics = measureBook(plain(), 2);
    expect(metrics.bids).toEqual({ levels: 2, volume: 3, vwap: 99.5 - 0.2 / 3, value: (99.5 - 0.2 / 3) * 3 });
    expect(metrics.asks).toMatchObject({ levels: 2, volume: 2, vwap: 100.075 });
    expect(metrics).toMatchObject({ imbalance: 0.2, ratio: 1.5, mid: 99.75, spread: 0.5 });
    expect(metrics.spreadBps).toBeCloseTo(50.125, 3);
  });

  it('count all levels unless told otherwise, and are written where one likes', () => {
    const into = new BookMetrics();
    expect(measureBook(plain(), undefined, into)).toBe(into);
    expect([into.bids.levels, into.bids.volume, into.asks.volume]).toEqual([3, 8, 4]);
    expect(measureBook(plain(), 1, into).bids).toMatchObject({ levels: 1, volume: 1, vwap: 99.5 });
  });

  it('are NaN where there is nothing to measure', () => {
    const metrics = measureBook(decimals(1, 2, { bids: [], asks: [['100.0', '1.00']] }));
    expect(metrics.bids).toEqual({ levels: 0, volume: 0, vwap: Number.NaN, value: 0 });
    expect(metrics).toMatchObject({ imbalance: -1, ratio: 0, mid: Number.NaN, spreadBps: Number.NaN });
    expect(measureBook(decimals(1, 2, { bids: [], asks: [] })).imbalance).toBeNaN();
  });

  it.each([-1, 1.5, Number.NaN])('of %d levels are refused', (levels) => {
    expect(() => measureBook(plain(), levels)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }),
    );
  });

  it('sum volumes exactly, and have the VWAP of integers', () => {
    fc.assert(
      fc.property(sidesArbitrary(10n ** 18n), fc.integer({ min: 1, max: 14 }), (sides, levels) => {
        const metrics = measureBook(snapshotOf(sides), levels);
        for (const name of ['bids', 'asks'] as const) {
          const counted = sides[name].slice(0, levels);
          const volume = sum(counted.map(([, quantity]) => quantity));
          expect(metrics[name].volume).toBe(numberOf(volume, sides.quantityScale));
          if (counted.length === 0) continue;
          const worth = sum(counted.map(([price, quantity]) => price * quantity));
          const vwap = numberOf((worth * 10n ** 20n) / volume, sides.priceScale + 20);
          const best = numberOf(counted[0]![0], sides.priceScale);
          expect(Math.abs(metrics[name].vwap - vwap)).toBeLessThan(1e-14 * Math.max(best, vwap));
          if (counted.length === 1)
            expect(metrics[name].vwap).toBe(numberOf(counted[0]![0], sides.priceScale));
        }
      }),
    );
  });
});

describe('the impact of an order', () => {
  it('is what it would pay, level by level', () => {
    const impact = priceImpact(plain(), 'buy', 1);
    expect(impact).toMatchObject({
      filled: true,
      quantity: 1,
      averagePrice: 100.05,
      worstPrice: 100.1,
      levels: 2,
    });
    expect([impact.value, impact.impactBps]).toEqual([100.05, 5]);
    expect(priceImpact(plain(), 'sell', 1)).toMatchObject({
      averagePrice: 99.5,
      worstPrice: 99.5,
      impactBps: 0,
    });
  });

  it('that takes a level to its end does not reach the next one, whatever binary fractions make of it', () => {
    const thirds = decimals(0, 1, {
      bids: [],
      asks: [
        ['10', '0.1'],
        ['11', '0.2'],
        ['12', '0.3'],
      ],
    });
    expect(0.1 + 0.2).not.toBe(0.3);
    for (const quantity of [0.1 + 0.2, 0.3]) {
      expect(priceImpact(thirds, 'buy', quantity)).toMatchObject({ filled: true, levels: 2, worstPrice: 11 });
    }
    expect(priceImpact(thirds, 'buy', 0.6)).toMatchObject({ filled: true, levels: 3 });
  });

  it('that finds too little says how much it got', () => {
    const impact = priceImpact(plain(), 'buy', 10);
    expect(impact).toMatchObject({ filled: false, quantity: 4, worstPrice: 102, levels: 3, value: 404.15 });
    const nothing = priceImpact(decimals(1, 2, { bids: [], asks: [] }), 'sell', 1, impact);
    expect(nothing).toBe(impact);
    expect({ ...nothing }).toEqual({ ...new PriceImpact(), value: 0 });
  });

  it('is that of integers', () => {
    fc.assert(
      fc.property(sidesArbitrary(10n ** 9n), fc.bigInt(1n, 10n ** 10n), (sides, units) => {
        const impact = priceImpact(snapshotOf(sides), 'buy', numberOf(units, sides.quantityScale));
        let left = units;
        let worth = 0n;
        for (const [price, quantity] of sides.asks) {
          const taken = left < quantity ? left : quantity;
          worth += price * taken;
          left -= taken;
        }
        expect(impact.filled).toBe(left === 0n);
        expect(impact.quantity).toBe(numberOf(units - left, sides.quantityScale));
        if (left === units) return;
        const average = numberOf((worth * 10n ** 20n) / (units - left), sides.priceScale + 20);
        expect(Math.abs(impact.averagePrice / average - 1)).toBeLessThan(1e-14);
      }),
    );
  });

  it('of another side is refused', () => {
    expect(() => priceImpact(plain(), 'long' as 'buy', 1)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }),
    );
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('of %d is refused', (quantity) => {
    expect(() => priceImpact(plain(), 'buy', quantity)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }),
    );
  });
});

describe('a ladder', () => {
  it('has a row for each level, with what has come together so far', () => {
    const { bids, asks } = new BookLadder({ rows: 2 }).read(plain());
    expect(asks.toArray()).toEqual([
      { price: 100, quantity: 0.5, cumulative: 0.5, percent: 25, cumulativePercent: 25 },
      { price: 100.1, quantity: 1.5, cumulative: 2, percent: 75, cumulativePercent: 100 },
    ]);
    expect([bids.length, bids.priceText(1), bids.quantityText(1), bids.cumulativeText(1)]).toEqual([
      ...[2, '99.4', '2.00', '3.00'],
    ]);
    expect(() => bids.price(2)).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }));
  });

  it('gathers levels by tick size: bids downwards, asks upwards', () => {
    const { bids, asks } = new BookLadder({ tickSize: 0.5 }).read(plain());
    expect(bids.toArray().map(({ price, quantity }) => [price, quantity])).toEqual([
      [99.5, 1],
      [99, 2],
      [98, 5],
    ]);
    expect(asks.toArray().map(({ price, cumulative }) => [price, cumulative])).toEqual([
      [100, 0.5],
      [100.5, 2],
      [102, 4],
    ]);
  });

  it('takes tick sizes that are finer than the prices, or no decimal fraction of them', () => {
    const ladder = new BookLadder({ tickSize: '0.15' });
    expect(ladder.read(plain()).asks.priceText(0)).toBe('100.05');
    expect(ladder.read(plain()).bids.priceText(0)).toBe('99.45');
    // Another scale, the same ladder.
    const coarse = decimals(0, 0, { bids: [['99', '1']], asks: [['100', '1']] });
    expect(ladder.read(coarse).bids.priceText(0)).toBe('99.00');
  });

  it('is empty where the book is', () => {
    const ladder = new BookLadder().read(plain());
    ladder.read(decimals(1, 2, { bids: [], asks: [] }));
    expect([ladder.bids.length, ladder.asks.toArray()]).toEqual([0, []]);
  });

  it('gathers exactly, and loses no quantity', () => {
    const ticks = fc
      .tuple(fc.bigInt(1n, 10n ** 15n), fc.nat(12))
      .map(([tick, scale]) => bigintText(tick, scale));
    fc.assert(
      fc.property(sidesArbitrary(10n ** 18n), ticks, (sides, tickSize) => {
        const [whole, fraction = ''] = tickSize.split('.');
        const scale = Math.max(sides.priceScale, fraction.length);
        const width = BigInt(`${whole}${fraction}`) * 10n ** BigInt(scale - fraction.length);
        fc.pre(width <= BigInt(Number.MAX_SAFE_INTEGER) && scale - sides.priceScale <= 7);
        const ladder = new BookLadder({ rows: 64, tickSize }).read(snapshotOf(sides));
        for (const name of ['bids', 'asks'] as const) {
          const rows = new Map<bigint, bigint>();
          for (const [price, quantity] of sides[name]) {
            const fine = price * 10n ** BigInt(scale - sides.priceScale);
            const rest = fine % width;
            const row = name === 'asks' && rest !== 0n ? fine - rest + width : fine - rest;
            rows.set(row, (rows.get(row) ?? 0n) + quantity);
          }
          const expected = [...rows].map(([price, quantity]) => [
            bigintText(price, scale),
            bigintText(quantity, sides.quantityScale),
          ]);
          const side = ladder[name];
          const got = Array.from({ length: side.length }, (_, row) => [
            side.priceText(row),
            side.quantityText(row),
          ]);
          expect(got).toEqual(expected);
          if (side.length === 0) continue;
          const all = sum(sides[name].map(([, quantity]) => quantity));
          expect(side.cumulativeText(side.length - 1)).toBe(bigintText(all, sides.quantityScale));
          expect(side.cumulativePercent(side.length - 1)).toBe(100);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([{ rows: 0 }, { rows: 1.5 }, { tickSize: 0 }, { tickSize: -1 }, { tickSize: 'x' }])(
    'is refused with %j',
    (options) => {
      expect(() => new BookLadder(options)).toThrow(
        expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }),
      );
    },
  );

  it.each(['9007199254740991', '0.000000001'])(
    'refuses a tick size of %s where it cannot reckon with it',
    (tickSize) => {
      const ladder = new BookLadder({ tickSize });
      expect(() => ladder.read(plain())).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }));
    },
  );
});
