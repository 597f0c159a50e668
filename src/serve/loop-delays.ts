import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { LoopDelays } from './control.ts';

/** ms between looks. */
const RESOLUTION = 10;

/** Measures how late this thread's event loop is. */
export function watchLoop(): IntervalHistogram {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION });
  loop.enable();
  return loop;
}

/** Since the last time that it was asked, beyond what the timer itself takes. */
export function loopDelays(loop: IntervalHistogram): LoopDelays {
  const seconds = (nanoseconds: number) => Math.max(0, (nanoseconds || 0) / 1e9 - RESOLUTION / 1000);
  const delays = {
    mean: seconds(loop.mean),
    p50: seconds(loop.percentile(50)),
    p99: seconds(loop.percentile(99)),
    max: seconds(loop.max),
  };
  loop.reset();
  return delays;
}
