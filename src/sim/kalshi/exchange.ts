import type { ExchangeClock } from '../exchange-clock.ts';
import { mix, Random } from '../random.ts';
import type { WireForm } from './era.ts';
import { Market, type MarketObserver } from './market.ts';
import { type MarketDefinition, universe } from './markets.ts';
import type { Publisher } from './publisher.ts';

export interface ExchangeOptions {
  readonly markets: number;
  readonly seed: number;
  readonly form: WireForm;
  readonly clock: ExchangeClock;
  readonly publisher: Publisher;
}

/** All markets. Those that somebody watches move; which one, depends on the seed. */
export class Exchange {
  readonly clock: ExchangeClock;
  readonly #publisher: Publisher;
  readonly #seed: number;
  readonly #random: Random;
  readonly #byTicker = new Map<string, Market>();
  readonly #byId = new Map<string, Market>();
  /** Open markets that are watched; `undefined` when that has to be found out anew. */
  #active: Market[] | undefined;

  /** @throws ArgumentError */
  constructor({ markets, seed, form, clock, publisher }: ExchangeOptions) {
    this.#seed = seed;
    this.clock = clock;
    this.#publisher = publisher;
    this.#random = new Random(mix(seed, 0xe8c4));
    for (const definition of universe(markets, seed, form)) this.#put(definition);
  }

  get markets(): IterableIterator<Market> {
    return this.#byTicker.values();
  }

  get size(): number {
    return this.#byTicker.size;
  }

  /** Markets that move just now, because they are open and somebody watches. */
  get active(): readonly Market[] {
    this.#active ??= [...this.#byTicker.values()].filter(
      ({ isOpen, definition }) => isOpen && this.#publisher.isWatched(definition.ticker),
    );
    return this.#active;
  }

  market(ticker: string): Market | undefined {
    return this.#byTicker.get(ticker);
  }

  marketOfId(id: string): Market | undefined {
    return this.#byId.get(id);
  }

  add(definition: MarketDefinition): Market {
    const market = this.#put(definition);
    this.#active = undefined;
    return market;
  }

  remove(market: Market): void {
    this.#byTicker.delete(market.definition.ticker);
    this.#byId.delete(market.definition.id);
    this.#publisher.forget(market);
    this.#active = undefined;
  }

  setOpen(market: Market, isOpen: boolean): void {
    market.isOpen = isOpen;
    this.#active = undefined;
  }

  /** Somebody watches other markets than before. */
  watchChanged(): void {
    this.#active = undefined;
  }

  /** Lets one thing happen in one of the watched markets. False when there is none. */
  step(): boolean {
    const { active } = this;
    const market = active[this.#random.between(0, active.length - 1)];
    if (market === undefined) return false;
    this.act(market, (at, observer) => market.step(at, observer));
    return true;
  }

  /** Does something in a market and says what came of it, as `step` does. */
  act(market: Market, what: (at: number, observer: MarketObserver) => void): void {
    const at = this.clock.now();
    what(at, this.#publisher);
    this.#publisher.ticker(market, at);
  }

  #put(definition: MarketDefinition): Market {
    const market = new Market(definition, this.#seed);
    this.#byTicker.set(definition.ticker, market);
    if (definition.id !== '') this.#byId.set(definition.id, market);
    return market;
  }
}
