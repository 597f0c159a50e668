import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { TickView } from 'tickring/kite';
import { type Arena, FRAME_KIND_BINARY, FrameWriter, RecordReader } from 'tickring/memory';
import { expect, test } from 'vitest';
import { type ExpelledReader, ReaderWatch } from '../support/feed-internals.ts';
import { encodeFrame, encodeLtp } from '../support/kite-frames.ts';
import { kiteKernel, Lane } from '../support/memory-internals.ts';
import { kiteArena, tickView } from '../support/memory-kite.ts';

/** A watch over one arena, and the reader that it expels first. */
function watch(arena: Arena, stallLimit = 20) {
  const place = { connection: 0, account: 'a' };
  let tell: (reader: ExpelledReader) => void;
  const expelled = new Promise<ExpelledReader>((resolve) => {
    tell = resolve;
  });
  const watching = new ReaderWatch([{ place, arena }], stallLimit, (reader) => tell(reader));
  watching.start();
  // The watch itself keeps nothing alive; the test does.
  const alive = setInterval(() => {}, 1000);
  return {
    expelled,
    stop() {
      watching.stop();
      clearInterval(alive);
    },
  };
}

function line(whenFull?: 'drop-newest') {
  const arena = kiteArena({ recordSlots: 4 });
  const frames = new FrameWriter(arena);
  const lane = new Lane(arena, kiteKernel, { whenFull });
  const send = (price: number) => {
    const bytes = encodeFrame([encodeLtp({ token: 257, lastPrice: price })]);
    expect(frames.write(bytes, FRAME_KIND_BINARY, 1, 1)).toBe(true);
    return lane.drain(1);
  };
  const read = (reader: RecordReader<TickView>) => Array.from(reader.drain(), (tick) => tick.rawLastPrice);
  return { arena, lane, send, read };
}

test('a gating reader that blocks and does not move is expelled; the others go on, and it learns of it when it comes back', async () => {
  const { arena, lane, send, read } = line();
  const stalled = new RecordReader([arena], tickView, { kind: 'gating' });
  const good = new RecordReader([arena], tickView, { kind: 'gating' });
  for (const price of [1, 2, 3, 4]) expect(send(price)).toBe(1);
  expect(send(5)).toBe(0);
  expect(read(good)).toEqual([1, 2, 3, 4]);
  const { expelled, stop } = watch(arena);
  expect(await expelled).toEqual({ connection: 0, account: 'a', threadId: 0, lag: 4 });
  stop();
  expect(lane.ready).toBe(true);
  expect(lane.drain(1)).toBe(1);
  expect(read(good)).toEqual([5]);
  expect(() => stalled.drain()).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_READER_EXPELLED' }));
  stalled.close();
  // Its place is free again.
  const readers = Array.from({ length: 15 }, () => new RecordReader([arena], tickView));
  for (const reader of readers) reader.close();
  good.close();
});

test('a gating reader that is slow but moves is not expelled', async () => {
  const { arena, lane, send, read } = line();
  const slow = new RecordReader([arena], tickView, { kind: 'gating' });
  const dead = new RecordReader([arena], tickView, { kind: 'gating' });
  for (const price of [1, 2, 3, 4]) send(price);
  send(5);
  const { expelled, stop } = watch(arena, 100);
  let over = false;
  void expelled.then(() => {
    over = true;
  });
  const seen: number[] = [];
  while (!over) {
    for (const tick of slow.drain()) {
      seen.push(tick.rawLastPrice);
      break;
    }
    await nextTurn();
  }
  stop();
  lane.drain(10);
  seen.push(...read(slow));
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  slow.close();
  dead.close();
});

test('under drop-newest the reader in the way is expelled too, and nothing more is dropped', async () => {
  const { arena, send, read } = line('drop-newest');
  const stalled = new RecordReader([arena], tickView, { kind: 'gating' });
  const good = new RecordReader([arena], tickView, { kind: 'copying' });
  const { expelled, stop } = watch(arena);
  let price = 0;
  let over = false;
  void expelled.then(() => {
    over = true;
  });
  while (!over) {
    send(price++);
    await nextTurn();
  }
  stop();
  read(good);
  send(-1);
  expect(read(good)).toEqual([-1]);
  stalled.close();
  good.close();
});

test('a gating reader whose thread was terminated is expelled', async () => {
  const { arena, lane, send } = line();
  const worker = new Worker(new URL('../support/threads/holds-a-place.js', import.meta.url), {
    workerData: arena.handle,
  });
  await once(worker, 'message');
  await worker.terminate();
  for (const price of [1, 2, 3, 4]) send(price);
  expect(send(5)).toBe(0);
  const { expelled, stop } = watch(arena);
  expect((await expelled).threadId).toBeGreaterThan(0);
  stop();
  expect(lane.drain(1)).toBe(1);
});
