import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acknowledged, SYMBOL } from './kraken-book-texts.ts';
import { bookLayout, Line } from './kraken-line.ts';
import { bookSession, randomFrom, type SessionMessage, sessionArbitrary } from './kraken-sessions.ts';

const { BOOK_STATE_LIVE, BOOK_CHECK_MATCHED } = bookLayout;

/** Sends a session; after each message the book is what it is to be. */
function replay(line: Line, messages: readonly SessionMessage[], symbol = SYMBOL): void {
  for (const { text, bids, asks } of messages) {
    line.send(text);
    expect(line.book(symbol)).toMatchObject({ check: BOOK_CHECK_MATCHED, bids, asks });
  }
  expect(line.counts).toMatchObject({ booksMatched: messages.length, booksFailed: 0, handedOn: 0 });
}

describe('a session', () => {
  it('leaves the book as it is, whatever its depth and decimals', () => {
    fc.assert(
      fc.property(sessionArbitrary, ({ options, messages }) => {
        const line = new Line();
        line.send(acknowledged('subscribe', options.depth));
        line.texts.length = 0;
        const before = line.counts.handedOn;
        for (const { text, bids, asks } of messages) {
          line.send(text);
          expect(line.book(SYMBOL)).toMatchObject({ check: BOOK_CHECK_MATCHED, bids, asks });
        }
        expect(line.counts.handedOn).toBe(before);
      }),
      { numRuns: 60 },
    );
  });

  it('of a thousand levels does', () => {
    const options = { depth: 1000, updates: 200, levels: 1100, random: randomFrom(3) };
    const line = new Line({ recordSlots: 4096 });
    replay(line, bookSession(options));
  });

  it('whose numbers lost their zeros does, once the precisions are known', () => {
    const shorter = (text: string) => String(Number(text));
    const exponents = (text: string) => Number(text).toExponential();
    for (const [i, write] of [shorter, exponents].entries()) {
      const line = new Line();
      line.send(
        `{"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[{"symbol":"${SYMBOL}","price_precision":2,"qty_precision":8}]}}`,
      );
      line.texts.length = 0;
      const session = { depth: 10, updates: 120, priceDecimals: 2, random: randomFrom(i + 9), write };
      for (const { text, bids, asks } of bookSession(session)) {
        line.send(text);
        expect(line.book(SYMBOL)).toMatchObject({ check: BOOK_CHECK_MATCHED, bids, asks });
      }
    }
  });

  it('of several symbols, message by message in turns, keeps their books apart', () => {
    const symbols = ['BTC/USD', 'ETH/USD', 'A/B', 'Ünïcode/€'];
    const line = new Line();
    const sessions = symbols.map((symbol, i) =>
      bookSession({ symbol, depth: 10, updates: 40, random: randomFrom(i), priceDecimals: i }),
    );
    for (let message = 0; message <= 40; message++) {
      for (const session of sessions) line.send(session[message]!.text);
    }
    for (const [i, symbol] of symbols.entries()) {
      const { bids, asks } = sessions[i]!.at(-1)!;
      expect(line.book(symbol)).toMatchObject({ bids, asks, check: BOOK_CHECK_MATCHED, mismatches: 0 });
    }
  });
});

const fixtures = new URL('../../../shared/fixtures/kraken/', import.meta.url);
const SESSIONS = [
  ['book-ethusd-d25-2026-08-crossbook.jsonl', 'ETH/USD', 1129],
  ['book-xrpusd-d25-2026-08-crossbook.jsonl', 'XRP/USD', 1147],
] as const;

function linesOf(name: string): string[] {
  return readFileSync(new URL(name, fixtures), 'utf8').split('\n').filter(Boolean);
}

describe.skipIf(!existsSync(fixtures))('captured sessions', () => {
  it.each(SESSIONS)('%s replays with every checksum matching', (name, symbol, messages) => {
    const line = new Line();
    for (const text of linesOf(name)) line.send(text);
    expect(line.counts).toMatchObject({ booksMatched: messages, booksFailed: 0, booksIgnored: 0 });
    expect(line.book(symbol)).toMatchObject({ state: BOOK_STATE_LIVE, updates: messages, depth: 25 });
  });

  it.each(SESSIONS)('%s does without its acknowledgements', (name, symbol, messages) => {
    const line = new Line();
    for (const text of linesOf(name)) if (!text.includes('"method"')) line.send(text);
    expect(line.counts).toMatchObject({ booksMatched: messages, booksFailed: 0 });
    expect(line.book(symbol).depth).toBe(25);
  });

  it.each([
    ['book-docs-guide-example.jsonl', 'BTC/USD'],
    ['book-docs-examples.jsonl', 'MATIC/USD'],
  ])("%s matches, with the instrument's precisions and without", (name, symbol) => {
    for (const precise of [false, true]) {
      const line = new Line();
      const [price, qty] = symbol === 'BTC/USD' ? [1, 8] : [4, 8];
      if (precise) {
        line.send(
          `{"channel":"instrument","type":"update","data":{"assets":[],"pairs":[{"symbol":"${symbol}","price_precision":${price},"qty_precision":${qty}}]}}`,
        );
      }
      for (const text of linesOf(name)) line.send(text);
      expect(line.counts.booksFailed).toBe(0);
      expect(line.book(symbol).check).toBe(BOOK_CHECK_MATCHED);
    }
  });
});
