import { Arena, FRAME_KIND_BINARY, FrameReader, FrameWriter } from 'tickring/memory';
import { marketFrame } from './frames.ts';
import { kernelOf } from './kernel.ts';
import { officialParser } from './official.ts';
import { rate } from './rate.ts';
import type { Benchmark } from './suite.ts';

const PACKETS = 200;

/** A kernel on an arena of its own, without the latest table, and one frame in its ring. */
function decoderOf(frame: Uint8Array): () => number {
  const arena = Arena.create({ recordSlots: 1024, latestInstruments: 0 });
  new FrameWriter(arena).write(frame, FRAME_KIND_BINARY, Date.now(), 1);
  const reader = new FrameReader(arena);
  reader.next();
  const kernel = kernelOf('kite', arena);
  let position = 0;
  return () => {
    const records = kernel.decode(reader.head, position, 0);
    position = (position + records) >>> 0;
    return records;
  };
}

function decodeBenchmark(
  name: string,
  mode: 'ltp' | 'quote' | 'full',
  indices: boolean,
  target?: number,
): Benchmark {
  return {
    name,
    unit: 'packets/s',
    better: 'more',
    baseline: 'kiteconnect parseBinary',
    ...(target !== undefined && { target }),
    note: `frames of ${PACKETS} packets, kernel into records, on one thread`,
    prepare() {
      const frame = marketFrame(PACKETS, mode, indices);
      const decode = decoderOf(frame);
      const parse = officialParser();
      const bytes = frame.slice().buffer;
      return { ours: () => rate(decode), baseline: () => rate(() => parse(bytes).length) };
    },
  };
}

export const kiteDecode: readonly Benchmark[] = [
  decodeBenchmark('kite-decode-full', 'full', false, 2000),
  decodeBenchmark('kite-decode-quote', 'quote', false),
  decodeBenchmark('kite-decode-ltp', 'ltp', false),
  decodeBenchmark('kite-decode-index', 'full', true),
];
