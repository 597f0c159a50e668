import { once } from 'node:events';
import { KiteFeed } from 'tickring';
import { type Example, nameOf } from './example.ts';

export const run: Example = async ({ url, apiKey, accessToken, simulator }) => {
  await using feed = new KiteFeed({ url, apiKey, accessToken, mode: 'ltp' });
  // Before it is started, or while it is disconnected: what is wanted is kept, and sent when it can be.
  feed.subscribe([408065, 738561]);
  await feed.start();
  await feed.ready();
  const show = (when: string) => {
    const list = feed
      .subscriptions()
      .map(({ instrumentToken, mode, status }) => `${nameOf(instrumentToken)} ${mode} (${status})`);
    console.log(`${when}: ${list.join(', ')}`);
  };
  show('at the start');

  feed.subscribe([779521], 'full');
  feed.setMode('quote', [408065]);
  show('at once      ');
  await once(simulator, 'subscription');
  show('a turn later ');

  feed.unsubscribe([738561]);
  feed.subscribe([408065, 408065], 'quote'); // Twice, and there already: nothing is sent.
  await once(simulator, 'subscription');
  show('at the end   ');
  const [server] = simulator.subscriptions();
  console.log(
    `the service streams: ${[...server!.subscriptions].map(([token, mode]) => `${nameOf(token)} ${mode}`).join(', ')}`,
  );
};
