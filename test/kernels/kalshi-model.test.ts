import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTree, type Tree } from './json-tree.ts';
import { Line, type Raw } from './kalshi-line.ts';
import { writtenArbitrary } from './kalshi-messages.ts';
import { KalshiModel } from './kalshi-reference.ts';
import { dayArbitrary } from './kalshi-sessions.ts';

/** A tree, if `JSON.parse` takes the text. */
function treeOf(text: string): Tree | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return parseTree(text);
}

function told(line: Line, text: string): { reason: string; records: readonly Raw[] } {
  line.texts.length = 0;
  const records = line.send(text);
  return { reason: line.texts[0]?.reason ?? 'not', records };
}

/** Everything that the kernel keeps is what the model keeps. */
function expectSame(line: Line, model: KalshiModel): void {
  for (const [market, book] of model.books) {
    if (line.bookAt(market) === undefined) continue;
    const { state, subscription, sequence } = line.book(market);
    expect({ market, state, subscription, ...line.ladders(market) }).toEqual({
      market,
      state: book.state,
      subscription: book.sid,
      ...model.ladders(market),
    });
    expect(sequence % 2).toBe(0);
  }
  for (const [sid, entry] of model.sequences) expect(line.sequence(sid)).toMatchObject({ ...entry });
}

describe('whatever is written in a message', () => {
  it.each([false, true])(
    'records are what JSON.parse and sums make of it (NO on the YES scale: %s)',
    (yesPrice) => {
      const line = new Line({ symbols: 2 ** 15, books: 2 ** 12, bookLevels: 1, yesPrice });
      const model = new KalshiModel(yesPrice);
      fc.assert(
        fc.property(fc.array(writtenArbitrary(), { minLength: 1, maxLength: 6 }), (texts) => {
          line.reset();
          model.reset();
          for (const text of texts) expect(told(line, text), text).toEqual(model.apply(treeOf(text)));
          expectSame(line, model);
        }),
        { numRuns: 600 },
      );
    },
  );
});

describe('whatever happens on a connection', () => {
  it.each([false, true])('books are those of a plain model (NO on the YES scale: %s)', (yesPrice) => {
    fc.assert(
      fc.property(dayArbitrary, (frames) => {
        const line = new Line({ yesPrice });
        const model = new KalshiModel(yesPrice);
        for (const frame of frames) {
          if (frame === 'reset') {
            line.reset();
            model.reset();
          } else {
            expect(told(line, frame.text), frame.text).toEqual(model.apply(treeOf(frame.text)));
          }
          expectSame(line, model);
        }
      }),
      { numRuns: 300 },
    );
  });
});
