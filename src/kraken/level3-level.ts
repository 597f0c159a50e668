import { bigintText } from '../memory/decimal.ts';

/** How many decimals a level 3 book reckons with: those of the instrument, once they are known, and never less than it has seen. */
export interface Scales {
  price: number;
  quantity: number;
}

/** An order that rests in a level 3 book. */
export class RestingOrder {
  readonly orderId: string;
  readonly side: 'bid' | 'ask';
  /** Price: the integer / 10^scale. */
  readonly priceInteger: bigint;
  readonly priceScale: number;
  #quantityInteger: bigint;
  #quantityScale: number;
  #timestampNs: bigint;
  /** What it puts into the checksum, and for which scales; empty when it has to be made anew. */
  #digits = '';
  #priceDigits = -1;
  #quantityDigits = -1;

  constructor(
    orderId: string,
    side: 'bid' | 'ask',
    price: { readonly integer: bigint; readonly scale: number },
    quantity: { readonly integer: bigint; readonly scale: number },
    timestampNs: bigint,
  ) {
    this.orderId = orderId;
    this.side = side;
    this.priceInteger = price.integer;
    this.priceScale = price.scale;
    this.#quantityInteger = quantity.integer;
    this.#quantityScale = quantity.scale;
    this.#timestampNs = timestampNs;
  }

  get price(): number {
    return Number(this.priceText);
  }

  get priceText(): string {
    return bigintText(this.priceInteger, this.priceScale);
  }

  /** What is left of it and shown, in the base currency. */
  get quantity(): number {
    return Number(this.quantityText);
  }

  get quantityText(): string {
    return bigintText(this.#quantityInteger, this.#quantityScale);
  }

  get quantityInteger(): bigint {
    return this.#quantityInteger;
  }

  get quantityScale(): number {
    return this.#quantityScale;
  }

  /** When it was inserted or amended, nanoseconds since the epoch; 0n when that is not known. */
  get timestampNs(): bigint {
    return this.#timestampNs;
  }

  /** @internal */
  amend(integer: bigint, scale: number, timestampNs: bigint): void {
    this.#quantityInteger = integer;
    this.#quantityScale = scale;
    this.#timestampNs = timestampNs;
    this.#digits = '';
  }

  /**
   * Digits of price and quantity, as the checksum wants them: no point, no leading zeros.
   *
   * @internal
   */
  digits(scales: Scales): string {
    if (
      this.#digits === '' ||
      this.#priceDigits !== scales.price ||
      this.#quantityDigits !== scales.quantity
    ) {
      const price = rescale(this.priceInteger, this.priceScale, scales.price);
      const quantity = rescale(this.#quantityInteger, this.#quantityScale, scales.quantity);
      this.#digits = `${price}${quantity}`;
      this.#priceDigits = scales.price;
      this.#quantityDigits = scales.quantity;
    }
    return this.#digits;
  }
}

/** Orders of one price, in the order in which they are filled. */
export class Level3Level {
  /** Orders in queue order; there is one at least. */
  readonly orders: readonly RestingOrder[];
  /** @internal */
  readonly queue: RestingOrder[] = [];
  /**
   * At the book's scale.
   *
   * @internal
   */
  key: bigint;
  readonly #scales: Scales;

  /** @internal */
  constructor(key: bigint, scales: Scales) {
    this.key = key;
    this.orders = this.queue;
    this.#scales = scales;
  }

  get price(): number {
    return Number(this.priceText);
  }

  get priceText(): string {
    return bigintText(this.key, this.#scales.price);
  }

  /** Of all orders together. */
  get quantity(): number {
    return Number(this.quantityText);
  }

  get quantityText(): string {
    return bigintText(sumOf(this.orders, this.orders.length, this.#scales.quantity), this.#scales.quantity);
  }
}

/** Quantity of the first orders of a queue, at a scale. */
export function sumOf(orders: readonly RestingOrder[], count: number, scale: number): bigint {
  let sum = 0n;
  for (let i = 0; i < count; i++) {
    const { quantityInteger, quantityScale } = orders[i]!;
    sum += rescale(quantityInteger, quantityScale, scale);
  }
  return sum;
}

/** @param to at least as large */
export function rescale(integer: bigint, from: number, to: number): bigint {
  return from === to ? integer : integer * 10n ** BigInt(to - from);
}
