/** Decodes one frame into an arena again and again, as fast as gating readers let it, until `stop` is not 0. */
import { workerData } from 'node:worker_threads';
import {
  Arena,
  type ArenaHandle,
  FRAME_KIND_BINARY,
  FrameReader,
  FrameWriter,
  RecordWriter,
} from 'tickring/memory';
import { marketFrame } from './frames.ts';
import { kernelOf } from './kernel.ts';

const { handle, packets, stop } = workerData as { handle: ArenaHandle; packets: number; stop: Int32Array };
const arena = Arena.attach(handle);
new FrameWriter(arena).write(marketFrame(packets, 'full'), FRAME_KIND_BINARY, 0, 1);
const frames = new FrameReader(arena);
frames.next();
const kernel = kernelOf('kite', arena);
const writer = new RecordWriter(arena);
const room = () => writer.claim(packets) || Atomics.load(stop, 0) !== 0;
while (Atomics.load(stop, 0) === 0) {
  if (!writer.claim(packets)) {
    writer.wantSpace(true);
    arena.frameBell.waitSync(room, 100);
    writer.wantSpace(false);
    continue;
  }
  writer.publish(kernel.decode(frames.head, writer.position, 0));
}
