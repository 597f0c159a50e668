import { Arena, FRAME_KIND_BINARY, FrameReader, FrameWriter } from 'tickring/memory';
import { marketFrame } from './frames.ts';
import { kernelOf } from './kernel.ts';
import { rate } from './rate.ts';
import type { Benchmark } from './suite.ts';

const PACKETS = 200;
/** Frames that are decoded, and copied, one after the other: together more than a megabyte, as in a running feed. */
const FRAMES = 32;

export const kiteDecodeVsMemcpy: Benchmark = {
  name: 'kite-decode-vs-memcpy',
  unit: 'packets/s',
  better: 'more',
  baseline: 'Uint8Array.set of the same bytes into a frame ring',
  target: 0.5,
  note: `frames of ${PACKETS} full packets, ${FRAMES} different ones in turn, decoded from a frame ring of 4 MiB into a record ring of 4 MiB; copied into such a frame ring on the other side`,
  prepare() {
    const arena = Arena.create({ latestInstruments: 0 });
    const writer = new FrameWriter(arena);
    const frames = Array.from({ length: FRAMES }, () => marketFrame(PACKETS, 'full'));
    for (const frame of frames) writer.write(frame, FRAME_KIND_BINARY, Date.now(), 1);
    const reader = new FrameReader(arena);
    const heads: number[] = [];
    while (reader.next()) {
      heads.push(reader.head);
      reader.release();
    }
    const kernel = kernelOf('kite', arena);
    let position = 0;
    let frame = 0;
    const decode = () => {
      const records = kernel.decode(heads[frame]!, position, 0);
      position = (position + records) >>> 0;
      frame = (frame + 1) % FRAMES;
      return records;
    };

    const ring = new Uint8Array(new SharedArrayBuffer(2 ** 22));
    let at = 0;
    const copy = () => {
      const bytes = frames[frame]!;
      if (at + bytes.length > ring.length) at = 0;
      ring.set(bytes, at);
      // Words: to shared memory, an engine copies what is not aligned byte by byte.
      at = (at + bytes.length + 7) & -8;
      frame = (frame + 1) % FRAMES;
      return PACKETS;
    };
    return { ours: () => rate(decode), baseline: () => rate(copy) };
  },
};
