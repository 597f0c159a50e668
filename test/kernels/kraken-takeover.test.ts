import {
  FRAME_KIND_TEXT,
  FrameReader,
  FrameWriter,
  type RecordMemory,
  RecordReader,
  type RecordView,
} from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { startThread } from '../support/memory.ts';
import { DecoderControl } from '../support/memory-internals.ts';
import {
  arenaLayout,
  bookLayout,
  instantiate,
  krakenKernel,
  Line,
  layout,
  type Raw,
  recordLayout,
  symbolLayout,
  workspaceLayout,
} from './kraken-line.ts';
import { MESSAGES } from './kraken-messages.ts';
import { bookSession, bookText, randomFrom } from './kraken-sessions.ts';

const SYMBOL = 'BTC/USD';

function acknowledged(method: string): string {
  return `{"method":"${method}","result":{"channel":"book","depth":10,"symbol":"${SYMBOL}"},"success":true}`;
}

/** A story with everything that may happen to a book. */
function story(): string[] {
  const session = bookSession({ depth: 10, updates: 12, random: randomFrom(11) });
  const texts = session.map(({ text }) => text);
  const again = bookSession({ depth: 10, updates: 3, random: randomFrom(12) }).map(({ text }) => text);
  const wrong = texts[5]!.replace(/"checksum":\d+/, '"checksum":1');
  const finer = bookText('update', SYMBOL, [{ price: '0.0000001', qty: '1' }], [], undefined);
  const unusable = bookText('update', SYMBOL, [{ price: '1', qty: '-1' }], [], 1);
  const twice = `${texts[0]!.slice(0, -2)},${texts[0]!.slice(texts[0]!.indexOf('[') + 1, -2)}]}`;
  return [
    ...[acknowledged('subscribe'), ...texts.slice(0, 5), wrong, texts[6]!, acknowledged('unsubscribe')],
    ...[acknowledged('subscribe'), twice, ...MESSAGES, unusable, wrong, texts[1]!, ...again, finer],
    ...[acknowledged('unsubscribe'), texts[1]!, ...again],
  ];
}

/** What counts messages counts one more when one is decoded again. */
function uncounted({
  sequence: _,
  updates: _u,
  mismatches: _m,
  resyncs: _r,
  ignored: _i,
  ...book
}: ReturnType<Line['book']>) {
  return book;
}

/** Records, without what differs from run to run. */
function told(line: Line, text: string): { records: Raw[]; texts: string[]; book: object | undefined } {
  line.texts.length = 0;
  const records = line.send(text);
  const book = line.bookAt(SYMBOL) === undefined ? undefined : uncounted(line.book(SYMBOL));
  return { records, texts: line.texts.map(({ reason }) => reason), book };
}

describe('a decoder that takes over', () => {
  it('comes to the same end, whichever frame its predecessor died of', () => {
    const texts = story();
    const whole = new Line();
    const expected = texts.map((text) => told(whole, text));
    for (let death = 0; death < texts.length; death++) {
      for (const deaths of [1, 3]) {
        const line = new Line();
        for (const [i, text] of texts.entries()) {
          if (i === death) {
            const tap = new FrameReader(line.arena, 'tap');
            line.frames.write(Buffer.from(text), FRAME_KIND_TEXT, 1, 1);
            expect(tap.next()).toBe(true);
            for (let life = 0; life < deaths; life++)
              instantiate(line.arena).decode(tap.head, line.published, 1);
            tap.leave();
            line.newLane();
            line.texts.length = 0;
            const from = line.published;
            expect(line.lane.drain(2)).toBe(1);
            const records = line.recordsFrom(from);
            const reasons = line.texts.map(({ reason }) => reason);
            const book = line.bookAt(SYMBOL) === undefined ? undefined : uncounted(line.book(SYMBOL));
            expect({ records, texts: reasons, book }, `frame ${i}`).toEqual(expected[i]);
          } else {
            expect(told(line, text), `frame ${i} after ${death}`).toEqual(expected[i]);
          }
        }
      }
    }
  });

  const b = bookLayout;

  /** A book of ten levels a side, and where its bids lie. */
  function started() {
    const line = new Line();
    const [first, second] = bookSession({ depth: 10, updates: 1, levels: 10, random: randomFrom(1) });
    line.send(first!.text);
    const book = line.bookAt(SYMBOL)!;
    return { line, first: first!, second: second!, book, bids: book + b.BOOK_HEAD_BYTES };
  }

  /** Decodes the whole session anew from its second message on, as a successor. */
  function expectMended({ line, second }: ReturnType<typeof started>): void {
    line.newLane();
    line.send(second.text);
    expect(line.book(SYMBOL)).toMatchObject({
      bids: second.bids,
      asks: second.asks,
      check: b.BOOK_CHECK_MATCHED,
    });
    expect(line.book(SYMBOL).sequence % 2).toBe(0);
  }

  it('mends a side that was left with a level twice, wherever its levels were being moved', () => {
    for (let place = 0; place < 10; place++) {
      for (let moved = 9; moved >= place; moved--) {
        const start = started();
        const { u8, u32 } = start.line.arena;
        // Making room at `place`: the last one is moved first, and counted, then those before it.
        u32[(start.book + b.BOOK_SEQUENCE) >> 2]! |= 1;
        const levels = Buffer.from(u8.slice(start.bids, start.bids + 160));
        u8.set(levels.subarray(moved * 16), start.bids + (moved + 1) * 16);
        u32[(start.book + b.BOOK_BID_COUNT) >> 2] = 11;
        expectMended(start);
      }
      for (let moved = place; moved < 9; moved++) {
        const start = started();
        const { u8, u32 } = start.line.arena;
        // Taking away `place`: those behind it are moved, one by one; the last message sets it again.
        u32[(start.book + b.BOOK_SEQUENCE) >> 2]! |= 1;
        const levels = Buffer.from(u8.slice(start.bids, start.bids + 160));
        start.line.send(start.first.text);
        u32[(start.book + b.BOOK_SEQUENCE) >> 2]! |= 1;
        u8.set(levels.subarray((place + 1) * 16, (moved + 2) * 16), start.bids + place * 16);
        start.line.newLane();
        start.line.send(start.first.text);
        expectMended(start);
      }
    }
  });

  it('finishes what was being rescaled, however much of it was done', () => {
    for (let done = 0; done <= 10; done++) {
      const start = started();
      const { line, book, bids } = start;
      const { u8, u32 } = line.arena;
      const memory = new DataView(line.arena.buffer);
      const workspace = line.arena.region(arenaLayout.REGION_WORKSPACE).offset;
      const journal = workspace + workspaceLayout.WORKSPACE_JOURNAL_LEVELS;
      const before = line.book(SYMBOL);
      for (const side of [0, line.bookRoom * b.LEVEL_BYTES]) {
        for (let level = 0; level < 10; level++) {
          const at = bids + side + level * b.LEVEL_BYTES;
          const to = journal + side + level * b.LEVEL_BYTES;
          memory.setBigInt64(to, line.i64(at) * 100n, true);
          memory.setBigInt64(to + 8, line.i64(at + 8) * 10n, true);
          if (level < done) u8.copyWithin(at, to, to + b.LEVEL_BYTES);
        }
      }
      const at = workspace + workspaceLayout.WORKSPACE_JOURNAL;
      u8[at + workspaceLayout.JOURNAL_PRICE_SCALE] = before.priceScale + 2;
      u8[at + workspaceLayout.JOURNAL_QUANTITY_SCALE] = before.quantityScale + 1;
      u32[(book + b.BOOK_SEQUENCE) >> 2]! |= 1;
      u32[at >> 2] = 1;
      line.newLane();
      expect(u32[at >> 2]).toBe(0);
      const finer = (rows: typeof before.bids) =>
        rows.map(({ price, qty }) => ({ price: `${price}00`, qty: `${qty}0` }));
      expect(line.book(SYMBOL)).toMatchObject({
        bids: finer(before.bids),
        asks: finer(before.asks),
        priceScale: before.priceScale + 2,
        quantityScale: before.quantityScale + 1,
      });
    }
  });

  it('counts a symbol and a book that were given and not counted', () => {
    const line = new Line();
    const text = MESSAGES.find((message) => message.includes('"channel":"book"'))!;
    line.send(text);
    const symbols = line.arena.region(arenaLayout.REGION_SYMBOLS).offset;
    const books = line.arena.region(arenaLayout.REGION_BOOKS).offset;
    line.arena.u32[(symbols + symbolLayout.SYMBOLS_USED) >> 2] = 0;
    line.arena.u32[(books + b.BOOKS_USED) >> 2] = 0;
    line.newLane();
    line.send(text);
    line.send(text.replace(SYMBOL, 'ETH/USD'));
    expect(line.symbols).toEqual([SYMBOL, 'ETH/USD']);
    expect(line.u32(books + b.BOOKS_USED)).toBe(2);
    expect(line.book('ETH/USD').bids).toEqual(line.book(SYMBOL).bids);
  });
});

/** A book record's check, or a gap's reason. */
class CheckView implements RecordView<CheckView> {
  readonly #u8: Uint8Array;
  #at = 0;

  constructor(memory: RecordMemory) {
    this.#u8 = memory.u8;
  }

  moveTo(offset: number): CheckView {
    this.#at = offset;
    return this;
  }

  get isGap(): boolean {
    return this.#u8[this.#at + recordLayout.RECORD_KIND] === layout.KRAKEN_GAP;
  }

  get isLast(): boolean {
    return (this.#u8[this.#at + recordLayout.RECORD_FLAGS]! & layout.KRAKEN_FLAG_CONTINUED) === 0;
  }
}

describe('a decoder in its thread', () => {
  it('that is ended at any moment leaves no book wrong', async () => {
    const control = new DecoderControl();
    const line = new Line({ frameBell: control.bell.handle, recordSlots: 2 ** 14, books: 2 });
    const { arena } = line;
    // The decoder's place in the frame ring goes to the thread.
    const messages = bookSession({ depth: 100, levels: 400, updates: 6000, random: randomFrom(4) });
    const start = () =>
      startThread<undefined>('decoder', {
        module: krakenKernel,
        arenas: [arena.handle],
        control: control.buffer,
      });
    using reader = new RecordReader([arena], (memory) => new CheckView(memory), { kind: 'gating' });
    const writer = new FrameWriter(arena);
    let next = 0;
    let seen = 0;
    let gaps = 0;
    const run = async (goal: number) => {
      while (seen < goal) {
        while (
          next < messages.length &&
          writer.write(Buffer.from(messages[next]!.text), FRAME_KIND_TEXT, 1, 1)
        )
          next += 1;
        await reader.wait({ timeout: 30_000 });
        for (const view of reader.drain()) {
          if (view.isGap) gaps += 1;
          else if (view.isLast) seen += 1;
        }
      }
    };
    for (let life = 0; life < 12; life++) {
      const { worker } = start();
      await run(((life + 1) * messages.length) / 14);
      await worker.terminate();
    }
    const { result } = start();
    await run(messages.length);
    control.stop();
    await result;
    const { bids, asks } = messages.at(-1)!;
    expect(gaps).toBe(0);
    expect(seen).toBe(messages.length);
    expect(line.book(SYMBOL)).toMatchObject({
      bids,
      asks,
      check: bookLayout.BOOK_CHECK_MATCHED,
      mismatches: 0,
    });
  });
});
