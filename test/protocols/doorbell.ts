import type { Counter } from './counters.ts';
import type { Steps } from './explorer.ts';
import type { Processor } from './processor.ts';

/** Ways to break a doorbell. */
export interface BellFaults {
  /** Rings without asking whether anybody has announced. */
  neverAsks?: boolean;
  /** Rings for an announcement again and again, until it is withdrawn. */
  neverRemembers?: boolean;
  /** Remembers as rung for what is announced once it has rung. */
  remembersAfterRinging?: boolean;
  noAnnouncement?: boolean;
  noSecondLook?: boolean;
  /** The signal to park on is read after the second look, not before. */
  signalReadLast?: boolean;
}

/** The words of a doorbell (doorbell-layout.ts), without the count of parks. */
export function bellWords(bell: string): Record<string, number> {
  return { [`${bell}.signal`]: 0, [`${bell}.announced`]: 0, [`${bell}.withdrawn`]: 0 };
}

/** Its counters, which are compared and nothing else. */
export function bellCounters(bell: string): Counter[] {
  return [
    { word: `${bell}.signal`, words: [], own: [seen(bell)] },
    { word: `${bell}.announced`, words: [`${bell}.withdrawn`], own: [rungFor(bell)] },
  ];
}

/** What a new ringer knows of a bell: the announcements that it has rung for, none. */
export function ringerOf<Bell extends string>(bell: Bell) {
  return { [rungFor(bell)]: 0 } as Record<`${Bell} rung for`, number>;
}

/** What a waiter knows of it: the signal that it saw. */
export function waiterAt<Bell extends string>(bell: Bell) {
  return { [seen(bell)]: 0 } as Record<`${Bell} seen`, number>;
}

const rungFor = (bell: string) => `${bell} rung for`;
const seen = (bell: string) => `${bell} seen`;

export const NO_NEEDLESS_NOTIFY = 'a ringer notifies only for an announcement, and once';

/** `Doorbell.ring`, as steps that begin at `at` and go on at `then`, of a thread that owns what `ringerOf` says. */
export function ring(
  bell: string,
  at: string,
  then: string,
  faults: BellFaults = {},
): Steps<Record<string, number>> {
  return {
    [at]: (me, my) => {
      const announced = me.load(`${bell}.announced`);
      const rung = my[rungFor(bell)]!;
      if (!faults.remembersAfterRinging) my[rungFor(bell)] = announced;
      if (announced !== rung) return `${at}: always`;
      const parked = faults.neverRemembers && me.load(`${bell}.withdrawn`) !== announced;
      if (!faults.neverAsks && !parked) return then;
      me.check(false, NO_NEEDLESS_NOTIFY);
      return `${at}: always`;
    },
    ...ringAlways(bell, `${at}: always`, faults.remembersAfterRinging ? `${at}: remember` : then),
    [`${at}: remember`]: (me, my) => {
      my[rungFor(bell)] = me.load(`${bell}.announced`);
      return then;
    },
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

/** Looks at shared memory with at most one load. */
export type Condition<Own> = (me: Processor, my: Own) => boolean;

/**
 * `Doorbell.waitSync` after its spins, without time-out; `wait` does the same with a promise. It goes on at `then` once
 * one of the conditions holds. The count of parks is left out, so that what is shown does not lean on its being a barrier.
 */
export function wait<Own extends Record<string, number>>(
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
  const setSeen = (my: Record<string, number>, signal: number) => {
    my[seen(bell)] = signal;
  };
  return {
    [at]: (me, my) => {
      if (!faults.signalReadLast) setSeen(my, me.load(`${bell}.signal`));
      return announce;
    },
    [announce]: (me) => {
      if (!faults.noAnnouncement) me.add(`${bell}.announced`, 1);
      return faults.noSecondLook ? park : again;
    },
    ...any(again, conditions, withdraw, faults.signalReadLast ? `${at}: read the signal` : park),
    [`${at}: read the signal`]: (me, my) => {
      setSeen(my, me.load(`${bell}.signal`));
      return park;
    },
    [park]: (me, my) => {
      me.wait(`${bell}.signal`, my[seen(bell)]!);
      return withdraw;
    },
    [withdraw]: (me) => {
      if (!faults.noAnnouncement) me.add(`${bell}.withdrawn`, 1);
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
