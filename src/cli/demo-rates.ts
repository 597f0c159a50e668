import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { LatencySummary } from '../memory/latency-histogram.ts';
import { micros, percent, whole } from './demo-run.ts';

/** Records read so far. */
export interface Tally {
  records: number;
}

/** Of a feed's statistics, what a demo shows whatever the venue. */
interface Stats {
  readonly bytes: number;
  readonly latencies: { readonly receiveToRead: LatencySummary };
  readonly lagged: number;
  readonly framesDropped: number;
  readonly recordsDropped: number;
}

/** What a demo says at its end whatever the venue. */
export interface RunFigures {
  records: number;
  seconds: number;
  recordsPerSecond: number;
  latencyMicros: { p50: number; p99: number; max: number };
  /** Of the main thread, 0…1. */
  eventLoopUtilization: number;
  /** What the engine counted as lost. */
  lost: number;
}

/** Counts what comes: tables look at books and newest records. */
export async function countRecords(reader: AsyncIterable<Iterable<unknown>>, tally: Tally): Promise<void> {
  for await (const batch of reader) {
    let records = 0;
    for (const _ of batch) records += 1;
    tally.records += records;
  }
}

/** Measures from now on: what was read before, while snapshots came, does not count as speed. */
export class DemoRates {
  readonly #stats: () => Stats;
  readonly #tally: Tally;
  readonly #start = performance.now();
  readonly #loop: EventLoopUtilization = performance.eventLoopUtilization();
  readonly #records: number;
  #before: { at: number; records: number; bytes: number; loop: EventLoopUtilization };

  constructor(stats: () => Stats, tally: Tally) {
    this.#stats = stats;
    this.#tally = tally;
    this.#records = tally.records;
    this.#before = this.#now();
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  /** Speeds since the last call, and latencies; `status` stands behind the seconds. */
  lines(status: string): string[] {
    const now = this.#now();
    const before = this.#before;
    this.#before = now;
    const seconds = (now.at - before.at) / 1000;
    const records = whole((now.records - before.records) / seconds);
    const megabytes = ((now.bytes - before.bytes) / 1e6 / seconds).toFixed(1);
    const busy = percent(performance.eventLoopUtilization(now.loop, before.loop).utilization);
    const { p50, p99, max } = this.#stats().latencies.receiveToRead;
    return [
      `${records.padStart(11)} records/s ${megabytes.padStart(6)} MB/s   ${this.seconds.toFixed(0)} s, ${status}`,
      `receive → read     p50 ${micros(p50)}   p99 ${micros(p99)}   max ${micros(max)}   main thread ${busy} busy`,
    ];
  }

  /** Of the whole run. */
  figures(): RunFigures {
    const { seconds } = this;
    const records = this.#tally.records - this.#records;
    const { utilization } = performance.eventLoopUtilization(this.#loop);
    const stats = this.#stats();
    const { p50, p99, max } = stats.latencies.receiveToRead;
    return {
      records,
      seconds,
      recordsPerSecond: records / seconds,
      latencyMicros: { p50, p99, max },
      eventLoopUtilization: utilization,
      lost: lostOf(stats),
    };
  }

  #now() {
    const { bytes } = this.#stats();
    const { records } = this.#tally;
    return { at: performance.now(), records, bytes, loop: performance.eventLoopUtilization() };
  }
}

/** What the engine counted as lost. */
export function lostOf({ lagged, framesDropped, recordsDropped }: Stats): number {
  return lagged + framesDropped + recordsDropped;
}

/** The same in words: a line above, and one below, what is the venue's own. */
export function figureLines({
  records,
  seconds,
  recordsPerSecond,
  lost,
  latencyMicros,
}: RunFigures): [first: string, last: string] {
  const { p50, p99, max } = latencyMicros;
  return [
    `${whole(records)} records in ${seconds.toFixed(1)} s: ${whole(recordsPerSecond)} a second; lost ${lost}`,
    `receive → read p50 ${micros(p50)}, p99 ${micros(p99)}, max ${micros(max)}`,
  ];
}
