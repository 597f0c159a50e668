import { ArgumentError } from '../../errors.ts';
import { type KiteFault, makeFault } from './faults.ts';

/** A fault, and when: seconds from the start, and then again every so many. */
export interface ScheduledFault {
  readonly fault: KiteFault;
  readonly at: number;
  readonly every: number | undefined;
}

const FORM = /^([a-z-]+)(?:=(-?\d+))?(?:@(\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?)?$/;

/**
 * Reads `NAME[=VALUE][@SECONDS[/EVERY]]`: `silence=8000@10/60` is a silence of 8,000 ms, 10 s from the start and every minute
 * from then on.
 * @throws ArgumentError
 */
export function parseScheduledFault(text: string): ScheduledFault {
  const [, kind, value, at = '0', every] = FORM.exec(text) ?? [];
  if (kind === undefined || Number(every) === 0) {
    throw new ArgumentError(`a fault is written NAME[=VALUE][@SECONDS[/EVERY]], not "${text}"`);
  }
  return {
    fault: makeFault(kind, value === undefined ? undefined : Number(value)),
    at: Number(at),
    every: every === undefined ? undefined : Number(every),
  };
}

/** Has them injected when they are due, from now on. Keeps no process alive. */
export function scheduleFaults(
  faults: readonly ScheduledFault[],
  inject: (fault: KiteFault) => void,
): Disposable {
  const timers = new Set<NodeJS.Timeout>();
  for (const { fault, at, every } of faults) {
    const first = setTimeout(() => {
      timers.delete(first);
      inject(fault);
      if (every !== undefined) timers.add(setInterval(() => inject(fault), every * 1000).unref());
    }, at * 1000).unref();
    timers.add(first);
  }
  return {
    [Symbol.dispose]() {
      // What makes intervals and what makes time-outs are ended alike.
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
