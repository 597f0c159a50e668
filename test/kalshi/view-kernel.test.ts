/// <reference path="../../src/webassembly.d.ts" />
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Arena, FRAME_KIND_RESET, FRAME_KIND_TEXT, FrameWriter } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { attach, KALSHI_VENUE } from '../support/kalshi-views-internals.ts';
import { Lane } from '../support/memory-internals.ts';

const kernel = new WebAssembly.Module(
  readFileSync(new URL('../../dist/workers/kernels/kalshi.wasm', import.meta.url)),
);

/** Texts in, and a reader's view of them. */
function line() {
  const arena = Arena.create({
    ...{ venue: KALSHI_VENUE, frameRingBytes: 2 ** 18, recordSlots: 256, latestInstruments: 64 },
    ...{ symbols: 16, books: 8, bookLevels: 100, sequences: 8 },
  });
  const frames = new FrameWriter(arena);
  const lane = new Lane(arena, kernel, { whenFull: undefined, onText: () => {}, onQuarantine: () => {} });
  const pass = (bytes: Uint8Array, kind: number) => {
    if (!frames.write(bytes, kind, 1_795_249_800_000, 1)) throw new Error('no room for the frame');
    while (lane.drain(10) > 0);
  };
  return {
    attachment: attach({ venue: 'kalshi', arenas: [arena.handle] }),
    send: (message: object) => pass(Buffer.from(JSON.stringify(message)), FRAME_KIND_TEXT),
    reset: () => pass(new Uint8Array(), FRAME_KIND_RESET),
  };
}

type LevelText = readonly [price: string, count: string];

function snapshot(ticker: string, seq: number, yes: readonly LevelText[], no: readonly LevelText[], sid = 1) {
  const sides = { ...(yes.length && { yes_dollars_fp: yes }), ...(no.length && { no_dollars_fp: no }) };
  return { type: 'orderbook_snapshot', sid, seq, msg: { market_ticker: ticker, market_id: 'm', ...sides } };
}

function delta(ticker: string, seq: number, side: 'yes' | 'no', price: string, change: string, sid = 1) {
  const change_ = { price_dollars: price, delta_fp: change, side, ts_ms: 1_795_249_800_123 };
  return { type: 'orderbook_delta', sid, seq, msg: { market_ticker: ticker, ...change_ } };
}

describe('what the kernel decodes', () => {
  it('is read as records of every kind', () => {
    const { attachment, send } = line();
    using reader = attachment.reader();
    const time = { ts_ms: 1_795_249_800_123 };
    const ticker = {
      ...{ market_ticker: 'A', market_id: 'id-a', price_dollars: '0.4750', yes_bid_dollars: '0.4700' },
      ...{ yes_ask_dollars: '0.4805', yes_bid_size_fp: '120.50', yes_ask_size_fp: '3.00', ...time },
      ...{ volume_fp: '9876543210.12', open_interest_fp: '5.00', dollar_volume: -7 },
    };
    send({ type: 'ticker', sid: 3, msg: ticker, sending_ts_ms: 1_795_249_800_150 });
    const trade = {
      ...{ trade_id: 't-1', market_ticker: 'A', yes_price_dollars: '0.3600', no_price_dollars: '0.6400' },
      ...{
        count_fp: '136.50',
        taker_outcome_side: 'no',
        taker_book_side: 'ask',
        is_block_trade: false,
        ...time,
      },
    };
    send({ type: 'trade', sid: 4, seq: 1, msg: trade });
    send(
      snapshot(
        'A',
        1,
        [
          ['0.4700', '120.50'],
          ['0.0001', '1.00'],
        ],
        [['0.5150', '3.00']],
      ),
    );
    send(delta('A', 2, 'no', '0.5150', '-3.00'));
    const seen: object[] = [];
    for (const record of reader.drain()) seen.push(record.toObject());
    expect(seen).toMatchObject([
      {
        ...{ kind: 'ticker', marketTicker: 'A', timestamp: 1_795_249_800_123, price: 0.475, yesBid: 0.47 },
        ...{ yesAsk: 0.4805, noBid: 0.5195, noAsk: 0.53, volume: 9_876_543_210.12, dollarVolume: -7 },
        lastSize: undefined,
      },
      {
        ...{ kind: 'trade', yesPrice: 0.36, noPrice: 0.64, count: 136.5, takerSide: 'no' },
        ...{ takerBookSide: 'ask', blockTrade: false, tradeId: 't-1' },
      },
      {
        ...{ kind: 'book', snapshot: true, sid: 1, seq: 1, yesBid: 0.47, yesAsk: 0.485, state: 'snapshot' },
        yes: expect.arrayContaining([{ price: 0.0001, size: 1 }]),
        no: [{ price: 0.515, size: 3 }],
      },
      {
        ...{ kind: 'book', snapshot: false, seq: 2, side: 'no', price: 0.515, delta: -3, state: 'live' },
        ...{ no: [{ price: 0.515, size: 0 }], yes: [], yesBid: 0.47, yesAsk: undefined, check: 'matched' },
      },
    ]);
    expect(attachment.latest('ticker', 'A')).toMatchObject({
      ...{ yesBidText: '0.4700', volumeText: '9876543210.12', marketId: 'id-a', sid: 3, seq: undefined },
      sentAt: 1_795_249_800_150,
    });
    expect(attachment.latest('trade', 'A')).toMatchObject({ countUnits: 13_650, seq: 1 });
    expect(attachment.latest('book', 'A')).toMatchObject({ sizeUnits: 0, seq: 2 });
  });

  it('makes books whose gaps and recoveries readers see at once', () => {
    const { attachment, send, reset } = line();
    using reader = attachment.reader();
    const [a, b] = [attachment.book('A'), attachment.book('B')];
    send(snapshot('A', 1, [['0.4700', '10.00']], [['0.5000', '5.00']]));
    send(snapshot('B', 2, [['0.10', '1.00']], []));
    send(delta('A', 3, 'yes', '0.4800', '2.25'));
    expect(a).toMatchObject({ trusted: true, yesBid: 0.48, yesBidSize: 2.25, noAsk: 0.52, sid: 1, seq: 3 });
    expect(b).toMatchObject({ trusted: true, yesBid: 0.1, noBid: undefined });
    // 4 is missing: whatever it was, no book of the subscription is to be trusted.
    send(delta('A', 5, 'yes', '0.4900', '1.00'));
    expect(attachment.summary()).toMatchObject({ trusted: 0, untrusted: 2, gaps: 2, recoveries: 0 });
    expect([a.state, b.state, a.yesBid]).toEqual(['resyncing', 'resyncing', 0.48]);
    expect(attachment.sequences()).toEqual([
      { connection: 0, sid: 1, ended: false, seq: 5, gaps: 1, expected: 4, received: 5 },
    ]);
    send(snapshot('B', 6, [['0.12', '1.00']], []));
    expect([a.trusted, b.trusted, b.yesBid]).toEqual([false, true, 0.12]);
    send(snapshot('A', 7, [['0.4700', '9.00']], [['0.5000', '5.00']]));
    expect(attachment.summary()).toMatchObject({ trusted: 2, untrusted: 0, gaps: 2, recoveries: 2 });
    const gaps: unknown[] = [];
    for (const each of reader.drain()) {
      if (each.kind !== 'gap') continue;
      gaps.push([each.reason, each.marketTicker, each.expected, each.received, each.books]);
    }
    expect(gaps).toEqual([
      ['sequence', '', 4, 5, 2],
      ['recovered', 'B', undefined, undefined, 0],
      ['recovered', 'A', undefined, undefined, 0],
    ]);
    reset();
    expect([a.state, attachment.summary().markets, attachment.sequences()]).toEqual(['empty', [], []]);
  });

  const price = fc.integer({ min: 1, max: 9999 });
  const count = fc.integer({ min: 1, max: 2 ** 40 });
  const ladder = fc.uniqueArray(fc.tuple(price, count), { selector: ([at]) => at, maxLength: 12 });
  const change = fc.record({
    side: fc.constantFrom('yes', 'no'),
    price,
    count: fc.integer({ min: -50, max: 50 }),
  });

  it('makes the books that maps would make, with both outcomes mirrored', () => {
    const { attachment, send } = line();
    const book = attachment.book('A');
    let seq = 0;
    const dollars = (units: number) => (units / 10_000).toFixed(4);
    const contracts = (units: number) => (units / 100).toFixed(2);
    fc.assert(
      fc.property(ladder, ladder, fc.array(change, { maxLength: 20 }), (yes, no, changes) => {
        const model = { yes: new Map(yes), no: new Map(no) };
        const texts = (side: typeof yes) =>
          side.map(([at, size]): LevelText => [dollars(at), contracts(size)]);
        send(snapshot('A', ++seq, texts(yes), texts(no)));
        for (const { side, price: at, count: by } of changes) {
          const map = model[side];
          const after = (map.get(at) ?? 0) + by;
          if (by === 0 || after < 0) continue;
          send(delta('A', ++seq, side, dollars(at), contracts(by)));
          if (after === 0) map.delete(at);
          else map.set(at, after);
        }
        const copy = book.read()!;
        for (const [bids, asks, map] of [
          [copy.yesBids, copy.noAsks, model.yes],
          [copy.noBids, copy.yesAsks, model.no],
        ] as const) {
          const best = [...map].toSorted(([x], [y]) => y - x);
          const read = Array.from({ length: bids.length }, (_, i) => [bids.priceUnits(i), bids.sizeUnits(i)]);
          expect(read).toEqual(best);
          const implied = Array.from({ length: asks.length }, (_, i) => [
            10_000 - asks.priceUnits(i),
            asks.sizeUnits(i),
          ]);
          expect(implied).toEqual(best);
        }
        const newest = attachment.latest('book', 'A')!;
        expect([newest.yesBidUnits, newest.yesAskUnits, newest.noBidUnits, newest.noAskUnits]).toEqual([
          ...[copy.yesBidUnits, copy.yesAskUnits, copy.noBidUnits, copy.noAskUnits],
        ]);
        expect([newest.spread, newest.midpoint]).toEqual([copy.spread, copy.midpoint]);
        expect(copy).toMatchObject({ trusted: true, seq });
      }),
    );
  });
});
