// Attaches to a Kraken feed, reads until it is closed, and says what it got.
import { parentPort, workerData } from 'node:worker_threads';
import { attach } from 'tickring/kraken';

const { handle, options, symbols } = workerData;
const feed = attach(handle);
const reader = feed.reader(options);
const kinds = {};
const books = Object.fromEntries(symbols.map((symbol) => [symbol, feed.book(symbol)]));
let last = {};
parentPort.postMessage('ready');
while (reader.waitSync()) {
  for (const record of reader.drain()) {
    kinds[record.kind] = (kinds[record.kind] ?? 0) + 1;
    // As long as its connection is open: a book is empty afterwards.
    if (record.kind === 'book') last = { ...last, [record.symbol]: books[record.symbol].read()?.toObject() };
  }
}
parentPort.postMessage({
  kinds,
  lagged: reader.lagged,
  books: last,
  latest: symbols.map((symbol) => feed.latest('ticker', symbol)?.toObject()),
});
