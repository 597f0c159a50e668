import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { collector } from './support.ts';

/** One look, bytes and ms. */
export interface Sample {
  readonly seconds: number;
  readonly rss: number;
  readonly heap: number;
  readonly loopDelayP99: number;
  readonly gcPerSecond: number;
}

/** Looks at memory, after a collection of its own, and at delays, without those that it causes. */
export class Meter {
  readonly #collect = collector();
  readonly #delays = monitorEventLoopDelay({ resolution: 10 });
  readonly #observer: PerformanceObserver;
  readonly #start = performance.now();
  #gc = 0;
  #since = performance.now();

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { flags = 0 } = (entry as { detail?: { flags?: number } }).detail ?? {};
        if ((flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) === 0) this.#gc += entry.duration;
      }
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#delays.enable();
  }

  async sample(): Promise<Sample> {
    const now = performance.now();
    const p99 = this.#delays.percentile(99) / 1e6;
    const gc = (this.#gc / (now - this.#since)) * 1000;
    this.#collect();
    const { rss, heapUsed } = process.memoryUsage();
    // What the collection held up goes by.
    await sleep(25);
    this.#delays.reset();
    this.#gc = 0;
    this.#since = performance.now();
    return {
      seconds: (now - this.#start) / 1000,
      rss,
      heap: heapUsed,
      // The first sample has nothing to look back to; the timer's own resolution is no delay.
      loopDelayP99: Number.isNaN(p99) ? 0 : Math.max(0, p99 - 10),
      gcPerSecond: gc,
    };
  }

  stop(): void {
    this.#observer.disconnect();
    this.#delays.disable();
  }
}
