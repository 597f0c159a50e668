import { readFileSync } from 'node:fs';
import { Arena, FRAME_KIND_BINARY, FrameReader, FrameWriter } from 'tickring/memory';
import { marketFrame } from './frames.ts';
import { officialParser } from './official.ts';
import type { Benchmark } from './suite.ts';

const PACKETS = 200;
/** How long one run of a side takes, at least, ms. */
const RUN = 100;

/** What a kernel exports. */
interface Kernel {
  attach(): void;
  decode(head: number, position: number, decodedAt: number): number;
}

/** A kernel on an arena of its own, without the latest table, and one frame in its ring. */
function kernelOn(frame: Uint8Array): () => number {
  const arena = Arena.create({ recordSlots: 1024, latestInstruments: 0 });
  new FrameWriter(arena).write(frame, FRAME_KIND_BINARY, Date.now(), 1);
  const reader = new FrameReader(arena);
  reader.next();
  const url = new URL('../../dist/workers/kernels/kite.wasm', import.meta.url);
  const module = new WebAssembly.Module(readFileSync(url));
  const instance = new WebAssembly.Instance(module, { env: { memory: arena.handle.memory } });
  const kernel = instance.exports as unknown as Kernel;
  kernel.attach();
  let position = 0;
  return () => {
    const records = kernel.decode(reader.head, position, 0);
    position = (position + records) >>> 0;
    return records;
  };
}

/** Packets a second of a function that decodes one frame and answers how many packets it had. */
function rate(decode: () => number): number {
  let packets = 0;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < RUN) {
    for (let round = 0; round < 8; round++) packets += decode();
    elapsed = performance.now() - start;
  }
  return (packets / elapsed) * 1000;
}

function decodeBenchmark(name: string, mode: 'ltp' | 'quote' | 'full', indices: boolean): Benchmark {
  return {
    name,
    unit: 'packets/s',
    better: 'more',
    baseline: 'kiteconnect parseBinary',
    prepare() {
      const frame = marketFrame(PACKETS, mode, indices);
      const decode = kernelOn(frame);
      const parse = officialParser();
      const bytes = frame.slice().buffer;
      return {
        ours: () => rate(decode),
        baseline: () => rate(() => parse(bytes)),
      };
    },
  };
}

export const kiteDecode: readonly Benchmark[] = [
  decodeBenchmark('kite-decode-full', 'full', false),
  decodeBenchmark('kite-decode-quote', 'quote', false),
  decodeBenchmark('kite-decode-ltp', 'ltp', false),
  decodeBenchmark('kite-decode-index', 'full', true),
];
