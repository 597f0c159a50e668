// Decodes frames of full packets in which every field is the packet's last price, as fast as it can.
import { parentPort, workerData } from 'node:worker_threads';
import { Arena, FRAME_KIND_BINARY, FrameWriter } from 'tickring/memory';
import { Lane } from '../../../dist/workers/lane.js';

const { handle, module, tokens, rounds, joined, changes } = workerData;
const arena = Arena.attach(handle);
const frames = new FrameWriter(arena);
const lane = new Lane(arena, module);
const bytes = new Uint8Array(2 + tokens.length * 186);
const data = new DataView(bytes.buffer);

data.setUint16(0, tokens.length);
// Where a reader has to be there first.
if (joined) Atomics.wait(joined, 0, 0);
let round = 0;
// Where a reader counts changes, until it has seen enough: on a busy machine it may begin late.
while (round < rounds || (changes && Atomics.load(changes, 0) <= 100)) {
  round += 1;
  for (const [i, token] of tokens.entries()) {
    const packet = 4 + i * 186;
    data.setUint16(packet - 2, 184);
    data.setUint32(packet, token);
    for (let at = 4; at < 184; at += 4) data.setUint32(packet + at, round);
  }
  if (!frames.write(bytes, FRAME_KIND_BINARY, round, round)) throw new Error('no room');
  lane.drain(1);
}
arena.close();
parentPort.postMessage(round);
