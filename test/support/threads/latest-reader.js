// Reads the newest record of each instrument over and over, and checks that it is of one piece and never goes back.
import { parentPort, workerData } from 'node:worker_threads';
import { Arena, LatestTable, privateMemory } from 'tickring/memory';

const { handle, tokens, changes } = workerData;
const arena = Arena.attach(handle);
const table = new LatestTable(arena);
const copy = privateMemory(256);
const { u32 } = copy;
const newest = tokens.map(() => 0);
let reads = 0;
let torn = 0;
let backwards = 0;

function look() {
  for (const [i, token] of tokens.entries()) {
    if (!table.read(token, copy)) continue;
    reads += 1;
    const price = u32[17];
    // From the last price to the end of the depth, and the epoch in the head.
    let whole = u32[3] === token && u32[16] === token && u32[8] === price;
    for (let word = 17; word < 62; word++) if (u32[word] !== price) whole = false;
    if (!whole) torn += 1;
    if (price < newest[i]) backwards += 1;
    if (price !== newest[i]) Atomics.add(changes, 0, 1);
    newest[i] = price;
  }
}

while (!arena.closed) look();
look();
parentPort.postMessage({ reads, torn, backwards, newest });
