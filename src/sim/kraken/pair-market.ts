import { mix, Random } from '../random.ts';
import { BookSide, type LevelChange } from './book.ts';
import type { Instrument } from './instruments.ts';

/** One trade. Price and quantity are whole numbers of units. */
export interface Trade {
  readonly price: number;
  readonly quantity: number;
  /** The taker's. */
  readonly side: 'buy' | 'sell';
  readonly orderType: 'limit' | 'market';
  readonly id: number;
  /** µs since the epoch. */
  readonly at: number;
}

type Observer = (change: LevelChange) => void;

/** Latest trades that are kept: as many as a snapshot has. */
const TRADES_KEPT = 50;
/** Of a hundred events, so many are trades, */
const TRADES = 14;
/** so many change one level, and the rest several. */
const SINGLE_CHANGES = 60;
/** Units that the spread is narrowed to. */
const SPREAD = 3;
/** Levels near the best: where most of it happens. */
const NEAR = 15;
/** How far from its base, in parts of it, a price is pulled back with all force. */
const LEASH = 0.02;

/**
 * The market of one pair: a book, and trades that eat from it. What its n-th event does depends on the seed only; when
 * it happens is told to it.
 */
export class PairMarket {
  readonly instrument: Instrument;
  readonly asks = new BookSide('asks');
  readonly bids = new BookSide('bids');
  /** The latest, oldest first. */
  readonly trades: Trade[] = [];
  /** 24-hour figures. What is older than a day is not taken out again. */
  readonly day: { volume: bigint; cost: number; low: number; high: number; open: number; trades: number };
  readonly #random: Random;
  /** About the distance between two levels. */
  readonly #gap: number;
  #nextTrade: number;

  /** @param at now, µs since the epoch: the trades made up for the past are from before. */
  constructor(instrument: Instrument, seed: number, at: number) {
    const { symbol, basePrice, dayVolume } = instrument;
    let state = seed;
    for (let i = 0; i < symbol.length; i++) state = mix(state, symbol.charCodeAt(i));
    const random = new Random(state);
    this.instrument = instrument;
    this.#random = random;
    this.#gap = Math.max(1, Math.floor(basePrice / 50_000));
    this.#nextTrade = random.between(1_000_000, 120_000_000);
    for (const side of [this.asks, this.bids]) this.#fill(side);

    const open = Math.max(1, basePrice + random.between(-1_000, 1_000) * this.#gap);
    const low = Math.max(1, Math.min(open, basePrice) - random.between(1, 500) * this.#gap);
    const high = Math.max(open, basePrice) + random.between(1, 500) * this.#gap;
    const cost = Number(dayVolume) * ((low + high) / 2);
    this.day = { volume: dayVolume, cost, low, high, open, trades: random.between(500, 200_000) };
    for (let i = TRADES_KEPT; i > 0; i--) {
      const price = Math.max(1, basePrice + random.between(-20, 20) * this.#gap);
      this.#keep({
        price,
        quantity: this.#quantity(),
        ...this.#taker(random.between(0, 1) === 1),
        at: at - i * 1e5,
      });
    }
  }

  /** The price of the latest trade. */
  get last(): number {
    return this.trades.at(-1)!.price;
  }

  /**
   * Lets one thing happen. The observer sees every change of a level, in order, right after it was made.
   * @returns the trades made, mostly none
   */
  step(at: number, observe: Observer): readonly Trade[] {
    const roll = this.#random.between(0, 99);
    const trades = roll < TRADES ? this.#trade(at, observe) : [];
    if (trades.length === 0) {
      const changes = roll < TRADES + SINGLE_CHANGES ? 1 : this.#random.between(2, 4);
      for (let i = 0; i < changes; i++) this.#change(observe);
      if (roll === 99) this.#flicker(observe);
    }
    this.#narrow(observe);
    this.#tend(this.asks, observe);
    this.#tend(this.bids, observe);
    return trades;
  }

  #change(observe: Observer): void {
    const side = this.#random.between(0, 1) === 0 ? this.asks : this.bids;
    const index = this.#index(side);
    const what = this.#random.between(0, 9);
    if (index < 0) {
      this.#append(side, observe);
    } else if (what < 2 && side.length > this.instrument.levels[0]) {
      observe(side.set(side.prices[index]!, 0));
    } else if (what >= 4 || !this.#insert(side, observe)) {
      observe(side.set(side.prices[index]!, this.#quantity()));
    }
  }

  /** A new level in the widest gap near the best. False when there is no price free. */
  #insert(side: BookSide, observe: Observer): boolean {
    const { prices } = side;
    let index = 0;
    let room = 0;
    for (let i = 1; i < Math.min(NEAR, this.#ordinary(side)); i++) {
      const distance = Math.abs(prices[i]! - prices[i - 1]!);
      if (distance > room) {
        index = i;
        room = distance;
      }
    }
    if (room < 2) return false;
    observe(side.set(side.worse(prices[index]!, -this.#random.between(1, room - 1)), this.#quantity()));
    return true;
  }

  /** The same price goes and comes back in one message, as it does on the wire. */
  #flicker(observe: Observer): void {
    const price = this.bids.prices[0];
    if (price === undefined || this.bids.length - this.instrument.outliers.bids.length < 1) return;
    observe(this.bids.set(price, 0));
    observe(this.bids.set(price, this.#quantity()));
  }

  #trade(at: number, observe: Observer): readonly Trade[] {
    const isBuy = !this.#isAbove();
    const side = isBuy ? this.asks : this.bids;
    const taker = this.#taker(isBuy);
    const trades: Trade[] = [];
    const most = this.#random.between(1, 3);
    while (trades.length < most && this.#ordinary(side) > 0) {
      const price = side.prices[0]!;
      const there = side.quantities[0]!;
      const takesAll = there < 2 || this.#random.between(0, 9) < 4;
      const quantity = takesAll ? there : this.#random.between(1, there - 1);
      observe(side.set(price, there - quantity, true));
      trades.push(this.#keep({ price, quantity, ...taker, at }));
      if (!takesAll) break;
    }
    return trades;
  }

  #taker(isBuy: boolean): Pick<Trade, 'side' | 'orderType'> {
    const orderType = this.#random.between(0, 3) === 0 ? 'market' : 'limit';
    return { side: isBuy ? 'buy' : 'sell', orderType };
  }

  #keep(trade: Omit<Trade, 'id'>): Trade {
    const kept = { ...trade, id: this.#nextTrade++ };
    const { day } = this;
    day.volume += BigInt(trade.quantity);
    day.cost += trade.quantity * trade.price;
    day.low = Math.min(day.low, trade.price);
    day.high = Math.max(day.high, trade.price);
    day.trades++;
    this.trades.push(kept);
    if (this.trades.length > TRADES_KEPT) this.trades.shift();
    return kept;
  }

  /** A wide spread gets better levels, on the side that brings the price back. */
  #narrow(observe: Observer): void {
    for (let most = 3; most > 0; most--) {
      const ask = this.asks.prices[0];
      const bid = this.bids.prices[0];
      if (ask === undefined || bid === undefined || ask - bid <= SPREAD) return;
      const room = ask - bid;
      const [side, opposite] = this.#isAbove() ? [this.asks, bid] : [this.bids, ask];
      const isClose = room <= 2 * this.#gap;
      const distance = isClose ? this.#random.between(1, SPREAD) : this.#random.between(room >> 1, room - 1);
      observe(side.set(side.worse(opposite, distance), this.#quantity()));
    }
  }

  /** Keeps the number of levels in its bounds. */
  #tend(side: BookSide, observe: Observer): void {
    const [fewest, most] = this.instrument.levels;
    while (this.#ordinary(side) > most) observe(side.set(side.prices[this.#ordinary(side) - 1]!, 0));
    while (this.#ordinary(side) < fewest) if (!this.#append(side, observe)) return;
  }

  #fill(side: BookSide): void {
    for (const { price, quantity } of this.instrument.outliers[side.name]) side.set(price, quantity);
    const [fewest, most] = this.instrument.levels;
    for (let left = (fewest + most) >> 1; left > 0; left--) this.#append(side, () => {});
  }

  /** A level behind all others. False when there is no price left above zero. */
  #append(side: BookSide, observe: Observer): boolean {
    const levels = this.#ordinary(side);
    const other = side === this.asks ? this.bids : this.asks;
    const otherBest = this.#ordinary(other) > 0 ? other.prices[0]! : undefined;
    const from = levels > 0 ? side.prices[levels - 1]! : (otherBest ?? this.instrument.basePrice);
    const price = side.worse(from, this.#random.between(1, 2 * this.#gap));
    if (price < 1) return false;
    observe(side.set(price, this.#quantity()));
    return true;
  }

  /** Levels that are no outliers: those at the beginning. */
  #ordinary(side: BookSide): number {
    return side.length - this.instrument.outliers[side.name].length;
  }

  /** A level to change, most often near the best; -1 when there is none. */
  #index(side: BookSide): number {
    const levels = this.#ordinary(side);
    const roll = this.#random.between(0, 19);
    const reach = roll < 15 ? NEAR - 1 : roll < 18 ? 99 : levels - 1;
    return Math.min(this.#random.between(0, Math.max(0, reach)), levels - 1);
  }

  /** The further above its base the price is, the likelier; below it, the less likely. */
  #isAbove(): boolean {
    const { basePrice } = this.instrument;
    const price = this.asks.prices[0] ?? this.bids.prices[0] ?? basePrice;
    const pull = Math.min(1, Math.max(-1, (price - basePrice) / (LEASH * basePrice)));
    return this.#random.between(0, 999) < 500 + 500 * pull;
  }

  /** Half of them round, as people choose them; half with every place used. */
  #quantity(): number {
    const { typicalQuantity } = this.instrument;
    const random = this.#random;
    if (random.between(0, 1) === 0)
      return Math.max(1, Math.floor(typicalQuantity / 20) * random.between(1, 60));
    return Math.max(1, Math.floor((typicalQuantity * random.between(1, 3_000_000_000)) / 1_000_000_000));
  }
}
