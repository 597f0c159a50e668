import { describe, it } from 'vitest';
import { expectToBreak, expectToHold } from './expectations.ts';
import { NOBODY_WAITS_FOR_EVER } from './explorer.ts';
import { ONCE_AND_IN_ORDER, type TakeOverFaults, type TakeOverSize, takeOver } from './take-over.ts';

const READING: TakeOverSize = {
  frames: [1, 2, 1],
  capacity: 4,
  frameCapacity: 4,
  deaths: 1,
  parks: 'reader',
};
const RECEIVING: TakeOverSize = { ...READING, frameCapacity: 1, parks: 'intake' };

describe('taking over from a decoder that died', () => {
  it('brings every record once, in order, to a parked reader, whenever two decoders die', () => {
    expectToHold(takeOver({ ...READING, deaths: 2 }), 50_000);
  });

  it('brings them when the socket is paused meanwhile', () => {
    expectToHold(takeOver({ ...RECEIVING, deaths: 2 }), 15_000);
  });

  it('brings a frame that fills the whole record ring', () => {
    expectToHold(takeOver({ ...READING, frames: [1, 2], capacity: 2 }), 1000);
  });

  it('does so on Armv8.0', () => {
    expectToHold(takeOver(READING), 20_000, { rmw: 'pair' });
    expectToHold(takeOver(RECEIVING), 5_000, { rmw: 'pair' });
  });

  it.each<[string, TakeOverSize, TakeOverFaults, string]>([
    [
      'a frame is released before its records',
      READING,
      { releasesFrameBeforePublishing: true },
      ONCE_AND_IN_ORDER,
    ],
    [
      'the successor does not compare frame numbers',
      READING,
      { noFrameNumberCheck: true },
      ONCE_AND_IN_ORDER,
    ],
    ['records are published one by one', READING, { publishesRecordsOneByOne: true }, ONCE_AND_IN_ORDER],
    ['the successor does not ring for readers', READING, { successorIsSilent: true }, NOBODY_WAITS_FOR_EVER],
    [
      'the successor does not ring for the socket',
      RECEIVING,
      { successorIsSilent: true },
      NOBODY_WAITS_FOR_EVER,
    ],
    // Its last record lies where the newest published one lay, whose frame number tells what was published.
    [
      'the last record is asked, and one frame fills the whole ring',
      { ...READING, frames: [1, 2], capacity: 2 },
      { asksTheLastRecord: true },
      NOBODY_WAITS_FOR_EVER,
    ],
    ['the frame is noted before its position', READING, { notesTheFrameFirst: true }, ONCE_AND_IN_ORDER],
    [
      'what is published is noted only afterwards',
      READING,
      { notesAfterPublishing: true },
      ONCE_AND_IN_ORDER,
    ],
  ])('breaks when %s', (_, size, faults, property) => {
    expectToBreak(takeOver(size, faults), property);
  });
});
