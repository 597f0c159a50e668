import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { MessagePort, Worker } from 'node:worker_threads';
import { Progress } from './ring-progress.ts';
import type { Sides } from './suite.ts';

/** ms until both threads are warm and the ring is as full as it stays, and ms that are measured then. */
const WARM_UP = 60;
const RUN = 200;

/** What a thread of a ring benchmark is started with. */
export interface RingTask {
  readonly side: string;
  readonly role: 'write' | 'read';
  readonly progress: SharedArrayBuffer;
  readonly channel: unknown;
}

/** One side: what its worker calls it, and what the two ends are handed. Ports move there. */
export interface RingSide {
  readonly side: string;
  readonly writer: unknown;
  readonly reader: unknown;
}

/** Two sides of a benchmark, each with two threads of its own, which sleep while the others run. */
export async function ringSides(script: URL, ours: RingSide, baseline: RingSide): Promise<Sides> {
  const [left, right] = [new RingThreads(script, ours), new RingThreads(script, baseline)];
  await Promise.all([left.ready, right.ready]);
  return {
    ours: () => left.rate(),
    baseline: () => right.rate(),
    async close() {
      await Promise.all([left.close(), right.close()]);
    },
  };
}

class RingThreads {
  /** Both threads have made their ends. */
  readonly ready: Promise<unknown>;
  readonly #progress = new Progress();
  readonly #writer: Worker;
  readonly #reader: Worker;

  constructor(script: URL, { side, writer, reader }: RingSide) {
    const start = (role: RingTask['role'], channel: unknown) => {
      const workerData: RingTask = { side, role, progress: this.#progress.buffer, channel };
      return new Worker(script, {
        workerData,
        transferList: channel instanceof MessagePort ? [channel] : [],
      });
    };
    this.#reader = start('read', reader);
    this.#writer = start('write', writer);
    this.ready = this.#answers();
  }

  /** What is read a second, counted by this thread. Throws where not all that was sent was read. */
  async rate(): Promise<number> {
    const ends = this.#answers();
    this.#progress.start();
    this.#reader.postMessage('go');
    this.#writer.postMessage('go');
    // An end that fails rejects at once; it never ends by itself.
    await Promise.race([pause(WARM_UP), ends]);
    const before = this.#progress.read;
    const start = performance.now();
    await Promise.race([pause(RUN), ends]);
    const read = (this.#progress.read - before) >>> 0;
    const elapsed = performance.now() - start;
    this.#progress.stop();
    const [[sent], [received]] = (await ends) as [[number], [number]];
    if (sent !== received) throw new Error(`${sent} were sent and ${received} read`);
    return (read / elapsed) * 1000;
  }

  /** The next message of each. Rejects with what one of them throws. */
  #answers(): Promise<[unknown[], unknown[]]> {
    return Promise.all([once(this.#writer, 'message'), once(this.#reader, 'message')]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer.terminate(), this.#reader.terminate()]);
  }
}
