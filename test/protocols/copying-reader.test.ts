import { describe, it } from 'vitest';
import { ALL_ARE_COUNTED, COPIES_ARE_WHOLE, type CopyingFaults, copyingReader } from './copying-reader.ts';
import { expectToBreak, expectToHold } from './expectations.ts';

describe('the claimed/published copy check', () => {
  it('delivers whole records in order and counts the rest, with an exchange for the claim', () => {
    expectToHold(copyingReader({ frames: [1, 1, 1, 1], claim: 'exchange' }), 10_000);
    expectToHold(copyingReader({ frames: [2, 1, 2], claim: 'exchange' }), 20_000);
  });

  it('does so on Armv8.0 with a load after it, which makes a store do as well', () => {
    expectToHold(copyingReader({ frames: [2, 1, 2], claim: 'exchange and load' }), 30_000, { rmw: 'pair' });
    expectToHold(copyingReader({ frames: [2, 1, 2], claim: 'store and load' }), 30_000, { rmw: 'pair' });
  });

  it('breaks on Armv8.0 when the claim is an exchange alone', () => {
    const protocol = copyingReader({ frames: [1, 1, 1, 1], claim: 'exchange' });
    expectToBreak(protocol, COPIES_ARE_WHOLE, { rmw: 'pair' });
  });

  it.each<[string, CopyingFaults, string]>([
    ['the reader does not fence before it checks', { noFence: true }, COPIES_ARE_WHOLE],
    ['the reader checks only before it copies', { checksOnlyBefore: true }, COPIES_ARE_WHOLE],
    ['the writer does not claim', { neverClaims: true }, COPIES_ARE_WHOLE],
    ['the claim is a plain store', { claimsWithPlainStore: true }, COPIES_ARE_WHOLE],
    ['the claim is an atomic store', { claimsWithAtomicStore: true }, COPIES_ARE_WHOLE],
    ['the claim is a plain store after the records', { claimsPlainlyAfterWriting: true }, COPIES_ARE_WHOLE],
    ['records are published with a plain store', { publishesPlainly: true }, COPIES_ARE_WHOLE],
    ['what is skipped after a copy is not counted', { countsHalf: true }, ALL_ARE_COUNTED],
  ])('breaks when %s', (_, faults, property) => {
    expectToBreak(copyingReader({ frames: [1, 1, 1, 1], claim: 'exchange' }, faults), property);
  });
});
