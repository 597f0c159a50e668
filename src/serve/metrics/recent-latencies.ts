import { LatencyHistogram, type LatencySummary, summarizeBuckets } from '../../memory/latency-histogram.ts';
import { LATENCY_BUCKET_COUNT } from '../../memory/latency-layout.ts';
import { RecordRing } from '../../memory/ring-cursor.ts';
import type { VenueReading } from '../venues/venue-reading.ts';

/** Percentiles of the last while. */
export interface RecentLatencies {
  /** How long that is. */
  readonly seconds: number;
  readonly receiveToPublish: LatencySummary;
  readonly receiveToRead: LatencySummary;
}

interface Served {
  readonly reading: Pick<VenueReading, 'arenas'>;
}

interface Sums {
  readonly at: number;
  readonly published: Float64Array;
  readonly read: Float64Array;
}

/** Sums are kept this far apart, ms, and so many of them: percentiles are over one to two of these. */
const EVERY = 1000;

/** What latencies were lately: the shared histograms count since the start. */
export class RecentLatenciesMeter {
  readonly #venue: Served;
  #older: Sums;
  #old: Sums;
  readonly #timer: NodeJS.Timeout;

  constructor(venue: Served) {
    this.#venue = venue;
    this.#old = this.#sums();
    this.#older = this.#old;
    this.#timer = setInterval(() => {
      this.#older = this.#old;
      this.#old = this.#sums();
    }, EVERY);
  }

  recent(): RecentLatencies {
    const now = this.#sums();
    const then = this.#older;
    return {
      seconds: (now.at - then.at) / 1000,
      receiveToPublish: summarizeBuckets(difference(now.published, then.published)),
      receiveToRead: summarizeBuckets(difference(now.read, then.read)),
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sums(): Sums {
    const published = new Float64Array(LATENCY_BUCKET_COUNT);
    const read = new Float64Array(LATENCY_BUCKET_COUNT);
    for (const arena of this.#venue.reading.arenas) {
      new LatencyHistogram(arena, 0).addTo(published);
      for (const { place } of new RecordRing(arena).readers.status())
        new LatencyHistogram(arena, 1 + place).addTo(read);
    }
    return { at: performance.now(), published, read };
  }
}

/** A reader that left took its counts along: then there are fewer now. */
function difference(now: Float64Array, then: Float64Array): Float64Array {
  return now.map((bucket, index) => Math.max(0, bucket - then[index]!));
}
