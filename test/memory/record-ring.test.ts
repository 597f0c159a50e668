import fc from 'fast-check';
import { Arena, RecordReader, RecordWriter } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import {
  fillRecord,
  START_POSITIONS,
  scribble,
  type TestView,
  testView,
  writeRecords,
} from '../support/memory.ts';
import { arenaLayout, recordRingLayout } from '../support/memory-internals.ts';

function ring(recordSlots: number, startPosition = 0) {
  const arena = Arena.create({ frameRingBytes: 256, recordSlots, latestInstruments: 0, startPosition });
  return { arena, writer: new RecordWriter(arena) };
}

type Kind = 'gating' | 'copying';

/** A reader, with what the model knows of it. Counts are records since the ring began, and do not wrap. */
interface Tracked {
  readonly kind: Kind;
  readonly reader: RecordReader<TestView>;
  readonly joined: number;
  run: Iterator<TestView> | undefined;
  /** The record that the view is on, while a run is open. */
  held: { view: TestView; record: number } | undefined;
  /** One past the last record that it was given. */
  next: number;
  /** For gating: everything before it may be overwritten. */
  released: number;
  delivered: number;
}

type Step =
  | { do: 'write'; claim: number; publish: number }
  | { do: 'join'; kind: Kind }
  | { do: 'leave'; who: number }
  | { do: 'run'; who: number; records: number; end: 'hold' | 'break' }
  | { do: 'replace-writer' };

function stepArbitrary(capacity: number): fc.Arbitrary<Step> {
  const who = fc.nat();
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.oneof(fc.nat(capacity), fc.nat(4)), fc.nat())
        .map(([claim, choice]): Step => ({ do: 'write', claim, publish: choice % (claim + 1) })),
    },
    {
      weight: 3,
      arbitrary: fc
        .oneof(fc.nat(capacity), fc.constant(capacity))
        .map((claim): Step => ({ do: 'write', claim, publish: claim })),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('run' as const),
        who,
        records: fc.oneof(fc.nat(5), fc.nat(3 * capacity)),
        end: fc.constantFrom('hold' as const, 'break' as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('join' as const),
        kind: fc.constantFrom<Kind>('gating', 'copying'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
    { weight: 1, arbitrary: fc.constant({ do: 'replace-writer' as const }) },
  );
}

// More slots than a copying reader's scratch has, too.
const runArbitrary = fc.constantFrom(2, 8, 32, 128).chain((capacity) =>
  fc.record({
    capacity: fc.constant(capacity),
    start: fc.constantFrom(...START_POSITIONS),
    steps: fc.array(stepArbitrary(capacity), { minLength: 1, maxLength: 120, size: 'max' }),
  }),
);

describe('a record ring with readers that join and leave', () => {
  it('loses nothing for gating ones, and for copying ones nothing that is not counted', () => {
    fc.assert(
      fc.property(runArbitrary, ({ capacity, start, steps }) => {
        const { arena, writer: first } = ring(capacity, start);
        let writer = first;
        let published = 0;
        const readers: Tracked[] = [];
        const positionOf = (record: number) => (start + record) >>> 0;

        function check(isSo: boolean, what: string): void {
          // Many checks: an assertion of the test library each would take most of the time.
          if (!isSo) throw new Error(what);
        }
        function settle(tracked: Tracked): void {
          tracked.released = tracked.next;
          tracked.held = undefined;
        }
        function step(tracked: Tracked): boolean {
          if (tracked.run === undefined) {
            settle(tracked);
            tracked.run = tracked.reader.drain()[Symbol.iterator]();
          }
          const result = tracked.run.next();
          if (result.done) {
            settle(tracked);
            tracked.run = undefined;
            return false;
          }
          const view = result.value;
          // Which record it is comes from what the view says; that it is no other, from all its words.
          const record = tracked.next + ((view.number - positionOf(tracked.next)) >>> 0);
          check(record < published, `record ${record} of ${published} is not published`);
          check(view.holds(positionOf(record)), `record ${record} is not whole`);
          if (tracked.kind === 'gating') check(record === tracked.next, `${tracked.next} is missing`);
          tracked.next = record + 1;
          tracked.delivered += 1;
          tracked.held = { view, record };
          // Within a run, gating readers release every so many records, and at the end of the ring.
          const wrapped = (positionOf(record) & (capacity - 1)) === 0;
          if (tracked.kind === 'gating' && (wrapped || record - tracked.released >= 128)) {
            tracked.released = record;
          }
          return true;
        }
        function checkAll(tracked: Tracked): void {
          while (step(tracked) || tracked.reader.ready);
          const { delivered, joined, reader } = tracked;
          check(
            delivered + reader.lagged === published - joined,
            `${delivered} delivered and ${reader.lagged} lagged of ${published - joined}`,
          );
          if (tracked.kind === 'gating') check(reader.lagged === 0, 'a gating reader lagged');
        }

        for (const action of steps) {
          if (action.do === 'write') {
            const gates = readers.filter(({ kind }) => kind === 'gating');
            const behind = Math.max(0, ...gates.map(({ released }) => published - released));
            const fits = action.claim <= capacity - behind;
            check(writer.claim(action.claim) === fits, `claim of ${action.claim} with ${behind} unreleased`);
            if (!fits) continue;
            for (let i = 0; i < action.claim; i++) {
              const position = (writer.position + i) >>> 0;
              if (i < action.publish) fillRecord(arena, writer.slot(position), position);
              else scribble(arena, writer.slot(position));
            }
            if (action.publish > 0) writer.publish(action.publish);
            published += action.publish;
            // What a reader holds stays as it is: in the ring for gating, in its own slots for copying ones.
            for (const { held } of readers) {
              if (held) check(held.view.holds(positionOf(held.record)), `record ${held.record} changed`);
            }
          } else if (action.do === 'join') {
            if (readers.length === 16) continue;
            const reader = new RecordReader([arena], testView, { kind: action.kind });
            readers.push({
              ...{ kind: action.kind, reader, joined: published, next: published, released: published },
              ...{ run: undefined, held: undefined, delivered: 0 },
            });
          } else if (action.do === 'leave') {
            const [gone] = readers.splice(action.who % Math.max(1, readers.length), 1);
            gone?.reader.close();
          } else if (action.do === 'replace-writer') {
            writer = new RecordWriter(arena);
          } else {
            const tracked = readers[action.who % Math.max(1, readers.length)];
            if (!tracked) continue;
            for (let i = 0; i < action.records && step(tracked); i++);
            if (action.end === 'break' && tracked.run) {
              tracked.run.return?.();
              tracked.run = undefined;
              settle(tracked);
            }
          }
        }
        for (const tracked of readers) checkAll(tracked);
        for (const { reader } of readers) reader.close();
      }),
      { numRuns: 400 },
    );
  });
});

describe('a record writer', () => {
  it('claims as much as the ring has when nobody gates it, however often', () => {
    const { arena, writer } = ring(8, 2 ** 32 - 16);
    for (let round = 0; round < 5; round++) expect(writeRecords(arena, writer, 8)).toBe(true);
    expect(writer.position).toBe(24);
  });

  it('claims up to what the slowest gating reader has released', () => {
    const { arena, writer } = ring(8);
    using slow = new RecordReader([arena], testView, { kind: 'gating' });
    using fast = new RecordReader([arena], testView, { kind: 'gating' });
    expect(writeRecords(arena, writer, 6)).toBe(true);
    for (const _ of fast.drain());
    expect(writer.claim(3)).toBe(false);
    expect(writer.claim(2)).toBe(true);
    for (const _ of slow.drain());
    expect(writer.claim(8)).toBe(true);
  });

  it('is not held up by copying readers, nor by one that has left', () => {
    const { arena, writer } = ring(8);
    using _copying = new RecordReader([arena], testView);
    const gating = new RecordReader([arena], testView, { kind: 'gating' });
    expect(writeRecords(arena, writer, 8)).toBe(true);
    expect(writer.claim(1)).toBe(false);
    gating.close();
    expect(writer.claim(8)).toBe(true);
  });

  it('knows the frame of the newest record, and that there is none before the first', () => {
    for (const start of START_POSITIONS) {
      const { arena, writer } = ring(8, start);
      expect(writer.lastFrame).toBeUndefined();
      writer.claim(1);
      writer.publish(1, 77);
      expect(writer.lastFrame).toBe(77);
      expect(new RecordWriter(arena).lastFrame).toBe(77);
    }
  });

  it('takes up where the last one stood, with its claims', () => {
    const { arena, writer } = ring(8, 2 ** 32 - 8);
    using reader = new RecordReader([arena], testView);
    writeRecords(arena, writer, 8);
    expect(writer.claim(5)).toBe(true);
    const heir = new RecordWriter(arena);
    expect(heir.position).toBe(0);
    // What the dead one may have written over is lost to copying readers, and counted.
    expect(Array.from(reader.drain(), ({ number }) => number)).toEqual([4294967293, 4294967294, 4294967295]);
    expect(reader.lagged).toBe(5);
    expect(writeRecords(arena, heir, 2)).toBe(true);
    expect(Array.from(reader.drain(), ({ number }) => number)).toEqual([0, 1]);
  });

  it('rings for readers only when one is parked', async () => {
    const { arena, writer } = ring(8);
    using reader = new RecordReader([arena], testView);
    writeRecords(arena, writer, 1);
    for (const _ of reader.drain());
    expect(arena.recordBell.counts.rings).toBe(0);
    const waiting = reader.wait();
    writeRecords(arena, writer, 1);
    expect(await waiting).toBe(true);
    expect(arena.recordBell.counts.rings).toBe(1);
  });

  it('has its frame bell rung by gating readers only while it wants space', async () => {
    const { arena, writer } = ring(4);
    using reader = new RecordReader([arena], testView, { kind: 'gating' });
    const { frameBell } = arena;
    writeRecords(arena, writer, 4);
    const room = frameBell.wait(() => writer.claim(4));
    for (const _ of reader.drain());
    expect(frameBell.parked).toBe(1);
    expect(frameBell.counts.rings, 'parked, but for something else').toBe(0);
    writeRecords(arena, writer, 4);
    writer.wantSpace(true);
    for (const _ of reader.drain());
    expect(frameBell.counts.rings).toBe(1);
    expect(await room).toBe(true);
  });
});

describe('a copying reader', () => {
  it('that is lapped learns how many it missed', () => {
    const { arena, writer } = ring(8, 2 ** 32 - 8);
    using reader = new RecordReader([arena], testView);
    for (let i = 0; i < 30; i++) writeRecords(arena, writer, 1);
    expect(Array.from(reader.drain(), ({ number }) => number)).toEqual([14, 15, 16, 17, 18, 19, 20, 21]);
    expect(reader.lagged).toBe(22);
    expect(reader.ready).toBe(false);
  });

  it.each([2 ** 31 - 3, 2 ** 31 + 5, 3 * 2 ** 30, 2 ** 32 - 9])(
    'that has slept for %d records goes on with the newest, and has counted the rest',
    (slept) => {
      const { arena, writer } = ring(8, 2 ** 32 - 64);
      using reader = new RecordReader([arena], testView);
      // As if so many had been written: nobody waits for that.
      const { offset } = arena.region(arenaLayout.REGION_RECORD_RING);
      const position = (writer.position + slept) >>> 0;
      for (const cursor of [recordRingLayout.RECORD_PUBLISHED, recordRingLayout.RECORD_CLAIMED]) {
        arena.u32[(offset + cursor) >> 2] = position;
      }
      const heir = new RecordWriter(arena);
      writeRecords(arena, heir, 8);
      const expected = Array.from({ length: 8 }, (_, i) => (position + i) >>> 0);
      expect(Array.from(reader.drain(), ({ number }) => number)).toEqual(expected);
      expect(reader.lagged).toBe(slept);
      expect(reader.ready).toBe(false);
    },
  );
});
