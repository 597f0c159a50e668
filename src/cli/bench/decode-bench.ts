import { readFileSync } from 'node:fs';
import { Lane } from '../../../workers/lane.ts';
import { TickView } from '../../kite/view.ts';
import { Arena } from '../../memory/arena.ts';
import { FRAME_KIND_BINARY } from '../../memory/frame-ring-layout.ts';
import { FrameWriter } from '../../memory/frame-writer.ts';
import { RecordReader } from '../../memory/record-reader.ts';
import { KiteMarket } from '../../sim/index.ts';

/** One way to go through the same frames. */
export interface Contender {
  readonly name: string;
  /** Takes the next frame; answers how many packets were in it. */
  run(): number;
}

/** Of a frame, and frames that are gone through in turn: together more than a megabyte, as in a running feed. */
const PACKETS = 200;
const FRAMES = 32;
/** Bytes of a full packet, with the length before it. */
export const PACKET_BYTES = 186;

const KERNEL = new URL('../../../workers/kernels/kite.wasm', import.meta.url);

/** What is measured: copying the bytes of frames, and decoding the same frames, all on the calling thread. */
export function contenders(): Contender[] {
  const market = new KiteMarket({ instruments: 9_000, seed: 1 });
  const tokens = market.instrumentTokens.slice(0, PACKETS);
  const frames = Array.from({ length: FRAMES }, () => Uint8Array.from(market.frame([...tokens], 'full')));
  return [copy(frames), decode(frames), decodeAndRead(frames)];
}

function copy(frames: readonly Uint8Array[]): Contender {
  const ring = new Uint8Array(new SharedArrayBuffer(2 ** 22));
  let at = 0;
  let next = 0;
  return {
    name: 'copy the bytes to shared memory',
    run() {
      const frame = frames[next]!;
      next = (next + 1) % frames.length;
      if (at + frame.length > ring.length) at = 0;
      ring.set(frame, at);
      // Words: to shared memory, an engine copies what is not aligned byte by byte.
      at = (at + frame.length + 7) & -8;
      return PACKETS;
    },
  };
}

/** As a feed does it, but for the threads: into the frame ring, and from there through the decoder. */
function decode(frames: readonly Uint8Array[]): Contender {
  const { run } = pipeline(frames);
  return { name: 'copy and decode', run };
}

/** And three fields of each tick read. */
function decodeAndRead(frames: readonly Uint8Array[]): Contender {
  const { arena, run } = pipeline(frames);
  const reader = new RecordReader([arena], (memory) => new TickView(memory), { kind: 'gating' });
  let sum = 0;
  return {
    name: 'copy, decode and read',
    run() {
      run();
      let packets = 0;
      for (const tick of reader.drain()) {
        sum += tick.lastPrice + (tick.bidPrice(0) ?? 0) + (tick.askPrice(0) ?? 0);
        packets += 1;
      }
      // So that reading cannot be optimised away.
      return Number.isNaN(sum) ? 0 : packets;
    },
  };
}

function pipeline(frames: readonly Uint8Array[]): { readonly arena: Arena; run(): number } {
  const arena = Arena.create({});
  const writer = new FrameWriter(arena);
  const lane = new Lane(arena, new WebAssembly.Module(readFileSync(KERNEL)));
  let next = 0;
  const run = () => {
    writer.write(frames[next]!, FRAME_KIND_BINARY, Date.now(), 1);
    next = (next + 1) % frames.length;
    return lane.drain(1) * PACKETS;
  };
  return { arena, run };
}
