import { KalshiFeed } from 'tickring/kalshi';
import type { KalshiExample } from './kalshi-example.ts';

/** All books together: the tightest spreads, what is bid for them, and what happens to all of them when one message is missing. */
export const run: KalshiExample = async ({ options, simulator }) => {
  await using feed = new KalshiFeed(options);
  feed.on('gap', ({ channel, expected, received, markets }) => {
    console.log(
      `${channel}: ${expected} was due, ${received} came; ${markets.length} books are not to be trusted`,
    );
  });
  const mended = new Promise<void>((resolve) => {
    feed.on('resync', ({ outcome, step, markets, duration }) => {
      const { trusted, untrusted } = feed.summary();
      console.log(`${outcome} (${step}): ${markets.length} books; ${trusted} right now, ${untrusted} not`);
      if (outcome !== 'done') return;
      console.log(`that took ${duration.toFixed(0)} ms`);
      resolve();
    });
  });
  await feed.start();
  const { confirmed } = await feed.subscribe({ channel: 'orderbook_delta', markets: simulator.tickers });
  console.log(`${confirmed.length} books`);

  for (let round = 0; round < 2; round++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { markets, trusted } = feed.summary();
    const quoted = markets.filter(({ spread }) => spread !== undefined);
    quoted.sort((a, b) => a.spread! - b.spread!);
    const contracts = markets.reduce((sum, { yesDepth, noDepth }) => sum + yesDepth + noDepth, 0);
    console.log(
      `${trusted} books right, ${quoted.length} with both sides, ${contracts.toFixed(2)} contracts bid`,
    );
    for (const { marketTicker, yesBid, yesAsk, midpoint } of quoted.slice(0, 3)) {
      console.log(`  ${marketTicker}  ${yesBid} / ${yesAsk}, mid ${midpoint}`);
    }
  }
  simulator.inject({ kind: 'drop' }, { channel: 'orderbook_delta' });
  await mended;
};
