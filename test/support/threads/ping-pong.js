// Answers each round that the other side starts: waits at one bell, rings the other.
import { parentPort, workerData } from 'node:worker_threads';
import { Doorbell } from 'tickring/memory';

const { pingBell, pongBell, words, rounds, spins } = workerData;
const ping = new Doorbell(pingBell);
const pong = new Doorbell(pongBell);
let round = 0;
const pinged = () => Atomics.load(words, 0) > round;

while (round < rounds && ping.waitSync(pinged, 30_000, spins)) {
  round += 1;
  Atomics.store(words, 1, round);
  pong.ring();
}
parentPort.postMessage(round);
