import type { ExchangeClock } from '../exchange-clock.ts';
import { Accounts } from './account.ts';
import { instrumentSnapshot, instrumentUpdate, type KrakenPairStatus } from './instrument-channel.ts';
import { type Instrument, universe } from './instruments.ts';
import type { Message } from './messages.ts';
import { PairMarket } from './pair-market.ts';
import { PairPublisher } from './pair-publisher.ts';
import type { Source } from './source.ts';
import type { Subscription } from './subscription.ts';

/** The simulated exchange: a market for each pair, an account for each API key. */
export class MarketSource implements Source {
  readonly symbols: readonly string[];
  readonly #accounts: Accounts;
  readonly #clock: ExchangeClock;
  readonly #seed: number;
  readonly #instruments = new Map<string, Instrument>();
  readonly #statuses = new Map<string, KrakenPairStatus>();
  /** Made when they are first asked for: a thousand deep books take time and memory. */
  readonly #pairs = new Map<string, PairPublisher>();
  readonly #watchers = new Set<Subscription>();
  /** Pairs that somebody has subscribed to, in the order of their first subscription. */
  #active: PairPublisher[] = [];
  #next = 0;

  constructor(instruments: number, seed: number, clock: ExchangeClock) {
    this.#clock = clock;
    this.#seed = seed;
    for (const instrument of universe(instruments, seed))
      this.#instruments.set(instrument.symbol, instrument);
    this.symbols = [...this.#instruments.keys()];
    this.#accounts = new Accounts([...this.#instruments.values()].slice(0, 2), seed, clock);
  }

  has(symbol: string): boolean {
    return this.#instruments.has(symbol);
  }

  refusal(): undefined {
    return undefined;
  }

  add(subscription: Subscription): void {
    const { channel, symbol } = subscription;
    if (symbol === undefined) {
      if (channel === 'instrument') this.#watchers.add(subscription);
      else this.#accounts.add(subscription);
      return;
    }
    const pair = this.#pair(symbol);
    if (!pair.hasSubscriptions) this.#active.push(pair);
    pair.add(subscription);
  }

  remove(subscription: Subscription): void {
    const { channel, symbol } = subscription;
    if (symbol === undefined) {
      if (channel === 'instrument') this.#watchers.delete(subscription);
      else this.#accounts.remove(subscription);
      return;
    }
    const pair = this.#pair(symbol);
    pair.remove(subscription);
    if (pair.hasSubscriptions) return;
    this.#active = this.#active.filter((it) => it !== pair);
    if (this.#next >= this.#active.length) this.#next = 0;
  }

  snapshot(subscription: Subscription): Message {
    const { channel, symbol } = subscription;
    if (symbol !== undefined) return this.#pair(symbol).snapshot(subscription);
    if (channel !== 'instrument') return this.#accounts.snapshot(subscription);
    const listings = this.symbols.map((it) => this.#listing(it));
    return instrumentSnapshot(listings, wantsTokenized(subscription));
  }

  step(count: number, symbol: string | undefined): number {
    for (let done = 0; done < count; done++) {
      const pair = symbol === undefined ? this.#active[this.#next] : this.#pair(symbol);
      if (pair === undefined) return done;
      if (symbol === undefined) this.#next = (this.#next + 1) % this.#active.length;
      this.#clock.advance();
      pair.step();
    }
    return count;
  }

  stepAccounts(count: number): number {
    return this.#accounts.step(count);
  }

  /** Tells everybody who watches instruments. */
  setStatus(symbol: string, status: KrakenPairStatus): void {
    this.#statuses.set(symbol, status);
    const message = instrumentUpdate(this.#listing(symbol));
    const { isTokenized } = this.#instruments.get(symbol)!;
    for (const watcher of this.#watchers) {
      if (!watcher.isLive || (isTokenized && !wantsTokenized(watcher))) continue;
      watcher.session.deliver(watcher, message);
    }
  }

  #listing(symbol: string) {
    return { instrument: this.#instruments.get(symbol)!, status: this.#statuses.get(symbol) ?? 'online' };
  }

  #pair(symbol: string): PairPublisher {
    let pair = this.#pairs.get(symbol);
    if (pair === undefined) {
      const market = new PairMarket(this.#instruments.get(symbol)!, this.#seed, this.#clock.now());
      pair = new PairPublisher(market, this.#seed, this.#clock);
      this.#pairs.set(symbol, pair);
    }
    return pair;
  }
}

function wantsTokenized({ request }: Subscription): boolean {
  const { include_tokenized_assets: wants } = request.flags;
  return wants === true;
}
