import { MessageChannel } from 'node:worker_threads';
import { RingBuffer } from 'ringbuf.js';
import { Arena } from 'tickring/memory';
import { type RingSide, ringSides } from './ring-threads.ts';
import type { Benchmark } from './suite.ts';

/** Of either ring: what a feed's frame ring has by default. */
const RING_BYTES = 2 ** 22;

const NOTE =
  'frames of 200 bytes from one thread to another, each published at once; the reader adds up words of each and checks by them that none is missing, twice or out of order; counted for 200 ms by a third thread. Rings of 4 MiB; a writer that finds no room sleeps for 0.1 ms';

function ours(): RingSide {
  const { handle } = Arena.create({ frameRingBytes: RING_BYTES, latestInstruments: 0 });
  return { side: 'tickring', writer: handle, reader: handle };
}

function ringbuf(): RingSide {
  const storage = RingBuffer.getStorageForCapacity(RING_BYTES, Uint8Array);
  return { side: 'ringbuf.js', writer: storage, reader: storage };
}

function port(): RingSide {
  const { port1, port2 } = new MessageChannel();
  return { side: 'postMessage', writer: port1, reader: port2 };
}

const script = new URL('./ring-frames-worker.js', import.meta.url);

export const ringFrames: readonly Benchmark[] = [
  {
    name: 'ring-frames',
    group: 'ring-frames',
    unit: 'frames/s',
    better: 'more',
    baseline: 'ringbuf.js',
    target: 1.5,
    note: `${NOTE}. tickring: read where it lies in the ring. ringbuf.js: a ring of bytes; each frame pushed in one piece behind its length, and as many as there are, up to 64, popped together into a buffer`,
    prepare: () => ringSides(script, ours(), ringbuf()),
  },
  {
    name: 'ring-frames-postmessage',
    group: 'ring-frames',
    unit: 'frames/s',
    better: 'more',
    baseline: 'postMessage, transferred buffers',
    target: 20,
    note: `${NOTE}. postMessage: each frame a buffer of its own that moves to the reader, at most 1,024 on their way`,
    prepare: () => ringSides(script, ours(), port()),
  },
];
