import { mix, Random } from '../random.ts';
import type { AccountMessages, Order, Position } from './account-messages.ts';
import { COUNT_UNITS, PRICE_UNITS } from './decimal.ts';
import type { Exchange } from './exchange.ts';
import { hashText, hexDigits, uuid } from './identifiers.ts';
import type { Market, MarketObserver, OrderOwner, Side } from './market.ts';
import type { Publisher } from './publisher.ts';

/** What one user does, act by act, over and over. */
const SCRIPT = [
  'group-created',
  'place',
  'decrease',
  'fill-part',
  'group-limit-updated',
  'fill-rest',
  'take',
  'group-triggered',
  'place',
  'cancel',
  'group-reset',
  'take',
  'group-deleted',
] as const;

type Act = (typeof SCRIPT)[number];

/** Why orders end that did not trade, in turn. */
const CANCEL_REASONS = [
  'ExpiryCancel',
  'SelfTradeCancel',
  'ReduceOnlyCancel',
  'CloseCancel',
  'MarginCancel',
] as const;
/** What is traded by a user at most, in contracts. */
const MOST_CONTRACTS = 50;

export interface AccountOptions {
  readonly user: string;
  readonly seed: number;
  readonly exchange: Exchange;
  readonly publisher: Publisher;
  readonly messages: AccountMessages;
}

/** One user: places orders, has them filled, changed and cancelled, and is told so on the private channels. */
export class Account {
  readonly #options: AccountOptions;
  readonly #random: Random;
  readonly #positions = new Map<string, Position>();
  #next = 0;
  #orders = 0;
  #groupId = '';
  #resting: { order: Order; market: Market } | undefined;

  constructor(options: AccountOptions) {
    this.#options = options;
    this.#random = new Random(mix(options.seed, hashText(options.user)));
  }

  /**
   * Does the next thing of the script.
   * @param subaccounts those of the user's keys, which take turns with the main one
   */
  act(subaccounts: readonly number[]): void {
    const act = SCRIPT[this.#next]!;
    this.#next = (this.#next + 1) % SCRIPT.length;
    if (act.startsWith('group-')) this.#changeGroup(act);
    else if (act === 'place') this.#place(subaccounts);
    else if (act === 'take') this.#take(subaccounts);
    else this.#changeResting(act);
  }

  #changeGroup(act: Act): void {
    const { exchange, publisher, messages, user } = this.#options;
    if (act === 'group-created') this.#groupId = uuid(this.#random);
    const event = act.slice('group-'.length).replace('-', '_');
    const hasLimit = event === 'created' || event === 'limit_updated';
    const limit = hasLimit ? this.#random.between(1, 20) * 10 * COUNT_UNITS : undefined;
    const msg = messages.orderGroup(event, this.#groupId, limit, exchange.clock.now());
    publisher.publishTo({ user, subaccount: 0 }, 'order_group_updates', 'order_group_updates', msg);
  }

  /** A bid that rests. */
  #place(subaccounts: readonly number[]): void {
    this.#forgetIfOver();
    const market = this.#resting === undefined ? this.#market() : undefined;
    if (market === undefined) return;
    const side: Side = this.#random.between(0, 1) === 0 ? 'yes' : 'no';
    const price = market.freshPrice(side);
    if (price === undefined) return;
    const order = this.#order(market, side, price, subaccounts);
    // Two and more, so that something is left after each of the acts that follow.
    order.count =
      this.#random.between(4, MOST_CONTRACTS) * COUNT_UNITS + (market.countStep < COUNT_UNITS ? 25 : 0);
    order.remaining = order.count;
    this.#resting = { order, market };
    this.#options.exchange.act(market, (at, observer) => {
      market.hold(side, price, order.count);
      market.change(side, price, order.count, at, observer, owner(order));
      this.#tell(order);
    });
  }

  #changeResting(act: Act): void {
    this.#forgetIfOver();
    if (this.#resting === undefined) return;
    const { order, market } = this.#resting;
    const part = Math.floor(order.remaining / (3 * COUNT_UNITS)) * COUNT_UNITS;
    this.#options.exchange.act(market, (at, observer) => {
      order.updatedAt = at;
      if (act === 'fill-part') this.#fillResting(market, order, part, at, observer);
      else if (act === 'fill-rest') this.#fillResting(market, order, order.remaining, at, observer);
      else this.#giveUp(market, order, act === 'decrease' ? part : order.remaining, at, observer);
    });
    if (order.status !== 'resting') this.#resting = undefined;
  }

  /** Contracts that are wanted no more. */
  #giveUp(market: Market, order: Order, count: number, at: number, observer: MarketObserver): void {
    order.remaining -= count;
    order.reason = 'Decrease';
    if (order.remaining === 0) {
      order.status = 'canceled';
      order.reason = CANCEL_REASONS[this.#orders % CANCEL_REASONS.length];
    }
    this.#takeBack(market, order, count, at, observer);
    this.#tell(order);
  }

  #takeBack(market: Market, order: Order, count: number, at: number, observer: MarketObserver): void {
    const price = priceOf(order);
    market.hold(order.side, price, -count);
    market.change(order.side, price, -count, at, observer, owner(order));
  }

  /** Somebody takes what rests. That is not of this user's doing, and the delta does not have the order's id. */
  #fillResting(market: Market, order: Order, count: number, at: number, observer: MarketObserver): void {
    const price = priceOf(order);
    const taker: Side = order.side === 'yes' ? 'no' : 'yes';
    const trade = market.trade(order.yesPrice, count, taker, at, observer);
    market.hold(order.side, price, -count);
    market.change(order.side, price, -count, at, observer);
    this.#fill(order, trade.id, count, false, at);
  }

  /** An order that takes what is best on the other side. */
  #take(subaccounts: readonly number[]): void {
    const market = this.#market();
    if (market === undefined) return;
    const side: Side =
      market.no.length > 0 && (market.yes.length === 0 || this.#random.between(0, 1) === 0) ? 'yes' : 'no';
    const other: Side = side === 'yes' ? 'no' : 'yes';
    const free = market.bestFree(other);
    if (free <= 0) return;
    const price = market[other].best;
    const order = this.#order(market, side, PRICE_UNITS - price, subaccounts);
    order.count = Math.min(free, this.#random.between(1, MOST_CONTRACTS) * COUNT_UNITS);
    order.remaining = order.count;
    this.#options.exchange.act(market, (at, observer) => {
      const trade = market.trade(order.yesPrice, order.count, side, at, observer);
      market.change(other, price, -order.count, at, observer, owner(order));
      this.#fill(order, trade.id, order.count, true, at);
    });
  }

  #fill(order: Order, tradeId: string, count: number, isTaker: boolean, at: number): void {
    const { publisher, messages } = this.#options;
    const price = priceOf(order);
    const cost = price * count;
    const fee = feeOf(price, count, isTaker);
    order.filled += count;
    order.remaining -= count;
    order.updatedAt = at;
    order.reason = 'Trade';
    if (order.remaining === 0) order.status = 'executed';
    if (isTaker) order.takerCost += cost;
    else order.makerCost += cost;
    if (isTaker) order.takerFees += fee;
    else order.makerFees += fee;
    const position = this.#position(order.ticker);
    addToPosition(position, order.side, count, price, fee);
    const fill = messages.fill({ tradeId, order, isTaker, count, fee, position: position.count, at });
    publisher.publishTo(order, 'fill', 'fill', fill, order.ticker);
    const held = messages.position(position, order.subaccount);
    publisher.publishTo(order, 'market_positions', 'market_position', held, order.ticker);
    this.#tell(order);
  }

  #tell(order: Order): void {
    const { publisher, messages } = this.#options;
    publisher.publishTo(order, 'user_orders', 'user_order', messages.order(order), order.ticker);
  }

  #order(market: Market, side: Side, price: number, subaccounts: readonly number[]): Order {
    const number = this.#orders++;
    const at = this.#options.exchange.clock.now();
    return {
      id: uuid(this.#random),
      user: this.#options.user,
      clientOrderId: `${this.#options.user}-${number}-${hexDigits(this.#random, 8)}`,
      subaccount: [0, ...subaccounts][number % (subaccounts.length + 1)]!,
      groupId: number % 2 === 0 && this.#groupId !== '' ? this.#groupId : undefined,
      ticker: market.definition.ticker,
      side,
      yesPrice: side === 'yes' ? price : PRICE_UNITS - price,
      count: 0,
      filled: 0,
      remaining: 0,
      status: 'resting',
      takerCost: 0,
      makerCost: 0,
      takerFees: 0,
      makerFees: 0,
      createdAt: at,
      updatedAt: at,
      reason: undefined,
    };
  }

  /** A market that somebody watches, if there is one. */
  #market(): Market | undefined {
    const { active, markets } = this.#options.exchange;
    const open = active.length > 0 ? active : [...markets].filter(({ isOpen }) => isOpen);
    return open[this.#random.between(0, open.length - 1)];
  }

  /** The order's market may have been closed: then the order is no more, and what it had in the book. */
  #forgetIfOver(): void {
    if (this.#resting === undefined || this.#resting.market.isOpen) return;
    const { order, market } = this.#resting;
    this.#resting = undefined;
    this.#options.exchange.act(market, (at, observer) => {
      order.updatedAt = at;
      // A market that is settled has taken every level away already.
      const isThere = market[order.side].countAt(priceOf(order)) >= order.remaining;
      if (isThere) this.#takeBack(market, order, order.remaining, at, observer);
      order.remaining = 0;
      order.status = 'canceled';
      order.reason = 'HaltCancel';
      this.#tell(order);
    });
  }

  #position(ticker: string): Position {
    const { user } = this.#options;
    const position = this.#positions.get(ticker) ?? {
      user,
      ticker,
      count: 0,
      cost: 0,
      realized: 0,
      fees: 0,
      volume: 0,
    };
    this.#positions.set(ticker, position);
    return position;
  }
}

/** The price of the order's own side. */
function priceOf({ side, yesPrice }: Order): number {
  return side === 'yes' ? yesPrice : PRICE_UNITS - yesPrice;
}

function owner({ user, clientOrderId, subaccount }: Order): OrderOwner {
  return { user, clientOrderId, subaccount };
}

/** 7 % of the variance for takers, a quarter of that for makers, up to the next 1/10,000 $. */
function feeOf(price: number, count: number, isTaker: boolean): number {
  const taker = (0.07 * count * price * (PRICE_UNITS - price)) / PRICE_UNITS;
  return Math.ceil((isTaker ? taker : taker / 4) / 100) * 100;
}

/** A YES contract and a NO contract make a whole: 1 $, and the position is smaller. */
function addToPosition(position: Position, side: Side, count: number, price: number, fee: number): void {
  const signed = side === 'yes' ? count : -count;
  const closed =
    Math.sign(position.count) === -Math.sign(signed) ? Math.min(Math.abs(position.count), count) : 0;
  const costOfClosed =
    closed === 0 ? 0 : Math.round((position.cost * closed) / Math.abs(position.count) / 100) * 100;
  position.cost += (count - closed) * price - costOfClosed;
  position.realized += closed * (PRICE_UNITS - price) - costOfClosed;
  position.count += signed;
  position.fees += fee;
  position.volume += count;
}
