import { describe, expect, it } from 'vitest';
import { acknowledged, ladder, rows, SYMBOL, snapshot, textsOf, update } from './kraken-book-texts.ts';
import { bookLayout, Line, layout, type Raw } from './kraken-line.ts';
import { bookText, checksumOf } from './kraken-sessions.ts';

const { BOOK_STATE_RESYNCING, BOOK_STATE_SNAPSHOT, BOOK_CHECK_MATCHED } = bookLayout;

describe('records of a book message', () => {
  it('tell its levels, bids first, in as many records as that takes, and the best ones after it', () => {
    const line = new Line();
    const bids = ladder(1000, -1, 13);
    const asks = ladder(1001, 1, 12);
    const records = line.send(snapshot(bids, asks));
    expect(records.map(({ part, continued }) => [part, continued])).toEqual([
      [0, true],
      [1, true],
      [2, undefined],
    ]);
    expect(records.flatMap((record) => record.bids)).toEqual(textsOf(bids));
    expect(records.flatMap((record) => record.asks)).toEqual(textsOf(asks));
    for (const record of records) {
      expect(record).toMatchObject({
        kind: 'book',
        symbol: SYMBOL,
        instrument: layout.SLOT_BOOK,
        snapshot: true,
        bestBid: textsOf(bids)[0],
        bestAsk: textsOf(asks)[0],
        check: BOOK_CHECK_MATCHED,
        state: BOOK_STATE_SNAPSHOT,
        checksum: checksumOf(bids, asks),
      });
    }
  });

  it('tell an update as it came, zeros and all', () => {
    const line = new Line();
    const [bids, asks] = [ladder(1000, -1, 10), ladder(1001, 1, 10)];
    line.send(snapshot(bids, asks));
    const [record, ...others] = line.send(
      update(rows(['100.0', '0'], ['99.95', '2'], ['99.95', '3.5']), rows(['100.1', '0.00000001']), [
        bids,
        asks,
      ]),
    ) as [Raw, ...Raw[]];
    expect(others.map(({ kind }) => kind)).toEqual(['gap']);
    expect(record).toMatchObject({
      bids: rows(['100.00', '0.00000000'], ['99.95', '2.00000000'], ['99.95', '3.50000000']),
      asks: rows(['100.10', '0.00000001']),
      bestBid: rows(['99.95', '3.50000000'])[0],
      bestAsk: rows(['100.10', '0.00000001'])[0],
      part: 0,
    });
    expect(record).not.toHaveProperty('snapshot');
  });

  it('have no best levels where a side is empty', () => {
    const line = new Line();
    const [record] = line.send(snapshot([], ladder(5, 1, 1)));
    expect(record).toMatchObject({
      bestBid: { qty: '0.00000000' },
      bestAsk: { price: '0.5', qty: '1.00000000' },
    });
  });

  it('never are more than the frame has objects', () => {
    const element = (symbol: string) => `{"symbol":"${symbol}","bids":[],"asks":[],"checksum":1}`;
    const text = `{"channel":"book","type":"snapshot","data":[${['A', 'B', 'C', 'D'].map(element)}]}`;
    const line = new Line({ recordSlots: 2 ** 3 });
    const records = line.send(text);
    expect(records).toHaveLength(5);
    expect(records.filter(({ kind }) => kind === 'gap')).toHaveLength(4);
    expect(line.counts.booksFailed).toBe(4);
  });
});

describe('what finds no room', () => {
  it('is counted and handed on: books', () => {
    const line = new Line({ books: 2 });
    for (const symbol of ['A', 'B', 'C']) line.send(snapshot([], ladder(5, 1, 1), symbol));
    expect(line.bookAt('C')).toBeUndefined();
    expect(line.counts).toMatchObject({ overflowed: 1, handedOn: 1, booksMatched: 2 });
    expect(line.texts[0]).toMatchObject({ reason: 'overflowed', frame: 2 });
    line.send(acknowledged('subscribe', 10, 'D'));
    expect(line.texts[1]).toMatchObject({ reason: 'overflowed' });
  });

  it('is counted and handed on: symbols', () => {
    const line = new Line({ symbols: 2 });
    for (const symbol of ['A', 'B', 'C', 'A']) line.send(snapshot([], ladder(5, 1, 1), symbol));
    expect(line.symbols).toEqual(['A', 'B']);
    expect(line.counts).toMatchObject({ overflowed: 1, handedOn: 1, booksMatched: 3 });
  });

  it('is lost from the worst level on: levels', () => {
    const line = new Line({ bookLevels: 8, gapPolicy: 'ignore' });
    expect(line.bookRoom).toBe(72);
    const bids = ladder(1000, -1, 80);
    line.send(acknowledged('subscribe', 0));
    line.send(bookText('snapshot', SYMBOL, textsOf(bids.slice(0, 70)), [], undefined));
    line.send(acknowledged('subscribe', 0));
    line.send(bookText('update', SYMBOL, textsOf(bids.slice(70)), rows(), undefined));
    expect(line.book(SYMBOL).bids).toEqual(textsOf(bids.slice(0, 72)));
    line.send(bookText('update', SYMBOL, rows(['100.1', '4']), rows(), undefined));
    expect(line.book(SYMBOL).bids.at(0)).toEqual({ price: '100.1', qty: '4.00000000' });
    expect(line.book(SYMBOL).bids).toHaveLength(72);
    expect(line.counts.overflowed).toBe(9);
  });

  it('is not applied at all: a message of more levels than the workspace holds', () => {
    const line = new Line({ bookLevels: 8, frameRingBytes: 2 ** 20, recordSlots: 2 ** 13 });
    const bids = ladder(1_000_000, -1, 3000);
    const records = line.send(snapshot(bids, []));
    expect(records).toMatchObject([{ kind: 'gap', reason: layout.GAP_UNUSABLE }]);
    expect(line.book(SYMBOL)).toMatchObject({ state: BOOK_STATE_RESYNCING, bids: [] });
    expect(line.texts).toMatchObject([{ reason: 'overflowed' }]);
    expect(line.counts.overflowed).toBe(1);
    line.send(snapshot(bids.slice(0, 10), []));
    expect(line.book(SYMBOL)).toMatchObject({ state: BOOK_STATE_SNAPSHOT, bids: textsOf(bids.slice(0, 10)) });
  });
});
