import type { ExchangeClock } from '../exchange-clock.ts';
import { mix, Random } from '../random.ts';
import type { LevelChange, SideName } from './book.ts';
import { CandleSeries } from './candles.ts';
import { CHECKSUM_LEVELS, checksumText, crc32 } from './checksum.ts';
import {
  bookMessage,
  level3Message,
  levelRow,
  levelRows,
  type Message,
  ohlcMessage,
  tickerMessage,
  tradeMessage,
} from './messages.ts';
import { OrderBook } from './order-book.ts';
import type { PairMarket, Trade } from './pair-market.ts';
import type { Subscription } from './subscription.ts';

/** Channels of a pair. */
type PairChannel = 'book' | 'level3' | 'ohlc' | 'ticker' | 'trade';

/** Who gets the same messages: subscribers to one channel with the same depth, interval or trigger. */
class Audience {
  readonly subscriptions = new Set<Subscription>();
  /** For books: the depth. */
  readonly depth: number;
  /** Rows of the book update that is being made. */
  readonly rows: Record<SideName, string[]> = { asks: [], bids: [] };

  constructor(depth: number) {
    this.depth = depth;
  }

  send(message: Message): void {
    for (const subscription of this.subscriptions) {
      if (subscription.isLive) subscription.session.deliver(subscription, message);
    }
  }
}

/**
 * Tells the subscribers of one pair what its market does. A book update holds, for the levels within the depth, what was set
 * and, with quantity 0, what is gone, in the order in which it happened. A level that is pushed out of the depth is
 * not mentioned; one that comes in is set like any other.
 */
export class PairPublisher {
  readonly market: PairMarket;
  readonly #clock: ExchangeClock;
  readonly #seed: number;
  readonly #audiences: Record<PairChannel, Map<number | string, Audience>> = {
    book: new Map(),
    level3: new Map(),
    ohlc: new Map(),
    ticker: new Map(),
    trade: new Map(),
  };
  readonly #series = new Map<number, CandleSeries>();
  #orders: OrderBook | undefined;
  /** Of the books as they are now; `undefined` when they have changed since. */
  #bookChecksum: number | undefined;
  #level3Checksum: number | undefined;
  /** Of the event that is happening, µs since the epoch. */
  #at = 0;

  constructor(market: PairMarket, seed: number, clock: ExchangeClock) {
    this.market = market;
    this.#seed = seed;
    this.#clock = clock;
  }

  /** True while anybody listens. */
  get hasSubscriptions(): boolean {
    return Object.values(this.#audiences).some(({ size }) => size > 0);
  }

  add(subscription: Subscription): void {
    const { variant = '' } = subscription.request;
    const audiences = this.#audiencesOf(subscription);
    let audience = audiences.get(variant);
    if (audience === undefined) {
      audience = new Audience(typeof variant === 'number' ? variant : 0);
      audiences.set(variant, audience);
    }
    audience.subscriptions.add(subscription);
    if (subscription.channel === 'ohlc') this.#seriesOf(variant as number);
    if (subscription.channel === 'level3') this.#orderBook();
  }

  remove(subscription: Subscription): void {
    const { variant = '' } = subscription.request;
    const audiences = this.#audiencesOf(subscription);
    const audience = audiences.get(variant);
    audience?.subscriptions.delete(subscription);
    if (audience?.subscriptions.size === 0) audiences.delete(variant);
  }

  snapshot({ channel, request: { variant } }: Subscription): Message {
    const { market } = this;
    const { instrument, asks, bids, trades } = market;
    const { symbol } = instrument;
    const at = this.#clock.now();
    switch (channel) {
      case 'book': {
        const depth = variant as number;
        const checksum = this.#checksum();
        const rows = { asks: levelRows(asks, depth, instrument), bids: levelRows(bids, depth, instrument) };
        return bookMessage('snapshot', symbol, { ...rows, checksum, at });
      }
      case 'level3': {
        const depth = variant as number;
        const orders = this.#orderBook();
        const checksum = this.#orderChecksum();
        const rows = { asks: orders.rows(asks, depth), bids: orders.rows(bids, depth) };
        return level3Message('snapshot', symbol, { ...rows, checksum, at });
      }
      case 'ohlc':
        return ohlcMessage('snapshot', this.#seriesOf(variant as number).rows(), at);
      case 'trade':
        return tradeMessage('snapshot', instrument, trades);
      default:
        return tickerMessage('snapshot', market, at);
    }
  }

  /** Lets one thing happen in the market, and tells everybody. */
  step(): void {
    const { market } = this;
    const { asks, bids, instrument } = market;
    const bestBefore = [asks.prices[0], asks.quantities[0], bids.prices[0], bids.quantities[0]];
    this.#at = this.#clock.now();
    const trades = market.step(this.#at, this.#follow);
    const { trade, ticker } = this.#audiences;
    this.#sendBooks();
    if (trades.length > 0) {
      for (const audience of trade.values()) audience.send(tradeMessage('update', instrument, trades));
      ticker.get('trades')?.send(tickerMessage('update', market, this.#at));
      this.#sendCandles(trades);
    }
    const best = [asks.prices[0], asks.quantities[0], bids.prices[0], bids.quantities[0]];
    if (best.some((value, i) => value !== bestBefore[i])) {
      ticker.get('bbo')?.send(tickerMessage('update', market, this.#at));
    }
  }

  /** Sees each change of the book while it stands as that change left it. */
  readonly #follow = (change: LevelChange): void => {
    const { market } = this;
    const { kind, index, price, quantity } = change;
    const side = market[change.side];
    if (index < CHECKSUM_LEVELS) this.#bookChecksum = undefined;
    for (const { depth, rows } of this.#audiences.book.values()) {
      if (index >= depth) continue;
      rows[change.side].push(levelRow(price, quantity, market.instrument));
      if (kind === 'delete' && side.length >= depth) {
        const entering = levelRow(side.prices[depth - 1]!, side.quantities[depth - 1]!, market.instrument);
        rows[change.side].push(entering);
      }
    }
    if (this.#orders !== undefined) this.#followOrders(this.#orders, change);
  };

  /** Every change of a level is a level3 message of its own. */
  #followOrders(orders: OrderBook, change: LevelChange): void {
    const { side: name, kind, index } = change;
    const rows = orders.apply(change, this.#at);
    if (index < CHECKSUM_LEVELS) this.#level3Checksum = undefined;
    if (rows.length === 0) return;
    const side = this.market[name];
    for (const audience of this.#audiences.level3.values()) {
      const { depth } = audience;
      if (index >= depth) continue;
      const enters = kind === 'delete' && side.length >= depth;
      const all = enters ? [...rows, ...orders.entering(side, depth - 1)] : rows;
      const sides = { asks: [], bids: [], [name]: all };
      const parts = { ...sides, checksum: this.#orderChecksum(), at: this.#at };
      audience.send(level3Message('update', this.market.instrument.symbol, parts));
    }
  }

  #sendBooks(): void {
    for (const audience of this.#audiences.book.values()) {
      const { asks, bids } = audience.rows;
      if (asks.length + bids.length === 0) continue;
      const parts = { asks, bids, checksum: this.#checksum(), at: this.#at };
      audience.send(bookMessage('update', this.market.instrument.symbol, parts));
      asks.length = 0;
      bids.length = 0;
    }
  }

  #sendCandles(trades: readonly Trade[]): void {
    for (const [interval, series] of this.#series) {
      for (const trade of trades) series.add(trade);
      this.#audiences.ohlc.get(interval)?.send(ohlcMessage('update', [series.latest()], this.#at));
    }
  }

  #checksum(): number {
    this.#bookChecksum ??= crc32(checksumText(this.market.asks, this.market.bids));
    return this.#bookChecksum;
  }

  #orderChecksum(): number {
    this.#level3Checksum ??= crc32(this.#orderBook().checksumText());
    return this.#level3Checksum;
  }

  #orderBook(): OrderBook {
    const random = new Random(mix(this.#seed, this.market.instrument.basePrice));
    this.#orders ??= new OrderBook(this.market, random, this.#clock.now());
    return this.#orders;
  }

  #seriesOf(interval: number): CandleSeries {
    let series = this.#series.get(interval);
    if (series === undefined) {
      series = new CandleSeries(this.market, interval, this.#seed, this.#clock.now());
      this.#series.set(interval, series);
    }
    return series;
  }

  #audiencesOf({ channel }: Subscription): Map<number | string, Audience> {
    return this.#audiences[channel as PairChannel];
  }
}
