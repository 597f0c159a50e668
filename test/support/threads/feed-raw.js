// Reads the frames of a raw feed until one has packets, and posts their raw prices.
import { parentPort, workerData } from 'node:worker_threads';
import { attach } from 'tickring';

const reader = attach(workerData).rawReader(0);
const prices = [];
while (prices.length === 0 && reader.waitSync()) {
  for (const frame of reader.drain()) for (const packet of frame) prices.push(packet.rawLastPrice);
}
reader.close();
parentPort.postMessage(prices);
