import type { Channel } from './channels.ts';
import type { Params } from './command.ts';
import { CommandError } from './error-codes.ts';
import type { Exchange } from './exchange.ts';
import type { MarketMessages } from './market-messages.ts';
import type { Publisher } from './publisher.ts';
import { selectionOf } from './selection.ts';
import type { Session } from './session.ts';
import { type SubscribeContext, subscribeOptions } from './subscribe-options.ts';
import { Subscription } from './subscription.ts';

export interface DeskContext extends SubscribeContext {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly exchange: Exchange;
  readonly publisher: Publisher;
  readonly messages: MarketMessages;
  readonly maxMarkets: number;
}

/** Begins, changes and ends subscriptions, and sends what they begin with. */
export class SubscriptionDesk {
  readonly #context: DeskContext;

  constructor(context: DeskContext) {
    this.#context = context;
  }

  /**
   * One channel of a subscribe command. A channel that the connection has already gets the markets added, and is answered with
   * `ok`: only what is new gets a snapshot.
   * @throws CommandError
   */
  subscribe(session: Session, name: string, params: Params, id: number | undefined): void {
    const { form, channels, exchange, publisher } = this.#context;
    const channel = channels.get(name);
    if (channel === undefined) throw new CommandError(8);
    if (channel.isPrivate && session.key === undefined) throw new CommandError(9);
    const { items, byId } = selectionOf(params, channel, exchange, form);
    if (channel.filter === 'markets' && items === undefined) throw new CommandError(14);
    const options = subscribeOptions(params, channel, this.#context, byId);
    const wanted = items ?? (channel.filter === 'indices' || channel.filter === 'underlyings' ? [] : 'all');
    const held = session.subscriptionOf(name);
    if (held !== undefined) {
      const fresh = this.#add(held, wanted);
      this.#ok(session, held, id);
      this.#begin(session, held, fresh, params);
      return;
    }
    this.#checkLimit(wanted === 'all' ? 0 : new Set(wanted).size);
    const subscription = session.open((sid) => new Subscription(sid, channel, options, wanted));
    publisher.add(session, subscription);
    exchange.watchChanged();
    const fresh = wanted === 'all' ? this.#tickers() : [...new Set(wanted)];
    const isLate = session.lateAcks > 0;
    if (isLate) {
      session.lateAcks--;
      this.#begin(session, subscription, fresh, params);
    }
    const msg = `"msg":${JSON.stringify({ channel: name, sid: subscription.sid })}`;
    session.ack('subscribed', { id }, msg);
    if (!isLate) this.#begin(session, subscription, fresh, params);
  }

  /** @throws CommandError */
  addMarkets(session: Session, subscription: Subscription, params: Params, id: number | undefined): void {
    const items = this.#marketsOf(subscription, params);
    const fresh = this.#add(subscription, items);
    this.#ok(session, subscription, id);
    this.#begin(session, subscription, fresh, params);
  }

  /** @throws CommandError */
  deleteMarkets(session: Session, subscription: Subscription, params: Params, id: number | undefined): void {
    const items = this.#marketsOf(subscription, params);
    // A subscription to all markets has none of its own to take away.
    if (subscription.items === 'all') throw new CommandError(11, subscription.sid);
    subscription.remove(items);
    this.#context.exchange.watchChanged();
    this.#ok(session, subscription, id);
  }

  /**
   * A snapshot of each market, subscribed or not, with the command's id.
   * @throws CommandError
   */
  getSnapshot(session: Session, subscription: Subscription, params: Params, id: number | undefined): void {
    if (subscription.channel.name !== 'orderbook_delta') throw new CommandError(13, subscription.sid);
    for (const ticker of this.#marketsOf(subscription, params))
      this.#snapshot(session, subscription, ticker, id);
  }

  /**
   * Adds or takes away indices or underlyings.
   * @throws CommandError
   */
  changeReferences(
    session: Session,
    subscription: Subscription,
    params: Params,
    id: number | undefined,
    change: 'add' | 'remove',
  ): void {
    const { exchange, form } = this.#context;
    const { items } = selectionOf(params, subscription.channel, exchange, form);
    if (items === undefined)
      throw new CommandError(subscription.channel.filter === 'indices' ? 24 : 28, subscription.sid);
    if (change === 'add') subscription.add(items);
    else subscription.remove(items);
    this.#ok(session, subscription, id);
  }

  /** Ends a subscription that the client wants no more. */
  unsubscribe(session: Session, subscription: Subscription, id: number | undefined): void {
    const { form } = this.#context;
    this.forget(session, subscription);
    if (form.acksWithSeq) session.ack('unsubscribed', { id, subscription }, '');
    else session.sendText(`{"sid":${subscription.sid},"type":"unsubscribed"}`, 'unsubscribed');
  }

  /** A subscription is over: nothing is sent on it any more. */
  forget(session: Session, subscription: Subscription): void {
    session.forget(subscription);
    this.#context.publisher.remove(subscription);
    this.#context.exchange.watchChanged();
  }

  #add(subscription: Subscription, items: readonly string[] | 'all'): string[] {
    if (items !== 'all' && subscription.items !== 'all') {
      this.#checkLimit(new Set([...subscription.items, ...items]).size, subscription.sid);
    }
    const fresh = subscription.add(items);
    this.#context.exchange.watchChanged();
    return fresh;
  }

  #checkLimit(markets: number, sid?: number): void {
    if (markets > this.#context.maxMarkets) throw new CommandError(26, sid);
  }

  /** The markets that an update names. */
  #marketsOf(subscription: Subscription, params: Params): readonly string[] {
    const { exchange, form } = this.#context;
    const { channel, sid } = subscription;
    if (channel.filter !== 'markets' && channel.filter !== 'markets-or-all') throw new CommandError(13, sid);
    const { items } = selectionOf(params, channel, exchange, form);
    if (items === undefined || items === 'all') throw new CommandError(14, sid);
    return items;
  }

  /** What a subscription begins with, for these markets: order books always, tickers when asked for. */
  #begin(session: Session, subscription: Subscription, tickers: readonly string[], params: Params): void {
    const { exchange, messages } = this.#context;
    const { name } = subscription.channel;
    if (name === 'orderbook_delta') {
      for (const ticker of tickers) this.#snapshot(session, subscription, ticker, undefined);
    } else if (name === 'ticker' && params.flag('send_initial_snapshot')) {
      const at = exchange.clock.now();
      for (const ticker of tickers) {
        const market = exchange.market(ticker);
        if (market !== undefined)
          session.deliver(subscription, 'ticker', messages.ticker(market, at), ticker);
      }
    }
  }

  #snapshot(session: Session, subscription: Subscription, ticker: string, id: number | undefined): void {
    const { exchange, messages } = this.#context;
    const market = exchange.market(ticker);
    if (market === undefined || session.withholds(ticker)) return;
    const msg = messages.snapshot(market, subscription.options.useYesPrice);
    session.deliver(subscription, 'orderbook_snapshot', msg, ticker, id);
  }

  /** Answers with everything that the subscription is about now. */
  #ok(session: Session, subscription: Subscription, id: number | undefined): void {
    const { form } = this.#context;
    const lists = this.#lists(subscription);
    const json = JSON.stringify(lists);
    const rest = lists === undefined ? '' : form.listsInMsg ? `"msg":${json}` : json!.slice(1, -1);
    session.ack('ok', { id, subscription }, rest);
  }

  #lists({ items, options, channel }: Subscription): object | undefined {
    if (options.skipTickerAck || channel.filter === 'none') return undefined;
    if (channel.filter === 'indices') return { index_ids: items === 'all' ? ['all'] : items };
    if (channel.filter === 'underlyings') return { underlying_tickers: items === 'all' ? ['all'] : items };
    if (items === 'all') return undefined;
    if (!options.byId) return { market_tickers: items };
    return {
      market_ids: items.flatMap((ticker) => this.#context.exchange.market(ticker)?.definition.id ?? []),
    };
  }

  #tickers(): string[] {
    return [...this.#context.exchange.markets].map(({ definition }) => definition.ticker);
  }
}
