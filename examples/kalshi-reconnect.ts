import { KalshiFeed } from 'tickring/kalshi';
import type { KalshiExample } from './kalshi-example.ts';

/** A connection is lost: what readers are told, and what comes back by itself. */
export const run: KalshiExample = async ({ options, simulator }) => {
  await using feed = new KalshiFeed({
    ...options,
    // The first attempt fails fast; afterwards the feed comes back however long it takes.
    connectStrategy: 'simple',
    reconnect: { initialDelay: 100, maxDelay: 1000 },
  });
  feed.on('state', ({ from, to, cause }) => console.log(`${from} → ${to} (${cause})`));
  feed.on('retry', ({ attempt, delay }) => console.log(`attempt ${attempt} in ${delay.toFixed(0)} ms`));
  const lost = new Promise<void>((resolve) => {
    feed.on('connection-lost', ({ error, subscriptions }) => {
      const held = subscriptions.map(({ channel, items }) => `${channel} of ${items.length} markets`);
      console.log(`lost: ${error.message}; it held ${held.join(' and ')}`);
      resolve();
    });
  });
  await feed.start();
  const markets = simulator.tickers.slice(0, 5);
  await feed.subscribe({ channel: 'orderbook_delta', markets });
  await feed.subscribe({ channel: 'trade', markets });
  console.log(`${feed.summary().trusted} books, of epoch ${feed.book(markets[0]!).epoch}`);

  simulator.disconnect();
  await lost;
  // Signed anew, subscribed anew, with new snapshots; books are empty until those have come.
  await feed.ready();
  const books = markets.map((market) => feed.book(market));
  using reader = feed.reader();
  for await (const _ of reader) {
    if (books.every(({ trusted }) => trusted)) break;
  }
  for (const { marketTicker, epoch, sid, seq, yesBid } of books) {
    console.log(`${marketTicker}: YES bid ${yesBid ?? '–'}, epoch ${epoch}, sid ${sid}, seq ${seq}`);
  }
};
