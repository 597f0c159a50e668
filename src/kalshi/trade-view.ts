import { KalshiView, optionalText } from './kalshi-view.ts';
import * as layout from './record-layout.ts';
import { centsOf, countNumber, countText, presentUnits, priceNumber, priceText } from './units.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const YES_PRICE = layout.TRADE_YES_PRICE;
const NO_PRICE = layout.TRADE_NO_PRICE;
const COUNT = layout.TRADE_COUNT;
const TAKER_SIDE = layout.TRADE_TAKER_SIDE;
const TAKER_BOOK_SIDE = layout.TRADE_TAKER_BOOK_SIDE;
const BLOCK = layout.TRADE_BLOCK;
const BLOCK_TRUE = 1;
const BLOCK_FALSE = 0;

/** An outcome, and the ladder of its bids. */
export type Side = 'yes' | 'no';
export type BookSide = 'bid' | 'ask';

const SIDES: readonly (Side | undefined)[] = [undefined, 'yes', 'no'];
const BOOK_SIDES: readonly (BookSide | undefined)[] = [undefined, 'bid', 'ask'];

/** By the SIDE_ numbers of the layout. */
export function sideOf(side: number): Side | undefined {
  return SIDES[side];
}

/** A trade as a plain object: what was not sent is undefined. */
export interface Trade {
  kind: 'trade';
  marketTicker: string;
  timestamp: number | undefined;
  yesPrice: number | undefined;
  noPrice: number | undefined;
  count: number | undefined;
  takerSide: Side | undefined;
  takerBookSide: BookSide | undefined;
  blockTrade: boolean | undefined;
  tradeId: string | undefined;
}

/** A trade. */
export class TradeView extends KalshiView {
  readonly kind = 'trade';

  /** What a YES contract cost. */
  get yesPrice(): number | undefined {
    return priceNumber(this.fields.float64(YES_PRICE));
  }

  get yesPriceText(): string | undefined {
    return priceText(this.fields.float64(YES_PRICE));
  }

  get yesPriceUnits(): number | undefined {
    return presentUnits(this.fields.float64(YES_PRICE));
  }

  get yesPriceCents(): number | undefined {
    return centsOf(this.fields.float64(YES_PRICE));
  }

  /** What a NO contract cost. */
  get noPrice(): number | undefined {
    return priceNumber(this.fields.float64(NO_PRICE));
  }

  get noPriceText(): string | undefined {
    return priceText(this.fields.float64(NO_PRICE));
  }

  get noPriceUnits(): number | undefined {
    return presentUnits(this.fields.float64(NO_PRICE));
  }

  get noPriceCents(): number | undefined {
    return centsOf(this.fields.float64(NO_PRICE));
  }

  /** Contracts. */
  get count(): number | undefined {
    return countNumber(this.fields.float64(COUNT));
  }

  get countText(): string | undefined {
    return countText(this.fields.float64(COUNT));
  }

  get countUnits(): number | undefined {
    return presentUnits(this.fields.float64(COUNT));
  }

  /** The outcome that the taker bought; undefined for a word that is not known. */
  get takerSide(): Side | undefined {
    return sideOf(this.fields.uint8(TAKER_SIDE));
  }

  /** The taker's side of a YES book: `'bid'` for YES. Undefined for a word that is not known. */
  get takerBookSide(): BookSide | undefined {
    return BOOK_SIDES[this.fields.uint8(TAKER_BOOK_SIDE)];
  }

  /** Whether it was negotiated outside the book. */
  get blockTrade(): boolean | undefined {
    const block = this.fields.uint8(BLOCK);
    return block === BLOCK_TRUE ? true : block === BLOCK_FALSE ? false : undefined;
  }

  /** A UUID. */
  get tradeId(): string | undefined {
    return optionalText(this.fields, layout.TRADE_ID_LENGTH, layout.TRADE_ID);
  }

  override toObject(): Trade {
    return {
      kind: this.kind,
      marketTicker: this.marketTicker,
      timestamp: this.timestamp,
      yesPrice: this.yesPrice,
      noPrice: this.noPrice,
      count: this.count,
      takerSide: this.takerSide,
      takerBookSide: this.takerBookSide,
      blockTrade: this.blockTrade,
      tradeId: this.tradeId,
    };
  }
}
