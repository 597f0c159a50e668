import { CENT, COUNT_UNITS, contracts, dollars, PRICE_UNITS } from './decimal.ts';
import type { WireForm } from './era.ts';
import type { Ladder } from './ladder.ts';
import type { BookDelta, Market, Trade } from './market.ts';
import type { MarketDefinition } from './markets.ts';
import { millis, seconds, timeText } from './time-text.ts';

/** The number that the undocumented `Clock` of tickers starts from. */
const FIRST_CLOCK = 13_281_241_747;

/** Writes the `msg` of market data as it was on one day, as JSON. */
export class MarketMessages {
  readonly #form: WireForm;
  /** What the deltas of a market begin with. */
  readonly #deltaHeads = new WeakMap<MarketDefinition, string>();
  #clock = FIRST_CLOCK;

  constructor(form: WireForm) {
    this.#form = form;
  }

  /** @param useYesPrice NO levels at their YES price */
  snapshot({ definition, yes, no }: Market, useYesPrice: boolean): string {
    const { ticker, id } = definition;
    return JSON.stringify({
      market_ticker: ticker,
      ...(this.#form.marketIds && { market_id: id }),
      ...this.#ladder('yes', yes, false),
      ...this.#ladder('no', no, useYesPrice),
    });
  }

  /**
   * Put together by hand: most of what is sent are deltas.
   * @param isOwn true for the user whose order did it
   */
  delta({ market, side, price, delta, at, owner }: BookDelta, useYesPrice: boolean, isOwn: boolean): string {
    const form = this.#form;
    const shown = side === 'no' && useYesPrice ? PRICE_UNITS - price : price;
    let text = this.#deltaHead(market.definition);
    if (form.integers) text += `"price":${shown / CENT},`;
    text += `"price_dollars":"${dollars(shown)}",`;
    if (form.integers) text += `"delta":${delta / COUNT_UNITS},`;
    if (form.fixedPointCounts) text += `"delta_fp":"${contracts(delta)}",`;
    text += `"side":"${side}"`;
    if (isOwn && owner !== undefined) {
      text += `,"client_order_id":${JSON.stringify(owner.clientOrderId)}`;
      if (owner.subaccount > 0) text += `,"subaccount":${owner.subaccount}`;
    }
    if (form.milliseconds) text += `,"ts":"${timeText(at)}","ts_ms":${millis(at)}`;
    return `${text}}`;
  }

  ticker(market: Market, at: number): string {
    const form = this.#form;
    const { definition, last, lastCount, volume, openInterest, yes, no } = market;
    const { yesAsk } = market;
    return JSON.stringify({
      market_ticker: definition.ticker,
      ...(form.marketIds && { market_id: definition.id }),
      ...(form.integers && { price: last / CENT, yes_bid: yes.best / CENT, yes_ask: yesAsk / CENT }),
      price_dollars: dollars(last),
      yes_bid_dollars: dollars(yes.best),
      ...(form.tickerNoBid ? { no_bid_dollars: dollars(no.best) } : { yes_ask_dollars: dollars(yesAsk) }),
      ...(form.integers && { volume: volume / COUNT_UNITS, open_interest: openInterest / COUNT_UNITS }),
      ...(form.fixedPointCounts && {
        volume_fp: contracts(volume),
        open_interest_fp: contracts(openInterest),
      }),
      // Half the contracts, whatever they cost: so it is in every frame that has been seen.
      dollar_volume: Math.floor(volume / (2 * COUNT_UNITS)),
      dollar_open_interest: Math.floor(openInterest / (2 * COUNT_UNITS)),
      ...(form.tickerSizes && {
        yes_bid_size_fp: contracts(yes.bestCount),
        yes_ask_size_fp: contracts(no.bestCount),
        last_trade_size_fp: contracts(lastCount),
      }),
      ts: seconds(at),
      ...(form.milliseconds && { ts_ms: millis(at), time: timeText(at) }),
      ...(form.tickerClock && { Clock: this.#clock++ }),
    });
  }

  /** The short-lived form with changes only. @param volumeDelta traded since the one before */
  tickerV2({ definition, last, yes, yesAsk }: Market, volumeDelta: number, at: number): string {
    return JSON.stringify({
      market_ticker: definition.ticker,
      market_id: definition.id,
      price: last / CENT,
      price_dollars: dollars(last),
      yes_bid: yes.best / CENT,
      yes_bid_dollars: dollars(yes.best),
      yes_ask: yesAsk / CENT,
      yes_ask_dollars: dollars(yesAsk),
      ...(volumeDelta > 0 && {
        volume_delta: volumeDelta / COUNT_UNITS,
        volume_delta_fp: contracts(volumeDelta),
      }),
      ts: seconds(at),
    });
  }

  trade({ market, id, yesPrice, count, takerSide, isBlock, at }: Trade): string {
    const form = this.#form;
    const noPrice = PRICE_UNITS - yesPrice;
    return JSON.stringify({
      ...(form.marketIds && { trade_id: id }),
      market_ticker: market.definition.ticker,
      ...(form.integers && { yes_price: yesPrice / CENT, no_price: noPrice / CENT }),
      yes_price_dollars: dollars(yesPrice),
      no_price_dollars: dollars(noPrice),
      ...(form.integers && { count: count / COUNT_UNITS }),
      ...(form.fixedPointCounts && { count_fp: contracts(count) }),
      taker_side: takerSide,
      ...(form.bookSides && {
        taker_outcome_side: takerSide,
        taker_book_side: takerSide === 'yes' ? 'bid' : 'ask',
      }),
      ...(form.blockTrades && { is_block_trade: isBlock }),
      ts: seconds(at),
      ...(form.milliseconds && { ts_ms: millis(at) }),
    });
  }

  #deltaHead(definition: MarketDefinition): string {
    const known = this.#deltaHeads.get(definition);
    if (known !== undefined) return known;
    const { ticker, id } = definition;
    const head = JSON.stringify({ market_ticker: ticker, ...(this.#form.marketIds && { market_id: id }) });
    const open = `${head.slice(0, -1)},`;
    this.#deltaHeads.set(definition, open);
    return open;
  }

  /** The levels of one side, ascending by the price shown; no member at all for an empty side. */
  #ladder(side: 'yes' | 'no', ladder: Ladder, useYesPrice: boolean): Record<string, unknown> {
    if (ladder.length === 0) return {};
    const form = this.#form;
    const levels = ladder.levels();
    if (useYesPrice) levels.reverse();
    const shown = levels.map(([price, count]) => [useYesPrice ? PRICE_UNITS - price : price, count] as const);
    return {
      ...(form.integers && {
        [side]: shown.map(([price, count]) => [price / CENT, count / COUNT_UNITS]),
        [`${side}_dollars`]: shown.map(([price, count]) => [dollars(price), count / COUNT_UNITS]),
      }),
      ...(form.fixedPointCounts && {
        [`${side}_dollars_fp`]: shown.map(([price, count]) => [dollars(price), contracts(count)]),
      }),
    };
  }
}
