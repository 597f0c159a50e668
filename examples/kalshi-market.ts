import { KalshiBookSnapshot, KalshiFeed } from 'tickring/kalshi';
import type { KalshiExample } from './kalshi-example.ts';

/** One market: whenever its book changes at the top, what YES and NO cost; and who trades. */
export const run: KalshiExample = async ({ options, simulator }) => {
  const market = simulator.tickers[0]!;
  await using feed = new KalshiFeed(options);
  using reader = feed.reader();
  await feed.start();
  await feed.subscribe({ channel: 'orderbook_delta', markets: [market] });
  await feed.subscribe({ channel: 'trade', markets: [market] });

  console.log(market);
  let before = '';
  let lines = 0;
  watching: for await (const batch of reader) {
    for (const record of batch) {
      if (record.kind === 'trade') {
        console.log(
          `  ${record.countText} contracts at ${record.yesPriceText}, taken by ${record.takerSide}`,
        );
      } else if (record.kind === 'book') {
        const { yesBidText = '–', yesAskText = '–', noBidText = '–', noAskText = '–' } = record;
        const now = `YES ${yesBidText} / ${yesAskText}   NO ${noBidText} / ${noAskText}`;
        if (now === before) continue;
        console.log(`${now}   spread ${record.spread ?? '–'}`);
        before = now;
        lines += 1;
        if (lines === 8) break watching;
      }
    }
  }

  // The whole book, copied at one moment.
  const book = feed.book(market);
  const { yesBids, noBids, trusted } = book.read(new KalshiBookSnapshot(3))!;
  console.log(`the best levels, ${trusted ? 'with no message missing' : book.state}:`);
  for (const [side, levels] of [
    ['YES', yesBids],
    ['NO', noBids],
  ] as const) {
    for (let level = 0; level < levels.length; level++) {
      const cents = levels.priceCents(level);
      const price = cents === undefined ? `${levels.priceText(level)} $` : `${cents} ¢`;
      console.log(`  ${side} bid ${levels.sizeText(level)} at ${price}`);
    }
  }
};
