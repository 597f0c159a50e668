import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BookState,
  bookLines,
  changesBetween,
  cleanText,
  clipText,
  type Depth,
  displayWidth,
  fitText,
  KeyDecoder,
  type Line,
  lineText,
  type Quote,
  roomForRows,
  type SessionSymbol,
  sortRows,
  span,
  type TopState,
  topLines,
  type VenueFigures,
  WatchList,
  type WatchRow,
} from '../support/cli-internals.ts';

const texts = fc.string({ unit: 'grapheme', maxLength: 30 });

describe('how wide text is', () => {
  test.each([
    ['BTC/USD', 7],
    ['1,234.50 €', 10],
    ['株価', 4],
    ['한국거래소', 10],
    ['é', 1],
    ['e\u0301', 1],
    ['👍🏽', 2],
    ['ＡＢ', 4],
    ['▏█', 2],
    ['', 0],
  ])('%s', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test('what is fitted takes exactly the columns that it was given', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 40 }), fc.constantFrom('left', 'right'), (text, columns, align) => {
        expect(displayWidth(fitText(cleanText(text), columns, align as 'left'))).toBe(columns);
      }),
    );
  });

  test('what is clipped is a beginning, and fits', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 40 }), (text, columns) => {
        const clipped = clipText(text, columns);
        expect(text.startsWith(clipped)).toBe(true);
        expect(displayWidth(clipped)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  test('a wide character that does not fit whole is left out', () => {
    expect(fitText('日本', 3)).toBe('日…');
    expect(fitText('日本', 2)).toBe('… ');
    expect(clipText('日本', 3)).toBe('日');
  });
});

describe('what is written to a terminal', () => {
  test('names cannot carry control characters to it', () => {
    expect(cleanText('A\x1b[2JB\nC\x9b\u202eD')).toBe('A·[2JB·C··D');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
        expect(lineText([span(text)], 200, false)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });

  test('a line is cut by what shows, not by its escape sequences', () => {
    const line: Line = [span('ab', 'good'), span('cd'), span('ef', 'bad')];
    expect(lineText(line, 5, true)).toBe('\x1b[32mab\x1b[0mcd\x1b[1;31me\x1b[0m');
    expect(lineText(line, 5, false)).toBe('abcde');
    expect(lineText([span('a  ')], 5, false)).toBe('a');
  });
});

describe('keys', () => {
  test('sequences are keys, however they are torn apart', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\x1b[A', '\x1b[6~', 'q', '\x03', 'é', '\x1bOB', ' ')), fc.context(), (keys) => {
        const whole = new KeyDecoder().push(keys.join(''));
        const torn = new KeyDecoder();
        expect([...keys.join('')].flatMap((character) => torn.push(character))).toEqual(whole);
        expect(whole).toHaveLength(keys.length);
      }),
    );
  });

  test('Escape is known by nothing following it', () => {
    const keys = new KeyDecoder();
    expect(keys.push('\x1b')).toEqual([]);
    expect(keys.pending).toBe(true);
    expect(keys.flush()).toEqual(['escape']);
    expect(keys.flush()).toEqual([]);
    expect(keys.push('\x1bq')).toEqual(['escape', 'q']);
  });

  test('sequences that mean nothing here are no keys', () => {
    expect(new KeyDecoder().push('\x1b[200~x\x1b[1;5A')).toEqual(['x']);
  });
});

const FIGURES: VenueFigures = {
  venue: 'kraken',
  simulated: true,
  status: 'ok',
  reasons: [],
  connections: [{ name: 'public', state: 'subscribed' }],
  recordsPerSecond: 12_345,
  bytesPerSecond: 2_500_000,
  published: { p50: 12, p99: 80 },
  read: { count: 5, p50: 40, p99: 1500 },
  lag: 3,
  lost: 0,
  rejected: 0,
};

function quote(symbol: string, more: Partial<Quote> = {}): Quote {
  return {
    venue: 'kraken',
    symbol,
    state: 'live',
    trusted: true,
    bid: '99.5',
    bidQuantity: '1.50',
    ask: '100.5',
    askQuantity: '2.00',
    spread: '1.0',
    last: '100.0',
    changePercent: '1.25',
    volume: '1234.5',
    asOf: 1,
    receivedAt: 1,
    ...more,
  };
}

function row(symbol: string, more: Partial<Quote> = {}, changesPerSecond = 0): WatchRow {
  return { venue: 'kraken', symbol, name: null, quote: quote(symbol, more), changesPerSecond, moved: 0 };
}

function topState(more: Partial<TopState> = {}): TopState {
  return {
    at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    venues: [FIGURES],
    rows: [row('BTC/USD'), row('ETH/USD', { changePercent: '-0.50' })],
    sorting: { by: 'symbol', reversed: false },
    only: undefined,
    scrolled: 0,
    paused: false,
    help: false,
    notice: undefined,
    ...more,
  };
}

const texted = (lines: readonly Line[], columns = 200) => lines.map((line) => lineText(line, columns, false));

describe('the table', () => {
  test('says how each feed is doing', () => {
    const [title, venue] = texted(topLines(topState(), { columns: 200, rows: 20 }));
    expect(title).toBe('tickring top  03:04:05.678 UTC  2 symbols, all venues');
    expect(venue).toBe(
      'kraken  simulated  ● 1 subscribed   12.3k ticks/s 2.5 MB/s  lag 3  lost 0  latency p50 40 µs p99 1.5 ms  decoded p50 12 µs p99 80 µs',
    );
  });

  test('has a row for each symbol, with exact decimals', () => {
    const lines = texted(topLines(topState(), { columns: 200, rows: 20 }));
    expect(lines).toContainEqual(
      expect.stringMatching(/^kraken +BTC\/USD +100\.0 +\+1\.25 % +1\.50 +99\.5 +100\.5 +2\.00 +100\.00 bp +1235 +0 +right$/),
    );
  });

  test('says what is wrong with a feed and with a book', () => {
    const degraded = { ...FIGURES, status: 'degraded', reasons: ['connection 0 is degraded'], lost: 7 } as const;
    const rows = [row('BTC/USD', { state: 'resyncing', trusted: false })];
    const lines = texted(topLines(topState({ venues: [degraded], rows }), { columns: 200, rows: 20 })).join('\n');
    expect(lines).toContain('lost 7');
    expect(lines).toContain('connection 0 is degraded');
    expect(lines).toMatch(/BTC\/USD.*resyncing$/m);
  });

  test('never takes more room than there is, and columns that matter less go first', () => {
    const rows = Array.from({ length: 50 }, (_, nth) => row(`SYMBOL${nth}`));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 6, max: 60 }), (columns, height) => {
        const size = { columns, rows: height };
        const lines = texted(topLines(topState({ rows }), size), columns);
        expect(lines.length).toBeLessThanOrEqual(height);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      }),
    );
    const narrow = texted(topLines(topState(), { columns: 50, rows: 20 }), 50).join('\n');
    expect(narrow).toMatch(/symbol▴ +last/);
    expect(narrow).not.toContain('volume');
  });

  test('shows the rows from where it was scrolled to', () => {
    const rows = Array.from({ length: 50 }, (_, nth) => row(`S${nth}.`));
    const state = topState({ rows, scrolled: 40 });
    const size = { columns: 100, rows: 10 };
    const lines = texted(topLines(state, size)).join('\n');
    expect(lines).toContain('S40.');
    expect(lines).toContain(`S${40 + roomForRows(state, size) - 1}.`);
    expect(lines).not.toContain('S39.');
  });
});

describe('sorting', () => {
  const rows = [
    row('B', { last: '9', changePercent: '-1', volume: null }, 5),
    row('A10', { last: '10', changePercent: '3', volume: '7' }, 1),
    row('A9', { last: null, changePercent: null, volume: '8' }, 9),
  ];
  const order = (by: Parameters<typeof sortRows>[1]['by'], reversed = false) =>
    sortRows(rows, { by, reversed }).map(({ symbol }) => symbol);

  test('names as people count, figures by their value', () => {
    expect(order('symbol')).toEqual(['A9', 'A10', 'B']);
    expect(order('last')).toEqual(['A10', 'B', 'A9']);
    expect(order('change')).toEqual(['A10', 'B', 'A9']);
    expect(order('rate')).toEqual(['A9', 'B', 'A10']);
  });

  test('what has no figure comes last, either way round', () => {
    expect(order('volume')).toEqual(['A9', 'A10', 'B']);
    expect(order('volume', true)).toEqual(['A10', 'A9', 'B']);
  });
});

describe('looking at symbols', () => {
  function symbol(): SessionSymbol & { stamp: number; last: string; reads: number } {
    const state = {
      venue: 'kraken',
      symbol: 'BTC/USD',
      name: null,
      stamp: 2,
      last: '100',
      reads: 0,
      reading: {
        stamp: () => state.stamp,
        quote() {
          state.reads += 1;
          return quote('BTC/USD', { last: state.last });
        },
      } as unknown as SessionSymbol['reading'],
    };
    return state;
  }

  test('only what has changed is read again, and its changes a second are counted', () => {
    const list = new WatchList();
    const watched = symbol();
    list.look([watched], 1000);
    list.look([watched], 2000);
    expect(watched.reads).toBe(1);
    watched.stamp += 20;
    watched.last = '101';
    expect(list.look([watched], 4000)).toMatchObject([{ changesPerSecond: 5, moved: 1 }]);
    expect(list.look([watched], 5000)).toMatchObject([{ changesPerSecond: 0, moved: 0 }]);
    expect(watched.reads).toBe(2);
  });

  test('stamps wrap, and start anew', () => {
    expect(changesBetween(2 ** 32 - 2, 4)).toBe(3);
    expect(changesBetween(100, 2)).toBe(0);
  });
});

function bookState(more: Partial<Depth> = {}): BookState {
  const depth: Depth = {
    ...quote('BTC/USD'),
    check: { state: 'matched', expected: 42, computed: 42 },
    epoch: 1,
    goodUntil: 1,
    mid: '100.00',
    spreadBps: 100,
    bids: [
      ['99.5', '1.50'],
      ['99.0', '0.25'],
    ],
    asks: [
      ['100.5', '0.10'],
      ['101.0', '0.20'],
    ],
    ...more,
  };
  return { at: 0, name: null, depth, changesPerSecond: 3, venue: FIGURES, paused: false, notice: undefined };
}

describe('the ladder', () => {
  const ladder = (state: BookState, columns = 60, rows = 40) => texted(bookLines(state, { columns, rows }), columns);

  test('has asks above and bids below the spread, best next to it, with exact sums', () => {
    const lines = ladder(bookState());
    const from = lines.findIndex((line) => line.includes('cumulative'));
    expect(lines.slice(from).map((line) => line.replace(/ +[▏▎▍▌▋▊▉█]*$/, ''))).toEqual([
      'price  quantity  cumulative',
      '101.0      0.20        0.30',
      '100.5      0.10        0.10',
      'spread 1.0 (100.00 bp)  mid 100.00  imbalance +71 % of 2 + 2'.slice(0, 60).trimEnd(),
      ' 99.5      1.50        1.50',
      ' 99.0      0.25        1.75',
    ]);
  });

  test('bars are as long as the sums are large', () => {
    const bars = ladder(bookState()).map((line) => /█+[▏▎▍▌▋▊▉]?$/.exec(line)?.[0].length ?? 0);
    expect(Math.max(...bars)).toBe(60 - '99.0       0.25        1.75  '.length);
  });

  test('says whether the book is right, and why not', () => {
    expect(ladder(bookState(), 200)[1]).toContain('✓ right  checksum 42 matched');
    const failed = bookState({
      trusted: false,
      state: 'resyncing',
      check: { state: 'failed', expected: 42, computed: 43 },
    });
    expect(ladder(failed, 200)[1]).toContain('✗ resyncing  checksum failed: 42 expected, 43 computed');
  });

  test('books that are empty, or have one side, are shown all the same', () => {
    expect(ladder(bookState({ bids: [], asks: [], spread: null }))).toContain('the book is empty');
    expect(ladder(bookState({ asks: [], ask: null, spread: null, spreadBps: null, mid: null }))).toContain('one side is empty');
  });

  test('has a column of orders where the venue tells them', () => {
    expect(ladder(bookState({ bids: [['99.5', '10', 7]], asks: [] })).join('\n')).toMatch(/orders[^]*99\.5 +10 +7 +10/);
  });

  test('never takes more room than there is', () => {
    const levels = Array.from({ length: 100 }, (_, nth) => [`${200 - nth}.5`, '1.00'] as const);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 9, max: 80 }), (columns, rows) => {
        const lines = ladder(bookState({ bids: levels, asks: levels }), columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
