// Reads a feed until it is closed. Says in shared memory how many ticks it has read, and how often the connection had been
// opened by the last one; wakes who waits for either.
import { parentPort, workerData } from 'node:worker_threads';
import { attach } from 'tickring';

const { handle, seen } = workerData;
const reader = attach(handle).reader();
parentPort.postMessage('ready');
while (reader.waitSync()) {
  for (const tick of reader.drain()) {
    if (tick.epoch !== Atomics.load(seen, 1)) {
      Atomics.store(seen, 1, tick.epoch);
      Atomics.notify(seen, 1);
    }
    Atomics.add(seen, 0, 1);
  }
  Atomics.notify(seen, 0);
}
