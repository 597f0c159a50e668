import { KiteFeed, TickSnapshot } from 'tickring';
import { type Example, nameOf } from './example.ts';

const HOLDINGS = [
  { token: 738561, quantity: 40, cost: 2_890.5 },
  { token: 408065, quantity: 120, cost: 1_498 },
  { token: 341249, quantity: 75, cost: 1_702.25 },
  { token: 779521, quantity: 200, cost: 812.4 },
];

/** Looks at what is newest a few times a second; it does not read the stream at all. */
export const run: Example = async ({ url, apiKey, accessToken }) => {
  await using feed = new KiteFeed({ url, apiKey, accessToken, mode: 'quote' });
  feed.subscribe(HOLDINGS.map(({ token }) => token));
  await feed.start();
  await feed.ready();

  // One snapshot, read into again and again: no allocation.
  const snapshot = new TickSnapshot();
  for (let round = 0; round < 4; round++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    let value = 0;
    let gain = 0;
    for (const { token, quantity, cost } of HOLDINGS) {
      const tick = feed.latest(token, snapshot);
      if (!tick) continue;
      value += tick.lastPrice * quantity;
      gain += (tick.lastPrice - cost) * quantity;
    }
    const best = HOLDINGS.map(({ token }) => ({ token, change: feed.latest(token)?.change ?? 0 })).sort(
      (a, b) => b.change - a.change,
    )[0]!;
    console.log(
      `value ${value.toFixed(2)}   gain ${gain.toFixed(2)}   best today ${nameOf(best.token)} ${best.change.toFixed(2)} %`,
    );
  }
};
