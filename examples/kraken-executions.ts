import { KrakenFeed, OrderTracker } from 'tickring/kraken';
import type { KrakenExample } from './kraken-example.ts';

/** What happens to one's own orders: reports are sparse, a tracker puts them together. */
export const run: KrakenExample = async ({ options, simulator }) => {
  await using feed = new KrakenFeed(options);
  const tracker = new OrderTracker();
  let reports = 0;
  const enough = new Promise<void>((resolve) => {
    feed.on('executions', (message) => {
      const { changed, gone } = tracker.apply(message);
      for (const { order_id } of gone) console.log(`${order_id} ended while nobody listened`);
      if (message.snapshot) {
        console.log(`${tracker.open.size} open orders to begin with`);
        return;
      }
      for (const order of changed) {
        const { side, symbol, order_status, cum_qty = 0, order_qty = 0 } = order;
        console.log(`${order.order_id}  ${side} ${order_qty} ${symbol}: ${order_status}, ${cum_qty} filled`);
      }
      reports += changed.length;
      if (reports >= 10) resolve();
    });
  });
  feed.on('balance', ({ asset, balance, amount }, { snapshot }) => {
    if (!snapshot) console.log(`  ${asset} ${balance} (${(amount ?? 0) > 0 ? '+' : ''}${amount})`);
  });
  await feed.start();
  await feed.subscribe({ channel: 'executions' });
  await feed.subscribe({ channel: 'balances' });
  // The simulated account is slow: one event a second.
  simulator.stepAccounts(10);
  await enough;
};
