import { type Protocol, thread } from './explorer.ts';
import { CAPACITY, distance, START, slot, slotWords, wrap } from './positions.ts';
import type { Processor } from './processor.ts';

/** Ways to break the claimed/published copy check. */
export interface CopyingFaults {
  noFence?: boolean;
  /** Whether the copy is whole is asked before it is made, and not again. */
  checksOnlyBefore?: boolean;
  neverClaims?: boolean;
  claimsWithPlainStore?: boolean;
  /** With `Atomics.store`, which what follows may overtake. */
  claimsWithAtomicStore?: boolean;
  claimsPlainlyAfterWriting?: boolean;
  publishesPlainly?: boolean;
  /** What is skipped before a copy is counted, what is skipped after it is not. */
  countsHalf?: boolean;
}

export interface CopyingSize {
  /** Records in each frame; each frame is claimed and published at once. */
  frames: readonly number[];
  /** How the writer keeps its records behind its claim: see `docs/protocols.md`, "What was found". */
  claim: 'exchange' | 'exchange and load' | 'store and load';
}

export const COPIES_ARE_WHOLE = 'every delivered record is whole and the next in order';
export const ALL_ARE_COUNTED = 'delivered and lagged add up to published';

/** A decoder that never waits, and a reader that copies and checks: `RecordWriter` and `CopyingCursor`. */
export function copyingReader(size: CopyingSize, faults: CopyingFaults = {}): Protocol {
  const total = size.frames.reduce((sum, count) => sum + count);
  const end = wrap(START + total);
  const claim = (me: Processor, my: { at: number; frame: number }) => {
    const claimed = wrap(my.at + size.frames[my.frame]!);
    if (faults.claimsWithPlainStore || faults.claimsPlainlyAfterWriting) me.write('claimed', claimed);
    else if (faults.claimsWithAtomicStore || size.claim === 'store and load') me.store('claimed', claimed);
    else me.exchange('claimed', claimed);
  };

  const writer = thread(
    'writer',
    { frame: 0, at: START, left: 0 },
    {
      // RecordWriter.claim
      claim: (me, my) => {
        if (my.frame === size.frames.length) return 'done';
        my.left = size.frames[my.frame]!;
        if (faults.neverClaims || faults.claimsPlainlyAfterWriting) return 'write a';
        claim(me, my);
        return size.claim !== 'exchange' && !faults.claimsWithAtomicStore ? 'load the claim' : 'write a';
      },
      'load the claim': (me) => {
        me.load('claimed');
        return 'write a';
      },
      // The kernel's decode.
      'write a': (me, my) => {
        me.write(slot(my.at)[0], my.at);
        return 'write b';
      },
      'write b': (me, my) => {
        me.write(slot(my.at)[1], my.at);
        my.at = wrap(my.at + 1);
        my.left -= 1;
        if (my.left > 0) return 'write a';
        return faults.claimsPlainlyAfterWriting ? 'claim late' : 'publish';
      },
      'claim late': (me, my) => {
        claim(me, { at: wrap(my.at - size.frames[my.frame]!), frame: my.frame });
        return 'publish';
      },
      // RecordWriter.publish
      publish: (me, my) => {
        if (faults.publishesPlainly) me.write('published', my.at);
        else me.store('published', my.at);
        my.frame += 1;
        return 'claim';
      },
    },
  );

  const own = { at: START, end: START, count: 0, a0: 0, b0: 0, a1: 0, b1: 0, delivered: 0, lagged: 0 };
  /** CopyingCursor.#skipOverwritten; answers how many it skipped. */
  const skip = (me: Processor, my: typeof own) => {
    const lost = Math.max(0, distance(my.at, me.load('claimed')) - CAPACITY);
    my.at = wrap(my.at + lost);
    my.lagged += lost;
    return lost;
  };
  const deliver = (me: Processor, my: typeof own, first: number, lost: number) => {
    for (let index = lost; index < my.count; index++) {
      const position = wrap(first + index);
      const [a, b] = index === 0 ? [my.a0, my.b0] : [my.a1, my.b1];
      me.check(a === position && b === position, COPIES_ARE_WHOLE);
      my.delivered += 1;
    }
  };
  const reader = thread('reader', own, {
    // CopyingCursor.open, when there is something.
    open: (me, my) => {
      if (my.at === end) {
        me.check(my.delivered + my.lagged === total, ALL_ARE_COUNTED);
        return 'done';
      }
      my.end = me.loadUntil('published', (published) => published !== my.at);
      return 'skip';
    },
    // CopyingCursor.#copy, from here on.
    skip: (me, my) => {
      skip(me, my);
      const left = distance(my.at, my.end);
      // `(end - position) | 0` is negative when it skipped beyond the end.
      if (left === 0 || left > 8) return 'open';
      my.count = Math.min(left, CAPACITY - (my.at % CAPACITY));
      return 'copy a';
    },
    'copy a': (me, my) => {
      me.readLate(slot(my.at)[0], 'a0');
      return 'copy b';
    },
    'copy b': (me, my) => {
      me.readLate(slot(my.at)[1], 'b0');
      return my.count === 2 ? 'copy second a' : 'fence';
    },
    'copy second a': (me, my) => {
      me.readLate(slot(wrap(my.at + 1))[0], 'a1');
      return 'copy second b';
    },
    'copy second b': (me, my) => {
      me.readLate(slot(wrap(my.at + 1))[1], 'b1');
      return 'fence';
    },
    fence: (me) => {
      if (!faults.noFence) me.fence();
      return faults.checksOnlyBefore ? 'deliver unchecked' : 'check';
    },
    check: (me, my) => {
      const first = my.at;
      const lagged = my.lagged;
      const lost = Math.min(skip(me, my), my.count);
      if (faults.countsHalf) my.lagged = lagged;
      if (lost === my.count) return 'forget';
      my.at = wrap(first + my.count);
      return lost === 0 ? 'deliver all' : 'deliver second';
    },
    forget: (me) => {
      me.answered();
      return 'skip';
    },
    'deliver all': (me, my) => {
      me.answered();
      deliver(me, my, wrap(my.at - my.count), 0);
      return 'skip';
    },
    'deliver second': (me, my) => {
      me.answered();
      deliver(me, my, wrap(my.at - my.count), 1);
      return 'skip';
    },
    'deliver unchecked': (me, my) => {
      me.answered();
      my.at = wrap(my.at + my.count);
      deliver(me, my, wrap(my.at - my.count), 0);
      return 'skip';
    },
  });

  return { memory: { published: START, claimed: START, ...slotWords() }, threads: [writer, reader] };
}
