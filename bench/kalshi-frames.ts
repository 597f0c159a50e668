/** Frames as Kalshi sends them, always the same ones: books of several markets on one subscription, and a ticker. */

import { decimal, randomFrom } from './random.ts';

const MARKETS = 12;
/** Levels a side at the start, on a grid of whole cents. */
const LEVELS = 30;

interface Market {
  readonly ticker: string;
  readonly id: string;
  /** Counts by price in cents, of YES and of NO. */
  readonly sides: readonly [Map<number, number>, Map<number, number>];
}

function marketOf(index: number, random: () => number): Market {
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  const side = (best: number) =>
    new Map(
      Array.from({ length: LEVELS }, (_, i) => [best - i, 100 + Math.floor(random() ** 3 * 2e6)] as const),
    );
  return {
    ticker: `KXBTCD-26OCT0917-T${110_000 + 250 * index}.99`,
    id: [8, 4, 4, 4, 12].map(hex).join('-'),
    sides: [side(35 + index), side(62 - index)],
  };
}

/** Snapshots of all markets, and then so many deltas, numbered in one row. */
export function deltaSession(deltas: number): string[] {
  const random = randomFrom(11);
  const markets = Array.from({ length: MARKETS }, (_, i) => marketOf(i, random));
  const row = ([price, count]: readonly [number, number]) =>
    `["${decimal(price, 2)}00","${decimal(count, 2)}"]`;
  const ladder = (levels: Map<number, number>) =>
    `[${[...levels]
      .toSorted(([a], [b]) => a - b)
      .map(row)
      .join(',')}]`;
  const frames = markets.map(
    ({ ticker, id, sides: [yes, no] }, i) =>
      `{"type":"orderbook_snapshot","sid":2,"seq":${i + 1},"msg":{"market_ticker":"${ticker}","market_id":"${id}","yes_dollars_fp":${ladder(yes)},"no_dollars_fp":${ladder(no)}},"sending_ts_ms":1791234567000}`,
  );
  while (frames.length < MARKETS + deltas) {
    const { ticker, id, sides } = markets[Math.floor(random() ** 2 * MARKETS)]!;
    const which = random() < 0.5 ? 0 : 1;
    const levels = sides[which];
    const best = Math.max(...levels.keys());
    // Near the best one, as a rule; a new level now and then.
    const price = Math.max(1, best + 1 - Math.floor(random() ** 2 * 20));
    const held = levels.get(price) ?? 0;
    const change =
      held > 0 && random() < 0.45
        ? -(random() < 0.4 ? held : Math.ceil(held / 2))
        : 100 + Math.floor(random() ** 3 * 1e5);
    // Neither side meets the other.
    if (held === 0 && price > (which === 0 ? 36 : 63)) continue;
    if (held + change === 0) levels.delete(price);
    else levels.set(price, held + change);
    const time = 1_791_234_567_000 + 7 * frames.length;
    frames.push(
      `{"type":"orderbook_delta","sid":2,"seq":${frames.length + 1},"msg":{"market_ticker":"${ticker}","market_id":"${id}","price_dollars":"${decimal(price, 2)}00","delta_fp":"${decimal(change, 2)}","side":"${which === 0 ? 'yes' : 'no'}","ts":"${new Date(time).toISOString().slice(0, -1)}${String(frames.length % 1000).padStart(3, '0')}Z","ts_ms":${time}},"sending_ts_ms":${time + 3}}`,
    );
  }
  return frames;
}

export const TICKER_FRAME =
  '{"type":"ticker","sid":1,"msg":{"market_id":"29c0608a-3169-4cf1-9e08-32f241927c20","market_ticker":"KXBTCD-26OCT0917-T119999.99","price_dollars":"0.5000","yes_bid_dollars":"0.4700","yes_ask_dollars":"0.5100","volume_fp":"33896.25","open_interest_fp":"20422.00","dollar_volume":16948,"dollar_open_interest":10211,"yes_bid_size_fp":"5.00","yes_ask_size_fp":"206.00","last_trade_size_fp":"1.00","ts":1786150148,"ts_ms":1786150148065,"time":"2026-08-08T00:49:08.065758Z"},"sending_ts_ms":1786150148068}';
