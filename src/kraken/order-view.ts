import { optionalTime } from '../memory/record-fields.ts';
import { KrakenView } from './kraken-view.ts';
import * as layout from './record-layout.ts';
import { integerOf, optionalByte, requiredText, scaleOf } from './view-fields.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const PRICE = layout.ORDER_PRICE;
const PRICE_SCALE = layout.ORDER_PRICE_SCALE;
const QUANTITY = layout.ORDER_QUANTITY;
const QUANTITY_SCALE = layout.ORDER_QUANTITY_SCALE;
const SIDE = layout.ORDER_SIDE;
const EVENT = layout.ORDER_EVENT;
const CHECKSUM = layout.ORDER_CHECKSUM;
const TIMESTAMP = layout.ORDER_TIMESTAMP;
const ID_LENGTH = layout.ORDER_ID_LENGTH;
const ID = layout.ORDER_ID;
const PRICE_PRECISION = layout.ORDER_PRICE_PRECISION;
const QUANTITY_PRECISION = layout.ORDER_QUANTITY_PRECISION;

/** What happened to the order; `'snapshot'` for one that was there when the subscription began. */
export type OrderEvent = 'snapshot' | 'add' | 'modify' | 'delete';

const EVENTS: readonly OrderEvent[] = ['snapshot', 'add', 'modify', 'delete'];
const SIDES: readonly ('bid' | 'ask' | undefined)[] = [undefined, 'bid', 'ask'];

/** A level 3 order as a plain object. */
export interface BookOrder {
  kind: 'order';
  symbol: string;
  timestamp: number | undefined;
  snapshot: boolean;
  continued: boolean;
  event: OrderEvent;
  side: 'bid' | 'ask' | undefined;
  orderId: string;
  price: number;
  quantity: number;
  orderTimestamp: number | undefined;
  checksum: number;
}

/**
 * One order of the level 3 channel, and what happened to it: a message has a record for each, and `continued` is off in the last
 * one. A message without orders (the snapshot of an empty book) has one record whose `orderId` is empty and `side` undefined.
 * `Level3Book` makes books of them. Numbers are NaN in a record that is `inexact`.
 */
export class OrderView extends KrakenView {
  readonly kind = 'order';

  get event(): OrderEvent {
    return EVENTS[this.fields.uint8(EVENT)]!;
  }

  get side(): 'bid' | 'ask' | undefined {
    return SIDES[this.fields.uint8(SIDE)];
  }

  /** Allocates. */
  get orderId(): string {
    return this.fields.text(ID, this.fields.uint8(ID_LENGTH));
  }

  /** Limit price. */
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

  /** What is left of it and shown, in the base currency. */
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

  /** When it was inserted or amended. */
  get orderTimestamp(): number | undefined {
    return optionalTime(this.fields, TIMESTAMP);
  }

  get orderTimestampNs(): bigint {
    return this.fields.int64(TIMESTAMP);
  }

  /** Of the book after the message, as it came. */
  get checksum(): number {
    return this.fields.uint32(CHECKSUM);
  }

  /** Decimals of the instrument's prices; undefined until they are known. */
  get pricePrecision(): number | undefined {
    return optionalByte(this.fields, PRICE_PRECISION);
  }

  get quantityPrecision(): number | undefined {
    return optionalByte(this.fields, QUANTITY_PRECISION);
  }

  override toObject(): BookOrder {
    return {
      kind: this.kind,
      symbol: this.symbol,
      timestamp: this.timestamp,
      snapshot: this.snapshot,
      continued: this.continued,
      event: this.event,
      side: this.side,
      orderId: this.orderId,
      price: this.price,
      quantity: this.quantity,
      orderTimestamp: this.orderTimestamp,
      checksum: this.checksum,
    };
  }
}
