// A program that does nothing but wait at a bell; a thread that does not keep it alive rings once it is parked.
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Doorbell } from 'tickring/memory';

if (isMainThread) {
  const buffer = new SharedArrayBuffer(256);
  const words = new Int32Array(buffer, 128);
  const bell = new Doorbell({ buffer, offset: 0 });
  const rung = process.argv.includes('--timeout')
    ? bell.wait(() => false, 20)
    : bell.wait(() => Atomics.load(words, 0) === 1);
  if (!process.argv.includes('--timeout')) {
    const ringer = new Worker(new URL(import.meta.url), { workerData: buffer });
    ringer.unref();
  }
  process.on('beforeExit', () => process.stdout.write('empty '));
  rung.then((ready) => process.stdout.write(`${ready} `));
} else {
  const words = new Int32Array(workerData, 128);
  const bell = new Doorbell({ buffer: workerData, offset: 0 });
  while (bell.parked === 0);
  // Long enough that a process with nothing else to do would be gone.
  Atomics.wait(words, 4, 0, 300);
  Atomics.store(words, 0, 1);
  bell.ring();
}
