import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { shortDuration } from '../figures.ts';
import type { CheckResult } from './check.ts';
import { type WakeTask, WORD_BALL, WORD_COUNT } from './wake-up-worker.ts';

const WORKER = new URL('./wake-up-worker.js', import.meta.url);

const WARM_UP = 100;
const ROUNDS = 1000;

/** µs, of half a round trip. */
const SLOW = 500;

/** The other thread has to answer within so long, ms. */
const PATIENCE = 5000;

/**
 * How long it takes to wake a parked thread, as decoders and readers are woken. Blocks this thread meanwhile: a millisecond or
 * a hundred.
 */
export async function checkWakeUp(): Promise<CheckResult> {
  const name = 'wake-up';
  const words = new Int32Array(new SharedArrayBuffer(WORD_COUNT * 4));
  const workerData: WakeTask = { words, rounds: WARM_UP + ROUNDS };
  const worker = new Worker(WORKER, { workerData, name: 'tickring-wake-up' });
  try {
    await once(worker, 'message');
    const micros: number[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const start = performance.now();
      Atomics.store(words, WORD_BALL, 1);
      Atomics.notify(words, WORD_BALL);
      if (Atomics.wait(words, WORD_BALL, 1, PATIENCE) === 'timed-out') {
        return { name, status: 'failed', found: `a thread did not wake up within ${PATIENCE} ms` };
      }
      if (round >= WARM_UP) micros.push(((performance.now() - start) * 1000) / 2);
    }
    micros.sort((a, b) => a - b);
    const p50 = micros[ROUNDS >> 1]!;
    const p99 = micros[Math.floor(ROUNDS * 0.99)]!;
    const figures = { p50Micros: p50, p99Micros: p99 };
    const found = `a parked thread within p50 ${shortDuration(p50)}, p99 ${shortDuration(p99)}`;
    if (p99 <= SLOW) return { name, status: 'ok', found, figures };
    const advice = 'the machine is busy, saves power, or is throttled: latencies will be of this order';
    return { name, status: 'warning', found, figures, advice };
  } finally {
    await worker.terminate();
  }
}
