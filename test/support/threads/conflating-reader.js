// Reads the newest of what has changed until the ring is closed, and says what it saw.
import { parentPort, workerData } from 'node:worker_threads';
import { TickView } from 'tickring/kite';
import { Arena, RecordReader } from 'tickring/memory';

const { handle, tokens, joined } = workerData;
const arena = Arena.attach(handle);
const reader = new RecordReader([arena], (memory) => new TickView(memory), { kind: 'conflating' });
const newest = tokens.map(() => 0);
let delivered = 0;
let torn = 0;
let backwards = 0;

Atomics.store(joined, 0, 1);
Atomics.notify(joined, 0);
while (reader.waitSync()) {
  for (const tick of reader.drain()) {
    const price = tick.rawLastPrice;
    const which = tokens.indexOf(tick.instrumentToken);
    if (tick.epoch !== price || tick.volumeTraded !== price || tick.askQuantity(4) !== price) torn += 1;
    if (price <= newest[which]) backwards += 1;
    newest[which] = price;
    delivered += 1;
  }
}
parentPort.postMessage({ delivered, coalesced: reader.coalesced, torn, backwards, newest });
