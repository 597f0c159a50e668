import { Arena } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { runThread } from '../support/memory.ts';
import { SymbolWriter } from '../support/symbols.ts';
import { BookWriter, type Level } from '../support/threads/books.js';
import { Book, BookSnapshot, BookTable, bookLayout } from '../support/views-internals.ts';

const SYMBOL = 'BTC/USD';
const BIDS: Level[] = [
  [452_835n, 10_000_000n],
  [452_834n, 154_582_015n],
  [452_821n, 10_000_000n],
];
const ASKS: Level[] = [
  [452_852n, 100_000n],
  [452_864n, 154_571_953n],
];

/** An arena with one symbol and, if wanted, its book. */
function arenaWith(written: boolean, levels = 16) {
  const options = { frameRingBytes: 256, recordSlots: 2, latestInstruments: 0 };
  const arena = Arena.create({ ...options, symbols: 4, books: 2, bookLevels: levels });
  const symbols = new SymbolWriter(arena);
  const id = symbols.add(SYMBOL);
  const table = new BookTable(arena);
  const writer = new BookWriter(arena);
  function write(fields: Readonly<Record<`BOOK_${string}`, number | bigint>> = {}): void {
    writer.begin();
    writer.set({
      BOOK_STATE: bookLayout.BOOK_STATE_LIVE,
      BOOK_SYMBOL: id,
      BOOK_PRICE_SCALE: 1,
      BOOK_QUANTITY_SCALE: 8,
      ...fields,
    });
    writer.levels('bids', BIDS);
    writer.levels('asks', ASKS);
    writer.end();
  }
  symbols.setBook(id, 0);
  if (written) write();
  return { arena, symbols, table, writer, write, book: new Book([table], SYMBOL) };
}

describe('a book', () => {
  it('shows best prices, spread and mid, reckoned in integers', () => {
    const { book } = arenaWith(true);
    expect(book).toMatchObject({ bestBid: 45_283.5, bestAsk: 45_285.2, spread: 1.7, mid: 45_284.35 });
    expect(45_285.2 - 45_283.5).not.toBe(1.7);
  });

  it('is copied with its levels, as numbers, texts and integers', () => {
    const { book } = arenaWith(true);
    const { bids, asks } = book.read()!;
    expect(bids.toArray()).toEqual([
      { price: 45_283.5, quantity: 0.1 },
      { price: 45_283.4, quantity: 1.54582015 },
      { price: 45_282.1, quantity: 0.1 },
    ]);
    expect([asks.length, asks.priceText(1), asks.quantityText(0)]).toEqual([2, '45286.4', '0.00100000']);
    expect([asks.priceInteger(1), asks.quantityInteger(1)]).toEqual([452_864n, 154_571_953n]);
    expect([asks.priceScale, asks.quantityScale]).toEqual([1, 8]);
    expect(() => asks.price(2)).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }));
    for (const level of [-1, 0.5, Number.NaN]) expect(() => asks.quantity(level)).toThrow();
  });

  it('is copied as deep as the snapshot has room for', () => {
    const { book } = arenaWith(true);
    const snapshot = new BookSnapshot(1);
    expect(book.read(snapshot)).toBe(snapshot);
    expect([snapshot.bids.length, snapshot.asks.length]).toEqual([1, 1]);
    expect(book.read(new BookSnapshot(0))).toMatchObject({
      symbol: SYMBOL,
      state: 'live',
      bestBid: undefined,
    });
  });

  it.each([-1, 1.5, Number.NaN, undefined])('is not copied into a snapshot of %s levels', (capacity) => {
    expect(() => new BookSnapshot(capacity as number)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }),
    );
  });

  it('is copied whole however deep it is, and whatever it was before', () => {
    const { book, writer } = arenaWith(true, 1000);
    const snapshot = new BookSnapshot(1000);
    const levels = (count: number) =>
      Array.from({ length: count }, (_, i): Level => [BigInt(i + 1), BigInt(count)]);
    for (const [bids, asks] of [
      [1000, 999],
      [64, 65],
      [999, 0],
      [1, 1000],
    ] as const) {
      writer.begin();
      writer.levels('bids', levels(bids));
      writer.levels('asks', levels(asks));
      writer.end();
      book.read(snapshot);
      const read = (side: typeof snapshot.bids) =>
        Array.from({ length: side.length }, (_, i) => [side.priceInteger(i), side.quantityInteger(i)]);
      expect(read(snapshot.bids)).toEqual(levels(bids));
      expect(read(snapshot.asks)).toEqual(levels(asks));
    }
  });

  it('stays in a snapshot as it was, until that is read into again', () => {
    const { book, write, writer } = arenaWith(true);
    const snapshot = book.read()!;
    writer.begin();
    writer.levels('bids', [[452_900n, 1n]]);
    writer.end();
    expect(snapshot.bestBid).toBe(45_283.5);
    expect(book.read(snapshot)?.bestBid).toBe(45_290);
    expect(snapshot.bids.length).toBe(1);
    write();
    expect(book.read(snapshot)?.bids.length).toBe(3);
  });

  it('has no best price, spread or mid where a side is empty', () => {
    const { book, writer } = arenaWith(true);
    writer.begin();
    writer.levels('bids', []);
    writer.end();
    expect(book).toMatchObject({ bestBid: undefined, bestAsk: 45_285.2, spread: undefined, mid: undefined });
    expect(book.read()).toMatchObject({ spreadBps: undefined, bestBidQuantity: undefined });
  });

  it('reckons exactly beyond what doubles hold', () => {
    const { book, writer } = arenaWith(true);
    writer.begin();
    writer.set({ BOOK_PRICE_SCALE: 0 });
    writer.levels('bids', [[2n ** 60n + 1n, 1n]]);
    writer.levels('asks', [[2n ** 60n + 3n, 1n]]);
    writer.end();
    expect(book.spread).toBe(2);
    writer.begin();
    writer.levels('asks', [[2n ** 60n + 2n ** 32n, 1n]]);
    writer.end();
    expect(book.spread).toBe(2 ** 32 - 1);
  });

  it.each([
    ['BOOK_STATE_EMPTY', 'BOOK_CHECK_NONE', 0, 'empty', false],
    ['BOOK_STATE_SNAPSHOT', 'BOOK_CHECK_NONE', 0, 'snapshot', true],
    ['BOOK_STATE_SNAPSHOT', 'BOOK_CHECK_MATCHED', 0, 'snapshot', true],
    ['BOOK_STATE_LIVE', 'BOOK_CHECK_MATCHED', 0, 'live', true],
    ['BOOK_STATE_LIVE', 'BOOK_CHECK_FAILED', 0, 'live', false],
    ['BOOK_STATE_RESYNCING', 'BOOK_CHECK_FAILED', 0, 'resyncing', false],
    ['BOOK_STATE_RESYNCING', 'BOOK_CHECK_FAILED', 1, 'degraded', false],
    // The feed's word is older than the snapshot that has come after all.
    ['BOOK_STATE_LIVE', 'BOOK_CHECK_MATCHED', 1, 'live', true],
  ] as const)('with %s, %s and degraded %i is %s', (state, check, degraded, name, trusted) => {
    const { book, arena, write, writer } = arenaWith(false);
    write({ BOOK_STATE: bookLayout[state], BOOK_CHECK: bookLayout[check] });
    arena.u32[writer.at(bookLayout.BOOK_DEGRADED) >> 2] = degraded;
    expect(book).toMatchObject({ state: name, trusted });
    expect(book.read()).toMatchObject({ state: name, trusted });
  });

  it('says until when it was right, what it is of, and how its check went', () => {
    const { book, write } = arenaWith(false);
    write({
      BOOK_AS_OF: 1_791_506_061_904_206_001n,
      BOOK_GOOD_AS_OF: 1_791_506_061_000_000_000n,
      BOOK_RECEIVED_AT: 1_791_506_061_950.5,
      BOOK_GOOD_RECEIVED_AT: 1_791_506_061_050.25,
      BOOK_CHECK: bookLayout.BOOK_CHECK_FAILED,
      BOOK_CHECKSUM: 3_310_070_434,
      BOOK_COMPUTED: 5,
      BOOK_EPOCH: 7,
      BOOK_DEPTH: 10,
      BOOK_UPDATES: 4,
      BOOK_MISMATCHES: 3,
      BOOK_RESYNCS: 2,
      BOOK_IGNORED: 1,
      BOOK_VENUE_SEQUENCE: 99,
    });
    const expected = { asOf: 1_791_506_061_904.206, asOfNs: 1_791_506_061_904_206_001n, epoch: 7 };
    expect(book).toMatchObject({ ...expected, goodUntil: 1_791_506_061_000, check: 'failed' });
    expect(book.read()).toMatchObject({
      ...expected,
      goodUntilNs: 1_791_506_061_000_000_000n,
      receivedAt: 1_791_506_061_950.5,
      goodReceivedAt: 1_791_506_061_050.25,
      check: 'failed',
      checksum: 3_310_070_434,
      computedChecksum: 5,
      depth: 10,
      updates: 4,
      mismatches: 3,
      resyncs: 2,
      ignored: 1,
      venueSequence: 99,
    });
    expect(book.read()!.age(1_791_506_062_000)).toBe(49.5);
    expect(book.read()!.age(0)).toBe(0);
  });

  it('without times and checks says that it knows none', () => {
    const { book } = arenaWith(true);
    expect(book.read()).toMatchObject({ asOf: undefined, asOfNs: 0n, check: 'none', checksum: undefined });
  });

  it('is empty before anything has come, and live once it has', () => {
    const { book, write } = arenaWith(false);
    const nothing = {
      state: 'empty',
      trusted: false,
      bestBid: undefined,
      sequence: 0,
      receivedAt: 0,
      asOfNs: 0n,
    };
    expect(book).toMatchObject(nothing);
    expect(book.read()).toBeUndefined();
    write();
    expect(book).toMatchObject({ state: 'live', trusted: true, bestBid: 45_283.5, sequence: 2 });
  });

  it('of a symbol that comes later is found then', () => {
    const { table, symbols, arena } = arenaWith(true);
    const book = new Book([table], 'ETH/USD');
    expect(book.state).toBe('empty');
    const id = symbols.add('ETH/USD');
    expect(book.read()).toBeUndefined();
    const writer = new BookWriter(arena, 1);
    symbols.setBook(id, 1);
    writer.begin();
    writer.set({ BOOK_STATE: 1, BOOK_SYMBOL: id });
    writer.end();
    expect(book.read()).toMatchObject({ symbol: 'ETH/USD', state: 'snapshot', trusted: true });
  });

  it('has another sequence after every change', () => {
    const { book, write, arena, writer } = arenaWith(true);
    const before = book.sequence;
    write();
    expect(book.sequence).not.toBe(before);
    // It skips 0, which would say that nothing has come.
    arena.u32[writer.at(0) >> 2] = 0xffff_fffe;
    write();
    expect(book.sequence).toBe(2);
    expect(book.state).toBe('live');
  });

  it('that a dead decoder left half written is not there, until it is written again', () => {
    const { book, writer, write } = arenaWith(true);
    const snapshot = book.read()!;
    writer.begin();
    expect(book.read(snapshot)).toBeUndefined();
    expect(book).toMatchObject({ trusted: false, state: 'empty', bestBid: undefined });
    write();
    expect(book).toMatchObject({ trusted: true, state: 'live', bestBid: 45_283.5 });
  });

  it('that moved to another connection is read where it lives', () => {
    const [first, second] = [arenaWith(false), arenaWith(false)];
    const book = new Book([first.table, second.table], SYMBOL);
    expect(book.read()).toBeUndefined();
    first.write({ BOOK_RECEIVED_AT: 10, BOOK_EPOCH: 1 });
    expect(book.epoch).toBe(1);
    second.write({ BOOK_RECEIVED_AT: 20, BOOK_EPOCH: 2 });
    const { sequence } = book;
    expect(book.epoch).toBe(2);
    second.write({ BOOK_RECEIVED_AT: 30, BOOK_STATE: bookLayout.BOOK_STATE_EMPTY });
    expect(book.epoch).toBe(1);
    expect(book.sequence).not.toBe(sequence);
  });

  it('prints as a plain object', () => {
    const { book } = arenaWith(true);
    expect(book.read()!.toObject()).toEqual({
      symbol: SYMBOL,
      state: 'live',
      trusted: true,
      asOf: undefined,
      checksum: undefined,
      bids: expect.arrayContaining([{ price: 45_283.5, quantity: 0.1 }]),
      asks: [
        { price: 45_285.2, quantity: 0.001 },
        { price: 45_286.4, quantity: 1.54571953 },
      ],
    });
  });

  it('is read whole by other threads while it is written, a million times', async () => {
    const { arena } = arenaWith(false, 10);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const common = { handle: arena.handle, stop };
    const reads = 1_000_000;
    const [writes, read] = await Promise.all([
      runThread<number>('book-writer', common),
      runThread<{ whole: number; changes: number }>('book-reader', {
        ...common,
        ...{ symbol: SYMBOL, reads, changes: 1000 },
      }),
    ]);
    expect(read).toMatchObject({ torn: 0, backwards: 0 });
    expect(read.whole).toBeGreaterThanOrEqual(reads);
    expect(writes).toBeGreaterThanOrEqual(read.changes);
  }, 600_000);
});

describe('the books of an arena', () => {
  it('are counted, and those and their levels that found no place', () => {
    const { arena, table } = arenaWith(true);
    expect(table).toMatchObject({ size: 1, capacity: 2, overflowed: 0, levelsOverflowed: 0 });
    expect([table.find(SYMBOL), table.find('X')]).toEqual([0, -1]);
    expect(table.symbolOf(0)).toBe(SYMBOL);
    const header = (writerAt: number) =>
      (new BookWriter(arena).at(0) - bookLayout.BOOKS_HEADER_BYTES + writerAt) >> 2;
    arena.u32[header(bookLayout.BOOKS_OVERFLOWED)] = 3;
    arena.u32[header(bookLayout.BOOKS_LEVELS_OVERFLOWED)] = 4;
    expect(table).toMatchObject({ overflowed: 3, levelsOverflowed: 4 });
  });

  it('are none where it was made without', () => {
    const table = new BookTable(Arena.create({ frameRingBytes: 256, recordSlots: 2, latestInstruments: 0 }));
    expect(table).toMatchObject({ size: 0, capacity: 0, levels: 0, overflowed: 0 });
    expect(new Book([table], SYMBOL)).toMatchObject({ state: 'empty', sequence: 0 });
  });
});
