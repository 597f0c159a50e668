/** A simulator in a process of its own that writes into every packet when it was sent: see isolation-clock. */
import { once } from 'node:events';
import { KiteMarket, KiteSimulator } from 'tickring/sim';
import { microseconds } from './isolation-clock.ts';

const RATE = 20_000;
const PACKETS = 50;
/** Where a full packet carries the volume traded; here, the time at which it was sent. */
const VOLUME = 16;

const market = new KiteMarket({ instruments: 1_000, seed: 1 });
const tokens = [...market.instrumentTokens].filter((token) => (token & 0xff) !== 9).slice(0, PACKETS);
await using simulator = new KiteSimulator({ rate: 0, instruments: 1_000 });
await simulator.listen();
process.send?.({ url: simulator.url, tokens });

let sent = 0;
let start = performance.now();
const timer = setInterval(() => {
  if (simulator.stats().connections === 0) {
    start = performance.now();
    sent = 0;
    return;
  }
  const due = ((performance.now() - start) * RATE) / 1000;
  for (; sent + PACKETS <= due; sent += PACKETS) {
    const frame = market.frame(tokens, 'full');
    const now = microseconds();
    const step = (frame.length - 2) / PACKETS;
    for (let packet = 0; packet < PACKETS; packet++) frame.writeUInt32BE(now, 4 + packet * step + VOLUME);
    simulator.sendFrame(frame);
  }
}, 1);
await once(process, 'disconnect');
clearInterval(timer);
