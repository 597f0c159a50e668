import type { Random } from '../random.ts';
import type { BookSide, LevelChange, SideName } from './book.ts';
import { CHECKSUM_LEVELS } from './checksum.ts';
import { decimalText } from './decimal.ts';
import type { PairMarket } from './pair-market.ts';
import { nanosText } from './time-text.ts';

/** One order that rests in the book. */
interface Order {
  readonly id: string;
  /** Units. */
  quantity: number;
  /** When it was placed or amended, RFC 3339 with nine places. */
  timestamp: string;
}

const MOST_ORDERS_AT_FIRST = 3;
const ID_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The orders behind the levels of a market's book, in queue order: what a level's quantity is made of. It begins with what
 * is there when somebody first asks for level 3, and follows each change of a level from then on.
 */
export class OrderBook {
  readonly #market: PairMarket;
  readonly #random: Random;
  readonly #queues: Record<SideName, Map<number, Order[]>> = { asks: new Map(), bids: new Map() };

  constructor(market: PairMarket, random: Random, at: number) {
    this.#market = market;
    this.#random = random;
    for (const side of [market.asks, market.bids]) {
      for (const [i, price] of side.prices.entries()) {
        // They were placed at some time in the last minute, first come first.
        const orders = this.#split(side.quantities[i]!, at - this.#random.between(1, 60_000_000));
        this.#queues[side.name].set(price, orders);
      }
    }
  }

  /**
   * Follows a change that the market's book has just made.
   * @returns the rows of a level3 update; none when the change is none to the orders
   */
  apply({ side, kind, price, quantity, isFill }: LevelChange, at: number): string[] {
    const queues = this.#queues[side];
    if (kind === 'insert') {
      const orders = this.#split(quantity, at);
      queues.set(price, orders);
      return orders.map((order) => this.#row(order, price, 'add'));
    }
    const orders = queues.get(price)!;
    const timestamp = this.#timestamp(at);
    if (kind === 'delete') {
      queues.delete(price);
      return orders.map((order) => this.#row({ ...order, timestamp }, price, 'delete'));
    }
    const change = quantity - orders.reduce((sum, order) => sum + order.quantity, 0);
    if (change === 0) return [];
    if (change < 0) return this.#take(orders, -change, price, isFill, timestamp);
    const order = { id: this.#id(), quantity: change, timestamp };
    orders.push(order);
    return [this.#row(order, price, 'add')];
  }

  /** The rows with which the orders of this level enter somebody's view. */
  entering(side: BookSide, index: number): string[] {
    const price = side.prices[index]!;
    return this.#queues[side.name].get(price)!.map((order) => this.#row(order, price, 'add'));
  }

  /** Rows for a snapshot of so many levels. */
  rows(side: BookSide, depth: number): string[] {
    return side.prices
      .slice(0, depth)
      .flatMap((price) => this.#queues[side.name].get(price)!.map((order) => this.#row(order, price)));
  }

  /** The text whose CRC-32 is the checksum: every order of ten levels a side, in queue order, asks first. */
  checksumText(): string {
    let text = '';
    for (const side of [this.#market.asks, this.#market.bids]) {
      const levels = Math.min(CHECKSUM_LEVELS, side.length);
      for (let i = 0; i < levels; i++) {
        const price = side.prices[i]!;
        for (const { quantity } of this.#queues[side.name].get(price)!) text += `${price}${quantity}`;
      }
    }
    return text;
  }

  /** Takes so much out of a queue: from its head when it was traded, anywhere when somebody thought better of it. */
  #take(orders: Order[], amount: number, price: number, isFill: boolean, timestamp: string): string[] {
    const rows: string[] = [];
    while (amount > 0) {
      const index = isFill ? 0 : this.#random.between(0, orders.length - 1);
      const order = orders[index]!;
      if (order.quantity <= amount) {
        orders.splice(index, 1);
        amount -= order.quantity;
        rows.push(this.#row({ ...order, timestamp }, price, 'delete'));
      } else {
        order.quantity -= amount;
        order.timestamp = timestamp;
        amount = 0;
        rows.push(this.#row(order, price, 'modify'));
      }
    }
    return rows;
  }

  #split(quantity: number, at: number): Order[] {
    const orders: Order[] = [];
    let left = quantity;
    for (let more = this.#random.between(1, MOST_ORDERS_AT_FIRST); left > 0; more--) {
      const part = more > 1 && left > 1 ? this.#random.between(1, left - 1) : left;
      orders.push({ id: this.#id(), quantity: part, timestamp: this.#timestamp(at + orders.length) });
      left -= part;
    }
    return orders;
  }

  #row({ id, quantity, timestamp }: Order, price: number, event?: 'add' | 'modify' | 'delete'): string {
    const { pricePrecision, qtyPrecision } = this.#market.instrument;
    const begin = event === undefined ? '{' : `{"event":"${event}",`;
    return (
      `${begin}"order_id":"${id}","limit_price":${decimalText(price, pricePrecision)}` +
      `,"order_qty":${decimalText(quantity, qtyPrecision)},"timestamp":"${timestamp}"}`
    );
  }

  #timestamp(at: number): string {
    return nanosText(at, this.#random.between(0, 999));
  }

  #id(): string {
    return orderId(this.#random, 'O');
  }
}

/** An identifier as Kraken writes them: `OTCFZG-YOE2Q-LQKNM3`. */
export function orderId(random: Random, initial: string): string {
  const characters = (count: number) => {
    let text = '';
    for (let i = 0; i < count; i++) text += ID_CHARACTERS[random.between(0, ID_CHARACTERS.length - 1)];
    return text;
  };
  return `${initial}${characters(6 - initial.length)}-${characters(5)}-${characters(6)}`;
}
