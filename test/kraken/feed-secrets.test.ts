import { inspect } from 'node:util';
import { KrakenFeed, type KrakenFeedEvents } from 'tickring/kraken';
import { expect, test } from 'vitest';
import { rejection } from '../support/feed.ts';
import { BTC, krakenEvent, krakenFeed, krakenSimulator } from '../support/kraken.ts';
import { ScriptedKraken } from '../support/kraken-server.ts';
import { expectNone, formsOf, watchShown } from '../support/shown.ts';

const API_KEY = 'kEy+7Q/2x==';
const SECRET = Buffer.from('a secret of thirty-two bytes /+!').toString('base64');

const EVENTS: readonly (keyof KrakenFeedEvents & string)[] = [
  'state',
  'error',
  'retry',
  'gave-up',
  'unplaced',
  'refused',
  'warning',
  'status',
  'gap',
  'resync',
  'executions',
  'balances',
  'message',
  'unknown',
  'quarantine',
  'closed',
];

function watch(feed: KrakenFeed) {
  return watchShown(feed, EVENTS, () => ({ handle: feed.handle.endpoints }));
}

test('key, secret and tokens are shown nowhere while connections are refused, lost, reopened and closed', async () => {
  await using simulator = await krakenSimulator({ credentials: [{ apiKey: API_KEY, secret: SECRET }] });
  const feed = krakenFeed(simulator, { apiKey: API_KEY, apiSecret: SECRET });
  const { show, stop } = watch(feed);
  simulator.inject({ kind: 'token-failure' });
  await feed.start();
  await feed.subscribe({ channel: 'executions' });
  await feed.subscribe({ channel: 'level3', symbols: [BTC] });
  show('refused', await rejection(feed.subscribe({ channel: 'level3', symbols: ['NOPE/USD'] })));
  simulator.inject({ kind: 'expire-tokens' });
  const lost = krakenEvent(feed, 'retry');
  simulator.disconnect(4000);
  await lost;
  await feed.subscribe({ channel: 'balances' });
  simulator.inject({ kind: 'proxy-text' });
  await feed.close();
  show('closed', await rejection(feed.start()));
  const shown = stop();
  expect(shown).toContain('code 4000');
  expect(shown).toContain('EService:Throttled');
  expectNone(shown, [API_KEY, SECRET]);
});

test('what a service sends back of them is struck out', async () => {
  const seen = new Set<string>();
  await using rest = await krakenSimulator({ credentials: [{ apiKey: API_KEY, secret: SECRET }] });
  await using server = await ScriptedKraken.listen((request, client) => {
    const { token = '' } = request.params ?? {};
    if (token !== '') seen.add(token);
    for (const form of [...formsOf(token), ...formsOf(API_KEY)]) {
      client.send(`proxy says ${form}`);
      client.send({ channel: 'weather', words: form });
      client.send({ error: `you sent ${form}`, method: 'error', success: false });
    }
    client.refuse(request, `no: ${token} of ${API_KEY}`);
  });
  const feed = new KrakenFeed({
    url: server.url,
    authUrl: server.url,
    restUrl: rest.restUrl,
    apiKey: API_KEY,
    apiSecret: SECRET,
    connections: 1,
    books: 8,
    ackTimeout: 60_000,
    readTimeout: 60_000,
    // Once is enough.
    reconnect: { maxAttempts: 0 },
  });
  const { show, stop } = watch(feed);
  const gone = krakenEvent(feed, 'gave-up');
  const subscribed = feed.subscribe({ channel: 'balances' });
  await feed.start();
  show('refused', await rejection(subscribed));
  server.clients[0]?.send({ error: `last words to ${API_KEY}`, method: 'error', success: false });
  server.clients[0]?.socket.close(4000, [...seen][0]);
  const lastWords = krakenEvent(feed, 'error', ({ message }) => message.startsWith('last words'));
  await gone;
  await lastWords;
  await feed.close();
  const shown = stop();
  expect(shown).toContain('you sent ***');
  expect(shown).toContain('last words to ***');
  expect(shown).toContain('proxy says ***');
  expect(shown).toContain('no: *** of ***');
  expect(shown).toContain('code 4000, ***');
  expectNone(shown, [API_KEY, SECRET, ...seen]);
});

test('options with secrets in the wrong place are refused without showing them', () => {
  const secret = 'not base64, but secret';
  for (const option of [{ apiKey: API_KEY }, { apiSecret: SECRET }, { apiKey: API_KEY, apiSecret: secret }]) {
    let error: unknown;
    try {
      new KrakenFeed(option);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(Error);
    expectNone(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }), [
      API_KEY,
      SECRET,
      secret,
    ]);
  }
});
