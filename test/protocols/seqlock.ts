import { type Protocol, thread } from './explorer.ts';
import type { Processor } from './processor.ts';

/** Ways to break the latest table's seqlock. */
export interface SeqlockFaults {
  neverOdd?: boolean;
  oddWithPlainStore?: boolean;
  /** With `Atomics.store`, which what follows may overtake. */
  oddWithAtomicStore?: boolean;
  evenWithPlainStore?: boolean;
  noFence?: boolean;
  readsOdd?: boolean;
  /** Adds 1 where the kernel sets the lowest bit: a successor would make it even. */
  successorCountsOn?: boolean;
}

export interface SeqlockSize {
  /** Writes of one place, of which a writer that dies is in one. */
  updates: number;
  /** How often the reader reads the place. */
  reads: number;
  mortal: boolean;
  /** How the kernel keeps the record behind the sequence: see `docs/protocols.md`, "What was found". */
  announcement: 'exchange' | 'exchange and load';
}

export const NEVER_TORN = 'a record that was read is whole';
export const NEVER_BACK = 'a record that was read is not older than one read before';
export const NEWEST_STAYS = 'when nobody writes, the newest record is read';

/** Sequences wrap here, instead of at 2^32, and skip 0, which says that nothing has been written. */
const WRAP = 16;
const FIRST = 12;

/** One place of the latest table: `keepLatest` of the kernel, and `LatestTable.readPlace`. */
export function seqlock(size: SeqlockSize, faults: SeqlockFaults = {}): Protocol {
  const own = { update: 1, writing: 0 };
  type Own = typeof own;
  /** Each update is a frame of one record: what is published tells a successor which one to decode (again). */
  const keepLatest = {
    'load the sequence': (me: Processor, my: Own) => {
      if (my.update > size.updates) return 'done';
      const sequence = me.read('sequence');
      my.writing = (faults.successorCountsOn ? sequence + 1 : sequence | 1) % WRAP;
      return faults.neverOdd ? 'write a' : 'make it odd';
    },
    'make it odd': (me: Processor, my: Own) => {
      if (faults.oddWithPlainStore) me.write('sequence', my.writing);
      else if (faults.oddWithAtomicStore) me.store('sequence', my.writing);
      else me.exchange('sequence', my.writing);
      return size.announcement === 'exchange and load' ? 'load it' : 'write a';
    },
    'load it': (me: Processor) => {
      me.load('sequence');
      return 'write a';
    },
    'write a': (me: Processor, my: Own) => {
      me.write('a', my.update);
      return 'write b';
    },
    'write b': (me: Processor, my: Own) => {
      me.write('b', my.update);
      return 'make it even';
    },
    'make it even': (me: Processor, my: Own) => {
      const written = (my.writing + 1) % WRAP || 2;
      if (faults.evenWithPlainStore) me.write('sequence', written);
      else me.store('sequence', written);
      return 'publish';
    },
    publish: (me: Processor, my: Own) => {
      me.store('published', my.update);
      my.update += 1;
      return 'load the sequence';
    },
  };
  const writer = thread('writer', own, keepLatest, { mortal: size.mortal });
  const successor = thread('successor', own, {
    'take over': (me, my) => {
      if (me.ended('writer') === 'done') return 'done';
      my.update = me.load('published') + 1;
      return 'load the sequence';
    },
    ...keepLatest,
  });

  const reader = thread(
    'reader',
    { left: size.reads, before: 0, a: 0, b: 0, last: 0 },
    {
      'load the sequence': (me, my) => {
        if (my.left === 0) return 'done';
        my.left -= 1;
        my.before = me.load('sequence');
        // It looks again; here that is another read.
        return (my.before & 1) !== 0 && !faults.readsOdd ? 'load the sequence' : 'copy a';
      },
      'copy a': (me) => {
        me.readLate('a', 'a');
        return 'copy b';
      },
      'copy b': (me) => {
        me.readLate('b', 'b');
        return 'fence';
      },
      fence: (me) => {
        if (!faults.noFence) me.fence();
        return 'load it again';
      },
      'load it again': (me, my) => (me.load('sequence') === my.before ? 'deliver' : 'forget'),
      forget: (me) => {
        me.answered();
        return 'load the sequence';
      },
      deliver: (me, my) => {
        me.answered();
        me.check(my.a === my.b, NEVER_TORN);
        me.check(my.a >= my.last, NEVER_BACK);
        my.last = my.a;
        return 'load the sequence';
      },
    },
  );

  const auditor = thread(
    'auditor',
    { before: 0 },
    {
      'look at the end': (me, my) => {
        me.ended('writer');
        me.ended('successor');
        my.before = me.load('sequence');
        return 'check it';
      },
      'check it': (me, my) => {
        const newest = me.read('a') === size.updates && me.read('b') === size.updates;
        me.check((my.before & 1) === 0 && my.before !== 0 && newest, NEWEST_STAYS);
        return 'done';
      },
    },
  );
  return {
    memory: { sequence: FIRST, a: 0, b: 0, published: 0 },
    threads: [writer, successor, reader, auditor],
  };
}
