import { optionalTime } from '../memory/record-fields.ts';
import { KrakenView } from './kraken-view.ts';
import * as layout from './record-layout.ts';
import { integerOf, requiredText, scaleOf } from './view-fields.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const OPEN = layout.CANDLE_OPEN;
const HIGH = layout.CANDLE_HIGH;
const LOW = layout.CANDLE_LOW;
const CLOSE = layout.CANDLE_CLOSE;
const VOLUME = layout.CANDLE_VOLUME;
const VWAP = layout.CANDLE_VWAP;
const OPEN_SCALE = scaleOffset(OPEN);
const HIGH_SCALE = scaleOffset(HIGH);
const LOW_SCALE = scaleOffset(LOW);
const CLOSE_SCALE = scaleOffset(CLOSE);
const VOLUME_SCALE = scaleOffset(VOLUME);
const VWAP_SCALE = scaleOffset(VWAP);
const TRADES = layout.CANDLE_TRADES;
const INTERVAL = layout.CANDLE_INTERVAL;
const BEGIN = layout.CANDLE_BEGIN;

function scaleOffset(field: number): number {
  return layout.CANDLE_SCALES + (field - layout.CANDLE_OPEN) / 8;
}

/** A candle as a plain object. */
export interface Candle {
  kind: 'candle';
  symbol: string;
  timestamp: number | undefined;
  snapshot: boolean;
  interval: number;
  begin: number | undefined;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  vwap: number;
  trades: number;
}

/**
 * A candle as it stands (channel `ohlc`): it comes again with every trade in its interval, and is final once one with a later
 * `begin` has come. Intervals without trades have none. A number is NaN in a record that is `inexact`.
 */
export class CandleView extends KrakenView {
  readonly kind = 'candle';

  /** Minutes. */
  get interval(): number {
    return this.fields.uint32(INTERVAL);
  }

  /** When the interval began, ms since the epoch: what candles are told apart by. */
  get begin(): number | undefined {
    return optionalTime(this.fields, BEGIN);
  }

  get beginNs(): bigint {
    return this.fields.int64(BEGIN);
  }

  get open(): number {
    return this.fields.decimalAt(OPEN, OPEN_SCALE) ?? Number.NaN;
  }

  get openText(): string {
    return requiredText(this.fields, OPEN, OPEN_SCALE);
  }

  get openInteger(): bigint | undefined {
    return integerOf(this.fields, OPEN, OPEN_SCALE);
  }

  get openScale(): number | undefined {
    return scaleOf(this.fields, OPEN_SCALE);
  }

  get high(): number {
    return this.fields.decimalAt(HIGH, HIGH_SCALE) ?? Number.NaN;
  }

  get highText(): string {
    return requiredText(this.fields, HIGH, HIGH_SCALE);
  }

  get highInteger(): bigint | undefined {
    return integerOf(this.fields, HIGH, HIGH_SCALE);
  }

  get highScale(): number | undefined {
    return scaleOf(this.fields, HIGH_SCALE);
  }

  get low(): number {
    return this.fields.decimalAt(LOW, LOW_SCALE) ?? Number.NaN;
  }

  get lowText(): string {
    return requiredText(this.fields, LOW, LOW_SCALE);
  }

  get lowInteger(): bigint | undefined {
    return integerOf(this.fields, LOW, LOW_SCALE);
  }

  get lowScale(): number | undefined {
    return scaleOf(this.fields, LOW_SCALE);
  }

  get close(): number {
    return this.fields.decimalAt(CLOSE, CLOSE_SCALE) ?? Number.NaN;
  }

  get closeText(): string {
    return requiredText(this.fields, CLOSE, CLOSE_SCALE);
  }

  get closeInteger(): bigint | undefined {
    return integerOf(this.fields, CLOSE, CLOSE_SCALE);
  }

  get closeScale(): number | undefined {
    return scaleOf(this.fields, CLOSE_SCALE);
  }

  /** In the base currency. */
  get volume(): number {
    return this.fields.decimalAt(VOLUME, VOLUME_SCALE) ?? Number.NaN;
  }

  get volumeText(): string {
    return requiredText(this.fields, VOLUME, VOLUME_SCALE);
  }

  get volumeInteger(): bigint | undefined {
    return integerOf(this.fields, VOLUME, VOLUME_SCALE);
  }

  get volumeScale(): number | undefined {
    return scaleOf(this.fields, VOLUME_SCALE);
  }

  /** Volume-weighted average price. */
  get vwap(): number {
    return this.fields.decimalAt(VWAP, VWAP_SCALE) ?? Number.NaN;
  }

  get vwapText(): string {
    return requiredText(this.fields, VWAP, VWAP_SCALE);
  }

  get vwapInteger(): bigint | undefined {
    return integerOf(this.fields, VWAP, VWAP_SCALE);
  }

  get vwapScale(): number | undefined {
    return scaleOf(this.fields, VWAP_SCALE);
  }

  /** Count of trades. */
  get trades(): number {
    return this.fields.uint32(TRADES);
  }

  override toObject(): Candle {
    return {
      kind: this.kind,
      symbol: this.symbol,
      timestamp: this.timestamp,
      snapshot: this.snapshot,
      interval: this.interval,
      begin: this.begin,
      open: this.open,
      high: this.high,
      low: this.low,
      close: this.close,
      volume: this.volume,
      vwap: this.vwap,
      trades: this.trades,
    };
  }
}
