// Reads frames until the ring is closed and empty.
import { parentPort, workerData } from 'node:worker_threads';
import { Arena, FrameReader } from 'tickring/memory';
import { mix } from './records.js';

const { handle } = workerData;
const arena = Arena.attach(handle);
const reader = new FrameReader(arena);
const { u8 } = arena;
let frames = 0;
let bytes = 0;
let checksum = 0;
let misnumbered = 0;

const ready = () => reader.ready || arena.closed;
while (arena.frameBell.waitSync(ready) && reader.ready) {
  while (reader.next()) {
    if (reader.number !== frames || reader.receivedAt !== frames) misnumbered += 1;
    const { payload, length } = reader;
    for (let i = 0; i < length; i++) checksum = mix(checksum, u8[payload + i]);
    bytes += length;
    frames += 1;
    reader.release();
  }
}
parentPort.postMessage({ frames, bytes, checksum, misnumbered });
