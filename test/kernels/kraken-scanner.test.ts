import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalOf, parseTree, Token, type Tree, tokenArbitrary, writeTree } from './kraken-json.ts';
import { arenaLayout, decimalText, Line, type Raw } from './kraken-line.ts';
import { MESSAGES, rewrittenArbitrary } from './kraken-messages.ts';
import { nanosecondsOf, outcomeOf } from './kraken-reference.ts';
import { randomFrom } from './kraken-sessions.ts';

const NOT_BOOKS = MESSAGES.filter((text) => !text.includes('"channel":"book"') || text.includes('"method"'));

function line(): Line {
  return new Line({ recordSlots: 64, latestInstruments: 32, books: 2, bookLevels: 10 });
}

/** What of a record the reference foretells. */
function comparable({ instrument: _, precisions: __, ...record }: Raw & Record<string, unknown>): object {
  return record;
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

/** Sends a text; what became of it is what the reference says, or, when it is no JSON, nothing at all. */
function expectAgreement(sent: Line, text: string): void {
  const before = sent.counts;
  const symbols = sent.symbols;
  sent.texts.length = 0;
  const records = sent.send(text).map((record) => comparable(record as Raw & Record<string, unknown>));
  const after = sent.counts;
  const reasons = sent.texts.map(({ reason }) => reason);
  const outcome = isJson(text) ? outcomeOf(parseTree(text)) : { handedOn: 'malformed', records: [] };
  if (reasons[0] === 'overflowed') {
    // The table is full, or the symbol is empty or too long.
    expect(records).toEqual([]);
    return;
  }
  expect(records, text).toStrictEqual(outcome.records);
  const inexact = outcome.records.some((record) => 'inexact' in record);
  const reason = inexact ? 'inexact' : outcome.handedOn;
  expect(reasons).toEqual(reason === undefined ? [] : [reason]);
  expect(after.heartbeats - before.heartbeats).toBe('heartbeat' in outcome ? 1 : 0);
  expect(after.framesMalformed - before.framesMalformed).toBe(outcome.handedOn === 'malformed' ? 1 : 0);
  if (outcome.handedOn === 'malformed') expect(sent.symbols).toEqual(symbols);
}

describe('a message', () => {
  const styles = {
    'in any order of keys': { shuffled: true },
    'with space anywhere': { spaced: true },
    'with any characters escaped': { escaped: true },
    'with numbers spelled in other ways': { respelled: true },
    'with members that nobody knows': { extended: true },
    'with keys that come twice': { repeated: true },
    'with all of that': {
      ...{ shuffled: true, spaced: true, escaped: true, respelled: true, extended: true, repeated: true },
    },
  };

  it.each(Object.entries(styles))('means the same %s', (_, style) => {
    const sent = line();
    fc.assert(
      fc.property(rewrittenArbitrary(style), ({ message, rewritten }) => {
        sent.texts.length = 0;
        const expected = sent.send(message);
        const reasons = sent.texts.map(({ reason }) => reason);
        const { heartbeats, framesMalformed } = sent.counts;
        sent.texts.length = 0;
        expect(sent.send(rewritten), rewritten).toEqual(expected);
        expect(sent.texts.map(({ reason }) => reason)).toEqual(reasons);
        expect(sent.counts.heartbeats).toBe(
          heartbeats * 2 - (heartbeats - Number(message.includes('heartbeat"}'))),
        );
        expect(sent.counts.framesMalformed).toBe(framesMalformed);
      }),
      { numRuns: 300 },
    );
  });

  it('is what JSON.parse makes of it', () => {
    for (const text of NOT_BOOKS) expectAgreement(line(), text);
  });

  it('that is cut off anywhere is handed on and leaves nothing behind', () => {
    for (const text of MESSAGES) {
      const sent = line();
      const { offset, bytes } = sent.arena.region(arenaLayout.REGION_BOOKS);
      for (let length = 0; length < text.length; length++) {
        sent.texts.length = 0;
        expect(sent.send(text.slice(0, length))).toEqual([]);
        expect(sent.texts.map(({ reason, bytes: { length: copied } }) => [reason, copied])).toEqual([
          ['malformed', length],
        ]);
      }
      expect(sent.symbols).toEqual([]);
      expect(sent.arena.u8.subarray(offset + 256, offset + bytes).every((byte) => byte === 0)).toBe(true);
      expect(sent.counts).toMatchObject({ records: 0, heartbeats: 0, framesMalformed: text.length });
    }
  });

  it('with anything behind it is handed on', () => {
    const sent = line();
    for (const text of MESSAGES) {
      for (const more of ['x', '}', ',', '{}', '\0', '\u00a0', '""', '/', ' 1']) {
        sent.texts.length = 0;
        expect(sent.send(text + more)).toEqual([]);
        expect(sent.texts).toMatchObject([{ reason: 'malformed' }]);
      }
      expect(sent.send(`${text} \t\r\n`)).toEqual(sent.send(text));
    }
  });

  it('with a byte changed is what JSON.parse makes of it, if that takes it', () => {
    const sent = new Line({ recordSlots: 64, latestInstruments: 32, symbols: 1024, books: 2 });
    const interesting = fc.constantFrom(...'{}[]",:.-+eE0123456789 \\/tfnu\t\n\0'.split(''));
    const change = fc.record({
      message: fc.constantFrom(...NOT_BOOKS),
      at: fc.nat(2000),
      byte: fc.oneof(interesting, fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 })),
      kind: fc.constantFrom('replace', 'insert', 'remove', 'double'),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), ([first, ...others]) => {
        let text = first!.message;
        for (const { at, byte, kind } of [first!, ...others]) {
          const index = at % text.length;
          const rest = text.slice(index + (kind === 'insert' ? 0 : 1));
          const between = kind === 'remove' ? '' : kind === 'double' ? text[index]!.repeat(2) : byte;
          text = text.slice(0, index) + between + rest;
        }
        expectAgreement(sent, text);
      }),
      { numRuns: 4000 },
    );
  });
});

/** Keys and words that mean something, in places where they may or may not. */
const words = fc.constantFrom(
  ...[
    'ticker',
    'trade',
    'ohlc',
    'instrument',
    'status',
    'level3',
    'heartbeat',
    'snapshot',
    'update',
    'buy',
    'sell',
  ],
  ...[
    'limit',
    'market',
    'online',
    'maintenance',
    'work_in_progress',
    'add',
    'modify',
    'delete',
    'BTC/USD',
    'A',
    '',
  ],
  ...[
    '2026-10-09T00:34:21.060761Z',
    '1678-01-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '0.5',
    '1e3',
    'x'.repeat(90),
  ],
);
const keys = fc.constantFrom(
  ...[
    'symbol',
    'bid',
    'bid_qty',
    'ask',
    'ask_qty',
    'last',
    'volume',
    'vwap',
    'low',
    'high',
    'change',
    'change_pct',
  ],
  ...[
    'trades',
    'timestamp',
    'side',
    'price',
    'qty',
    'ord_type',
    'trade_id',
    'open',
    'close',
    'interval',
    'bids',
    'asks',
  ],
  ...[
    'interval_begin',
    'pairs',
    'status',
    'qty_precision',
    'price_precision',
    'cost_min',
    'marginable',
    'system',
  ],
  ...[
    'position_limit_long',
    'position_limit_short',
    'connection_id',
    'upcoming_maintenance',
    'emergency',
    'event',
  ],
  ...['order_id', 'limit_price', 'order_qty', 'checksum', 'channel', 'data', 'other'],
);
const { tree } = fc.letrec<{ tree: Tree; members: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    words,
    tokenArbitrary.map((token) => new Token(token)),
    fc.constantFrom(null, true, false),
    fc.array(tie('tree'), { maxLength: 4 }),
    tie('members'),
  ),
  members: fc.array(fc.tuple(keys, tie('tree')), { maxLength: 8 }).map((entries) => new Map(entries)),
}));
const members = fc
  .tuple(fc.option(fc.constantFrom('BTC/USD', 'ETH/USD')), fc.array(fc.tuple(keys, tree), { maxLength: 12 }))
  .map(
    ([symbol, entries]): Tree =>
      new Map(symbol === null ? entries : [...entries, ['symbol', symbol] as const]),
  );
const data = fc.oneof(
  fc.array(members, { maxLength: 4 }),
  members,
  fc.array(members, { maxLength: 3 }).map(
    (pairs): Tree =>
      new Map<string, Tree>([
        ['assets', []],
        ['pairs', pairs],
      ]),
  ),
  tree,
);
const document = fc
  .record({
    channel: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('ticker', 'trade', 'ohlc', 'instrument', 'status', 'level3') },
      tree,
    ),
    type: fc.oneof({ weight: 6, arbitrary: fc.constantFrom('snapshot', 'update') }, tree),
    data,
    others: fc.array(fc.tuple(fc.constantFrom('timestamp', 'sequence', 'x', 'method', 'result'), tree), {
      maxLength: 1,
    }),
    left: fc.subarray(['channel', 'type', 'data'], { minLength: 2 }),
  })
  .map(({ others, left, ...all }): Tree => {
    const named = (['channel', 'type', 'data'] as const).filter((name) => left.includes(name));
    return new Map<string, Tree>([...named.map((name) => [name, all[name]] as const), ...others]);
  });

describe('any document', () => {
  it('is what JSON.parse makes of it', () => {
    const sent = new Line({ recordSlots: 256, latestInstruments: 64, books: 2 });
    const style = { shuffled: true, spaced: true, escaped: true };
    fc.assert(
      fc.property(document, fc.integer(), (message, seed) => {
        fc.pre(!(message instanceof Map) || message.get('channel') !== 'book');
        expectAgreement(sent, writeTree(message, { ...style, random: randomFrom(seed) }));
      }),
      { numRuns: 4000 },
    );
  });

  it('of any other form is handed on', () => {
    const sent = line();
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => expectAgreement(sent, text)),
      { numRuns: 1000 },
    );
  });

  it('of any bytes is taken only if JSON.parse takes it', () => {
    const sent = line();
    const soup = fc.array(
      fc.constantFrom(...'{}[]",:.-+eE01 \\u/tfn'.split(''), 'true', '"channel"', '"ticker"'),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(soup, (parts) => expectAgreement(sent, parts.join(''))),
      { numRuns: 3000 },
    );
  });

  it('may be nested as deep as 64 levels within what is skipped, and is handed on beyond', () => {
    const sent = line();
    const nested = (depth: number) =>
      `{"channel":"ticker","type":"update","data":[{"symbol":"A","x":${'[{"y":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}}]}`;
    expect(sent.send(nested(64))).toHaveLength(1);
    expect(sent.send(nested(66))).toEqual([]);
    expect(sent.send(nested(20_000))).toEqual([]);
    expect(sent.send('['.repeat(100_000))).toEqual([]);
    expect(sent.send(`${'{"channel":'.repeat(10_000)}1`)).toEqual([]);
    expect(sent.texts.map(({ reason }) => reason)).toEqual(Array.from({ length: 4 }, () => 'malformed'));
  });
});

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
