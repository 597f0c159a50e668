import { BookSnapshot, KrakenFeed } from 'tickring/kraken';
import type { KrakenExample } from './kraken-example.ts';

/** Books of all pairs, spread over connections; twice a second the tightest spreads. */
export const run: KrakenExample = async ({ options, simulator }) => {
  await using feed = new KrakenFeed({ ...options, symbolsPerConnection: 100 });
  await feed.start();
  const { symbols } = simulator;
  await feed.subscribe({ channel: 'book', symbols });
  const connections = feed.states.filter((state) => state === 'subscribed').length;
  console.log(`${symbols.length} books on ${connections} connections`);

  const books = symbols.map((symbol) => feed.book(symbol));
  // Best levels are enough.
  const top = new BookSnapshot(1);
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const spreads = [];
    for (const book of books) {
      if (book.read(top)?.trusted && top.spreadBps !== undefined)
        spreads.push({ symbol: top.symbol, bps: top.spreadBps });
    }
    spreads.sort((a, b) => a.bps - b.bps);
    const tightest = spreads.slice(0, 5).map(({ symbol, bps }) => `${symbol} ${bps.toFixed(4)}`);
    const { booksMatched, rates } = feed.stats();
    console.log(
      `${booksMatched} checks, ${rates.recordsPerSecond.toFixed(0)} records/s; bps: ${tightest.join(', ')}`,
    );
  }
};
