import { KrakenFeed } from 'tickring/kraken';
import type { KrakenExample } from './kraken-example.ts';

/** Candles of a width that Kraken does not have: half a second. */
const WIDTH = 500;

interface OwnCandle {
  readonly begin: number;
  readonly open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  trades: number;
}

export const run: KrakenExample = async ({ options }) => {
  await using feed = new KrakenFeed(options);
  using reader = feed.reader();
  await feed.start();
  await feed.subscribe({ channel: 'trade', symbols: ['BTC/USD'] });

  let candle: OwnCandle | undefined;
  let closed = 0;
  for await (const batch of reader) {
    for (const trade of batch) {
      // Everything that the feed receives comes in one stream.
      if (trade.kind !== 'trade') continue;
      const { price, quantity } = trade;
      const begin = Math.floor((trade.timestamp ?? trade.receivedAt) / WIDTH) * WIDTH;
      if (candle?.begin !== begin) {
        if (candle) {
          const { open, high, low, close, volume, trades } = candle;
          const time = new Date(candle.begin).toISOString().slice(11, 21);
          console.log(
            `${time}  O ${open} H ${high} L ${low} C ${close}  ${volume.toFixed(4)} BTC, ${trades} trades`,
          );
          closed += 1;
          if (closed === 4) return;
        }
        candle = { begin, open: price, high: price, low: price, close: price, volume: 0, trades: 0 };
      }
      candle.high = Math.max(candle.high, price);
      candle.low = Math.min(candle.low, price);
      candle.close = price;
      candle.volume += quantity;
      candle.trades += 1;
    }
  }
};
