/** Reads a feed on a thread of its own, two prices of every tick, until it has what it expects or nothing more comes. */
import { parentPort, workerData } from 'node:worker_threads';
import { attach, type KiteHandle } from 'tickring/kite';
import type { Received } from './pipeline-throughput.ts';
import { microseconds } from './sender-clock.ts';

/** So long nothing comes when something is lost, ms. */
const PATIENCE = 5_000;

const { handle, expected } = workerData as { handle: KiteHandle; expected: number };
const reader = attach(handle).reader({ kind: 'gating' });
parentPort?.postMessage('reading');
let ticks = 0;
let sum = 0;
while (ticks < expected && reader.waitSync(PATIENCE)) {
  for (const tick of reader.drain()) {
    ticks += 1;
    sum += tick.lastPrice + (tick.bidPrice(0) ?? 0);
  }
}
const received: Received = { ticks, sum, at: microseconds() };
reader.close();
parentPort?.postMessage(received);
