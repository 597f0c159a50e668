/** The entry of the thread that is woken, again and again. */
import { parentPort, workerData } from 'node:worker_threads';

export interface WakeTask {
  readonly words: Int32Array;
  readonly rounds: number;
}

/** Where the ball is: 1 with the worker, 0 with whoever wakes it. */
export const WORD_BALL = 0;
export const WORD_COUNT = 1;

if (parentPort) {
  const { words, rounds } = workerData as WakeTask;
  parentPort.postMessage('parked');
  for (let round = 0; round < rounds; round++) {
    Atomics.wait(words, WORD_BALL, 0);
    Atomics.store(words, WORD_BALL, 0);
    Atomics.notify(words, WORD_BALL);
  }
}
