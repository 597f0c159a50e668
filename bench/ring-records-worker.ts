/** One end of one side of `ring-records`, in a thread of its own. */
import type { MessagePort } from 'node:worker_threads';
import { RingBuffer } from 'ringbuf.js';
import { TickView } from 'tickring/kite';
import {
  Arena,
  type ArenaHandle,
  privateMemory,
  type RecordMemory,
  RecordReader,
  RecordWriter,
} from 'tickring/memory';
import { recordLayout, tickLayout } from './record-internals.ts';
import {
  nap,
  poll,
  servePortReader,
  servePortWriter,
  serveReader,
  serveWriter,
  task,
} from './ring-worker.ts';

/** Records of a frame, which are published together. */
const BATCH = 50;
const { RECORD_BYTES } = recordLayout;
const WORDS = RECORD_BYTES / 4;

const W_NUMBER = recordLayout.RECORD_NUMBER >> 2;
const W_FRAME = recordLayout.RECORD_FRAME >> 2;
const W_INSTRUMENT = recordLayout.RECORD_INSTRUMENT >> 2;
const W_DIVISOR = tickLayout.TICK_DIVISOR >> 2;
const { RECORD_KIND, RECORD_RECEIVED_AT } = recordLayout;
const { TICK_FULL } = tickLayout;

let number = 0;

/** Writes all words of the next record: its number where the instrument's token is, and something in the others. */
function fill(memory: RecordMemory, at: number, frame: number): void {
  const { u8, u32, f64 } = memory;
  const word = at >> 2;
  for (let field = 0; field < WORDS; field++) u32[word + field] = 100 * field;
  u32[word + W_NUMBER] = number;
  u32[word + W_FRAME] = frame;
  u32[word + W_INSTRUMENT] = number;
  u32[word + W_DIVISOR] = 100;
  u8[at + RECORD_KIND] = TICK_FULL;
  f64[(at + RECORD_RECEIVED_AT) >> 3] = 0;
  number = (number + 1) >>> 0;
}

/** Reads five fields. The prices are their words' indices: 17, 33 and 48; the volume is 100 times its own: 20. */
function check(tick: TickView): void {
  const sum =
    tick.instrumentToken + tick.lastPrice + tick.volumeTraded! + tick.bidPrice(0)! + tick.askPrice(0)!;
  if (sum !== number + 2098) throw new Error(`record ${number} is missing, twice or out of order`);
  number = (number + 1) >>> 0;
}

/** The next `count` records, from the start of the memory on. */
function fillAll(memory: RecordMemory, count: number, frame: number): void {
  for (let record = 0; record < count; record++) fill(memory, record * RECORD_BYTES, frame);
}

function checkAll(tick: TickView, count: number): void {
  for (let record = 0; record < count; record++) {
    tick.moveTo(record * RECORD_BYTES);
    check(tick);
  }
}

function writeOurs(arena: Arena): void {
  const writer = new RecordWriter(arena);
  let frame = 0;
  serveWriter(() => {
    while (!writer.claim(BATCH)) nap();
    const { position } = writer;
    for (let record = 0; record < BATCH; record++) fill(arena, writer.slot(position + record), frame);
    writer.publish(BATCH, frame);
    frame = (frame + 1) >>> 0;
    return BATCH;
  });
}

function readOurs(arena: Arena): void {
  const reader = new RecordReader([arena], (memory) => new TickView(memory), { kind: 'gating' });
  const read = () => {
    const batch = reader.drain();
    for (const tick of batch) check(tick);
    return batch.size;
  };
  serveReader(read, () => reader.waitSync(1));
}

function writeRingbuf(ring: RingBuffer): void {
  const memory = privateMemory(BATCH * RECORD_BYTES);
  let frame = 0;
  serveWriter(() => {
    fillAll(memory, BATCH, frame);
    while (ring.availableWrite() < memory.u32.length) nap();
    ring.push(memory.u32);
    frame = (frame + 1) >>> 0;
    return BATCH;
  });
}

function readRingbuf(ring: RingBuffer): void {
  const memory = privateMemory(BATCH * RECORD_BYTES);
  const tick = new TickView(memory);
  const ready = () => ring.availableRead() >= memory.u32.length;
  const read = () => {
    if (!ready()) return 0;
    ring.pop(memory.u32);
    checkAll(tick, BATCH);
    return BATCH;
  };
  serveReader(read, () => poll(ready));
}

/** @param size records in one buffer */
function writePort(port: MessagePort, size: number): void {
  const memory = privateMemory(size * RECORD_BYTES);
  let frame = 0;
  servePortWriter(port, size, () => {
    fillAll(memory, size, frame);
    frame = (frame + 1) >>> 0;
    return memory.u8.slice().buffer as ArrayBuffer;
  });
}

function readPort(port: MessagePort, size: number): void {
  // Copied to where the view lies: less than making the arrays of a view for each message.
  const memory = privateMemory(size * RECORD_BYTES);
  const tick = new TickView(memory);
  servePortReader(port, size, (buffer) => {
    memory.u8.set(new Uint8Array(buffer));
    checkAll(tick, size);
  });
}

const { side, role, channel } = task;
const writes = role === 'write';
if (side === 'tickring') (writes ? writeOurs : readOurs)(Arena.attach(channel as ArenaHandle));
else if (side === 'ringbuf.js')
  (writes ? writeRingbuf : readRingbuf)(new RingBuffer(channel as SharedArrayBuffer, Uint32Array));
else (writes ? writePort : readPort)(channel as MessagePort, side === 'batches' ? BATCH : 1);
