import type { RecordFields } from '../memory/record-fields.ts';
import type { SymbolTable } from '../memory/symbol-table.ts';
import { QuoteView } from './quote-view.ts';
import * as layout from './record-layout.ts';
import { centsOf, countNumber, countText, presentUnits, priceNumber, priceText } from './units.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const PRICE = layout.TICKER_PRICE;
const LAST_SIZE = layout.TICKER_LAST_SIZE;
const VOLUME = layout.TICKER_VOLUME;
const OPEN_INTEREST = layout.TICKER_OPEN_INTEREST;
const DOLLAR_VOLUME = layout.TICKER_DOLLAR_VOLUME;
const DOLLAR_OPEN_INTEREST = layout.TICKER_DOLLAR_OPEN_INTEREST;

/** A ticker as a plain object: what was not sent is undefined. */
export interface Ticker {
  kind: 'ticker';
  marketTicker: string;
  timestamp: number | undefined;
  price: number | undefined;
  yesBid: number | undefined;
  yesBidSize: number | undefined;
  yesAsk: number | undefined;
  yesAskSize: number | undefined;
  noBid: number | undefined;
  noAsk: number | undefined;
  lastSize: number | undefined;
  volume: number | undefined;
  openInterest: number | undefined;
  dollarVolume: number | undefined;
  dollarOpenInterest: number | undefined;
}

/** A ticker: the last trade, best bid and ask, volume and open interest. A bid of 0 and an ask of 1 say that nothing is there. */
export class TickerView extends QuoteView {
  readonly kind = 'ticker';

  constructor(fields: RecordFields, symbols: SymbolTable) {
    super(fields, symbols, {
      bid: layout.TICKER_YES_BID,
      ask: layout.TICKER_YES_ASK,
      bidSize: layout.TICKER_YES_BID_SIZE,
      askSize: layout.TICKER_YES_ASK_SIZE,
    });
  }

  /** YES price of the last trade; 0 in a market that never traded. */
  get price(): number | undefined {
    return priceNumber(this.fields.float64(PRICE));
  }

  get priceText(): string | undefined {
    return priceText(this.fields.float64(PRICE));
  }

  get priceUnits(): number | undefined {
    return presentUnits(this.fields.float64(PRICE));
  }

  get priceCents(): number | undefined {
    return centsOf(this.fields.float64(PRICE));
  }

  /** Contracts of the last trade. */
  get lastSize(): number | undefined {
    return countNumber(this.fields.float64(LAST_SIZE));
  }

  get lastSizeText(): string | undefined {
    return countText(this.fields.float64(LAST_SIZE));
  }

  get lastSizeUnits(): number | undefined {
    return presentUnits(this.fields.float64(LAST_SIZE));
  }

  /** Contracts traded since the market opened. */
  get volume(): number | undefined {
    return countNumber(this.fields.float64(VOLUME));
  }

  get volumeText(): string | undefined {
    return countText(this.fields.float64(VOLUME));
  }

  get volumeUnits(): number | undefined {
    return presentUnits(this.fields.float64(VOLUME));
  }

  /** Contracts that are open. */
  get openInterest(): number | undefined {
    return countNumber(this.fields.float64(OPEN_INTEREST));
  }

  get openInterestText(): string | undefined {
    return countText(this.fields.float64(OPEN_INTEREST));
  }

  get openInterestUnits(): number | undefined {
    return presentUnits(this.fields.float64(OPEN_INTEREST));
  }

  /** Whole dollars, as Kalshi reckons them. */
  get dollarVolume(): number | undefined {
    return presentUnits(this.fields.float64(DOLLAR_VOLUME));
  }

  get dollarOpenInterest(): number | undefined {
    return presentUnits(this.fields.float64(DOLLAR_OPEN_INTEREST));
  }

  override toObject(): Ticker {
    return {
      kind: this.kind,
      marketTicker: this.marketTicker,
      timestamp: this.timestamp,
      price: this.price,
      yesBid: this.yesBid,
      yesBidSize: this.yesBidSize,
      yesAsk: this.yesAsk,
      yesAskSize: this.yesAskSize,
      noBid: this.noBid,
      noAsk: this.noAsk,
      lastSize: this.lastSize,
      volume: this.volume,
      openInterest: this.openInterest,
      dollarVolume: this.dollarVolume,
      dollarOpenInterest: this.dollarOpenInterest,
    };
  }
}
