import { feedThroughput } from './pipeline-throughput.ts';
import { capacity, meanTime, type Stage } from './queueing-model.ts';
import { type StageCosts, stageCosts } from './scaling-stages.ts';
import { SenderProcess } from './sender-process.ts';
import { BURST_OF_10, feedCost } from './socket-cost.ts';
import { median, type Point, type Series } from './suite.ts';

const RUNS = 3;
const INSTRUMENTS = [100, 300, 1_000, 3_000, 9_000];

const throughput: Series = {
  name: 'scaling-connections',
  group: 'scaling',
  unit: 'ticks/s',
  note: 'as pipeline-throughput, with more connections and decoders; medians of 3 runs. On two cores more threads only share what there is',
  async measure() {
    const sender = await SenderProcess.start();
    const points: Point[] = [];
    for (const connections of [1, 2, 3]) {
      for (const decoders of [1, 2]) {
        // More decoders than connections would have nothing to do.
        if (decoders > connections) continue;
        const runs: number[] = [];
        while (runs.length < RUNS) runs.push(await feedThroughput(sender, { connections, decoders }));
        points.push({
          label: `${count(connections, 'connection')}, ${count(decoders, 'decoder')}`,
          value: median(runs),
        });
      }
    }
    await sender.close();
    return points;
  },
};

const instruments: Series = {
  name: 'scaling-instruments',
  group: 'scaling',
  unit: 'ns/tick',
  note: 'decoding full packets of so many instruments, in turn, on three connections, with the latest table on: everything that a decoder does for a tick, on one thread. Flat is the aim; what it grows by is the cache: the latest ticks of 9,000 instruments take 2.3 MB',
  async measure() {
    const points: Point[] = [];
    for (const each of INSTRUMENTS) {
      const { decode } = await medianCosts(each);
      points.push({ label: `${each.toLocaleString('en-US')} instruments`, value: decode });
    }
    return points;
  },
};

const NOTE =
  'a model, not a measurement. From what the stages were measured to cost in this run (first rows: the socket thread in processor time, for frames of 10 full packets; decoder and reader on one thread, with 3,000 instruments), what more cores would do: at most what the slowest stage does, or all stages together where there are fewer cores than threads; and how long a frame is on its way on average, with waiting as in M/D/1 queues, one after the other. No wake-ups, no other load, no kernel in it, and the sender is elsewhere';

/** So many feeds, each with a thread for its sockets, a decoder, and a reader. */
function stagesOf(feeds: number, socket: number, { decode, read }: StageCosts): Stage[] {
  return [socket / BURST_OF_10.packets / 1e6, decode / 1e9, read / 1e9].map((service) => ({
    service,
    threads: feeds,
  }));
}

const model: Series = {
  name: 'scaling-model',
  group: 'scaling',
  unit: 'ticks/s',
  note: NOTE,
  async measure() {
    const sender = await SenderProcess.start();
    const sockets: number[] = [];
    while (sockets.length < RUNS) sockets.push(await feedCost(sender, BURST_OF_10));
    await sender.close();
    const socket = median(sockets);
    const costs = await medianCosts(3_000);
    const one = stagesOf(1, socket, costs);
    const most = capacity(one, 4);
    const capacities = [
      [2, 1],
      [4, 1],
      [8, 2],
      [16, 5],
    ] as const;
    return [
      { label: 'measured, socket thread', value: (socket * 1000) / BURST_OF_10.packets, unit: 'ns/tick' },
      { label: 'measured, decoder', value: costs.decode, unit: 'ns/tick' },
      { label: 'measured, reader', value: costs.read, unit: 'ns/tick' },
      ...capacities.map(([cores, feeds]) => ({
        label: `model, ${cores} cores, ${count(feeds, 'feed')}`,
        value: capacity(stagesOf(feeds, socket, costs), cores),
      })),
      ...[0.01, 0.5, 0.8, 0.95].map((share) => ({
        label: `model, 4 cores, 1 feed at ${share * 100} % of that, mean time of a frame`,
        value: meanTime(one, most * share, BURST_OF_10.packets) * 1e6,
        unit: 'µs',
      })),
    ];
  },
};

async function medianCosts(instruments: number): Promise<StageCosts> {
  const runs: StageCosts[] = [];
  while (runs.length < RUNS) runs.push(await stageCosts(instruments));
  return {
    decode: median(runs.map(({ decode }) => decode)),
    read: median(runs.map(({ read }) => read)),
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

export const scaling: readonly Series[] = [throughput, instruments, model];
