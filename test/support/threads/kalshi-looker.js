// Attaches to a Kalshi feed; whenever it is asked, says what it sees of some markets, and what records it has read.
import { parentPort, workerData } from 'node:worker_threads';
import { attach } from 'tickring/kalshi';

const { handle, markets } = workerData;
const feed = attach(handle);
const reader = feed.reader();
const books = markets.map((market) => feed.book(market));
const kinds = {};

parentPort.on('message', () => {
  for (const { kind } of reader.drain()) kinds[kind] = (kinds[kind] ?? 0) + 1;
  parentPort.postMessage({
    kinds,
    books: books.map((book) => book.full()),
    summary: feed.summary(),
    sequences: feed.sequences(),
    tickers: markets.map((market) => feed.latest('ticker', market)?.toObject()),
  });
});
parentPort.postMessage('ready');
