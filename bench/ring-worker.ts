import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Progress } from './ring-progress.ts';
import type { RingTask } from './ring-threads.ts';

/** Messages that a port may hold: it has no end, and a reader that is behind would be measured with a heap that grows. */
const WINDOW = 1024;

/** Polls of an empty ring before a nap; as many as tickring's readers make before they park. */
const SPINS = 200;

const never = new Int32Array(new SharedArrayBuffer(4));

export const task = workerData as RingTask;
const progress = new Progress(task.progress);

/** Sleeps for 0.1 ms: a full ring lasts for longer than that, so its reader never waits for the writer to wake up. */
export function nap(): void {
  Atomics.wait(never, 0, 0, 0.1);
}

/** Waits as those do whose ring has no doorbell. */
export function poll(ready: () => boolean): void {
  for (let spin = 0; spin < SPINS; spin++) if (ready()) return;
  nap();
}

/** Writes whenever the main thread says so until it says stop. `write` waits for room and answers how many it wrote. */
export function serveWriter(write: () => number, ended?: () => void): void {
  let sent = 0;
  whenTold(() => {
    while (progress.running) sent = (sent + write()) >>> 0;
    progress.end(sent);
    ended?.();
    return sent;
  });
}

/** Reads whenever the main thread says so until the writer has ended. `read` answers how many it read, and does not wait. */
export function serveReader(read: () => number, wait: () => void): void {
  let received = 0;
  whenTold(() => {
    for (;;) {
      const count = read();
      if (count > 0) {
        received = (received + count) >>> 0;
        progress.read = received;
      } else if (progress.endedAt(received)) return received;
      else wait();
    }
  });
}

/** Posts buffers of `size` frames or records each, which move to the reader. */
export function servePortWriter(port: MessagePort, size: number, next: () => ArrayBuffer): void {
  let sent = 0;
  const write = () => {
    while (((sent - progress.read) | 0) >= WINDOW * size) nap();
    const buffer = next();
    port.postMessage(buffer, [buffer]);
    sent = (sent + size) >>> 0;
    return size;
  };
  serveWriter(write, () => port.postMessage('end'));
}

/** Reads what comes, whenever it comes. */
export function servePortReader(port: MessagePort, size: number, read: (buffer: ArrayBuffer) => void): void {
  let received = 0;
  port.on('message', (message: ArrayBuffer | 'end') => {
    if (message === 'end') {
      parentPort?.postMessage(received);
      return;
    }
    read(message);
    received = (received + size) >>> 0;
    progress.read = received;
  });
  parentPort?.postMessage('ready');
}

function whenTold(run: () => number): void {
  parentPort?.on('message', () => parentPort?.postMessage(run()));
  parentPort?.postMessage('ready');
}
