import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { TickView } from 'tickring/kite';
import { Arena, RecordReader, RecordWriter } from 'tickring/memory';
import { marketFrame } from './frames.ts';
import { officialParser } from './official.ts';

const PACKETS = 200;

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Publishes records and reads five fields of each, `rounds` times 200. The stream is waited for and drained as a user would. */
function ours(kind: 'gating' | 'copying'): (rounds: number) => number {
  const arena = Arena.create({ latestInstruments: 0 });
  const writer = new RecordWriter(arena);
  const reader = new RecordReader([arena], (memory) => new TickView(memory), { kind });
  return (rounds) => {
    let sum = 0;
    for (let round = 0; round < rounds; round++) {
      writer.claim(PACKETS);
      writer.publish(PACKETS);
      reader.waitSync(0);
      for (const tick of reader.drain()) {
        sum += tick.instrumentToken + tick.rawLastPrice + (tick.volumeTraded ?? 0) + (tick.bidPrice(0) ?? 0);
      }
    }
    return sum;
  };
}

function official(): (rounds: number) => number {
  const bytes = marketFrame(PACKETS, 'full').slice().buffer;
  const parse = officialParser();
  return (rounds) => {
    let sum = 0;
    for (let round = 0; round < rounds; round++) sum += parse(bytes);
    return sum;
  };
}

const run = workerData === 'official' ? official() : ours(workerData as 'gating' | 'copying');
const rounds = workerData === 'official' ? 20 : 5000;
// Warm, so that what is counted is the code's and not the compiler's.
run(rounds);
run(rounds);
gc();
const before = process.memoryUsage().heapUsed;
const sum = run(rounds);
const bytes = process.memoryUsage().heapUsed - before;
parentPort?.postMessage(Number.isNaN(sum) ? Number.NaN : Math.max(bytes, 0) / (rounds * PACKETS));
