// A Kraken simulator on a thread of its own, so that it goes on while another one is blocked.
import { parentPort, workerData } from 'node:worker_threads';
import { KrakenSimulator } from 'tickring/sim';

const simulator = new KrakenSimulator(workerData);
await simulator.listen();
parentPort.postMessage(simulator.url);
parentPort.once('message', () => simulator.close());
