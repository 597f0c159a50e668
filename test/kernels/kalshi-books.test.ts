import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bookLayout, Line, layout } from './kalshi-line.ts';

const { BOOK_STATE_EMPTY, BOOK_STATE_LIVE, BOOK_STATE_RESYNCING, BOOK_STATE_SNAPSHOT } = bookLayout;

type Row = readonly [string, string];

function snapshot(
  sid: number,
  seq: number,
  market: string,
  yes: readonly Row[] = [['0.4', '5']],
  no?: readonly Row[],
) {
  const sides = { yes_dollars_fp: yes, ...(no && { no_dollars_fp: no }) };
  return JSON.stringify({ type: 'orderbook_snapshot', sid, seq, msg: { market_ticker: market, ...sides } });
}

function delta(sid: number, seq: number, market: string, change = '1', price = '0.4', side = 'yes') {
  const msg = { market_ticker: market, price_dollars: price, delta_fp: change, side };
  return JSON.stringify({ type: 'orderbook_delta', sid, seq, msg });
}

describe('numbers of a subscription', () => {
  it('are one row for all its markets: none of them sees a gap where others have the numbers between', () => {
    const line = new Line();
    const markets = ['KXA', 'KXB', 'KXC'];
    for (const [i, market] of markets.entries()) line.send(snapshot(1, 1 + i, market));
    for (let seq = 4; seq < 60; seq++) {
      const market = markets[(seq * 7) % 3]!;
      expect(line.send(delta(1, seq, market))).toMatchObject([
        { kind: 'delta', state: BOOK_STATE_LIVE, check: bookLayout.BOOK_CHECK_MATCHED },
      ]);
    }
    expect(line.sequence(1)).toMatchObject({ last: 59, gaps: 0 });
    expect(line.counts).toMatchObject({ booksFailed: 0, booksMatched: 59, handedOn: 0 });
  });

  it('are rows of their own for each subscription', () => {
    const line = new Line();
    line.send(snapshot(1, 1, 'KXA'));
    line.send(snapshot(2, 40, 'KXB'));
    expect(line.send(delta(1, 2, 'KXA'))).toMatchObject([{ kind: 'delta' }]);
    expect(line.send(delta(2, 41, 'KXB'))).toMatchObject([{ kind: 'delta' }]);
    expect(line.send(delta(2, 43, 'KXB'))).toMatchObject([{ kind: 'gap', books: 1, sid: 2 }]);
    expect(line.book('KXA').state).toBe(BOOK_STATE_LIVE);
    expect(line.book('KXB').state).toBe(BOOK_STATE_RESYNCING);
  });

  it.each([
    ['ok', '{"id":3,"sid":1,"seq":2,"type":"ok","msg":{"market_tickers":["KXA"]}}'],
    ['ok without a list', '{"id":3,"sid":1,"seq":2,"type":"ok"}'],
    ['error', '{"type":"error","sid":1,"seq":2,"msg":{"code":14,"msg":"Market Ticker required"}}'],
    ['a type of another year', '{"type":"orderbook_note","sid":1,"seq":2,"msg":{}}'],
    ['get_snapshot', snapshot(1, 2, 'KXA').replace('{', '{"id":9,')],
  ])('are used up by %s, too', (_, text) => {
    const line = new Line();
    line.send(snapshot(1, 1, 'KXA'));
    line.send(text);
    expect(line.send(delta(1, 3, 'KXA'))).toMatchObject([{ kind: 'delta', count: 600 }]);
    expect(line.sequence(1)).toMatchObject({ last: 3, gaps: 0 });
  });

  it.each([
    ['too high', 4],
    ['seen already', 2],
    ['lower', 1],
  ])(
    'that are %s make every book of the subscription untrusted at once, and the text is handed on',
    (_, seq) => {
      const line = new Line();
      line.send(snapshot(1, 1, 'KXA'));
      line.send(snapshot(1, 2, 'KXB'));
      line.send(snapshot(7, 1, 'KXC'));
      expect(line.send(delta(1, seq, 'KXA', '-5'))).toEqual([
        expect.objectContaining({
          ...{ kind: 'gap', reason: layout.GAP_SEQUENCE, sid: 1, seq },
          ...{ expected: 3, received: seq, books: 2 },
        }),
      ]);
      expect(line.texts).toMatchObject([{ reason: 'gap' }]);
      for (const market of ['KXA', 'KXB']) {
        expect(line.book(market)).toMatchObject({
          ...{ state: BOOK_STATE_RESYNCING, check: bookLayout.BOOK_CHECK_FAILED, mismatches: 1 },
        });
      }
      // What is not trusted stays as it was, and ignores deltas until its own snapshot.
      expect(line.ladders('KXA').yes).toEqual([[4000, 500]]);
      expect(line.book('KXC').state).toBe(BOOK_STATE_SNAPSHOT);
      expect(line.send(delta(1, seq + 1, 'KXA'))).toEqual([]);
      expect(line.send(snapshot(1, seq + 2, 'KXB'))).toMatchObject([
        { kind: 'snapshot', state: BOOK_STATE_SNAPSHOT },
        { kind: 'gap', reason: layout.GAP_RECOVERED, market: 'KXB', books: 0 },
      ]);
      expect(line.book('KXB')).toMatchObject({ resyncs: 1, state: BOOK_STATE_SNAPSHOT });
      expect(line.book('KXA')).toMatchObject({ ignored: 2, state: BOOK_STATE_RESYNCING });
      expect(line.counts).toMatchObject({ booksFailed: 2, booksIgnored: 2 });
      expect(line.sequence(1)).toMatchObject({ gaps: 1, expected: 3, received: seq });
    },
  );

  it('go from 2^32 − 1 to 0', () => {
    const line = new Line();
    line.send(snapshot(1, 2 ** 32 - 1, 'KXA'));
    expect(line.send(delta(1, 0, 'KXA'))).toMatchObject([{ kind: 'delta', seq: 0 }]);
    expect(line.sequence(1)).toMatchObject({ last: 0, gaps: 0 });
  });

  it('of trades are checked, and the trade is told all the same', () => {
    const line = new Line();
    const trade = (seq: number) =>
      `{"type":"trade","sid":5,"seq":${seq},"msg":{"market_ticker":"KXA","yes_price_dollars":"0.1","count_fp":"1"}}`;
    line.send(trade(1));
    expect(line.send(trade(3))).toMatchObject([
      { kind: 'gap', expected: 2, received: 3, books: 0 },
      { kind: 'trade', yesPrice: 1000, count: 100, seq: 3 },
    ]);
  });

  it('go unchecked when there are more subscriptions than entries, which is said', () => {
    const line = new Line({ sequences: 1 });
    line.send(snapshot(1, 1, 'KXA'));
    expect(line.send(snapshot(2, 1, 'KXB'))).toMatchObject([{ check: bookLayout.BOOK_CHECK_NONE }]);
    expect(line.texts).toMatchObject([{ reason: 'overflowed' }]);
    // The entry of one that has ended is free.
    line.send('{"sid":1,"type":"unsubscribed"}');
    expect(line.send(snapshot(3, 1, 'KXB'))).toMatchObject([{ check: bookLayout.BOOK_CHECK_MATCHED }]);
  });

  it('begin again on a new connection', () => {
    const line = new Line();
    line.send(snapshot(1, 50, 'KXA'));
    line.reset();
    expect(line.book('KXA')).toMatchObject({ state: BOOK_STATE_EMPTY, bids: [] });
    expect(line.send(delta(1, 1, 'KXA'))).toEqual([]);
    expect(line.send(snapshot(1, 2, 'KXA'))).toMatchObject([{ kind: 'snapshot' }]);
  });
});

describe('a book', () => {
  it('shows NO bids as asks at one dollar less their price', () => {
    const line = new Line();
    line.send(
      snapshot(
        1,
        1,
        'KXA',
        [['0.47', '5']],
        [
          ['0.01', '1'],
          ['0.0205', '2500.50'],
        ],
      ),
    );
    expect(line.book('KXA')).toMatchObject({
      bids: [{ price: '0.4700', qty: '5.00' }],
      asks: [
        { price: '0.9795', qty: '2500.50' },
        { price: '0.9900', qty: '1.00' },
      ],
    });
    expect(line.send(delta(1, 2, 'KXA', '-2500.50', '0.0205', 'no'))).toMatchObject([
      {
        side: 'no',
        price: 205,
        change: -250_050,
        count: 0,
        bid: 4700,
        bidCount: 500,
        ask: 9900,
        askCount: 100,
      },
    ]);
  });

  it('takes NO prices as they are when they come on the YES scale', () => {
    const line = new Line({ yesPrice: true });
    expect(line.send(snapshot(1, 1, 'KXA', [['0.47', '5']], [['0.51', '206']]))).toMatchObject([
      { ask: 5100, askCount: 20_600, no: [[4900, 20_600]] },
    ]);
    expect(line.send(delta(1, 2, 'KXA', '1', '0.52', 'no'))).toMatchObject([
      { price: 4800, count: 100, ask: 5100 },
    ]);
    expect(line.book('KXA').asks).toMatchObject([{ price: '0.5100' }, { price: '0.5200' }]);
  });

  it('whose snapshot answers a command is handed on, too', () => {
    const line = new Line();
    line.send(snapshot(1, 1, 'KXA').replace('{', '{"id":7,'));
    expect(line.texts).toMatchObject([{ reason: 'control' }]);
    expect(line.book('KXA')).toMatchObject({ bids: [{ qty: '5.00' }] });
  });

  it('of which a level would be negative is not to be trusted, and others of its subscription are', () => {
    const line = new Line();
    line.send(snapshot(1, 1, 'KXA'));
    line.send(snapshot(1, 2, 'KXB'));
    expect(line.send(delta(1, 3, 'KXA', '-5.01'))).toMatchObject([
      { kind: 'gap', reason: layout.GAP_NEGATIVE, market: 'KXA', books: 1 },
    ]);
    // So that its feed asks for the book.
    expect(line.texts).toMatchObject([{ reason: 'gap' }]);
    expect(line.book('KXA')).toMatchObject({ state: BOOK_STATE_RESYNCING, bids: [{ qty: '5.00' }] });
    expect(line.send(delta(1, 4, 'KXB'))).toMatchObject([{ kind: 'delta' }]);
  });

  it.each([
    ['without a price', delta(1, 2, 'KXA').replace('price_dollars', 'x'), 'malformed'],
    ['without a change', delta(1, 2, 'KXA').replace('delta_fp', 'x'), 'malformed'],
    ['of neither side', delta(1, 2, 'KXA', '1', '0.4', 'maybe'), 'malformed'],
    ['beyond one dollar', delta(1, 2, 'KXA', '1', '1.0001'), 'malformed'],
    ['below nothing', delta(1, 2, 'KXA', '1', '-0.0001'), 'malformed'],
    ['between two prices', delta(1, 2, 'KXA', '1', '0.40005'), 'inexact'],
    ['of a part of a hundredth', delta(1, 2, 'KXA', '0.001'), 'inexact'],
    ['whose level finds no exact sum', delta(1, 2, 'KXA', '90071992547409.92'), 'inexact'],
    ['as a snapshot with no ladder', snapshot(1, 2, 'KXA', 7 as never), 'malformed'],
    ['as a snapshot with a negative count', snapshot(1, 2, 'KXA', [['0.4', '-1']]), 'malformed'],
    ['as a snapshot with too long a price', snapshot(1, 2, 'KXA', [['0.40001', '1']]), 'inexact'],
  ])('gets a message %s: it is not to be trusted, and the text is handed on', (_, text, reason) => {
    const line = new Line();
    line.send(snapshot(1, 1, 'KXA'));
    expect(line.send(text)).toMatchObject([
      { kind: 'gap', reason: layout.GAP_UNUSABLE, market: 'KXA', books: 1 },
    ]);
    expect(line.texts).toMatchObject([{ reason }]);
    expect(line.book('KXA').state).toBe(BOOK_STATE_RESYNCING);
    // The number was used up all the same.
    expect(line.send(snapshot(1, 3, 'KXA'))).toMatchObject([
      { kind: 'snapshot' },
      { kind: 'gap', reason: layout.GAP_RECOVERED },
    ]);
  });

  it('without room for a level is not to be trusted', () => {
    const line = new Line({ bookLevels: 1 });
    const rows = Array.from({ length: line.bookRoom }, (_, i) => [`0.${1000 + i}`, '1'] as const);
    expect(line.send(snapshot(1, 1, 'KXA', rows)).at(-1)).toMatchObject({ kind: 'snapshot' });
    expect(line.send(delta(1, 2, 'KXA', '1', '0.9'))).toMatchObject([{ reason: layout.GAP_UNUSABLE }]);
    expect(line.texts).toMatchObject([{ reason: 'overflowed' }]);
    expect(line.ladders('KXA').yes).toHaveLength(line.bookRoom);
    const more = line.send(snapshot(1, 3, 'KXA', [...rows, ['0.9', '1']]));
    expect(more).toMatchObject([{ reason: layout.GAP_UNUSABLE }]);
  });

  it('comes in as many records as it takes, and any order of levels', () => {
    const line = new Line();
    const rows = Array.from({ length: 15 }, (_, i) => [`0.${10 + ((i * 7) % 15)}`, `${i + 1}`] as const);
    const records = line.send(
      snapshot(1, 1, 'KXA', rows, [
        ['0.2', '0.00'],
        ['0.3', '1'],
      ]),
    );
    expect(records.map(({ part, continued }) => [part, continued])).toEqual([
      [0, true],
      [1, true],
      [2, undefined],
    ]);
    expect(records.flatMap(({ yes }) => yes)).toEqual(
      rows.map(([p, c]) => [Math.round(Number(p) * 10_000), Number(c) * 100]),
    );
    expect(records.flatMap(({ no }) => no)).toEqual([[3000, 100]]);
    const prices = line.ladders('KXA').yes.map(([price]) => price);
    expect(prices).toEqual(prices.toSorted((a, b) => b - a));
    expect(prices).toHaveLength(15);
  });

  it('has no market, no subscription or no snapshot: deltas of it change nothing', () => {
    const line = new Line({ books: 1 });
    expect(line.send(delta(1, 1, 'KXA'))).toEqual([]);
    expect(line.counts.booksIgnored).toBe(1);
    line.send(snapshot(1, 2, 'KXA'));
    // Of another subscription, which has sent no snapshot.
    expect(line.send(delta(2, 1, 'KXA'))).toEqual([]);
    expect(line.ladders('KXA').yes).toEqual([[4000, 500]]);
    expect(line.send(snapshot(1, 3, 'KXB'))).toEqual([]);
    expect(line.texts).toMatchObject([{ reason: 'overflowed' }]);
  });
});

describe('answers in band', () => {
  it('end subscriptions: books are empty, and what still comes is ignored and counted', () => {
    const line = new Line();
    line.send(snapshot(1, 1, 'KXA'));
    line.send(snapshot(2, 1, 'KXB'));
    line.send('{"id":2,"sid":1,"seq":2,"type":"unsubscribed"}');
    expect(line.book('KXA')).toMatchObject({ state: BOOK_STATE_EMPTY, bids: [] });
    expect(line.book('KXB').state).toBe(BOOK_STATE_SNAPSHOT);
    expect(line.send(delta(1, 9, 'KXA'))).toEqual([]);
    expect(line.send(snapshot(1, 10, 'KXA'))).toEqual([]);
    expect(line.counts).toMatchObject({ booksIgnored: 2, booksFailed: 0 });
    expect(line.sequence(1)).toMatchObject({ ended: true, last: 2 });
  });

  it.each([10, 25])('with error %s end a subscription whose books are not to be trusted then', (code) => {
    const line = new Line();
    line.send(snapshot(1, 1, 'KXA'));
    expect(line.send(`{"type":"error","sid":1,"seq":2,"msg":{"code":${code},"msg":""}}`)).toMatchObject([
      { kind: 'gap', reason: layout.GAP_ENDED, sid: 1, expected: 0, received: code, books: 1 },
    ]);
    expect(line.texts).toMatchObject([{ reason: 'control' }]);
    expect(line.book('KXA').state).toBe(BOOK_STATE_RESYNCING);
    // Another subscription mends it.
    expect(line.send(snapshot(2, 1, 'KXA'))).toMatchObject([
      { kind: 'snapshot' },
      { reason: layout.GAP_RECOVERED },
    ]);
  });

  it('with other errors, or without a subscription, end none', () => {
    const line = new Line();
    line.send(snapshot(1, 1, 'KXA'));
    line.send('{"type":"error","sid":1,"seq":2,"msg":{"code":26,"msg":""}}');
    line.send('{"type":"error","id":4,"msg":{"code":10,"msg":""}}');
    expect(line.send(delta(1, 3, 'KXA'))).toMatchObject([{ kind: 'delta' }]);
  });

  it.each([
    ['in msg', '"msg":{"market_tickers":["KXB","KXZ",7]}'],
    ['beside it', '"market_tickers":["KXB"]'],
  ])('with a list %s empty the books that are not in it', (_, list) => {
    const line = new Line();
    line.send(snapshot(1, 1, 'KXA'));
    line.send(snapshot(1, 2, 'KXB'));
    line.send(snapshot(2, 1, 'KXC'));
    // As an answer without number, and as the control side puts it in itself.
    line.send(`{"type":"ok","sid":1,${list}}`);
    expect(['KXA', 'KXB', 'KXC'].map((market) => line.book(market).state)).toEqual([
      ...[BOOK_STATE_EMPTY, BOOK_STATE_SNAPSHOT, BOOK_STATE_SNAPSHOT],
    ]);
    expect(line.send(delta(1, 3, 'KXA'))).toEqual([]);
    expect(line.send(delta(1, 4, 'KXB'))).toMatchObject([{ kind: 'delta' }]);
  });

  it('between a gap and a snapshot take nothing away from the end of the gap', () => {
    const line = new Line();
    line.send(snapshot(1, 1, 'KXA'));
    line.send(delta(1, 3, 'KXA'));
    line.send('{"sid":1,"seq":4,"type":"unsubscribed"}');
    expect(line.send(snapshot(2, 1, 'KXA'))).toMatchObject([
      { kind: 'snapshot' },
      { reason: layout.GAP_RECOVERED },
    ]);
    expect(line.send(snapshot(2, 2, 'KXA'))).toMatchObject([{ kind: 'snapshot' }]);
  });

  it('that begin a subscription with a number of old begin its row anew', () => {
    const line = new Line();
    line.send(snapshot(1, 8, 'KXA'));
    line.send('{"sid":1,"type":"unsubscribed"}');
    line.send('{"id":1,"type":"subscribed","msg":{"channel":"orderbook_delta","sid":1}}');
    expect(line.send(snapshot(1, 1, 'KXA'))).toMatchObject([{ kind: 'snapshot' }]);
  });
});

const fixtures = new URL('../../../shared/fixtures/kalshi/', import.meta.url);

describe.skipIf(!existsSync(fixtures))('sample frames of all years', () => {
  const files = existsSync(fixtures)
    ? readdirSync(fixtures).filter((name) => !name.includes('commands'))
    : [];

  it.each(files)('%s: all decode, with nothing malformed and nothing inexact', (name) => {
    const line = new Line({ symbols: 256 });
    const DATA = ['ticker', 'trade', 'orderbook_snapshot', 'orderbook_delta'];
    for (const text of readFileSync(new URL(name, fixtures), 'utf8').split('\n').filter(Boolean)) {
      line.texts.length = 0;
      // Each is a sample of its own: numbers of one are none of another.
      line.reset();
      const message = JSON.parse(text) as { type: string; msg: { market_ticker?: string } };
      const records = line.send(text);
      expect(line.texts.map(({ reason }) => reason)).toEqual(DATA.includes(message.type) ? [] : ['control']);
      if (message.type === 'orderbook_delta') expect(line.counts.booksIgnored).toBeGreaterThan(0);
      else if (DATA.includes(message.type)) {
        expect(records.length).toBeGreaterThan(0);
        for (const record of records) expect(record).toMatchObject({ market: message.msg.market_ticker });
        for (const record of records) expect(record).not.toHaveProperty('inexact');
      }
    }
  });
});
