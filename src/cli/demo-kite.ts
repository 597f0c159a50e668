import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { ArgumentError } from '../errors.ts';
import { KiteFeed, type TickReader } from '../kite/index.ts';
import { ServedKite } from '../serve/venues/kite/feed.ts';
import { KITE_NAMES } from '../serve/venues/kite/names.ts';
import type { KiteSimulatorStats } from '../sim/index.ts';
import { demoDashboard } from './demo-dashboard.ts';
import { draw, endOfRun, micros, parseDemo, positive, whole } from './demo-run.ts';
import { demoTable } from './demo-table.ts';
import { SimulatorProcess } from './simulator-process.ts';

const HELP = `Usage: tickring demo [--venue kite] [options]

Streams 9,000 instruments in full mode over three connections, from a simulator in a process of its own, and shows what
the engine does with them, once a second. Ctrl-C ends it.

  --seconds N    end by itself after N seconds
  --rate N|max   ticks a second that the simulator offers (default max)
  --json         print one JSON object at the end, and no table
  --live         the real service, with KITE_API_KEY and KITE_ACCESS_TOKEN from the environment
  --tokens A,B   with --live: the instruments to stream
  --help         this text

Those of other venues: tickring demo --venue kraken, or kalshi; --help after it says more.

Exit codes: 0 when it was ended, by --seconds, SIGINT, SIGTERM or the reader of its output; 1 when it failed; 2 when it was called
wrongly.
`;

/** What Kite's simulator says when it listens. */
interface KiteGreeting {
  readonly url: string;
  readonly instrumentTokens: readonly number[];
}

type KiteProcess = SimulatorProcess<KiteGreeting, KiteSimulatorStats>;

/** A source of ticks: where to connect, and what to ask for. */
interface Source {
  readonly url?: string;
  readonly apiKey: string;
  readonly accessToken: string;
  readonly connections: number;
  readonly tokens: readonly number[];
  readonly simulator: KiteProcess | undefined;
}

/** What `--json` prints. */
export interface DemoResult {
  ticks: number;
  seconds: number;
  ticksPerSecond: number;
  latencyMicros: { p50: number; p99: number; max: number };
  /** Of the main thread, 0…1. */
  eventLoopUtilization: number;
  /** Sent by the simulator and not read; with --live, what the engine itself counted as lost. */
  lost: number;
  rejected: number;
  connections: number;
  instruments: number;
}

/**
 * `tickring demo` for Kite: the main job. Runs until `--seconds` are over, or SIGINT or SIGTERM.
 *
 * @param args what follows `demo` on the command line
 * @throws ArgumentError for arguments that cannot be used
 */
export async function kiteDemo(args: string[]): Promise<void> {
  const values = parseDemo(args, { tokens: { type: 'string' } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const seconds =
    values.seconds === undefined ? Number.POSITIVE_INFINITY : positive('seconds', values.seconds);
  const rate = values.rate ?? 'max';
  if (rate !== 'max') positive('rate', rate);
  const source = values.live ? liveSource(values.tokens) : await simulatedSource(rate);
  if (!values.json) {
    const where = values.live ? 'the real service' : `the simulator on ${source.url}`;
    console.log(`streaming ${whole(source.tokens.length)} instruments in full mode from ${where}`);
  }
  try {
    const result = await run(source, seconds, values.json ?? false);
    console.log(values.json ? JSON.stringify(result) : summary(result));
  } finally {
    await source.simulator?.stop();
  }
}

async function run(source: Source, seconds: number, quiet: boolean): Promise<DemoResult> {
  await using feed = new KiteFeed({
    ...(source.url !== undefined && { url: source.url }),
    apiKey: source.apiKey,
    accessToken: source.accessToken,
    connections: source.connections,
    mode: 'full',
  });
  if (!quiet) feed.on('error', (error) => console.error(error.message));
  feed.subscribe(source.tokens);
  const reader = feed.reader({ kind: 'gating' });
  const tally = new Tally();
  await feed.start();
  const reading = read(reader, tally);
  await feed.ready();
  // Each instrument comes at once when it is subscribed to, and again in its mode, to code that is still cold: that is not
  // what is measured.
  await tally.reached(2 * source.tokens.length);
  await using _ = quiet
    ? undefined
    : await demoDashboard(
        'kite',
        async (_, tell) => new ServedKite(feed, [], source.simulator && 'elsewhere', tell),
      );
  reader.resetLatency();

  const clock = startClock(tally);
  const ended = endOfRun(seconds);
  const table = quiet ? undefined : setInterval(() => draw(demoTable(feed, clock.second(feed))), 1000);
  await ended;
  clearInterval(table);
  const elapsed = clock.seconds();
  const utilization = clock.utilization();
  const ticks = clock.ticks();

  const sent = await source.simulator?.pause();
  // What is on its way still counts: it has to arrive, though it may take its time on a busy machine.
  if (sent) await tally.reached(sent.packetsSent, 10_000);
  const stats = feed.stats();
  const { p50, p99, max } = stats.latencies.receiveToRead;
  const result: DemoResult = {
    ticks,
    seconds: elapsed,
    ticksPerSecond: ticks / elapsed,
    latencyMicros: { p50, p99, max },
    eventLoopUtilization: utilization,
    lost: sent ? sent.packetsSent - tally.ticks : stats.lagged + stats.framesDropped + stats.recordsDropped,
    rejected: stats.rejected,
    connections: feed.states.filter((state) => state === 'subscribed').length,
    instruments: feed.subscriptions().length,
  };
  reader.close();
  await reading;
  return result;
}

/** What has been read, and who waits for how much. */
class Tally {
  ticks = 0;
  /** So that reading cannot be optimised away. */
  sum = 0;
  #goal = Number.POSITIVE_INFINITY;
  #reached: (() => void) | undefined;

  counted(): void {
    if (this.ticks >= this.#goal) this.#reached?.();
  }

  /** Resolves when so many have been read, or nothing has come for so many ms. */
  async reached(goal: number, patience = 1000): Promise<void> {
    if (this.ticks >= goal) return;
    let before = -1;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#goal = goal;
      this.#reached = resolve;
      timer = setInterval(() => {
        if (this.ticks === before) resolve();
        before = this.ticks;
      }, patience);
    });
    clearInterval(timer);
  }
}

async function read(reader: TickReader, tally: Tally): Promise<void> {
  for await (const batch of reader) {
    let ticks = 0;
    let sum = 0;
    for (const tick of batch) {
      ticks += 1;
      sum += tick.instrumentToken + tick.lastPrice + (tick.bidPrice(0) ?? 0) + (tick.askPrice(0) ?? 0);
    }
    tally.ticks += ticks;
    tally.sum += sum;
    tally.counted();
  }
}

/** Measures from now on: what was read before, while connections opened, does not count as speed. */
function startClock(tally: Tally) {
  const start = performance.now();
  const loop = performance.eventLoopUtilization();
  const { ticks } = tally;
  let before: { at: number; ticks: number; bytes: number; loop: EventLoopUtilization } | undefined;
  return {
    ticks: () => tally.ticks - ticks,
    seconds: () => (performance.now() - start) / 1000,
    utilization: () => performance.eventLoopUtilization(loop).utilization,
    second: (feed: KiteFeed) => {
      const now = {
        at: performance.now(),
        ticks: tally.ticks,
        bytes: feed.stats().bytes,
        loop: performance.eventLoopUtilization(),
      };
      const since = before ?? { at: start, ticks, bytes: 0, loop };
      before = now;
      const elapsed = (now.at - since.at) / 1000;
      return {
        seconds: (now.at - start) / 1000,
        ticksPerSecond: (now.ticks - since.ticks) / elapsed,
        bytesPerSecond: (now.bytes - since.bytes) / elapsed,
        eventLoopUtilization: performance.eventLoopUtilization(now.loop, since.loop).utilization,
      };
    },
  };
}

function summary({ ticks, seconds, ticksPerSecond, latencyMicros, lost, rejected }: DemoResult): string {
  const { p50, p99, max } = latencyMicros;
  return [
    '',
    `${whole(ticks)} ticks in ${seconds.toFixed(1)} s: ${whole(ticksPerSecond)} a second; lost ${lost}, rejected ${rejected}`,
    `receive → read p50 ${micros(p50)}, p99 ${micros(p99)}, max ${micros(max)}`,
  ].join('\n');
}

async function simulatedSource(rate: string): Promise<Source> {
  const simulator = await SimulatorProcess.start<KiteGreeting, KiteSimulatorStats>([
    'kite',
    '--rate',
    rate,
    '--packets-per-frame',
    '200',
  ]);
  const credentials = { apiKey: 'demo', accessToken: 'demo' };
  return {
    ...credentials,
    url: simulator.greeting.url,
    connections: 3,
    tokens: simulator.greeting.instrumentTokens,
    simulator,
  };
}

function liveSource(tokens: string | undefined): Source {
  const { KITE_API_KEY: apiKey, KITE_ACCESS_TOKEN: accessToken } = process.env;
  if (!apiKey || !accessToken) {
    throw new ArgumentError(
      'with --live, set KITE_API_KEY to your API key and KITE_ACCESS_TOKEN to the access token of the day (https://kite.trade)',
    );
  }
  const chosen = tokens === undefined ? [...KITE_NAMES.keys()] : tokens.split(',').map(Number);
  return { apiKey, accessToken, connections: 1, tokens: chosen, simulator: undefined };
}
