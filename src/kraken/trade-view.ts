import { KrakenView } from './kraken-view.ts';
import * as layout from './record-layout.ts';
import { integerOf, requiredText, scaleOf } from './view-fields.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const PRICE = layout.TRADE_PRICE;
const PRICE_SCALE = layout.TRADE_PRICE_SCALE;
const QUANTITY = layout.TRADE_QUANTITY;
const QUANTITY_SCALE = layout.TRADE_QUANTITY_SCALE;
const ID = layout.TRADE_ID;
const SIDE = layout.TRADE_SIDE;
const ORDER_TYPE = layout.TRADE_ORDER_TYPE;

export type Side = 'buy' | 'sell';

const SIDES: readonly (Side | undefined)[] = [undefined, 'buy', 'sell'];
const ORDER_TYPES: readonly ('limit' | 'market' | undefined)[] = [undefined, 'limit', 'market'];

/** A trade as a plain object. */
export interface Trade {
  kind: 'trade';
  symbol: string;
  timestamp: number | undefined;
  snapshot: boolean;
  price: number;
  quantity: number;
  side: Side | undefined;
  orderType: 'limit' | 'market' | undefined;
  tradeId: number;
}

/** A trade. Price in the quote currency, quantity in the base currency; both are NaN in a record that is `inexact`. */
export class TradeView extends KrakenView {
  readonly kind = 'trade';

  get price(): number {
    return this.fields.decimalAt(PRICE, PRICE_SCALE) ?? Number.NaN;
  }

  get priceText(): string {
    return requiredText(this.fields, PRICE, PRICE_SCALE);
  }

  get priceInteger(): bigint | undefined {
    return integerOf(this.fields, PRICE, PRICE_SCALE);
  }

  get priceScale(): number | undefined {
    return scaleOf(this.fields, PRICE_SCALE);
  }

  get quantity(): number {
    return this.fields.decimalAt(QUANTITY, QUANTITY_SCALE) ?? Number.NaN;
  }

  get quantityText(): string {
    return requiredText(this.fields, QUANTITY, QUANTITY_SCALE);
  }

  get quantityInteger(): bigint | undefined {
    return integerOf(this.fields, QUANTITY, QUANTITY_SCALE);
  }

  get quantityScale(): number | undefined {
    return scaleOf(this.fields, QUANTITY_SCALE);
  }

  /** The taker's; undefined for a word that is not known. */
  get side(): Side | undefined {
    return SIDES[this.fields.uint8(SIDE)];
  }

  /** The taker's; undefined for a word that is not known. */
  get orderType(): 'limit' | 'market' | undefined {
    return ORDER_TYPES[this.fields.uint8(ORDER_TYPE)];
  }

  /** Unique within the symbol, and rising. Exact to 2^53. */
  get tradeId(): number {
    return this.fields.decimal(ID, 0);
  }

  get tradeIdInteger(): bigint {
    return this.fields.int64(ID);
  }

  override toObject(): Trade {
    return {
      kind: this.kind,
      symbol: this.symbol,
      timestamp: this.timestamp,
      snapshot: this.snapshot,
      price: this.price,
      quantity: this.quantity,
      side: this.side,
      orderType: this.orderType,
      tradeId: this.tradeId,
    };
  }
}
