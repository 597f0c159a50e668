import type { Random } from '../random.ts';
import { COUNT_UNITS, PRICE_UNITS } from './decimal.ts';
import { uuid } from './identifiers.ts';
import { Ladder } from './ladder.ts';
import { type MarketDefinition, tickerRandom } from './markets.ts';
import { PriceGrid, STRUCTURES, type Structure } from './price-grid.ts';

export type Side = 'yes' | 'no';

/** Whose order changed a book. */
export interface OrderOwner {
  readonly user: string;
  readonly clientOrderId: string;
  readonly subaccount: number;
}

/** A change of what rests at one price. */
export interface BookDelta {
  readonly market: Market;
  readonly side: Side;
  readonly price: number;
  readonly delta: number;
  /** µs since the epoch. */
  readonly at: number;
  /** Set when an order of one of the simulator's users caused it. */
  readonly owner: OrderOwner | undefined;
}

export interface Trade {
  readonly market: Market;
  readonly id: string;
  readonly yesPrice: number;
  readonly count: number;
  readonly takerSide: Side;
  readonly isBlock: boolean;
  readonly at: number;
}

/** Is told of everything that becomes public, in order, right after it happened. */
export interface MarketObserver {
  delta(delta: BookDelta): void;
  trade(trade: Trade): void;
}

/** Of a hundred steps, so many add a level, */
const ADDS = 30;
/** so many take one away, */
const REMOVES = 25;
/** so many are trades off the book, and the rest change a level. */
const BLOCKS = 1;
/** How far from the fair price new levels are put, in steps of the grid. */
const REACH = 60;

/**
 * The market of one contract: bids for YES and bids for NO, and trades that eat from them. What its n-th step does depends
 * on the seed only; when it happens is told to it. The two sides never cross: a YES bid and a NO bid add up to less than 1 $.
 */
export class Market {
  readonly definition: MarketDefinition;
  readonly yes = new Ladder();
  readonly no = new Ladder();
  /** The price of the latest trade, 0 before the first. */
  last = 0;
  lastCount = 0;
  volume = 0;
  openInterest = 0;
  isOpen: boolean;
  readonly #random: Random;
  #structure: Structure;
  #grid: PriceGrid;
  /** Where on the grid the market thinks the price is. Bids for YES are below, those for NO above. */
  #fair: number;
  /** Contracts of the simulator's users, by side and price: what the market does of itself leaves them alone. */
  readonly #held = { yes: new Map<number, number>(), no: new Map<number, number>() };

  constructor(definition: MarketDefinition, seed: number) {
    this.definition = definition;
    this.#random = tickerRandom(definition.ticker, seed + 1);
    this.#structure = definition.structure;
    this.#grid = new PriceGrid(STRUCTURES[definition.structure]);
    this.#fair = this.#center();
    this.isOpen = !definition.isOver;
    if (definition.isOver || definition.isNew) return;
    for (const side of ['yes', 'no'] as const) {
      const [fewest, most] = definition.levels[side];
      for (let left = (fewest + most) >> 1; left > 0; left--) {
        const price = this.freshPrice(side);
        if (price !== undefined) this[side].change(price, this.#count());
      }
    }
    // Some have never traded.
    if (this.#random.between(0, 3) === 0) return;
    this.last = this.#grid.prices[this.#fair]!;
    this.lastCount = this.#count();
    this.volume = this.#random.between(10, 200_000) * COUNT_UNITS;
    this.openInterest = Math.floor(this.volume / (2 * COUNT_UNITS)) * COUNT_UNITS;
  }

  get structure(): Structure {
    return this.#structure;
  }

  /** The lowest price at which YES can be had, 1 $ when it cannot. */
  get yesAsk(): number {
    return PRICE_UNITS - this.no.best;
  }

  /** Lets one thing happen. */
  step(at: number, observer: MarketObserver): void {
    const random = this.#random;
    if (random.between(0, 3) === 0) this.#walk();
    if (this.#eatWrongSide(at, observer)) return;
    const roll = random.between(0, 99);
    const side: Side = random.between(0, 1) === 0 ? 'yes' : 'no';
    const [fewest, most] = this.definition.levels[side];
    const levels = this[side].length;
    if (roll < BLOCKS) this.trade(this.#grid.prices[this.#fair]!, this.#count(), side, at, observer, true);
    else if (levels < fewest || (roll < BLOCKS + ADDS && levels < most)) this.#add(side, at, observer);
    else if (levels > fewest && (levels > most || roll < BLOCKS + ADDS + REMOVES))
      this.#remove(side, at, observer);
    else if (levels > 0) this.#resize(side, at, observer);
  }

  /** Changes what rests at a price. `owner` is given when an order of a user did it. */
  change(
    side: Side,
    price: number,
    delta: number,
    at: number,
    observer: MarketObserver,
    owner?: OrderOwner,
  ): void {
    this[side].change(price, delta);
    observer.delta({ market: this, side, price, delta, at, owner });
  }

  /** Makes a trade public. What it eats from the book is the caller's to take away. */
  trade(
    price: number,
    count: number,
    takerSide: Side,
    at: number,
    observer: MarketObserver,
    isBlock = false,
  ): Trade {
    this.last = price;
    this.lastCount = count;
    this.volume += count;
    this.openInterest = Math.max(0, this.openInterest + this.#random.between(-1, 1) * count);
    const trade = { market: this, id: uuid(this.#random), yesPrice: price, count, takerSide, isBlock, at };
    observer.trade(trade);
    return trade;
  }

  /** Notes that so many contracts (below 0: so many fewer) at a price belong to a user. */
  hold(side: Side, price: number, count: number): void {
    const held = this.#heldAt(side, price) + count;
    if (held === 0) this.#held[side].delete(price);
    else this.#held[side].set(price, held);
  }

  /** A grid price for a bid that crosses neither the fair price nor the other side; `undefined` when chance finds none. */
  freshPrice(side: Side): number | undefined {
    const { prices } = this.#grid;
    const away = Math.min(this.#random.between(1, REACH), this.#random.between(1, REACH));
    if (side === 'yes') {
      const price = prices[Math.max(0, this.#fair - away)]!;
      return price < prices[this.#fair]! && price < this.yesAsk ? price : undefined;
    }
    const ask = prices[Math.min(prices.length - 1, this.#fair + away)]!;
    return ask > prices[this.#fair]! && ask > this.yes.best ? PRICE_UNITS - ask : undefined;
  }

  /** What of the best level of a side belongs to no user: an order that takes it meets strangers only. */
  bestFree(side: Side): number {
    return this[side].bestCount - this.#heldAt(side, this[side].best);
  }

  /** Every count is a multiple of it. */
  get countStep(): number {
    return this.definition.countStep;
  }

  /** Puts another grid of prices in force. Levels that the new grid does not have stay until they are gone. */
  setStructure(structure: Structure): void {
    const fair = this.#grid.prices[this.#fair]!;
    this.#structure = structure;
    this.#grid = new PriceGrid(STRUCTURES[structure]);
    this.#fair = this.#inside(this.#grid.indexOf(fair));
  }

  /** Takes every level away. */
  clear(at: number, observer: MarketObserver): void {
    for (const side of ['yes', 'no'] as const) {
      this.#held[side].clear();
      for (const [price, count] of this[side].levels()) this.change(side, price, -count, at, observer);
    }
  }

  /** The further the price is from its center, the likelier it turns back. */
  #walk(): void {
    const away = this.#fair - this.#center();
    const turn = Math.max(-45, Math.min(45, away * 4));
    this.#fair = this.#inside(this.#fair + (this.#random.between(0, 99) < 50 - turn ? 1 : -1));
  }

  /** A bid on the wrong side of the fair price trades. False when there is none. */
  #eatWrongSide(at: number, observer: MarketObserver): boolean {
    const fair = this.#grid.prices[this.#fair]!;
    if (this.yes.best >= fair) return this.#eat('yes', at, observer);
    if (this.yesAsk <= fair) return this.#eat('no', at, observer);
    return false;
  }

  #eat(side: Side, at: number, observer: MarketObserver): boolean {
    const price = this[side].best;
    const yesPrice = side === 'yes' ? price : PRICE_UNITS - price;
    const free = this.bestFree(side);
    if (free <= 0) {
      // A user's order is in the way: the price turns around before it.
      const index = side === 'yes' ? this.#grid.indexOf(yesPrice + 1) : this.#grid.indexOf(yesPrice) - 1;
      this.#fair = this.#inside(index);
      return false;
    }
    const part = Math.floor((free * this.#random.between(1, 150)) / 100 / this.countStep) * this.countStep;
    const count = Math.min(free, Math.max(this.countStep, part));
    this.trade(yesPrice, count, side === 'yes' ? 'no' : 'yes', at, observer);
    this.change(side, price, -count, at, observer);
    return true;
  }

  #add(side: Side, at: number, observer: MarketObserver): void {
    const price = this.freshPrice(side);
    if (price !== undefined) this.change(side, price, this.#count(), at, observer);
  }

  #remove(side: Side, at: number, observer: MarketObserver): void {
    const ladder = this[side];
    const price = ladder.prices[this.#level(ladder)]!;
    const free = ladder.countAt(price) - this.#heldAt(side, price);
    if (free > 0) this.change(side, price, -free, at, observer);
  }

  #resize(side: Side, at: number, observer: MarketObserver): void {
    const ladder = this[side];
    const price = ladder.prices[this.#level(ladder)]!;
    const free = ladder.countAt(price) - this.#heldAt(side, price);
    const { countStep } = this;
    const isLess = free > countStep && this.#random.between(0, 1) === 0;
    const delta = isLess ? -this.#random.between(1, free / countStep - 1) * countStep : this.#count();
    this.change(side, price, delta, at, observer);
  }

  /** A level, more often a good one. */
  #level(ladder: Ladder): number {
    const last = ladder.length - 1;
    return last - Math.min(this.#random.between(0, last), this.#random.between(0, last));
  }

  #heldAt(side: Side, price: number): number {
    return this.#held[side].get(price) ?? 0;
  }

  #center(): number {
    return this.#inside(this.#grid.indexOf(this.definition.center));
  }

  #inside(index: number): number {
    return Math.min(this.#grid.length - 2, Math.max(1, index));
  }

  /** Half of them round, as people choose them; half with every place used. */
  #count(): number {
    const { countStep } = this;
    const round = this.#random.between(1, 40) * 5 * COUNT_UNITS;
    if (this.#random.between(0, 1) === 0) return round;
    return Math.max(1, Math.floor((round * this.#random.between(1, 1_000)) / 1_000 / countStep)) * countStep;
  }
}
