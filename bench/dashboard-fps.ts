import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import { chromiumPath, launchChromium } from './chromium.ts';
import { configure, Server } from './serve-internals.ts';
import type { Point, Series } from './suite.ts';

/** What the simulator sends, ticks a second; the server's figures say how many came. */
const RATE = 50_000;
/** Before and while frames are counted, ms. */
const WARM_UP = 4000;
const MEASURED = 10_000;

/** A large screen: the wall shows all symbols of the simulator on it. */
const SCREEN = { width: 2560, height: 1440 };

/** Times of frames, as the page itself sees them. */
const COUNT_FRAMES = `
  globalThis.frames_ = [];
  const onFrame = (at) => { globalThis.frames_.push(at); requestAnimationFrame(onFrame); };
  requestAnimationFrame(onFrame);
`;

interface Load {
  readonly frames: readonly number[];
  /** Seconds of processor time that the page's main thread took, and how long that was looked at. */
  readonly busy: number;
  readonly seconds: number;
  readonly ticks: number;
}

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')!.value;
}

async function ticksOf(server: Server): Promise<number> {
  const answer = await fetch(new URL('/stats', server.url));
  const { venues } = (await answer.json()) as { venues: { kite: { stats: { records: number } } } };
  return venues.kite.stats.records;
}

async function measure(page: Page, server: Server): Promise<Load> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await pause(WARM_UP);
  const [busyBefore, ticksBefore, from] = [
    await taskSeconds(session),
    await ticksOf(server),
    performance.now(),
  ];
  await page.evaluate(COUNT_FRAMES);
  await pause(MEASURED);
  const frames = (await page.evaluate('globalThis.frames_')) as number[];
  const seconds = (performance.now() - from) / 1000;
  return {
    frames,
    seconds,
    busy: (await taskSeconds(session)) - busyBefore,
    ticks: (await ticksOf(server)) - ticksBefore,
  };
}

/** From asking for the page until a price is to be seen, ms. */
async function firstPrice(page: Page, server: Server): Promise<number> {
  const from = performance.now();
  await page.goto(server.url);
  await page.locator('.row:visible .cell-last').filter({ hasText: /\d/ }).first().waitFor();
  return performance.now() - from;
}

function pointsOf({ frames, busy, seconds, ticks }: Load, rows: number, without: Load): Point[] {
  const intervals = frames.slice(1).map((at, index) => at - frames[index]!);
  intervals.sort((a, b) => a - b);
  const part = (share: number) => intervals[Math.floor(intervals.length * share)] ?? 0;
  const perSecond = (load: Load) => load.frames.length / (MEASURED / 1000);
  return [
    { label: `${rows} rows in sight`, value: perSecond({ frames, busy, seconds, ticks }) },
    { label: 'the same browser, a page with nothing on it', value: perSecond(without) },
    { label: 'between frames, median', value: part(0.5), unit: 'ms' },
    { label: 'between frames, p95', value: part(0.95), unit: 'ms' },
    {
      label: "the page's main thread, processor time of each 1/60 s",
      value: (busy / seconds / 60) * 1000,
      unit: 'ms',
    },
    { label: 'ticks received', value: ticks / seconds, unit: '1/s' },
    { label: "the machine's load (runnable threads)", value: loadavg()[0]!, unit: '' },
  ];
}

export const dashboardFps: Series = {
  name: 'dashboard-fps',
  unit: 'frames/s',
  note: `the dashboard's wall in headless Chromium, ${SCREEN.width} × ${SCREEN.height}, drawn by software; simulator, feed, decoder, server and browser share the machine's cores`,
  async measure() {
    if (chromiumPath === undefined)
      return [{ label: 'not measured: no Chromium found, set CHROMIUM_PATH to one', value: 0 }];
    const what = ['--sim', '--venue', 'kite', '--rate', String(RATE), '--port', '0', '--log-level', 'silent'];
    const server = await Server.start(configure(what, {})!);
    const browser = await launchChromium();
    try {
      const blank = await browser.newPage({ viewport: SCREEN });
      const without = await measure(blank, server);
      await blank.close();
      const page = await browser.newPage({ viewport: SCREEN });
      const first = await firstPrice(page, server);
      await page.locator('#wall').click();
      const load = await measure(page, server);
      return [
        ...pointsOf(load, await page.locator('.row:visible').count(), without),
        { label: 'from opening the page to its first price', value: first, unit: 'ms' },
      ];
    } finally {
      await browser.close();
      await server.close();
    }
  },
};
