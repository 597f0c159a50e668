import { dollars, PRICE_UNITS } from './decimal.ts';
import type { WireForm } from './era.ts';
import type { Exchange } from './exchange.ts';
import type { Market } from './market.ts';
import { define } from './markets.ts';
import { STRUCTURES, type Structure } from './price-grid.ts';
import type { Publisher } from './publisher.ts';
import { seconds } from './time-text.ts';

const BASIC = 'market_lifecycle_v2';
const MULTIVARIATE = 'multivariate_market_lifecycle';

/** The life of a market. What the wire of the day does not have is left out. */
const SCRIPT = [
  'event',
  'created',
  'activated',
  'event-fee',
  'metadata_updated',
  'price_level_structure_updated',
  'event-fee-cleared',
  'close_date_updated',
  'lookup',
  'deactivated',
  'determined',
  'settled',
] as const;

type Act = (typeof SCRIPT)[number];

/** Tickers come back after so many markets, so that long runs do not gather them. */
const TICKERS = 100;
/** How long markets say they live, seconds. Nobody waits for it. */
const LIFE = 86_400;
/** What the price grid is changed to: it has every price that a cent grid has. */
const NEW_STRUCTURE: Structure = 'deci_cent';

export interface LifecycleOptions {
  readonly seed: number;
  readonly form: WireForm;
  readonly exchange: Exchange;
  readonly publisher: Publisher;
}

/** Markets that come, trade and go while others stay. Every other one is a combination. */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  #acts: Act[] = [];
  #count = 0;
  #market: Market | undefined;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  /** Does the next thing of the script. */
  act(): void {
    const market = this.#market ?? this.#begin();
    const act = this.#acts.shift()!;
    if (act === 'event') this.#event(market);
    else if (act === 'lookup') this.#lookup(market);
    else if (act === 'event-fee') this.#fee(market, 'quadratic', 1);
    else if (act === 'event-fee-cleared') this.#fee(market, null, null);
    else this.#change(market, act);
    if (this.#acts.length > 0) return;
    this.#options.exchange.remove(market);
    this.#market = undefined;
  }

  #begin(): Market {
    const { exchange, seed, form } = this.#options;
    const number = this.#count;
    this.#count = (number + 1) % TICKERS;
    const ticker = number % 2 === 0 ? `KXSIMLIFE-26OCT10-B${number}.5` : `KXMVELIFE-26OCT10-S${number}`;
    const market = exchange.add(define({ ticker, center: 4_000, isNew: true }, seed, form));
    exchange.setOpen(market, false);
    this.#market = market;
    const { isMultivariate } = market.definition;
    this.#acts = SCRIPT.filter((act) => {
      if (act === 'lookup') return isMultivariate;
      if (act === 'price_level_structure_updated') return !isMultivariate && form.structureUpdates;
      if (act === 'metadata_updated') return !isMultivariate && form.metadataUpdates;
      if (act === 'event-fee' || act === 'event-fee-cleared') return form.eventFeeUpdates;
      return true;
    });
    return market;
  }

  #change(market: Market, eventType: Act): void {
    const { exchange, publisher, form } = this.#options;
    const { ticker, isMultivariate } = market.definition;
    if (eventType === 'activated') exchange.setOpen(market, true);
    if (eventType === 'deactivated') exchange.setOpen(market, false);
    if (eventType === 'price_level_structure_updated') market.setStructure(NEW_STRUCTURE);
    if (eventType === 'settled') exchange.act(market, (at, observer) => market.clear(at, observer));
    const msg = JSON.stringify({
      market_ticker: ticker,
      event_type: eventType,
      ...this.#details(market, eventType),
    });
    if (!isMultivariate || !form.lifecycleWithoutMultivariate) publisher.publish(BASIC, BASIC, msg, ticker);
    if (isMultivariate) publisher.publish(MULTIVARIATE, MULTIVARIATE, msg, ticker);
  }

  #details(market: Market, eventType: Act): object {
    const { form, exchange } = this.#options;
    const now = seconds(exchange.clock.now());
    switch (eventType) {
      case 'created':
        return {
          ...this.#exchangeIndex(),
          open_ts: now,
          close_ts: now + LIFE,
          ...(form.priceLevelStructures && { price_level_structure: market.structure }),
          ...(form.priceRanges && { price_ranges: ranges(market.structure) }),
          additional_metadata: this.#metadata(market, now),
        };
      case 'activated':
        return { is_deactivated: false, ...this.#exchangeIndex() };
      case 'deactivated':
        return { is_deactivated: true, ...this.#exchangeIndex() };
      case 'close_date_updated':
        return { close_ts: now + 2 * LIFE };
      case 'determined':
        return { determination_ts: now, result: 'yes', ...this.#settlementValue() };
      case 'settled':
        return { settled_ts: now, ...this.#settlementValue() };
      case 'metadata_updated':
        // Strikes, or a title: what has changed is in the message.
        return this.#count % 4 === 1
          ? { strike_type: 'between', floor_strike: 95_000, cap_strike: 95_250 }
          : { yes_sub_title: 'above $95,000' };
      case 'price_level_structure_updated':
        return {
          price_level_structure: market.structure,
          ...(form.priceRanges && { price_ranges: ranges(market.structure) }),
        };
      default:
        return {};
    }
  }

  #metadata({ definition }: Market, now: number): object {
    const { form } = this.#options;
    return {
      name: `Simulated ${definition.ticker}`,
      title: 'Does the simulated number end above "4,487.5"?',
      yes_sub_title: 'Above 4,487.5',
      no_sub_title: '4,487.5 or below \u2014 é \\ /',
      rules_primary:
        'If the simulated number is above 4,487.5, then the market resolves to Yes.\nOtherwise to No.',
      rules_secondary: '',
      can_close_early: true,
      event_ticker: definition.event,
      expected_expiration_ts: now + LIFE,
      ...(!definition.isMultivariate && {
        strike_type: 'greater',
        floor_strike: form.numericStrikes ? 4487.5 : '4487.5',
      }),
    };
  }

  #event({ definition }: Market): void {
    const { form, exchange, publisher } = this.#options;
    const { event, series } = definition;
    const msg = JSON.stringify({
      event_ticker: event,
      ...this.#exchangeIndex(),
      title: 'Where does the simulated number end?',
      [form.subtitles ? 'subtitle' : 'sub_title']: 'On Oct 10',
      collateral_return_type: definition.isMultivariate ? '' : 'MECNET',
      series_ticker: series,
      strike_date: seconds(exchange.clock.now()) + LIFE,
    });
    for (const channel of [BASIC, MULTIVARIATE]) publisher.publish(channel, 'event_lifecycle', msg);
  }

  #fee({ definition }: Market, type: string | null, multiplier: number | null): void {
    const msg = {
      event_ticker: definition.event,
      fee_type_override: type,
      fee_multiplier_override: multiplier,
    };
    this.#options.publisher.publish(BASIC, 'event_fee_update', JSON.stringify(msg));
  }

  /** Somebody looks for a combination of markets. */
  #lookup({ definition }: Market): void {
    const { exchange, publisher } = this.#options;
    const legs = [...exchange.markets].filter((market) => !market.definition.isMultivariate).slice(0, 2);
    const msg = {
      collection_ticker: definition.series,
      event_ticker: definition.event,
      market_ticker: definition.ticker,
      selected_markets: legs.map((leg) => ({
        event_ticker: leg.definition.event,
        market_ticker: leg.definition.ticker,
        side: 'yes',
      })),
    };
    publisher.publish('multivariate', 'multivariate_lookup', JSON.stringify(msg));
  }

  #exchangeIndex(): object {
    return this.#options.form.exchangeIndices ? { exchange_index: 0 } : {};
  }

  #settlementValue(): object {
    return this.#options.form.settlementValues ? { settlement_value: dollars(PRICE_UNITS) } : {};
  }
}

function ranges(structure: Structure): object[] {
  return STRUCTURES[structure].map(({ start, end, step }) => ({
    start: dollars(start),
    end: dollars(end),
    step: dollars(step),
  }));
}
