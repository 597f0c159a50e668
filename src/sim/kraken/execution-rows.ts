/** Rows of the private channels. Reports are sparse: each kind has fields of its own, and many do not name the symbol. */
import { decimalText, roundedText } from './decimal.ts';
import { assetPrecision } from './instrument-channel.ts';
import type { Instrument } from './instruments.ts';

/** An order that is not done. Price and quantities are units of the instrument. */
export interface OpenOrder {
  readonly id: string;
  readonly instrument: Instrument;
  readonly side: 'buy' | 'sell';
  price: number;
  readonly quantity: number;
  readonly userReference: number;
  /** Not accepted yet. */
  isPending: boolean;
  filled: number;
  /** Of what is filled, in units of the instrument's cost precision. */
  cost: bigint;
  /** Of its latest report. */
  timestamp: string;
}

/** A part of an order that was traded. Cost and fee in units of the cost precision. */
export interface Fill {
  readonly id: string;
  readonly tradeId: number;
  readonly quantity: number;
  readonly cost: bigint;
  readonly fee: bigint;
  readonly isMaker: boolean;
}

/** An entry of the ledger, in units of the asset. */
export interface LedgerEntry {
  readonly id: string;
  readonly reference: string;
  readonly asset: string;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly balance: bigint;
  readonly timestamp: string;
}

export function pendingRow(order: OpenOrder): string {
  const { id, instrument, side, userReference, timestamp } = order;
  const { symbol, pricePrecision } = instrument;
  return (
    `{"order_id":"${id}","symbol":"${symbol}","order_qty":${quantity(order, order.quantity)}` +
    `,"cum_cost":${cost(order, 0n)},"time_in_force":"GTC","exec_type":"pending_new","side":"${side}"` +
    `,"order_type":"limit","order_userref":${userReference},"limit_price_type":"static","limit_price":${price(order)}` +
    `,"stop_price":${decimalText(0, pricePrecision)},"order_status":"pending_new","fee_usd_equiv":${cost(order, 0n)}` +
    `,"fee_ccy_pref":"fciq","timestamp":"${timestamp}"}`
  );
}

export function newRow({ id, userReference, timestamp }: OpenOrder): string {
  return (
    `{"timestamp":"${timestamp}","order_status":"new","exec_type":"new","order_userref":${userReference}` +
    `,"order_id":"${id}"}`
  );
}

/** How a snapshot shows an open order. */
export function openRow(order: OpenOrder): string {
  const { id, instrument, side, userReference, isPending, timestamp } = order;
  const type = isPending ? 'pending_new' : 'new';
  return (
    `{"order_id":"${id}","order_userref":${userReference},"symbol":"${instrument.symbol}"` +
    `,"order_qty":${quantity(order, order.quantity)},${cumulated(order)},"time_in_force":"GTC","exec_type":"${type}"` +
    `,"side":"${side}","order_type":"limit","limit_price_type":"static","limit_price":${price(order)}` +
    `,"order_status":"${statusOf(order)}","fee_ccy_pref":"fciq","timestamp":"${timestamp}"}`
  );
}

export function fillRow(order: OpenOrder, fill: Fill): string {
  const { id, instrument, side, userReference, timestamp } = order;
  const { symbol, quote } = instrument;
  const fee = cost(order, fill.fee);
  return (
    `{"order_id":"${id}","order_userref":${userReference},"exec_id":"${fill.id}","exec_type":"trade"` +
    `,"trade_id":${fill.tradeId},"symbol":"${symbol}","side":"${side}","last_qty":${quantity(order, fill.quantity)}` +
    `,"last_price":${price(order)},"liquidity_ind":"${fill.isMaker ? 'm' : 't'}","cost":${cost(order, fill.cost)}` +
    `,${cumulated(order)},"order_status":"${statusOf(order)}","order_type":"limit","timestamp":"${timestamp}"` +
    `,"fee_usd_equiv":${fee},"fees":[{"asset":"${quote}","qty":${fee}}]}`
  );
}

export function filledRow(order: OpenOrder): string {
  const { id, userReference, timestamp } = order;
  return (
    `{"timestamp":"${timestamp}","order_status":"filled","exec_type":"filled",${cumulated(order)}` +
    `,"order_userref":${userReference},"order_id":"${id}"}`
  );
}

export function amendedRow(order: OpenOrder): string {
  const { id, userReference, timestamp } = order;
  return (
    `{"timestamp":"${timestamp}","exec_type":"amended","order_status":"${statusOf(order)}"` +
    `,"cum_qty":${quantity(order, order.filled)},"reason":"User requested","amended":true` +
    `,"order_qty":${quantity(order, order.quantity)},"limit_price":${price(order)},"limit_price_type":"static"` +
    `,"order_userref":${userReference},"order_id":"${id}"}`
  );
}

export function canceledRow(order: OpenOrder): string {
  const { id, userReference, timestamp } = order;
  return (
    `{"timestamp":"${timestamp}","order_status":"canceled","exec_type":"canceled",${cumulated(order)}` +
    `,"fee_usd_equiv":${cost(order, 0n)},"order_userref":${userReference},"cancel_reason":"User requested"` +
    `,"reason":"User requested","order_id":"${id}"}`
  );
}

export function balanceRow(asset: string, amount: bigint): string {
  const balance = decimalText(amount, assetPrecision(asset));
  return (
    `{"asset":"${asset}","asset_class":"currency","wallets":[{"type":"spot","id":"main","balance":${balance}}]` +
    `,"balance":${balance}}`
  );
}

export function ledgerRow({ id, reference, asset, amount, fee, balance, timestamp }: LedgerEntry): string {
  const text = (units: bigint) => decimalText(units, assetPrecision(asset));
  return (
    `{"ledger_id":"${id}","ref_id":"${reference}","timestamp":"${timestamp}","type":"trade","asset":"${asset}"` +
    `,"asset_class":"currency","category":"trade","wallet_type":"spot","wallet_id":"main","amount":${text(amount)}` +
    `,"fee":${text(fee)},"balance":${text(balance)}}`
  );
}

function cumulated(order: OpenOrder): string {
  const { filled, instrument } = order;
  const { pricePrecision, qtyPrecision, costPrecision } = instrument;
  const average = filled === 0 ? 0 : Number(order.cost) / 10 ** costPrecision / (filled / 10 ** qtyPrecision);
  return (
    `"cum_qty":${quantity(order, filled)},"cum_cost":${cost(order, order.cost)}` +
    `,"avg_price":${roundedText(average, pricePrecision)}`
  );
}

function statusOf({ isPending, filled, quantity }: OpenOrder): string {
  if (isPending) return 'pending_new';
  if (filled === quantity) return 'filled';
  return filled === 0 ? 'new' : 'partially_filled';
}

function price({ price, instrument }: OpenOrder): string {
  return decimalText(price, instrument.pricePrecision);
}

function quantity({ instrument }: OpenOrder, units: number): string {
  return decimalText(units, instrument.qtyPrecision);
}

function cost({ instrument }: OpenOrder, units: bigint): string {
  return decimalText(units, instrument.costPrecision);
}
