import fc from 'fast-check';
import { FRAME_KIND_BINARY, FrameReader, FrameWriter, RecordReader, RecordWriter } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { encodeFrame, encodeLtp } from '../support/kite-frames.ts';
import { runThread } from '../support/memory.ts';
import { kiteKernel, LatestLayout } from '../support/memory-internals.ts';
import { instantiate, kiteArena, Line, tickView } from '../support/memory-kite.ts';

/** More instruments than a block of the table has. */
const TOKENS = 100;

function conflating(latestInstruments = 128) {
  const line = new Line({ frameRingBytes: 2 ** 14, recordSlots: 64, latestInstruments });
  const reader = new RecordReader([line.arena], tickView, { kind: 'conflating' });
  let price = 0;
  return {
    line,
    reader,
    /** One frame with the next prices of these instruments; what they are. */
    send: (tokens: readonly number[]): number[] => {
      const prices = tokens.map(() => ++price);
      const frame = encodeFrame(tokens.map((token, i) => encodeLtp({ token, lastPrice: prices[i]! })));
      for (const _ of line.send(frame));
      return prices;
    },
    take: (most = Number.POSITIVE_INFINITY): [number, number][] => {
      const seen: [number, number][] = [];
      if (most === 0) return seen;
      for (const { instrumentToken, rawLastPrice } of reader.drain()) {
        seen.push([instrumentToken, rawLastPrice]);
        if (seen.length === most) break;
      }
      return seen;
    },
  };
}

const steps = fc.array(
  fc.oneof(
    fc.record({ send: fc.array(fc.integer({ min: 1, max: TOKENS }), { minLength: 1, maxLength: 30 }) }),
    fc.record({ take: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(1000)) }),
  ),
  { maxLength: 60, size: 'max' },
);

describe('a conflating reader', () => {
  it('gets the newest record of each instrument that changed, once, and counts what came in between', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { line, reader, send, take } = conflating();
        const pending = new Map<number, number>();
        let delivered = 0;
        const expectNewest = (seen: readonly [number, number][]) => {
          for (const [token, price] of seen) {
            expect(price).toBe(pending.get(token));
            pending.delete(token);
          }
          delivered += seen.length;
        };
        for (const step of all) {
          if ('take' in step) {
            expectNewest(take(step.take));
          } else {
            const prices = send(step.send);
            for (const [i, token] of step.send.entries()) pending.set(token, prices[i]!);
          }
          if (pending.size > 0) expect(reader.ready).toBe(true);
        }
        expectNewest(take());
        expect(pending.size).toBe(0);
        expect(reader.ready).toBe(false);
        expect(delivered + reader.coalesced).toBe(line.counts.records);
        expect(reader.lagged).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('goes on with the rest of a block when a loop was left early', () => {
    const { reader, send, take } = conflating();
    send([1, 2, 3]);
    expect(take(1)).toEqual([[1, 1]]);
    expect(reader.ready).toBe(true);
    expect(take()).toEqual([
      [2, 2],
      [3, 3],
    ]);
    expect(reader.ready).toBe(false);
  });

  it('looks at the instruments of those blocks only in which something has changed', () => {
    const { line, send, take } = conflating();
    const sequences = new LatestLayout(line.arena).sequences >> 2;
    send(Array.from({ length: TOKENS }, (_, i) => i + 1));
    expect(take()).toHaveLength(TOKENS);
    // As if it had changed, but for the counter of its block.
    line.arena.u32[sequences + TOKENS - 1]! += 2;
    send([1]);
    expect(take().map(([token]) => token)).toEqual([1]);
    send([TOKENS - 1]);
    expect(take().map(([token]) => token)).toEqual([TOKENS - 1, TOKENS]);
  });

  it('does not see what was published before it joined', () => {
    const { line, send } = conflating();
    send([1, 2]);
    using late = new RecordReader([line.arena], tickView, { kind: 'conflating' });
    expect(late.ready).toBe(false);
    send([2]);
    expect(Array.from(late.drain(), ({ rawLastPrice }) => rawLastPrice)).toEqual([3]);
    expect(late.coalesced).toBe(0);
  });

  it('sees what was decoded before it joined and published after', () => {
    const arena = kiteArena({ frameRingBytes: 2048, recordSlots: 4, latestInstruments: 4 });
    new FrameWriter(arena).write(
      encodeFrame([encodeLtp({ token: 1, lastPrice: 5 })]),
      FRAME_KIND_BINARY,
      1,
      1,
    );
    const kernel = instantiate(arena);
    const frames = new FrameReader(arena);
    const records = new RecordWriter(arena);
    expect(frames.next() && records.claim(1)).toBe(true);
    const made = kernel.decode(frames.head, records.position, 1);
    using reader = new RecordReader([arena], tickView, { kind: 'conflating' });
    records.publish(made);
    expect(Array.from(reader.drain(), ({ rawLastPrice }) => rawLastPrice)).toEqual([5]);
  });

  it('holds nobody up, and ends as others do', async () => {
    const { line, reader, send } = conflating();
    for (let round = 0; round < 20; round++) send([1, 2, 3, 4, 5, 6, 7, 8]);
    const seen: number[] = [];
    for await (const batch of reader) {
      for (const { instrumentToken } of batch) seen.push(instrumentToken);
      line.arena.close();
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(reader.coalesced).toBe(8 * 19);
    reader.close();
    expect(() => reader.drain()).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_CLOSED' }));
  });

  it('needs a latest table', () => {
    expect(() => conflating(0)).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }));
  });

  it('in another thread ends with the last of each instrument, and every update is seen or counted', async () => {
    const arena = kiteArena({ frameRingBytes: 2 ** 13, recordSlots: 16, latestInstruments: 8 });
    const tokens = [1, 257, 513];
    const rounds = 200_000;
    const joined = new Int32Array(new SharedArrayBuffer(4));
    const common = { handle: arena.handle, tokens, joined };
    const [, read] = await Promise.all([
      runThread<number>('latest-writer', { ...common, module: kiteKernel, rounds }),
      runThread<{ delivered: number; coalesced: number }>('conflating-reader', common),
    ]);
    expect(read).toMatchObject({ torn: 0, backwards: 0, newest: [rounds, rounds, rounds] });
    expect(read.delivered + read.coalesced).toBe(rounds * tokens.length);
  });
});
