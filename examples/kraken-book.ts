import { BookLadder, BookSnapshot, KrakenFeed } from 'tickring/kraken';
import type { KrakenExample } from './kraken-example.ts';

/** A ladder of an order book, whenever the book has changed since the last look. */
export const run: KrakenExample = async ({ options }) => {
  await using feed = new KrakenFeed(options);
  await feed.start();
  await feed.subscribe({ channel: 'book', symbols: ['BTC/USD'], depth: 25 });

  const book = feed.book('BTC/USD');
  const snapshot = new BookSnapshot(25);
  const ladder = new BookLadder({ rows: 5 });
  let seen = 0;
  for (let look = 0; look < 3; look++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (book.sequence === seen || !book.read(snapshot)) continue;
    seen = book.sequence;
    const spread = `${snapshot.spread?.toFixed(1)} (${snapshot.spreadBps?.toFixed(2)} bps)`;
    console.log(`${snapshot.symbol} ${snapshot.trusted ? 'checked' : snapshot.state}, spread ${spread}`);
    const { bids, asks } = ladder.read(snapshot);
    for (let row = 0; row < Math.min(bids.length, asks.length); row++) {
      const bid = `${bids.cumulative(row).toFixed(3).padStart(9)} ${bids.priceText(row)}`;
      const ask = `${asks.priceText(row)} ${asks.cumulative(row).toFixed(3)}`;
      console.log(`  ${bid} │ ${ask}`);
    }
  }
};
