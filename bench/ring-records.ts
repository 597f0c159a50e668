import { MessageChannel } from 'node:worker_threads';
import { RingBuffer } from 'ringbuf.js';
import { Arena } from 'tickring/memory';
import { type RingSide, ringSides } from './ring-threads.ts';
import type { Benchmark } from './suite.ts';

/** Of either ring: what a feed's record ring has by default. */
const RECORDS = 2 ** 14;
const RECORD_WORDS = 64;

const NOTE =
  'records of 256 bytes from one thread to another, filled word by word and published 50 at once, as a frame of 50 is; the reader reads five fields of each through a TickView and checks by them that none is missing, twice or out of order; counted for 200 ms by a third thread. Rings of 16,384 records; a writer that finds no room sleeps for 0.1 ms';

function ours(): RingSide {
  const { handle } = Arena.create({ recordSlots: RECORDS, latestInstruments: 0 });
  return { side: 'tickring', writer: handle, reader: handle };
}

function ringbuf(): RingSide {
  const storage = RingBuffer.getStorageForCapacity(RECORDS * RECORD_WORDS, Uint32Array);
  return { side: 'ringbuf.js', writer: storage, reader: storage };
}

function port(side: 'records' | 'batches'): RingSide {
  const { port1, port2 } = new MessageChannel();
  return { side, writer: port1, reader: port2 };
}

const script = new URL('./ring-records-worker.js', import.meta.url);

export const ringRecords: readonly Benchmark[] = [
  {
    name: 'ring-records',
    group: 'ring-records',
    unit: 'records/s',
    better: 'more',
    baseline: 'ringbuf.js',
    target: 1.5,
    note: `${NOTE}. tickring: filled and read where they lie in the ring. ringbuf.js: a ring of 32-bit words; filled in a buffer, the 50 pushed and popped in one piece`,
    prepare: () => ringSides(script, ours(), ringbuf()),
  },
  {
    name: 'ring-records-postmessage',
    group: 'ring-records',
    unit: 'records/s',
    better: 'more',
    baseline: 'postMessage, a transferred buffer a record',
    target: 20,
    note: `${NOTE}. postMessage: each record a buffer of its own that moves to the reader, at most 1,024 on their way`,
    prepare: () => ringSides(script, ours(), port('records')),
  },
  {
    name: 'ring-records-postmessage-batch',
    group: 'ring-records',
    unit: 'records/s',
    better: 'more',
    baseline: 'postMessage, a transferred buffer a batch',
    note: `${NOTE}. postMessage: all 50 in one buffer that moves to the reader, at most 1,024 buffers on their way`,
    prepare: () => ringSides(script, ours(), port('batches')),
  },
];
