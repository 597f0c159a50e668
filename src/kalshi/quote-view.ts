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

/**
 * What records with best prices have: bid and ask of YES, and of NO, which are the same orders seen from the other side: a YES bid
 * at 0.47 is a NO ask at 0.53.
 */
export abstract class QuoteView extends KalshiView {
  // What the record has, in units; NaN where there is none.
  protected abstract get bid(): number;
  protected abstract get ask(): number;
  protected abstract get bidSize(): number;
  protected abstract get askSize(): number;

  /** Best YES bid, dollars. */
  get yesBid(): number | undefined {
    return priceNumber(this.bid);
  }

  get yesBidText(): string | undefined {
    return priceText(this.bid);
  }

  get yesBidUnits(): number | undefined {
    return presentUnits(this.bid);
  }

  get yesBidCents(): number | undefined {
    return centsOf(this.bid);
  }

  /** Contracts there. */
  get yesBidSize(): number | undefined {
    return countNumber(this.bidSize);
  }

  get yesBidSizeText(): string | undefined {
    return countText(this.bidSize);
  }

  get yesBidSizeUnits(): number | undefined {
    return presentUnits(this.bidSize);
  }

  /** Best YES ask: 1 − best NO bid. */
  get yesAsk(): number | undefined {
    return priceNumber(this.ask);
  }

  get yesAskText(): string | undefined {
    return priceText(this.ask);
  }

  get yesAskUnits(): number | undefined {
    return presentUnits(this.ask);
  }

  get yesAskCents(): number | undefined {
    return centsOf(this.ask);
  }

  /** Contracts there. */
  get yesAskSize(): number | undefined {
    return countNumber(this.askSize);
  }

  get yesAskSizeText(): string | undefined {
    return countText(this.askSize);
  }

  get yesAskSizeUnits(): number | undefined {
    return presentUnits(this.askSize);
  }

  /** Best NO bid: 1 − best YES ask. */
  get noBid(): number | undefined {
    return priceNumber(complementOf(this.ask));
  }

  get noBidText(): string | undefined {
    return priceText(complementOf(this.ask));
  }

  get noBidUnits(): number | undefined {
    return presentUnits(complementOf(this.ask));
  }

  get noBidCents(): number | undefined {
    return centsOf(complementOf(this.ask));
  }

  /** Contracts there. */
  get noBidSize(): number | undefined {
    return countNumber(this.askSize);
  }

  get noBidSizeText(): string | undefined {
    return countText(this.askSize);
  }

  get noBidSizeUnits(): number | undefined {
    return presentUnits(this.askSize);
  }

  /** Best NO ask: 1 − best YES bid. */
  get noAsk(): number | undefined {
    return priceNumber(complementOf(this.bid));
  }

  get noAskText(): string | undefined {
    return priceText(complementOf(this.bid));
  }

  get noAskUnits(): number | undefined {
    return presentUnits(complementOf(this.bid));
  }

  get noAskCents(): number | undefined {
    return centsOf(complementOf(this.bid));
  }

  /** Contracts there. */
  get noAskSize(): number | undefined {
    return countNumber(this.bidSize);
  }

  get noAskSizeText(): string | undefined {
    return countText(this.bidSize);
  }

  get noAskSizeUnits(): number | undefined {
    return presentUnits(this.bidSize);
  }

  /** Ask − bid, dollars, the same for YES and NO; undefined when a side is empty. */
  get spread(): number | undefined {
    return priceNumber(spreadOf(this.bid, this.ask));
  }

  get spreadUnits(): number | undefined {
    return presentUnits(spreadOf(this.bid, this.ask));
  }

  /** (Bid + ask) / 2 of YES, dollars; undefined when a side is empty. */
  get midpoint(): number | undefined {
    const { bid } = this;
    return priceNumber(bid + spreadOf(bid, this.ask) / 2);
  }
}

/** Tickers say 0 and 1 where nothing rests: neither is a price that an order can have. */
function spreadOf(bid: number, ask: number): number {
  return bid === 0 || ask === ONE ? Number.NaN : ask - bid;
}
