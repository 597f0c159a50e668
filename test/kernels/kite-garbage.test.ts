import fc from 'fast-check';
import { type FrameFault, packets, parseFrame, type Tick, TickView } from 'tickring/kite';
import { Arena, Counters, FRAME_KIND_BINARY, FrameWriter } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import {
  corruptFrameArbitrary,
  encodeFrame,
  encodeLtp,
  frameArbitrary,
  garbageArbitrary,
} from '../support/kite-frames.ts';
import {
  arenaLayout,
  countersLayout,
  frameRingLayout,
  LatestLayout,
  latestTableLayout,
  recordRingLayout,
} from '../support/memory-internals.ts';
import { instantiate, kiteArena, Line } from '../support/memory-kite.ts';

const SLOTS = 128;
const PLACES = 64;

/** Any frame: good, malformed in a known way, of random bytes, or with a count or lengths that lie grossly. */
const anyFrame: fc.Arbitrary<Uint8Array> = fc.oneof(
  frameArbitrary.map(({ bytes }) => bytes),
  corruptFrameArbitrary.map(({ bytes }) => bytes),
  garbageArbitrary,
  fc
    .tuple(fc.constantFrom(0xff, 0x80, 0x7f, 0x01), fc.constantFrom(0xff, 0x00, 0x80), fc.nat(400))
    .map(([first, second, length]) => new Uint8Array(length).fill(first).fill(second, 2, 4)),
  // Random packets of lengths that Kite sends, more or fewer than the count says.
  fc
    .tuple(
      fc.array(
        fc
          .constantFrom(8, 28, 32, 44, 184, 0, 1, 7, 9, 183, 185)
          .chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
        { maxLength: 6 },
      ),
      fc.oneof(fc.nat(8), fc.nat(0xffff)),
    )
    .map(([all, count]) => encodeFrame(all, count)),
);

/** What the decoder without shared memory makes of a frame. */
function expected(bytes: Uint8Array) {
  const faults: FrameFault[] = [];
  const ticks = parseFrame(bytes, { onMalformed: (fault) => faults.push(fault) });
  const sum = (reason: FrameFault['reason'], of: (fault: FrameFault) => number) =>
    faults.filter((fault) => fault.reason === reason).reduce((total, fault) => total + of(fault), 0);
  const rejected = [
    sum('short-frame', () => 1),
    sum('truncated', ({ missing }) => missing),
    sum('packet-length', ({ missing }) => missing),
    sum('trailing-bytes', () => 1),
  ];
  return { ticks, rejected, malformed: faults.length > 0 };
}

/** An arena in which all that the kernel has no business with is filled with a pattern. */
class Field {
  readonly arena: Arena;
  readonly position: number;
  readonly #kernel;
  readonly #head: number;
  readonly #before: Uint8Array;

  constructor(bytes: Uint8Array, at: number, canary: number, latestInstruments = PLACES) {
    const startPosition = (2 ** 32 - at * 8) >>> 0;
    const arena = kiteArena({ frameRingBytes: 8192, recordSlots: SLOTS, latestInstruments, startPosition });
    this.arena = arena;
    this.position = startPosition;
    this.#kernel = instantiate(arena);
    const writer = new FrameWriter(arena);
    expect(writer.write(bytes, FRAME_KIND_BINARY, 1, 1)).toBe(true);

    // The kernel has read the header. What it still needs: divisors, the frame, and an empty latest table.
    const { offset: frames } = arena.region(arenaLayout.REGION_FRAME_RING);
    const data = frames + frameRingLayout.FRAME_DATA;
    const taken = frameRingLayout.FRAME_OVERHEAD + bytes.length;
    // A frame that did not fit the end of the ring lies at its start.
    const end = 8192 - (startPosition & 8191);
    this.#head = data + (Math.ceil(taken / 8) * 8 > end ? 0 : startPosition & 8191);
    const needed = [
      [arena.region(arenaLayout.REGION_PARAMETERS).offset, arenaLayout.PARAMETERS_BYTES],
      [this.#head, taken],
      [
        arena.region(arenaLayout.REGION_LATEST_TABLE).offset,
        arena.region(arenaLayout.REGION_LATEST_TABLE).bytes,
      ],
    ] as const;
    const saved = needed.map(([offset, length]) => arena.u8.slice(offset, offset + length));
    arena.u8.fill(canary);
    for (const [i, [offset]] of needed.entries()) arena.u8.set(saved[i]!, offset);
    this.#before = arena.u8.slice();
  }

  most(): number {
    return this.#kernel.most(this.#head);
  }

  decode(): number {
    return this.#kernel.decode(this.#head, this.position, 2);
  }

  /** Offsets of the bytes that are no longer what they were. */
  changes(): number[] {
    const { u8, u32 } = this.arena;
    const before = this.#before;
    const words = new Uint32Array(before.buffer);
    const found: number[] = [];
    for (let word = 0; word < words.length; word++) {
      if (u32[word] === words[word]) continue;
      for (let at = word * 4; at < word * 4 + 4; at++) if (u8[at] !== before[at]) found.push(at);
    }
    return found;
  }
}

/** Where the regions of a field lie: its own header is filled over. */
function twin(latestInstruments = PLACES): Arena {
  return Arena.create({ frameRingBytes: 8192, recordSlots: SLOTS, latestInstruments });
}

describe('whatever the bytes, the kernel', () => {
  it.each([PLACES, 2, 0])('writes only to its slots, its results and the latest table (of %i)', (places) => {
    const arena = twin(places);
    const { offset: ring } = arena.region(arenaLayout.REGION_RECORD_RING);
    const slots = ring + recordRingLayout.RECORD_SLOTS;
    const results = arena.region(arenaLayout.REGION_COUNTERS).offset + countersLayout.RESULT_HEARTBEAT;
    const resultsEnd =
      results -
      countersLayout.RESULT_HEARTBEAT +
      countersLayout.RESULT_REJECTED +
      4 * countersLayout.REJECTED_REASONS;
    const { offset: table, bytes: tableBytes } = arena.region(arenaLayout.REGION_LATEST_TABLE);
    fc.assert(
      fc.property(anyFrame, fc.nat(1023), fc.constantFrom(0xa5, 0x00, 0xff), (bytes, at, canary) => {
        const field = new Field(bytes, at, canary, places);
        const most = field.most();
        const records = field.decode();
        expect(records).toBeLessThanOrEqual(most);
        const isOwn = (offset: number) => {
          if (offset >= results && offset < resultsEnd) return true;
          if (offset >= table && offset < table + tableBytes) return true;
          const slot = Math.floor((offset - slots) / 256);
          if (slot < 0 || slot >= SLOTS) return false;
          return ((slot - field.position) & (SLOTS - 1)) < records;
        };
        const strayed = field.changes().filter((offset) => !isOwn(offset));
        expect(strayed).toEqual([]);
      }),
      { numRuns: 250 },
    );
  });

  it('touches no place of the latest table but those of the instruments that came', () => {
    const { header, records, index, sequences, blockCounters } = new LatestLayout(twin());
    fc.assert(
      fc.property(anyFrame, (bytes) => {
        const field = new Field(bytes, 0, 0);
        field.decode();
        const tokens = new Set(Array.from(packets(bytes), ({ instrumentToken }) => instrumentToken));
        const { u8, u32 } = field.arena;
        expect(u32[(header + latestTableLayout.LATEST_USED) >> 2]).toBe(tokens.size);
        const entries = Array.from({ length: 2 * PLACES }, (_, i) => (index + i * 8) >> 2);
        const given = entries.filter((at) => u32[at + 1] !== 0);
        expect(new Set(given.map((at) => u32[at]))).toEqual(tokens);
        expect(given.map((at) => u32[at + 1]!).sort((a, b) => a - b)).toEqual(
          Array.from(tokens, (_, i) => i + 1),
        );
        for (const [from, to] of [
          [header + 12, records],
          [records + 256 * tokens.size, index],
          [sequences + 4 * tokens.size, blockCounters],
        ] as const) {
          expect(u8.slice(from, to).every((byte) => byte === 0)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('reads only its frame: what lies around it changes nothing', () => {
    const arena = twin();
    const slots = arena.region(arenaLayout.REGION_RECORD_RING).offset + recordRingLayout.RECORD_SLOTS;
    fc.assert(
      fc.property(anyFrame, fc.nat(1023), (bytes, at) => {
        const outcomes = [0x00, 0xff, 0x08].map((canary) => {
          const field = new Field(bytes, at, canary);
          const records = field.decode();
          const view = new TickView(field.arena);
          return Array.from({ length: records }, (_, i) => {
            view.moveTo(slots + ((field.position + i) & (SLOTS - 1)) * 256);
            return view.toObject();
          });
        });
        expect(outcomes[1]).toEqual(outcomes[0]);
        expect(outcomes[2]).toEqual(outcomes[0]);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the good packets and counts the rest, by reason, as packets() reports it', () => {
    const line = new Line({ frameRingBytes: 2 ** 14, recordSlots: 2048, latestInstruments: 0 });
    fc.assert(
      fc.property(anyFrame, (bytes) => {
        const before = line.counts;
        const ticks: Tick[] = Array.from(line.send(bytes), (tick) => tick.toObject());
        const { ticks: good, rejected, malformed } = expected(bytes);
        expect(ticks).toStrictEqual(good);
        const after = line.counts;
        const { shortFrame, truncated, packetLength, trailingBytes } = after.rejectedBy;
        const was = before.rejectedBy;
        expect([
          shortFrame - was.shortFrame,
          truncated - was.truncated,
          packetLength - was.packetLength,
          trailingBytes - was.trailingBytes,
        ]).toEqual(rejected);
        expect(after.rejected - before.rejected).toBe(rejected.reduce((sum, count) => sum + count, 0));
        expect(after.framesMalformed - before.framesMalformed).toBe(malformed ? 1 : 0);
        expect(after.records - before.records).toBe(good.length);
      }),
      { numRuns: 600 },
    );
  });

  it('goes on with the next frame', () => {
    const line = new Line({ frameRingBytes: 2 ** 14, recordSlots: 2048, latestInstruments: 16 });
    const good = encodeFrame([encodeLtp({ token: 1, lastPrice: 7 })]);
    fc.assert(
      fc.property(anyFrame, (bytes) => {
        for (const _ of line.send(bytes));
        expect(Array.from(line.send(good), (tick) => tick.rawLastPrice)).toEqual([7]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a count that says more than can be', () => {
  it('claims no more slots than the bytes can fill', () => {
    const bytes = encodeFrame([encodeLtp({ token: 1 })], 0xffff);
    const line = new Line({ recordSlots: 2, latestInstruments: 0 });
    expect(Array.from(line.send(bytes), ({ instrumentToken }) => instrumentToken)).toEqual([1]);
    expect(line.counts.rejectedBy.truncated).toBe(0xfffe);
    expect(new Counters(line.arena).values().recordsDropped).toBe(0);
  });
});
