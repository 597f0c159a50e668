import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { LoopDelays } from './control.ts';

/** ms between looks. */
const RESOLUTION = 10;
/** What is told is of the last one to two of these, ms, whoever asks how often. */
const WINDOW = 15_000;

/** How late this thread's event loop has been lately. */
export class LoopWatch {
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION });
  readonly #timer: NodeJS.Timeout;
  #before: LoopDelays | undefined;

  constructor() {
    this.#loop.enable();
    this.#timer = setInterval(() => {
      this.#before = this.#now();
      this.#loop.reset();
    }, WINDOW);
    this.#timer.unref();
  }

  /** The worse of this window and the one before. */
  delays(): LoopDelays {
    const now = this.#now();
    const before = this.#before ?? now;
    return {
      mean: Math.max(before.mean, now.mean),
      p50: Math.max(before.p50, now.p50),
      p99: Math.max(before.p99, now.p99),
      max: Math.max(before.max, now.max),
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#loop.disable();
  }

  #now(): LoopDelays {
    const loop = this.#loop;
    // Beyond what the timer itself takes; an empty histogram knows no numbers.
    const seconds = (nanoseconds: number) =>
      loop.count === 0 ? 0 : Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000);
    return {
      mean: seconds(loop.mean),
      p50: seconds(loop.percentile(50)),
      p99: seconds(loop.percentile(99)),
      max: seconds(loop.max),
    };
  }
}
