/**
 * Cycles: 20 feeds started and closed one after the other, and 100 reconnects of one; nightly 200 and 1,000. Afterwards there are as
 * many threads and handles as before, and memory has not grown with the count.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { KiteFeed } from 'tickring';
import { KiteSimulator } from 'tickring/sim';
import { collector, growth, type Run, torture, until } from './support.ts';

const SHORT = { cycles: 20, reconnects: 100 };
const NIGHTLY = { cycles: 200, reconnects: 1_000 };
/** The first ones load and compile what the others use, and go once round the rings. */
const WARM_UP = { cycles: 8, reconnects: 30 };
/** Over all cycles, or all reconnects, together. One arena that is not let go is 10 MB; allocators keep a few. */
const MOST_GROWTH = 15e6;
/** How long threads and sockets that were ended may take to be gone, ms. */
const REST_TIMEOUT = 20_000;

const collect = collector();

await torture('cycles', async (run) => {
  const { cycles, reconnects } = run.nightly ? NIGHTLY : SHORT;
  const sim = new KiteSimulator({ instruments: 600, rate: 20_000 });
  await sim.listen();
  for (let i = 0; i < WARM_UP.cycles; i++) await cycle(sim);
  const first = await census();
  const cycled = await measure(cycles, () => cycle(sim));
  await check(run, 'start/close cycles', first, cycled);

  await using feed = newFeed(sim);
  feed.subscribe(sim.instrumentTokens);
  const reader = feed.reader({ kind: 'gating' });
  const reading = setInterval(() => {
    for (const tick of reader.drain()) if (tick.instrumentToken === 0) throw new Error('a tick of nothing');
  }, 5);
  await feed.start();
  await feed.ready();
  for (let i = 0; i < WARM_UP.reconnects; i++) await reconnect(sim, feed);
  const before = await census();
  const reconnected = await measure(reconnects, () => reconnect(sim, feed));
  await check(run, 'reconnects', before, reconnected);
  clearInterval(reading);

  run.check(feed.subscriptions().length === 600, 'subscriptions were lost');
  Object.assign(run.numbers, {
    'start/close cycles': cycles,
    'RSS growth over them, MB': growth(cycled) / 1e6,
    reconnects,
    'RSS growth over those, MB': growth(reconnected) / 1e6,
    'connections opened': sim.stats().accepted,
  });
  await feed.close();
  await sim.close();
});

function newFeed(sim: KiteSimulator): KiteFeed {
  return new KiteFeed({
    url: sim.url,
    apiKey: 'demo',
    accessToken: 'demo',
    connections: 3,
    mode: 'full',
    // Small, so that all of them has been used when measuring begins.
    frameRingBytes: 2 ** 18,
    recordSlots: 4096,
    reconnect: { initialDelay: 1, maxDelay: 5, maxAttempts: Number.POSITIVE_INFINITY },
  });
}

/** Starts a feed, reads a little, and closes it. */
async function cycle(sim: KiteSimulator): Promise<void> {
  await using feed = newFeed(sim);
  feed.subscribe(sim.instrumentTokens);
  const reader = feed.reader();
  await feed.start();
  await feed.ready();
  let ticks = 0;
  for await (const batch of reader) {
    for (const _ of batch) ticks++;
    if (ticks > 100) break;
  }
}

/** All connections break, and come back. */
async function reconnect(sim: KiteSimulator, feed: KiteFeed): Promise<void> {
  const { accepted } = sim.stats();
  sim.disconnect();
  const isBack = () =>
    sim.stats().accepted === accepted + 3 && feed.states.every((state) => state === 'subscribed');
  if (!(await until(isBack, 10_000, 1))) throw new Error(`not reconnected: ${feed.states.join(', ')}`);
}

/** Does it so many times; RSS after each, with garbage collected. */
async function measure(times: number, step: () => Promise<void>): Promise<number[]> {
  const rss: number[] = [];
  for (let i = 0; i < times; i++) {
    await step();
    // Shared memory is let go by the collector, and a thread that has ended by the event loop.
    await sleep(1);
    collect();
    rss.push(process.memoryUsage().rss);
  }
  return rss;
}

interface Census {
  /** Of the operating system; 0 where it does not say. */
  readonly threads: number;
  readonly handles: Readonly<Record<string, number>>;
}

/** When everything has come to rest. */
async function census(): Promise<Census> {
  await sleep(300);
  return look();
}

function look(): Census {
  collect();
  const handles: Record<string, number> = {};
  // Timers come and go with heartbeats and back-off; what leaks is seen in the others.
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind !== 'Timeout' && kind !== 'Immediate') handles[kind] = (handles[kind] ?? 0) + 1;
  }
  return { threads: threadCount(), handles };
}

function threadCount(): number {
  if (process.platform !== 'linux') return 0;
  return Number(/^Threads:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
}

/** What is more now than it was, in words. */
function surplus(before: Census, after: Census): string[] {
  const counts = (census: Census): Record<string, number> => ({ threads: census.threads, ...census.handles });
  const was = counts(before);
  return Object.entries(counts(after))
    .filter(([kind, count]) => count > (was[kind] ?? 0))
    .map(([kind, count]) => `from ${was[kind] ?? 0} ${kind} to ${count}`);
}

async function check(run: Run, what: string, before: Census, rss: readonly number[]): Promise<void> {
  let more: string[] = [];
  // What ends may take its time, on a busy machine; what leaks stays.
  await until(
    () => {
      more = surplus(before, look());
      return more.length === 0;
    },
    REST_TIMEOUT,
    100,
  );
  run.check(more.length === 0, `${what}: ${more.join(', ')}`);
  const grown = growth(rss);
  run.check(grown < MOST_GROWTH, `${what}: RSS grew by ${(grown / 1e6).toFixed(1)} MB over ${rss.length}`);
}
