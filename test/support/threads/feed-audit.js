// What a reader got, as the simulator's audit counts what it sent: the packets are made again, byte for byte, from what
// the views say. Plain JavaScript, because workers use it too.
import { FNV1A_START, fnv1a } from 'tickring/sim';

export class Audit {
  /** Ticks so far. */
  packets = 0;
  /** Records that did not follow the one before them on their connection. */
  gaps = 0;
  #entries = new Map();
  #numbers = new Map();

  add(tick) {
    const token = tick.instrumentToken;
    let entry = this.#entries.get(token);
    if (!entry) {
      entry = { token, packets: 0, hash: FNV1A_START };
      this.#entries.set(token, entry);
    }
    entry.packets += 1;
    entry.hash = fnv1a(entry.hash, packetOf(tick));
    const before = this.#numbers.get(tick.connection);
    if (before !== undefined && tick.number !== (before + 1) >>> 0) this.gaps += 1;
    this.#numbers.set(tick.connection, tick.number);
    this.packets += 1;
  }

  /** By token. */
  entries() {
    return [...this.#entries.values()].sort((a, b) => a.token - b.token);
  }
}

/** The packet that a tick came in, big-endian, as it went over the wire. */
export function packetOf(tick) {
  const raw = (price) => Math.round(price * tick.divisor);
  const index = tick.priceChange !== undefined;
  if (tick.mode === 'ltp') return words([tick.instrumentToken, tick.rawLastPrice]);
  if (index) {
    const prices = [tick.high, tick.low, tick.open, tick.close, tick.priceChange].map(raw);
    const time = tick.mode === 'full' ? [tick.exchangeTimestamp / 1000] : [];
    return words([tick.instrumentToken, tick.rawLastPrice, ...prices, ...time]);
  }
  const quote = [
    tick.instrumentToken,
    tick.rawLastPrice,
    tick.lastTradedQuantity,
    raw(tick.averageTradedPrice),
    tick.volumeTraded,
    tick.totalBuyQuantity,
    tick.totalSellQuantity,
    ...[tick.open, tick.high, tick.low, tick.close].map(raw),
  ];
  if (tick.mode === 'quote') return words(quote);
  const times = [tick.lastTradeTime / 1000, tick.openInterest, tick.oiDayHigh, tick.oiDayLow];
  const depth = [];
  // The order count is a half word, and padding the other.
  for (let level = 0; level < 5; level++)
    depth.push(tick.bidQuantity(level), raw(tick.bidPrice(level)), tick.bidOrders(level) << 16);
  for (let level = 0; level < 5; level++)
    depth.push(tick.askQuantity(level), raw(tick.askPrice(level)), tick.askOrders(level) << 16);
  return words([...quote, ...times, tick.exchangeTimestamp / 1000, ...depth]);
}

function words(values) {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeInt32BE(value | 0, at * 4);
  return bytes;
}
