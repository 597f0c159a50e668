/** Reads a feed on a thread of its own until it is closed, and posts how long ticks took from the sender to the read. */
import { parentPort, workerData } from 'node:worker_threads';
import { attach, type KiteHandle } from 'tickring/kite';
import { Latencies } from './pipeline-latencies.ts';
import { microsecondsSince } from './sender-clock.ts';

const { handle, measuring } = workerData as { handle: KiteHandle; measuring: Int32Array };
const reader = attach(handle).reader();
const latencies = new Latencies();
parentPort?.postMessage('reading');
while (reader.waitSync()) {
  for (const tick of reader.drain()) {
    const latency = microsecondsSince(tick.volumeTraded ?? 0);
    if (Atomics.load(measuring, 0) === 1) latencies.add(latency);
  }
}
parentPort?.postMessage(latencies.percentiles());
