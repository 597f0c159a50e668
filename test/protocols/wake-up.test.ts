import { describe, it } from 'vitest';
import { NO_NEEDLESS_NOTIFY } from './doorbell.ts';
import { expectToBreak, expectToHold } from './expectations.ts';
import { NOBODY_WAITS_FOR_EVER } from './explorer.ts';
import { type WakeUpFaults, type WakeUpSize, wakeUp } from './wake-up.ts';

const SMALL: WakeUpSize = { ringers: 1, waiters: 1, items: 2 };

describe('the wake-up protocol', () => {
  it('loses no wake-up, and makes no needless one, on any processor', () => {
    expectToHold(wakeUp(SMALL), 300, { rmw: 'single' });
    expectToHold(wakeUp(SMALL), 400, { rmw: 'pair' });
  });

  it('wakes two who wait at one bell', () => {
    expectToHold(wakeUp({ ...SMALL, waiters: 2 }), 9_000, { rmw: 'single' });
    expectToHold(wakeUp({ ...SMALL, waiters: 2 }), 15_000, { rmw: 'pair' });
  });

  it('wakes one who waits for two rings that share a bell', () => {
    expectToHold(wakeUp({ ...SMALL, ringers: 2 }), 20_000);
  });

  it.each<[string, WakeUpFaults, string]>([
    ['the waiter does not announce', { noAnnouncement: true }, NOBODY_WAITS_FOR_EVER],
    ['the waiter does not look again', { noSecondLook: true }, NOBODY_WAITS_FOR_EVER],
    ['the waiter reads the signal after it looked again', { signalReadLast: true }, NOBODY_WAITS_FOR_EVER],
    ['the ringer rings before it publishes', { ringsBeforePublishing: true }, NOBODY_WAITS_FOR_EVER],
    [
      'the ringer asks who is parked before it publishes',
      { asksBeforePublishing: true },
      NOBODY_WAITS_FOR_EVER,
    ],
    ['the ringer publishes with a plain store', { publishesPlainly: true }, NOBODY_WAITS_FOR_EVER],
    [
      'the ringer remembers what is announced after it rang',
      { remembersAfterRinging: true },
      NOBODY_WAITS_FOR_EVER,
    ],
    ['the ringer never asks', { neverAsks: true }, NO_NEEDLESS_NOTIFY],
    ['the ringer does not remember', { neverRemembers: true }, NO_NEEDLESS_NOTIFY],
  ])('breaks when %s', (_, faults, property) => {
    expectToBreak(wakeUp(SMALL, faults), property);
  });
});
