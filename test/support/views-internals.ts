/** What the package does not export and the tests of views and books need. */

export { Level3Book } from '../../dist/src/kraken/level3-book.js';
export { OrderView } from '../../dist/src/kraken/order-view.js';
export * as krakenLayout from '../../dist/src/kraken/record-layout.js';
export { type KrakenRecord, KrakenViews } from '../../dist/src/kraken/view.js';
export { Book } from '../../dist/src/memory/book.js';
export { BookLadder } from '../../dist/src/memory/book-ladder.js';
export * as bookLayout from '../../dist/src/memory/book-layout.js';
export { BookMetrics, measureBook } from '../../dist/src/memory/book-metrics.js';
export { BookSnapshot } from '../../dist/src/memory/book-snapshot.js';
export { BookTable } from '../../dist/src/memory/book-table.js';
export {
  bigintText,
  decimalInteger,
  decimalText,
  decimalToNumber,
  parseDecimal,
} from '../../dist/src/memory/decimal.js';
export { nanosecondsToMilliseconds } from '../../dist/src/memory/nanoseconds.js';
export { PriceImpact, priceImpact } from '../../dist/src/memory/price-impact.js';
export { RecordFields } from '../../dist/src/memory/record-fields.js';
export * as recordLayout from '../../dist/src/memory/record-layout.js';
export { SymbolTable } from '../../dist/src/memory/symbol-table.js';
export * as symbolTableLayout from '../../dist/src/memory/symbol-table-layout.js';
