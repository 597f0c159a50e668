// Takes places in a ring and comes to its end without giving them back.
import { workerData } from 'node:worker_threads';
import { TickView } from 'tickring/kite';
import { Arena, RecordReader } from 'tickring/memory';

const arena = Arena.attach(workerData);
for (const kind of ['gating', 'copying', 'conflating'])
  new RecordReader([arena], (memory) => new TickView(memory), { kind });
