import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rows, SYMBOL } from './kraken-book-texts.ts';
import { bookLayout, Line } from './kraken-line.ts';
import { bookText, checksumOf, type Units } from './kraken-sessions.ts';

const { BOOK_STATE_SNAPSHOT, BOOK_CHECK_FAILED, BOOK_CHECK_MATCHED, BOOK_CHECK_NONE } = bookLayout;

describe('the checksum', () => {
  const asks = rows(
    ...([
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
    ] as const),
  );
  const bids = rows(
    ...([
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
    ] as const),
  );

  it("of the documentation's example is 3310070434: asks first, digits as written, unsigned", () => {
    const line = new Line();
    const [record] = line.send(bookText('snapshot', SYMBOL, bids, asks, 3_310_070_434));
    expect(record).toMatchObject({ check: BOOK_CHECK_MATCHED, checksum: 3_310_070_434 });
    expect(line.book(SYMBOL)).toMatchObject({ computed: 3_310_070_434, bids, asks });
    expect(line.counts).toMatchObject({ booksMatched: 1, booksFailed: 0 });
  });

  it.each([
    ['bids first', 2_704_419_326],
    ['numbers without their zeros', 4_237_635_173],
    ['another sign', 3_310_070_434 - 2 ** 32],
    ['one off', 3_310_070_435],
  ])('of %s is another', (_, checksum) => {
    const line = new Line();
    line.send(bookText('snapshot', SYMBOL, bids, asks, checksum));
    expect(line.book(SYMBOL)).toMatchObject({ computed: 3_310_070_434, check: BOOK_CHECK_FAILED });
  });

  it('may come as a text, and with an exponent', () => {
    for (const checksum of ['"3310070434"', '3310070434.0', '33100704.34e2']) {
      const line = new Line();
      line.send(bookText('snapshot', SYMBOL, bids, asks, checksum));
      expect(line.book(SYMBOL).check).toBe(BOOK_CHECK_MATCHED);
    }
  });

  it('that is no uint32 matches no book', () => {
    for (const checksum of [2 ** 32, 3_310_070_434 + 2 ** 32, -1, 0.5, '1e99']) {
      const line = new Line();
      line.send(bookText('snapshot', SYMBOL, bids, asks, checksum));
      expect(line.book(SYMBOL).check).toBe(BOOK_CHECK_FAILED);
    }
  });

  it('that is not there is not checked', () => {
    for (const checksum of [undefined, 'null']) {
      const line = new Line();
      line.send(bookText('snapshot', SYMBOL, bids, asks, checksum));
      expect(line.book(SYMBOL)).toMatchObject({ check: BOOK_CHECK_NONE, state: BOOK_STATE_SNAPSHOT });
      expect(line.counts).toMatchObject({ booksMatched: 0, booksFailed: 0 });
    }
  });

  it('is of the digits of all sizes of numbers', () => {
    const digits = fc
      .integer({ min: 1, max: 18 })
      .chain((length) => fc.bigInt({ min: 1n, max: 10n ** BigInt(length) - 1n }));
    const side = fc.uniqueArray(fc.tuple(digits, digits), { maxLength: 14, selector: ([price]) => price });
    const byPrice = (a: Units, b: Units) => Number(b[0] > a[0]) - Number(b[0] < a[0]);
    fc.assert(
      fc.property(side, side, (someBids, someAsks) => {
        const line = new Line({ bookLevels: 25 });
        const bidUnits = someBids.toSorted(byPrice);
        const askUnits = someAsks.toSorted(byPrice).reverse();
        const texts = (levels: readonly Units[]) =>
          levels.map(([price, qty]) => ({ price: `${price}`, qty: `${qty}` }));
        const sum = checksumOf(bidUnits, askUnits);
        line.send(bookText('snapshot', SYMBOL, texts(bidUnits), texts(askUnits), sum));
        expect(line.book(SYMBOL)).toMatchObject({
          computed: sum,
          bids: texts(bidUnits),
          asks: texts(askUnits),
        });
      }),
      { numRuns: 300 },
    );
  });
});
