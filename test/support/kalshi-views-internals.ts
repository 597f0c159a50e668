/** What the package does not export and the tests of Kalshi's views and books need. */

export { attach, KALSHI_VENUE, type KalshiHandle } from '../../dist/src/kalshi/attachment.js';
export { KalshiBook } from '../../dist/src/kalshi/book.js';
export { KalshiBookSnapshot } from '../../dist/src/kalshi/book-snapshot.js';
export * as kalshiLayout from '../../dist/src/kalshi/record-layout.js';
export { centsOf, complementOf, numberOf, textOf, unitsOf } from '../../dist/src/kalshi/units.js';
export { type KalshiRecord, KalshiViews } from '../../dist/src/kalshi/view.js';
export * as sequenceTableLayout from '../../dist/src/memory/sequence-table-layout.js';
