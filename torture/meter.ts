import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { collector } from './support.ts';

/** Looks at RSS, ms apart. */
const LOOK = 20;

/** What was seen since the sample before, bytes and ms. */
export interface Sample {
  readonly seconds: number;
  /**
   * The lowest: whenever the thread is behind its sockets, what waits to be read adds tens of MB for some ms. What is not given
   * back is in the lowest, too.
   */
  readonly rss: number;
  /** After a full collection. */
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
  readonly #looking: NodeJS.Timeout;
  #rss = Number.POSITIVE_INFINITY;
  #gc = 0;
  #since = performance.now();

  constructor() {
    this.#looking = setInterval(() => this.#look(), LOOK);
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
    this.#look();
    const rss = this.#rss;
    const { heapUsed } = process.memoryUsage();
    // What the collection held up goes by.
    await sleep(25);
    this.#delays.reset();
    this.#gc = 0;
    this.#rss = Number.POSITIVE_INFINITY;
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
    clearInterval(this.#looking);
    this.#observer.disconnect();
    this.#delays.disable();
  }

  #look(): void {
    this.#rss = Math.min(this.#rss, process.memoryUsage.rss());
  }
}
