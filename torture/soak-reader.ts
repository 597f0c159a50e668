/** A gating reader on a thread of its own that reads a few fields of each tick and counts. */
import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { attach, type KiteHandle } from 'tickring/kite';

interface CountingData {
  readonly handle: KiteHandle;
  readonly count: SharedArrayBuffer;
}

export class CountingThread {
  readonly #worker: Worker;
  readonly #count = new Float64Array(new SharedArrayBuffer(8));
  readonly #joined: Promise<unknown>;

  constructor(handle: KiteHandle) {
    const counting: CountingData = { handle, count: this.#count.buffer };
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { counting } });
    this.#joined = once(this.#worker, 'message');
  }

  /** Ticks so far; a moment old. */
  get read(): number {
    return this.#count[0]!;
  }

  async joined(): Promise<void> {
    await this.#joined;
  }

  /** Resolves when the thread has ended, which it does with the feed. */
  async finish(): Promise<void> {
    await this.#worker.terminate();
  }
}

function count({ handle, count: buffer }: CountingData): void {
  const total = new Float64Array(buffer);
  const reader = attach(handle).reader({ kind: 'gating' });
  parentPort!.postMessage('joined');
  let sum = 0;
  while (reader.waitSync()) {
    let ticks = 0;
    for (const tick of reader.drain()) {
      ticks++;
      sum += tick.instrumentToken + tick.rawLastPrice + (tick.bidPrice(0) ?? 0);
    }
    total[0]! += ticks;
  }
  if (Number.isNaN(sum)) throw new Error('a field is no number');
}

if (workerData?.counting) count(workerData.counting);
