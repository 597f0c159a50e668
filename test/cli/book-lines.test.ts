import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BookState, bookLines, displayWidth } from '../support/cli-internals.ts';
import { bookState, texted } from '../support/cli-states.ts';

describe('the ladder', () => {
  const ladder = (state: BookState, columns = 60, rows = 40) =>
    texted(bookLines(state, { columns, rows }), columns);

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

  test('an imbalance that is none has no sign', () => {
    const bids = [['99.5', '1.000', undefined]] as never;
    const asks = [['100.5', '1.001', undefined]] as never;
    expect(ladder(bookState({ bids, asks })).join('\n')).toContain('imbalance 0 %');
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
      check: { by: 'checksum', state: 'failed', expected: 42, computed: 43 },
    });
    expect(ladder(failed, 200)[1]).toContain('✗ resyncing  checksum failed: 42 expected, 43 computed');
  });

  test('says whether a message is missing where books are checked by their numbers', () => {
    const state = { ...bookState(), checkedBy: 'sequence' } as const;
    expect(ladder(state, 200)[1]).toContain('✓ right  no message missing');
    const failed = bookState({
      trusted: false,
      check: { by: 'sequence', state: 'failed', expected: null, computed: null },
    });
    expect(ladder({ ...failed, checkedBy: 'sequence' }, 200)[1]).toContain('a message is missing');
  });

  test('books that are empty, or have one side, are shown all the same', () => {
    expect(ladder(bookState({ bids: [], asks: [], spread: null }))).toContain('the book is empty');
    expect(ladder(bookState({ asks: [], ask: null, spread: null, spreadBps: null, mid: null }))).toContain(
      'one side is empty',
    );
  });

  test('has a column of orders where the venue tells them', () => {
    expect(ladder(bookState({ bids: [['99.5', '10', 7]], asks: [] })).join('\n')).toMatch(
      /orders.*99\.5 +10 +7 +10/s,
    );
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
