// Reads records to the end of the ring, checks each, and says what it saw.
import { parentPort, workerData } from 'node:worker_threads';
import { Arena, RecordReader } from 'tickring/memory';
import { mix, StressView } from './records.js';

const { handle, kind, readers, expected } = workerData;
const arena = Arena.attach(handle);
const reader = new RecordReader([arena], (memory) => new StressView(memory), { kind });
let delivered = 0;
let checksum = 0;
let torn = 0;
let outOfOrder = 0;
let before;

// The writer starts once all have joined.
if (Atomics.add(readers, 1, 1) === expected - 1) {
  Atomics.store(readers, 0, 1);
  Atomics.notify(readers, 0);
}

while (reader.waitSync()) {
  for (const record of reader.drain()) {
    const { number } = record;
    if (!record.whole) torn += 1;
    if (before !== undefined && ((number - before) | 0) <= 0) outOfOrder += 1;
    before = number;
    delivered += 1;
    checksum = mix(checksum, number);
  }
}
const { lagged } = reader;
reader.close();
parentPort.postMessage({ delivered, lagged, checksum, torn, outOfOrder });
