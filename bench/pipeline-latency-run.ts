import type { KiteFeedOptions } from 'tickring/kite';
import { connect, makeFeed, startReader } from './pipeline-feed.ts';
import { Latencies, type Percentiles } from './pipeline-latencies.ts';
import { OfficialClient } from './pipeline-official.ts';
import { microsecondsSince } from './sender-clock.ts';
import type { SenderProcess, Sending } from './sender-process.ts';

/** One measurement of latencies, from the sender's write to the read. */
export interface LatencyRun {
  /** What is sent meanwhile. */
  readonly load: Sending;
  /** What this thread does meanwhile; calls back when that begins which counts, and is over when it resolves. */
  readonly meanwhile: (measure: () => void) => Promise<void>;
}

/** Through a feed to a reader in a worker. */
export async function workerLatency(
  sender: SenderProcess,
  { load, meanwhile }: LatencyRun,
  options: KiteFeedOptions = {},
): Promise<Percentiles> {
  const feed = makeFeed(sender, options);
  const measuring = new Int32Array(new SharedArrayBuffer(4));
  const reader = await startReader<Percentiles>(new URL('./pipeline-latency-reader.js', import.meta.url), {
    handle: feed.handle,
    measuring,
  });
  await connect(feed);
  const sending = sender.send(load);
  await meanwhile(() => Atomics.store(measuring, 0, 1));
  Atomics.store(measuring, 0, 0);
  sender.stop();
  await sending;
  await feed.close();
  return reader.answer;
}

/** Through a feed to a reader on this thread. */
export async function mainLatency(
  sender: SenderProcess,
  { load, meanwhile }: LatencyRun,
): Promise<Percentiles> {
  const feed = makeFeed(sender);
  const reader = feed.reader();
  const latencies = new Latencies();
  let measuring = false;
  const reading = (async () => {
    for await (const batch of reader) {
      for (const tick of batch) {
        const latency = microsecondsSince(tick.volumeTraded ?? 0);
        if (measuring) latencies.add(latency);
      }
    }
  })();
  await connect(feed);
  const sending = sender.send(load);
  await meanwhile(() => {
    measuring = true;
  });
  measuring = false;
  sender.stop();
  await sending;
  await feed.close();
  await reading;
  return latencies.percentiles();
}

/** Through the official client to its handler, on this thread. */
export async function officialLatency(
  sender: SenderProcess,
  { load, meanwhile }: LatencyRun,
): Promise<Percentiles> {
  const latencies = new Latencies();
  let measuring = false;
  const client = await OfficialClient.open(sender, (ticks) => {
    for (const { volume_traded } of ticks) {
      const latency = microsecondsSince(volume_traded);
      if (measuring) latencies.add(latency);
    }
  });
  const sending = sender.send(load);
  await meanwhile(() => {
    measuring = true;
  });
  measuring = false;
  sender.stop();
  await sending;
  await client.close();
  return latencies.percentiles();
}
