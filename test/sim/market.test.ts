import { KiteTicker } from 'kiteconnect';
import { FNV1A_START, fnv1a, KiteMarket } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { packetsOf } from './client.ts';

const startTime = Date.UTC(2025, 0, 6, 4);

/** The official client's own decoder: it needs no connection. */
function officialTicks(frame: Buffer): OfficialTick[] {
  const ticker = new KiteTicker({ api_key: 'demo', access_token: 'demo', reconnect: false }) as unknown as {
    parseBinary(frame: ArrayBuffer): OfficialTick[]; // missing from its types
  };
  const exact = frame.buffer.slice(frame.byteOffset, frame.byteOffset + frame.length);
  return ticker.parseBinary(exact as ArrayBuffer);
}

interface Level {
  quantity: number;
  price: number;
  orders: number;
}

interface OfficialTick {
  tradable: boolean;
  mode: string;
  instrument_token: number;
  last_price: number;
  last_traded_quantity: number;
  average_traded_price: number;
  volume_traded: number;
  total_buy_quantity: number;
  total_sell_quantity: number;
  ohlc: { open: number; high: number; low: number; close: number };
  exchange_timestamp: Date;
  last_trade_time: Date;
  oi: number;
  oi_day_high: number;
  oi_day_low: number;
  depth: { buy: Level[]; sell: Level[] };
}

describe('the universe', () => {
  const tokens = [...new KiteMarket().instrumentTokens];

  test('has 9,000 different instruments in every segment, a mixture in any slice', () => {
    expect(new Set(tokens).size).toBe(9_000);
    for (const slice of [tokens, tokens.slice(3_000, 3_300)]) {
      expect(new Set(slice.map((token) => token & 0xff))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 12]));
    }
  });

  test('begins with the well-known instruments, and holds tokens past 2^31', () => {
    const known = [256265, 265, 408065, 738561, 779521, 341249, 884737, 31132428, 31503116, 33539084];
    expect(tokens.slice(0, known.length)).toEqual(known);
    expect(tokens.filter((token) => token >= 2 ** 31).length).toBeGreaterThan(10);
  });

  test('does not depend on the seed', () => {
    expect([...new KiteMarket({ seed: 7 }).instrumentTokens]).toEqual(tokens);
  });
});

describe('determinism', () => {
  const run = (seed: number) => {
    const market = new KiteMarket({ seed, startTime, ticksPerSecond: 500 });
    return Buffer.concat([1, 2, 3].map(() => market.frame(market.instrumentTokens)));
  };

  test('the same seed gives the same bytes', () => {
    expect(run(5).equals(run(5))).toBe(true);
  });

  test('another seed gives others', () => {
    expect(run(5).equals(run(6))).toBe(false);
  });

  test("an instrument's ticks do not depend on those of others, but for the time", () => {
    const alone = new KiteMarket({ startTime });
    const crowded = new KiteMarket({ startTime });
    for (let i = 0; i < 50; i++) {
      crowded.frame([738561, 256265]);
      expect(alone.frame([408065]).equals(crowded.frame([408065]))).toBe(true);
    }
  });

  test('the clock moves with ticks', () => {
    const market = new KiteMarket({ startTime, ticksPerSecond: 100 });
    for (let i = 0; i < 1_000; i++) market.frame([408065]);
    expect(market.seconds).toBe(startTime / 1000 + 10);
    const [tick] = officialTicks(market.frame([408065]));
    expect(tick?.exchange_timestamp).toEqual(new Date(startTime + 10_000));
    expect(tick?.last_trade_time).toEqual(new Date(startTime + 10_000));
  });
});

describe('packets as the official client reads them', () => {
  test('have the length and the mode that was asked for', () => {
    const market = new KiteMarket();
    for (const [mode, index, other] of [
      ['ltp', 8, 8],
      ['quote', 28, 44],
      ['full', 32, 184],
    ] as const) {
      const frame = market.frame([256265, 408065], mode);
      expect(packetsOf(frame).map(({ bytes }) => bytes.length)).toEqual([index, other]);
      expect(officialTicks(frame)).toMatchObject([
        { tradable: false, mode, instrument_token: 256265 },
        { tradable: true, mode, instrument_token: 408065 },
      ]);
    }
  });

  test('stay consistent over many ticks', () => {
    const market = new KiteMarket();
    // Positive prices, and what the official client can read: it takes all integers as signed.
    const odd = new Set([3677697, 256000263, 256000519]);
    const tokens = [...market.instrumentTokens.subarray(0, 300)].filter(
      (token) => token < 2 ** 31 && !odd.has(token),
    );
    expect(tokens.length).toBeGreaterThan(290);
    let before: OfficialTick[] = [];
    for (let round = 0; round < 150; round++) {
      const ticks = officialTicks(market.frame(tokens));
      expect(ticks.map((tick, i) => faultOf(tick, before[i])).filter(Boolean)).toEqual([]);
      before = ticks;
    }
  });

  test('reach the corners: negative prices, a price through zero, a volume past 2^32', () => {
    const market = new KiteMarket();
    const lastPrices = (token: number) =>
      Array.from({ length: 3_000 }, () => packetsOf(market.frame([token]))[0]!.bytes.readInt32BE(4));
    const negative = lastPrices(256000263);
    expect(Math.max(...negative)).toBeLessThan(0);
    const crossing = lastPrices(256000519);
    expect(Math.min(...crossing)).toBeLessThan(0);
    expect(Math.max(...crossing)).toBeGreaterThan(0);

    const volumes = Array.from({ length: 2_000 }, () =>
      packetsOf(market.frame([3677697]))[0]!.bytes.readUInt32BE(16),
    );
    expect(volumes[0]).toBeGreaterThan(4_294_900_000);
    expect(volumes.at(-1)).toBeLessThan(100_000);
  });
});

/** What is wrong with a tick, if anything: an `expect` for each field of so many would take minutes. */
function faultOf(tick: OfficialTick, before: OfficialTick | undefined): string | undefined {
  const { ohlc, depth, last_price: last } = tick;
  const at = `token ${tick.instrument_token}`;
  if (last <= 0 || ohlc.low <= 0) return `${at}: a price is not positive`;
  if (ohlc.low > Math.min(ohlc.open, last) || ohlc.high < Math.max(ohlc.open, last)) return `${at}: OHLC`;
  if (before && (ohlc.high < before.ohlc.high || ohlc.low > before.ohlc.low))
    return `${at}: day range shrank`;
  if (!tick.tradable) return undefined;
  if (tick.average_traded_price < ohlc.low || tick.average_traded_price > ohlc.high) return `${at}: average`;
  if (before && tick.volume_traded - before.volume_traded !== tick.last_traded_quantity)
    return `${at}: volume`;
  if (tick.oi > tick.oi_day_high || tick.oi < tick.oi_day_low) return `${at}: open interest`;
  const [bid, offer] = [depth.buy[0]!.price, depth.sell[0]!.price];
  if (bid >= offer || last < bid || last > offer) return `${at}: spread`;
  for (const [side, sign, total] of [
    [depth.buy, -1, tick.total_buy_quantity],
    [depth.sell, 1, tick.total_sell_quantity],
  ] as const) {
    if (side.length !== 5 || side.some((level) => level.price <= 0 || level.quantity <= 0))
      return `${at}: depth`;
    if (side.some((level) => level.orders < 1)) return `${at}: orders`;
    if (side.some((level, i) => i > 0 && (level.price - side[i - 1]!.price) * sign <= 0))
      return `${at}: order`;
    if (side.reduce((sum, level) => sum + level.quantity, 0) > total) return `${at}: total quantity`;
  }
  return undefined;
}

test('fnv1a is FNV-1a, and continues', () => {
  const bytes = Buffer.from('foobar');
  expect(fnv1a(FNV1A_START, bytes)).toBe(0xbf9cf968);
  expect(fnv1a(fnv1a(FNV1A_START, bytes, 0, 3), bytes, 3)).toBe(0xbf9cf968);
});

test('options out of range are refused', () => {
  for (const options of [{ instruments: -1 }, { seed: 1.5 }, { startTime: -1 }, { ticksPerSecond: 0 }]) {
    expect(() => new KiteMarket(options)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }) as Error,
    );
  }
});
