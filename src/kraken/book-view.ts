import { LEVEL_BYTES, LEVEL_QUANTITY } from '../memory/book-layout.ts';
import { type BookLevels, midOf, type PriceLevel, spreadOf } from '../memory/book-levels.ts';
import { type BookCheck, type BookState, bookCheckOf, bookStateOf } from '../memory/book-snapshot.ts';
import type { RecordFields } from '../memory/record-fields.ts';
import type { SymbolTable } from '../memory/symbol-table.ts';
import { KrakenView } from './kraken-view.ts';
import * as layout from './record-layout.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const PRICE_SCALE = layout.BOOK_RECORD_PRICE_SCALE;
const QUANTITY_SCALE = layout.BOOK_RECORD_QUANTITY_SCALE;
const BIDS = layout.BOOK_RECORD_BIDS;
const ASKS = layout.BOOK_RECORD_ASKS;
const CHECKSUM = layout.BOOK_RECORD_CHECKSUM;
const PART = layout.BOOK_RECORD_PART;
const CHECK = layout.BOOK_RECORD_CHECK;
const STATE = layout.BOOK_RECORD_STATE;
const BEST_BID = layout.BOOK_RECORD_BEST_BID;
const BEST_ASK = layout.BOOK_RECORD_BEST_ASK;
const LEVELS = layout.BOOK_RECORD_LEVELS;
const LEVEL = LEVEL_BYTES;
const QUANTITY = LEVEL_QUANTITY;

/** A book message, or a part of it, as a plain object. */
export interface BookChange {
  kind: 'book';
  symbol: string;
  timestamp: number | undefined;
  snapshot: boolean;
  bids: PriceLevel[];
  asks: PriceLevel[];
  bestBid: number | undefined;
  bestAsk: number | undefined;
  checksum: number | undefined;
  check: BookCheck;
  state: BookState;
  part: number;
  continued: boolean;
}

/**
 * What a book message changed (a snapshot: all levels), and the best bid and ask after it. A message with more than ten levels comes
 * in several records: `part` counts them, and `continued` is off in the last one. The whole book is `feed.book(symbol)`.
 */
export class BookView extends KrakenView {
  readonly kind = 'book';
  readonly #bids: BookLevels;
  readonly #asks: BookLevels;
  readonly #bestBid: BookLevels;
  readonly #bestAsk: BookLevels;

  constructor(fields: RecordFields, symbols: SymbolTable) {
    super(fields, symbols);
    this.#bids = fields.makeLevels();
    this.#asks = fields.makeLevels();
    this.#bestBid = fields.makeLevels();
    this.#bestAsk = fields.makeLevels();
  }

  /** Bids that changed, in the order of the message; quantity 0 for one that went. */
  get bids(): BookLevels {
    return this.levels(this.#bids, LEVELS, this.fields.uint8(BIDS));
  }

  /** Asks that changed, in the order of the message; quantity 0 for one that went. */
  get asks(): BookLevels {
    const behindBids = LEVELS + this.fields.uint8(BIDS) * LEVEL;
    return this.levels(this.#asks, behindBids, this.fields.uint8(ASKS));
  }

  /** Decimals of all prices of the book: a price is its integer / 10^priceScale. */
  get priceScale(): number {
    return this.fields.uint8(PRICE_SCALE);
  }

  get quantityScale(): number {
    return this.fields.uint8(QUANTITY_SCALE);
  }

  /** The best bid's price after the message; undefined when there is none. */
  get bestBid(): number | undefined {
    const best = this.best(this.#bestBid, BEST_BID);
    return best.length === 0 ? undefined : best.price(0);
  }

  get bestBidText(): string | undefined {
    const best = this.best(this.#bestBid, BEST_BID);
    return best.length === 0 ? undefined : best.priceText(0);
  }

  get bestBidInteger(): bigint | undefined {
    const best = this.best(this.#bestBid, BEST_BID);
    return best.length === 0 ? undefined : best.priceInteger(0);
  }

  get bestBidQuantity(): number | undefined {
    const best = this.best(this.#bestBid, BEST_BID);
    return best.length === 0 ? undefined : best.quantity(0);
  }

  get bestBidQuantityText(): string | undefined {
    const best = this.best(this.#bestBid, BEST_BID);
    return best.length === 0 ? undefined : best.quantityText(0);
  }

  get bestBidQuantityInteger(): bigint | undefined {
    const best = this.best(this.#bestBid, BEST_BID);
    return best.length === 0 ? undefined : best.quantityInteger(0);
  }

  /** The best ask's price after the message; undefined when there is none. */
  get bestAsk(): number | undefined {
    const best = this.best(this.#bestAsk, BEST_ASK);
    return best.length === 0 ? undefined : best.price(0);
  }

  get bestAskText(): string | undefined {
    const best = this.best(this.#bestAsk, BEST_ASK);
    return best.length === 0 ? undefined : best.priceText(0);
  }

  get bestAskInteger(): bigint | undefined {
    const best = this.best(this.#bestAsk, BEST_ASK);
    return best.length === 0 ? undefined : best.priceInteger(0);
  }

  get bestAskQuantity(): number | undefined {
    const best = this.best(this.#bestAsk, BEST_ASK);
    return best.length === 0 ? undefined : best.quantity(0);
  }

  get bestAskQuantityText(): string | undefined {
    const best = this.best(this.#bestAsk, BEST_ASK);
    return best.length === 0 ? undefined : best.quantityText(0);
  }

  get bestAskQuantityInteger(): bigint | undefined {
    const best = this.best(this.#bestAsk, BEST_ASK);
    return best.length === 0 ? undefined : best.quantityInteger(0);
  }

  /** Best ask − best bid after the message, reckoned in integers; undefined when a side is empty. */
  get spread(): number | undefined {
    return spreadOf(this.best(this.#bestBid, BEST_BID), this.best(this.#bestAsk, BEST_ASK));
  }

  /** (Best bid + best ask) / 2 after the message, reckoned in integers; undefined when a side is empty. */
  get mid(): number | undefined {
    return midOf(this.best(this.#bestBid, BEST_BID), this.best(this.#bestAsk, BEST_ASK));
  }

  /** As it came; undefined when none came. */
  get checksum(): number | undefined {
    return this.check === 'none' ? undefined : this.fields.uint32(CHECKSUM);
  }

  /** Whether it matched that of the book after the message. A match proves the ten best levels of each side, and no more. */
  get check(): BookCheck {
    return bookCheckOf(this.fields.uint8(CHECK));
  }

  /** The book's after the message; never `'degraded'`, which the feed decides later. */
  get state(): BookState {
    return bookStateOf(this.fields.uint8(STATE));
  }

  /** How many records of the message came before this one. */
  get part(): number {
    return this.fields.uint16(PART);
  }

  override toObject(): BookChange {
    return {
      kind: this.kind,
      symbol: this.symbol,
      timestamp: this.timestamp,
      snapshot: this.snapshot,
      bids: this.bids.toArray(),
      asks: this.asks.toArray(),
      bestBid: this.bestBid,
      bestAsk: this.bestAsk,
      checksum: this.checksum,
      check: this.check,
      state: this.state,
      part: this.part,
      continued: this.continued,
    };
  }

  private levels(levels: BookLevels, offset: number, length: number): BookLevels {
    levels.moveTo(this.fields.wordOf(offset), length, this.priceScale, this.quantityScale);
    return levels;
  }

  /** One level, or none. */
  private best(best: BookLevels, offset: number): BookLevels {
    return this.levels(best, offset, this.fields.has64(offset + QUANTITY) ? 1 : 0);
  }
}
