// Publishes records in batches of varying size. Waits for gating readers where there are any.
import { parentPort, workerData } from 'node:worker_threads';
import { Arena, RecordWriter } from 'tickring/memory';
import { fill, mix, sequence } from './records.js';

const { handle, records, largestBatch, readers } = workerData;
const arena = Arena.attach(handle);
const writer = new RecordWriter(arena);
const random = sequence(12345);
const { u32 } = arena;
let left = records;
let checksum = 0;
let waits = 0;
let batches = 0;

// The first words of a shared array: how many readers have joined.
Atomics.wait(readers, 0, 0);

while (left > 0) {
  const claimed = 1 + random(largestBatch);
  const count = Math.min(left, 1 + random(claimed));
  if (!writer.claim(claimed)) {
    waits += 1;
    writer.wantSpace(true);
    arena.frameBell.waitSync(() => writer.claim(claimed));
    writer.wantSpace(false);
  }
  const first = writer.position;
  batches += 1;
  for (let i = 0; i < count; i++) {
    const position = (first + i) >>> 0;
    fill(u32, writer.slot(position), position, batches);
    checksum = mix(checksum, position);
  }
  writer.publish(count);
  left -= count;
}
arena.close();
parentPort.postMessage({ checksum, waits });
