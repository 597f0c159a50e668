import type { MessageType } from './channels.ts';
import { decimalText } from './decimal.ts';
import type { Instrument } from './instruments.ts';
import type { Message } from './messages.ts';

/** What may be done with a pair. */
export const PAIR_STATUSES = [
  'online',
  'cancel_only',
  'delisted',
  'limit_only',
  'maintenance',
  'post_only',
  'reduce_only',
  'work_in_progress',
] as const;
export type KrakenPairStatus = (typeof PAIR_STATUSES)[number];

/** Places of an asset's amounts. Others have 8. */
const ASSET_PRECISIONS: Readonly<Record<string, number>> = { USD: 4, EUR: 4, BTC: 10, ETH: 10 };
/** What quotes are accepted as collateral, and its price. */
const MARGIN_ASSETS = ['USD', 'EUR', 'BTC', 'ETH'];
/** Pairs of these can be traded on margin. */
const MARGINABLE = ['BTC/USD', 'ETH/USD', 'ETH/BTC'];

export function assetPrecision(asset: string): number {
  return ASSET_PRECISIONS[asset] ?? 8;
}

/** An instrument and its status now. */
export interface Listing {
  readonly instrument: Instrument;
  readonly status: KrakenPairStatus;
}

export function instrumentSnapshot(listings: readonly Listing[], withTokenized: boolean): Message {
  const shown = listings.filter(({ instrument }) => withTokenized || !instrument.isTokenized);
  const assets = new Map<string, boolean>();
  for (const { instrument } of shown) {
    assets.set(instrument.base, instrument.isTokenized);
    if (!assets.has(instrument.quote)) assets.set(instrument.quote, false);
  }
  const assetRows = [...assets].map(([asset, isTokenized]) => assetRow(asset, isTokenized));
  return message('snapshot', assetRows, shown.map(pairRow));
}

export function instrumentUpdate(listing: Listing): Message {
  return message('update', [], [pairRow(listing)]);
}

function message(type: MessageType, assets: readonly string[], pairs: readonly string[]): Message {
  const data = `{"assets":[${assets.join()}],"pairs":[${pairs.join()}]}`;
  const text = `{"channel":"instrument","type":"${type}","data":${data}}`;
  return { type, text, rows: assets.length + pairs.length };
}

function assetRow(asset: string, isTokenized: boolean): string {
  if (isTokenized) {
    return (
      `{"id":"${asset}","underlying_symbol":"${asset.replace(/x$/, '')}","precision":8,"precision_display":8` +
      ',"collateral_value":0.800,"max_collateral_usd_value":250000,"class":"tokenized_asset","multiplier":1}'
    );
  }
  const isBorrowable = MARGIN_ASSETS.includes(asset);
  return (
    `{"id":"${asset}","status":"enabled","precision":${assetPrecision(asset)},"precision_display":4` +
    `,"borrowable":${isBorrowable},"collateral_value":${isBorrowable ? '1.000' : '0.000'},"class":"currency"` +
    `${isBorrowable ? ',"margin_rate":0.025000' : ''}}`
  );
}

function pairRow({ instrument, status }: Listing): string {
  const { symbol, base, quote, pricePrecision, qtyPrecision, costPrecision, typicalQuantity } = instrument;
  const isMarginable = MARGINABLE.includes(symbol);
  const increment = decimalText(1, pricePrecision);
  const smallest = decimalText(Math.max(1, Math.floor(typicalQuantity / 1000)), qtyPrecision);
  return (
    `{"symbol":"${symbol}","base":"${base}","quote":"${quote}","status":"${status}"` +
    `,"qty_precision":${qtyPrecision},"qty_increment":${decimalText(1, qtyPrecision)}` +
    `,"price_precision":${pricePrecision},"cost_precision":${costPrecision},"marginable":${isMarginable}` +
    `,"has_index":true,"ws_display_price_precision":${pricePrecision},"cost_min":0.50` +
    `${isMarginable ? ',"margin_initial":0.20,"position_limit_long":350,"position_limit_short":250' : ''}` +
    `,"tick_size":${increment},"price_increment":${increment},"qty_min":${smallest}}`
  );
}
