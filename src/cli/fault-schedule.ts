import { ArgumentError } from '../errors.ts';
import type { FaultTable } from '../sim/fault-table.ts';

/** A fault, and when: seconds from the start, and then again every so many. */
export interface ScheduledFault<Fault> {
  readonly fault: Fault;
  readonly at: number;
  readonly every: number | undefined;
}

/** What the help of a command says of faults on the command line. */
export const FAULT_FORM = `A FAULT is NAME[=VALUE][@SECONDS[/EVERY]]: once, so many seconds after the start (default 0), or again and again.
For example, --fault silence=8000@10/60 --fault disconnect@20.`;

const FORM = /^([a-z-]+)(?:=(-?\d+))?(?:@(\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?)?$/;

/**
 * Reads `NAME[=VALUE][@SECONDS[/EVERY]]`: `silence=8000@10/60` is a silence of 8,000 ms, 10 s from the start and every minute
 * from then on.
 * @param faults a venue's
 * @throws ArgumentError
 */
export function parseScheduledFault<Fault extends { readonly kind: string }>(
  text: string,
  faults: FaultTable<Fault>,
): ScheduledFault<Fault> {
  const [, kind, value, at = '0', every] = FORM.exec(text) ?? [];
  if (kind === undefined || Number(every) === 0) {
    throw new ArgumentError(`a fault is written NAME[=VALUE][@SECONDS[/EVERY]], not "${text}"`);
  }
  return {
    fault: faults.make(kind, value === undefined ? undefined : Number(value)),
    at: Number(at),
    every: every === undefined ? undefined : Number(every),
  };
}

/** Has them injected when they are due, from now on. Keeps no process alive. */
export function scheduleFaults<Fault>(
  faults: readonly ScheduledFault<Fault>[],
  inject: (fault: Fault) => void,
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

/** Lines of the help: each fault's name, and what its number is. */
export function faultLines<Fault extends { readonly kind: string }>(faults: FaultTable<Fault>): string {
  const lines = faults.kinds.map((kind) => {
    const number = faults.numberOf(kind);
    if (number === undefined) return `  ${kind}`;
    const { name, otherwise } = number;
    return `  ${kind.padEnd(22)} ${name}${otherwise === undefined ? '' : ` (default ${otherwise})`}`;
  });
  return lines.join('\n');
}
