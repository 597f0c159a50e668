import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { FRAME_KIND_RESET } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { bookLayout, Line, layout, type Raw } from './kraken-line.ts';
import {
  bookSession,
  bookText,
  checksumOf,
  type RowText,
  randomFrom,
  type SessionMessage,
  sessionArbitrary,
  type Units,
} from './kraken-sessions.ts';

const { BOOK_STATE_EMPTY, BOOK_STATE_LIVE, BOOK_STATE_RESYNCING, BOOK_STATE_SNAPSHOT } = bookLayout;
const { BOOK_CHECK_FAILED, BOOK_CHECK_MATCHED, BOOK_CHECK_NONE } = bookLayout;

const SYMBOL = 'BTC/USD';

function rows(...levels: readonly (readonly [number | string, number | string])[]): RowText[] {
  return levels.map(([price, qty]) => ({ price: String(price), qty: String(qty) }));
}

/** Rows of prices in tenths and quantities in hundred-millionths, and their checksum. */
function units(...levels: readonly (readonly [number, number])[]): Units[] {
  return levels.map(([price, quantity]) => [BigInt(price), BigInt(quantity)]);
}

function textsOf(levels: readonly Units[]): RowText[] {
  return levels.map(([price, quantity]) => ({
    price: (Number(price) / 10).toFixed(1),
    qty: (Number(quantity) / 1e8).toFixed(8),
  }));
}

function snapshot(bids: readonly Units[], asks: readonly Units[], symbol = SYMBOL): string {
  return bookText('snapshot', symbol, textsOf(bids), textsOf(asks), checksumOf(bids, asks));
}

/** An update whose checksum is that of these levels after it. */
function update(
  bids: readonly RowText[],
  asks: readonly RowText[],
  after: readonly [Units[], Units[]],
): string {
  return bookText('update', SYMBOL, bids, asks, checksumOf(...after));
}

function acknowledged(method: string, depth: number, symbol = SYMBOL): string {
  return `{"method":"${method}","req_id":11,"result":{"channel":"book","depth":${depth},"snapshot":true,"symbol":"${symbol}"},"success":true,"time_in":"2024-05-19T16:27:13.694962Z","time_out":"2024-05-19T16:27:13.695006Z"}`;
}

const ladder = (best: number, step: number, count: number, quantity = 100_000_000): Units[] =>
  Array.from({ length: count }, (_, i) => [BigInt(best + step * i), BigInt(quantity + i)] as const);

describe('the checksum', () => {
  const asks = rows(
    ...([
      ['45285.2', '0.00100000'],
      ['45286.4', '1.54571953'],
      ['45286.6', '1.54571109'],
      ['45289.6', '1.54560911'],
      ['45290.2', '0.15890660'],
      ['45291.8', '1.54553491'],
      ['45294.7', '0.04454749'],
      ['45296.1', '0.35380000'],
      ['45297.5', '0.09945542'],
      ['45299.5', '0.18772827'],
    ] as const),
  );
  const bids = rows(
    ...([
      ['45283.5', '0.10000000'],
      ['45283.4', '1.54582015'],
      ['45282.1', '0.10000000'],
      ['45281.0', '0.10000000'],
      ['45280.3', '1.54592586'],
      ['45279.0', '0.07990000'],
      ['45277.6', '0.03310103'],
      ['45277.5', '0.30000000'],
      ['45277.3', '1.54602737'],
      ['45276.6', '0.15445238'],
    ] as const),
  );

  it("of the documentation's example is 3310070434: asks first, digits as written, unsigned", () => {
    const line = new Line();
    const [record] = line.send(bookText('snapshot', SYMBOL, bids, asks, 3_310_070_434));
    expect(record).toMatchObject({ check: BOOK_CHECK_MATCHED, checksum: 3_310_070_434 });
    expect(line.book(SYMBOL)).toMatchObject({ computed: 3_310_070_434, bids, asks });
    expect(line.counts).toMatchObject({ booksMatched: 1, booksFailed: 0 });
  });

  it.each([
    ['bids first', 2_704_419_326],
    ['numbers without their zeros', 4_237_635_173],
    ['another sign', 3_310_070_434 - 2 ** 32],
    ['one off', 3_310_070_435],
  ])('of %s is another', (_, checksum) => {
    const line = new Line();
    line.send(bookText('snapshot', SYMBOL, bids, asks, checksum));
    expect(line.book(SYMBOL)).toMatchObject({ computed: 3_310_070_434, check: BOOK_CHECK_FAILED });
  });

  it('may come as a text, and with an exponent', () => {
    for (const checksum of ['"3310070434"', '3310070434.0', '33100704.34e2']) {
      const line = new Line();
      line.send(bookText('snapshot', SYMBOL, bids, asks, checksum));
      expect(line.book(SYMBOL).check).toBe(BOOK_CHECK_MATCHED);
    }
  });

  it('that is no uint32 matches no book', () => {
    for (const checksum of [2 ** 32, 3_310_070_434 + 2 ** 32, -1, 0.5, '1e99']) {
      const line = new Line();
      line.send(bookText('snapshot', SYMBOL, bids, asks, checksum));
      expect(line.book(SYMBOL).check).toBe(BOOK_CHECK_FAILED);
    }
  });

  it('that is not there is not checked', () => {
    for (const checksum of [undefined, 'null']) {
      const line = new Line();
      line.send(bookText('snapshot', SYMBOL, bids, asks, checksum));
      expect(line.book(SYMBOL)).toMatchObject({ check: BOOK_CHECK_NONE, state: BOOK_STATE_SNAPSHOT });
      expect(line.counts).toMatchObject({ booksMatched: 0, booksFailed: 0 });
    }
  });

  it('is of the digits of all sizes of numbers', () => {
    const digits = fc
      .integer({ min: 1, max: 18 })
      .chain((length) => fc.bigInt({ min: 1n, max: 10n ** BigInt(length) - 1n }));
    const side = fc.uniqueArray(fc.tuple(digits, digits), { maxLength: 14, selector: ([price]) => price });
    const byPrice = (a: Units, b: Units) => Number(b[0] > a[0]) - Number(b[0] < a[0]);
    fc.assert(
      fc.property(side, side, (someBids, someAsks) => {
        const line = new Line({ bookLevels: 25 });
        const bidUnits = someBids.toSorted(byPrice);
        const askUnits = someAsks.toSorted(byPrice).reverse();
        const texts = (levels: readonly Units[]) =>
          levels.map(([price, qty]) => ({ price: `${price}`, qty: `${qty}` }));
        const sum = checksumOf(bidUnits, askUnits);
        line.send(bookText('snapshot', SYMBOL, texts(bidUnits), texts(askUnits), sum));
        expect(line.book(SYMBOL)).toMatchObject({
          computed: sum,
          bids: texts(bidUnits),
          asks: texts(askUnits),
        });
      }),
      { numRuns: 300 },
    );
  });
});

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
