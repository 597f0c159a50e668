import { type BookLevels, midOf, PRICE_LOW, spreadOf } from '../memory/book-levels.ts';
import type { BookCheck, BookSnapshot, BookState } from '../memory/book-snapshot.ts';
import { complementOf, presentUnits, priceNumber } from './units.ts';

/**
 * What a book and a copy of it both say: best prices, and how far it is to be trusted. Kalshi sends bids only, of YES and of NO; the
 * asks are implied: a NO bid at 0.53 is a YES ask at 0.47.
 */
export abstract class BookQuotes {
  /** @internal The book on the YES scale: its head and best levels at least. */
  protected abstract look(): BookSnapshot | undefined;

  /**
   * - `'empty'`: nothing has come yet, it is not subscribed to any more, or what was there cannot be read;
   * - `'snapshot'`: the snapshot has come, and no delta yet;
   * - `'live'`: deltas are being applied;
   * - `'resyncing'`: something is missing, and deltas are ignored until the next snapshot;
   * - `'degraded'`: the same, and the feed has given up asking for snapshots.
   */
  get state(): BookState {
    return this.look()?.state ?? 'empty';
  }

  /** Whether it was right at that moment, as far as can be checked: a snapshot has come, and no message is missing since. */
  get trusted(): boolean {
    return this.look()?.trusted ?? false;
  }

  /** Whether the last message's number was the one that was due; `'none'` when it had none. */
  get check(): BookCheck {
    return this.look()?.check ?? 'none';
  }

  /** The subscription that it is streamed by; 0 before the first message. */
  get sid(): number {
    return this.look()?.venueSubscription ?? 0;
  }

  /** Number of the last message that was applied; 0 before the first. */
  get seq(): number {
    return this.look()?.venueSequence ?? 0;
  }

  /** Of the last message: how often its connection had been opened. */
  get epoch(): number {
    return this.look()?.epoch ?? 0;
  }

  /** Kalshi's time of the last message that had one, ms since the epoch: snapshots have none. */
  get asOf(): number | undefined {
    return this.look()?.asOf;
  }

  /** Until when it was right, by Kalshi's time, ms since the epoch; undefined when that is not known. */
  get goodUntil(): number | undefined {
    return this.look()?.goodUntil;
  }

  /** When the last message was received, ms since the epoch with a fraction; 0 when none has been. */
  get receivedAt(): number {
    return this.look()?.receivedAt ?? 0;
  }

  /** Best YES bid, dollars; undefined when there is none. */
  get yesBid(): number | undefined {
    return priceNumber(bestUnits(this.look()?.bids));
  }

  /** The same in 1/10,000 dollar. */
  get yesBidUnits(): number | undefined {
    return presentUnits(bestUnits(this.look()?.bids));
  }

  /** Contracts there. */
  get yesBidSize(): number | undefined {
    return this.look()?.bestBidQuantity;
  }

  /** Best YES ask: 1 − best NO bid. */
  get yesAsk(): number | undefined {
    return priceNumber(bestUnits(this.look()?.asks));
  }

  get yesAskUnits(): number | undefined {
    return presentUnits(bestUnits(this.look()?.asks));
  }

  get yesAskSize(): number | undefined {
    return this.look()?.bestAskQuantity;
  }

  get noBid(): number | undefined {
    return priceNumber(complementOf(bestUnits(this.look()?.asks)));
  }

  get noBidUnits(): number | undefined {
    return presentUnits(complementOf(bestUnits(this.look()?.asks)));
  }

  get noBidSize(): number | undefined {
    return this.yesAskSize;
  }

  /** Best NO ask: 1 − best YES bid. */
  get noAsk(): number | undefined {
    return priceNumber(complementOf(bestUnits(this.look()?.bids)));
  }

  get noAskUnits(): number | undefined {
    return presentUnits(complementOf(bestUnits(this.look()?.bids)));
  }

  get noAskSize(): number | undefined {
    return this.yesBidSize;
  }

  /** Best ask − best bid, dollars, the same for YES and NO; undefined when a side is empty. */
  get spread(): number | undefined {
    const book = this.look();
    return book && spreadOf(book.bids, book.asks);
  }

  /** (Best bid + best ask) / 2 of YES, dollars; undefined when a side is empty. */
  get midpoint(): number | undefined {
    const book = this.look();
    return book && midOf(book.bids, book.asks);
  }
}

/** The best level's price in units, which is less than 2^32; NaN when there is none. */
function bestUnits(levels: BookLevels | undefined): number {
  return levels === undefined || levels.length === 0 ? Number.NaN : levels.u32[levels.first + PRICE_LOW]!;
}
