/** A thread of a wake benchmark: publishes, or waits, whenever the main thread says so. Answers a reader's median, µs. */
import { parentPort, workerData } from 'node:worker_threads';
import type { WakeChannel } from './wake-channel.ts';
import { type Pings, publishPings, readPingsSync } from './wake-pings.ts';

const { role, channel } = workerData as { role: 'publish' | 'read'; channel: WakeChannel };
const run = role === 'publish' ? publishPings(channel) : readPingsSync(channel);
parentPort?.on('message', (pings: Pings) => parentPort?.postMessage(run(pings)));
