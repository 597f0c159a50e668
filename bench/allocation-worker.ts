/** Posts how many bytes a tick one side allocates: `workerData` is a `Side`. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { TickView } from 'tickring/kite';
import { Arena, FRAME_KIND_BINARY, FrameWriter, RecordReader } from 'tickring/memory';
import { marketFrame } from './frames.ts';
import { Lane } from './internals.ts';
import { officialParser } from './official.ts';

export type Side = 'gating' | 'copying' | 'prices' | 'decoder' | 'official';

/** Works through that many rounds of PACKETS ticks; answers a sum, so that nothing is optimised away. */
type Work = (rounds: number) => number;

const PACKETS = 200;

const arena = Arena.create();
/** Set to 1, it ends the producer. */
const stop = new Int32Array(new SharedArrayBuffer(4));

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Reads five fields of each tick that another thread decodes, as a user would: integers. */
function reading(kind: 'gating' | 'copying'): Work {
  const reader = readerOf(kind);
  return (rounds) => {
    let sum = 0;
    let left = rounds * PACKETS;
    while (left > 0 && reader.waitSync()) {
      for (const tick of reader.drain()) {
        sum +=
          tick.instrumentToken +
          tick.rawLastPrice +
          tick.volumeTraded! +
          tick.bidQuantity(0)! +
          tick.askQuantity(0)!;
        left -= 1;
      }
    }
    return sum;
  };
}

/** The same with prices in rupees, which are fractions: where V8 does not inline what answers one, it boxes it. */
function readingPrices(): Work {
  const reader = readerOf('gating');
  return (rounds) => {
    let sum = 0;
    let left = rounds * PACKETS;
    while (left > 0 && reader.waitSync()) {
      for (const tick of reader.drain()) {
        sum +=
          tick.instrumentToken + tick.lastPrice + tick.volumeTraded! + tick.bidPrice(0)! + tick.askPrice(0)!;
        left -= 1;
      }
    }
    return sum;
  };
}

function readerOf(kind: 'gating' | 'copying'): RecordReader<TickView> {
  const { handle } = arena;
  const reader = new RecordReader([arena], (memory) => new TickView(memory), { kind });
  const producer = new URL('./allocation-producer.js', import.meta.url);
  new Worker(producer, { workerData: { handle, packets: PACKETS, stop } });
  return reader;
}

/** Frames into the ring, as the socket's thread puts them there, and through a decoder's lane. */
function decoding(): Work {
  const frame = marketFrame(PACKETS, 'full');
  const writer = new FrameWriter(arena);
  const kernel = new URL('../../dist/workers/kernels/kite.wasm', import.meta.url);
  const lane = new Lane(arena, new WebAssembly.Module(readFileSync(kernel)));
  return inRounds(() => {
    writer.write(frame, FRAME_KIND_BINARY, 0, 1);
    return lane.drain(1) === 1 ? PACKETS : Number.NaN;
  });
}

function official(): Work {
  const bytes = marketFrame(PACKETS, 'full').slice().buffer;
  const parse = officialParser();
  return inRounds(() => parse(bytes).length);
}

function inRounds(round: () => number): Work {
  return (rounds) => {
    let sum = 0;
    for (let done = 0; done < rounds; done++) sum += round();
    return sum;
  };
}

function workOf(side: Side): Work {
  if (side === 'official') return official();
  if (side === 'decoder') return decoding();
  return side === 'prices' ? readingPrices() : reading(side);
}

const side = workerData as Side;
const work = workOf(side);
const rounds = side === 'official' ? 20 : 5000;
// Warm, so that what is counted is the code's and not the compiler's, which on a busy machine may take its time.
for (let warm = 0; warm < 4; warm++) work(rounds);
gc();
const before = process.memoryUsage().heapUsed;
const sum = work(rounds);
const bytes = process.memoryUsage().heapUsed - before;
Atomics.store(stop, 0, 1);
// At least one, so that ratios stay finite.
parentPort?.postMessage(Number.isNaN(sum) ? Number.NaN : Math.max(bytes, 1) / (rounds * PACKETS));
