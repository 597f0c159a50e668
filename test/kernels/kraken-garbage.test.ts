import fc from 'fast-check';
import { FRAME_KIND_BINARY } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { anyFrameArbitrary } from './any-frame.ts';
import { CANARIES, Field } from './field.ts';
import { instantiate, krakenArena, Line, type LineOptions } from './kraken-line.ts';
import { MESSAGES, rewrittenArbitrary } from './kraken-messages.ts';
import { bookSession, randomFrom } from './kraken-sessions.ts';

const OPTIONS: LineOptions = {
  ...{
    frameRingBytes: 2 ** 14,
    recordSlots: 64,
    latestInstruments: 16,
    symbols: 8,
    books: 2,
    bookLevels: 10,
  },
  workspaceBytes: 2 ** 17,
};

const session = bookSession({ depth: 10, updates: 20, random: randomFrom(5) }).map(({ text }) => text);
const style = {
  shuffled: true,
  spaced: true,
  escaped: true,
  respelled: true,
  extended: true,
  repeated: true,
};

const anyFrame = anyFrameArbitrary(
  rewrittenArbitrary(style, [...MESSAGES, ...session]).map(({ rewritten }) => rewritten),
  [...MESSAGES, ...session],
);

function fieldOf(bytes: Uint8Array, canary: number): Field {
  const arena = krakenArena(OPTIONS);
  return new Field(arena, instantiate(arena), [session[0]!, MESSAGES[0]!, MESSAGES[2]!], { bytes, canary });
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
        expect(line.send(MESSAGES[0]!)).toMatchObject([
          { bid: '83744.2', change: '-429.3', trades: 135_262 },
        ]);
        expect(line.counts.framesQuarantined).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  it('hands on frames that are no text', () => {
    const line = new Line();
    expect(line.send(MESSAGES[0]!, { kind: FRAME_KIND_BINARY })).toEqual([]);
    expect(line.texts).toMatchObject([{ reason: 'malformed', frame: 0 }]);
  });
});
