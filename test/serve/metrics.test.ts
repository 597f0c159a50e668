import type { KrakenSimulator } from 'tickring/sim';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BTC, krakenSimulator } from '../support/kraken.ts';
import { ask, Stream, serveKraken, untilAnswer } from '../support/serve.ts';
import type { Server } from '../support/serve-internals.ts';

let simulator: KrakenSimulator;
let server: Server;

beforeAll(async () => {
  simulator = await krakenSimulator();
  server = await serveKraken(simulator, [BTC], '--interval', '5');
  await untilAnswer(server, '/depth/BTC/USD', ({ state }) => state !== 'empty');
  simulator.step(100, BTC);
  const { snapshots, updates } = simulator.stats().channels.book;
  await untilAnswer(
    server,
    '/stats',
    ({ venues }) => venues.kraken.stats.booksMatched === snapshots + updates,
  );
});

afterAll(async () => {
  await server.close();
  await simulator.close();
});

interface Sample {
  readonly name: string;
  readonly labels: { readonly venue?: string; readonly connection?: string; readonly le?: string };
  readonly value: number;
}

/** Reads Prometheus' text format, and fails on a line that is none. */
async function scrape(): Promise<{ samples: Sample[]; types: Map<string, string> }> {
  const { status, body, headers } = await ask(server, '/metrics');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of (body as string).split('\n').filter(Boolean)) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) {
      expect(types.has(name)).toBe(false);
      types.set(name, type!);
    } else if (!line.startsWith('# HELP ')) {
      const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
      expect(parts, line).not.toBeNull();
      const labels = [...(parts![2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [
        key,
        value,
      ]);
      samples.push({ name: parts![1]!, labels: Object.fromEntries(labels), value: Number(parts![3]) });
    }
  }
  return { samples, types };
}

function sampleOf(
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  return samples.find(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([key, value]) => sample.labels[key as 'venue'] === value),
  )?.value;
}

test('counters are named as such', async () => {
  const { types } = await scrape();
  const ours = [...types].filter(([name]) => name.startsWith('tickring_'));
  expect(ours.length).toBeGreaterThan(50);
  for (const [name, type] of ours)
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
});

test('what is counted is what the feed has counted', async () => {
  const { samples } = await scrape();
  const { body } = await ask(server, '/stats');
  const [connection] = body.venues.kraken.stats.connections;
  const labels = { venue: 'kraken', connection: '0' };
  expect(sampleOf(samples, 'tickring_checksums_matched_total', labels)).toBe(connection.booksMatched);
  expect(sampleOf(samples, 'tickring_records_total', labels)).toBe(connection.records);
  expect(sampleOf(samples, 'tickring_gaps_total', { venue: 'kraken' })).toBe(0);
  expect(sampleOf(samples, 'tickring_connection_state', { ...labels, state: 'subscribed' })).toBe(1);
  expect(sampleOf(samples, 'tickring_connection_state', { ...labels, state: 'degraded' })).toBe(0);
  expect(sampleOf(samples, 'tickring_feed_up', { venue: 'kraken' })).toBe(1);
  expect(sampleOf(samples, 'tickring_subscriptions', labels)).toBe(3);
});

test('latencies are histograms in seconds, whose buckets add up', async () => {
  const { samples, types } = await scrape();
  const name = 'tickring_receive_to_publish_seconds';
  expect(types.get(name)).toBe('histogram');
  const mine = samples.filter(({ labels }) => labels.venue === 'kraken' && labels.connection === '0');
  const buckets = mine.filter((sample) => sample.name === `${name}_bucket`);
  const counts = buckets.map(({ value }) => value);
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(buckets.at(-1)!.labels.le).toBe('+Inf');
  const count = sampleOf(mine, `${name}_count`)!;
  expect(buckets.at(-1)!.value).toBe(count);
  expect(count).toBeGreaterThan(0);
  const sum = sampleOf(mine, `${name}_sum`)!;
  expect(sum).toBeGreaterThan(0);
  // The sum lies between what the buckets allow.
  const bounds = buckets.map(({ labels }) => Number(labels.le));
  const least = buckets.reduce(
    (total, { value }, nth) => total + (value - (counts[nth - 1] ?? 0)) * (bounds[nth - 1] ?? 0),
    0,
  );
  expect(sum).toBeGreaterThanOrEqual(least);
});

test('streams are counted, and how late event loops are', async () => {
  using stream = new Stream(server, '/stream/BTC%2FUSD');
  await stream.first('snapshot');
  simulator.step(1, BTC);
  await stream.first('update');
  const { samples } = await scrape();
  expect(sampleOf(samples, 'tickring_sse_clients')).toBe(1);
  expect(sampleOf(samples, 'tickring_sse_updates_sent_total')).toBeGreaterThan(0);
  for (const thread of ['feeds', 'http'])
    expect(
      sampleOf(samples, 'tickring_event_loop_delay_seconds', { thread, quantile: '0.99' }),
    ).toBeGreaterThanOrEqual(0);
  const requests = { method: 'GET', route: '/metrics', status: '200' };
  await scrape();
  const again = await scrape();
  expect(sampleOf(again.samples, 'tickring_http_requests_total', requests)).toBeGreaterThan(0);
});

test('recent latencies are of the last seconds, and not since the start', async () => {
  const { body } = await ask(server, '/stats');
  const { recent } = body.venues.kraken;
  expect(recent.seconds).toBeGreaterThan(0);
  // The two are read by two threads, one after the other: what is recent may be ahead of all that there was.
  await untilAnswer(
    server,
    '/stats',
    ({ venues }) => recent.receiveToPublish.count <= venues.kraken.stats.latencies.receiveToPublish.count,
  );
  const quiet = await untilAnswer(
    server,
    '/stats',
    ({ venues }) => venues.kraken.recent.receiveToPublish.count <= 10,
  );
  expect(quiet.venues.kraken.stats.latencies.receiveToPublish.count).toBeGreaterThan(10);
});
