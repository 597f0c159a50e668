import { type BookCheck, type BookState, bookCheckOf, bookStateOf } from '../memory/book-snapshot.ts';
import { absent, type RecordFields } from '../memory/record-fields.ts';
import { RECORD_KIND } from '../memory/record-layout.ts';
import type { SymbolTable } from '../memory/symbol-table.ts';
import { optionalText } from './kalshi-view.ts';
import { type Level, type Levels, RecordLevels } from './levels.ts';
import { QuoteView } from './quote-view.ts';
import * as layout from './record-layout.ts';
import { type Side, sideOf } from './trade-view.ts';
import { centsOf, countNumber, countText, presentUnits, priceNumber, priceText } from './units.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const KIND = RECORD_KIND;
const SNAPSHOT = layout.KALSHI_BOOK_SNAPSHOT;
const STATE = layout.BOOK_RECORD_STATE;
const CHECK = layout.BOOK_RECORD_CHECK;
const YES_LEVELS = layout.SNAPSHOT_YES_LEVELS;
const NO_LEVELS = layout.SNAPSHOT_NO_LEVELS;
const PART = layout.SNAPSHOT_PART;
const LEVELS = layout.SNAPSHOT_LEVELS;
const LEVEL = layout.SNAPSHOT_LEVEL_BYTES;
const LEVEL_SIZE = LEVEL / 2;
const DELTA_SIDE = layout.DELTA_SIDE;
const DELTA_PRICE = layout.DELTA_PRICE;
const DELTA_CHANGE = layout.DELTA_CHANGE;
const DELTA_COUNT = layout.DELTA_COUNT;
const DELTA_SIZE = DELTA_COUNT - DELTA_PRICE;
const SIDE_YES = layout.SIDE_YES;
const SIDE_NO = layout.SIDE_NO;

/** A book message, or a part of it, as a plain object. */
export interface BookChange {
  kind: 'book';
  marketTicker: string;
  timestamp: number | undefined;
  snapshot: boolean;
  sid: number;
  seq: number | undefined;
  yes: Level[];
  no: Level[];
  side: Side | undefined;
  price: number | undefined;
  delta: number | undefined;
  yesBid: number | undefined;
  yesAsk: number | undefined;
  check: BookCheck;
  state: BookState;
  part: number;
  continued: boolean;
}

/**
 * What a book message said, and the best prices after it: of a snapshot all levels of both ladders, of a delta one level. A
 * snapshot of more than six levels comes in several records: `part` counts them, and `continued` is off in the last one. The whole
 * book is `feed.book(marketTicker)`.
 */
export class BookView extends QuoteView {
  readonly kind = 'book';
  readonly #yes: RecordLevels;
  readonly #no: RecordLevels;

  constructor(fields: RecordFields, symbols: SymbolTable) {
    super(fields, symbols, {
      bid: layout.BOOK_RECORD_BID,
      ask: layout.BOOK_RECORD_ASK,
      bidSize: layout.BOOK_RECORD_BID_COUNT,
      askSize: layout.BOOK_RECORD_ASK_COUNT,
    });
    this.#yes = new RecordLevels(fields);
    this.#no = new RecordLevels(fields);
  }

  /** Whether it is a snapshot, or a part of one; otherwise it is a delta. */
  get snapshot(): boolean {
    return this.fields.uint8(KIND) === SNAPSHOT;
  }

  /** YES bids that changed, with their new sizes: 0 for one that went. */
  get yes(): Levels {
    const { fields } = this;
    return this.snapshot
      ? this.#yes.moveTo(LEVELS, fields.uint8(YES_LEVELS), LEVEL_SIZE, LEVEL)
      : this.#yes.moveTo(DELTA_PRICE, fields.uint8(DELTA_SIDE) === SIDE_YES ? 1 : 0, DELTA_SIZE, 0);
  }

  /** NO bids that changed, at NO prices. */
  get no(): Levels {
    const { fields } = this;
    const first = LEVELS + fields.uint8(YES_LEVELS) * LEVEL;
    return this.snapshot
      ? this.#no.moveTo(first, fields.uint8(NO_LEVELS), LEVEL_SIZE, LEVEL)
      : this.#no.moveTo(DELTA_PRICE, fields.uint8(DELTA_SIDE) === SIDE_NO ? 1 : 0, DELTA_SIZE, 0);
  }

  /** Of a delta: the ladder. What follows is undefined in snapshots. */
  get side(): Side | undefined {
    return this.snapshot ? undefined : sideOf(this.fields.uint8(DELTA_SIDE));
  }

  /** Of a delta: the level's price, of a NO bid the NO price. */
  get price(): number | undefined {
    return priceNumber(this.ofDelta(DELTA_PRICE));
  }

  get priceText(): string | undefined {
    return priceText(this.ofDelta(DELTA_PRICE));
  }

  get priceUnits(): number | undefined {
    return presentUnits(this.ofDelta(DELTA_PRICE));
  }

  get priceCents(): number | undefined {
    return centsOf(this.ofDelta(DELTA_PRICE));
  }

  /** Of a delta: how the number of contracts at the price changed. */
  get delta(): number | undefined {
    return countNumber(this.ofDelta(DELTA_CHANGE));
  }

  get deltaText(): string | undefined {
    return countText(this.ofDelta(DELTA_CHANGE));
  }

  get deltaUnits(): number | undefined {
    return presentUnits(this.ofDelta(DELTA_CHANGE));
  }

  /** Of a delta: contracts at the price after it. */
  get size(): number | undefined {
    return countNumber(this.ofDelta(DELTA_COUNT));
  }

  get sizeText(): string | undefined {
    return countText(this.ofDelta(DELTA_COUNT));
  }

  get sizeUnits(): number | undefined {
    return presentUnits(this.ofDelta(DELTA_COUNT));
  }

  /** Of a delta that one's own order caused. */
  get clientOrderId(): string | undefined {
    return this.snapshot
      ? undefined
      : optionalText(this.fields, layout.DELTA_ORDER_ID_LENGTH, layout.DELTA_ORDER_ID);
  }

  /** Of a delta that one's own order caused: whose it is. */
  get subaccount(): number | undefined {
    if (this.snapshot) return absent();
    const subaccount = this.fields.uint32(layout.DELTA_SUBACCOUNT);
    return subaccount === layout.NO_SUBACCOUNT ? absent() : subaccount;
  }

  /** Whether the message's number was the one that was due. */
  get check(): BookCheck {
    return bookCheckOf(this.fields.uint8(CHECK));
  }

  /** The book's after the message; never `'degraded'`, which the feed decides later. */
  get state(): BookState {
    return bookStateOf(this.fields.uint8(STATE));
  }

  /** How many records of the message came before this one. */
  get part(): number {
    return this.snapshot ? this.fields.uint16(PART) : 0;
  }

  override toObject(): BookChange {
    return {
      kind: this.kind,
      marketTicker: this.marketTicker,
      timestamp: this.timestamp,
      snapshot: this.snapshot,
      sid: this.sid,
      seq: this.seq,
      yes: this.yes.toArray(),
      no: this.no.toArray(),
      side: this.side,
      price: this.price,
      delta: this.delta,
      yesBid: this.yesBid,
      yesAsk: this.yesAsk,
      check: this.check,
      state: this.state,
      part: this.part,
      continued: this.continued,
    };
  }

  // What follows is private to TypeScript only: V8 is slow with private methods.

  /** A field that snapshots do not have: NaN in them. */
  private ofDelta(field: number): number {
    return this.fields.uint8(KIND) === SNAPSHOT ? Number.NaN : this.fields.float64(field);
  }
}
