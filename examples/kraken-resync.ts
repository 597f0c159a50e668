import { KrakenFeed } from 'tickring/kraken';
import type { KrakenExample } from './kraken-example.ts';

/** An update is lost on the way: the book's checksum tells, and the book is mended. */
export const run: KrakenExample = async ({ options, simulator }) => {
  await using feed = new KrakenFeed(options);
  const book = feed.book('BTC/USD');
  feed.on('gap', (gap) => {
    if (gap.reason !== 'checksum') return;
    const until = gap.goodUntil === undefined ? 'never' : new Date(gap.goodUntil).toISOString();
    console.log(
      `${gap.symbol}: checksum ${gap.expected}, computed ${gap.computed}; it was right until ${until}`,
    );
  });
  feed.on('resync', ({ symbol, outcome, attempt, duration }) => {
    console.log(
      `${symbol}: ${outcome}, attempt ${attempt}, after ${duration.toFixed(0)} ms; now ${book.state}`,
    );
  });
  feed.on('state', ({ from, to, cause }) => console.log(`${from} → ${to} (${cause})`));
  await feed.start();
  await feed.subscribe({ channel: 'book', symbols: ['BTC/USD'] });

  const mended = new Promise<void>((resolve) => {
    feed.on('resync', ({ outcome }) => outcome === 'done' && resolve());
  });
  // Until one is lost that matters: some are undone by the next update before anybody could know.
  const losing = setInterval(() => simulator.inject({ kind: 'drop' }, { channel: 'book' }), 100);
  await mended;
  clearInterval(losing);
  const { booksMatched, booksFailed, booksIgnored } = feed.stats();
  console.log(
    `${booksMatched} messages checked, ${booksFailed} failed, ${booksIgnored} ignored until the snapshot`,
  );
};
