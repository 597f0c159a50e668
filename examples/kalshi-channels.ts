import { KalshiFeed } from 'tickring/kalshi';
import type { KalshiExample } from './kalshi-example.ts';

/** Several channels at once: market data as views, everything else as objects, each under the name of its message. */
export const run: KalshiExample = async ({ options, simulator }) => {
  await using feed = new KalshiFeed(options);
  const counts = { tickers: 0, trades: 0, books: 0 };
  feed.on('ticker', () => {
    counts.tickers += 1;
  });
  feed.on('trade', () => {
    counts.trades += 1;
  });
  feed.on('book', () => {
    counts.books += 1;
  });
  feed.on('market_lifecycle_v2', ({ marketTicker, eventType }) =>
    console.log(`${marketTicker} ${eventType}`),
  );
  feed.on('user_order', ({ marketTicker, status, outcomeSide, yesPrice, remainingCount }) => {
    console.log(
      `order in ${marketTicker}: ${outcomeSide} at ${yesPrice?.text}, ${status}, ${remainingCount?.text} left`,
    );
  });
  feed.on('market_position', ({ marketTicker, position, realizedPnl }) => {
    console.log(`position in ${marketTicker}: ${position?.text} contracts, ${realizedPnl?.text} $ realized`);
  });
  const filled = new Promise<void>((resolve) => {
    feed.on('fill', ({ marketTicker, count, yesPrice, feeCost }) => {
      console.log(`filled: ${count?.text} of ${marketTicker} at ${yesPrice?.text}, fee ${feeCost?.text} $`);
      resolve();
    });
  });

  await feed.start();
  const markets = simulator.tickers.slice(0, 20);
  const results = await Promise.all([
    feed.subscribe({ channel: 'orderbook_delta', markets: [...markets, 'NO-SUCH-MARKET'] }),
    feed.subscribe({ channel: 'ticker', markets, sendInitialSnapshot: true }),
    feed.subscribe({ channel: 'trade', markets }),
    feed.subscribe({ channel: 'market_lifecycle_v2' }),
    feed.subscribe({ channel: 'user_orders' }),
    feed.subscribe({ channel: 'fill' }),
    feed.subscribe({ channel: 'market_positions' }),
  ]);
  for (const { channel, confirmed, missing } of results) {
    const what = confirmed.length === 0 ? 'all' : `${confirmed.length} markets`;
    console.log(`${channel}: ${what}${missing.length === 0 ? '' : `; there is no ${missing.join(', ')}`}`);
  }
  // The simulated account is slow.
  simulator.act(20);
  await filled;
  await feed.close();
  console.log(`${counts.tickers} tickers, ${counts.trades} trades, ${counts.books} messages of books`);
};
