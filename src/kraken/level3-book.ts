import { ArgumentError } from '../errors.ts';
import type { BookCheck } from '../memory/book-snapshot.ts';
import { bigintText } from '../memory/decimal.ts';
import { type Level3Level, RestingOrder, rescale, type Scales, sumOf } from './level3-level.ts';
import { Level3Side } from './level3-side.ts';
import type { OrderView } from './order-view.ts';

export interface Level3BookOptions {
  /** Levels a side that are subscribed to: what is beyond them is not kept. Default 10. */
  readonly depth?: number;
  /** After a failed check: `'resync'` (default) ignores updates until the next snapshot, `'ignore'` goes on. */
  readonly onMismatch?: 'resync' | 'ignore';
}

/** Where an order stands. */
export interface QueuePosition {
  readonly side: 'bid' | 'ask';
  /** Of its level: 0 is the best. */
  readonly level: number;
  /** Orders of the same price that are filled before it, and their quantity. */
  readonly ordersAhead: number;
  readonly quantityAhead: number;
  readonly quantityAheadText: string;
}

/**
 * A book of single orders, made of the records of the level 3 channel: on any thread, in plain JavaScript objects of its own.
 * Give it every order record of a reader, `if (record.kind === 'order') book.apply(record)`; it takes those of its symbol. After each
 * message it checks Kraken's checksum, which covers every order of the ten best levels of each side, and their queue order;
 * what lies deeper is not proved by it.
 *
 * Call `invalidate()` when the reader has lagged, and when the connection is lost (event `state`): a book that gets no records
 * cannot know. Levels and orders are the book's own: they change with the next message.
 */
export class Level3Book {
  readonly symbol: string;
  readonly depth: number;
  readonly #resync: boolean;
  readonly #scales: Scales = { price: 0, quantity: 0 };
  readonly #bids = new Level3Side('bid', this.#scales);
  readonly #asks = new Level3Side('ask', this.#scales);
  readonly #orders = new Map<string, RestingOrder>();
  #state: 'empty' | 'live' | 'resyncing' = 'empty';
  #check: BookCheck = 'none';
  #checksum = 0;
  #computed = 0;
  #asOf: number | undefined;
  #asOfNs = 0n;
  #goodUntil: number | undefined;
  #goodUntilNs = 0n;
  #mismatches = 0;
  #ignored = 0;
  #unknown = 0;
  #connection = -1;
  #epoch = -1;
  /** Number of the last record of its connection. */
  #number = 0;
  /** Whether a message goes on, and whether it is applied. */
  #open = false;
  #applying = false;

  /** @throws ArgumentError for a symbol, a depth or a policy that is none */
  constructor(symbol: string, options: Level3BookOptions = {}) {
    const { depth = 10, onMismatch = 'resync' } = options;
    if (!(Number.isInteger(depth) && depth > 0)) {
      throw new ArgumentError(`depth is a number of levels above 0, not ${depth}`);
    }
    if (typeof symbol !== 'string' || symbol === '') {
      throw new ArgumentError(`a symbol is a text as BTC/USD, not ${String(symbol)}`);
    }
    if (onMismatch !== 'resync' && onMismatch !== 'ignore') {
      throw new ArgumentError(`onMismatch is 'resync' or 'ignore', not '${String(onMismatch)}'`);
    }
    this.symbol = symbol;
    this.depth = depth;
    this.#resync = onMismatch === 'resync';
  }

  /** Best first. */
  get bids(): readonly Level3Level[] {
    return this.#bids.levels;
  }

  /** Best first. */
  get asks(): readonly Level3Level[] {
    return this.#asks.levels;
  }

  /** Orders that it holds. */
  get size(): number {
    return this.#orders.size;
  }

  /** `'empty'` until a snapshot has come; `'resyncing'`: a check failed or a record was missed, and it waits for a snapshot. */
  get state(): 'empty' | 'live' | 'resyncing' {
    return this.#state;
  }

  /** Whether it is right, as far as can be checked. */
  get trusted(): boolean {
    return this.#state === 'live' && this.#check !== 'failed' && !this.#open;
  }

  /** Of the last message. */
  get check(): BookCheck {
    return this.#check;
  }

  /** As it came with the last message that was applied, and that of the book after it. */
  get checksum(): number {
    return this.#checksum;
  }

  get computedChecksum(): number {
    return this.#computed;
  }

  /** Kraken's time of the last message that was applied, ms since the epoch with a fraction; undefined when it had none. */
  get asOf(): number | undefined {
    return this.#asOf;
  }

  /** To the nanosecond; 0n when it had none. */
  get asOfNs(): bigint {
    return this.#asOfNs;
  }

  /** Until when it was right: the same of the last message whose check matched. */
  get goodUntil(): number | undefined {
    return this.#goodUntil;
  }

  get goodUntilNs(): bigint {
    return this.#goodUntilNs;
  }

  /** Checks that failed. */
  get mismatches(): number {
    return this.#mismatches;
  }

  /** Records ignored while it waited for a snapshot. */
  get ignored(): number {
    return this.#ignored;
  }

  /** Changes of orders that it does not hold. */
  get unknownOrders(): number {
    return this.#unknown;
  }

  /** An order by its id. */
  order(orderId: string): RestingOrder | undefined {
    return this.#orders.get(orderId);
  }

  /** Where an order stands; undefined for one that it does not hold. */
  position(orderId: string): QueuePosition | undefined {
    const order = this.#orders.get(orderId);
    if (!order) return undefined;
    const side = this.#sideOf(order.side);
    const level = side.placeOf(order);
    const { orders } = side.levels[level]!;
    const ordersAhead = orders.indexOf(order);
    const { quantity: scale } = this.#scales;
    const quantityAheadText = bigintText(sumOf(orders, ordersAhead, scale), scale);
    return {
      side: order.side,
      level,
      ordersAhead,
      quantityAhead: Number(quantityAheadText),
      quantityAheadText,
    };
  }

  /** Records were missed: it is not to be trusted, and waits for the next snapshot. */
  invalidate(): void {
    if (this.#state !== 'empty') this.#state = 'resyncing';
    this.#applying = false;
  }

  /**
   * Takes an order record.
   *
   * @returns true when it was the last one of a message of this book that was applied
   */
  apply(order: OrderView): boolean {
    const missed = this.#missed(order);
    if (missed && this.#open) {
      this.invalidate();
      this.#open = false;
    }
    if (order.symbol !== this.symbol) return false;
    if (!this.#open) this.#begin(order, missed && order.index > 0);
    this.#open = order.continued;
    if (!this.#applying) {
      this.#ignored += 1;
      return false;
    }
    if (!this.#change(order)) {
      this.invalidate();
      return false;
    }
    if (this.#open) return false;
    this.#end(order);
    return true;
  }

  /** Whether there are records between the last one of its connection and this one: within a message there are none. */
  #missed({ number, connection }: OrderView): boolean {
    if (connection !== this.#connection) return false;
    const before = this.#number;
    this.#number = number;
    return number !== (before + 1) >>> 0;
  }

  /** @param headMissed the message's first records did not come */
  #begin(order: OrderView, headMissed: boolean): void {
    if (order.epoch !== this.#epoch || order.connection !== this.#connection) {
      // A new connection begins with a snapshot.
      this.#clear();
      this.#state = 'empty';
      this.#epoch = order.epoch;
      this.#connection = order.connection;
      this.#number = order.number;
    }
    if (headMissed) {
      this.invalidate();
    } else if (order.snapshot) {
      this.#clear();
      this.#state = 'live';
    }
    this.#applying = this.#state === 'live';
  }

  /** Answers whether it could be applied. */
  #change(order: OrderView): boolean {
    const { orderId, side } = order;
    if (orderId === '' || side === undefined) return true;
    const known = this.#orders.get(orderId);
    if (order.event === 'delete') {
      if (known) this.#remove(known);
      else this.#unknown += 1;
      return true;
    }
    const { priceInteger, priceScale, quantityInteger, quantityScale, orderTimestampNs } = order;
    if (priceInteger === undefined || priceScale === undefined) return false;
    if (quantityInteger === undefined || quantityScale === undefined) return false;
    this.#fit(
      Math.max(priceScale, order.pricePrecision ?? 0),
      Math.max(quantityScale, order.quantityPrecision ?? 0),
    );
    if (order.event === 'modify' && !known) {
      this.#unknown += 1;
      return true;
    }
    const price = { integer: priceInteger, scale: priceScale };
    const quantity = { integer: quantityInteger, scale: quantityScale };
    const changed = new RestingOrder(orderId, side, price, quantity, orderTimestampNs);
    if (known && order.event === 'modify' && known.side === side && samePrice(known, changed)) {
      // Its place in the queue stays.
      known.amend(quantityInteger, quantityScale, orderTimestampNs);
      return true;
    }
    if (known) this.#remove(known);
    this.#orders.set(orderId, changed);
    this.#sideOf(side).add(changed);
    return true;
  }

  /** The message is complete. */
  #end(order: OrderView): void {
    for (const side of [this.#bids, this.#asks]) {
      for (const { orders } of side.truncate(this.depth)) {
        for (const { orderId } of orders) this.#orders.delete(orderId);
      }
    }
    this.#checksum = order.checksum;
    this.#computed = this.#bids.checksum(this.#asks.checksum(0));
    this.#asOf = order.timestamp;
    this.#asOfNs = order.timestampNs;
    if (this.#computed === this.#checksum) {
      this.#check = 'matched';
      this.#goodUntil = this.#asOf;
      this.#goodUntilNs = this.#asOfNs;
      return;
    }
    this.#check = 'failed';
    this.#mismatches += 1;
    if (this.#resync) this.#state = 'resyncing';
  }

  #remove(order: RestingOrder): void {
    this.#orders.delete(order.orderId);
    this.#sideOf(order.side).remove(order);
  }

  #clear(): void {
    this.#orders.clear();
    this.#bids.clear();
    this.#asks.clear();
    this.#scales.price = 0;
    this.#scales.quantity = 0;
    this.#check = 'none';
  }

  #fit(price: number, quantity: number): void {
    const { price: before } = this.#scales;
    if (price > before) {
      this.#bids.rescale(before, price);
      this.#asks.rescale(before, price);
      this.#scales.price = price;
    }
    if (quantity > this.#scales.quantity) this.#scales.quantity = quantity;
  }

  #sideOf(side: 'bid' | 'ask'): Level3Side {
    return side === 'bid' ? this.#bids : this.#asks;
  }
}

function samePrice(a: RestingOrder, b: RestingOrder): boolean {
  const scale = Math.max(a.priceScale, b.priceScale);
  return rescale(a.priceInteger, a.priceScale, scale) === rescale(b.priceInteger, b.priceScale, scale);
}
