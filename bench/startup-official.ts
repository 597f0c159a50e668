/** As startup-tickring, with the official client. */
import type { OfficialTick } from './official.ts';
import type { Startup } from './startup.ts';

const [url = '', tokens = '[]'] = process.argv.slice(2);
const start = performance.now();
const { KiteTicker } = await import('kiteconnect');
const imported = performance.now() - start;
const ticker = new KiteTicker({
  api_key: 'bench',
  access_token: 'bench',
  root: `${url}/`,
  reconnect: false,
} as ConstructorParameters<typeof KiteTicker>[0]);
ticker.on('connect', () => {
  ticker.setMode('full', ticker.subscribe(JSON.parse(tokens) as number[]));
});
ticker.on('ticks', ([tick]: readonly OfficialTick[]) => {
  const startup: Startup = { imported, firstTick: performance.now() - start, price: tick?.last_price ?? 0 };
  process.send?.(startup, () => process.exit(0));
});
ticker.connect();
