// Reads a book so many times, and through so many changes, while it is written, and recomputes the checksum of all that it read.
import { parentPort, workerData } from 'node:worker_threads';
import { Arena } from 'tickring/memory';
import { Book } from '../../../dist/src/memory/book.js';
import { BookSnapshot } from '../../../dist/src/memory/book-snapshot.js';
import { BookTable } from '../../../dist/src/memory/book-table.js';
import { mix } from './books.js';

const { handle, symbol, reads, changes: wanted, stop } = workerData;
const arena = Arena.attach(handle);
const book = new Book([new BookTable(arena)], symbol);
const snapshot = new BookSnapshot(10);
let whole = 0;
let torn = 0;
let backwards = 0;
let changes = 0;
let before = 0;

function sumOf(sum, levels) {
  for (let i = 0; i < levels.length; i++) sum = mix(mix(sum, levels.price(i)), levels.quantity(i));
  return sum;
}

// Both, because on a busy machine the writer may begin late.
while (whole + torn < reads || changes < wanted) {
  if (!book.read(snapshot)) continue;
  const { epoch, bids, asks, checksum } = snapshot;
  const sum = sumOf(sumOf(mix(mix(mix(0, epoch), bids.length), asks.length), bids), asks);
  if (sum >>> 0 === checksum) whole += 1;
  else torn += 1;
  if (epoch < before) backwards += 1;
  if (epoch !== before) changes += 1;
  before = epoch;
}
Atomics.store(stop, 0, 1);
parentPort.postMessage({ whole, torn, backwards, changes });
