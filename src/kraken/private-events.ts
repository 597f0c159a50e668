/** Messages of the private channels, as they come: rare, parsed on the feed's thread. */

/** Where and when a message came, and the frame itself, for digits beyond those that a double holds. */
interface PrivateMessage {
  readonly snapshot: boolean;
  /** Counts the subscription's messages, from 1. */
  readonly sequence: number | undefined;
  /** ms since the epoch, with a fraction */
  readonly receivedAt: number;
  readonly connection: number;
  readonly text: string;
}

/** One message of `executions`: all open orders (snapshot), or what has happened. May be empty. */
export interface ExecutionsMessage extends PrivateMessage {
  readonly reports: readonly ExecutionReport[];
}

/** One message of `balances`: what is there (snapshot), or what was booked. May be empty. */
export interface BalancesMessage extends PrivateMessage {
  readonly entries: readonly BalanceEntry[];
}

export type ExecutionType =
  | 'pending_new'
  | 'new'
  | 'trade'
  | 'filled'
  | 'iceberg_refill'
  | 'canceled'
  | 'expired'
  | 'amended'
  | 'restated'
  | 'status'
  | (string & {});

export type OrderStatus =
  | 'pending_new'
  | 'new'
  | 'partially_filled'
  | 'filled'
  | 'canceled'
  | 'expired'
  | (string & {});

/**
 * What happened to an order, with Kraken's own names. Reports are sparse: beside `order_id`, which is always there, they have
 * what their `exec_type` needs and no more; one of type `new` does not even name the symbol. `OrderTracker` merges them.
 */
export interface ExecutionReport {
  readonly order_id: string;
  readonly exec_type?: ExecutionType;
  readonly order_status?: OrderStatus;
  /** RFC 3339, UTC */
  readonly timestamp?: string;
  readonly symbol?: string;
  readonly side?: 'buy' | 'sell';
  readonly order_type?: string;
  readonly order_userref?: number;
  readonly cl_ord_id?: string;
  readonly order_qty?: number;
  readonly limit_price?: number;
  readonly limit_price_type?: string;
  readonly time_in_force?: string;
  readonly cum_qty?: number;
  readonly cum_cost?: number;
  readonly avg_price?: number;
  /** Of a fill. */
  readonly exec_id?: string;
  readonly trade_id?: number;
  readonly last_qty?: number;
  readonly last_price?: number;
  readonly cost?: number;
  /** Maker or taker. */
  readonly liquidity_ind?: 'm' | 't';
  readonly fees?: readonly { readonly asset: string; readonly qty: number }[];
  readonly fee_usd_equiv?: number;
  readonly reason?: string;
  readonly [field: string]: unknown;
}

/** Of a snapshot: an asset's balance, by wallet. Of an update: an entry of the ledger. Kraken's own names. */
export interface BalanceEntry {
  readonly asset: string;
  readonly asset_class?: string;
  readonly balance: number;
  readonly wallets?: readonly { readonly type: string; readonly id: string; readonly balance: number }[];
  readonly ledger_id?: string;
  /** The same for all entries of one event: a trade has two. */
  readonly ref_id?: string;
  readonly timestamp?: string;
  readonly type?: string;
  readonly category?: string;
  readonly wallet_type?: string;
  readonly wallet_id?: string;
  readonly amount?: number;
  readonly fee?: number;
  readonly [field: string]: unknown;
}
