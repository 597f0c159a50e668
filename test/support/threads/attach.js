// Attaches to an arena, reads a word and writes one.
import { parentPort, workerData } from 'node:worker_threads';
import { Arena } from 'tickring/memory';

const { handle, read, write, ring } = workerData;
const arena = Arena.attach(handle);
const { venue, connection, closed } = arena;
arena.u32[write >> 2] = 0x87654321;
if (ring) arena.recordBell.ringAlways();
parentPort.postMessage({ venue, connection, closed, word: arena.u32[read >> 2] });
