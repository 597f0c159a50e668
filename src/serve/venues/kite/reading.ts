import { attach, type KiteHandle } from '../../../kite/attachment.ts';
import type { TickSnapshot } from '../../../kite/latest.ts';
import { DEPTH_LEVELS } from '../../../kite/packet-layout.ts';
import type { TickView } from '../../../kite/view.ts';
import { Arena } from '../../../memory/arena.ts';
import { bigintText, decimalText } from '../../../memory/decimal.ts';
import { LatestTable } from '../../../memory/latest-table.ts';
import type { Depth, Level, Quote, Sides, SymbolReading, VenueReading } from '../venue-reading.ts';
import type { RecordObject } from '../venue-records.ts';

/** Decimals of prices, by their divisor. */
const SCALES: ReadonlyMap<number, number> = new Map(
  Array.from({ length: 10 }, (_, scale) => [10 ** scale, scale]),
);

/** A Kite feed, by its handle. */
export function openKiteReading(handle: unknown): VenueReading {
  const attachment = attach(handle as KiteHandle);
  const arenas = attachment.handle.arenas.map((arena) => Arena.attach(arena));
  const tables = arenas.map((arena) => new LatestTable(arena));
  return {
    arenas,
    texts: () => undefined,
    symbol: (name) => new KiteSymbol(name, tables, (token, into) => attachment.latest(token, into)),
  };
}

type Latest = (token: number, into: TickSnapshot | undefined) => TickSnapshot | undefined;

class KiteSymbol implements SymbolReading {
  readonly #symbol: string;
  readonly #token: number;
  readonly #tables: readonly LatestTable[];
  readonly #latest: Latest;
  #snapshot: TickSnapshot | undefined;

  constructor(symbol: string, tables: readonly LatestTable[], latest: Latest) {
    this.#symbol = symbol;
    this.#token = Number(symbol);
    this.#tables = tables;
    this.#latest = latest;
  }

  stamp(): number {
    let sum = 0;
    for (const table of this.#tables) sum += table.sequence(this.#token);
    return sum >>> 0;
  }

  quote(): Quote {
    return quoteOf(this.#symbol, this.read());
  }

  levels(count: number): Quote & Sides {
    const tick = this.read();
    return { ...quoteOf(this.#symbol, tick), ...sidesOf(tick, count) };
  }

  depth(levels: number): Depth {
    const tick = this.read();
    const bid = tick?.bidPrice(0);
    const ask = tick?.askPrice(0);
    const both =
      tick && bid !== undefined && ask !== undefined ? { bid, ask, divisor: tick.divisor } : undefined;
    return {
      ...quoteOf(this.#symbol, tick),
      check: { by: null, state: 'none', expected: null, computed: null },
      epoch: tick?.epoch ?? 0,
      goodUntil: null,
      mid: both ? midText(both) : null,
      spreadBps: both ? ((both.ask - both.bid) / ((both.bid + both.ask) / 2)) * 10_000 : null,
      ...sidesOf(tick, levels),
    };
  }

  tick(): object | undefined {
    const tick = this.read();
    return tick && tickObject(this.#symbol, tick);
  }

  private read(): TickSnapshot | undefined {
    const tick = this.#latest(this.#token, this.#snapshot);
    if (tick) this.#snapshot = tick;
    return tick;
  }
}

/** A tick as the server and the commands tell it: decimals are text. */
export function tickObject(symbol: string, tick: TickView): RecordObject {
  const price = (value: number | undefined) => priceText(value, tick.divisor);
  return {
    venue: 'kite',
    symbol,
    kind: 'tick',
    mode: tick.mode,
    exchange: tick.exchange,
    tradable: tick.tradable,
    lastPrice: price(tick.lastPrice),
    lastTradedQuantity: countText(tick.lastTradedQuantity),
    averageTradedPrice: price(tick.averageTradedPrice),
    volumeTraded: countText(tick.volumeTraded),
    totalBuyQuantity: countText(tick.totalBuyQuantity),
    totalSellQuantity: countText(tick.totalSellQuantity),
    open: price(tick.open),
    high: price(tick.high),
    low: price(tick.low),
    close: price(tick.close),
    changePercent: percentText(tick.change),
    openInterest: countText(tick.openInterest),
    oiDayHigh: countText(tick.oiDayHigh),
    oiDayLow: countText(tick.oiDayLow),
    lastTradeTime: timeOf(tick.lastTradeTime),
    exchangeTimestamp: timeOf(tick.exchangeTimestamp),
    receivedAt: tick.receivedAt,
    connection: tick.connection,
    epoch: tick.epoch,
    ...sidesOf(tick, DEPTH_LEVELS),
  };
}

function quoteOf(symbol: string, tick: TickSnapshot | undefined): Quote {
  const divisor = tick?.divisor ?? 1;
  const bid = tick?.bidPrice(0);
  const ask = tick?.askPrice(0);
  return {
    venue: 'kite',
    symbol,
    state: tick ? 'live' : 'empty',
    trusted: tick !== undefined,
    bid: priceText(bid, divisor),
    bidQuantity: countText(tick?.bidQuantity(0)),
    ask: priceText(ask, divisor),
    askQuantity: countText(tick?.askQuantity(0)),
    spread: bid === undefined || ask === undefined ? null : differenceText(ask, bid, divisor),
    last: priceText(tick?.lastPrice, divisor),
    changePercent: percentText(tick?.change),
    volume: countText(tick?.volumeTraded),
    asOf: timeOf(tick?.exchangeTimestamp),
    receivedAt: tick?.receivedAt ?? null,
  };
}

function sidesOf(tick: TickView | undefined, count: number): Sides {
  if (tick?.bidPrice(0) === undefined) return { bids: [], asks: [] };
  const { divisor } = tick;
  const levels = Array.from({ length: Math.min(count, DEPTH_LEVELS) }, (_, level) => level);
  const side = (
    price: (level: number) => number | undefined,
    quantity: (level: number) => number | undefined,
    orders: (level: number) => number | undefined,
  ): Level[] =>
    levels
      // A place without orders is no level.
      .filter((level) => quantity(level) !== 0 || price(level) !== 0)
      .map((level) => [priceText(price(level), divisor)!, countText(quantity(level))!, orders(level)!]);
  return {
    bids: side(
      (level) => tick.bidPrice(level),
      (level) => tick.bidQuantity(level),
      (level) => tick.bidOrders(level),
    ),
    asks: side(
      (level) => tick.askPrice(level),
      (level) => tick.askQuantity(level),
      (level) => tick.askOrders(level),
    ),
  };
}

/** The wire's integer: it and the divisor are exact, so that rounding finds it again. */
function integerOf(price: number, divisor: number): number {
  return Math.round(price * divisor);
}

function priceText(price: number | undefined, divisor: number): string | null {
  return price === undefined ? null : integerText(integerOf(price, divisor), divisor);
}

function differenceText(a: number, b: number, divisor: number): string {
  return integerText(integerOf(a, divisor) - integerOf(b, divisor), divisor);
}

function integerText(integer: number, divisor: number): string {
  const scale = SCALES.get(divisor);
  // A segment table of one's own may have any divisor.
  if (scale === undefined) return String(integer / divisor);
  return decimalText(integer >>> 0, Math.floor(integer / 2 ** 32), scale);
}

/** With one decimal more than prices have, so that it is exact. */
function midText({ bid, ask, divisor }: { bid: number; ask: number; divisor: number }): string {
  const sum = integerOf(bid, divisor) + integerOf(ask, divisor);
  const scale = SCALES.get(divisor);
  return scale === undefined ? String((bid + ask) / 2) : bigintText(BigInt(sum) * 5n, scale + 1);
}

function countText(count: number | undefined): string | null {
  return count === undefined ? null : String(count);
}

function percentText(percent: number | undefined): string | null {
  return percent === undefined ? null : percent.toFixed(2);
}

/** Kite says 0 for no time. */
function timeOf(time: number | undefined): number | null {
  return time || null;
}
