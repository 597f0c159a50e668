import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cleanText,
  clipText,
  displayWidth,
  fitText,
  KeyDecoder,
  type Line,
  lineText,
  span,
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
      fc.property(
        texts,
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom('left', 'right'),
        (text, columns, align) => {
          expect(displayWidth(fitText(cleanText(text), columns, align as 'left'))).toBe(columns);
        },
      ),
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
        expect(lineText([span(text)], 200, false)).not.toMatch(/\p{Control}/u);
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
      fc.property(fc.array(fc.constantFrom('\x1b[A', '\x1b[6~', 'q', '\x03', 'é', '\x1bOB', ' ')), (keys) => {
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
