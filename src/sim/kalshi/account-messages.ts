import { CENT, COUNT_UNITS, contracts, dollars, money, moneyShort } from './decimal.ts';
import type { WireForm } from './era.ts';
import type { Side } from './market.ts';
import { millis, seconds, secondsText } from './time-text.ts';

/** An order of one of the simulator's users. */
export interface Order {
  readonly id: string;
  readonly user: string;
  readonly clientOrderId: string;
  readonly subaccount: number;
  readonly groupId: string | undefined;
  readonly ticker: string;
  /** What is bought: YES, or NO. */
  readonly side: Side;
  readonly yesPrice: number;
  /** At first. */
  count: number;
  filled: number;
  remaining: number;
  status: 'resting' | 'canceled' | 'executed';
  /** 1/1,000,000 $. */
  takerCost: number;
  makerCost: number;
  takerFees: number;
  makerFees: number;
  readonly createdAt: number;
  updatedAt: number;
  /** Why it was last changed; `undefined` while it never was. */
  reason: string | undefined;
}

export interface Fill {
  readonly tradeId: string;
  readonly order: Order;
  readonly isTaker: boolean;
  readonly count: number;
  /** 1/1,000,000 $. */
  readonly fee: number;
  /** Contracts after it: below 0 of NO. */
  readonly position: number;
  readonly at: number;
}

/** What a user has of one market. Money in 1/1,000,000 $. */
export interface Position {
  readonly user: string;
  readonly ticker: string;
  count: number;
  cost: number;
  realized: number;
  fees: number;
  volume: number;
}

/** How long orders live, ms. Nobody waits for it: it is in the messages only. */
const EXPIRES_AFTER = 3_600_000;
const EXCHANGE_INDEX = 2;

/** Writes the `msg` of account data as it was on one day, as JSON. */
export class AccountMessages {
  readonly #form: WireForm;

  constructor(form: WireForm) {
    this.#form = form;
  }

  fill({ tradeId, order, isTaker, count, fee, position, at }: Fill): string {
    const form = this.#form;
    const { side, subaccount } = order;
    return JSON.stringify({
      trade_id: tradeId,
      order_id: order.id,
      ...(form.fillClientOrderIds && { client_order_id: order.clientOrderId }),
      market_ticker: order.ticker,
      ...(form.fillExchangeIndices && { exchange_index: EXCHANGE_INDEX }),
      is_taker: isTaker,
      side,
      ...(form.integers && { yes_price: order.yesPrice / CENT }),
      yes_price_dollars: dollars(order.yesPrice),
      ...(form.integers && { count: count / COUNT_UNITS }),
      ...(form.fixedPointCounts && { count_fp: contracts(count) }),
      ...(form.feeCosts && { fee_cost: money(fee) }),
      action: 'buy',
      ts: seconds(at),
      ...(form.milliseconds && { ts_ms: millis(at) }),
      ...(form.integers && { post_position: position / COUNT_UNITS }),
      ...(form.fixedPointCounts && { post_position_fp: contracts(position) }),
      ...(form.purchasedSides && { purchased_side: side }),
      ...this.#direction(side),
      ...(subaccount > 0 && { subaccount }),
    });
  }

  position({ user, ticker, count, cost, realized, fees, volume }: Position, subaccount: number): string {
    const form = this.#form;
    return JSON.stringify({
      user_id: user,
      market_ticker: ticker,
      ...(form.integers && { position: count / COUNT_UNITS, volume: volume / COUNT_UNITS }),
      // Money in integers is in 1/10,000 $.
      ...(form.integerPositions && {
        position_cost: cost / 100,
        realized_pnl: realized / 100,
        fees_paid: fees / 100,
      }),
      ...(form.fixedPointPositions && {
        position_fp: contracts(count),
        position_cost_dollars: moneyShort(cost),
        realized_pnl_dollars: moneyShort(realized),
        fees_paid_dollars: moneyShort(fees),
        position_fee_cost_dollars: moneyShort(fees),
        volume_fp: contracts(volume),
      }),
      ...(subaccount > 0 && { subaccount }),
    });
  }

  order(order: Order): string {
    const form = this.#form;
    const { side, createdAt, updatedAt, reason, groupId } = order;
    const expiresAt = createdAt + EXPIRES_AFTER * 1000;
    return JSON.stringify({
      order_id: order.id,
      user_id: order.user,
      ticker: order.ticker,
      ...(form.orderExchangeIndices && { exchange_index: EXCHANGE_INDEX }),
      status: order.status,
      side,
      is_yes: side === 'yes',
      ...this.#direction(side),
      yes_price_dollars: dollars(order.yesPrice),
      fill_count_fp: contracts(order.filled),
      remaining_count_fp: contracts(order.remaining),
      initial_count_fp: contracts(order.count),
      taker_fill_cost_dollars: money(order.takerCost),
      maker_fill_cost_dollars: money(order.makerCost),
      taker_fees_dollars: money(order.takerFees),
      maker_fees_dollars: money(order.makerFees),
      client_order_id: order.clientOrderId,
      ...(groupId !== undefined && { order_group_id: groupId }),
      self_trade_prevention_type: 'taker_at_cross',
      created_time: secondsText(createdAt),
      ...(form.milliseconds && { created_ts_ms: millis(createdAt) }),
      ...(reason !== undefined && {
        last_update_time: secondsText(updatedAt),
        ...(form.milliseconds && { last_updated_ts_ms: millis(updatedAt) }),
        ...(form.updateReasons && { last_update_reason: reason }),
      }),
      expiration_time: secondsText(expiresAt),
      ...(form.milliseconds && { expiration_ts_ms: millis(expiresAt) }),
      subaccount_number: order.subaccount,
    });
  }

  /** @param limit contracts; `undefined` when the event is not about it */
  orderGroup(eventType: string, id: string, limit: number | undefined, at: number): string {
    return JSON.stringify({
      event_type: eventType,
      order_group_id: id,
      ...(limit !== undefined && { contracts_limit_fp: contracts(limit) }),
      ...(this.#form.orderGroupTimes && { ts_ms: millis(at) }),
    });
  }

  #direction(side: Side): object {
    return this.#form.bookSides ? { outcome_side: side, book_side: side === 'yes' ? 'bid' : 'ask' } : {};
  }
}
