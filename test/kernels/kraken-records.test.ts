import { LatestTable, privateMemory } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { instantiate, krakenArena, Line, layout, recordLayout, symbolLayout } from './kraken-line.ts';
import { MESSAGES } from './kraken-messages.ts';
import { bookSession, randomFrom } from './kraken-sessions.ts';

/** The first message of a channel. */
function messageOf(channel: string): string {
  return MESSAGES.find((text) => text.includes(`"channel":"${channel}"`))!;
}

function nanoseconds(time: string, rest = 0n): bigint {
  return BigInt(Date.parse(time)) * 1_000_000n + rest;
}

describe('a record', () => {
  it('of a ticker has all that was told', () => {
    expect(new Line().send(messageOf('ticker'))).toStrictEqual([
      {
        kind: 'ticker',
        symbol: 'BTC/USD',
        instrument: layout.SLOT_TICKER,
        time: nanoseconds('2026-09-25T17:48:26Z', 844_359_000n),
        bid: '83744.2',
        bid_qty: '0.56251979',
        ask: '83744.3',
        ask_qty: '0.00044780',
        last: '83744.3',
        volume: '3156.84782110',
        vwap: '84174.6',
        low: '83163.6',
        high: '85247.4',
        change: '-429.3',
        change_pct: '-0.51',
        trades: 135_262,
      },
    ]);
  });

  it('of a ticker lacks what was not told, whatever was in its slot before', () => {
    const line = new Line({ recordSlots: 2 });
    for (let i = 0; i < 4; i++) line.send(messageOf('ticker'));
    const bare = '{"channel":"ticker","type":"snapshot","data":[{"symbol":"BTC/USD","last":5e-8}]}';
    expect(line.send(bare)).toStrictEqual([
      { kind: 'ticker', symbol: 'BTC/USD', instrument: 0, snapshot: true, last: '0.00000005' },
    ]);
  });

  it('is made of each trade', () => {
    expect(new Line().send(messageOf('trade'))).toStrictEqual([
      {
        kind: 'trade',
        symbol: 'ETH/USD',
        instrument: layout.SLOT_TRADE,
        time: nanoseconds('2026-01-19T15:36:48Z', 413_515_000n),
        price: '3213.89',
        qty: '0.02315574',
        trade_id: 59_874_571n,
        side: 'buy',
        ord_type: 'market',
      },
      {
        kind: 'trade',
        symbol: 'BTC/USD',
        instrument: layout.SLOT_TRADE,
        time: nanoseconds('2026-10-09T00:34:22Z', 814_908_000n),
        price: '81776.7',
        qty: '0.00000879',
        trade_id: 110_763_306n,
        side: 'sell',
        ord_type: 'limit',
      },
    ]);
  });

  it('is made of each candle, with the time of its message', () => {
    const [first, second] = new Line().send(messageOf('ohlc'));
    expect(first).toStrictEqual({
      kind: 'candle',
      symbol: 'BTC/USDT',
      instrument: layout.SLOT_CANDLE,
      snapshot: true,
      time: nanoseconds('2026-09-10T17:44:43Z', 105_760_475n),
      open: '77400.0',
      high: '77445.8',
      low: '77400.0',
      close: '77416.3',
      volume: '0.25302078',
      vwap: '77416.2',
      trades: 15,
      interval: 1,
      begin: nanoseconds('2026-09-10T17:32:00Z'),
    });
    expect(second).toMatchObject({ begin: nanoseconds('2026-09-10T17:33:00Z'), close: '77397.1' });
  });

  it('is made of each pair of the reference data, which is handed on, too', () => {
    const line = new Line();
    expect(line.send(messageOf('instrument'))).toStrictEqual([
      {
        kind: 'instrument',
        symbol: 'EUR/USD',
        instrument: layout.SLOT_INSTRUMENT,
        snapshot: true,
        price_increment: '0.00001',
        qty_increment: '0.00000001',
        qty_min: '0.50000000',
        cost_min: '0.50',
        price_precision: 5,
        qty_precision: 8,
        cost_precision: 5,
        status: layout.INSTRUMENT_STATUS_ONLINE,
        marginable: 0,
        has_index: 1,
      },
      {
        kind: 'instrument',
        symbol: 'BTC/USD',
        instrument: layout.SLOT_INSTRUMENT,
        snapshot: true,
        price_increment: '0.1',
        qty_increment: '0.00000001',
        qty_min: '0.00005',
        cost_min: '0.5',
        margin_initial: '0.20',
        price_precision: 1,
        qty_precision: 8,
        cost_precision: 5,
        status: layout.INSTRUMENT_STATUS_POST_ONLY,
        marginable: 1,
        has_index: 1,
        position_limit_long: 360,
        position_limit_short: 250,
      },
    ]);
    expect(line.texts).toMatchObject([{ reason: 'control' }]);
    const entry = line.symbolEntry(1);
    expect(line.u8(entry + symbolLayout.SYMBOL_PRICE_PRECISION)).toBe(1);
    expect(line.u8(entry + symbolLayout.SYMBOL_QUANTITY_PRECISION)).toBe(8);
    // What an update leaves out stays as it is.
    line.send(
      '{"channel":"instrument","type":"update","data":{"assets":[],"pairs":[{"symbol":"BTC/USD","price_precision":2}]}}',
    );
    expect(line.u8(entry + symbolLayout.SYMBOL_PRICE_PRECISION)).toBe(2);
    expect(line.u8(entry + symbolLayout.SYMBOL_QUANTITY_PRECISION)).toBe(8);
  });

  it('is made of a status, which is handed on, too', () => {
    const line = new Line();
    expect(line.send(messageOf('status'))).toStrictEqual([
      {
        kind: 'status',
        symbol: '',
        instrument: layout.SLOT_STATUS,
        system: layout.SYSTEM_ONLINE,
        maintenance: 1,
        emergency: 0,
        connection_id: 13_834_774_380_200_032_777n,
      },
    ]);
    expect(line.texts).toMatchObject([{ reason: 'control' }]);
    expect(line.symbols).toEqual([]);
  });

  it.each([
    ['18446744073709551615', 2n ** 64n - 1n],
    ['18446744073709551616', 0n],
    ['99999999999999999999999', 0n],
    ['1.5', 0n],
    ['"12"', 0n],
    ['-1', 0n],
  ])('of a status knows connection_id %s', (written, expected) => {
    const text = `{"channel":"status","type":"update","data":[{"connection_id":${written},"system":"limit_only"}]}`;
    expect(new Line().send(text)).toMatchObject([
      { connection_id: expected, system: layout.SYSTEM_LIMIT_ONLY },
    ]);
  });

  it('is made of each order of level 3, bids first, with what its message says', () => {
    const line = new Line();
    line.send(messageOf('instrument'));
    const time = nanoseconds('2024-01-08T12:26:46Z', 1_200_118n);
    const common = {
      kind: 'order',
      symbol: 'BTC/USD',
      instrument: layout.SLOT_ORDER,
      time,
      checksum: 4_214_623_937,
    };
    expect(line.send(messageOf('level3'))).toStrictEqual([
      {
        ...{
          ...common,
          continued: true,
          timestamp: time,
          order_id: 'OQ5WAX-SNVPL-R7VY2E',
          precisions: [1, 8],
        },
        ...{
          limit_price: '44939.4',
          order_qty: '0.05000000',
          side: layout.SIDE_BUY,
          event: layout.ORDER_EVENT_ADD,
        },
      },
      {
        ...{
          ...common,
          continued: true,
          timestamp: time,
          order_id: 'OFVLAA-HRSSP-BK75KB',
          precisions: [1, 8],
        },
        ...{
          limit_price: '44939.5',
          order_qty: '4.40000000',
          side: layout.SIDE_SELL,
          event: layout.ORDER_EVENT_MODIFY,
        },
      },
      {
        ...{ ...common, timestamp: nanoseconds('2024-01-08T12:26:46Z', 524_871_322n), precisions: [1, 8] },
        ...{ limit_price: '44939.5', order_qty: '0.00111261', order_id: 'OYBAMK-O5DKX-WMPUTM' },
        ...{ side: layout.SIDE_SELL, event: layout.ORDER_EVENT_DELETE },
      },
    ]);
  });

  it('says that level 3 has no orders', () => {
    const text =
      '{"channel":"level3","type":"snapshot","data":[{"symbol":"A","bids":[],"asks":[],"checksum":7}]}';
    expect(new Line().send(text)).toMatchObject([{ order_id: '', snapshot: true, checksum: 7, side: 0 }]);
  });

  it('says which frame, connection and epoch it came in, where in the frame, when, and its own number', () => {
    const line = new Line({ connection: 513, recordSlots: 4, startPosition: 2 ** 32 - 8 });
    const heads: unknown[] = [];
    for (let frame = 0; frame < 3; frame++) {
      const before = performance.timeOrigin + performance.now();
      const from = line.published;
      line.send(messageOf('trade'), { receivedAt: 1.7e12 + frame / 4, epoch: 5 + frame });
      for (let position = from; position !== line.published; position = (position + 1) >>> 0) {
        const at = line.slot(position);
        const decodedAt = line.f64(at + recordLayout.RECORD_DECODED_AT);
        expect(decodedAt).toBeGreaterThanOrEqual(before);
        expect(decodedAt).toBeLessThanOrEqual(performance.timeOrigin + performance.now());
        heads.push({
          frame: line.u32(at + recordLayout.RECORD_FRAME),
          index: line.u16(at + recordLayout.RECORD_INDEX),
          number: line.u32(at + recordLayout.RECORD_NUMBER),
          epoch: line.u32(at + recordLayout.RECORD_EPOCH),
          connection: line.u16(at + recordLayout.RECORD_CONNECTION),
          receivedAt: line.f64(at + recordLayout.RECORD_RECEIVED_AT),
        });
      }
    }
    expect(heads).toEqual(
      Array.from({ length: 6 }, (_, i) => ({
        frame: i >> 1,
        index: i & 1,
        number: (2 ** 32 - 8 + i) >>> 0,
        epoch: 5 + (i >> 1),
        connection: 513,
        receivedAt: 1.7e12 + (i >> 1) / 4,
      })),
    );
  });
});

describe('a heartbeat', () => {
  it('is counted, and is no record', () => {
    const line = new Line();
    expect(line.send('{"channel":"heartbeat"}')).toEqual([]);
    expect(line.counts).toMatchObject({ heartbeats: 1, handedOn: 0, framesDecoded: 1 });
  });
});

/** What the latest table holds for a symbol's channel. */
function newest(line: Line, symbol: string, slot: number): unknown {
  const copy = privateMemory(recordLayout.RECORD_BYTES);
  if (!new LatestTable(line.arena).read(line.symbols.indexOf(symbol) * 8 + slot, copy)) return undefined;
  const { u8 } = line.arena;
  // Read like any record: in the arena, where its symbols are.
  const at = line.slot(0);
  const was = u8.slice(at, at + recordLayout.RECORD_BYTES);
  u8.set(copy.u8.subarray(0, recordLayout.RECORD_BYTES), at);
  const record = line.recordAt(at);
  u8.set(was, at);
  return record;
}

describe('the latest table', () => {
  const gaps =
    '{"channel":"book","type":"snapshot","data":[{"symbol":"Z","bids":[],"asks":[],"checksum":5}]}';

  it('holds the newest record of each symbol and channel, of a book the last one of its message', () => {
    const line = new Line();
    const seen = new Map<string, unknown>();
    const session = bookSession({ depth: 10, updates: 9, random: randomFrom(1) }).map(({ text }) => text);
    for (const text of [...MESSAGES, ...session, ...MESSAGES, gaps]) {
      for (const record of line.send(text)) seen.set(`${record.symbol} ${record.kind}`, record);
    }
    const slots = { ticker: 0, trade: 1, book: 2, candle: 3, instrument: 4 } as const;
    let found = 0;
    for (const [kind, slot] of Object.entries(slots)) {
      for (const symbol of line.symbols) {
        expect(newest(line, symbol, slot)).toEqual(seen.get(`${symbol} ${kind}`));
        found += Number(seen.has(`${symbol} ${kind}`));
      }
    }
    expect(found).toBeGreaterThan(7);
    for (const slot of [layout.SLOT_ORDER, layout.SLOT_STATUS, layout.SLOT_GAP]) {
      for (const symbol of line.symbols) expect(newest(line, symbol, slot)).toBeUndefined();
    }
  });

  it('and books and symbols are brought up to date when there is no room for records', () => {
    const session = bookSession({ depth: 25, updates: 30, random: randomFrom(2) }).map(({ text }) => text);
    const texts = [...MESSAGES, ...session, gaps, MESSAGES[2]!];
    const roomy = new Line();
    // Two slots hold no frame of three objects.
    const cramped = new Line({ recordSlots: 2 });
    let dropped = 0;
    for (const text of texts) {
      const made = roomy.send(text).length;
      const kept = cramped.send(text).length;
      expect([0, made]).toContain(kept);
      dropped += made - kept;
    }
    expect(dropped).toBeGreaterThan(40);
    expect(cramped.counts).toMatchObject({ recordsDropped: dropped, handedOn: roomy.counts.handedOn });
    expect(cramped.counts.booksMatched).toBe(roomy.counts.booksMatched);
    expect(cramped.symbols).toEqual(roomy.symbols);
    for (const symbol of ['BTC/USD', 'Z'])
      expect(cramped.book(symbol)).toMatchObject(timeless(roomy.book(symbol)));
    for (const symbol of roomy.symbols) {
      for (let slot = 0; slot < 8; slot++)
        expect(newest(cramped, symbol, slot)).toEqual(newest(roomy, symbol, slot));
    }
  });

  it('is done without where there is none', () => {
    const line = new Line({ latestInstruments: 0 });
    for (const text of MESSAGES) line.send(text);
    expect(line.counts.records).toBeGreaterThan(10);
  });
});

function timeless<Book extends { sequence: number }>({ sequence: _, ...book }: Book): Omit<Book, 'sequence'> {
  return book;
}

describe('an arena', () => {
  it('without the workspace of a kernel that reads text is refused by it', () => {
    for (const options of [
      { symbols: 0, books: 0 },
      { workspaceBytes: 4096 },
      { workspaceBytes: 80_000, books: 8 },
    ]) {
      expect(() => instantiate(krakenArena(options))).toThrow(/unreachable/);
    }
  });

  it('without symbols or books has records of neither', () => {
    const line = new Line({ symbols: 0, books: 0, workspaceBytes: 2 ** 18 });
    for (const text of MESSAGES) line.send(text);
    expect(line.texts.filter(({ reason }) => reason === 'overflowed').length).toBe(9);
    expect(line.counts.records).toBe(1);
    const bookless = new Line({ books: 0 });
    bookless.send(messageOf('book'));
    expect(bookless.texts).toMatchObject([{ reason: 'overflowed' }]);
    bookless.send('', { kind: 3 });
  });
});
