import * as layout from '../../kite/packet-layout.ts';
import type { Random } from '../random.ts';
import { type Instrument, isIndex } from './instruments.ts';

/** How much of an instrument a subscription streams. */
export type KiteMode = 'ltp' | 'quote' | 'full';

/** Bytes of a packet of this token in this mode. Shorter packets are prefixes of the full one. */
export function packetBytes(token: number, mode: KiteMode): number {
  if (mode === 'ltp') return layout.LTP_BYTES;
  if (isIndex(token)) return mode === 'quote' ? layout.INDEX_QUOTE_BYTES : layout.INDEX_FULL_BYTES;
  return mode === 'quote' ? layout.QUOTE_BYTES : layout.FULL_BYTES;
}

/** Prices of the day so far, raw. */
interface Day {
  readonly last: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

function dayOf(instrument: Instrument, last: number, random: Random): Day {
  const steps = (low: number, high: number) => random.between(low, high) * instrument.tickSize;
  const open = instrument.basePrice + steps(-10, 10);
  const close = instrument.basePrice + steps(-40, 40);
  const high = Math.max(open, last) + steps(0, 8);
  const low = Math.min(open, last) - steps(0, 8);
  return { last, open, high, low, close };
}

/** Writes the first full packet of an index at `at`. `seconds` since the epoch. */
export function writeIndex(
  view: DataView,
  at: number,
  instrument: Instrument,
  last: number,
  seconds: number,
  random: Random,
): void {
  const day = dayOf(instrument, last, random);
  view.setUint32(at + layout.TOKEN, instrument.token);
  view.setInt32(at + layout.LAST_PRICE, day.last);
  view.setInt32(at + layout.INDEX_HIGH, day.high);
  view.setInt32(at + layout.INDEX_LOW, day.low);
  view.setInt32(at + layout.INDEX_OPEN, day.open);
  view.setInt32(at + layout.INDEX_CLOSE, day.close);
  view.setInt32(at + layout.INDEX_PRICE_CHANGE, day.last - day.close);
  view.setUint32(at + layout.INDEX_EXCHANGE_TIME, seconds);
}

/** Writes the first full packet of a tradable instrument at `at`. `bid` is its best bid and last price. */
export function writeTradable(
  view: DataView,
  at: number,
  instrument: Instrument,
  bid: number,
  seconds: number,
  random: Random,
): void {
  const day = dayOf(instrument, bid, random);
  const { lotSize, openInterest } = instrument;
  view.setUint32(at + layout.TOKEN, instrument.token);
  view.setInt32(at + layout.LAST_PRICE, day.last);
  view.setUint32(at + layout.LAST_TRADED_QUANTITY, lotSize * random.between(1, 64));
  view.setInt32(at + layout.AVERAGE_TRADED_PRICE, Math.round((day.low + day.high) / 2));
  view.setUint32(at + layout.VOLUME_TRADED, instrument.volume);
  view.setInt32(at + layout.OPEN, day.open);
  view.setInt32(at + layout.HIGH, day.high);
  view.setInt32(at + layout.LOW, day.low);
  view.setInt32(at + layout.CLOSE, day.close);
  view.setUint32(at + layout.LAST_TRADE_TIME, seconds);
  const range = openInterest === 0 ? 0 : lotSize * random.between(0, 500);
  view.setUint32(at + layout.OPEN_INTEREST, openInterest);
  view.setUint32(at + layout.OI_DAY_HIGH, openInterest + range);
  view.setUint32(at + layout.OI_DAY_LOW, openInterest - range);
  view.setUint32(at + layout.EXCHANGE_TIME, seconds);
  writeDepthPrices(view, at, bid, instrument.tickSize);
  for (const side of [0, 1]) {
    // The totals cover the whole book, of which the depth is only the top.
    let total = lotSize * random.between(100, 5_000);
    for (let level = 0; level < layout.DEPTH_LEVELS; level++) {
      const entry = at + layout.DEPTH + (side * layout.DEPTH_LEVELS + level) * layout.DEPTH_ENTRY_BYTES;
      const lots = random.between(1, 128);
      view.setUint32(entry + layout.DEPTH_QUANTITY, lots * lotSize);
      view.setUint16(entry + layout.DEPTH_ORDERS, random.between(1, lots));
      total += lots * lotSize;
    }
    view.setUint32(at + (side === 0 ? layout.TOTAL_BUY_QUANTITY : layout.TOTAL_SELL_QUANTITY), total);
  }
}

/** Writes the ten depth prices: bids down from `bid`, offers up from one step above it. Every tick does this. */
export function writeDepthPrices(view: DataView, at: number, bid: number, tickSize: number): void {
  // V8 does not fold constants of another module: loading them once, not for each price, makes ticks 15% faster.
  const step = layout.DEPTH_ENTRY_BYTES;
  const end = layout.DEPTH_LEVELS * step;
  const bids = at + layout.DEPTH + layout.DEPTH_PRICE;
  const offers = bids + end;
  let offer = bid + tickSize;
  for (let entry = 0; entry < end; entry += step) {
    view.setInt32(bids + entry, bid);
    view.setInt32(offers + entry, offer);
    bid -= tickSize;
    offer += tickSize;
  }
}
