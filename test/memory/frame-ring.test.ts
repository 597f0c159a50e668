import fc from 'fast-check';
import {
  Arena,
  FRAME_KIND_BINARY,
  FRAME_KIND_RESET,
  FRAME_KIND_TEXT,
  FrameReader,
  FrameWriter,
} from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { currentFrame, type ReadFrame, readFrames, START_POSITIONS } from '../support/memory.ts';
import { arenaLayout, frameRingLayout } from '../support/memory-internals.ts';

function ring(frameRingBytes: number, startPosition = 0, connection = 0) {
  const arena = Arena.create({
    frameRingBytes,
    recordSlots: 2,
    latestInstruments: 0,
    startPosition,
    connection,
  });
  return { arena, writer: new FrameWriter(arena), reader: new FrameReader(arena) };
}

/** @param shift bytes from the start of the buffer that they lie in */
function bytes(length: number, seed = 0, shift = 0): Uint8Array {
  const buffer = new Uint8Array(shift + length);
  for (let i = 0; i < length; i++) buffer[shift + i] = (i * 31 + seed * 7 + 1) & 0xff;
  return buffer.subarray(shift);
}

/** Bytes of the ring that a frame takes, without skipping. */
function taken(length: number, shift: number): number {
  return Math.ceil((24 + (shift % 8) + length) / 8) * 8;
}

type Step =
  | { do: 'stage' | 'write'; length: number; shift: number; kind: number; epoch: number; receivedAt: number }
  | { do: 'publish' | 'replace-reader' }
  | { do: 'read' | 'peek'; frames: number };

/** From these, frames of 64 bytes fill a ring to the last byte. */
const ALIGNED_POSITIONS = START_POSITIONS.filter((position) => position % 64 === 0);

const SIZES = [256, 512, 2048] as const;

function stepArbitrary(limit: number): fc.Arbitrary<Step> {
  const frame = {
    length: fc.oneof(
      fc.nat(limit),
      fc.nat(40),
      fc.constantFrom(0, 1, 7, 8, 9, limit - 1, limit, Math.floor(limit / 2)),
    ),
    shift: fc.nat(16),
    kind: fc.constantFrom(FRAME_KIND_BINARY, FRAME_KIND_TEXT, FRAME_KIND_RESET),
    epoch: fc.integer({ min: 0, max: 0xffff_ffff }),
    receivedAt: fc.double({ noNaN: true }),
  };
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), ...frame }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('stage' as const), ...frame }) },
    { weight: 2, arbitrary: fc.constant({ do: 'publish' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('read' as const), frames: fc.integer({ min: 1, max: 6 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('peek' as const), frames: fc.constant(1) }) },
    { weight: 1, arbitrary: fc.constant({ do: 'replace-reader' as const }) },
  );
}

const runArbitrary = fc.constantFrom(...SIZES).chain((size) =>
  fc.record({
    size: fc.constant(size),
    start: fc.constantFrom(...START_POSITIONS),
    steps: fc.array(stepArbitrary(size / 2 - 32), { minLength: 1, maxLength: 150, size: 'max' }),
  }),
);

describe('a frame ring', () => {
  it('gives every frame once, whole and in order, whatever the sizes, batches and wraps', () => {
    fc.assert(
      fc.property(runArbitrary, ({ size, start, steps }) => {
        const { arena, writer, reader: first } = ring(size, start, 11);
        let reader = first;
        const staged: ReadFrame[] = [];
        const waiting: ReadFrame[] = [];
        let number = 0;
        // Where the next frame goes, and what each frame that is not released takes with the end that it skips.
        let position = start % size;
        const spans: number[] = [];
        const spanOf = (length: number, shift: number) => {
          const span = taken(length, shift);
          return span + (span > size - position ? size - position : 0);
        };
        for (const step of steps) {
          if (step.do === 'write' || step.do === 'stage') {
            const { length, shift, kind, epoch, receivedAt } = step;
            const payload = bytes(length, number, shift);
            const span = spanOf(length, shift);
            const fits = spans.reduce((sum, other) => sum + other, span) <= size;
            if (writer.hasRoom(length)) expect(fits, 'room was promised').toBe(true);
            expect(writer[step.do](payload, kind, receivedAt, epoch)).toBe(fits);
            if (!fits) continue;
            spans.push(span);
            position = (position + span) % size;
            staged.push({ payload: payload.slice(), kind, number, epoch, receivedAt });
            number += 1;
            if (step.do === 'write') waiting.push(...staged.splice(0));
          } else if (step.do === 'publish') {
            writer.publish();
            waiting.push(...staged.splice(0));
          } else if (step.do === 'peek') {
            expect(reader.next()).toBe(waiting.length > 0);
            if (waiting[0]) expect(currentFrame(arena, reader)).toEqual(waiting[0]);
          } else if (step.do === 'replace-reader') {
            reader = new FrameReader(arena);
          } else if (step.do === 'read') {
            for (let i = 0; i < step.frames; i++) {
              expect(reader.ready).toBe(waiting.length > 0);
              expect(reader.next()).toBe(waiting.length > 0);
              const expected = waiting.shift();
              if (expected === undefined) break;
              expect(currentFrame(arena, reader)).toEqual(expected);
              expect(arena.u16[(reader.head + frameRingLayout.FRAME_CONNECTION) >> 1]).toBe(11);
              reader.release();
              spans.shift();
            }
          }
        }
        writer.publish();
        waiting.push(...staged.splice(0));
        expect(readFrames(arena, reader)).toEqual(waiting);
        expect(writer.occupancy).toBe(0);
      }),
      { numRuns: 80 },
    );
  });

  it('refuses a frame when it is full and takes it once frames are released', () => {
    for (const start of ALIGNED_POSITIONS) {
      const { arena, writer, reader } = ring(512, start);
      let written = 0;
      while (writer.write(bytes(40, written), FRAME_KIND_BINARY, written, 1)) written += 1;
      expect(written).toBe(8);
      expect(writer.occupancy).toBe(1);
      expect(writer.hasRoom(0)).toBe(false);
      expect(writer.write(bytes(0), FRAME_KIND_BINARY, 0, 1)).toBe(false);
      expect(reader.next()).toBe(true);
      expect(writer.write(bytes(40), FRAME_KIND_BINARY, 8, 1), 'read is not released').toBe(false);
      reader.release();
      expect(writer.write(bytes(40, 8), FRAME_KIND_BINARY, 8, 1)).toBe(true);
      expect(readFrames(arena, reader).map(({ receivedAt }) => receivedAt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it('counts what is staged as taken', () => {
    const { arena, writer, reader } = ring(256);
    let staged = 0;
    while (writer.stage(bytes(8, staged), FRAME_KIND_BINARY, 0, 1)) staged += 1;
    expect(staged).toBe(8);
    expect(reader.next()).toBe(false);
    expect(reader.ready).toBe(false);
    writer.publish();
    expect(readFrames(arena, reader)).toHaveLength(8);
  });

  it('fills an end that is too short for a frame with a skip marker', () => {
    const { arena, writer, reader } = ring(256);
    expect(writer.write(bytes(96), FRAME_KIND_BINARY, 0, 1)).toBe(true);
    expect(writer.write(bytes(48), FRAME_KIND_BINARY, 0, 1)).toBe(true);
    expect(readFrames(arena, reader)).toHaveLength(2);
    expect(writer.write(bytes(96, 5), FRAME_KIND_BINARY, 0, 1)).toBe(true);
    const data = arena.region(arenaLayout.REGION_FRAME_RING).offset + frameRingLayout.FRAME_DATA;
    const marker = data + 192;
    expect(arena.u32[(marker + frameRingLayout.FRAME_LENGTH) >> 2]).toBe(64);
    expect(arena.u8[marker + frameRingLayout.FRAME_KIND]).toBe(frameRingLayout.FRAME_KIND_SKIP);
    expect(reader.next()).toBe(true);
    expect(reader.head).toBe(data);
    expect(currentFrame(arena, reader).payload).toEqual(bytes(96, 5));
  });

  it('has room for a skip marker in an end of eight bytes', () => {
    const { arena, writer, reader } = ring(256);
    for (const length of [96, 80, 0]) {
      writer.write(bytes(length), FRAME_KIND_BINARY, 0, 1);
      expect(readFrames(arena, reader)).toHaveLength(1);
    }
    expect(writer.write(bytes(3, 9), FRAME_KIND_BINARY, 0, 1)).toBe(true);
    const data = arena.region(arenaLayout.REGION_FRAME_RING).offset + frameRingLayout.FRAME_DATA;
    expect(arena.u32[(data + 248) >> 2]).toBe(8);
    expect(readFrames(arena, reader).map(({ payload }) => payload)).toEqual([bytes(3, 9)]);
  });

  it('takes a frame of exactly the limit, from every position, once all before it is released', () => {
    for (const size of SIZES) {
      const limit = size / 2 - 32;
      for (let before = 0; before <= limit; before += size / 64) {
        const shift = (before / 4) % 8;
        const { arena, writer, reader } = ring(size, 2 ** 32 - 256);
        expect(writer.limit).toBe(limit);
        writer.write(bytes(before), FRAME_KIND_BINARY, 0, 1);
        readFrames(arena, reader);
        expect(writer.hasRoom(limit)).toBe(true);
        expect(writer.write(bytes(limit, before, shift), FRAME_KIND_BINARY, 0, 1)).toBe(true);
        expect(readFrames(arena, reader).map(({ payload }) => payload)).toEqual([bytes(limit, before)]);
      }
    }
  });

  it('keeps a payload as far from a multiple of 8 as it lay before, so that it is copied by words', () => {
    const { arena, writer, reader } = ring(2048);
    for (let shift = 0; shift < 16; shift++) {
      const payload = bytes(21, shift, shift);
      expect(writer.write(payload, FRAME_KIND_BINARY, 0, 1)).toBe(true);
      expect(reader.next()).toBe(true);
      expect(reader.payload % 8).toBe(payload.byteOffset % 8);
      expect(currentFrame(arena, reader).payload).toEqual(payload.slice());
      reader.release();
    }
  });

  it('refuses a frame above the limit for good, with its size and the limit', () => {
    const { arena, writer, reader } = ring(256);
    for (const call of ['write', 'stage'] as const) {
      expect(() => writer[call](bytes(105), FRAME_KIND_BINARY, 0, 1)).toThrow(
        expect.objectContaining({
          name: 'FrameTooLargeError',
          code: 'ERR_TICKRING_FRAME_TOO_LARGE',
          size: 105,
          limit: 96,
          message: expect.stringMatching(/105 bytes.*96 bytes.*frameRingBytes/),
        }),
      );
    }
    expect(writer.write(bytes(1), FRAME_KIND_BINARY, 0, 1)).toBe(true);
    expect(readFrames(arena, reader)).toHaveLength(1);
  });

  it('keeps frames for a decoder that comes later', () => {
    for (const start of ALIGNED_POSITIONS) {
      const { arena, writer } = ring(256, start);
      while (writer.write(bytes(40), FRAME_KIND_BINARY, 0, 1));
      expect(readFrames(arena, new FrameReader(arena))).toHaveLength(4);
    }
  });

  it('gives a new reader the frame that the last one had not released', () => {
    const { arena, writer, reader } = ring(512);
    for (let i = 0; i < 4; i++) writer.write(bytes(i), FRAME_KIND_BINARY, i, 1);
    reader.next();
    reader.release();
    reader.next();
    const heir = new FrameReader(arena);
    expect(heir.ready).toBe(true);
    expect(readFrames(arena, heir).map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('is ready as long as a frame is not released, also when it is the last', () => {
    const { writer, reader } = ring(512);
    writer.write(bytes(1), FRAME_KIND_BINARY, 0, 1);
    expect(reader.ready).toBe(true);
    expect(reader.next()).toBe(true);
    expect(reader.ready).toBe(true);
    reader.release();
    expect(reader.ready).toBe(false);
  });

  it('goes on counting frames with a new writer', () => {
    const { arena, writer, reader } = ring(512);
    writer.write(bytes(1), FRAME_KIND_BINARY, 0, 1);
    new FrameWriter(arena).write(bytes(2), FRAME_KIND_TEXT, 0, 1);
    expect(readFrames(arena, reader).map(({ number }) => number)).toEqual([0, 1]);
  });

  it('counts frames beyond 2^32', () => {
    const { arena, writer, reader } = ring(512);
    const { offset } = arena.region(arenaLayout.REGION_FRAME_RING);
    arena.u32[(offset + frameRingLayout.FRAME_NEXT_NUMBER) >> 2] = 0xffff_ffff;
    for (let i = 0; i < 2; i++) writer.write(bytes(i), FRAME_KIND_BINARY, 0, 1);
    expect(readFrames(arena, reader).map(({ number }) => number)).toEqual([0xffff_ffff, 0]);
  });

  it('rings for the decoder only when it is parked, and for the writer likewise', async () => {
    const { arena, writer, reader } = ring(512);
    writer.write(bytes(1), FRAME_KIND_BINARY, 0, 1);
    reader.next();
    reader.release();
    expect([arena.frameBell.counts.rings, arena.spaceBell.counts.rings]).toEqual([0, 0]);
    const frames = arena.frameBell.wait(() => reader.ready);
    writer.write(bytes(1), FRAME_KIND_BINARY, 0, 1);
    expect(await frames).toBe(true);
    reader.next();
    const space = arena.spaceBell.wait(() => writer.occupancy === 0);
    reader.release();
    expect(await space).toBe(true);
    expect([arena.frameBell.counts.rings, arena.spaceBell.counts.rings]).toEqual([1, 1]);
  });
});
