import { BookMetrics, measureBook } from '../memory/book-metrics.ts';
import type { BookState } from '../memory/book-snapshot.ts';
import type { BookTable } from '../memory/book-table.ts';
import { KalshiBookSnapshot } from './book-snapshot.ts';

/** One market's book in short: dollars and contracts. */
export interface MarketSummary {
  marketTicker: string;
  connection: number;
  state: BookState;
  trusted: boolean;
  yesBid: number | undefined;
  yesBidSize: number | undefined;
  yesAsk: number | undefined;
  yesAskSize: number | undefined;
  noBid: number | undefined;
  noAsk: number | undefined;
  spread: number | undefined;
  midpoint: number | undefined;
  /** Contracts bid in all levels of a ladder, and the levels. */
  yesDepth: number;
  noDepth: number;
  yesLevels: number;
  noLevels: number;
  sid: number;
  seq: number;
  asOf: number | undefined;
  receivedAt: number;
}

/** All markets whose books are streamed. */
export interface KalshiSummary {
  markets: MarketSummary[];
  /** Books that are to be trusted, and those that wait for a snapshot because something is missing. */
  trusted: number;
  untrusted: number;
  /** How often something was missing in one of these books, and how often a snapshot mended that. */
  gaps: number;
  recoveries: number;
}

/**
 * Puts all books together, each as it is at the moment when it is read: where they lie, in the order in which they first came.
 *
 * @param books by connection; a market that moved between connections counts where its last message came
 */
export function summarize(books: ReadonlyMap<number, BookTable>): KalshiSummary {
  const newest = new Map<string, MarketSummary>();
  const summary: KalshiSummary = { markets: [], trusted: 0, untrusted: 0, gaps: 0, recoveries: 0 };
  const metrics = new BookMetrics();
  for (const [connection, table] of books) {
    const snapshot = new KalshiBookSnapshot(table.levels);
    for (let place = 0, { size } = table; place < size; place++) {
      if (!table.read(place, snapshot.yesScale)) continue;
      summary.gaps += snapshot.gaps;
      summary.recoveries += snapshot.recoveries;
      const { state, receivedAt, marketTicker } = snapshot;
      if (state === 'empty' || receivedAt < (newest.get(marketTicker)?.receivedAt ?? 0)) continue;
      newest.set(marketTicker, marketSummary(snapshot, connection, metrics));
    }
  }
  summary.markets = [...newest.values()];
  for (const { trusted } of summary.markets) summary[trusted ? 'trusted' : 'untrusted'] += 1;
  return summary;
}

function marketSummary(book: KalshiBookSnapshot, connection: number, into: BookMetrics): MarketSummary {
  const { bids, asks } = measureBook(book.yesScale, undefined, into);
  return {
    marketTicker: book.marketTicker,
    connection,
    state: book.state,
    trusted: book.trusted,
    yesBid: book.yesBid,
    yesBidSize: book.yesBidSize,
    yesAsk: book.yesAsk,
    yesAskSize: book.yesAskSize,
    noBid: book.noBid,
    noAsk: book.noAsk,
    spread: book.spread,
    midpoint: book.midpoint,
    yesDepth: bids.volume,
    noDepth: asks.volume,
    yesLevels: bids.levels,
    noLevels: asks.levels,
    sid: book.sid,
    seq: book.seq,
    asOf: book.asOf,
    receivedAt: book.receivedAt,
  };
}
