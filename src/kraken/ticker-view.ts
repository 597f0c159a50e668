import { KrakenView } from './kraken-view.ts';
import * as layout from './record-layout.ts';
import { integerOf, optionalCount, optionalText, scaleOf } from './view-fields.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const BID = layout.TICKER_BID;
const BID_QUANTITY = layout.TICKER_BID_QUANTITY;
const ASK = layout.TICKER_ASK;
const ASK_QUANTITY = layout.TICKER_ASK_QUANTITY;
const LAST = layout.TICKER_LAST;
const VOLUME = layout.TICKER_VOLUME;
const VWAP = layout.TICKER_VWAP;
const LOW = layout.TICKER_LOW;
const HIGH = layout.TICKER_HIGH;
const CHANGE = layout.TICKER_CHANGE;
const CHANGE_PERCENT = layout.TICKER_CHANGE_PERCENT;
const BID_SCALE = scaleOffset(BID);
const BID_QUANTITY_SCALE = scaleOffset(BID_QUANTITY);
const ASK_SCALE = scaleOffset(ASK);
const ASK_QUANTITY_SCALE = scaleOffset(ASK_QUANTITY);
const LAST_SCALE = scaleOffset(LAST);
const VOLUME_SCALE = scaleOffset(VOLUME);
const VWAP_SCALE = scaleOffset(VWAP);
const LOW_SCALE = scaleOffset(LOW);
const HIGH_SCALE = scaleOffset(HIGH);
const CHANGE_SCALE = scaleOffset(CHANGE);
const CHANGE_PERCENT_SCALE = scaleOffset(CHANGE_PERCENT);
const TRADES = layout.TICKER_TRADES;

function scaleOffset(field: number): number {
  return layout.TICKER_SCALES + (field - layout.TICKER_BID) / 8;
}

/** A ticker as a plain object: what was not sent is undefined. */
export interface Ticker {
  kind: 'ticker';
  symbol: string;
  timestamp: number | undefined;
  snapshot: boolean;
  bid: number | undefined;
  bidQuantity: number | undefined;
  ask: number | undefined;
  askQuantity: number | undefined;
  last: number | undefined;
  volume: number | undefined;
  vwap: number | undefined;
  low: number | undefined;
  high: number | undefined;
  change: number | undefined;
  changePercent: number | undefined;
  trades: number | undefined;
}

/**
 * A ticker: best bid and ask, the last trade, and figures of the last 24 hours. Prices and `change` are in the quote currency,
 * quantities and `volume` in the base currency. What a message does not carry is undefined (`last`, when nothing was traded).
 */
export class TickerView extends KrakenView {
  readonly kind = 'ticker';

  /** Best bid. */
  get bid(): number | undefined {
    return this.fields.decimalAt(BID, BID_SCALE);
  }

  get bidText(): string | undefined {
    return optionalText(this.fields, BID, BID_SCALE);
  }

  get bidInteger(): bigint | undefined {
    return integerOf(this.fields, BID, BID_SCALE);
  }

  get bidScale(): number | undefined {
    return scaleOf(this.fields, BID_SCALE);
  }

  get bidQuantity(): number | undefined {
    return this.fields.decimalAt(BID_QUANTITY, BID_QUANTITY_SCALE);
  }

  get bidQuantityText(): string | undefined {
    return optionalText(this.fields, BID_QUANTITY, BID_QUANTITY_SCALE);
  }

  get bidQuantityInteger(): bigint | undefined {
    return integerOf(this.fields, BID_QUANTITY, BID_QUANTITY_SCALE);
  }

  get bidQuantityScale(): number | undefined {
    return scaleOf(this.fields, BID_QUANTITY_SCALE);
  }

  /** Best ask. */
  get ask(): number | undefined {
    return this.fields.decimalAt(ASK, ASK_SCALE);
  }

  get askText(): string | undefined {
    return optionalText(this.fields, ASK, ASK_SCALE);
  }

  get askInteger(): bigint | undefined {
    return integerOf(this.fields, ASK, ASK_SCALE);
  }

  get askScale(): number | undefined {
    return scaleOf(this.fields, ASK_SCALE);
  }

  get askQuantity(): number | undefined {
    return this.fields.decimalAt(ASK_QUANTITY, ASK_QUANTITY_SCALE);
  }

  get askQuantityText(): string | undefined {
    return optionalText(this.fields, ASK_QUANTITY, ASK_QUANTITY_SCALE);
  }

  get askQuantityInteger(): bigint | undefined {
    return integerOf(this.fields, ASK_QUANTITY, ASK_QUANTITY_SCALE);
  }

  get askQuantityScale(): number | undefined {
    return scaleOf(this.fields, ASK_QUANTITY_SCALE);
  }

  /** Price of the last trade. */
  get last(): number | undefined {
    return this.fields.decimalAt(LAST, LAST_SCALE);
  }

  get lastText(): string | undefined {
    return optionalText(this.fields, LAST, LAST_SCALE);
  }

  get lastInteger(): bigint | undefined {
    return integerOf(this.fields, LAST, LAST_SCALE);
  }

  get lastScale(): number | undefined {
    return scaleOf(this.fields, LAST_SCALE);
  }

  /** Of the last 24 hours, like all that follow. */
  get volume(): number | undefined {
    return this.fields.decimalAt(VOLUME, VOLUME_SCALE);
  }

  get volumeText(): string | undefined {
    return optionalText(this.fields, VOLUME, VOLUME_SCALE);
  }

  get volumeInteger(): bigint | undefined {
    return integerOf(this.fields, VOLUME, VOLUME_SCALE);
  }

  get volumeScale(): number | undefined {
    return scaleOf(this.fields, VOLUME_SCALE);
  }

  /** Volume-weighted average price. */
  get vwap(): number | undefined {
    return this.fields.decimalAt(VWAP, VWAP_SCALE);
  }

  get vwapText(): string | undefined {
    return optionalText(this.fields, VWAP, VWAP_SCALE);
  }

  get vwapInteger(): bigint | undefined {
    return integerOf(this.fields, VWAP, VWAP_SCALE);
  }

  get vwapScale(): number | undefined {
    return scaleOf(this.fields, VWAP_SCALE);
  }

  get low(): number | undefined {
    return this.fields.decimalAt(LOW, LOW_SCALE);
  }

  get lowText(): string | undefined {
    return optionalText(this.fields, LOW, LOW_SCALE);
  }

  get lowInteger(): bigint | undefined {
    return integerOf(this.fields, LOW, LOW_SCALE);
  }

  get lowScale(): number | undefined {
    return scaleOf(this.fields, LOW_SCALE);
  }

  get high(): number | undefined {
    return this.fields.decimalAt(HIGH, HIGH_SCALE);
  }

  get highText(): string | undefined {
    return optionalText(this.fields, HIGH, HIGH_SCALE);
  }

  get highInteger(): bigint | undefined {
    return integerOf(this.fields, HIGH, HIGH_SCALE);
  }

  get highScale(): number | undefined {
    return scaleOf(this.fields, HIGH_SCALE);
  }

  /** Since 24 hours ago. */
  get change(): number | undefined {
    return this.fields.decimalAt(CHANGE, CHANGE_SCALE);
  }

  get changeText(): string | undefined {
    return optionalText(this.fields, CHANGE, CHANGE_SCALE);
  }

  get changeInteger(): bigint | undefined {
    return integerOf(this.fields, CHANGE, CHANGE_SCALE);
  }

  get changeScale(): number | undefined {
    return scaleOf(this.fields, CHANGE_SCALE);
  }

  get changePercent(): number | undefined {
    return this.fields.decimalAt(CHANGE_PERCENT, CHANGE_PERCENT_SCALE);
  }

  get changePercentText(): string | undefined {
    return optionalText(this.fields, CHANGE_PERCENT, CHANGE_PERCENT_SCALE);
  }

  get changePercentInteger(): bigint | undefined {
    return integerOf(this.fields, CHANGE_PERCENT, CHANGE_PERCENT_SCALE);
  }

  get changePercentScale(): number | undefined {
    return scaleOf(this.fields, CHANGE_PERCENT_SCALE);
  }

  /** Count of trades. */
  get trades(): number | undefined {
    return optionalCount(this.fields, TRADES);
  }

  override toObject(): Ticker {
    return {
      kind: this.kind,
      symbol: this.symbol,
      timestamp: this.timestamp,
      snapshot: this.snapshot,
      bid: this.bid,
      bidQuantity: this.bidQuantity,
      ask: this.ask,
      askQuantity: this.askQuantity,
      last: this.last,
      volume: this.volume,
      vwap: this.vwap,
      low: this.low,
      high: this.high,
      change: this.change,
      changePercent: this.changePercent,
      trades: this.trades,
    };
  }
}
