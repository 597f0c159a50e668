import { connect, makeFeed, startReader } from './pipeline-feed.ts';
import { OfficialClient } from './pipeline-official.ts';
import { microseconds } from './sender-clock.ts';
import { SenderProcess, type Sent } from './sender-process.ts';
import type { Benchmark } from './suite.ts';

/** Full packets in a frame. */
const PACKETS = 50;
/** Frames of one run: of ours, and of the official client, which takes as long for its share. */
const FRAMES = 60_000;
const OFFICIAL_FRAMES = 400;

/** What came out at the end. */
export interface Received {
  readonly ticks: number;
  /** Of two prices of every tick. */
  readonly sum: number;
  /** When the last tick had been read: see sender-clock. */
  readonly at: number;
}

export interface ThroughputOptions {
  readonly connections: number;
  readonly decoders: number;
}

/**
 * Full ticks a second from sockets to a reader in a worker, through a feed of so many connections and decoders.
 *
 * @throws when not exactly those have been read that were sent
 */
export async function feedThroughput(
  sender: SenderProcess,
  { connections, decoders }: ThroughputOptions,
): Promise<number> {
  const feed = makeFeed(sender, { connections, decoders });
  const frames = Math.round(FRAMES / connections);
  const reader = await startReader<Received>(new URL('./pipeline-throughput-reader.js', import.meta.url), {
    handle: feed.handle,
    expected: frames * PACKETS * connections,
  });
  await connect(feed);
  const [sent, received] = await Promise.all([
    sender.send({ connections, frames, packets: PACKETS }),
    reader.answer,
  ]);
  await feed.close();
  return ticksPerSecond(sent, received);
}

async function officialThroughput(sender: SenderProcess): Promise<number> {
  const expected = OFFICIAL_FRAMES * PACKETS;
  let ticks = 0;
  let sum = 0;
  let complete = (_: Received): void => {};
  const received = new Promise<Received>((resolve) => {
    complete = resolve;
  });
  const client = await OfficialClient.open(sender, (batch) => {
    for (const { last_price, depth } of batch) sum += last_price + depth.buy[0]!.price;
    ticks += batch.length;
    if (ticks >= expected) complete({ ticks, sum, at: microseconds() });
  });
  const sending = sender.send({ connections: 1, frames: OFFICIAL_FRAMES, packets: PACKETS });
  const result = ticksPerSecond(await sending, await received);
  await client.close();
  return result;
}

function ticksPerSecond(sent: Sent, received: Received): number {
  if (received.ticks !== sent.ticks || !(received.sum > 0)) {
    throw new Error(`of ${sent.ticks} ticks sent, ${received.ticks} were read`);
  }
  return (received.ticks / ((received.at - sent.startedAt) >>> 0)) * 1e6;
}

function throughputBenchmark(connections: number, note: string): Benchmark {
  return {
    name: `pipeline-throughput-${connections}`,
    group: 'pipeline-throughput',
    unit: 'ticks/s',
    better: 'more',
    baseline: 'kiteconnect, one connection',
    target: 100,
    rounds: 5,
    note,
    async prepare() {
      const sender = await SenderProcess.start();
      return {
        ours: () => feedThroughput(sender, { connections, decoders: 1 }),
        baseline: () => officialThroughput(sender),
        close: () => sender.close(),
      };
    },
  };
}

const NOTE =
  'from the first write of the sender, a process of its own that sends ready-made frames of 50 full packets as fast as TCP takes them, to the read of the last tick; ours: one decoder, a gating reader in a worker; every tick that was sent has to be read, two prices of each. On two cores the sender and three threads share them';

export const pipelineThroughput: readonly Benchmark[] = [
  throughputBenchmark(1, NOTE),
  throughputBenchmark(3, `${NOTE}. The official client can hold only one connection in a process`),
];
