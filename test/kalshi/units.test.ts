import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centsOf, complementOf, numberOf, textOf, unitsOf } from '../support/kalshi-views-internals.ts';

const units = fc.maxSafeInteger();
const scale = fc.constantFrom(2, 4, 6);

describe('units', () => {
  it('are said exactly by their texts, whatever their size and sign', () => {
    fc.assert(
      fc.property(units, scale, (integer, decimals) => {
        const text = textOf(integer, decimals);
        expect(text).toMatch(new RegExp(`^-?\\d+\\.\\d{${decimals}}$`));
        expect(unitsOf(text, decimals)).toBe(integer + 0);
        expect(numberOf(integer, decimals) + 0).toBe(JSON.parse(text) + 0);
      }),
    );
  });

  it('come from texts of any width that say the same, and from the numbers of old messages', () => {
    for (const text of ['0.47', '0.470', '0.4700', '0.47000000', '00.47', 0.47]) {
      expect(unitsOf(text, 4)).toBe(4700);
    }
    expect([unitsOf('1', 4), unitsOf(1, 4), unitsOf('-12.5', 2), unitsOf('7.', 2)]).toEqual([
      ...[10_000, 10_000, -1250, 700],
    ]);
    expect(Object.is(unitsOf('-0.00', 2), 0)).toBe(true);
  });

  it('are none where a number is finer than they are, too large, or no number', () => {
    for (const value of [
      '0.47001',
      0.30000000000000004,
      1e-7,
      '9007199254740993',
      '',
      ' 1',
      '.5',
      '1e2',
      'x',
    ]) {
      expect(unitsOf(value, 4)).toBeUndefined();
    }
    for (const value of [undefined, null, {}, true, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(unitsOf(value, 4)).toBeUndefined();
    }
  });

  it('are cents where they are whole cents', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (price) => {
        const cents = centsOf(price);
        expect(cents === undefined).toBe(price % 100 !== 0);
        if (cents !== undefined) expect(cents * 100).toBe(price);
      }),
    );
  });

  it('of YES and NO make up a dollar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (price) => {
        expect(price + complementOf(price)).toBe(10_000);
        expect(complementOf(complementOf(price))).toBe(price);
      }),
    );
  });
});
