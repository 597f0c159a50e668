// Writes frames of varying size into a small ring and waits whenever it is full.
import { parentPort, workerData } from 'node:worker_threads';
import { Arena, FRAME_KIND_BINARY, FrameWriter } from 'tickring/memory';
import { mix, sequence } from './records.js';

const { handle, frames, joined } = workerData;
const arena = Arena.attach(handle);
const writer = new FrameWriter(arena);
const random = sequence(99);
const payload = new Uint8Array(writer.limit);
let bytes = 0;
let checksum = 0;
let waits = 0;

// The tap is to be there first.
Atomics.wait(joined, 0, 0);

for (let frame = 0; frame < frames; frame++) {
  const size = frame % 50 === 0 ? writer.limit : random(100);
  for (let i = 0; i < size; i++) payload[i] = frame + i;
  const view = payload.subarray(0, size);
  const staged = random(3) !== 0;
  while (!(staged ? writer.stage : writer.write).call(writer, view, FRAME_KIND_BINARY, frame, 1)) {
    waits += 1;
    // What is staged holds room that only a reader can give back.
    writer.publish();
    arena.spaceBell.waitSync(() => writer.hasRoom(size));
  }
  bytes += size;
  for (let i = 0; i < size; i++) checksum = mix(checksum, payload[i]);
}
writer.publish();
arena.close();
parentPort.postMessage({ bytes, checksum, waits });
