/**
 * A book in plain JavaScript, as fast as it gets: sorted arrays, digits kept with each level, the platform's own CRC-32, and
 * nothing put together anew that has not changed.
 */

import { crc32 } from 'node:zlib';

interface Row {
  readonly price: number;
  readonly qty: number;
}

interface BookMessage {
  readonly type: 'snapshot' | 'update';
  readonly data: readonly [{ readonly bids: Row[]; readonly asks: Row[]; readonly checksum: number }];
}

/** Levels a side that the checksum is of. */
const CHECKED = 10;

/** One side, best first. */
class Side {
  /** Whether its best levels have changed. */
  changed = true;
  readonly #prices: number[] = [];
  readonly #quantities: number[] = [];
  /** What the checksum is made of, for each level. */
  readonly #digits: string[] = [];
  readonly #sign: 1 | -1;
  #text = '';

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  clear(): void {
    this.#prices.length = 0;
    this.#quantities.length = 0;
    this.#digits.length = 0;
    this.changed = true;
  }

  apply(rows: readonly Row[], priceUnits: number, quantityUnits: number): void {
    const prices = this.#prices;
    const quantities = this.#quantities;
    const digits = this.#digits;
    const sign = this.#sign;
    for (let i = 0; i < rows.length; i++) {
      const { price, qty } = rows[i]!;
      let low = 0;
      let high = prices.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((prices[middle]! - price) * sign < 0) low = middle + 1;
        else high = middle;
      }
      if (low < CHECKED) this.changed = true;
      const found = low < prices.length && prices[low] === price;
      if (qty === 0) {
        if (!found) continue;
        prices.splice(low, 1);
        quantities.splice(low, 1);
        digits.splice(low, 1);
        continue;
      }
      // Units of the last decimal are whole numbers well below 2^53 here, and have no leading zeros.
      const text = `${Math.round(price * priceUnits)}${Math.round(qty * quantityUnits)}`;
      if (found) {
        quantities[low] = qty;
        digits[low] = text;
      } else {
        prices.splice(low, 0, price);
        quantities.splice(low, 0, qty);
        digits.splice(low, 0, text);
      }
    }
  }

  truncate(depth: number): void {
    if (this.#prices.length <= depth) return;
    this.#prices.length = depth;
    this.#quantities.length = depth;
    this.#digits.length = depth;
  }

  /** The digits of its best levels. */
  get text(): string {
    if (this.changed) {
      let text = '';
      for (let i = 0, end = Math.min(CHECKED, this.#digits.length); i < end; i++) text += this.#digits[i]!;
      this.#text = text;
      this.changed = false;
    }
    return this.#text;
  }
}

export class BaselineBook {
  readonly #bids = new Side(-1);
  readonly #asks = new Side(1);
  readonly #depth: number;
  readonly #priceUnits: number;
  readonly #quantityUnits: number;
  #asksCrc = 0;

  constructor(depth: number, priceDecimals: number, quantityDecimals: number) {
    this.#depth = depth;
    this.#priceUnits = 10 ** priceDecimals;
    this.#quantityUnits = 10 ** quantityDecimals;
  }

  /** Takes a frame; whether the book's checksum is the one that came with it. */
  take(frame: string): boolean {
    const message = JSON.parse(frame) as BookMessage;
    const [{ bids, asks, checksum }] = message.data;
    if (message.type === 'snapshot') {
      this.#bids.clear();
      this.#asks.clear();
    }
    this.#bids.apply(bids, this.#priceUnits, this.#quantityUnits);
    this.#asks.apply(asks, this.#priceUnits, this.#quantityUnits);
    this.#bids.truncate(this.#depth);
    this.#asks.truncate(this.#depth);
    if (this.#asks.changed) this.#asksCrc = crc32(this.#asks.text);
    return crc32(this.#bids.text, this.#asksCrc) === checksum;
  }
}
