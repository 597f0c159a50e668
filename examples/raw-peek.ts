import { KiteFeed } from 'tickring';
import { type Example, nameOf } from './example.ts';

export const run: Example = async ({ url, apiKey, accessToken }) => {
  // No decoder runs: one thread, here this one, reads frames and packets where the socket's copy lies.
  await using feed = new KiteFeed({ url, apiKey, accessToken, raw: true });
  feed.subscribe([256265, 408065, 738561, 779521], 'full');
  using reader = feed.rawReader(0);
  await feed.start();

  let frames = 0;
  for await (const frame of reader) {
    console.log(`frame ${frame.number}: ${frame.kind}, ${frame.byteLength} bytes, epoch ${frame.epoch}`);
    let shown = 0;
    for (const packet of frame) {
      const size = String(packet.byteLength).padStart(3);
      console.log(`  ${size} bytes  ${nameOf(packet.instrumentToken)} ${packet.lastPrice}`);
      shown += 1;
      if (shown === 4) break;
    }
    frames += 1;
    if (frames === 8) return;
  }
};
