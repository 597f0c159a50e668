import type { ExchangeClock } from '../exchange-clock.ts';
import { mix, Random } from '../random.ts';
import { rescale } from './decimal.ts';
import {
  amendedRow,
  balanceRow,
  canceledRow,
  type Fill,
  filledRow,
  fillRow,
  ledgerRow,
  newRow,
  type OpenOrder,
  openRow,
  pendingRow,
} from './execution-rows.ts';
import { assetPrecision } from './instrument-channel.ts';
import type { Instrument } from './instruments.ts';
import type { Message } from './messages.ts';
import { orderId } from './order-book.ts';
import { executionSnapshots } from './request.ts';
import type { Subscription } from './subscription.ts';
import { microsText } from './time-text.ts';

/** Fills that a snapshot may show. */
const FILLS_KEPT = 50;
/** Open orders beyond which no more are placed. */
const MOST_ORDERS = 8;
/** What happened before anybody listened. */
const STEPS_BEFORE = 12;
/** Of the cost, in ten-thousandths. */
const FEE = 26n;
/** Reports that a subscription without `order_status` gets. */
const ESSENTIAL = ['new', 'trade', 'filled', 'canceled', 'expired'];
/** Whole units of an asset that an account begins with. */
const DEPOSITS: readonly (readonly [asset: string, amount: bigint])[] = [
  ['USD', 100_000n],
  ['BTC', 2n],
  ['ETH', 40n],
];

/** One user: orders come, fill, change and go, and balances follow. Its own market is imagined. */
class Account {
  readonly subscriptions = new Set<Subscription>();
  readonly #instruments: readonly Instrument[];
  readonly #random: Random;
  readonly #clock: ExchangeClock;
  readonly #orders = new Map<string, OpenOrder>();
  readonly #fills: string[] = [];
  readonly #balances = new Map(
    DEPOSITS.map(([asset, amount]) => [asset, rescale(amount, 0, assetPrecision(asset))]),
  );
  #nextTrade = 50_000_000;

  constructor(instruments: readonly Instrument[], seed: number, clock: ExchangeClock) {
    this.#instruments = instruments;
    this.#random = new Random(seed);
    this.#clock = clock;
    for (let i = 0; i < STEPS_BEFORE; i++) this.step();
  }

  step(): void {
    const orders = [...this.#orders.values()];
    const order = orders[this.#random.between(0, Math.max(0, orders.length - 1))];
    const roll = this.#random.between(0, 99);
    if (order === undefined || (roll < 35 && orders.length < MOST_ORDERS)) this.#place();
    else if (order.isPending) this.#accept(order);
    else if (roll < 75) this.#fill(order);
    else if (roll < 88) this.#amend(order);
    else this.#cancel(order);
  }

  snapshot(subscription: Subscription): Message {
    const { channel, request } = subscription;
    let rows: string[];
    if (channel === 'balances') {
      rows = [...this.#balances].map(([asset, amount]) => balanceRow(asset, amount));
    } else {
      const { orders, trades } = executionSnapshots(request.flags);
      rows = orders ? [...this.#orders.values()].map(openRow) : [];
      if (trades) rows.push(...this.#fills);
    }
    subscription.sequence = 1;
    const text = `{"channel":"${channel}","type":"snapshot","data":[${rows.join()}],"sequence":1}`;
    return { type: 'snapshot', text, rows: rows.length };
  }

  #place(): void {
    const random = this.#random;
    const instrument = this.#instruments[random.between(0, this.#instruments.length - 1)]!;
    const { base, basePrice, typicalQuantity, qtyPrecision } = instrument;
    const quantity = Math.max(1, Math.floor(typicalQuantity / 100)) * random.between(1, 50);
    const owned = rescale(this.#balances.get(base) ?? 0n, assetPrecision(base), qtyPrecision);
    const side = owned > BigInt(quantity) && random.between(0, 1) === 0 ? 'sell' : 'buy';
    const order: OpenOrder = {
      id: orderId(random, 'O'),
      instrument,
      side,
      price: this.#price(basePrice),
      quantity,
      userReference: random.between(0, 1_000_000),
      isPending: true,
      filled: 0,
      cost: 0n,
      timestamp: this.#now(),
    };
    this.#orders.set(order.id, order);
    this.#report('pending_new', pendingRow(order));
  }

  #accept(order: OpenOrder): void {
    order.isPending = false;
    order.timestamp = this.#now();
    this.#report('new', newRow(order));
  }

  #fill(order: OpenOrder): void {
    const random = this.#random;
    const { instrument, price, side } = order;
    const { pricePrecision, qtyPrecision, costPrecision, base, quote } = instrument;
    const left = order.quantity - order.filled;
    const quantity = left === 1 || random.between(0, 9) < 6 ? left : random.between(1, left - 1);
    const cost = rescale(BigInt(price) * BigInt(quantity), pricePrecision + qtyPrecision, costPrecision);
    const fee = (cost * FEE) / 10_000n;
    order.filled += quantity;
    order.cost += cost;
    order.timestamp = this.#now();
    const isMaker = random.between(0, 1) === 0;
    const fill: Fill = { id: orderId(random, 'T'), tradeId: this.#nextTrade++, quantity, cost, fee, isMaker };
    const row = fillRow(order, fill);
    this.#fills.push(row);
    if (this.#fills.length > FILLS_KEPT) this.#fills.shift();
    this.#report('trade', row);
    if (order.filled === order.quantity) {
      this.#orders.delete(order.id);
      this.#report('filled', filledRow(order));
    }
    const sign = side === 'buy' ? 1n : -1n;
    this.#enter(base, sign * rescale(BigInt(quantity), qtyPrecision, assetPrecision(base)), 0n, fill.id);
    const paid = rescale(cost, costPrecision, assetPrecision(quote));
    this.#enter(quote, -sign * paid, rescale(fee, costPrecision, assetPrecision(quote)), fill.id);
  }

  #amend(order: OpenOrder): void {
    order.price = this.#price(order.price);
    order.timestamp = this.#now();
    this.#report('amended', amendedRow(order));
  }

  #cancel(order: OpenOrder): void {
    this.#orders.delete(order.id);
    order.timestamp = this.#now();
    this.#report('canceled', canceledRow(order));
  }

  /** An entry of the ledger: the balance changes by the amount, less the fee. */
  #enter(asset: string, amount: bigint, fee: bigint, reference: string): void {
    const balance = (this.#balances.get(asset) ?? 0n) + amount - fee;
    this.#balances.set(asset, balance);
    const id = orderId(this.#random, 'L');
    this.#send('balances', ledgerRow({ id, reference, asset, amount, fee, balance, timestamp: this.#now() }));
  }

  #report(type: string, row: string): void {
    this.#send('executions', row, ({ request: { flags } }) => {
      const { order_status: all } = flags;
      return all !== false || ESSENTIAL.includes(type);
    });
  }

  #send(channel: string, row: string, wants: (subscription: Subscription) => boolean = () => true): void {
    for (const subscription of this.subscriptions) {
      if (subscription.channel !== channel || !subscription.isLive || !wants(subscription)) continue;
      const sequence = ++subscription.sequence;
      const text = `{"channel":"${channel}","type":"update","data":[${row}],"sequence":${sequence}}`;
      subscription.session.deliver(subscription, { type: 'update', text, rows: 1 });
    }
  }

  /** Within two percent of another. */
  #price(near: number): number {
    return Math.max(1, Math.round((near * this.#random.between(9_800, 10_200)) / 10_000));
  }

  #now(): string {
    return microsText(this.#clock.now());
  }
}

/** The accounts of all API keys. */
export class Accounts {
  readonly #instruments: readonly Instrument[];
  readonly #seed: number;
  readonly #clock: ExchangeClock;
  readonly #byKey = new Map<string, Account>();
  #next = 0;

  /** @param instruments what they trade */
  constructor(instruments: readonly Instrument[], seed: number, clock: ExchangeClock) {
    this.#instruments = instruments;
    this.#seed = seed;
    this.#clock = clock;
  }

  add(subscription: Subscription): void {
    this.#of(subscription).subscriptions.add(subscription);
  }

  remove(subscription: Subscription): void {
    this.#of(subscription).subscriptions.delete(subscription);
  }

  snapshot(subscription: Subscription): Message {
    return this.#of(subscription).snapshot(subscription);
  }

  /** Lets so many things happen in those that somebody listens to, in turn. Returns how many did. */
  step(count: number): number {
    const active = [...this.#byKey.values()].filter(({ subscriptions }) => subscriptions.size > 0);
    if (active.length === 0) return 0;
    for (let i = 0; i < count; i++) {
      this.#clock.advance();
      active[this.#next++ % active.length]!.step();
    }
    return count;
  }

  #of({ apiKey = '' }: Subscription): Account {
    let account = this.#byKey.get(apiKey);
    if (account === undefined) {
      account = new Account(this.#instruments, mix(this.#seed, this.#byKey.size), this.#clock);
      this.#byKey.set(apiKey, account);
    }
    return account;
  }
}
