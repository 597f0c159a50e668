import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { KiteFeed, type KiteFeedEvents } from 'tickring';
import { expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { AT_ONCE, feedOf, happens, INFY, inStep, quietSimulator, rejection } from '../support/feed.ts';
import { expectNone, watchShown } from '../support/shown.ts';

/** Characters that an address writes in another way, too. */
const API_KEY = "kEy-7Q(2'x!~ z";
const TOKENS = ["tOken-1+/=&é x'", 'tOken-2%25|(~)', 'tOken-3*'];

const EVENTS: readonly (keyof KiteFeedEvents)[] = [
  'state',
  'error',
  'retry',
  'gave-up',
  'unplaced',
  'stale',
  'fresh',
  'order',
  'message',
  'unknown',
  'closed',
];

function watch(feed: KiteFeed) {
  return watchShown(feed, EVENTS, () => ({ handle: feed.handle.accounts }));
}

function expectNoSecrets(shown: string): void {
  expectNone(shown, [API_KEY, ...TOKENS]);
}

test('credentials are shown nowhere while connections are refused, lost, reopened and closed', async () => {
  await using sim = await quietSimulator({ credentials: [{ apiKey: API_KEY, accessToken: TOKENS[0]! }] });
  let token = 1;
  await using feed = feedOf(sim, {
    apiKey: API_KEY,
    accessToken: () => TOKENS[token]!,
    connections: 1,
    staleAfter: 1000,
  });
  const { show, stop } = watch(feed);
  feed.subscribe([INFY]);
  await feed.start();
  show('refused', await rejection(feed.ready()));
  token = 0;
  await feed.start();
  await feed.ready();
  await inStep(sim, feed, { default: API_KEY });
  const lost = happens(feed, 'retry');
  sim.disconnect(4000);
  await lost;
  await inStep(sim, feed, { default: API_KEY });
  sim.acceptCredentials([]);
  const refused = happens(feed, 'error', ({ code }) => code === 'ERR_TICKRING_AUTH');
  sim.disconnect();
  await refused;
  feed.updateCredentials('default', { accessToken: TOKENS[2]! });
  show('refused', await rejection(feed.ready()));
  await feed.close();
  show('closed', await rejection(feed.start()));
  const shown = stop();
  expect(shown).toContain('HTTP 403');
  expect(shown).toContain('code 4000');
  expectNoSecrets(shown);
});

test('credentials that a server sends back are struck out of what is shown', async () => {
  // Says what it was sent, in every way that it has: status line, close reason, error text, malformed text.
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  let requests = 0;
  http.on('upgrade', (request: IncomingMessage, socket, head) => {
    requests += 1;
    const query = new URL(request.url ?? '', 'ws://x').searchParams;
    const forms = [request.url, query.get('api_key'), query.get('access_token')];
    if (requests === 1) {
      socket.end(`HTTP/1.1 500 ${forms[0]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (websocket: WebSocket) => {
      for (const form of forms) {
        websocket.send(JSON.stringify({ type: 'error', data: `you sent ${form}` }));
        websocket.send(`no message: ${form}`);
      }
      websocket.close(4000, forms[1 + (requests % 2)]!);
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const feed = new KiteFeed({
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    apiKey: API_KEY,
    accessToken: TOKENS[0]!,
    connections: 1,
    reconnect: AT_ONCE,
  });
  const { stop } = watch(feed);
  let closes = 0;
  const closedTwice = happens(
    feed,
    'error',
    ({ message }) => message.includes('code 4000') && ++closes === 2,
  );
  await feed.start();
  await closedTwice;
  await feed.close();
  const shown = stop();
  expect(shown).toContain('you sent ***');
  expect(shown).toContain('no message: ***');
  expect(shown).toContain('code 4000, ***');
  expectNoSecrets(shown);
  const ended = once(http, 'close');
  http.close();
  await ended;
});

test('options with secrets in the wrong place are refused without showing them', () => {
  const options = [
    { apiKey: API_KEY },
    { apiKey: API_KEY, accessToken: TOKENS[0]!, connections: 9 },
    { apiKey: API_KEY, accessToken: TOKENS[0]!, accounts: [] },
  ];
  for (const option of options) {
    let error: unknown;
    try {
      new KiteFeed(option);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(Error);
    expectNoSecrets(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }));
  }
});
