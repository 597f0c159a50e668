import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bigintText,
  decimalInteger,
  decimalText,
  decimalToNumber,
  nanosecondsToMilliseconds,
  parseDecimal,
} from '../support/views-internals.ts';

/** An integer's words: high × 2^32 + low. */
function wordsOf(integer: bigint): [low: number, high: number] {
  return [Number(BigInt.asUintN(32, integer)), Number(integer >> 32n)];
}

/** The decimal as text, made another way: by division. */
function textOf(integer: bigint, scale: number): string {
  const [magnitude, sign] = integer < 0n ? [-integer, '-'] : [integer, ''];
  if (scale === 0) return `${sign}${magnitude}`;
  const power = 10n ** BigInt(scale);
  return `${sign}${magnitude / power}.${String(magnitude % power).padStart(scale, '0')}`;
}

const int64 = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt(-(10n ** 6n), 10n ** 6n),
  fc.bigInt(2n ** 53n - 10n, 2n ** 53n + 10n),
  fc.nat(62).chain((power) => fc.bigInt(-3n, 3n).map((off) => 2n ** BigInt(power) + off)),
);
const scales = fc.oneof(fc.nat(22), fc.nat(30));

describe('a decimal as a number', () => {
  it('is what JSON.parse gives for its text', () => {
    fc.assert(
      fc.property(int64, scales, (integer, scale) => {
        const number = decimalToNumber(...wordsOf(integer), scale);
        expect(number).toBe(JSON.parse(textOf(integer, scale)));
      }),
      { numRuns: 20_000 },
    );
  });

  it('is rounded to even where it lies in the middle between two doubles, and right beside it', () => {
    // Odd integers of 54 bits are such middles; ten times, a hundred times them fit an int64 with their scale.
    const middles = fc.bigInt(2n ** 52n, 2n ** 53n - 1n).map((half) => 2n * half + 1n);
    fc.assert(
      fc.property(
        middles,
        fc.nat(2),
        fc.constantFrom(-1n, 0n, 1n),
        fc.boolean(),
        (middle, scale, off, negative) => {
          const magnitude = middle * 10n ** BigInt(scale) + off;
          const integer = negative ? -magnitude : magnitude;
          expect(decimalToNumber(...wordsOf(integer), scale)).toBe(JSON.parse(textOf(integer, scale)));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('may be a sum beyond an int64', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 73n), fc.nat(22), (integer, scale) => {
        expect(decimalToNumber(...wordsOf(integer), scale)).toBe(JSON.parse(textOf(integer, scale)));
        expect(decimalText(...wordsOf(integer), scale)).toBe(textOf(integer, scale));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a decimal as text', () => {
  it('has all its decimals', () => {
    fc.assert(
      fc.property(int64, fc.nat(30), (integer, scale) => {
        expect(decimalText(...wordsOf(integer), scale)).toBe(textOf(integer, scale));
        expect(bigintText(integer, scale)).toBe(textOf(integer, scale));
        expect(decimalInteger(...wordsOf(integer))).toBe(integer);
      }),
    );
  });

  it.each([
    [0n, 0, '0'],
    [0n, 8, '0.00000000'],
    [5n, 8, '0.00000005'],
    [-5n, 1, '-0.5'],
    [4_528_350n, 1, '452835.0'],
    [-(2n ** 63n), 18, '-9.223372036854775808'],
  ])('of %i with %i decimals is %s', (integer, scale, text) => {
    expect(decimalText(...wordsOf(integer), scale)).toBe(text);
  });
});

describe('parseDecimal', () => {
  it('reads what decimalText writes', () => {
    fc.assert(
      fc.property(int64, fc.nat(30), (integer, scale) => {
        expect(parseDecimal(textOf(integer, scale))).toEqual({ integer, scale });
      }),
    );
  });

  it('reads numbers by their shortest text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const { integer, scale } = parseDecimal(number);
        expect(Number(bigintText(integer, scale))).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  it.each([
    ['1e-7', 1n, 7],
    ['1.50e2', 150n, 0],
    ['+0.05', 5n, 2],
    [2.5e21, 25n * 10n ** 20n, 0],
  ])('reads %s', (value, integer, scale) => {
    expect(parseDecimal(value)).toEqual({ integer, scale });
  });

  it.each(['', ' ', '.5', '5.', '1e', '0x10', 'Infinity', 'NaN', '1e9999', '1,5'])('refuses %j', (value) => {
    expect(() => parseDecimal(value)).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }));
  });
});

describe('nanoseconds as milliseconds', () => {
  it('are exact where they are whole, so that dates are right', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 9_223_372_036_854n), (milliseconds) => {
        expect(nanosecondsToMilliseconds(...wordsOf(milliseconds * 1_000_000n))).toBe(Number(milliseconds));
      }),
    );
  });

  it('are right to a microsecond for all times until 2262', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 63n - 1n), (nanoseconds) => {
        const milliseconds = nanosecondsToMilliseconds(...wordsOf(nanoseconds));
        const off = BigInt(Math.trunc(milliseconds)) * 1_000_000n - nanoseconds;
        expect(Math.abs(Number(off) / 1e6 + (milliseconds % 1))).toBeLessThan(0.001);
      }),
    );
  });
});
