import { readFileSync } from 'node:fs';
import { KiteFeed } from 'tickring/kite';
import { Arena, FRAME_KIND_BINARY, FrameWriter } from 'tickring/memory';
import { KiteMarket } from 'tickring/sim';
import { Lane } from './internals.ts';

const CONNECTIONS = 3;
/** Of each connection and round: together 1.9 MB of frames, which fit into the frame ring, as their ticks fit into the other. */
const FRAMES = 100;
const PACKETS = 100;
/** How long decoding is measured, at least, ms; and before that, so that code is compiled. */
const MEASURED = 400;
const WARM_UP = 150;

/** ns a tick. */
export interface StageCosts {
  readonly decode: number;
  readonly read: number;
}

/**
 * What decoding and reading cost for each full tick of so many instruments, spread over three connections: decoders with
 * their rings, counters and latest tables, but on one thread, which takes turns, so that nobody waits or is woken up.
 */
export async function stageCosts(instruments: number): Promise<StageCosts> {
  // Never started: it makes the arenas as those of any feed are.
  const feed = new KiteFeed({ apiKey: 'bench', accessToken: 'bench', connections: CONNECTIONS });
  const arenas = feed.handle.arenas.map((handle) => Arena.attach(handle));
  const url = new URL('../../dist/workers/kernels/kite.wasm', import.meta.url);
  const module = new WebAssembly.Module(readFileSync(url));
  const lanes = arenas.map((arena) => new Lane(arena, module));
  const writers = arenas.map((arena) => new FrameWriter(arena));
  const frames = framesOf(instruments);
  const reader = feed.reader({ kind: 'gating' });
  let decoding = 0;
  let reading = 0;
  let ticks = 0;
  let sum = 0;
  const round = () => {
    for (const [connection, writer] of writers.entries()) {
      for (const frame of frames[connection]!) writer.write(frame, FRAME_KIND_BINARY, 0, 1);
    }
    const start = performance.now();
    for (const lane of lanes) lane.drain(FRAMES);
    const decoded = performance.now();
    for (const tick of reader.drain()) {
      ticks += 1;
      sum += tick.lastPrice + (tick.bidPrice(0) ?? 0);
    }
    decoding += decoded - start;
    reading += performance.now() - decoded;
  };
  while (decoding < WARM_UP) round();
  decoding = 0;
  reading = 0;
  ticks = 0;
  let rounds = 0;
  for (; decoding < MEASURED; rounds++) round();
  reader.close();
  await feed.close();
  if (ticks !== rounds * CONNECTIONS * FRAMES * PACKETS || !(sum > 0)) {
    throw new Error(`${ticks} ticks were read of ${rounds} rounds`);
  }
  return { decode: (decoding / ticks) * 1e6, read: (reading / ticks) * 1e6 };
}

/** For each connection the same number of frames, whose packets are of its share of the instruments, in turn. */
function framesOf(instruments: number): Uint8Array[][] {
  const market = new KiteMarket({ instruments: instruments * 2, seed: 1 });
  const tokens = [...market.instrumentTokens].filter((token) => (token & 0xff) !== 9).slice(0, instruments);
  return Array.from({ length: CONNECTIONS }, (_, connection) => {
    const mine = tokens.filter((_, index) => index % CONNECTIONS === connection);
    return Array.from({ length: FRAMES }, (_, frame) =>
      market.frame(
        Array.from({ length: PACKETS }, (_, packet) => mine[(frame * PACKETS + packet) % mine.length]!),
      ),
    );
  });
}
