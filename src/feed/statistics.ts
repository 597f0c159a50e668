import type { Arena } from '../memory/arena.ts';
import { Counters, type CounterValues } from '../memory/counters.ts';
import { FrameWriter } from '../memory/frame-writer.ts';
import { LatencyHistogram, type LatencySummary, summarizeLatency } from '../memory/latency-histogram.ts';
import { LatestTable } from '../memory/latest-table.ts';
import type { ReaderStatus, ReaderTable } from '../memory/reader-table.ts';
import { RecordRing } from '../memory/ring-cursor.ts';
import type { FeedMemory } from './feed-memory.ts';
import type { Place } from './subscriptions.ts';

export interface ConnectionStats extends CounterValues {
  readonly connection: number;
  readonly account: string;
  /** Share of the rings that is written and not yet released by the decoder, or by the slowest gating reader; 0…1. */
  readonly frameRingOccupancy: number;
  readonly recordRingOccupancy: number;
  /** Records of instruments that the latest table had no place for. */
  readonly latestOverflowed: number;
  readonly readers: readonly ReaderStatus[];
}

export interface FeedStats extends CounterValues {
  /** Records overwritten before the readers that are there now came to them, all readers together. */
  readonly lagged: number;
  /** Text frames that could not be understood. */
  readonly malformedTexts: number;
  /** Over the last seconds. */
  readonly rates: {
    readonly framesPerSecond: number;
    readonly bytesPerSecond: number;
    readonly recordsPerSecond: number;
  };
  readonly latencies: {
    readonly receiveToPublish: LatencySummary;
    /** Over the readers that are there now. */
    readonly receiveToRead: LatencySummary;
  };
  readonly decoder: { readonly parks: number; readonly rings: number };
  readonly connections: readonly ConnectionStats[];
}

interface Sample {
  readonly at: number;
  readonly frames: number;
  readonly bytes: number;
  readonly records: number;
}

/** Rates are over this many samples, a second apart. */
const SAMPLES = 5;

interface Source {
  readonly place: Place;
  readonly arena: Arena;
  /** Only looked at: the ring is written elsewhere, on another thread maybe. */
  readonly frames: FrameWriter;
  readonly counters: Counters;
  readonly ring: RecordRing;
  readonly readers: ReaderTable;
  readonly latest: LatestTable;
}

/** Puts together what the arenas have counted. */
export class StatsCollector {
  readonly #memory: FeedMemory;
  readonly #sources: readonly Source[];
  readonly #samples: Sample[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(memory: FeedMemory, places: readonly Place[]) {
    this.#memory = memory;
    this.#sources = places.map((place) => {
      const arena = memory.arenas[place.connection]!;
      const ring = new RecordRing(arena);
      return {
        place,
        arena,
        frames: new FrameWriter(arena),
        counters: new Counters(arena),
        ring,
        readers: ring.readers,
        latest: new LatestTable(arena),
      };
    });
  }

  start(): void {
    if (this.#timer) return;
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), 1000);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  collect(): Omit<FeedStats, 'malformedTexts'> {
    const connections = this.#sources.map(connectionStats);
    const totals = sum(connections);
    const readers = this.#sources.flatMap(({ arena, readers: table }) =>
      table.status().map(({ place }) => new LatencyHistogram(arena, 1 + place)),
    );
    const bells = this.#memory.controls.map(({ bell }) => bell.counts);
    return {
      ...totals,
      lagged: connections.flatMap(({ readers }) => readers).reduce((total, { lagged }) => total + lagged, 0),
      rates: this.#rates(totals),
      latencies: {
        receiveToPublish: summarizeLatency(this.#sources.map(({ arena }) => new LatencyHistogram(arena, 0))),
        receiveToRead: summarizeLatency(readers),
      },
      decoder: {
        parks: bells.reduce((total, { parks }) => total + parks, 0),
        rings: bells.reduce((total, { rings }) => total + rings, 0),
      },
      connections,
    };
  }

  #sample(): void {
    const { frames, bytes, records } = sum(this.#sources.map(({ counters }) => counters.values()));
    this.#samples.push({ at: performance.now(), frames, bytes, records });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  #rates({ frames, bytes, records }: CounterValues): FeedStats['rates'] {
    const oldest = this.#samples[0];
    const seconds = oldest ? (performance.now() - oldest.at) / 1000 : 0;
    if (!oldest || seconds === 0) return { framesPerSecond: 0, bytesPerSecond: 0, recordsPerSecond: 0 };
    return {
      framesPerSecond: (frames - oldest.frames) / seconds,
      bytesPerSecond: (bytes - oldest.bytes) / seconds,
      recordsPerSecond: (records - oldest.records) / seconds,
    };
  }
}

function connectionStats({ place, frames, counters, ring, readers, latest }: Source): ConnectionStats {
  return {
    ...place,
    ...counters.values(),
    frameRingOccupancy: frames.occupancy,
    recordRingOccupancy: readers.unreleased() / ring.capacity,
    latestOverflowed: latest.overflowed,
    readers: readers.status(),
  };
}

function sum(values: readonly CounterValues[]): CounterValues {
  return values.map(pick).reduce((total, value) => {
    const by = { ...total.rejectedBy };
    for (const reason of REASONS) by[reason] += value.rejectedBy[reason];
    const sums = Object.fromEntries(NUMBERS.map((name) => [name, total[name] + value[name]]));
    return { ...sums, rejectedBy: by } as unknown as CounterValues;
  });
}

const REASONS = ['shortFrame', 'truncated', 'packetLength', 'trailingBytes'] as const;

const NUMBERS = [
  'frames',
  'bytes',
  'textFrames',
  'framesDropped',
  'framesTooLarge',
  'pauses',
  'framesDecoded',
  'records',
  'heartbeats',
  'rejected',
  'framesMalformed',
  'unknownSegments',
  'recordsDropped',
  'framesSkipped',
  'framesQuarantined',
  'spaceWaits',
  'handedOn',
  'booksMatched',
  'booksFailed',
  'booksIgnored',
  'inexact',
  'overflowed',
] as const satisfies readonly (keyof CounterValues)[];

function pick(values: CounterValues): CounterValues {
  const picked = Object.fromEntries(NUMBERS.map((name) => [name, values[name]]));
  return { ...picked, rejectedBy: { ...values.rejectedBy } } as unknown as CounterValues;
}
