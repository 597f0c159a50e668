// Takes a gating reader's place, says so, and waits to be terminated.
import { parentPort, workerData } from 'node:worker_threads';
import { TickView } from 'tickring/kite';
import { Arena, RecordReader } from 'tickring/memory';

new RecordReader([Arena.attach(workerData)], (memory) => new TickView(memory), { kind: 'gating' });
parentPort.postMessage('ready');
parentPort.on('message', () => {});
