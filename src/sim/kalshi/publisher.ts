import { hashText } from './identifiers.ts';
import type { BookDelta, Market, MarketObserver, Trade } from './market.ts';
import type { MarketMessages } from './market-messages.ts';
import type { Session } from './session.ts';
import type { Subscription } from './subscription.ts';

/** A subscription and the connection that has it. */
interface Listening {
  readonly session: Session;
  readonly subscription: Subscription;
}

/** What a ticker is made of. */
interface Ticker {
  readonly yesBid: number;
  readonly yesBidCount: number;
  readonly noBid: number;
  readonly noBidCount: number;
  readonly last: number;
  readonly volume: number;
  readonly openInterest: number;
}

/** Something that only some may see. */
export interface Private {
  readonly user: string;
  /** A key that is limited to another subaccount does not see it. */
  readonly subaccount: number;
}

const NOBODY: readonly Listening[] = [];

/** Brings what happens to those who have subscribed to it, in the order of their connecting. */
export class Publisher implements MarketObserver {
  readonly #messages: MarketMessages;
  readonly #byChannel = new Map<string, Listening[]>();
  /** What the tickers of markets said last. */
  readonly #tickers = new Map<Market, Ticker>();

  constructor(messages: MarketMessages) {
    this.#messages = messages;
  }

  add(session: Session, subscription: Subscription): void {
    const { name } = subscription.channel;
    const listening = this.#byChannel.get(name);
    if (listening === undefined) this.#byChannel.set(name, [{ session, subscription }]);
    else listening.push({ session, subscription });
  }

  remove(subscription: Subscription): void {
    const { name } = subscription.channel;
    // A new array: the old one may just be walked through.
    const left = this.#listening(name).filter((it) => it.subscription !== subscription);
    this.#byChannel.set(name, left);
  }

  /** True when somebody has market data of it. */
  isWatched(ticker: string): boolean {
    return ['orderbook_delta', 'ticker', 'trade', 'ticker_v2'].some((channel) =>
      this.#listening(channel).some(({ subscription }) => subscription.covers(ticker)),
    );
  }

  delta(delta: BookDelta): void {
    const { ticker } = delta.market.definition;
    const texts: [string?, string?, string?, string?] = [];
    for (const { session, subscription } of this.#listening('orderbook_delta')) {
      if (!subscription.covers(ticker)) continue;
      const { useYesPrice } = subscription.options;
      const isOwn = delta.owner !== undefined && isSeenBy(session, delta.owner);
      const form = (useYesPrice ? 1 : 0) + (isOwn ? 2 : 0);
      texts[form] ??= this.#messages.delta(delta, useYesPrice, isOwn);
      session.deliver(subscription, 'orderbook_delta', texts[form], ticker);
    }
  }

  trade(trade: Trade): void {
    const { ticker } = trade.market.definition;
    let text: string | undefined;
    for (const { session, subscription } of this.#listening('trade')) {
      if (!subscription.covers(ticker)) continue;
      text ??= this.#messages.trade(trade);
      session.deliver(subscription, 'trade', text, ticker);
    }
  }

  /** Sends the ticker of a market if it says something new. */
  ticker(market: Market, at: number): void {
    const listening = this.#listening('ticker');
    const listeningV2 = this.#listening('ticker_v2');
    if (listening.length === 0 && listeningV2.length === 0) return;
    const before = this.#tickers.get(market);
    if (before !== undefined && !hasChanged(before, market)) return;
    this.#tickers.set(market, tickerOf(market));
    const { ticker } = market.definition;
    let text: string | undefined;
    for (const { session, subscription } of listening) {
      if (!subscription.covers(ticker)) continue;
      text ??= this.#messages.ticker(market, at);
      session.deliver(subscription, 'ticker', text, ticker);
    }
    const traded = market.volume - (before?.volume ?? market.volume);
    for (const { session, subscription } of listeningV2) {
      if (!subscription.covers(ticker)) continue;
      session.deliver(subscription, 'ticker_v2', this.#messages.tickerV2(market, traded, at), ticker);
    }
  }

  /** A market is no more. */
  forget(market: Market): void {
    this.#tickers.delete(market);
  }

  /**
   * Sends to all of a channel who want it.
   * @param msg JSON
   * @param item what it is about: a market, an index; `undefined` for what no filter meets
   */
  publish(
    channel: string,
    type: string,
    msg: string,
    item?: string,
    wants: (session: Session, subscription: Subscription) => boolean = () => true,
  ): void {
    for (const { session, subscription } of this.#listening(channel)) {
      if (item !== undefined && !subscription.covers(item)) continue;
      if (wants(session, subscription)) session.deliver(subscription, type, msg, item);
    }
  }

  /** Sends to one user. */
  publishTo(owner: Private, channel: string, type: string, msg: string, ticker?: string): void {
    this.publish(channel, type, msg, ticker, (session) => isSeenBy(session, owner));
  }

  #listening(channel: string): readonly Listening[] {
    return this.#byChannel.get(channel) ?? NOBODY;
  }
}

function tickerOf({ yes, no, last, volume, openInterest }: Market): Ticker {
  const [yesBid, yesBidCount, noBid, noBidCount] = [yes.best, yes.bestCount, no.best, no.bestCount];
  return { yesBid, yesBidCount, noBid, noBidCount, last, volume, openInterest };
}

function hasChanged(before: Ticker, { yes, no, last, volume, openInterest }: Market): boolean {
  return (
    yes.best !== before.yesBid ||
    yes.bestCount !== before.yesBidCount ||
    no.best !== before.noBid ||
    no.bestCount !== before.noBidCount ||
    last !== before.last ||
    volume !== before.volume ||
    openInterest !== before.openInterest
  );
}

/** True when the connection's key may see what is the user's. */
export function isSeenBy({ key }: Session, { user, subaccount }: Private): boolean {
  return key?.user === user && (key.subaccount === undefined || key.subaccount === subaccount);
}

/** True when this part of the communications is the subscription's. How the service divides them is not documented. */
export function isInShard({ options }: Subscription, ticker: string): boolean {
  const { shard } = options;
  return shard === undefined || hashText(ticker) % shard.factor === shard.key;
}
