import fc from 'fast-check';
import {
  FRAME_KIND_TEXT,
  FrameReader,
  FrameWriter,
  type RecordMemory,
  RecordReader,
  type RecordView,
} from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { WORKSPACE_CHANGE } from '../../dist/src/memory/workspace-layout.js';
import { startThread } from '../support/memory.ts';
import { DecoderControl } from '../support/memory-internals.ts';
import { parseTree } from './json-tree.ts';
import {
  arenaLayout,
  bookLayout,
  instantiate,
  kalshiKernel,
  Line,
  layout,
  recordLayout,
} from './kalshi-line.ts';
import { KalshiModel, type Outcome } from './kalshi-reference.ts';
import { dayArbitrary } from './kalshi-sessions.ts';

/** What a decoder had written when it died, in the order in which it writes. */
const DEATHS = [
  'nothing but numbers',
  'numbers, and what was before',
  'all but the level',
  'everything',
] as const;
type Death = (typeof DEATHS)[number];

/** A decoder takes the frame up, and dies of it. */
function die(line: Line, head: number, death: Death): void {
  const { arena } = line;
  const before = arena.u8.slice();
  instantiate(arena).decode(head, line.published, 1);
  const restore = (from: number, to: number) => arena.u8.set(before.subarray(from, to), from);
  const { offset: books, bytes } = arena.region(arenaLayout.REGION_BOOKS);
  const { offset: workspace } = arena.region(arenaLayout.REGION_WORKSPACE);
  if (death === 'everything') return;
  if (death !== 'all but the level') restore(workspace + WORKSPACE_CHANGE, workspace + WORKSPACE_CHANGE + 16);
  if (death === 'nothing but numbers') {
    restore(books, books + bytes);
    return;
  }
  const bookBytes = bookLayout.BOOK_HEAD_BYTES + 2 * line.bookRoom * bookLayout.LEVEL_BYTES;
  const first = books + bookLayout.BOOKS_HEADER_BYTES;
  for (let book = first; book + bookBytes <= books + bytes; book += bookBytes) {
    restore(book, book + bookLayout.BOOK_FRAME);
    restore(book + bookLayout.BOOK_IN_GAP, book + bookLayout.BOOK_IN_GAP + 1);
    restore(book + bookLayout.BOOK_DEGRADED, book + bookBytes);
    // It died while it was writing.
    arena.u32[book >> 2]! |= arena.u32[book >> 2]! === 0 ? 0 : 1;
  }
}

/** As `told` of the model's test, by a decoder whose predecessors died of the frame. */
function toldBySuccessor(line: Line, text: string, deaths: readonly Death[]): Outcome {
  const tap = new FrameReader(line.arena, 'tap');
  line.frames.write(Buffer.from(text), FRAME_KIND_TEXT, 1, 1);
  expect(tap.next()).toBe(true);
  for (const death of deaths) die(line, tap.head, death);
  tap.leave();
  line.newLane();
  line.texts.length = 0;
  const from = line.published;
  expect(line.lane.drain(2)).toBe(1);
  return { reason: line.texts[0]?.reason ?? 'not', records: line.recordsFrom(from) };
}

describe('a decoder that takes over', () => {
  it('applies no delta twice and sees no gap that is none, wherever its predecessors died', () => {
    fc.assert(
      fc.property(
        dayArbitrary,
        fc.array(fc.array(fc.constantFrom(...DEATHS), { maxLength: 3 }), { minLength: 60, maxLength: 60 }),
        (frames, deaths) => {
          const line = new Line({ bookLevels: 8, latestInstruments: 16, frameRingBytes: 2 ** 16 });
          const model = new KalshiModel();
          for (const [i, frame] of frames.entries()) {
            if (frame === 'reset') {
              line.reset();
              model.reset();
              continue;
            }
            let message: ReturnType<typeof parseTree> | undefined;
            if (!frame.text.endsWith(':')) message = parseTree(frame.text);
            const outcome = toldBySuccessor(line, frame.text, deaths[i]!);
            expect(outcome, frame.text).toEqual(model.apply(message));
            for (const [market, book] of model.books) {
              const { state, subscription } = line.book(market);
              expect({ state, subscription, ...line.ladders(market) }, frame.text).toEqual({
                ...{ state: book.state, subscription: book.sid },
                ...model.ladders(market),
              });
            }
            for (const [sid, entry] of model.sequences)
              expect(line.sequence(sid)).toMatchObject({ ...entry });
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** A book record's check, or a gap. */
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
    return this.#u8[this.#at + recordLayout.RECORD_KIND] === layout.KALSHI_GAP;
  }
}

describe('a decoder in its thread', () => {
  it('that is ended at any moment leaves every level what all changes add up to', async () => {
    const control = new DecoderControl();
    const line = new Line({ frameBell: control.bell.handle, recordSlots: 2 ** 14, bookLevels: 100 });
    const { arena } = line;
    const counts = new Map<string, number>();
    const messages = ['KXA', 'KXB'].map(
      (market, i) =>
        `{"type":"orderbook_snapshot","sid":1,"seq":${i + 1},"msg":{"market_ticker":"${market}","yes_dollars_fp":[],"no_dollars_fp":[]}}`,
    );
    for (let n = 0; n < 20_000; n++) {
      const market = n % 3 === 0 ? 'KXA' : 'KXB';
      const side = n % 7 < 4 ? 'yes' : 'no';
      const price = 1 + ((n * 48_271) % 97);
      const level = `${market} ${side} ${price}`;
      const held = counts.get(level) ?? 0;
      const change = held > 0 && n % 5 < 2 ? -held : 1 + (n % 900);
      counts.set(level, held + change);
      messages.push(
        `{"type":"orderbook_delta","sid":1,"seq":${n + 3},"msg":{"market_ticker":"${market}","price_dollars":"${(price / 100).toFixed(4)}","delta_fp":"${(change / 100).toFixed(2)}","side":"${side}"}}`,
      );
    }
    const start = () =>
      startThread<undefined>('decoder', {
        module: kalshiKernel,
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
        while (next < messages.length && writer.write(Buffer.from(messages[next]!), FRAME_KIND_TEXT, 1, 1))
          next += 1;
        await reader.wait({ timeout: 30_000 });
        for (const view of reader.drain()) {
          if (view.isGap) gaps += 1;
          else seen += 1;
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
    expect(gaps).toBe(0);
    expect(seen).toBe(messages.length);
    for (const market of ['KXA', 'KXB']) {
      for (const side of ['yes', 'no'] as const) {
        const expected = [...counts]
          .filter(([level, count]) => level.startsWith(`${market} ${side} `) && count > 0)
          .map(([level, count]) => [Number(level.split(' ')[2]) * 100, count])
          .toSorted(([a], [b]) => b! - a!);
        expect(line.ladders(market)[side]).toEqual(expected);
      }
    }
  });
});
