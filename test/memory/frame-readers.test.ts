import fc from 'fast-check';
import { Arena, FRAME_KIND_BINARY, FrameReader, FrameWriter } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { readFrames, START_POSITIONS } from '../support/memory.ts';
import { CopyingFrameReader } from '../support/memory-internals.ts';

function ring(frameRingBytes: number, startPosition = 0) {
  const arena = Arena.create({ frameRingBytes, recordSlots: 2, latestInstruments: 0, startPosition });
  return { arena, writer: new FrameWriter(arena), decoder: new FrameReader(arena) };
}

function bytes(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 7 + 1) & 0xff);
}

function write(writer: FrameWriter, number: number, length = 20): boolean {
  return writer.write(bytes(length, number), FRAME_KIND_BINARY, number, 1);
}

/** Numbers of all frames that a tap gives; each must be whole. */
function take(tap: CopyingFrameReader, most = Number.POSITIVE_INFINITY): number[] {
  const numbers: number[] = [];
  while (numbers.length < most && tap.next()) {
    const { number, payload, length } = tap;
    expect(tap.bytes.slice(payload, payload + length)).toEqual(bytes(length, number));
    expect([tap.kind, tap.receivedAt, tap.epoch]).toEqual([FRAME_KIND_BINARY, number, 1]);
    numbers.push(number);
    tap.release();
  }
  return numbers;
}

describe('a tap of the frame ring', () => {
  it('gets every frame from when it joined on, beside the decoder, and the writer waits for it', () => {
    for (const start of START_POSITIONS) {
      const { arena, writer, decoder } = ring(256, start);
      write(writer, 0);
      const tap = new FrameReader(arena, 'tap');
      expect(tap.ready).toBe(false);
      let number = 1;
      for (let round = 0; round < 5; round++) {
        while (write(writer, number)) number += 1;
        // Though the decoder is done with all, the tap still holds most of the ring.
        readFrames(arena, decoder);
      }
      expect(number).toBeLessThan(10);
      const seen = readFrames(arena, tap).map((frame) => frame.number);
      expect(seen).toEqual(Array.from({ length: number - 1 }, (_, i) => i + 1));
      readFrames(arena, decoder);
      expect(writer.occupancy).toBe(0);
    }
  });

  it('that leaves holds nobody up, and wakes the writer', async () => {
    const { arena, writer, decoder } = ring(256);
    const tap = new FrameReader(arena, 'tap');
    let number = 0;
    while (write(writer, number)) number += 1;
    readFrames(arena, decoder);
    const room = arena.spaceBell.wait(() => writer.hasRoom(20), 30_000);
    expect(arena.spaceBell.parked).toBe(1);
    tap.leave();
    expect(await room).toBe(true);
  });

  it('is refused when the three places beside the decoder are taken', () => {
    const { arena } = ring(256);
    const taps = [
      new FrameReader(arena, 'tap'),
      new CopyingFrameReader(arena),
      new FrameReader(arena, 'tap'),
    ];
    const refused = expect.objectContaining({ code: 'ERR_TICKRING_TOO_MANY_READERS' });
    expect(() => new FrameReader(arena, 'tap')).toThrow(refused);
    expect(() => new CopyingFrameReader(arena)).toThrow(refused);
    taps[1]!.leave();
    expect(() => new CopyingFrameReader(arena)).not.toThrow();
  });
});

describe('the owner of a frame ring without a decoder', () => {
  it('is one at a time; the next one goes on where it stood', () => {
    const arena = Arena.create({ frameRingBytes: 512, recordSlots: 2, latestInstruments: 0 });
    const writer = new FrameWriter(arena);
    for (let number = 0; number < 4; number++) write(writer, number);
    const owner = new FrameReader(arena, 'owner');
    expect(() => new FrameReader(arena, 'owner')).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_TOO_MANY_READERS' }),
    );
    owner.next();
    owner.release();
    owner.next();
    owner.leave();
    const heir = new FrameReader(arena, 'owner');
    expect(readFrames(arena, heir).map(({ number }) => number)).toEqual([1, 2, 3]);
  });
});

describe('a copying tap of the frame ring', () => {
  const runs = fc.record({
    size: fc.constantFrom(256, 1024),
    start: fc.constantFrom(...START_POSITIONS),
    steps: fc.array(
      fc.oneof(
        fc.record({ write: fc.integer({ min: 1, max: 12 }), length: fc.nat(96) }),
        fc.record({ take: fc.integer({ min: 1, max: 5 }) }),
      ),
      { maxLength: 80, size: 'max' },
    ),
  });

  it('gives whole frames in order, and counts each that it missed', () => {
    fc.assert(
      fc.property(runs, ({ size, start, steps }) => {
        const { arena, writer, decoder } = ring(size, start);
        let number = 0;
        const tap = new CopyingFrameReader(arena);
        const seen: number[] = [];
        for (const step of steps) {
          if ('take' in step) {
            seen.push(...take(tap, step.take));
            continue;
          }
          for (let i = 0; i < step.write; i++) {
            expect(write(writer, number, step.length)).toBe(true);
            readFrames(arena, decoder);
            number += 1;
          }
        }
        seen.push(...take(tap));
        // Whatever was missed last is known by the next frame.
        write(writer, number, 10);
        seen.push(...take(tap));
        expect(seen.at(-1)).toBe(number);
        expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
        expect(seen.length + tap.lagged).toBe(number + 1);
      }),
      { numRuns: 150 },
    );
  });

  it('that is lapped before its first frame has counted what it missed', () => {
    const { arena, writer, decoder } = ring(256);
    write(writer, 0);
    const tap = new CopyingFrameReader(arena);
    for (let number = 1; number <= 20; number++) {
      readFrames(arena, decoder);
      write(writer, number);
    }
    expect(take(tap)).toEqual([20]);
    readFrames(arena, decoder);
    write(writer, 21);
    expect(take(tap)).toEqual([21]);
    expect(tap.lagged).toBe(19);
  });

  it('keeps a frame that is not released, whatever is written meanwhile', () => {
    const { arena, writer, decoder } = ring(256);
    const tap = new CopyingFrameReader(arena);
    write(writer, 0);
    expect(tap.next()).toBe(true);
    for (let number = 1; number <= 20; number++) {
      readFrames(arena, decoder);
      write(writer, number);
    }
    expect(tap.next()).toBe(true);
    expect(take(tap, 1)).toEqual([0]);
  });

  it('takes frames larger than its buffer was', () => {
    const { arena, writer } = ring(2 ** 16);
    const tap = new CopyingFrameReader(arena);
    for (const [number, length] of [10, 5000, 20_000].entries()) {
      expect(write(writer, number, length)).toBe(true);
      expect(take(tap)).toEqual([number]);
    }
  });
});
