import type { Arena } from '../../memory/arena.ts';
import { LatencyHistogram, latencyBucketEnd } from '../../memory/latency-histogram.ts';
import { LATENCY_BUCKET_COUNT } from '../../memory/latency-layout.ts';
import { RecordRing } from '../../memory/ring-cursor.ts';
import type { DirectoryVenue } from '../directory.ts';
import type { Family, Sample } from './families.ts';

/** Upper ends, µs: powers of two, where buckets of the shared histograms end too, so that counts are exact. 8 µs to 8.4 s. */
const BOUNDS = Array.from({ length: 21 }, (_, power) => 2 ** (power + 3));
const MICROS = 1e-6;

type Labels = Sample['labels'];

/** Histograms of latencies, from shared memory. Their sums are estimates: each value counts as the middle of its bucket. */
export function latencyFamilies(venues: readonly DirectoryVenue[]): Family[] {
  const published: Sample[] = [];
  const read: Sample[] = [];
  for (const { venue, reading } of venues) {
    for (const arena of reading.arenas) {
      const labels = { venue, connection: arena.connection };
      published.push(...samplesOf(arena, 0, labels));
      for (const { place, kind } of new RecordRing(arena).readers.status()) {
        // Conflating readers measure none.
        if (kind !== 'conflating') read.push(...samplesOf(arena, 1 + place, { ...labels, reader: place }));
      }
    }
  }
  return [
    {
      name: 'tickring_receive_to_publish_seconds',
      help: 'From a frame being received to its records being published.',
      type: 'histogram',
      samples: published,
    },
    {
      name: 'tickring_receive_to_read_seconds',
      help: 'From a frame being received to its records being read, by reader.',
      type: 'histogram',
      samples: read,
    },
  ];
}

function samplesOf(arena: Arena, which: number, labels: Labels): Sample[] {
  const buckets = new Float64Array(LATENCY_BUCKET_COUNT);
  new LatencyHistogram(arena, which).addTo(buckets);
  const samples: Sample[] = [];
  let bucket = 0;
  let count = 0;
  let sum = 0;
  const addUpTo = (bound: number) => {
    for (; bucket < buckets.length && latencyBucketEnd(bucket) <= bound; bucket++) {
      count += buckets[bucket]!;
      sum += (buckets[bucket]! * (latencyBucketEnd(bucket - 1) + latencyBucketEnd(bucket))) / 2;
    }
  };
  for (const bound of BOUNDS) {
    addUpTo(bound);
    samples.push({ labels: { ...labels, le: bound * MICROS }, value: count, suffix: '_bucket' });
  }
  addUpTo(Number.POSITIVE_INFINITY);
  samples.push(
    { labels: { ...labels, le: '+Inf' }, value: count, suffix: '_bucket' },
    { labels, value: sum * MICROS, suffix: '_sum' },
    { labels, value: count, suffix: '_count' },
  );
  return samples;
}
