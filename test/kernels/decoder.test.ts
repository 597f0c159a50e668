import type { TickView } from 'tickring/kite';
import {
  type Arena,
  type ArenaOptions,
  Counters,
  FRAME_KIND_BINARY,
  FrameReader,
  FrameWriter,
  RecordReader,
  RecordWriter,
} from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { encodeFrame, encodeLtp } from '../support/kite-frames.ts';
import { START_POSITIONS, startThread, until } from '../support/memory.ts';
import { DecoderControl, kiteKernel, Lane } from '../support/memory-internals.ts';
import { instantiate, kiteArena, tickView } from '../support/memory-kite.ts';

/** A frame of `count` ticks with last prices from `first` on. */
function frameOf(first: number, count = 1): Uint8Array {
  return encodeFrame(Array.from({ length: count }, (_, i) => encodeLtp({ token: 1, lastPrice: first + i })));
}

function prices(reader: RecordReader<TickView>): number[] {
  return Array.from(reader.drain(), ({ rawLastPrice }) => rawLastPrice);
}

function put(arena: Arena, frame: Uint8Array): void {
  if (!new FrameWriter(arena).write(frame, FRAME_KIND_BINARY, 1, 1)) throw new Error('no room');
}

function small(options: ArenaOptions = {}): Arena {
  return kiteArena({ frameRingBytes: 2048, recordSlots: 4, latestInstruments: 4, ...options });
}

function counts(arena: Arena) {
  return new Counters(arena).values();
}

describe('a lane', () => {
  it('decodes the frames that wait, as many as it is told to', () => {
    const arena = small();
    using reader = new RecordReader([arena], tickView);
    for (const price of [1, 2, 3]) put(arena, frameOf(price));
    const lane = new Lane(arena, kiteKernel);
    expect(lane.ready).toBe(true);
    expect(lane.drain(2)).toBe(2);
    expect(lane.ready).toBe(true);
    expect(lane.drain(2)).toBe(1);
    expect(lane.ready).toBe(false);
    expect(lane.drain(2)).toBe(0);
    expect(prices(reader)).toEqual([1, 2, 3]);
    expect(counts(arena)).toMatchObject({ framesDecoded: 3, records: 3, spaceWaits: 0 });
  });

  it('does not overwrite what gating readers hold, and goes on once it is released', () => {
    for (const startPosition of START_POSITIONS) {
      const arena = small({ startPosition });
      using reader = new RecordReader([arena], tickView, { kind: 'gating' });
      const lane = new Lane(arena, kiteKernel);
      put(arena, frameOf(10, 3));
      put(arena, frameOf(20, 2));
      put(arena, frameOf(30, 1));
      expect(lane.drain(10)).toBe(1);
      expect(lane.ready).toBe(false);
      expect(lane.drain(10)).toBe(0);
      const run = reader.drain()[Symbol.iterator]();
      expect(run.next().value.rawLastPrice).toBe(10);
      expect(lane.ready, 'what the view is on is not released').toBe(false);
      run.return?.();
      expect(lane.ready).toBe(true);
      // One slot is released: the frame of two fits, the next one, of one, does not.
      expect(lane.drain(10)).toBe(1);
      expect(lane.ready).toBe(false);
      expect(prices(reader)).toEqual([11, 12, 20, 21]);
      expect(lane.drain(10)).toBe(1);
      expect(prices(reader)).toEqual([30]);
      expect(lane.ready).toBe(false);
      expect(counts(arena)).toMatchObject({ spaceWaits: 2, records: 6, recordsDropped: 0 });
    }
  });

  it('has its bell rung by the reader that releases, only as long as it waits for that', async () => {
    const arena = small();
    using reader = new RecordReader([arena], tickView, { kind: 'gating' });
    const lane = new Lane(arena, kiteKernel);
    put(arena, frameOf(10, 4));
    put(arena, frameOf(20, 4));
    lane.drain(10);
    const woken = arena.frameBell.wait(() => lane.ready);
    expect(arena.frameBell.parked).toBe(1);
    prices(reader);
    expect(await woken).toBe(true);
    const { rings } = arena.frameBell.counts;
    expect(rings).toBe(1);
    lane.drain(10);
    const other = new AbortController();
    const parked = arena.frameBell.wait(() => false, undefined, other.signal);
    prices(reader);
    expect(arena.frameBell.counts.rings).toBe(rings);
    other.abort();
    await parked;
  });

  it('goes on when the reader that held it up leaves, and is woken by it', async () => {
    const arena = small();
    const reader = new RecordReader([arena], tickView, { kind: 'gating' });
    const lane = new Lane(arena, kiteKernel);
    put(arena, frameOf(10, 4));
    put(arena, frameOf(20, 4));
    expect(lane.drain(10)).toBe(1);
    const woken = arena.frameBell.wait(() => lane.ready);
    expect(arena.frameBell.parked).toBe(1);
    reader.close();
    expect(await woken).toBe(true);
    expect(lane.drain(10)).toBe(1);
  });

  it('publishes the records of a frame together or not at all', () => {
    const arena = small();
    using gate = new RecordReader([arena], tickView, { kind: 'gating' });
    using reader = new RecordReader([arena], tickView);
    const lane = new Lane(arena, kiteKernel);
    put(arena, frameOf(1, 2));
    put(arena, frameOf(10, 3));
    lane.drain(10);
    expect(prices(reader)).toEqual([1, 2]);
    prices(gate);
    lane.drain(10);
    expect(prices(reader)).toEqual([10, 11, 12]);
  });

  it('drops a frame with more records than the ring, counts them, and goes on', () => {
    const arena = small();
    using reader = new RecordReader([arena], tickView);
    const lane = new Lane(arena, kiteKernel);
    put(arena, frameOf(1, 1));
    put(arena, frameOf(100, 5));
    put(arena, frameOf(10, 3));
    expect(lane.drain(10)).toBe(3);
    expect(prices(reader)).toEqual([1, 10, 11, 12]);
    expect(counts(arena)).toMatchObject({ recordsDropped: 5, records: 4, framesDecoded: 2 });
  });

  it('takes a frame with exactly as many records as the ring', () => {
    const arena = small();
    using reader = new RecordReader([arena], tickView, { kind: 'gating' });
    const lane = new Lane(arena, kiteKernel);
    put(arena, frameOf(1, 4));
    expect(lane.drain(1)).toBe(1);
    expect(prices(reader)).toEqual([1, 2, 3, 4]);
  });
});

describe('a lane that takes over from a decoder that died', () => {
  /** Decodes and publishes the next frame, but dies before it releases it. */
  function decodeHalf(arena: Arena, publish: boolean): void {
    const kernel = instantiate(arena);
    const frames = new FrameReader(arena);
    const records = new RecordWriter(arena);
    if (!frames.next() || !records.claim(kernel.most(frames.head))) throw new Error('nothing to decode');
    const made = kernel.decode(frames.head, records.position, 1);
    if (publish) records.publish(made, frames.number);
  }

  it.each(START_POSITIONS)(
    'after publishing, before releasing, does not decode the frame again (from position %d)',
    (startPosition) => {
      const arena = small({ startPosition, recordSlots: 16 });
      using reader = new RecordReader([arena], tickView);
      put(arena, frameOf(1, 2));
      put(arena, frameOf(10, 3));
      put(arena, frameOf(20, 1));
      const first = new Lane(arena, kiteKernel);
      expect(first.drain(1)).toBe(1);
      decodeHalf(arena, true);
      const heir = new Lane(arena, kiteKernel);
      expect(heir.ready).toBe(true);
      expect(heir.drain(10)).toBe(1);
      expect(prices(reader)).toEqual([1, 2, 10, 11, 12, 20]);
      expect(counts(arena).framesSkipped).toBe(1);
    },
  );

  it('knows a frame whose records were published when it is the very first', () => {
    for (const startPosition of START_POSITIONS) {
      const arena = small({ startPosition });
      using reader = new RecordReader([arena], tickView);
      put(arena, frameOf(1, 2));
      decodeHalf(arena, true);
      const heir = new Lane(arena, kiteKernel);
      expect(heir.ready).toBe(false);
      expect(heir.drain(10)).toBe(0);
      expect(prices(reader)).toEqual([1, 2]);
    }
  });

  it.each(START_POSITIONS)(
    'before publishing decodes the frame, once (from position %d)',
    (startPosition) => {
      const arena = small({ startPosition });
      using reader = new RecordReader([arena], tickView);
      put(arena, frameOf(10, 3));
      decodeHalf(arena, false);
      expect(reader.ready).toBe(false);
      const heir = new Lane(arena, kiteKernel);
      expect(heir.ready).toBe(true);
      expect(heir.drain(10)).toBe(1);
      expect(prices(reader)).toEqual([10, 11, 12]);
      expect(counts(arena)).toMatchObject({ framesSkipped: 0, framesDecoded: 1, records: 3 });
    },
  );

  it('does not take the first frame, number 0, for one that was decoded', () => {
    const arena = small();
    using reader = new RecordReader([arena], tickView);
    new Lane(arena, kiteKernel);
    put(arena, frameOf(5));
    expect(new Lane(arena, kiteKernel).drain(10)).toBe(1);
    expect(prices(reader)).toEqual([5]);
    expect(counts(arena).framesSkipped).toBe(0);
  });

  it('goes on with a frame that waits for gating readers', () => {
    const arena = small();
    using reader = new RecordReader([arena], tickView, { kind: 'gating' });
    put(arena, frameOf(1, 4));
    put(arena, frameOf(10, 4));
    expect(new Lane(arena, kiteKernel).drain(10)).toBe(1);
    const heir = new Lane(arena, kiteKernel);
    expect(heir.drain(10)).toBe(0);
    expect(heir.ready).toBe(false);
    expect(prices(reader)).toEqual([1, 2, 3, 4]);
    expect(heir.drain(10)).toBe(1);
    expect(prices(reader)).toEqual([10, 11, 12, 13]);
  });
});

describe('the decoder in its thread', () => {
  function decoder(arenas: number, options: ArenaOptions = {}) {
    const control = new DecoderControl();
    const served = Array.from({ length: arenas }, () =>
      small({ ...options, frameBell: control.bell.handle }),
    );
    const start = () =>
      startThread<undefined>('decoder', {
        module: kiteKernel,
        arenas: served.map(({ handle }) => handle),
        control: control.buffer,
      });
    return { control, arenas: served, start };
  }

  it('says when it serves, decodes, parks, wakes, and stops while it is parked', async () => {
    const { control, arenas, start } = decoder(1);
    const arena = arenas[0]!;
    using reader = new RecordReader([arena], tickView);
    const { result } = start();
    expect(await control.bell.wait(() => control.serving, 30_000)).toBe(true);
    for (let round = 0; round < 20; round++) {
      // Only one who is parked has to be woken.
      if (round % 2 === 0) await until(() => control.bell.parked === 1);
      put(arena, frameOf(round * 2, 2));
      expect(await reader.wait({ timeout: 30_000 })).toBe(true);
      expect(prices(reader)).toEqual([round * 2, round * 2 + 1]);
    }
    expect(control.bell.counts.parks).toBeGreaterThan(0);
    await until(() => control.bell.parked === 1);
    control.stop();
    await result;
    expect(control.serving).toBe(false);
    expect(control.stopped).toBe(true);
  });

  it('serves several arenas in turn', async () => {
    const { control, arenas, start } = decoder(3, { recordSlots: 512 });
    const readers = arenas.map((arena) => new RecordReader([arena], tickView, { kind: 'gating' }));
    const { result } = start();
    const seen: number[][] = arenas.map(() => []);
    for (let price = 0; price < 300; price++) {
      const arena = arenas[price % 3]!;
      while (!new FrameWriter(arena).write(frameOf(price), FRAME_KIND_BINARY, 1, 1)) {
        await arena.spaceBell.wait(() => new FrameWriter(arena).hasRoom(20), 30_000);
      }
    }
    for (const [i, reader] of readers.entries()) {
      while (seen[i]!.length < 100) {
        expect(await reader.wait({ timeout: 30_000 })).toBe(true);
        seen[i]!.push(...prices(reader));
      }
    }
    for (const [i, all] of seen.entries()) {
      expect(all).toEqual(Array.from({ length: 100 }, (_, n) => n * 3 + i));
    }
    control.stop();
    await result;
  });

  it('waits for a gating reader without losing anything, and stops while it waits', async () => {
    const { control, arenas, start } = decoder(1);
    const arena = arenas[0]!;
    using reader = new RecordReader([arena], tickView, { kind: 'gating' });
    const { result } = start();
    for (const first of [0, 4, 8]) put(arena, frameOf(first, 4));
    const seen: number[] = [];
    while (seen.length < 8) {
      await until(() => control.bell.parked === 1 && reader.ready);
      seen.push(...prices(reader));
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    put(arena, frameOf(12, 4));
    expect(await reader.wait({ timeout: 30_000 })).toBe(true);
    await until(() => control.bell.parked === 1);
    control.stop();
    await result;
    expect(prices(reader)).toEqual([8, 9, 10, 11]);
  });

  it('that is ended at any moment is replaced by one that loses nothing and repeats nothing', async () => {
    const { control, arenas, start } = decoder(1, { frameRingBytes: 2 ** 16, recordSlots: 2 ** 14 });
    const arena = arenas[0]!;
    using reader = new RecordReader([arena], tickView, { kind: 'gating' });
    const writer = new FrameWriter(arena);
    const frames = 8000;
    let next = 0;
    const seen: number[] = [];
    for (let life = 0; life < 6; life++) {
      const { worker } = start();
      const goal = ((life + 1) * frames) / 8;
      while (seen.length < goal) {
        while (next < frames && writer.write(frameOf(next), FRAME_KIND_BINARY, 1, 1)) next += 1;
        await reader.wait({ timeout: 30_000 });
        seen.push(...prices(reader));
      }
      await worker.terminate();
    }
    const { result } = start();
    while (seen.length < frames) {
      while (next < frames && writer.write(frameOf(next), FRAME_KIND_BINARY, 1, 1)) next += 1;
      await reader.wait({ timeout: 30_000 });
      seen.push(...prices(reader));
    }
    control.stop();
    await result;
    expect(seen).toEqual(Array.from({ length: frames }, (_, i) => i));
  });

  it('can be started again after it was stopped', async () => {
    const { control, arenas, start } = decoder(1);
    const arena = arenas[0]!;
    using reader = new RecordReader([arena], tickView);
    for (const price of [1, 2]) {
      const { result } = start();
      put(arena, frameOf(price));
      expect(await reader.wait({ timeout: 30_000 })).toBe(true);
      expect(prices(reader)).toEqual([price]);
      control.stop();
      await result;
      control.reset();
      expect(control.stopped).toBe(false);
    }
  });
});
