// Starts rounds and waits for each to be answered, without spinning.
import { parentPort, workerData } from 'node:worker_threads';
import { Doorbell } from 'tickring/memory';

const { pingBell, pongBell, words, rounds, spins } = workerData;
const ping = new Doorbell(pingBell);
const pong = new Doorbell(pongBell);
let round = 0;
const answered = () => Atomics.load(words, 1) === round;

while (round < rounds) {
  round += 1;
  Atomics.store(words, 0, round);
  ping.ring();
  if (!pong.waitSync(answered, 30_000, spins)) break;
}
parentPort.postMessage(Atomics.load(words, 1));
