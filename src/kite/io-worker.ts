/** The I/O worker's entry: the sockets and supervision of a Kite feed with `io: 'worker'`. */
import { parentPort, workerData } from 'node:worker_threads';
import { IoHost } from './io-host.ts';
import type { IoTask } from './io-messages.ts';

if (parentPort) new IoHost(parentPort, workerData as IoTask);
