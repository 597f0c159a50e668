import { Arena } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { runThread, until } from '../support/memory.ts';
import { arenaLayout, ReaderTable, recordRingLayout } from '../support/memory-internals.ts';

interface Written {
  checksum: number;
  waits: number;
}
interface Read {
  delivered: number;
  lagged: number;
  checksum: number;
  torn: number;
  outOfOrder: number;
}

/** One writing thread, and a reading thread for each of `kinds`. The ring wraps, and so do its positions. */
async function move(
  records: number,
  kinds: readonly ('gating' | 'copying')[],
  recordSlots: number,
  largestBatch: number,
): Promise<{ written: Written; read: Read[]; largestLag: number }> {
  const arena = Arena.create({
    frameRingBytes: 256,
    recordSlots,
    latestInstruments: 0,
    startPosition: 2 ** 32 - 2 ** 20,
  });
  const readers = new Int32Array(new SharedArrayBuffer(8));
  const common = { handle: arena.handle, readers };
  let done = false;
  const all = Promise.all([
    runThread<Written>('record-writer', { ...common, records, largestBatch }),
    ...kinds.map((kind) => runThread<Read>('record-reader', { ...common, kind, expected: kinds.length })),
  ]).finally(() => {
    done = true;
  });
  // Meanwhile this thread watches.
  const { offset } = arena.region(arenaLayout.REGION_RECORD_RING);
  const { RECORD_PUBLISHED, RECORD_READERS, RECORD_READER_COUNT } = recordRingLayout;
  const published = (offset + RECORD_PUBLISHED) >> 2;
  const table = new ReaderTable(arena, offset + RECORD_READERS, RECORD_READER_COUNT, published);
  let largestLag = 0;
  await until(() => {
    for (const { kind, lag } of table.status()) if (kind === 'gating') largestLag = Math.max(largestLag, lag);
    return done;
  });
  const [written, ...read] = await all;
  return { written, read, largestLag };
}

describe('between threads', () => {
  it('ten million records reach a gating reader whole, in order and without loss', async () => {
    const records = 10_000_000;
    const { written, read, largestLag } = await move(records, ['gating'], 4096, 256);
    // It may look old by the time that it is read, but never as if the reader were ahead of the writer.
    expect(largestLag).toBeLessThanOrEqual(records);
    expect(read).toEqual([
      { delivered: records, lagged: 0, checksum: written.checksum, torn: 0, outOfOrder: 0 },
    ]);
  });

  it('a gating reader of a tiny ring loses nothing although the writer waits for it all the time', async () => {
    const records = 500_000;
    const { written, read } = await move(records, ['gating'], 16, 16);
    expect(written.waits).toBeGreaterThan(0);
    expect(read).toEqual([
      { delivered: records, lagged: 0, checksum: written.checksum, torn: 0, outOfOrder: 0 },
    ]);
  });

  it('a copying reader gets whole records in order, and the exact number of those that it missed', async () => {
    const records = 10_000_000;
    const { read } = await move(records, ['copying'], 256, 64);
    expect(read).toMatchObject([{ torn: 0, outOfOrder: 0 }]);
    expect(read[0]!.delivered + read[0]!.lagged).toBe(records);
    expect(read[0]!.delivered).toBeGreaterThan(0);
  });

  it('gating and copying readers share a ring', async () => {
    const records = 1_000_000;
    const { written, read } = await move(records, ['gating', 'copying', 'gating'], 1024, 300);
    for (const { torn, outOfOrder } of read) expect({ torn, outOfOrder }).toEqual({ torn: 0, outOfOrder: 0 });
    for (const { delivered, lagged } of read) expect(delivered + lagged).toBe(records);
    for (const gating of [read[0]!, read[2]!]) {
      expect(gating).toMatchObject({ delivered: records, checksum: written.checksum });
    }
  });

  it('every byte of a small frame ring that is always full arrives, in order, and a copying tap sees whole frames', async () => {
    const frames = 300_000;
    const arena = Arena.create({
      frameRingBytes: 1024,
      recordSlots: 2,
      latestInstruments: 0,
      startPosition: 2 ** 32 - 2 ** 16,
    });
    const { handle } = arena;
    const joined = new Int32Array(new SharedArrayBuffer(4));
    const [written, read, tapped] = await Promise.all([
      runThread<{ bytes: number; checksum: number; waits: number }>('frame-writer', {
        handle,
        frames,
        joined,
      }),
      runThread<{ bytes: number }>('frame-reader', { handle }),
      runThread<{ last: number; delivered: number; lagged: number }>('frame-tap', { handle, joined }),
    ]);
    const { bytes, checksum, waits } = written;
    expect(waits).toBeGreaterThan(0);
    expect(read).toEqual({ frames, bytes, checksum, misnumbered: 0 });
    expect(tapped).toMatchObject({ torn: 0, outOfOrder: 0 });
    const { last, delivered, lagged } = tapped;
    expect(delivered).toBeGreaterThan(0);
    expect(delivered + lagged).toBe(last + 1);
  });
});
