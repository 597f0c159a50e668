import { KiteFeed } from 'tickring';
import { type Example, NAMES, nameOf } from './example.ts';

export const run: Example = async ({ url, apiKey, accessToken }) => {
  await using feed = new KiteFeed({ url, apiKey, accessToken, mode: 'full' });
  feed.on('state', ({ connection, from, to, cause }) =>
    console.log(`connection ${connection}: ${from} → ${to} (${cause})`),
  );
  feed.subscribe(NAMES.keys());
  const reader = feed.reader();
  await feed.start();

  let seen = 0;
  for await (const batch of reader) {
    for (const tick of batch) {
      const late = (tick.decodedAt - tick.receivedAt).toFixed(2);
      console.log(
        `${nameOf(tick.instrumentToken).padEnd(10)} ${tick.lastPrice.toFixed(2).padStart(10)} ${tick.change?.toFixed(2)} %  decoded ${late} ms after it was received`,
      );
      seen += 1;
      if (seen === 15) return;
    }
  }
};
