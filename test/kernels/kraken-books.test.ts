import { describe, expect, it } from 'vitest';
import { acknowledged, ladder, rows, SYMBOL, snapshot, textsOf, units, update } from './kraken-book-texts.ts';
import { bookLayout, Line } from './kraken-line.ts';
import { checksumOf, type Units } from './kraken-sessions.ts';

const { BOOK_STATE_SNAPSHOT, BOOK_CHECK_MATCHED } = bookLayout;

describe('a message', () => {
  const bids = ladder(1000, -1, 10);
  const asks = ladder(1001, 1, 10);

  function started(): Line {
    const line = new Line();
    line.send(snapshot(bids, asks));
    return line;
  }

  it('that is a snapshot replaces all levels', () => {
    const line = started();
    const next = [ladder(2000, -1, 3), ladder(2001, 2, 12)] as const;
    line.send(snapshot(...next));
    expect(line.book(SYMBOL)).toMatchObject({
      bids: textsOf(next[0]),
      asks: textsOf(next[1]),
      state: BOOK_STATE_SNAPSHOT,
      check: BOOK_CHECK_MATCHED,
    });
  });

  it('pushes the last level out, which does not come back by itself', () => {
    const line = started();
    const after = [units([1005, 5]), ...bids.slice(0, 9).map((level) => [level])].flat() as Units[];
    // Asks from 1006 on, so that nothing crosses.
    const farAsks = ladder(1006, 1, 10);
    line.send(snapshot(bids, farAsks));
    line.send(update(rows(['100.5', '0.00000005']), [], [after, farAsks]));
    expect(line.book(SYMBOL)).toMatchObject({ check: BOOK_CHECK_MATCHED, bids: textsOf(after) });
    // When the best one goes, nine are left: the tenth was dropped, and is told again when it comes into sight.
    line.send(update(rows(['100.5', '0']), [], [after.slice(1), farAsks]));
    expect(line.book(SYMBOL)).toMatchObject({ check: BOOK_CHECK_MATCHED, bids: textsOf(bids.slice(0, 9)) });
  });

  it('is truncated after all its entries, not before', () => {
    const line = started();
    const deeper = units([1011, 77]);
    // Added beyond the depth before the best one goes.
    line.send(
      update([], rows(['101.1', '0.00000077'], ['100.1', '0.00000000']), [
        bids,
        [...asks.slice(1), ...deeper],
      ]),
    );
    expect(line.book(SYMBOL)).toMatchObject({
      check: BOOK_CHECK_MATCHED,
      asks: textsOf([...asks.slice(1), ...deeper]),
    });
  });

  it('is applied in array order: of one price 25 times, the last one stays', () => {
    const line = started();
    const entries = Array.from(
      { length: 25 },
      (_, i) => ['100.4', i % 3 === 1 ? '0' : `0.0000${1000 + i}`] as const,
    );
    const after = asks.map(([price, quantity]) => [price, price === 1004n ? 1024n : quantity] as const);
    line.send(update([], rows(...entries), [bids, after]));
    expect(line.book(SYMBOL)).toMatchObject({ check: BOOK_CHECK_MATCHED, asks: textsOf(after) });
    const without = after.filter(([price]) => price !== 1004n);
    line.send(update([], rows(...entries, ['100.4', '0.0']), [bids, without]));
    expect(line.book(SYMBOL)).toMatchObject({ check: BOOK_CHECK_MATCHED, asks: textsOf(without) });
  });

  it.each(['0', '0.0', '0.00000000', '0e5', '0E-10', '0.000000000000000000000', '-0', '-0.0', '"0.00"'])(
    'takes a level away that has %s',
    (zero) => {
      const line = started();
      line.send(update(rows(['100.0', zero]), [], [bids.slice(1), asks]));
      expect(line.book(SYMBOL)).toMatchObject({
        check: BOOK_CHECK_MATCHED,
        bids: textsOf(bids.slice(1)),
        quantityScale: 8,
      });
      expect(line.counts).toMatchObject({ inexact: 0, handedOn: 0 });
    },
  );

  it('that takes away what is not there changes nothing', () => {
    const line = started();
    line.send(update(rows(['3.5', '0']), rows(['99999.5', '0'], ['100.15', '0.0']), [bids, asks]));
    // 100.15 has more decimals than the book had.
    const { bids: held } = line.book(SYMBOL);
    expect(held).toHaveLength(10);
  });

  it('of numbers spelled in other ways means the same', () => {
    const line = started();
    const after = bids.map(([price, quantity]) => [price, price === 998n ? 250n : quantity] as const);
    line.send(
      update(
        rows(['9.98e1', '25e-7'], ['0.0998E+3', '0.0000025'], ['"99.8"', '"2.5e-6"']),
        [],
        [after, asks],
      ),
    );
    expect(line.book(SYMBOL)).toMatchObject({ check: BOOK_CHECK_MATCHED, bids: textsOf(after) });
  });

  it('of more decimals gives the whole book as many', () => {
    const line = started();
    const finer = (levels: readonly Units[]) =>
      levels.map(([price, qty]) => [price * 100n, qty * 10n] as const);
    const after = [[100_001n, 5n] as const, ...finer(bids).slice(0, 9)];
    line.send(update(rows(['100.001', '0.000000005']), [], [after, finer(asks)]));
    expect(line.book(SYMBOL)).toMatchObject({ check: BOOK_CHECK_MATCHED, priceScale: 3, quantityScale: 9 });
    expect(line.book(SYMBOL).asks[0]).toEqual({ price: '100.100', qty: '1.000000000' });
    // A snapshot begins anew.
    line.send(snapshot(bids, asks));
    expect(line.book(SYMBOL)).toMatchObject({ priceScale: 1, quantityScale: 8, check: BOOK_CHECK_MATCHED });
  });

  it('of more decimals than the instrument has, all zeros, does not', () => {
    const line = new Line();
    line.send(
      `{"channel":"instrument","type":"update","data":{"assets":[],"pairs":[{"symbol":"${SYMBOL}","price_precision":1,"qty_precision":8}]}}`,
    );
    line.send(snapshot(bids, asks));
    const after = bids.map(([price, quantity]) => [price, price === 999n ? 3n : quantity] as const);
    line.send(update(rows(['99.9000', '0.000000030']), [], [after, asks]));
    expect(line.book(SYMBOL)).toMatchObject({ check: BOOK_CHECK_MATCHED, priceScale: 1, quantityScale: 8 });
  });

  it('may leave a side with few levels, or none', () => {
    const line = started();
    for (let left = 9; left >= 0; left--) {
      const gone = rows([Number(bids[left]![0]) / 10, '0.00000000']);
      line.send(update(gone, [], [bids.slice(0, left), asks]));
      expect(line.book(SYMBOL)).toMatchObject({
        check: BOOK_CHECK_MATCHED,
        bids: textsOf(bids.slice(0, left)),
      });
    }
    line.send(snapshot([], []));
    expect(line.book(SYMBOL)).toMatchObject({ bids: [], asks: [], computed: 0, check: BOOK_CHECK_MATCHED });
  });

  it('with keys twice means the last ones', () => {
    const line = started();
    const after = bids.map(([price, quantity]) => [price, price === 999n ? 7n : quantity] as const);
    const sum = checksumOf(after, asks);
    line.send(
      `{"channel":"book","data":[{"bids":[{"price":99.9,"qty":0.1},{"price":99.12345,"qty":4}],"asks":[],"bids":[{"qty":1,"price":99.8,"qty":0.00000007,"price":99.9}],"symbol":"X/Y","symbol":"${SYMBOL}","checksum":1,"checksum":${sum}}],"type":"snapshot","type":"update"}`,
    );
    expect(line.book(SYMBOL)).toMatchObject({
      check: BOOK_CHECK_MATCHED,
      bids: textsOf(after),
      priceScale: 1,
    });
    expect(line.symbols).toEqual([SYMBOL]);
  });

  it('of several elements applies each', () => {
    const line = started();
    const other = [ladder(50, -1, 2), ladder(51, 1, 2)] as const;
    const element = (text: string) => text.slice(text.indexOf('[') + 1, -2);
    const one = snapshot(bids.slice(1), asks);
    const text = `{"channel":"book","type":"snapshot","data":[${element(one)},${element(snapshot(...other, 'ETH/USD'))}]}`;
    const records = line.send(text);
    expect(records.map(({ symbol }) => symbol)).toEqual([SYMBOL, SYMBOL, 'ETH/USD']);
    expect(line.book(SYMBOL).bids).toEqual(textsOf(bids.slice(1)));
    expect(line.book('ETH/USD')).toMatchObject({ asks: textsOf(other[1]), check: BOOK_CHECK_MATCHED });
  });

  it('says what the book is of: times, epoch, checksums', () => {
    const line = new Line();
    const text = snapshot(bids, asks).replace(
      /"timestamp":"[^"]*"/,
      '"timestamp":"2026-10-09T00:34:21.169750Z"',
    );
    line.send(text, { receivedAt: 17.5, epoch: 3 });
    const time = BigInt(Date.parse('2026-10-09T00:34:21Z')) * 1_000_000n + 169_750_000n;
    expect(line.book(SYMBOL)).toMatchObject({
      asOf: time,
      goodAsOf: time,
      receivedAt: 17.5,
      goodReceivedAt: 17.5,
      epoch: 3,
      updates: 1,
      checksum: checksumOf(bids, asks),
    });
    expect(line.book(SYMBOL).sequence % 2).toBe(0);
    expect(line.book(SYMBOL).sequence).toBeGreaterThan(0);
  });
});

describe('the depth', () => {
  const bids = ladder(3000, -1, 30);
  const asks = ladder(3001, 1, 30);

  it.each([
    [0, 10],
    [10, 10],
    [11, 25],
    [25, 25],
    [26, 100],
  ])('of a snapshot of %i levels, of which nobody told, is taken to be %i', (levels, depth) => {
    const line = new Line();
    line.send(snapshot(bids.slice(0, levels), asks.slice(0, levels)));
    expect(line.book(SYMBOL).depth).toBe(depth);
  });

  it('is the one that was subscribed to, even if fewer levels come', () => {
    const line = new Line();
    line.send(acknowledged('subscribe', 25));
    line.send(snapshot(bids.slice(0, 3), asks.slice(0, 3)));
    expect(line.book(SYMBOL).depth).toBe(25);
    const more = textsOf(bids.slice(3, 28));
    line.send(update(more, [], [bids.slice(0, 25), asks.slice(0, 3)]));
    expect(line.book(SYMBOL).bids).toEqual(textsOf(bids.slice(0, 25)));
  });

  it('that was told after the snapshot counts from then on', () => {
    const line = new Line();
    line.send(snapshot(bids, asks));
    line.send(acknowledged('subscribe', 10));
    line.send(update(rows(['300.0', '1']), [], [bids, asks]));
    expect(line.book(SYMBOL).bids).toHaveLength(10);
  });

  it('of a refused subscription, of another channel or of an unknown kind is none', () => {
    const line = new Line();
    line.send(acknowledged('subscribe', 10).replace('"success":true', '"success":false'));
    line.send(acknowledged('subscribe', 10).replace('"book"', '"level3"'));
    line.send(acknowledged('subscribed', 10));
    line.send(
      `{"error":"Currency pair not supported ${SYMBOL}","method":"subscribe","success":false,"symbol":"${SYMBOL}"}`,
    );
    line.send('{"method":"subscribe","success":true}');
    line.send('{"method":"subscribe","success":true,"result":null}');
    expect(line.symbols).toEqual([]);
    expect(line.counts.handedOn).toBe(6);
  });
});
