/** One end of one side of `ring-frames`, in a thread of its own. */
import type { MessagePort } from 'node:worker_threads';
import { RingBuffer } from 'ringbuf.js';
import { Arena, type ArenaHandle, FRAME_KIND_BINARY, FrameReader, FrameWriter } from 'tickring/memory';
import {
  nap,
  poll,
  servePortReader,
  servePortWriter,
  serveReader,
  serveWriter,
  task,
} from './ring-worker.ts';

const FRAME_BYTES = 200;
/** With its length before it. */
const MESSAGE_WORDS = 1 + FRAME_BYTES / 4;
/** Frames that are read before the count is brought up to date; a decoder's turn. */
const TURN = 64;

/** The frame's number is in its first word; in the others, where they are. */
const source = Uint32Array.from({ length: FRAME_BYTES / 4 }, (_, word) => word);
const payload = new Uint8Array(source.buffer);
let number = 0;

/** Four words, one of each line of a frame, are looked at: `at` is the first one's index. */
function check(words: Uint32Array, at: number): void {
  const sum = words[at]! + words[at + 16]! + words[at + 32]! + words[at + 48]!;
  if (sum !== number + 96) throw new Error(`frame ${number} is missing, twice or out of order`);
  number = (number + 1) >>> 0;
}

function writeOurs(arena: Arena): void {
  const writer = new FrameWriter(arena);
  serveWriter(() => {
    source[0] = number;
    while (!writer.write(payload, FRAME_KIND_BINARY, 0, 1)) nap();
    number = (number + 1) >>> 0;
    return 1;
  });
}

function readOurs(arena: Arena): void {
  const reader = new FrameReader(arena);
  const ready = () => reader.ready;
  const read = () => {
    let count = 0;
    while (count < TURN && reader.next()) {
      check(arena.u32, reader.payload >> 2);
      reader.release();
      count += 1;
    }
    return count;
  };
  serveReader(read, () => arena.frameBell.waitSync(ready, 1));
}

function writeRingbuf(ring: RingBuffer): void {
  // The length before the frame, so that one push takes both.
  const words = new Uint32Array(MESSAGE_WORDS);
  words[0] = FRAME_BYTES;
  words.set(source, 1);
  const message = new Uint8Array(words.buffer);
  serveWriter(() => {
    words[1] = number;
    while (ring.availableWrite() < message.length) nap();
    ring.push(message);
    number = (number + 1) >>> 0;
    return 1;
  });
}

function readRingbuf(ring: RingBuffer): void {
  // As many as there are are popped together, which is faster than one by one: what is in the ring are whole messages.
  const words = new Uint32Array(TURN * MESSAGE_WORDS);
  const bytes = new Uint8Array(words.buffer);
  const messages = () => Math.floor(ring.availableRead() / (4 * MESSAGE_WORDS));
  const ready = () => messages() > 0;
  const read = () => {
    const count = Math.min(messages(), TURN);
    if (count > 0) ring.pop(bytes, count * 4 * MESSAGE_WORDS);
    for (let at = 0; at < count * MESSAGE_WORDS; at += 1 + words[at]! / 4) check(words, at + 1);
    return count;
  };
  serveReader(read, () => poll(ready));
}

function writePort(port: MessagePort): void {
  servePortWriter(port, 1, () => {
    source[0] = number;
    number = (number + 1) >>> 0;
    return payload.slice().buffer;
  });
}

function readPort(port: MessagePort): void {
  servePortReader(port, 1, (frame) => check(new Uint32Array(frame), 0));
}

const { side, role, channel } = task;
const writes = role === 'write';
if (side === 'tickring') (writes ? writeOurs : readOurs)(Arena.attach(channel as ArenaHandle));
else if (side === 'postMessage') (writes ? writePort : readPort)(channel as MessagePort);
else (writes ? writeRingbuf : readRingbuf)(new RingBuffer(channel as SharedArrayBuffer, Uint8Array));
