import { KiteFeed } from 'tickring';
import type { Example } from './example.ts';

export const run: Example = async ({ url, simulator }) => {
  await using feed = new KiteFeed({
    url,
    mode: 'ltp',
    accounts: [
      { id: 'first', apiKey: 'demo', accessToken: 'demo' },
      { id: 'second', apiKey: 'second', accessToken: 'demo' },
      // A function is asked before each connect, so that a token that expires every day is no trouble.
      { id: 'third', apiKey: 'third', accessToken: async () => 'demo' },
    ],
  });
  const tokens = [...simulator.instrumentTokens];
  // These on one account, the rest wherever there is room: three connections an account, 3,000 instruments each.
  feed.subscribe(tokens.slice(0, 100), { account: 'third' });
  feed.subscribe(tokens.slice(100));
  const reader = feed.reader({ kind: 'gating' });
  await feed.start();
  await feed.ready();

  const seen = new Map<string, number>();
  let ticks = 0;
  for await (const batch of reader) {
    for (const tick of batch) {
      seen.set(tick.account, (seen.get(tick.account) ?? 0) + 1);
      ticks += 1;
    }
    if (ticks > 60_000) break;
  }
  for (const { account, status, instruments } of feed.health().accounts) {
    console.log(
      `${account.padEnd(8)} ${status}  ${instruments} instruments, ${seen.get(account) ?? 0} ticks`,
    );
  }
  console.log(`${ticks} ticks from ${feed.states.length} connections, lagged ${feed.stats().lagged}`);
};
