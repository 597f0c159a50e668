import type { Steps } from './explorer.ts';
import type { Processor } from './processor.ts';

/** Ways to break a doorbell. */
export interface BellFaults {
  /** Rings without asking whether anybody is parked. */
  neverAsks?: boolean;
  noAnnouncement?: boolean;
  noSecondLook?: boolean;
  /** The signal to park on is read after the second look, not before. */
  signalReadLast?: boolean;
}

/** The words of a doorbell (doorbell-layout.ts) and, for the prover, nothing else. */
export function bellWords(bell: string): Record<string, number> {
  return { [`${bell}.signal`]: 0, [`${bell}.parked`]: 0 };
}

export const NO_NEEDLESS_NOTIFY = 'a ringer notifies only when somebody has announced';

/** `Doorbell.ring`, as steps that begin at `at` and go on at `then`. */
export function ring(bell: string, at: string, then: string, faults: BellFaults = {}): Steps<object> {
  return {
    [at]: (me) => {
      const parked = me.load(`${bell}.parked`);
      if (parked === 0 && !faults.neverAsks) return then;
      me.check(parked !== 0, NO_NEEDLESS_NOTIFY);
      return `${at}: always`;
    },
    ...ringAlways(bell, `${at}: always`, then),
  };
}

/** `Doorbell.ringAlways`. */
export function ringAlways(bell: string, at: string, then: string): Steps<object> {
  return {
    [at]: (me) => {
      me.add(`${bell}.signal`, 1);
      return `${at}, notify`;
    },
    [`${at}, notify`]: (me) => {
      me.notify(`${bell}.signal`);
      return then;
    },
  };
}

export interface Waiter {
  /** The signal that it saw. */
  seen: number;
}

/** Looks at shared memory with at most one load. */
export type Condition<Own> = (me: Processor, my: Own) => boolean;

/**
 * `Doorbell.waitSync` after its spins, without time-out; `wait` does the same with a promise. It goes on at `then` once
 * one of the conditions holds. The count of parks is left out, so that what is shown does not lean on its being a barrier.
 */
export function wait<Own extends Waiter>(
  bell: string,
  at: string,
  conditions: readonly Condition<Own>[],
  then: string,
  faults: BellFaults = {},
): Steps<Own> {
  const [announce, again, park, withdraw, after] = [
    `${at}: announce`,
    `${at}: look again`,
    `${at}: park`,
    `${at}: withdraw`,
    `${at}: look after`,
  ];
  return {
    [at]: (me, my) => {
      if (!faults.signalReadLast) my.seen = me.load(`${bell}.signal`);
      return announce;
    },
    [announce]: (me) => {
      if (!faults.noAnnouncement) me.add(`${bell}.parked`, 1);
      return faults.noSecondLook ? park : again;
    },
    ...any(again, conditions, withdraw, faults.signalReadLast ? `${at}: read the signal` : park),
    [`${at}: read the signal`]: (me, my) => {
      my.seen = me.load(`${bell}.signal`);
      return park;
    },
    [park]: (me, my) => {
      me.wait(`${bell}.signal`, my.seen);
      return withdraw;
    },
    [withdraw]: (me) => {
      if (!faults.noAnnouncement) me.add(`${bell}.parked`, -1);
      return after;
    },
    ...any(after, conditions, then, at),
  };
}

/** Looks at one condition after the other, a step each. */
function any<Own>(at: string, conditions: readonly Condition<Own>[], yes: string, no: string): Steps<Own> {
  const name = (index: number) => (index === 0 ? at : `${at} ${index + 1}`);
  const steps = conditions.map((condition, index): [string, Steps<Own>[string]] => [
    name(index),
    (me, my) => {
      if (condition(me, my)) return yes;
      return index + 1 < conditions.length ? name(index + 1) : no;
    },
  ]);
  return Object.fromEntries(steps);
}
