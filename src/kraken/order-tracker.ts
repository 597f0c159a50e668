import type { ExecutionReport, ExecutionsMessage, OrderStatus } from './private-events.ts';

/** An order as its reports together tell it. The fields of a fill (`last_qty`, `exec_id` …) are those of the last one. */
export type TrackedOrder = ExecutionReport;

/** What a message changed. */
export interface OrderChanges {
  /** Orders of the message, in its order, as they are now. */
  readonly changed: readonly TrackedOrder[];
  /** Orders that a snapshot does not have any more: they came to their end while nobody listened. */
  readonly gone: readonly TrackedOrder[];
}

const ENDED: ReadonlySet<OrderStatus> = new Set(['filled', 'canceled', 'expired']);

/** Orders that have ended are remembered for a while: the fill that ends one may be followed by a report that says so. */
const MOST_ENDED = 256;

/**
 * Puts the sparse reports of `executions` together, order by order: give it every `executions` event of the feed. An order that
 * has come to its end is not among the open ones any more.
 *
 * Needs the snapshot of open orders (`snapOrders`, the default): without, the reports of older orders stay as sparse as they are.
 */
export class OrderTracker {
  readonly #open = new Map<string, TrackedOrder>();
  /** The last ones, the newest last. */
  readonly #ended = new Map<string, TrackedOrder>();

  /** Open orders by their ids. */
  get open(): ReadonlyMap<string, TrackedOrder> {
    return this.#open;
  }

  apply({ snapshot, sequence, reports }: ExecutionsMessage): OrderChanges {
    // Only the first message of a subscription tells what is open.
    const first = snapshot && (sequence ?? 1) === 1;
    const gone = first ? this.#leaveOnly(new Set(reports.map(({ order_id }) => order_id))) : [];
    const changed = reports.map((report) => this.#merge(report));
    return { changed, gone };
  }

  #leaveOnly(ids: ReadonlySet<string>): TrackedOrder[] {
    const gone = [...this.#open.values()].filter(({ order_id }) => !ids.has(order_id));
    for (const { order_id } of gone) this.#open.delete(order_id);
    return gone;
  }

  #merge(report: ExecutionReport): TrackedOrder {
    const { order_id } = report;
    const order = { ...(this.#open.get(order_id) ?? this.#ended.get(order_id)), ...report };
    if (order.order_status === undefined || !ENDED.has(order.order_status)) {
      this.#open.set(order_id, order);
      return order;
    }
    this.#open.delete(order_id);
    this.#ended.delete(order_id);
    this.#ended.set(order_id, order);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= MOST_ENDED) break;
      this.#ended.delete(oldest);
    }
    return order;
  }
}
