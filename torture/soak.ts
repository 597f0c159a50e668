/**
 * Soak: 9,000 instruments in full mode over three connections, as fast as the simulator can send, for 30 s after warming up;
 * nightly for 10 minutes after five. RSS must not grow by 5 MB, the heap by nothing to speak of, and no tick be lost.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { KiteFeed } from 'tickring';
import type { KiteSimulatorStats } from 'tickring/sim';
import { SimulatorProcess } from './internals.ts';
import { Meter, type Sample } from './meter.ts';
import { plot } from './plot.ts';
import { CountingThread } from './soak-reader.ts';
import { growth, torture, until, writeResult } from './support.ts';

const SHORT_SECONDS = 30;
const NIGHTLY_SECONDS = 600;
/**
 * ms: until compiler and allocators have what they want. RSS rises by some 5 MB in the first 20 s, and by some 8 MB more in the
 * first five minutes: what `ws` reads lies outside the heap, in blocks of many sizes. The heap does not grow meanwhile.
 */
const SHORT_WARM_UP = 25_000;
const NIGHTLY_WARM_UP = 300_000;
const MOST_RSS_GROWTH = 5e6;
/**
 * On a busy machine it takes longer until allocators have what they want: as long as RSS rises, it is measured once more, so often
 * at most. What leaks rises each time.
 */
const MOST_STRETCHES = 4;
/** After a full collection the heap is known to some 100 KB: code is compiled and thrown away again. */
const MOST_HEAP_GROWTH = 5e5;
const PLOT = new URL('../../docs/reliability-soak.svg', import.meta.url);

/** What the simulator says when it listens. */
interface Greeting {
  readonly url: string;
  readonly instrumentTokens: readonly number[];
}

await torture('soak', async (run) => {
  const seconds = run.pick(SHORT_SECONDS, NIGHTLY_SECONDS);
  const args = ['kite', '--rate', 'max', '--packets-per-frame', '200', '--seed', String(run.seed)];
  const simulator = await SimulatorProcess.start<Greeting, KiteSimulatorStats>(args);
  const { url, instrumentTokens } = simulator.greeting;
  const feed = new KiteFeed({
    url,
    apiKey: 'demo',
    accessToken: 'demo',
    connections: 3,
    mode: 'full',
  });
  feed.subscribe(instrumentTokens);
  const reader = new CountingThread(feed.handle);
  await reader.joined();
  await feed.start();
  await feed.ready();
  await sleep(run.pick(SHORT_WARM_UP, NIGHTLY_WARM_UP));

  const meter = new Meter();
  const start = { at: performance.now(), ticks: feed.stats().records };
  let samples: Sample[];
  let stretches = 0;
  do {
    samples = await measure(meter, seconds, run.nightly ? 5 : 1);
    stretches += 1;
  } while (stretches < MOST_STRETCHES && isRising(samples));
  const { records } = feed.stats();
  const perSecond = ((records - start.ticks) / (performance.now() - start.at)) * 1000;
  meter.stop();

  const { packetsSent } = await simulator.pause();
  await until(() => reader.read === packetsSent, 10_000);
  const stats = feed.stats();
  const lost = packetsSent - reader.read;
  const { rss, heap } = growthOf(samples);
  run.check(lost === 0, `${packetsSent} ticks were sent and ${reader.read} read`);
  run.check(stats.rejected === 0, `${stats.rejected} packets were rejected`);
  run.check(rss < MOST_RSS_GROWTH, `RSS grew by ${(rss / 1e6).toFixed(2)} MB in ${seconds} s`);
  run.check(heap < MOST_HEAP_GROWTH, `the heap grew by ${(heap / 1e3).toFixed(0)} kB in ${seconds} s`);
  await feed.close();
  await reader.finish();
  await simulator.stop();

  const last = samples.at(-1)!;
  Object.assign(run.numbers, {
    seconds,
    'measured so many times': stretches,
    'ticks moved': reader.read,
    'ticks a second': Math.round(perSecond),
    lost,
    'RSS at the end, MB': last.rss / 1e6,
    'RSS growth, MB': rss / 1e6,
    'heap at the end, MB': last.heap / 1e6,
    'heap growth, MB': heap / 1e6,
    'event-loop delay p99, ms (median)': median(samples.map((sample) => sample.loopDelayP99)),
    'GC, ms a second (mean)': samples.reduce((sum, sample) => sum + sample.gcPerSecond, 0) / samples.length,
  });
  writeResult('soak-samples.json', JSON.stringify(samples));
  const svg = plot(`Soak: ${run.numbers['ticks a second']!.toLocaleString('en-US')} ticks a second`, 's', [
    { name: 'RSS, MB', points: samples.map(({ seconds: x, rss: y }) => [x, y / 1e6]) },
    { name: 'heap after GC, MB', points: samples.map(({ seconds: x, heap: y }) => [x, y / 1e6]) },
    { name: 'event-loop delay p99, ms', points: samples.map(({ seconds: x, loopDelayP99: y }) => [x, y]) },
    { name: 'GC, ms a second', points: samples.map(({ seconds: x, gcPerSecond: y }) => [x, y]) },
  ]);
  writeResult('soak.svg', svg);
  if (run.nightly) writeFileSync(PLOT, svg);
});

/** Looks every `interval` seconds, for so many. */
async function measure(meter: Meter, seconds: number, interval: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await sleep(interval * 1000);
    samples.push(await meter.sample());
  }
  return samples;
}

function growthOf(samples: readonly Sample[]): { rss: number; heap: number } {
  return { rss: growth(samples.map(({ rss }) => rss)), heap: growth(samples.map(({ heap }) => heap)) };
}

function isRising(samples: readonly Sample[]): boolean {
  const { rss, heap } = growthOf(samples);
  return rss >= MOST_RSS_GROWTH || heap >= MOST_HEAP_GROWTH;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
