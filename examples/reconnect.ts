import { KiteFeed } from 'tickring';
import type { Example } from './example.ts';

export const run: Example = async ({ url, simulator }) => {
  let asked = 0;
  await using feed = new KiteFeed({
    url,
    apiKey: 'demo',
    // The second token is stale, as after 08:00 IST: it is refused, and a new one is asked for, once.
    accessToken: ({ refused }) => {
      asked += 1;
      console.log(`token number ${asked} is asked for${refused ? ', because the last one was refused' : ''}`);
      return asked === 2 ? 'yesterday' : 'demo';
    },
    reconnect: { initialDelay: 100, maxDelay: 1000 },
  });
  feed.on('state', ({ from, to, cause }) => console.log(`${from} → ${to} (${cause})`));
  feed.on('retry', ({ attempt, delay }) => console.log(`attempt ${attempt} in ${delay.toFixed(0)} ms`));
  feed.subscribe([408065, 738561], 'full');
  const reader = feed.reader();
  await feed.start();
  await feed.ready();

  let cut = false;
  for await (const batch of reader) {
    for (const tick of batch) {
      if (tick.epoch === 2 && tick.mode === 'full') {
        console.log(`ticks again, in epoch ${tick.epoch}, in mode ${tick.mode}`);
        return;
      }
    }
    if (!cut) simulator.disconnect();
    cut = true;
  }
};
