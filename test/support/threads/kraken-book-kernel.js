// Has Kraken's kernel decode a book's session over and over, from its snapshot on, until it is told to stop.
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Arena, FRAME_KIND_TEXT, FrameWriter } from 'tickring/memory';
import { Lane } from '../../../dist/workers/lane.js';

const { handle, texts, stop } = workerData;
const arena = Arena.attach(handle);
const kernel = readFileSync(new URL('../../../dist/workers/kernels/kraken.wasm', import.meta.url));
const lane = new Lane(arena, new WebAssembly.Module(kernel), { onText() {}, onQuarantine() {} });
const frames = new FrameWriter(arena);
const payloads = texts.map((text) => Buffer.from(text));
let decoded = 0;

while (Atomics.load(stop, 0) === 0) {
  const payload = payloads[decoded % payloads.length];
  if (!frames.write(payload, FRAME_KIND_TEXT, decoded, 1)) throw new Error('no room for the frame');
  if (lane.drain(1) !== 1) throw new Error('the lane did not take the frame');
  decoded += 1;
}
parentPort.postMessage(decoded);
