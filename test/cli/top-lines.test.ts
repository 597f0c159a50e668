import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changesBetween,
  displayWidth,
  roomForRows,
  type SessionSymbol,
  sortRows,
  topLines,
  WatchList,
} from '../support/cli-internals.ts';
import { FIGURES, quote, row, texted, topState } from '../support/cli-states.ts';

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
      expect.stringMatching(
        /^kraken +BTC\/USD +100\.0 +\+1\.25 % +1\.50 +99\.5 +100\.5 +2\.00 +100\.00 bp +1235 +0 +right$/,
      ),
    );
  });

  test('says what is wrong with a feed and with a book', () => {
    const degraded = {
      ...FIGURES,
      status: 'degraded',
      reasons: ['connection 0 is degraded'],
      lost: 7,
    } as const;
    const rows = [row('BTC/USD', { state: 'resyncing', trusted: false })];
    const lines = texted(topLines(topState({ venues: [degraded], rows }), { columns: 200, rows: 20 })).join(
      '\n',
    );
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
