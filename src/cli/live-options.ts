import { ArgumentError } from '../errors.ts';
import { positive } from './demo-run.ts';
import type { LiveOptions } from './terminal/live-view.ts';
import { wholeOption } from './venue-choice.ts';

/** What every command takes that shows something live. */
export const LIVE_OPTIONS = {
  interval: { type: 'string' },
  once: { type: 'boolean' },
  seconds: { type: 'string' },
} as const;

export const LIVE_HELP = `  --interval MS    between looks; default 1000 where it is not a terminal
  --once           print one look and exit: 1 when not everything had come within 10 s
  --seconds N      end by itself after N seconds`;

export interface LiveValues {
  readonly interval?: string | undefined;
  readonly once?: boolean | undefined;
  readonly seconds?: string | undefined;
}

/** Where looks go to a file or pipe, or only one is wanted, it is a second, ms. */
const TEXT_INTERVAL = 1000;

/**
 * @param onTerminal ms between looks, on a terminal
 * @throws ArgumentError
 */
export function liveOptions({ interval, once, seconds }: LiveValues, onTerminal: number): LiveOptions {
  if (once && seconds !== undefined) throw new ArgumentError('--once and --seconds exclude each other');
  const text = once || !process.stdout.isTTY;
  return {
    interval:
      interval === undefined
        ? text
          ? TEXT_INTERVAL
          : onTerminal
        : wholeOption('interval', interval, 10, 3_600_000),
    once: once ?? false,
    seconds: seconds === undefined ? Number.POSITIVE_INFINITY : positive('seconds', seconds),
  };
}
