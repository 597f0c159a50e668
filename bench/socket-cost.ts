import { once } from 'node:events';
import { WebSocket } from 'ws';
import { connect, endOf, makeFeed } from './pipeline-feed.ts';
import { SenderProcess, type Sending } from './sender-process.ts';
import { threadCpu } from './socket-cost-cpu.ts';
import type { Benchmark } from './suite.ts';

/** µs of the main thread's processor time for each frame that a feed puts into its ring. */
export async function feedCost(sender: SenderProcess, load: Sending): Promise<number> {
  const feed = makeFeed(sender);
  await connect(feed);
  const ended = endOf(feed);
  const cost = await costOf(sender, load, ended);
  await feed.close();
  const { frames, textFrames } = feed.stats();
  if (frames - textFrames !== load.frames) {
    throw new Error(`of ${load.frames} frames sent, ${frames - textFrames} were received`);
  }
  return cost;
}

/** The same for `ws` alone, with the options that a feed gives it, and a handler that looks for the end only. */
async function bareCost(sender: SenderProcess, load: Sending): Promise<number> {
  const socket = new WebSocket(sender.url, { perMessageDeflate: false, skipUTF8Validation: true });
  await once(socket, 'open');
  const ended = new Promise<void>((resolve) => {
    socket.on('message', (_, isBinary) => {
      if (!isBinary) resolve();
    });
  });
  const cost = await costOf(sender, load, ended);
  socket.close();
  await once(socket, 'close');
  return cost;
}

async function costOf(sender: SenderProcess, load: Sending, ended: Promise<void>): Promise<number> {
  const before = threadCpu();
  await Promise.all([sender.send(load), ended]);
  return (threadCpu() - before) / load.frames;
}

const NOTE =
  'processor time of the main thread alone, in user space and in the kernel, as the kernel counts it for each thread (of the whole process on Node below 23.9 elsewhere than on Linux); the decoder is on its own thread. The sender is a process of its own';

const BURST = 'frames as fast as TCP takes them, so that one read of the socket brings many';

const PACE =
  '2,000 frames a second, so that nearly every frame is a read and a turn of the event loop, and the decoder has gone to sleep before the next';

function socketCostBenchmark(name: string, load: Sending, note: string): Benchmark {
  return {
    name,
    group: 'socket-cost',
    unit: 'µs/frame',
    better: 'less',
    baseline: 'ws with an empty handler',
    target: 0.8,
    rounds: 5,
    note: `${NOTE}. Frames of ${load.packets} full packets: ${note}`,
    async prepare() {
      const sender = await SenderProcess.start();
      return {
        ours: () => feedCost(sender, load),
        baseline: () => bareCost(sender, load),
        close: () => sender.close(),
      };
    },
  };
}

/** 1.9 KB a frame. */
export const BURST_OF_10: Sending = { connections: 1, frames: 200_000, packets: 10 };

export const socketCost: readonly Benchmark[] = [
  socketCostBenchmark('socket-cost-10', BURST_OF_10, BURST),
  socketCostBenchmark('socket-cost-50', { connections: 1, frames: 60_000, packets: 50 }, BURST),
  socketCostBenchmark(
    'socket-cost-paced',
    { connections: 1, frames: 5_000, packets: 10, rate: 20_000 },
    PACE,
  ),
];
