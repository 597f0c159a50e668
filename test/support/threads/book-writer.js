// Writes one book over and over, with a checksum over all that is in it, until it is told to stop.
import { parentPort, workerData } from 'node:worker_threads';
import { Arena } from 'tickring/memory';
import { BookWriter, mix } from './books.js';

const { handle, stop } = workerData;
const arena = Arena.attach(handle);
const writer = new BookWriter(arena);
let writes = 0;
let random = 1;

function next() {
  random = Math.imul(random, 1664525) + 1013904223;
  return random >>> 8;
}

function levels(count) {
  return Array.from({ length: count }, () => [BigInt(next()), BigInt(next())]);
}

while (Atomics.load(stop, 0) === 0) {
  writes += 1;
  const sides = { bids: levels(next() % 11), asks: levels(next() % 11) };
  let sum = mix(mix(mix(0, writes), sides.bids.length), sides.asks.length);
  for (const [price, quantity] of [...sides.bids, ...sides.asks]) {
    sum = mix(mix(sum, Number(price)), Number(quantity));
  }
  writer.begin();
  writer.set({ BOOK_STATE: 2, BOOK_EPOCH: writes });
  writer.levels('bids', sides.bids);
  writer.levels('asks', sides.asks);
  writer.set({ BOOK_CHECK: 1, BOOK_CHECKSUM: sum >>> 0 });
  writer.end();
  // A kernel has its next message to read.
  for (let i = 0; i < 100; i++) Atomics.load(stop, 0);
}
parentPort.postMessage(writes);
