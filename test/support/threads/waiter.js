// Waits at a bell, blocking, until its word is set.
import { parentPort, workerData } from 'node:worker_threads';
import { Doorbell } from 'tickring/memory';

const { bell, words } = workerData;
parentPort.postMessage(new Doorbell(bell).waitSync(() => Atomics.load(words, 0) === 1, undefined, 0));
