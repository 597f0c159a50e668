/** Reads a feed on a thread of its own until it is closed, and posts how long ticks took from sender to reader: p99, µs. */
import { parentPort, workerData } from 'node:worker_threads';
import { attach, type KiteHandle } from 'tickring/kite';
import { microsecondsSince, p99 } from './isolation-clock.ts';

const { handle, measuring } = workerData as { handle: KiteHandle; measuring: Int32Array };
const reader = attach(handle).reader();
const latencies: number[] = [];
while (reader.waitSync()) {
  for (const tick of reader.drain()) {
    const latency = microsecondsSince(tick.volumeTraded ?? 0);
    if (Atomics.load(measuring, 0) === 1) latencies.push(latency);
  }
}
parentPort?.postMessage(p99(latencies));
