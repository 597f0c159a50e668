import { Arena, SequenceTable } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { sequenceTableLayout as layout } from '../support/kalshi-views-internals.ts';
import { arenaLayout } from '../support/memory-internals.ts';

function arenaWith(sequences: number) {
  const options = { frameRingBytes: 256, recordSlots: 2, latestInstruments: 0 };
  const arena = Arena.create({ ...options, sequences });
  const { offset } = arena.region(arenaLayout.REGION_SEQUENCES);
  const set = (at: number, value: number) => Atomics.store(arena.u32, (offset + at) >> 2, value);
  /** Fields of an entry, as a kernel writes them. */
  function write(place: number, fields: Readonly<Partial<Record<keyof typeof layout, number>>>) {
    const entry = layout.SEQUENCES_HEADER_BYTES + place * layout.SEQUENCE_BYTES;
    for (const [name, value] of Object.entries(fields))
      set(entry + layout[name as keyof typeof layout], value);
  }
  return { set, write, table: new SequenceTable(arena) };
}

describe('a table of sequences', () => {
  it('says of each subscription what came last, and what was missing', () => {
    const { set, write, table } = arenaWith(4);
    expect(table).toMatchObject({ capacity: 4, size: 0, overflowed: 0 });
    expect([table.find(1), table.list()]).toEqual([-1, []]);
    write(0, { SEQUENCE_SUBSCRIPTION: 1, SEQUENCE_STATE: layout.SEQUENCE_STATE_LIVE, SEQUENCE_LAST: 9 });
    write(1, {
      ...{ SEQUENCE_SUBSCRIPTION: 4_000_000_000, SEQUENCE_STATE: layout.SEQUENCE_STATE_ENDED },
      ...{ SEQUENCE_LAST: 0xffff_ffff, SEQUENCE_GAPS: 2, SEQUENCE_EXPECTED: 5, SEQUENCE_RECEIVED: 7 },
    });
    set(layout.SEQUENCES_USED, 2);
    set(layout.SEQUENCES_OVERFLOWED, 3);
    expect(table).toMatchObject({ size: 2, overflowed: 3 });
    expect([table.find(4_000_000_000), table.find(2)]).toEqual([1, -1]);
    expect([table.gaps(0), table.gaps(1)]).toEqual([0, 2]);
    expect(table.list()).toEqual([
      { subscription: 1, ended: false, last: 9, gaps: 0, expected: undefined, received: undefined },
      { subscription: 4_000_000_000, ended: true, last: 0xffff_ffff, gaps: 2, expected: 5, received: 7 },
    ]);
  });

  it('is empty in an arena without', () => {
    const { table } = arenaWith(0);
    expect(table).toMatchObject({ capacity: 0, size: 0, overflowed: 0 });
    expect([table.find(1), table.list()]).toEqual([-1, []]);
  });
});
