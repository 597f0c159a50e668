import { Arena, FRAME_KIND_RESET, FrameReader } from 'tickring/memory';
import { expect, test } from 'vitest';
import { until } from '../sim/client.ts';
import { FrameIntake } from '../support/feed-internals.ts';
import { frameRingLayout as layout } from '../support/memory-internals.ts';

/** A socket that only remembers what it was told. */
class Source {
  readonly told: string[] = [];
  pause(): void {
    this.told.push('pause');
  }
  resume(): void {
    this.told.push('resume');
  }
}

function setup(frameRingBytes: number) {
  const arena = Arena.create({ frameRingBytes, recordSlots: 2, latestInstruments: 0 });
  const intake = new FrameIntake(arena);
  const reader = new FrameReader(arena);
  /** What waits in the ring: the first byte and length of each frame. */
  const drain = (most = Number.POSITIVE_INFINITY) => {
    const frames: string[] = [];
    while (frames.length < most && reader.next()) {
      const { head, payload } = reader;
      const length = arena.u32[(head + layout.FRAME_LENGTH) >> 2];
      const first = arena.u8[payload];
      const isReset = arena.u8[head + layout.FRAME_KIND] === FRAME_KIND_RESET;
      frames.push(isReset ? 'reset' : `${first}:${length}`);
      reader.release();
    }
    return frames;
  };
  return { arena, intake, drain, source: new Source() };
}

const frame = (first: number, length: number) => new Uint8Array(length).fill(first);

test('what finds no room is held, in order, while the socket is paused once', async () => {
  const { intake, drain, source } = setup(1024);
  for (let nth = 0; nth < 10; nth++) intake.take(frame(nth, 200), true, 1, source);
  expect(intake.paused).toBe(true);
  expect(source.told).toEqual(['pause']);
  const frames: string[] = [];
  await until(() => {
    frames.push(...drain());
    return !intake.paused && frames.length === 10;
  });
  expect(frames).toEqual(Array.from({ length: 10 }, (_, nth) => `${nth}:200`));
  expect(source.told).toEqual(['pause', 'resume']);
});

test('a reset keeps its place among frames that are held', async () => {
  const { intake, drain, source } = setup(1024);
  intake.reset(1);
  for (let nth = 0; nth < 5; nth++) intake.take(frame(nth, 200), true, 1, source);
  intake.reset(2);
  expect(intake.epoch).toBe(2);
  const next = new Source();
  intake.take(frame(9, 8), true, 2, next);
  expect(next.told).toEqual(['pause']);
  const frames: string[] = [];
  await until(() => {
    frames.push(...drain());
    return !intake.paused && frames.length === 8;
  });
  expect(frames).toEqual(['reset', '0:200', '1:200', '2:200', '3:200', '4:200', 'reset', '9:8']);
  expect(next.told).toEqual(['pause', 'resume']);
});

test('a large frame that finds no room in one piece does not keep the thread from its other work', async () => {
  const { intake, drain, source } = setup(1024);
  // The next frame goes to three quarters of the ring, and half of the ring is taken: no 400 bytes in one piece.
  for (let nth = 0; nth < 3; nth++) intake.take(frame(nth, 224), true, 1, source);
  intake.take(frame(3, 400), true, 1, source);
  expect(intake.paused).toBe(true);
  expect(drain(1)).toEqual(['0:224']);
  // Timers still run here, although nobody reads on.
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(intake.paused).toBe(true);
  const frames: string[] = [];
  await until(() => {
    frames.push(...drain());
    return !intake.paused && frames.length === 3;
  });
  expect(frames).toEqual(['1:224', '2:224', '3:400']);
});

test('stopping lets go of what is held, and of the socket', async () => {
  const { intake, source } = setup(1024);
  for (let nth = 0; nth < 10; nth++) intake.take(frame(nth, 200), true, 1, source);
  intake.stop();
  await until(() => source.told.length === 2);
  expect(source.told).toEqual(['pause', 'resume']);
});
