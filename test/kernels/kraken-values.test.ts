import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalOf, tokenArbitrary, writeTree } from './json-tree.ts';
import { decimalText, Line, type Raw } from './kraken-line.ts';
import { nanosecondsOf } from './kraken-reference.ts';
import { randomFrom } from './kraken-sessions.ts';

function line(): Line {
  return new Line({ recordSlots: 64, latestInstruments: 32, books: 2, bookLevels: 10 });
}

/** Whether JSON.parse takes it. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A ticker with one field, in the middle of a frame and at its very end. */
function tickers(value: string): readonly string[] {
  return [
    `{"channel":"ticker","type":"update","data":[{"symbol":"A","bid":${value},"low":1.5,"high":2.25,"open":"0123456789"}]}`,
    `{"data":[{"symbol":"A","low":1.5,"high":2.25,"bid":${value}}],"channel":"ticker","type":"update"}`,
    `{"channel":"ticker","type":"update","data":[{"symbol":"A","low":1.5,"high":2.25,"bid":${value}}]}`,
    `{"channel":"ticker","type":"update","data":[{"symbol":"A","low":1.5,"high":2.25,"bid": ${value}\n}]}`,
  ];
}

describe('a number', () => {
  it('is exact to 18 digits with its scale kept, and absent beyond, flagged, counted and handed on', () => {
    const sent = line();
    fc.assert(
      fc.property(tokenArbitrary, fc.nat(3), fc.boolean(), (token, place, quoted) => {
        const before = sent.counts.inexact;
        sent.texts.length = 0;
        const [record] = sent.send(tickers(quoted ? `"${token}"` : token)[place]!);
        const decimal = decimalOf(token);
        const bid = decimal && decimalText(decimal.integer, decimal.scale);
        expect(record).toMatchObject({ low: '1.5', high: '2.25' });
        expect(record).toStrictEqual({
          ...{ kind: 'ticker', symbol: 'A', instrument: 0, low: '1.5', high: '2.25' },
          ...(bid === undefined ? { inexact: true } : { bid }),
        });
        if (bid !== undefined && !/^-0/.test(bid)) expect(Number(bid)).toBe(Number(token) + 0);
        expect(sent.counts.inexact - before).toBe(bid === undefined ? 1 : 0);
        expect(sent.texts.map(({ reason }) => reason)).toEqual(bid === undefined ? ['inexact'] : []);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['999999999999999999', '999999999999999999'],
    ['-999999999999999999', '-999999999999999999'],
    ['1000000000000000000', undefined],
    ['0.999999999999999999', '0.999999999999999999'],
    ['0.1234567890123456789', undefined],
    ['1234567890.12345678', '1234567890.12345678'],
    ['1234567890.123456789', undefined],
    ['1.000000000000000000000000', '1.00000000000000000'],
    ['123456789012345678e-30', '0.000000000000123456789012345678'],
    ['1e17', '100000000000000000'],
    ['1e18', undefined],
    ['0.00000001e25', '100000000000000000'],
    ['5.1e-05', '0.000051'],
    ['0e999999999', '0'],
    ['-0', '0'],
    ['0.00000000', '0.00000000'],
    ['1e-254', `0.${'0'.repeat(253)}1`],
    ['1e-255', undefined],
    ['10e-255', `0.${'0'.repeat(253)}1`],
    ['81776.6', '81776.6'],
  ])('%s is %s', (token, expected) => {
    for (const text of tickers(token)) {
      const [record] = line().send(text);
      expect((record as Raw & { bid?: string }).bid).toBe(expected);
    }
  });

  it.each([
    '',
    '-',
    '01',
    '-01',
    '00',
    '.5',
    '1.',
    '-.5',
    '1.e5',
    '1e',
    '1e+',
    '1E-',
    '+1',
    '1.5.5',
    '1-2',
    '0x1',
    'NaN',
    'Infinity',
    '1_0',
    '1 2',
    '--1',
    '1e5.5',
    '0123456789012345678',
    '1234567890123456.',
    '12345678901234567e',
  ])('is none that is written %s', (token) => {
    for (const text of tickers(token)) {
      const sent = line();
      expect(isJson(text)).toBe(false);
      expect(sent.send(text)).toEqual([]);
      expect(sent.texts).toMatchObject([{ reason: 'malformed' }]);
    }
  });

  it.each([
    'null',
    'true',
    'false',
    '[]',
    '[1]',
    '{}',
    '{"a":1}',
    '""',
    '"x"',
    '"1.5x"',
    '" 1"',
    '"+1"',
    '"0x10"',
    '"1e"',
  ])('is absent where there is %s', (value) => {
    for (const text of tickers(value)) {
      const sent = line();
      expect(sent.send(text)).toStrictEqual([
        { kind: 'ticker', symbol: 'A', instrument: 0, low: '1.5', high: '2.25' },
      ]);
      expect(sent.texts).toEqual([]);
    }
  });
});

describe('a time', () => {
  const trade = (time: string) =>
    `{"channel":"trade","type":"update","data":[{"symbol":"A","timestamp":${JSON.stringify(time)}}]}`;
  const digits = (length: number, most: number) =>
    fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(length, '0'));
  const times = fc
    .record({
      year: fc
        .oneof(fc.integer({ min: 1990, max: 2060 }), fc.integer({ min: 0, max: 9999 }))
        .map((n) => String(n).padStart(4, '0')),
      rest: fc.tuple(digits(2, 14), digits(2, 33), digits(2, 25), digits(2, 61), digits(2, 62)),
      letter: fc.constantFrom('T', 'T', 'T', 't', ' '),
      fraction: fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{0,11}$/), fc.stringMatching(/^\.\d{6}$/)),
      zone: fc.oneof(
        fc.constantFrom('Z', 'Z', 'z', '', 'ZZ', '+00:00'),
        fc.stringMatching(/^[+-][012]\d:[0-6]\d$/),
      ),
    })
    .map(({ year, rest: [month, day, hour, minute, second], letter, fraction, zone }) => {
      return `${year}-${month}-${day}${letter}${hour}:${minute}:${second}${fraction}${zone}`;
    });

  it('is nanoseconds, or flagged and handed on when it is none that fits', () => {
    const sent = line();
    fc.assert(
      fc.property(times, (text) => {
        sent.texts.length = 0;
        const [record] = sent.send(trade(text));
        const expected = nanosecondsOf(text);
        expect(record!.time ?? 0n, text).toBe(expected ?? 0n);
        expect(record!.inexact).toBe(expected === undefined ? true : undefined);
        expect(sent.texts.map(({ reason }) => reason)).toEqual(expected === undefined ? ['inexact'] : []);
      }),
      { numRuns: 4000 },
    );
  });

  it('is the one that Date.parse knows', () => {
    const sent = line();
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1678-01-01'), max: new Date('2261-12-31'), noInvalidDate: true }),
        (date) => {
          const [record] = sent.send(trade(date.toISOString()));
          expect(record!.time ?? 0n).toBe(BigInt(date.getTime()) * 1_000_000n);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('that is no text is none', () => {
    const sent = line();
    for (const value of ['null', '1728434061', '{}', 'true']) {
      const [record] = sent.send(
        `{"channel":"trade","type":"update","data":[{"symbol":"A","timestamp":${value}}]}`,
      );
      expect(record).not.toHaveProperty('time');
      expect(record).not.toHaveProperty('inexact');
    }
    expect(sent.texts).toEqual([]);
  });
});

describe('a symbol', () => {
  const ticker = (symbol: string) => `{"channel":"ticker","type":"update","data":[{"symbol":${symbol}}]}`;

  it('is any text of up to 80 bytes, however it is escaped, with one id for good', () => {
    const sent = new Line({ symbols: 2 ** 14, latestInstruments: 0 });
    const ids = new Map<string, number>();
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 45 }),
        fc.integer(),
        (symbol, seed) => {
          const bytes = Buffer.from(symbol);
          const [record] = sent.send(ticker(writeTree(symbol, { escaped: true, random: randomFrom(seed) })));
          if (bytes.length > 80) {
            expect(record).toBeUndefined();
            return;
          }
          expect(record!.symbol).toBe(bytes.toString());
          const id = sent.symbols.indexOf(bytes.toString());
          expect(ids.get(bytes.toString()) ?? id).toBe(id);
          ids.set(bytes.toString(), id);
        },
      ),
      { numRuns: 1500 },
    );
    expect(sent.symbols).toEqual([...new Set(sent.symbols)]);
  });

  it('of half a surrogate pair has a replacement character there', () => {
    const sent = line();
    for (const [written, text] of [
      ['"a\\ud83db"', 'a\ufffdb'],
      ['"\\ude00"', '\ufffd'],
      ['"\\ud83d\\ud83d\\ude00"', '\ufffd😀'],
      ['"\\uD83D\\uDE00"', '😀'],
      ['"\\ud83d\\n"', '\ufffd\n'],
    ] as const) {
      expect(sent.send(ticker(written))[0]!.symbol).toBe(text);
    }
  });

  it.each([
    '"\\x"',
    '"\\u12"',
    '"\\u12g4"',
    '"\t"',
    '"\n"',
    '"\u0000"',
    '"',
    '"\\',
    '"\\u',
    '"\\"',
    "'A'",
    'A',
  ])('is none that is written %s', (written) => {
    const sent = line();
    expect(isJson(ticker(written))).toBe(false);
    expect(sent.send(ticker(written))).toEqual([]);
    expect(sent.symbols).toEqual([]);
    expect(sent.texts).toMatchObject([{ reason: 'malformed' }]);
  });

  it('that is missing, empty or no text leaves the message to be handed on', () => {
    const sent = line();
    for (const written of ['""', 'null', '5', '["A"]', `"${'x'.repeat(81)}"`]) {
      sent.texts.length = 0;
      expect(sent.send(ticker(written))).toEqual([]);
      expect(sent.texts).toHaveLength(1);
    }
    expect(sent.send('{"channel":"ticker","type":"update","data":[{"symbol":"A"},{}]}')).toEqual([]);
    expect(sent.symbols).toEqual([]);
  });
});
