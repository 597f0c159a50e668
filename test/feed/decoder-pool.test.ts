import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { DecoderError, QuarantinedFrame } from 'tickring';
import type { TickView } from 'tickring/kite';
import { Arena, Counters, FRAME_KIND_BINARY, FrameWriter, RecordReader } from 'tickring/memory';
import { afterEach, expect, test, vi } from 'vitest';
import { DecoderPool } from '../support/feed-internals.ts';
import { encodeFrame, encodeLtp } from '../support/kite-frames.ts';
import { kiteKernel } from '../support/memory-internals.ts';
import { kiteArena, tickView } from '../support/memory-kite.ts';
import { POISON, trapKernel } from '../support/trap-kernel.ts';

/** How long a decoder that goes on dying waits, ms. */
const BACK_OFF = [5, 10, 20, 40, 80, 160, 320, 640, 1000];

afterEach(() => {
  vi.restoreAllMocks();
});

/** A pool of one decoder, what it says, and an arena that it will serve. */
function setUp(
  make: (options: {
    frameBell: NonNullable<Parameters<typeof Arena.create>[0]>['frameBell'] & object;
  }) => Arena,
) {
  const deaths: { error: DecoderError; final: boolean }[] = [];
  const quarantined: QuarantinedFrame[] = [];
  let heard = () => {};
  const pool = new DecoderPool(1, {
    died: (error, final) => {
      deaths.push({ error, final });
      heard();
    },
    quarantined: (frame) => {
      quarantined.push(frame);
      heard();
    },
  });
  const arena = make({ frameBell: pool.controlFor(0).bell.handle });
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise<void>((resolve) => (heard = resolve));
  };
  return { pool, arena, deaths, quarantined, until };
}

test('a decoder that is terminated at any moment is replaced, and every record comes exactly once and in order', async () => {
  const { pool, arena, deaths } = setUp((options) => kiteArena({ ...options, recordSlots: 4096 }));
  await pool.start(kiteKernel, [arena]);
  const writer = new FrameWriter(arena);
  const reader = new RecordReader<TickView>([arena], tickView, { kind: 'gating' });
  const KILLS = 50;
  const PACKETS = 20;
  let written = 0;
  let read = 0;
  let killing = Promise.resolve<unknown>(undefined);
  let kills = 0;
  let seed = 12345;
  const random = (bound: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % bound;
  };
  let nextKill = random(3000);
  while (kills < KILLS || read < written) {
    if (kills < KILLS) {
      for (let frame = 0; frame < 8; frame++) {
        const first = written;
        const bytes = encodeFrame(
          Array.from({ length: PACKETS }, (_, at) =>
            encodeLtp({ token: (at % 7) * 256 + 1, lastPrice: first + at }),
          ),
        );
        if (!writer.write(bytes, FRAME_KIND_BINARY, 1, 1)) break;
        written += PACKETS;
      }
    }
    const before = read;
    for (const tick of reader.drain()) {
      expect(tick.rawLastPrice).toBe(read);
      read += 1;
    }
    if (kills < KILLS && read >= nextKill && pool.controlFor(0).serving) {
      const [thread] = pool.threads;
      if (thread) {
        await killing;
        killing = thread.terminate();
        kills += 1;
        nextKill = read + random(3000);
      }
    }
    // The core is the next decoder's while there is nothing to read.
    if (read === before) await reader.wait({ timeout: 5 });
    else await nextTurn();
  }
  await pool.stop();
  expect(read).toBe(written);
  expect(deaths.length).toBeGreaterThanOrEqual(1);
  expect(deaths.every(({ error }) => error.code === 'ERR_TICKRING_DECODER')).toBe(true);
  const counts = new Counters(arena).values();
  expect(counts.framesQuarantined + counts.recordsDropped).toBe(0);
});

test('a decoder that goes on dying waits longer and longer, is given up with a clear error, and the pool still stops', async () => {
  // No jitter: each delay is its bound.
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const { pool, arena, deaths, until } = setUp((options) => Arena.create(options));
  // An arena of another layout version: every decoder that attaches to it dies.
  arena.u32[1] = 999;
  const started = pool.start(kiteKernel, [arena]).catch(() => {});
  await until(() => deaths.at(-1)?.final === true);
  expect(deaths.length).toBe(10);
  // In this order, whatever others wait for meanwhile.
  const left = [...BACK_OFF];
  for (const [, delay] of timers.mock.calls) if (delay === left[0]) left.shift();
  expect(left).toEqual([]);
  expect(deaths.at(-1)!.error.message).toMatch(
    /died 10 times without decoding a frame and is not started again/,
  );
  expect(String((deaths.at(-1)!.error.cause as Error).message)).toMatch(/layout version 999/);
  await pool.stop();
  await started;
});

test('a frame that traps the kernel is told to the feed, and the decoder goes on', async () => {
  const { pool, arena, deaths, quarantined, until } = setUp((options) => Arena.create(options));
  await pool.start(await trapKernel(), [arena]);
  const writer = new FrameWriter(arena);
  const reader = new RecordReader<TickView>([arena], tickView, { kind: 'gating' });
  for (const first of [1, POISON, 2]) writer.write(Uint8Array.of(first, 9), FRAME_KIND_BINARY, 5, 1);
  const seen: number[] = [];
  while (seen.length < 2 && (await reader.wait())) {
    for (const tick of reader.drain()) seen.push(tick.instrumentToken);
  }
  expect(seen).toEqual([1, 2]);
  await until(() => quarantined.length > 0);
  expect(quarantined[0]).toMatchObject({
    connection: 0,
    frame: 1,
    receivedAt: 5,
    bytes: Uint8Array.of(POISON, 9),
  });
  expect(deaths).toEqual([]);
  await pool.stop();
});

test('a worker that comes to its end gives back the places of its readers', async () => {
  const arena = Arena.create();
  const worker = new Worker(new URL('../support/threads/ends-reading.js', import.meta.url), {
    workerData: arena.handle,
  });
  await once(worker, 'exit');
  // All sixteen places are free again.
  const readers = Array.from({ length: 16 }, () => new RecordReader([arena], tickView));
  for (const reader of readers) reader.close();
});
