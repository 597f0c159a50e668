// Copies what frames it can get beside the decoder, and checks that each is of one piece.
import { parentPort, workerData } from 'node:worker_threads';
import { Arena } from 'tickring/memory';
import { CopyingFrameReader } from '../../../dist/src/memory/copying-frame-reader.js';

const { handle, joined } = workerData;
const arena = Arena.attach(handle);
const tap = new CopyingFrameReader(arena);
Atomics.store(joined, 0, 1);
Atomics.notify(joined, 0);
let first = -1;
let last = -1;
let delivered = 0;
let torn = 0;
let outOfOrder = 0;

for (;;) {
  const { closed } = arena;
  while (tap.next()) {
    const { number, payload, length, bytes } = tap;
    if (first < 0) first = number;
    if (number <= last) outOfOrder += 1;
    let whole = tap.receivedAt === number && tap.epoch === 1 && tap.kind === 1;
    for (let i = 0; i < length; i++) if (bytes[payload + i] !== ((number + i) & 0xff)) whole = false;
    if (!whole) torn += 1;
    last = number;
    delivered += 1;
    tap.release();
  }
  if (closed) break;
}
parentPort.postMessage({ first, last, delivered, lagged: tap.lagged, torn, outOfOrder });
