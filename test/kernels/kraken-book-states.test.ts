import { FRAME_KIND_RESET } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { acknowledged, ladder, rows, SYMBOL, snapshot, textsOf, update } from './kraken-book-texts.ts';
import { bookLayout, Line, layout } from './kraken-line.ts';
import { bookText, checksumOf } from './kraken-sessions.ts';

const {
  BOOK_STATE_EMPTY,
  BOOK_STATE_LIVE,
  BOOK_STATE_RESYNCING,
  BOOK_STATE_SNAPSHOT,
  BOOK_CHECK_FAILED,
  BOOK_CHECK_MATCHED,
  BOOK_CHECK_NONE,
} = bookLayout;

describe('a book', () => {
  const bids = ladder(1000, -1, 10);
  const asks = ladder(1001, 1, 10);
  const good = () => snapshot(bids, asks);
  const changed = bids.map(([price, quantity]) => [price, price === 999n ? 3n : quantity] as const);
  const change = () => update(rows(['99.9', '0.00000003']), [], [changed, asks]);
  const wrong = () => bookText('update', SYMBOL, rows(['99.9', '0.00000004']), [], 12);

  it('that nothing has come for ignores updates', () => {
    const line = new Line();
    expect(line.send(change())).toEqual([]);
    expect(line.book(SYMBOL)).toMatchObject({ state: BOOK_STATE_EMPTY, bids: [], ignored: 1, updates: 0 });
    expect(line.counts).toMatchObject({ booksIgnored: 1, booksMatched: 0, booksFailed: 0, handedOn: 0 });
  });

  it('goes from snapshot to live', () => {
    const line = new Line();
    line.send(good());
    expect(line.book(SYMBOL).state).toBe(BOOK_STATE_SNAPSHOT);
    line.send(change());
    expect(line.book(SYMBOL)).toMatchObject({ state: BOOK_STATE_LIVE, updates: 2 });
  });

  it('whose check failed is resynced by the next snapshot, and ignores updates until then', () => {
    const line = new Line();
    line.send(good(), { receivedAt: 5 });
    const { asOf } = line.book(SYMBOL);
    const failed = line.send(wrong(), { receivedAt: 6 });
    expect(failed.map(({ kind }) => kind)).toEqual(['book', 'gap']);
    expect(failed[0]).toMatchObject({ check: BOOK_CHECK_FAILED, state: BOOK_STATE_RESYNCING });
    const { computed } = line.book(SYMBOL);
    expect(failed[1]).toMatchObject({ reason: layout.GAP_CHECKSUM, expected: 12, computed, goodAsOf: asOf });
    expect(line.book(SYMBOL)).toMatchObject({
      state: BOOK_STATE_RESYNCING,
      check: BOOK_CHECK_FAILED,
      checksum: 12,
      mismatches: 1,
      goodAsOf: asOf,
      goodReceivedAt: 5,
      receivedAt: 6,
    });

    expect(line.send(change())).toEqual([]);
    expect(line.send(wrong())).toEqual([]);
    expect(line.book(SYMBOL)).toMatchObject({ ignored: 2, mismatches: 1, updates: 2 });
    expect(line.counts).toMatchObject({ booksFailed: 1, booksIgnored: 2, booksMatched: 1 });

    // The feed unsubscribes and subscribes again.
    line.send(acknowledged('unsubscribe', 10));
    expect(line.book(SYMBOL).state).toBe(BOOK_STATE_RESYNCING);
    line.send(acknowledged('subscribe', 10));
    const mended = line.send(good());
    expect(mended.map(({ kind }) => kind)).toEqual(['book', 'book', 'gap']);
    expect(mended.at(-1)).toMatchObject({ reason: layout.GAP_RESYNCED, expected: checksumOf(bids, asks) });
    expect(line.book(SYMBOL)).toMatchObject({
      state: BOOK_STATE_SNAPSHOT,
      resyncs: 1,
      check: BOOK_CHECK_MATCHED,
    });
    line.send(change());
    expect(line.book(SYMBOL)).toMatchObject({ state: BOOK_STATE_LIVE, resyncs: 1, bids: textsOf(changed) });
  });

  it('whose snapshot fails its check, too, goes on waiting for one', () => {
    const line = new Line();
    for (let attempt = 1; attempt <= 3; attempt++) {
      const records = line.send(bookText('snapshot', SYMBOL, textsOf(bids), textsOf(asks), 99));
      expect(records.at(-1)).toMatchObject({ kind: 'gap', reason: layout.GAP_CHECKSUM, expected: 99 });
      expect(line.book(SYMBOL)).toMatchObject({ state: BOOK_STATE_RESYNCING, mismatches: attempt });
    }
  });

  it('goes on after a failed check where gaps are ignored', () => {
    const line = new Line({ gapPolicy: 'ignore' });
    line.send(good());
    expect(line.send(wrong()).map(({ kind }) => kind)).toEqual(['book', 'gap']);
    expect(line.book(SYMBOL)).toMatchObject({
      state: BOOK_STATE_LIVE,
      check: BOOK_CHECK_FAILED,
      mismatches: 1,
    });
    line.send(change());
    expect(line.book(SYMBOL)).toMatchObject({ state: BOOK_STATE_LIVE, check: BOOK_CHECK_MATCHED });
    const records = line.send(bookText('snapshot', SYMBOL, textsOf(bids), textsOf(asks), 99));
    expect(records.at(-1)).toMatchObject({ kind: 'gap' });
    expect(line.book(SYMBOL)).toMatchObject({ state: BOOK_STATE_SNAPSHOT, check: BOOK_CHECK_FAILED });
  });

  it('is empty after it was unsubscribed from, and after the connection was opened anew', () => {
    const line = new Line();
    const empty = { state: BOOK_STATE_EMPTY, bids: [], asks: [], check: BOOK_CHECK_NONE };
    line.send(acknowledged('subscribe', 10));
    line.send(good());
    line.send(acknowledged('unsubscribe', 10));
    expect(line.book(SYMBOL)).toMatchObject(empty);
    line.send(good());
    expect(line.book(SYMBOL).state).toBe(BOOK_STATE_SNAPSHOT);
    line.send(wrong());
    expect(line.send(new Uint8Array(0), { kind: FRAME_KIND_RESET, epoch: 8 })).toEqual([]);
    expect(line.book(SYMBOL)).toMatchObject({ ...empty, epoch: 8 });
    line.send(change());
    expect(line.book(SYMBOL)).toMatchObject({ ...empty, ignored: 1 });
    line.send(good(), { epoch: 8 });
    expect(line.book(SYMBOL)).toMatchObject({ state: BOOK_STATE_SNAPSHOT, epoch: 8, resyncs: 0 });
  });

  it.each([
    ['a number of more than 18 digits', [['99.9', '0.1234567890123456789']], 'inexact'],
    ['a price of more than 18 digits', [['1234567890123456789', '1']], 'inexact'],
    ['a number that does not fit once all have as many decimals', [['99.9', '12345678901.5']], 'inexact'],
    ['a price that does not', [['0.000000000000000001', '1']], 'inexact'],
    ['a negative quantity', [['99.9', '-1']], 'malformed'],
    ['a negative price', [['-99.9', '1']], 'malformed'],
    ['no number', [['99.9', 'null']], 'malformed'],
    ['a text that is none', [['99.9', '"much"']], 'malformed'],
  ] as const)('is not touched by a message with %s, and is not trusted after it', (_, levels, reason) => {
    for (const gapPolicy of ['resync', 'ignore'] as const) {
      const line = new Line({ gapPolicy });
      line.send(good());
      const before = line.book(SYMBOL);
      const records = line.send(bookText('update', SYMBOL, rows(['99.7', '5']), rows(...levels), 77));
      expect(records).toMatchObject([
        { kind: 'gap', reason: layout.GAP_UNUSABLE, expected: 77, computed: 0 },
      ]);
      expect(line.book(SYMBOL)).toMatchObject({
        bids: before.bids,
        asks: before.asks,
        check: BOOK_CHECK_FAILED,
        state: gapPolicy === 'resync' ? BOOK_STATE_RESYNCING : BOOK_STATE_SNAPSHOT,
        mismatches: 1,
        asOf: before.asOf,
      });
      expect(line.counts.booksFailed).toBe(1);
      expect(line.texts.map((text) => text.reason)).toEqual([reason]);
    }
  });

  it.each([
    '"bids":null',
    '"bids":{}',
    '"bids":[1]',
    '"bids":[null]',
    '"bids":[{"price":99.9}]',
    '"bids":[[99.9,1]]',
  ])('is not touched by a message with %s', (bad) => {
    const line = new Line();
    line.send(good());
    const before = line.book(SYMBOL);
    line.send(
      `{"channel":"book","type":"update","data":[{"symbol":"${SYMBOL}",${bad},"asks":[],"checksum":1}]}`,
    );
    expect(line.book(SYMBOL)).toMatchObject({ bids: before.bids, state: BOOK_STATE_RESYNCING });
    expect(line.texts.map((text) => text.reason)).toEqual(['malformed']);
  });
});
