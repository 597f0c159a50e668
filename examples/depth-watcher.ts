import { KiteFeed } from 'tickring';
import { type Example, nameOf } from './example.ts';

const TOKEN = 408065;

export const run: Example = async ({ url, apiKey, accessToken }) => {
  await using feed = new KiteFeed({ url, apiKey, accessToken });
  feed.subscribe([TOKEN], 'full');
  const reader = feed.reader();
  await feed.start();

  let shown = 0;
  for await (const batch of reader) {
    for (const tick of batch) {
      if (tick.mode !== 'full') continue; // Until the mode message arrives, the service streams quotes.
      const spread = tick.askPrice(0)! - tick.bidPrice(0)!;
      console.log(`${nameOf(TOKEN)} ${tick.lastPrice.toFixed(2)}   spread ${spread.toFixed(2)}`);
      for (let level = 0; level < 5; level++) {
        const bid = `${String(tick.bidQuantity(level)).padStart(8)} ${tick.bidPrice(level)!.toFixed(2)}`;
        const ask = `${tick.askPrice(level)!.toFixed(2)} ${tick.askQuantity(level)}`;
        console.log(`  ${bid} │ ${ask}`);
      }
      shown += 1;
      if (shown === 3) return;
    }
  }
};
