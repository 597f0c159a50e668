import { describe, it } from 'vitest';
import { expectToBreak, expectToHold } from './expectations.ts';
import { NOBODY_WAITS_FOR_EVER } from './explorer.ts';
import { type GatingFaults, type GatingSize, gatingRing, NEVER_OVERWRITTEN } from './gating-ring.ts';

const STAYING: GatingSize = { frames: [1, 1, 1, 1], readers: [[9]] };
const LEAVING: GatingSize = { frames: [1, 1, 1, 1], readers: [[1]] };

describe('the gating cursor protocol', () => {
  it('overwrites nothing before its release, and leaves nobody waiting, while a reader joins and stays', () => {
    expectToHold(gatingRing(STAYING), 10_000, { rmw: 'single' });
    expectToHold(gatingRing(STAYING), 10_000, { rmw: 'pair' });
  });

  it('does so while a reader joins, leaves and takes the same place again', () => {
    expectToHold(gatingRing({ frames: [2, 1, 2], readers: [[1, 1]] }), 18_000, { rmw: 'single' });
    expectToHold(gatingRing({ frames: [2, 1, 2], readers: [[1, 1]] }), 30_000, { rmw: 'pair' });
  });

  it('does so while two readers come and go', () => {
    expectToHold(gatingRing({ frames: [2, 1], readers: [[1], [1]], oneWord: true }), 125_000);
  });

  it.each<[string, GatingSize, GatingFaults, string]>([
    [
      'a reader joins with a position from before',
      STAYING,
      { joinsWithOldPosition: true },
      NEVER_OVERWRITTEN,
    ],
    ['a reader releases before it reads', STAYING, { releasesBeforeReading: true }, NEVER_OVERWRITTEN],
    ['the decoder never looks at the readers', STAYING, { neverLooksAtReaders: true }, NEVER_OVERWRITTEN],
    ['a reader releases with a plain store', STAYING, { releasesPlainly: true }, NOBODY_WAITS_FOR_EVER],
    ['the decoder wants space and parks', STAYING, { wantsWithoutSecondLook: true }, NOBODY_WAITS_FOR_EVER],
    ['a reader leaves without ringing', LEAVING, { leavesSilently: true }, NOBODY_WAITS_FOR_EVER],
    ['a reader joins without ringing', STAYING, { joinsSilently: true }, NOBODY_WAITS_FOR_EVER],
  ])('breaks when %s', (_, size, faults, property) => {
    expectToBreak(gatingRing(size, faults), property);
  });
});
