import fc from 'fast-check';
import { FRAME_KIND_BINARY, FRAME_KIND_TEXT, FrameWriter } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import {
  arenaLayout,
  countersLayout,
  frameRingLayout,
  instantiate,
  krakenArena,
  Line,
  type LineOptions,
  recordLayout,
  ringLayout,
} from './kraken-line.ts';
import { MESSAGES, rewrittenArbitrary } from './kraken-messages.ts';
import { bookSession, randomFrom } from './kraken-sessions.ts';

const SLOTS = 64;
const RING = 2 ** 14;
const OPTIONS: LineOptions = {
  ...{
    frameRingBytes: RING,
    recordSlots: SLOTS,
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

/** Any frame: good, cut off, with bytes changed, or of no form at all. */
const anyFrame: fc.Arbitrary<Uint8Array> = fc.oneof(
  rewrittenArbitrary(style, [...MESSAGES, ...session]).map(({ rewritten }) => Buffer.from(rewritten)),
  fc
    .tuple(fc.constantFrom(...MESSAGES, ...session), fc.nat())
    .map(([text, length]) => Buffer.from(text.slice(0, length % (text.length + 1)))),
  fc
    .tuple(
      fc.constantFrom(...MESSAGES, ...session),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
    )
    .map(([text, changes]) => {
      const bytes = Buffer.from(text);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    }),
  fc.uint8Array({ maxLength: 300 }),
  fc
    .tuple(
      fc.constantFrom('{', '[', '"', '\\', '{"a":', '[{', '9', '-', ' ', '{"data":', '\\u00', '0.'),
      fc.nat(600),
    )
    .map(([part, count]) => Buffer.from(part.repeat(count))),
);

/** An arena in which all that the kernel has no business with is filled with a pattern. */
class Field {
  readonly line = new Line(OPTIONS);
  readonly most: number;
  readonly #kernel;
  readonly #head: number;
  readonly #before: Uint8Array;

  constructor(bytes: Uint8Array, canary: number, kind = FRAME_KIND_TEXT as number) {
    const { arena } = this.line;
    this.#kernel = instantiate(arena);
    // A book to change, and guesses to make.
    for (const text of [session[0]!, MESSAGES[0]!, MESSAGES[2]!]) {
      this.#kernel.decode(this.#put(Buffer.from(text), FRAME_KIND_TEXT), 0, 1);
    }
    this.#head = this.#put(bytes, kind);
    const needed = [
      [this.#head, frameRingLayout.FRAME_HEAD_BYTES + bytes.length],
      ...[arenaLayout.REGION_PARAMETERS, arenaLayout.REGION_LATEST_TABLE, arenaLayout.REGION_SYMBOLS].map(
        (region) => [arena.region(region).offset, arena.region(region).bytes],
      ),
      ...[arenaLayout.REGION_BOOKS, arenaLayout.REGION_WORKSPACE].map((region) => [
        arena.region(region).offset,
        arena.region(region).bytes,
      ]),
    ] as [number, number][];
    const saved = needed.map(([offset, length]) => arena.u8.slice(offset, offset + length));
    arena.u8.fill(canary);
    for (const [i, [offset]] of needed.entries()) arena.u8.set(saved[i]!, offset);
    this.most = this.#kernel.most(this.#head);
    this.#before = arena.u8.slice();
  }

  /** Writes a frame; where its head lies. */
  #put(bytes: Uint8Array, kind: number): number {
    const { arena } = this.line;
    const { offset: frames } = arena.region(arenaLayout.REGION_FRAME_RING);
    const published = arena.u32[(frames + frameRingLayout.FRAME_PUBLISHED) >> 2]!;
    if (!new FrameWriter(arena).write(bytes, kind, 1, 1)) throw new Error('no room');
    return frames + frameRingLayout.FRAME_DATA + published;
  }

  decode(position: number): number {
    return this.#kernel.decode(this.#head, position, 2);
  }

  refresh(): number {
    return this.#kernel.refresh(this.#head, 0, 2);
  }

  /** Offsets of the words that are no longer what they were. */
  changes(): number[] {
    const { u32 } = this.line.arena;
    const before = new Uint32Array(this.#before.buffer);
    const found: number[] = [];
    for (let word = 0; word < before.length; word++) if (u32[word] !== before[word]) found.push(word * 4);
    return found;
  }
}

/** Where the regions of a field lie: its own header is filled over. */
const twin = krakenArena(OPTIONS);

function inRegion(region: number): (offset: number) => boolean {
  const { offset: start, bytes } = twin.region(region);
  return (offset) => offset >= start && offset < start + bytes;
}

const inSymbols = inRegion(arenaLayout.REGION_SYMBOLS);
const inBooks = inRegion(arenaLayout.REGION_BOOKS);
const inLatest = inRegion(arenaLayout.REGION_LATEST_TABLE);
const inWorkspace = inRegion(arenaLayout.REGION_WORKSPACE);
const counters = twin.region(arenaLayout.REGION_COUNTERS).offset;
const slots = twin.region(arenaLayout.REGION_RECORD_RING).offset + ringLayout.RECORD_SLOTS;
const spare =
  twin.region(arenaLayout.REGION_SCRATCH).offset +
  ringLayout.RECORD_READER_COUNT * ringLayout.SCRATCH_SLOTS * recordLayout.RECORD_BYTES;

function inResults(offset: number): boolean {
  return (
    offset >= counters + countersLayout.RESULT_HEARTBEAT &&
    offset <= counters + countersLayout.RESULT_OVERFLOWED
  );
}

const canaries = fc.constantFrom(0x00, 0xff, 0xa5, 0x22, 0x7d, 0x30);

describe('whatever the bytes, the kernel', () => {
  it('writes only to the slots it was given, its results and workspace, and what it keeps', () => {
    fc.assert(
      fc.property(anyFrame, canaries, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (bytes, canary, position) => {
        const field = new Field(bytes, canary);
        const records = field.decode(position);
        expect(records).toBeLessThanOrEqual(field.most);
        const malformed =
          field.line.u32(counters + countersLayout.RESULT_HANDED_ON) === countersLayout.HANDED_ON_MALFORMED &&
          field.line.u32(counters + countersLayout.RESULT_MALFORMED) === 1;
        if (malformed) expect(records).toBe(0);
        const strayed = field.changes().filter((offset) => {
          if (inResults(offset) || inWorkspace(offset)) return false;
          // A frame that is not understood leaves nothing behind.
          if (inSymbols(offset) || inBooks(offset) || inLatest(offset)) return malformed;
          const slot = Math.floor((offset - slots) / recordLayout.RECORD_BYTES);
          return slot < 0 || slot >= SLOTS || ((slot - position) & (SLOTS - 1)) >= field.most;
        });
        expect(strayed).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('writes to the one spare slot where there is no room for records', () => {
    fc.assert(
      fc.property(anyFrame, canaries, (bytes, canary) => {
        const field = new Field(bytes, canary);
        expect(field.refresh()).toBeLessThanOrEqual(field.most);
        const strayed = field.changes().filter((offset) => {
          if (inResults(offset) || inWorkspace(offset)) return false;
          if (inSymbols(offset) || inBooks(offset) || inLatest(offset)) return false;
          return offset < spare || offset >= spare + recordLayout.RECORD_BYTES;
        });
        expect(strayed).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('reads only its frame: what lies around it changes nothing', () => {
    fc.assert(
      fc.property(anyFrame, (bytes) => {
        const outcomes = [0x00, 0xff, 0x22, 0x7d, 0x39, 0x20].map((canary) => {
          const field = new Field(bytes, canary);
          const { line, most } = field;
          const records = field.decode(0);
          const results = Array.from({ length: 14 }, (_, i) =>
            line.u32(counters + countersLayout.RESULT_HEARTBEAT + 4 * i),
          );
          const regions = [
            arenaLayout.REGION_SYMBOLS,
            arenaLayout.REGION_BOOKS,
            arenaLayout.REGION_LATEST_TABLE,
          ];
          const kept = regions.map((region) => {
            const { offset, bytes: length } = twin.region(region);
            return Buffer.from(line.arena.u8.slice(offset, offset + length)).toString('latin1');
          });
          const made = Buffer.from(line.arena.u8.slice(slots, slots + records * recordLayout.RECORD_BYTES));
          return {
            most,
            records,
            results: results.slice(0, 3).concat(results.slice(8)),
            kept,
            made: made.toString('latin1'),
          };
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
