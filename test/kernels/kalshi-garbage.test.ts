import fc from 'fast-check';
import { FRAME_KIND_BINARY } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { anyFrameArbitrary } from './any-frame.ts';
import { CANARIES, Field } from './field.ts';
import { instantiate, kalshiArena, Line, type LineOptions } from './kalshi-line.ts';
import { ALL_MESSAGES, DELTA, SNAPSHOT, TICKER, writtenArbitrary } from './kalshi-messages.ts';

const OPTIONS: LineOptions = {
  ...{ frameRingBytes: 2 ** 14, recordSlots: 64, latestInstruments: 16, symbols: 8 },
  ...{ books: 2, bookLevels: 10, sequences: 2, workspaceBytes: 2 ** 17 },
};

const anyFrame = anyFrameArbitrary(writtenArbitrary(), ALL_MESSAGES);

function fieldOf(bytes: Uint8Array, canary: number): Field {
  const arena = kalshiArena(OPTIONS);
  return new Field(arena, instantiate(arena), [SNAPSHOT, TICKER], { bytes, canary });
}

const canaries = fc.constantFrom(...CANARIES);

describe('whatever the bytes, the kernel', () => {
  it('writes only to the slots it was given, its results and workspace, and what it keeps', () => {
    fc.assert(
      fc.property(anyFrame, canaries, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (bytes, canary, position) => {
        const field = fieldOf(bytes, canary);
        const records = field.decode(position);
        expect(records).toBeLessThanOrEqual(field.most);
        if (field.malformed) {
          // A frame that is not understood leaves nothing behind.
          expect(records).toBe(0);
          expect(field.changedOfKept()).toEqual([]);
        }
        expect(field.strayedOfSlots(position)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('writes to the one spare slot where there is no room for records', () => {
    fc.assert(
      fc.property(anyFrame, canaries, (bytes, canary) => {
        const field = fieldOf(bytes, canary);
        expect(field.refresh()).toBeLessThanOrEqual(field.most);
        expect(field.strayedOfSpare()).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('reads only its frame: what lies around it changes nothing', () => {
    fc.assert(
      fc.property(anyFrame, (bytes) => {
        const outcomes = [0x00, 0xff, 0x22, 0x7d, 0x39, 0x20].map((canary) => {
          const field = fieldOf(bytes, canary);
          return field.outcome(field.decode(0));
        });
        for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
      }),
      { numRuns: 150 },
    );
  });

  it('goes on with the next frame', () => {
    const line = new Line({ ...OPTIONS, symbols: 512 });
    fc.assert(
      fc.property(anyFrame, (bytes) => {
        line.send(bytes);
        line.reset();
        expect(line.send(TICKER)).toMatchObject([
          { price: 4800, volume: 3_389_625, dollarOpenInterest: -10_211 },
        ]);
        expect(line.counts.framesQuarantined).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  it('hands on frames that are no text', () => {
    const line = new Line();
    expect(line.send(TICKER, { kind: FRAME_KIND_BINARY })).toEqual([]);
    expect(line.texts).toMatchObject([{ reason: 'malformed', frame: 0 }]);
  });

  it('keeps the newest of each market and channel without room for records, too', () => {
    const arena = kalshiArena({ ...OPTIONS, books: 2 });
    const field = new Field(arena, instantiate(arena), [SNAPSHOT], { bytes: Buffer.from(DELTA), canary: 0 });
    expect(field.refresh()).toBe(1);
    expect(field.changedOfKept().length).toBeGreaterThan(4);
  });
});
