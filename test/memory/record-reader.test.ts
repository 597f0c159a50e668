import { Arena, type ArenaOptions, Doorbell, RecordReader, RecordWriter } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { TestView, testView, writeRecords } from '../support/memory.ts';
import { arenaLayout, ReaderTable, recordRingLayout } from '../support/memory-internals.ts';

function ring(recordSlots = 8, options: ArenaOptions = {}) {
  const arena = Arena.create({ frameRingBytes: 256, recordSlots, latestInstruments: 0, ...options });
  return { arena, writer: new RecordWriter(arena) };
}

function numbers(batch: Iterable<TestView>): number[] {
  return Array.from(batch, ({ number }) => number);
}

const KINDS = ['gating', 'copying'] as const;

describe.each(KINDS)('a %s reader', (kind) => {
  it('sees what is published from when it joined on', () => {
    const { arena, writer } = ring();
    writeRecords(arena, writer, 3);
    using reader = new RecordReader([arena], testView, { kind });
    expect(reader.ready).toBe(false);
    expect(numbers(reader.drain())).toEqual([]);
    writeRecords(arena, writer, 2);
    expect(reader.ready).toBe(true);
    expect(numbers(reader.drain())).toEqual([3, 4]);
  });

  it('hands out one view, moved from record to record', () => {
    const { arena, writer } = ring();
    using reader = new RecordReader([arena], testView, { kind });
    writeRecords(arena, writer, 3);
    expect(new Set(reader.drain()).size).toBe(1);
  });

  it('knows how many records a batch has', () => {
    const { arena, writer } = ring();
    using reader = new RecordReader([arena], testView, { kind });
    writeRecords(arena, writer, 5);
    const batch = reader.drain();
    expect(batch.size).toBe(5);
    for (const _ of batch) break;
    expect(reader.drain().size).toBe(4);
  });

  it('does not go beyond what was published when the batch was made', () => {
    const { arena, writer } = ring(16);
    using reader = new RecordReader([arena], testView, { kind });
    writeRecords(arena, writer, 2);
    const seen: number[] = [];
    for (const { number } of reader.drain()) {
      seen.push(number);
      writeRecords(arena, writer, 1);
    }
    expect(seen).toEqual([0, 1]);
    expect(numbers(reader.drain())).toEqual([2, 3]);
  });

  it('goes on where a loop was left early', () => {
    const { arena, writer } = ring(128);
    using reader = new RecordReader([arena], testView, { kind });
    writeRecords(arena, writer, 100);
    const seen: number[] = [];
    while (reader.ready) {
      let taken = 0;
      for (const { number } of reader.drain()) {
        seen.push(number);
        taken += 1;
        if (taken === 7) break;
      }
    }
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('goes on after a loop that threw', () => {
    const { arena, writer } = ring();
    using reader = new RecordReader([arena], testView, { kind });
    writeRecords(arena, writer, 3);
    expect(() => {
      for (const _ of reader.drain()) throw new Error('of the consumer');
    }).toThrow('of the consumer');
    expect(numbers(reader.drain())).toEqual([1, 2]);
  });

  it('waits without blocking until a record is published', async () => {
    const { arena, writer } = ring();
    using reader = new RecordReader([arena], testView, { kind });
    const waiting = reader.wait();
    writeRecords(arena, writer, 1);
    expect(await waiting).toBe(true);
    expect(reader.waitSync()).toBe(true);
  });

  it('stops waiting when the time is up or it is aborted', async () => {
    const { arena } = ring();
    using reader = new RecordReader([arena], testView, { kind });
    expect(reader.waitSync(1)).toBe(false);
    expect(reader.waitSync(0)).toBe(false);
    expect(await reader.wait({ timeout: 1 })).toBe(false);
    const controller = new AbortController();
    const waiting = reader.wait({ signal: controller.signal });
    controller.abort();
    expect(await waiting).toBe(false);
  });

  it('gives batches as they come, until the feed is closed and all is read', async () => {
    const { arena, writer } = ring();
    using reader = new RecordReader([arena], testView, { kind });
    writeRecords(arena, writer, 2);
    const seen: number[][] = [];
    for await (const batch of reader) {
      seen.push(numbers(batch));
      if (seen.length < 3) setImmediate(() => writeRecords(arena, writer, seen.length));
      else if (seen.length === 3) {
        writeRecords(arena, writer, 1);
        arena.close();
      }
    }
    expect(seen).toEqual([[0, 1], [2], [3, 4], [5]]);
    expect(reader.ended).toBe(true);
    expect(reader.waitSync()).toBe(false);
    expect(await reader.wait()).toBe(false);
  });

  it('lets timers and sockets have their turn while records keep coming', async () => {
    const { arena, writer } = ring();
    using reader = new RecordReader([arena], testView, { kind });
    let turned = false;
    setTimeout(() => {
      turned = true;
    }, 0);
    writeRecords(arena, writer, 1);
    for await (const batch of reader) {
      for (const _ of batch);
      writeRecords(arena, writer, 1);
      if (turned) break;
    }
    expect(turned).toBe(true);
  });

  it('ends the iteration that waits when it is closed', async () => {
    const { arena } = ring();
    const reader = new RecordReader([arena], testView, { kind });
    const iteration = reader[Symbol.asyncIterator]().next();
    reader.close();
    expect(await iteration).toEqual({ done: true, value: undefined });
    expect(await reader.wait()).toBe(false);
    expect(reader.waitSync()).toBe(false);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'ends an iteration quietly when it is closed %i microtasks after a record was found',
    async (turns) => {
      const { arena, writer } = ring();
      const reader = new RecordReader([arena], testView, { kind });
      writeRecords(arena, writer, 1);
      const iteration = reader[Symbol.asyncIterator]();
      const first = iteration.next();
      for (let turn = 0; turn < turns; turn++) await undefined;
      reader.close();
      await expect(first).resolves.toBeDefined();
      expect(await iteration.next()).toEqual({ done: true, value: undefined });
    },
  );

  it('ends the loop in which it is closed', () => {
    const { arena, writer } = ring();
    const reader = new RecordReader([arena], testView, { kind });
    writeRecords(arena, writer, 5);
    const seen: number[] = [];
    for (const { number } of reader.drain()) {
      seen.push(number);
      if (number === 1) reader.close();
    }
    expect(seen).toEqual([0, 1]);
  });

  it('does not disturb the reader that has taken its place meanwhile', () => {
    const { arena, writer } = ring();
    const reader = new RecordReader([arena], testView, { kind });
    writeRecords(arena, writer, 4);
    const run = reader.drain()[Symbol.iterator]();
    run.next();
    reader.close();
    using heir = new RecordReader([arena], testView, { kind });
    writeRecords(arena, writer, 2);
    const heirs = heir.drain()[Symbol.iterator]();
    expect(heirs.next().value?.holds(4)).toBe(true);
    const before = statusOf(arena);
    expect(run.next().done).toBe(true);
    run.return?.();
    expect(statusOf(arena)).toEqual(before);
    expect(heirs.next().value?.holds(5)).toBe(true);
    expect(heir.lagged).toBe(0);
  });

  it('cannot be read once it is closed; closing it again does nothing', () => {
    const { arena } = ring();
    const reader = new RecordReader([arena], testView, { kind });
    reader.close();
    reader.close();
    expect(() => reader.drain()).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_CLOSED' }));
  });

  it('shows in the status of the ring as long as it is there', () => {
    const { arena, writer } = ring();
    const reader = new RecordReader([arena], testView, { kind });
    writeRecords(arena, writer, 3);
    for (const _ of reader.drain()) break;
    const { lag, read, ...rest } = statusOf(arena)[0]!;
    expect(rest).toEqual({ place: 0, kind, threadId: 0, lagged: 0, coalesced: 0, dropped: 0 });
    expect(lag + read).toBe(3);
    reader.close();
    expect(statusOf(arena)).toEqual([]);
  });
});

describe('the readers of a ring', () => {
  it('are sixteen; another one is refused until one leaves', () => {
    const { arena } = ring();
    const readers = Array.from(
      { length: 16 },
      (_, i) => new RecordReader([arena], testView, { kind: KINDS[i % 2]! }),
    );
    const refused = expect.objectContaining({
      name: 'TooManyReadersError',
      code: 'ERR_TICKRING_TOO_MANY_READERS',
      message: expect.stringMatching(/\b16\b/),
    });
    for (const kind of KINDS) expect(() => new RecordReader([arena], testView, { kind })).toThrow(refused);
    readers[5]!.close();
    using _again = new RecordReader([arena], testView);
    expect(() => new RecordReader([arena], testView)).toThrow(refused);
    for (const reader of readers) reader.close();
    expect(statusOf(arena).map(({ place }) => place)).toEqual([5]);
  });

  it('each get every record', () => {
    const { arena, writer } = ring(8);
    const readers = KINDS.map((kind) => new RecordReader([arena], testView, { kind }));
    for (let round = 0; round < 10; round++) {
      expect(writeRecords(arena, writer, 5)).toBe(true);
      const expected = Array.from({ length: 5 }, (_, i) => round * 5 + i);
      for (const reader of readers) expect(numbers(reader.drain())).toEqual(expected);
    }
  });

  it('have places whose counts start anew with each reader', () => {
    const { arena, writer } = ring(4);
    const first = new RecordReader([arena], testView);
    for (let i = 0; i < 9; i++) writeRecords(arena, writer, 1);
    for (const _ of first.drain());
    expect(statusOf(arena)[0]).toMatchObject({ read: 4, lagged: 5, lag: 0 });
    first.close();
    using second = new RecordReader([arena], testView);
    expect(statusOf(arena)[0]).toMatchObject({ read: 0, lagged: 0, lag: 0 });
    expect(second.lagged).toBe(0);
  });
});

describe('a reader of several arenas', () => {
  function merged(count: number) {
    const buffer = new SharedArrayBuffer(128);
    const recordBell = new Doorbell({ buffer, offset: 0 }).handle;
    const rings = Array.from({ length: count }, (_, connection) => ring(8, { recordBell, connection }));
    return { rings, arenas: rings.map(({ arena }) => arena) };
  }

  /** A view that knows its arena. */
  class NamedView extends TestView {
    readonly arena: number;
    constructor(arena: Arena) {
      super(arena);
      this.arena = arena.connection;
    }
  }
  const namedView = (memory: unknown) => new NamedView(memory as Arena);

  it.each(KINDS)('gets the records of all, in order within each, when it is %s', (kind) => {
    const { rings, arenas } = merged(3);
    using reader = new RecordReader(arenas, namedView, { kind });
    for (const [i, { arena, writer }] of rings.entries()) writeRecords(arena, writer, i + 1);
    const batch = reader.drain();
    expect(batch.size).toBe(6);
    const seen = Array.from(batch, ({ arena, number }) => [arena, number]);
    expect(seen).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
      [2, 2],
    ]);
  });

  it.each(KINDS)('misses nothing when loops are left early and it is %s', (kind) => {
    const { rings, arenas } = merged(3);
    using reader = new RecordReader(arenas, namedView, { kind });
    const seen: number[][] = [[], [], []];
    for (let round = 0; round < 60; round++) {
      const { arena, writer } = rings[(round * 7) % 3]!;
      expect(writeRecords(arena, writer, 1)).toBe(true);
      for (const record of reader.drain()) {
        seen[record.arena]!.push(record.number);
        if (round % 2 === 0) break;
      }
    }
    for (const records of seen) expect(records).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('is woken by any of them, and ends when all are closed', async () => {
    const { rings, arenas } = merged(2);
    using reader = new RecordReader(arenas, namedView);
    for (const { arena, writer } of rings) {
      const waiting = reader.wait();
      writeRecords(arena, writer, 1);
      expect(await waiting).toBe(true);
      for (const _ of reader.drain());
    }
    arenas[0]!.close();
    expect(reader.ended).toBe(false);
    const waiting = reader.wait();
    arenas[1]!.close();
    expect(await waiting).toBe(false);
    expect(reader.ended).toBe(true);
  });

  it('adds up what it missed in each', () => {
    const { rings, arenas } = merged(2);
    using reader = new RecordReader(arenas, namedView);
    for (const { arena, writer } of rings) for (let i = 0; i < 10; i++) writeRecords(arena, writer, 1);
    expect(Array.from(reader.drain())).toHaveLength(16);
    expect(reader.lagged).toBe(4);
  });

  it('takes no place at all when one of them has none left', () => {
    const { arenas } = merged(2);
    const [free, full] = arenas as [Arena, Arena];
    for (let i = 0; i < 16; i++) new RecordReader([full], testView);
    expect(() => new RecordReader(arenas, namedView)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_TOO_MANY_READERS' }),
    );
    expect(statusOf(free)).toEqual([]);
  });

  it('needs them to share one record bell', () => {
    const arenas = [ring().arena, ring().arena];
    expect(() => new RecordReader(arenas, testView)).toThrow(
      expect.objectContaining({
        code: 'ERR_TICKRING_ARGUMENT',
        message: expect.stringContaining('recordBell'),
      }),
    );
  });

  it('needs at least one, and a kind that there is', () => {
    const bad = expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' });
    expect(() => new RecordReader([], testView)).toThrow(bad);
    const kind = 'hasty' as 'copying';
    expect(() => new RecordReader([ring().arena], testView, { kind })).toThrow(bad);
  });
});

function statusOf(arena: Arena) {
  const { offset } = arena.region(arenaLayout.REGION_RECORD_RING);
  const l = recordRingLayout;
  const published = (offset + l.RECORD_PUBLISHED) >> 2;
  return new ReaderTable(arena, offset + l.RECORD_READERS, l.RECORD_READER_COUNT, published).status();
}
