import { describe, it } from 'vitest';
import { expectToBreak, expectToHold } from './expectations.ts';
import { NEVER_TORN, type SeqlockFaults, type SeqlockSize, seqlock } from './seqlock.ts';

const SIZE: SeqlockSize = { updates: 2, reads: 2, mortal: true, announcement: 'exchange' };

describe("the latest table's seqlock", () => {
  it('is never torn, and keeps the newest record, when its writer dies at any step and is replaced', () => {
    expectToHold(seqlock(SIZE), 30_000);
  });

  it('holds on Armv8.0 with a load after the exchange', () => {
    expectToHold(seqlock({ ...SIZE, announcement: 'exchange and load' }), 50_000, { rmw: 'pair' });
  });

  it('breaks on Armv8.0 with the exchange alone', () => {
    expectToBreak(seqlock(SIZE), NEVER_TORN, { rmw: 'pair' });
  });

  it.each<[string, SeqlockFaults]>([
    ['the sequence is never odd', { neverOdd: true }],
    ['it is made odd with a plain store', { oddWithPlainStore: true }],
    ['it is made odd with an atomic store', { oddWithAtomicStore: true }],
    ['it is made even with a plain store', { evenWithPlainStore: true }],
    ['the reader does not fence before it looks again', { noFence: true }],
    ['the reader copies while the sequence is odd', { readsOdd: true }],
    ['a successor counts on from an odd sequence', { successorCountsOn: true }],
  ])('breaks when %s', (_, faults) => {
    expectToBreak(seqlock(SIZE, faults), NEVER_TORN);
  });
});
