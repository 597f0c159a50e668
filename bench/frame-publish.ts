import { Arena, FRAME_KIND_BINARY, FrameReader, FrameWriter } from 'tickring/memory';
import type { Benchmark } from './suite.ts';

const FRAMES = 200_000;
/** As many frames of one packet as a 64 KiB socket read brings. */
const BATCH = 64;

/** Frames a second into the ring, published one by one or once a batch; one thread, which also releases them. */
function publish(batch: number): number {
  const arena = Arena.create();
  const writer = new FrameWriter(arena);
  const reader = new FrameReader(arena);
  const frame = new Uint8Array(188);
  const start = performance.now();
  for (let done = 0; done < FRAMES; done += BATCH) {
    for (let at = 0; at < BATCH; at++) {
      writer.stage(frame, FRAME_KIND_BINARY, 0, 1);
      if ((at + 1) % batch === 0) writer.publish();
    }
    while (reader.next()) reader.release();
  }
  return (FRAMES / (performance.now() - start)) * 1000;
}

export const framePublish: Benchmark = {
  name: 'frame-publish',
  unit: 'frames/s',
  better: 'more',
  baseline: `published once a batch of ${BATCH}`,
  note: '188-byte frames, copied, published one by one, and released again; what is left of 1 is the price of publishing each frame at once',
  prepare: () => ({ ours: () => publish(1), baseline: () => publish(BATCH) }),
};
