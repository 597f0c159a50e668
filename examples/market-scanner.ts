import { KiteFeed } from 'tickring';
import type { Example } from './example.ts';

interface Move {
  token: number;
  exchange: string;
  change: number;
}

/** Looks at the whole market twice a second: only the newest tick of what has changed, whatever happened in between. */
export const run: Example = async ({ url, apiKey, accessToken, simulator }) => {
  await using feed = new KiteFeed({ url, apiKey, accessToken, mode: 'quote', connections: 3 });
  feed.subscribe(simulator.instrumentTokens.subarray(0, 9_000));
  using reader = feed.reader({ kind: 'conflating' });
  await feed.start();
  await feed.ready();

  const moves = new Map<number, Move>();
  for (let round = 0; round < 4; round++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    let changed = 0;
    for (const tick of reader.drain()) {
      changed += 1;
      if (tick.change === undefined || !tick.tradable) continue;
      moves.set(tick.instrumentToken, {
        token: tick.instrumentToken,
        exchange: tick.exchange,
        change: tick.change,
      });
    }
    const largest = [...moves.values()].sort((a, b) => Math.abs(b.change) - Math.abs(a.change)).slice(0, 4);
    console.log(`${changed} instruments changed, ${reader.coalesced} updates coalesced; largest moves:`);
    for (const { token, exchange, change } of largest)
      console.log(`  ${exchange}:${token} ${change.toFixed(2)} %`);
  }
};
