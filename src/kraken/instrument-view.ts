import { KrakenView } from './kraken-view.ts';
import * as layout from './record-layout.ts';
import { integerOf, optionalByte, optionalCount, optionalText, scaleOf } from './view-fields.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const PRICE_INCREMENT = layout.INSTRUMENT_PRICE_INCREMENT;
const QUANTITY_INCREMENT = layout.INSTRUMENT_QUANTITY_INCREMENT;
const QUANTITY_MIN = layout.INSTRUMENT_QUANTITY_MIN;
const COST_MIN = layout.INSTRUMENT_COST_MIN;
const MARGIN_INITIAL = layout.INSTRUMENT_MARGIN_INITIAL;
const PRICE_INCREMENT_SCALE = scaleOffset(PRICE_INCREMENT);
const QUANTITY_INCREMENT_SCALE = scaleOffset(QUANTITY_INCREMENT);
const QUANTITY_MIN_SCALE = scaleOffset(QUANTITY_MIN);
const COST_MIN_SCALE = scaleOffset(COST_MIN);
const MARGIN_INITIAL_SCALE = scaleOffset(MARGIN_INITIAL);
const PRICE_PRECISION = layout.INSTRUMENT_PRICE_PRECISION;
const QUANTITY_PRECISION = layout.INSTRUMENT_QUANTITY_PRECISION;
const COST_PRECISION = layout.INSTRUMENT_COST_PRECISION;
const STATUS = layout.INSTRUMENT_STATUS;
const MARGINABLE = layout.INSTRUMENT_MARGINABLE;
const HAS_INDEX = layout.INSTRUMENT_HAS_INDEX;
const LONG_LIMIT = layout.INSTRUMENT_LONG_LIMIT;
const SHORT_LIMIT = layout.INSTRUMENT_SHORT_LIMIT;

function scaleOffset(field: number): number {
  return layout.INSTRUMENT_SCALES + (field - layout.INSTRUMENT_PRICE_INCREMENT) / 8;
}

/** What may be done with an instrument; `'unknown'` for a word that this version does not know. */
export type InstrumentStatus =
  | 'unknown'
  | 'cancel_only'
  | 'delisted'
  | 'limit_only'
  | 'maintenance'
  | 'online'
  | 'post_only'
  | 'reduce_only'
  | 'work_in_progress';

/** By the INSTRUMENT_STATUS_ numbers of the layout. */
const STATUSES: readonly InstrumentStatus[] = [
  'unknown',
  'cancel_only',
  'delisted',
  'limit_only',
  'maintenance',
  'online',
  'post_only',
  'reduce_only',
  'work_in_progress',
];

/** An instrument as a plain object: what was not sent is undefined. */
export interface Instrument {
  kind: 'instrument';
  symbol: string;
  snapshot: boolean;
  status: InstrumentStatus;
  pricePrecision: number | undefined;
  quantityPrecision: number | undefined;
  costPrecision: number | undefined;
  priceIncrement: number | undefined;
  quantityIncrement: number | undefined;
  quantityMin: number | undefined;
  costMin: number | undefined;
  marginInitial: number | undefined;
  marginable: boolean | undefined;
  hasIndex: boolean | undefined;
  positionLimitLong: number | undefined;
  positionLimitShort: number | undefined;
}

/** Reference data of a pair. What a message does not carry is undefined. */
export class InstrumentView extends KrakenView {
  readonly kind = 'instrument';

  get status(): InstrumentStatus {
    return STATUSES[this.fields.uint8(STATUS)] ?? 'unknown';
  }

  /** Decimals of prices: on the wire, and in checksums. */
  get pricePrecision(): number | undefined {
    return optionalByte(this.fields, PRICE_PRECISION);
  }

  /** Decimals of quantities. */
  get quantityPrecision(): number | undefined {
    return optionalByte(this.fields, QUANTITY_PRECISION);
  }

  /** Decimals of price × quantity. */
  get costPrecision(): number | undefined {
    return optionalByte(this.fields, COST_PRECISION);
  }

  /** Least step between prices. */
  get priceIncrement(): number | undefined {
    return this.fields.decimalAt(PRICE_INCREMENT, PRICE_INCREMENT_SCALE);
  }

  get priceIncrementText(): string | undefined {
    return optionalText(this.fields, PRICE_INCREMENT, PRICE_INCREMENT_SCALE);
  }

  get priceIncrementInteger(): bigint | undefined {
    return integerOf(this.fields, PRICE_INCREMENT, PRICE_INCREMENT_SCALE);
  }

  get priceIncrementScale(): number | undefined {
    return scaleOf(this.fields, PRICE_INCREMENT_SCALE);
  }

  /** Least step between quantities. */
  get quantityIncrement(): number | undefined {
    return this.fields.decimalAt(QUANTITY_INCREMENT, QUANTITY_INCREMENT_SCALE);
  }

  get quantityIncrementText(): string | undefined {
    return optionalText(this.fields, QUANTITY_INCREMENT, QUANTITY_INCREMENT_SCALE);
  }

  get quantityIncrementInteger(): bigint | undefined {
    return integerOf(this.fields, QUANTITY_INCREMENT, QUANTITY_INCREMENT_SCALE);
  }

  get quantityIncrementScale(): number | undefined {
    return scaleOf(this.fields, QUANTITY_INCREMENT_SCALE);
  }

  /** Least quantity of an order. */
  get quantityMin(): number | undefined {
    return this.fields.decimalAt(QUANTITY_MIN, QUANTITY_MIN_SCALE);
  }

  get quantityMinText(): string | undefined {
    return optionalText(this.fields, QUANTITY_MIN, QUANTITY_MIN_SCALE);
  }

  get quantityMinInteger(): bigint | undefined {
    return integerOf(this.fields, QUANTITY_MIN, QUANTITY_MIN_SCALE);
  }

  get quantityMinScale(): number | undefined {
    return scaleOf(this.fields, QUANTITY_MIN_SCALE);
  }

  /** Least price × quantity of an order. */
  get costMin(): number | undefined {
    return this.fields.decimalAt(COST_MIN, COST_MIN_SCALE);
  }

  get costMinText(): string | undefined {
    return optionalText(this.fields, COST_MIN, COST_MIN_SCALE);
  }

  get costMinInteger(): bigint | undefined {
    return integerOf(this.fields, COST_MIN, COST_MIN_SCALE);
  }

  get costMinScale(): number | undefined {
    return scaleOf(this.fields, COST_MIN_SCALE);
  }

  /** Initial margin, percent. */
  get marginInitial(): number | undefined {
    return this.fields.decimalAt(MARGIN_INITIAL, MARGIN_INITIAL_SCALE);
  }

  get marginInitialText(): string | undefined {
    return optionalText(this.fields, MARGIN_INITIAL, MARGIN_INITIAL_SCALE);
  }

  get marginInitialInteger(): bigint | undefined {
    return integerOf(this.fields, MARGIN_INITIAL, MARGIN_INITIAL_SCALE);
  }

  get marginInitialScale(): number | undefined {
    return scaleOf(this.fields, MARGIN_INITIAL_SCALE);
  }

  get marginable(): boolean | undefined {
    return optionalFlag(optionalByte(this.fields, MARGINABLE));
  }

  get hasIndex(): boolean | undefined {
    return optionalFlag(optionalByte(this.fields, HAS_INDEX));
  }

  get positionLimitLong(): number | undefined {
    return optionalCount(this.fields, LONG_LIMIT);
  }

  get positionLimitShort(): number | undefined {
    return optionalCount(this.fields, SHORT_LIMIT);
  }

  override toObject(): Instrument {
    return {
      kind: this.kind,
      symbol: this.symbol,
      snapshot: this.snapshot,
      status: this.status,
      pricePrecision: this.pricePrecision,
      quantityPrecision: this.quantityPrecision,
      costPrecision: this.costPrecision,
      priceIncrement: this.priceIncrement,
      quantityIncrement: this.quantityIncrement,
      quantityMin: this.quantityMin,
      costMin: this.costMin,
      marginInitial: this.marginInitial,
      marginable: this.marginable,
      hasIndex: this.hasIndex,
      positionLimitLong: this.positionLimitLong,
      positionLimitShort: this.positionLimitShort,
    };
  }
}

function optionalFlag(value: number | undefined): boolean | undefined {
  return value === undefined ? undefined : value !== 0;
}
