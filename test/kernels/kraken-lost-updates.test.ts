import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bookLayout, Line, type RawBook, type RawLevel } from './kraken-line.ts';
import { bookSession, bookText, checksumOf, randomFrom, type Units } from './kraken-sessions.ts';

const { BOOK_CHECK_FAILED, BOOK_CHECK_MATCHED, BOOK_STATE_LIVE, BOOK_STATE_RESYNCING } = bookLayout;

type Levels = Pick<RawBook, 'bids' | 'asks'>;

/** The levels of a book as they lie in memory. */
interface Lying {
  readonly bids: Buffer;
  readonly asks: Buffer;
}

/** @param book where it lies */
function levelsOf(line: Line, book: number): Lying {
  const { BOOK_HEAD_BYTES, BOOK_BID_COUNT, BOOK_ASK_COUNT, LEVEL_BYTES } = bookLayout;
  const bids = book + BOOK_HEAD_BYTES;
  const asks = bids + line.bookRoom * LEVEL_BYTES;
  const copy = (at: number, count: number) => Buffer.from(line.arena.u8.slice(at, at + count * LEVEL_BYTES));
  return {
    bids: copy(bids, line.u32(book + BOOK_BID_COUNT)),
    asks: copy(asks, line.u32(book + BOOK_ASK_COUNT)),
  };
}

function isSame(a: Lying, b: Lying, levels = Number.POSITIVE_INFINITY): boolean {
  const end = levels * bookLayout.LEVEL_BYTES;
  return (
    a.bids.subarray(0, end).equals(b.bids.subarray(0, end)) &&
    a.asks.subarray(0, end).equals(b.asks.subarray(0, end))
  );
}

/** A session as it is with nothing lost. */
function truthOf(texts: readonly string[], symbol: string): Lying[] {
  const line = new Line();
  return texts.map((text) => {
    line.send(text);
    const book = line.bookAt(symbol)!;
    expect(line.u8(book + bookLayout.BOOK_CHECK)).toBe(BOOK_CHECK_MATCHED);
    return levelsOf(line, book);
  });
}

/** What losing one update of a session leads to. */
interface Loss {
  /** A later message's check failed. */
  readonly caught: boolean;
  /** It was the message right after it. */
  readonly caughtAtOnce: boolean;
  /** The book was wrong after some message whose check matched. */
  readonly wrongUnnoticed: boolean;
  /** The book was wrong when the session ended. */
  readonly wrongAtEnd: boolean;
}

/** Replays a session without one of its messages, until the loss is noticed or the session ends. */
function lose(texts: readonly string[], truth: readonly Lying[], lost: number, symbol: string): Loss {
  const line = new Line({
    gapPolicy: 'ignore',
    books: 1,
    bookLevels: 25,
    recordSlots: 64,
    latestInstruments: 0,
  });
  let wrongUnnoticed = false;
  let wrong = false;
  let at = 0;
  for (const [i, text] of texts.entries()) {
    if (i === lost) continue;
    line.pass(text);
    if (i < lost) continue;
    at ||= line.bookAt(symbol)!;
    const check = line.u8(at + bookLayout.BOOK_CHECK);
    if (check === BOOK_CHECK_FAILED) {
      return { caught: true, caughtAtOnce: i === lost + 1, wrongUnnoticed, wrongAtEnd: false };
    }
    const book = levelsOf(line, at);
    // What a checksum proves: the best ten.
    if (check !== BOOK_CHECK_MATCHED || !isSame(book, truth[i]!, 10))
      throw new Error(`a wrong book at message ${i}`);
    wrong = !isSame(book, truth[i]!);
    wrongUnnoticed ||= wrong;
  }
  return { caught: false, caughtAtOnce: false, wrongUnnoticed, wrongAtEnd: wrong };
}

describe('an update that is lost', () => {
  it('at depth 10 is noticed by the next message, unless that makes up for it', () => {
    for (const seed of [1, 2, 3]) {
      const texts = bookSession({ depth: 10, updates: 60, random: randomFrom(seed) }).map(({ text }) => text);
      const truth = truthOf(texts, 'BTC/USD');
      let caught = 0;
      for (let lost = 1; lost < texts.length - 1; lost++) {
        const loss = lose(texts, truth, lost, 'BTC/USD');
        expect(loss.wrongUnnoticed).toBe(false);
        expect(loss.caughtAtOnce).toBe(loss.caught);
        caught += Number(loss.caught);
      }
      expect(caught).toBeGreaterThan(20);
    }
  });

  it('at depth 25 may leave levels wrong that no checksum is of, and never one of the best ten', () => {
    const texts = bookSession({ depth: 25, updates: 80, random: randomFrom(4) }).map(({ text }) => text);
    const truth = truthOf(texts, 'BTC/USD');
    const losses = texts.slice(2).map((_, i) => lose(texts, truth, i + 1, 'BTC/USD'));
    expect(losses.some(({ caught }) => caught)).toBe(true);
    expect(losses.some(({ wrongUnnoticed }) => wrongUnnoticed)).toBe(true);
  });

  it('is mended by the snapshot that follows, wherever it was lost', () => {
    const messages = bookSession({ depth: 25, updates: 40, random: randomFrom(5), priceDecimals: 2 });
    for (let lost = 1; lost < messages.length; lost++) {
      const line = new Line();
      let waited = 0;
      for (const [i, { text, bids, asks }] of messages.entries()) {
        if (i !== lost) line.send(text);
        if (line.book('BTC/USD').state !== BOOK_STATE_RESYNCING) continue;
        waited += 1;
        // The snapshot comes a few messages later.
        if (waited < 4) continue;
        line.send(snapshotOf({ bids, asks }));
        expect(line.book('BTC/USD')).toMatchObject({ bids, asks, check: BOOK_CHECK_MATCHED, resyncs: 1 });
        waited = 0;
      }
      const { bids, asks } = messages.at(-1)!;
      const book = line.book('BTC/USD');
      if (book.state === BOOK_STATE_LIVE && book.resyncs > 0) expect(book).toMatchObject({ bids, asks });
      expect(book.mismatches).toBeLessThanOrEqual(1);
    }
  });
});

/** A snapshot of a book with two and eight decimals. */
function snapshotOf({ bids, asks }: Levels): string {
  const units = (rows: readonly RawLevel[]): Units[] =>
    rows.map(({ price, qty }) => [BigInt(price.replace('.', '')), BigInt(qty.replace('.', ''))]);
  return bookText('snapshot', 'BTC/USD', bids, asks, checksumOf(units(bids), units(asks)));
}

const fixtures = new URL('../../../shared/fixtures/kraken/', import.meta.url);

describe.skipIf(!existsSync(fixtures))('an update that is lost of a captured session', () => {
  // The first update and every fifth one after it, but not the last message.
  it.each([
    [
      'book-ethusd-d25-2026-08-crossbook.jsonl',
      'ETH/USD',
      { tried: 226, caught: 151, unnoticed: 54, atEnd: 9 },
    ],
    [
      'book-xrpusd-d25-2026-08-crossbook.jsonl',
      'XRP/USD',
      { tried: 229, caught: 180, unnoticed: 39, atEnd: 3 },
    ],
  ])('%s is noticed, or mended, as often as was measured', (name, symbol, measured) => {
    const texts = readFileSync(new URL(name, fixtures), 'utf8')
      .split('\n')
      .filter((text) => text.startsWith('{"channel":"book"'));
    const truth = truthOf(texts, symbol);
    const losses: Loss[] = [];
    for (let lost = 1; lost < texts.length - 1; lost += 5) losses.push(lose(texts, truth, lost, symbol));
    const count = (of: keyof Loss) => losses.filter((loss) => loss[of]).length;
    const unnoticed = losses.filter((loss) => loss.wrongUnnoticed && !loss.caught).length;
    const found = { tried: losses.length, caught: count('caught'), unnoticed, atEnd: count('wrongAtEnd') };
    expect(found).toEqual(measured);
  });
});
