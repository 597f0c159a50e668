import type { RecordFields } from '../memory/record-fields.ts';
import type { SymbolTable } from '../memory/symbol-table.ts';
import { KalshiView } from './kalshi-view.ts';
import { PRICE_ONE } from './record-layout.ts';
import {
  centsOf,
  complementOf,
  countNumber,
  countText,
  presentUnits,
  priceNumber,
  priceText,
} from './units.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const ONE = PRICE_ONE;

/** Where in a record best bid and ask of YES are, in units: float64 each, NaN where there is none. */
interface QuoteOffsets {
  readonly bid: number;
  readonly ask: number;
  readonly bidSize: number;
  readonly askSize: number;
}

/**
 * What records with best prices have: bid and ask of YES, and of NO, which are the same orders seen from the other side: a YES bid
 * at 0.47 is a NO ask at 0.53.
 */
export abstract class QuoteView extends KalshiView {
  // Offsets of float64 fields: accessors would take more code.
  private readonly bid: number;
  private readonly ask: number;
  private readonly bidSize: number;
  private readonly askSize: number;

  constructor(fields: RecordFields, symbols: SymbolTable, offsets: QuoteOffsets) {
    super(fields, symbols);
    this.bid = offsets.bid;
    this.ask = offsets.ask;
    this.bidSize = offsets.bidSize;
    this.askSize = offsets.askSize;
  }

  /** Best YES bid, dollars. */
  get yesBid(): number | undefined {
    return priceNumber(this.fields.float64(this.bid));
  }

  get yesBidText(): string | undefined {
    return priceText(this.fields.float64(this.bid));
  }

  get yesBidUnits(): number | undefined {
    return presentUnits(this.fields.float64(this.bid));
  }

  get yesBidCents(): number | undefined {
    return centsOf(this.fields.float64(this.bid));
  }

  /** Contracts there; 0 when there are none. */
  get yesBidSize(): number | undefined {
    return countNumber(this.fields.float64(this.bidSize));
  }

  get yesBidSizeText(): string | undefined {
    return countText(this.fields.float64(this.bidSize));
  }

  get yesBidSizeUnits(): number | undefined {
    return presentUnits(this.fields.float64(this.bidSize));
  }

  /** Best YES ask: 1 − best NO bid. */
  get yesAsk(): number | undefined {
    return priceNumber(this.fields.float64(this.ask));
  }

  get yesAskText(): string | undefined {
    return priceText(this.fields.float64(this.ask));
  }

  get yesAskUnits(): number | undefined {
    return presentUnits(this.fields.float64(this.ask));
  }

  get yesAskCents(): number | undefined {
    return centsOf(this.fields.float64(this.ask));
  }

  /** Contracts there; 0 when there are none. */
  get yesAskSize(): number | undefined {
    return countNumber(this.fields.float64(this.askSize));
  }

  get yesAskSizeText(): string | undefined {
    return countText(this.fields.float64(this.askSize));
  }

  get yesAskSizeUnits(): number | undefined {
    return presentUnits(this.fields.float64(this.askSize));
  }

  /** Best NO bid: 1 − best YES ask. */
  get noBid(): number | undefined {
    return priceNumber(complementOf(this.fields.float64(this.ask)));
  }

  get noBidText(): string | undefined {
    return priceText(complementOf(this.fields.float64(this.ask)));
  }

  get noBidUnits(): number | undefined {
    return presentUnits(complementOf(this.fields.float64(this.ask)));
  }

  get noBidCents(): number | undefined {
    return centsOf(complementOf(this.fields.float64(this.ask)));
  }

  /** Contracts there; 0 when there are none. */
  get noBidSize(): number | undefined {
    return countNumber(this.fields.float64(this.askSize));
  }

  get noBidSizeText(): string | undefined {
    return countText(this.fields.float64(this.askSize));
  }

  get noBidSizeUnits(): number | undefined {
    return presentUnits(this.fields.float64(this.askSize));
  }

  /** Best NO ask: 1 − best YES bid. */
  get noAsk(): number | undefined {
    return priceNumber(complementOf(this.fields.float64(this.bid)));
  }

  get noAskText(): string | undefined {
    return priceText(complementOf(this.fields.float64(this.bid)));
  }

  get noAskUnits(): number | undefined {
    return presentUnits(complementOf(this.fields.float64(this.bid)));
  }

  get noAskCents(): number | undefined {
    return centsOf(complementOf(this.fields.float64(this.bid)));
  }

  /** Contracts there; 0 when there are none. */
  get noAskSize(): number | undefined {
    return countNumber(this.fields.float64(this.bidSize));
  }

  get noAskSizeText(): string | undefined {
    return countText(this.fields.float64(this.bidSize));
  }

  get noAskSizeUnits(): number | undefined {
    return presentUnits(this.fields.float64(this.bidSize));
  }

  /** Ask − bid, dollars, the same for YES and NO; undefined when a side is empty. */
  get spread(): number | undefined {
    return priceNumber(spreadOf(this.fields.float64(this.bid), this.fields.float64(this.ask)));
  }

  get spreadUnits(): number | undefined {
    return presentUnits(spreadOf(this.fields.float64(this.bid), this.fields.float64(this.ask)));
  }

  /** (Bid + ask) / 2 of YES, dollars; undefined when a side is empty. */
  get midpoint(): number | undefined {
    const bid = this.fields.float64(this.bid);
    return priceNumber(bid + spreadOf(bid, this.fields.float64(this.ask)) / 2);
  }
}

/** Tickers say 0 and 1 where nothing rests: neither is a price that an order can have. */
function spreadOf(bid: number, ask: number): number {
  return bid === 0 || ask === ONE ? Number.NaN : ask - bid;
}
