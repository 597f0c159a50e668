import fc from 'fast-check';
import { Arena, LatencyHistogram, summarizeLatency } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { latencyLayout, summarizeBuckets } from '../support/memory-internals.ts';

function histograms(count: number): LatencyHistogram[] {
  const arena = Arena.create({ frameRingBytes: 256, recordSlots: 2, latestInstruments: 0 });
  return Array.from({ length: count }, (_, which) => new LatencyHistogram(arena, which));
}

describe('a latency histogram', () => {
  it('knows percentiles to 6 % above, and the largest value exactly', () => {
    const micros = fc.oneof(fc.nat(100), fc.nat(1_000_000), fc.nat(2 ** 31 - 1));
    fc.assert(
      fc.property(fc.array(micros, { minLength: 1, maxLength: 200 }), (values) => {
        const [histogram] = histograms(1);
        for (const value of values) histogram!.add(value / 1000);
        const sorted = values.toSorted((a, b) => a - b);
        const { count, p50, p99, p999, max } = summarizeLatency([histogram!]);
        expect(count).toBe(values.length);
        expect(max).toBeCloseTo(sorted.at(-1)!, 5);
        for (const [share, percentile] of [
          [0.5, p50],
          [0.99, p99],
          [0.999, p999],
        ] as const) {
          const exact = sorted[Math.ceil(values.length * share) - 1]!;
          expect(percentile).toBeGreaterThanOrEqual(Math.floor(exact) * 0.999999);
          expect(percentile).toBeLessThanOrEqual((exact + 1) * 1.0625);
        }
      }),
    );
  });

  it('of one place is apart from that of another, and all can be summed', () => {
    const [first, second, third] = histograms(17) as [LatencyHistogram, LatencyHistogram, LatencyHistogram];
    first.add(1);
    second.add(2);
    second.add(3);
    expect(summarizeLatency([first])).toMatchObject({ count: 1, max: 1000 });
    expect(summarizeLatency([first, second, third])).toMatchObject({ count: 3, max: 3000 });
    second.clear();
    expect(summarizeLatency([first, second, third])).toMatchObject({ count: 1, max: 1000 });
    expect(summarizeLatency([third])).toEqual({ count: 0, p50: 0, p99: 0, p999: 0, max: 0 });
  });

  it('tells what came between two looks at it', () => {
    const [histogram] = histograms(1);
    const buckets = () => {
      const sum = new Float64Array(latencyLayout.LATENCY_BUCKET_COUNT);
      histogram!.addTo(sum);
      return sum;
    };
    histogram!.add(500);
    const before = buckets();
    for (const value of [1, 1, 1, 2]) histogram!.add(value);
    const between = summarizeBuckets(buckets().map((bucket, nth) => bucket - before[nth]!));
    expect(between.count).toBe(4);
    for (const [value, exact] of [
      [between.p50, 1000],
      [between.max, 2000],
    ] as const) {
      expect(value).toBeGreaterThanOrEqual(exact);
      expect(value).toBeLessThanOrEqual(exact * 1.0625);
    }
    expect(summarizeBuckets(new Float64Array(latencyLayout.LATENCY_BUCKET_COUNT))).toEqual({
      count: 0,
      p50: 0,
      p99: 0,
      p999: 0,
      max: 0,
    });
  });

  it('takes a clock that was set back for 0, and anything above 36 minutes for the most', () => {
    const [histogram] = histograms(1);
    for (const value of [-5, Number.NaN, 0]) histogram!.add(value);
    expect(summarizeLatency([histogram!])).toMatchObject({ count: 3, max: 0 });
    histogram!.add(Number.POSITIVE_INFINITY);
    expect(summarizeLatency([histogram!])).toMatchObject({ count: 4, max: 2 ** 31 - 1 });
  });
});
