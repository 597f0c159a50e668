/** Book sessions as Kraken would send them, with what the book is after each message. Nothing here is shared with the kernel. */

import { crc32 } from 'node:zlib';
import fc from 'fast-check';

/** Prices and quantities in units of their last decimal. */
export type Units = readonly [price: bigint, quantity: bigint];

export interface SessionMessage {
  readonly text: string;
  /** The book that a subscriber has after it, best first. */
  readonly bids: readonly RowText[];
  readonly asks: readonly RowText[];
}

export interface RowText {
  readonly price: string;
  readonly qty: string;
}

export interface SessionOptions {
  readonly symbol?: string;
  readonly depth: number;
  readonly updates: number;
  readonly priceDecimals?: number;
  readonly quantityDecimals?: number;
  /** Levels a side that the market has at first. */
  readonly levels?: number;
  /** Numbers 0…1, as many as are asked for. */
  readonly random: () => number;
  /** Writes a number of the wire's decimals in another way. */
  readonly write?: (text: string) => string;
}

export function unitsText(units: bigint, decimals: number): string {
  if (decimals === 0) return String(units);
  const digits = units.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Kraken's checksum of the best ten of both sides: asks first. */
export function checksumOf(bids: readonly Units[], asks: readonly Units[]): number {
  const digits = (levels: readonly Units[]) =>
    levels
      .slice(0, 10)
      .map(([price, quantity]) => `${price}${quantity}`)
      .join('');
  return crc32(digits(asks) + digits(bids));
}

let clock = 0;

/** A book message. */
export function bookText(
  type: 'snapshot' | 'update',
  symbol: string,
  bids: readonly RowText[],
  asks: readonly RowText[],
  checksum: number | string | undefined,
): string {
  clock += 1;
  const rows = (side: readonly RowText[]) => side.map(({ price, qty }) => `{"price":${price},"qty":${qty}}`);
  const time = `2026-10-09T00:34:${String(clock % 60).padStart(2, '0')}.${String(clock % 1_000_000).padStart(6, '0')}Z`;
  const check = checksum === undefined ? '' : `"checksum":${checksum},`;
  return `{"channel":"book","type":"${type}","data":[{"symbol":"${symbol}","bids":[${rows(bids)}],"asks":[${rows(asks)}],${check}"timestamp":"${time}"}]}`;
}

/** One side of the whole market, best first. */
class Side {
  readonly levels: [bigint, bigint][] = [];
  readonly #sign: bigint;

  constructor(sign: bigint) {
    this.#sign = sign;
  }

  find(price: bigint): number {
    const index = this.levels.findIndex(([other]) => (other - price) * this.#sign >= 0n);
    return index < 0 ? this.levels.length : index;
  }

  set(price: bigint, quantity: bigint): void {
    const index = this.find(price);
    const held = this.levels[index]?.[0] === price;
    this.levels.splice(
      index,
      held ? 1 : 0,
      ...(quantity === 0n ? [] : [[price, quantity] as [bigint, bigint]]),
    );
  }

  /** So many units worse. */
  worse(price: bigint, units: bigint): bigint {
    return price + units * this.#sign;
  }
}

/** A snapshot and updates. Like Kraken, it tells changes of the best `depth` levels and what comes into sight, never what goes out of it. */
export function bookSession(options: SessionOptions): SessionMessage[] {
  const { depth, updates, random } = options;
  const { symbol = 'BTC/USD', priceDecimals = 1, quantityDecimals = 8, levels = depth + 20 } = options;
  const { write = (text: string) => text } = options;
  const pick = (below: number) => Math.min(below - 1, Math.floor(random() * below));
  const quantity = () => BigInt(1 + Math.floor(random() ** 4 * 10 ** (quantityDecimals + 1)));
  const middle = 10n ** BigInt(priceDecimals) * BigInt(5 + pick(50_000));
  const sides = [new Side(-1n), new Side(1n)] as const;
  for (const side of sides) {
    let price = side.worse(middle, 1n);
    for (let level = 0; level < levels; level++) {
      side.set(price, quantity());
      price = side.worse(price, BigInt(1 + pick(4)));
      if (price <= 0n) break;
    }
  }
  const row = ([price, amount]: Units): RowText => ({
    price: unitsText(price, priceDecimals),
    qty: unitsText(amount, quantityDecimals),
  });
  const written = ({ price, qty }: RowText): RowText => ({ price: write(price), qty: write(qty) });
  const visible = () =>
    sides.map(({ levels: all }) => all.slice(0, depth).map(row)) as [RowText[], RowText[]];
  const message = (type: 'snapshot' | 'update', rows: readonly RowText[][]): SessionMessage => {
    const [bids, asks] = visible();
    const sum = checksumOf(sides[0].levels, sides[1].levels);
    return { text: bookText(type, symbol, rows[0]!.map(written), rows[1]!.map(written), sum), bids, asks };
  };

  const messages = [message('snapshot', visible())];
  while (messages.length <= updates) {
    const before = sides.map(
      ({ levels: all }) => new Map(all.slice(0, depth).map(([price, amount]) => [price, amount])),
    );
    const changes = 1 + pick(3);
    for (let change = 0; change < changes; change++) {
      const side = sides[pick(2)]!;
      const index = pick(Math.min(depth, Math.max(1, side.levels.length)));
      const [price] = side.levels[index] ?? [middle];
      const kind = random();
      if (kind < 0.4) side.set(price, quantity());
      else if (kind < 0.7) side.set(price, 0n);
      else {
        const added = side.worse(price, BigInt(pick(3) - 1));
        const other = sides[side === sides[0] ? 1 : 0]!.levels[0]?.[0];
        // A market does not cross.
        if (
          added > 0n &&
          (other === undefined || side.worse(other, 0n) !== added) &&
          !crosses(side, added, other)
        ) {
          side.set(added, quantity());
        }
      }
    }
    const rows = sides.map(({ levels: all }, which) => {
      const now = new Map(all.map(([price, amount]) => [price, amount]));
      const seen = all.slice(0, depth);
      const gone = [...before[which]!.keys()].filter((price) => !now.has(price));
      const news = seen.filter(([price, amount]) => before[which]!.get(price) !== amount);
      return [...gone.map((price): Units => [price, 0n]), ...news].map(row);
    });
    if (rows[0]!.length + rows[1]!.length > 0) messages.push(message('update', rows));
  }
  return messages;
}

function crosses(side: Side, price: bigint, other: bigint | undefined): boolean {
  return other !== undefined && (price - other) * side.worse(0n, 1n) <= 0n;
}

/** Numbers 0…1 from a seed, always the same (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const sessionArbitrary: fc.Arbitrary<{ options: SessionOptions; messages: SessionMessage[] }> = fc
  .record({
    seed: fc.integer(),
    depth: fc.constantFrom(10, 25, 100),
    updates: fc.integer({ min: 1, max: 60 }),
    priceDecimals: fc.integer({ min: 0, max: 9 }),
    quantityDecimals: fc.integer({ min: 0, max: 8 }),
    levels: fc.integer({ min: 0, max: 140 }),
  })
  .map(({ seed, ...rest }) => {
    const options = { ...rest, random: randomFrom(seed) };
    return { options, messages: bookSession(options) };
  });
