import { crc32 } from 'node:zlib';

/**
 * Books kept and verified by Kraken's own rules, from the text of the frames: digits as they came, no arithmetic on them. It
 * shares nothing with the simulator.
 */
interface Level {
  readonly price: string;
  readonly qty: string;
}

interface BookData {
  readonly symbol: string;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly checksum: number;
}

const NUMBERS = /"(price|qty|limit_price|order_qty)":(-?[\d.]+)/g;

/** The frame with its prices and quantities as texts. */
export function withTexts(text: string) {
  return JSON.parse(text.replace(NUMBERS, '"$1":"$2"'));
}

/** The digits of a decimal: no point, no zeros before. */
function digits(decimal: string): string {
  return decimal.replace('.', '').replace(/^0+/, '');
}

/** Of the best levels, asks first. */
export function checksumOf(asks: readonly Level[], bids: readonly Level[]): number {
  const text = [...asks.slice(0, 10), ...bids.slice(0, 10)].map(
    ({ price, qty }) => digits(price) + digits(qty),
  );
  return crc32(text.join(''));
}

/** One book of a depth. */
export class BookChecker {
  readonly #depth: number;
  asks: Level[] = [];
  bids: Level[] = [];
  checked = 0;
  mismatches = 0;

  constructor(depth: number) {
    this.#depth = depth;
  }

  /** Applies a frame of the channel `book`, and says whether its checksum is that of the book. */
  apply(text: string): boolean {
    const { type, data } = withTexts(text) as { type: string; data: readonly [BookData] };
    const [{ asks, bids, checksum }] = data;
    if (type === 'snapshot') {
      this.asks = [];
      this.bids = [];
    }
    this.asks = merge(this.asks, asks, 1, this.#depth);
    this.bids = merge(this.bids, bids, -1, this.#depth);
    const isRight = checksumOf(this.asks, this.bids) === checksum;
    this.checked++;
    if (!isRight) this.mismatches++;
    return isRight;
  }
}

/** The last word on a price is what counts. Changes first, truncation after all of them. */
function merge(levels: readonly Level[], changes: readonly Level[], sign: number, depth: number): Level[] {
  const merged = [...levels];
  for (const change of changes) {
    const price = Number(change.price);
    const worse = merged.findIndex((level) => sign * (Number(level.price) - price) >= 0);
    const index = worse < 0 ? merged.length : worse;
    const known = merged[index]?.price === change.price ? 1 : 0;
    if (Number(change.qty) === 0) merged.splice(index, known);
    else merged.splice(index, known, change);
  }
  return merged.slice(0, depth);
}

interface Order {
  readonly event?: 'add' | 'modify' | 'delete';
  readonly order_id: string;
  readonly limit_price: string;
  readonly order_qty: string;
  readonly timestamp: string;
}

/** One level3 book of a depth: orders in queue order within their levels. */
export class OrderChecker {
  readonly #depth: number;
  asks: Order[] = [];
  bids: Order[] = [];
  /** What does not fit what was known: an order added twice, or changed without being known. */
  readonly oddities: string[] = [];

  constructor(depth: number) {
    this.#depth = depth;
  }

  apply(text: string): boolean {
    const { type, data } = withTexts(text);
    const [{ asks, bids, checksum }] = data as readonly [{ asks: Order[]; bids: Order[]; checksum: number }];
    if (type === 'snapshot') {
      this.asks = asks;
      this.bids = bids;
    } else {
      this.asks = this.#side(this.asks, asks, 1);
      this.bids = this.#side(this.bids, bids, -1);
    }
    return this.checksum() === checksum;
  }

  checksum(): number {
    const best = [this.asks, this.bids].flatMap((orders) => levelsOf(orders.slice(0, 1_000)).slice(0, 10));
    const text = best.flat().map(({ limit_price, order_qty }) => digits(limit_price) + digits(order_qty));
    return crc32(text.join(''));
  }

  #side(orders: readonly Order[], events: readonly Order[], sign: number): Order[] {
    if (events.length === 0) return [...orders];
    const left = [...orders];
    for (const order of events) {
      const index = left.findIndex(({ order_id }) => order_id === order.order_id);
      if ((order.event === 'add') === index >= 0) this.oddities.push(`${order.event} ${order.order_id}`);
      if (order.event === 'add') left.push(order);
      else if (order.event === 'modify') left[index] = order;
      else left.splice(index, 1);
    }
    // Sorting keeps the order of the queue within a level.
    left.sort((a, b) => sign * (Number(a.limit_price) - Number(b.limit_price)));
    return levelsOf(left).slice(0, this.#depth).flat();
  }
}

function levelsOf(orders: readonly Order[]): Order[][] {
  const levels: Order[][] = [];
  for (const order of orders) {
    const level = levels.at(-1);
    if (level?.[0]?.limit_price === order.limit_price) level.push(order);
    else levels.push([order]);
  }
  return levels;
}
