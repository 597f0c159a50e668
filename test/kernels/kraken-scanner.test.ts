import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTree, Token, type Tree, tokenArbitrary, writeTree } from './json-tree.ts';
import { arenaLayout, Line, type Raw } from './kraken-line.ts';
import { MESSAGES, rewrittenArbitrary } from './kraken-messages.ts';
import { outcomeOf } from './kraken-reference.ts';
import { randomFrom } from './kraken-sessions.ts';

const HEARTBEAT = '{"channel":"heartbeat"}';
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
        expect(sent.counts.heartbeats - heartbeats).toBe(Number(message === HEARTBEAT));
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
