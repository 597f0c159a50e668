/** A program that does nothing but start: posts how long the import took, and the way to the first tick, ms. */
import type { Startup } from './startup.ts';

const [url = '', tokens = '[]'] = process.argv.slice(2);
const start = performance.now();
const { KiteFeed } = await import('tickring');
const imported = performance.now() - start;
const feed = new KiteFeed({ url, apiKey: 'bench', accessToken: 'bench', mode: 'full', connections: 1 });
const reader = feed.reader();
feed.subscribe(JSON.parse(tokens) as number[]);
await feed.start();
await reader.wait();
let price = 0;
for (const tick of reader.drain()) {
  price = tick.lastPrice;
  break;
}
const startup: Startup = { imported, firstTick: performance.now() - start, price };
process.send?.(startup, () => process.exit(0));
