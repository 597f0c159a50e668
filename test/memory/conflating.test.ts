import fc from 'fast-check';
import { RecordReader } from 'tickring/memory';
import { describe, expect, test } from 'vitest';
import { encodeFrame, encodeLtp } from '../support/kite-frames.ts';
import { kiteArena, Line, tickView } from '../support/memory-kite.ts';

/** A frame of LTP packets. */
function ltps(updates: readonly (readonly [token: number, price: number])[]): Uint8Array {
  return encodeFrame(updates.map(([token, price]) => encodeLtp({ token, lastPrice: price })));
}

function conflating(line: Line) {
  return new RecordReader([line.arena], tickView, { kind: 'conflating' });
}

function read(reader: ReturnType<typeof conflating>): Map<number, number> {
  const seen = new Map<number, number>();
  for (const tick of reader.drain()) {
    expect(seen.has(tick.instrumentToken)).toBe(false);
    seen.set(tick.instrumentToken, tick.rawLastPrice);
  }
  return seen;
}

describe('a conflating reader', () => {
  test('gives the newest record of each instrument that changed, once, and counts what came in between', () => {
    const line = new Line();
    const reader = conflating(line);
    for (const _ of line.send(
      ltps([
        [257, 1],
        [513, 2],
        [257, 3],
        [257, 4],
      ]),
    ));
    expect([...read(reader)]).toEqual([
      [257, 4],
      [513, 2],
    ]);
    expect(reader.coalesced).toBe(2);
    expect(reader.ready).toBe(false);
    expect(read(reader).size).toBe(0);
    for (const _ of line.send(ltps([[513, 5]])));
    expect(reader.ready).toBe(true);
    expect([...read(reader)]).toEqual([[513, 5]]);
    expect(reader.coalesced).toBe(2);
    reader.close();
  });

  test('starts with what is published from now on', () => {
    const line = new Line();
    for (const _ of line.send(
      ltps([
        [257, 1],
        [513, 2],
      ]),
    ));
    const reader = conflating(line);
    expect(read(reader).size).toBe(0);
    for (const _ of line.send(ltps([[257, 9]])));
    expect([...read(reader)]).toEqual([[257, 9]]);
  });

  test('is told the same whatever the updates, reads and blocks are: newest delivered, and delivered + coalesced = updates', () => {
    const update = fc.tuple(
      fc.integer({ min: 0, max: 300 }).map((n) => n * 256 + 1),
      fc.integer(),
    );
    const step = fc.record({ updates: fc.array(update, { maxLength: 40 }), reads: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const line = new Line({ latestInstruments: 512, recordSlots: 64 });
        const reader = conflating(line);
        let expected = new Map<number, number>();
        let updates = 0;
        let delivered = 0;
        for (const { updates: batch, reads } of steps) {
          for (const _ of line.send(ltps(batch)));
          for (const [token, price] of batch) expected.set(token, price);
          updates += batch.length;
          if (!reads) continue;
          const seen = read(reader);
          expect(seen).toEqual(expected);
          delivered += seen.size;
          expected = new Map();
        }
        delivered += read(reader).size;
        expect(delivered + reader.coalesced).toBe(updates);
      }),
      { numRuns: 60 },
    );
  });

  test('goes on where a loop was left early', () => {
    const line = new Line();
    const reader = conflating(line);
    for (const _ of line.send(
      ltps([
        [257, 1],
        [513, 2],
        [769, 3],
      ]),
    ));
    for (const tick of reader.drain()) {
      expect(tick.instrumentToken).toBe(257);
      break;
    }
    expect(reader.ready).toBe(true);
    expect([...read(reader)]).toEqual([
      [513, 2],
      [769, 3],
    ]);
  });

  test('shows in the status of the ring, with what it coalesced', () => {
    const line = new Line();
    const reader = conflating(line);
    for (const _ of line.send(
      ltps([
        [257, 1],
        [257, 2],
      ]),
    ));
    read(reader);
    expect(reader.kind).toBe('conflating');
    expect(reader.lagged).toBe(0);
  });

  test('is refused where there is no latest table', () => {
    const arena = kiteArena({ latestInstruments: 0 });
    expect(() => new RecordReader([arena], tickView, { kind: 'conflating' })).toThrow(/latest table/);
  });
});
