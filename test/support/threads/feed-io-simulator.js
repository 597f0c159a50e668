// A simulator on a thread of its own, which drops every connection now and then. Posts its address and instruments.
import { parentPort, workerData } from 'node:worker_threads';
import { KiteSimulator } from 'tickring/sim';

const sim = new KiteSimulator({ instruments: 200, rate: 5_000 });
await sim.listen();
const { dropEvery } = workerData;
if (dropEvery) setInterval(() => sim.disconnect(), dropEvery);
parentPort.postMessage({ url: sim.url, tokens: [...sim.instrumentTokens] });
