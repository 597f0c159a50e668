import { absent } from '../memory/record-fields.ts';
import { KalshiView } from './kalshi-view.ts';
import { PRICE_ONE } from './record-layout.ts';
import { complementOf, countNumber, countText, priceCents, priceNumber, priceText } from './units.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const ONE = PRICE_ONE;

/**
 * What records with best prices have: bid and ask of YES, and of NO, which are the same orders seen from the other side: a YES bid
 * at 0.47 is a NO ask at 0.53.
 */
export abstract class QuoteView extends KalshiView {
  /** Best YES bid in 1/10,000 dollar. */
  abstract get yesBidUnits(): number | undefined;
  /** Best YES ask, implied by the best NO bid. */
  abstract get yesAskUnits(): number | undefined;
  /** Contracts there, in 1/100. */
  abstract get yesBidSizeUnits(): number | undefined;
  abstract get yesAskSizeUnits(): number | undefined;

  get yesBid(): number | undefined {
    return priceNumber(this.yesBidUnits);
  }

  get yesBidText(): string | undefined {
    return priceText(this.yesBidUnits);
  }

  get yesBidCents(): number | undefined {
    return priceCents(this.yesBidUnits);
  }

  get yesBidSize(): number | undefined {
    return countNumber(this.yesBidSizeUnits);
  }

  get yesBidSizeText(): string | undefined {
    return countText(this.yesBidSizeUnits);
  }

  get yesAsk(): number | undefined {
    return priceNumber(this.yesAskUnits);
  }

  get yesAskText(): string | undefined {
    return priceText(this.yesAskUnits);
  }

  get yesAskCents(): number | undefined {
    return priceCents(this.yesAskUnits);
  }

  get yesAskSize(): number | undefined {
    return countNumber(this.yesAskSizeUnits);
  }

  get yesAskSizeText(): string | undefined {
    return countText(this.yesAskSizeUnits);
  }

  /** 1 − YES ask. */
  get noBidUnits(): number | undefined {
    const ask = this.yesAskUnits;
    return ask === undefined ? absent() : complementOf(ask);
  }

  get noBid(): number | undefined {
    return priceNumber(this.noBidUnits);
  }

  get noBidText(): string | undefined {
    return priceText(this.noBidUnits);
  }

  get noBidCents(): number | undefined {
    return priceCents(this.noBidUnits);
  }

  get noBidSizeUnits(): number | undefined {
    return this.yesAskSizeUnits;
  }

  get noBidSize(): number | undefined {
    return this.yesAskSize;
  }

  get noBidSizeText(): string | undefined {
    return this.yesAskSizeText;
  }

  /** 1 − YES bid. */
  get noAskUnits(): number | undefined {
    const bid = this.yesBidUnits;
    return bid === undefined ? absent() : complementOf(bid);
  }

  get noAsk(): number | undefined {
    return priceNumber(this.noAskUnits);
  }

  get noAskText(): string | undefined {
    return priceText(this.noAskUnits);
  }

  get noAskCents(): number | undefined {
    return priceCents(this.noAskUnits);
  }

  get noAskSizeUnits(): number | undefined {
    return this.yesBidSizeUnits;
  }

  get noAskSize(): number | undefined {
    return this.yesBidSize;
  }

  get noAskSizeText(): string | undefined {
    return this.yesBidSizeText;
  }

  /** Ask − bid, the same for YES and NO; undefined when a side is empty. */
  get spreadUnits(): number | undefined {
    const bid = this.yesBidUnits;
    const ask = this.yesAskUnits;
    // Tickers say 0 and 1 where nothing rests: neither is a price that an order can have.
    return bid === undefined || ask === undefined || bid === 0 || ask === ONE ? absent() : ask - bid;
  }

  get spread(): number | undefined {
    return priceNumber(this.spreadUnits);
  }

  /** (Bid + ask) / 2 of YES; undefined when a side is empty. */
  get midpoint(): number | undefined {
    const spread = this.spreadUnits;
    return spread === undefined ? absent() : (2 * this.yesBidUnits! + spread) / (2 * ONE);
  }
}
