// Reads a book so many times, and through so many changes, while a kernel writes it, and recomputes Kraken's checksum each time.
import { parentPort, workerData } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { Arena } from 'tickring/memory';
import { Book } from '../../../dist/src/memory/book.js';
import { BookSnapshot } from '../../../dist/src/memory/book-snapshot.js';
import { BookTable } from '../../../dist/src/memory/book-table.js';

const { handle, symbol, reads, changes: wanted, stop } = workerData;
const book = new Book([new BookTable(Arena.attach(handle))], symbol);
const snapshot = new BookSnapshot(10);
const seen = { whole: 0, torn: 0, untrusted: 0, backwards: 0, changes: 0 };
let before = 0;

function digitsOf(levels) {
  let digits = '';
  for (let i = 0; i < levels.length; i++) digits += `${levels.priceInteger(i)}${levels.quantityInteger(i)}`;
  return digits;
}

// Both, because on a busy machine the kernel may begin late.
while (seen.whole + seen.torn < reads || seen.changes < wanted) {
  if (!book.read(snapshot)) continue;
  const { asks, bids, checksum, updates, trusted } = snapshot;
  if (crc32(digitsOf(asks) + digitsOf(bids)) === checksum) seen.whole += 1;
  else seen.torn += 1;
  if (!trusted) seen.untrusted += 1;
  if (updates < before) seen.backwards += 1;
  if (updates !== before) seen.changes += 1;
  before = updates;
}
Atomics.store(stop, 0, 1);
parentPort.postMessage(seen);
