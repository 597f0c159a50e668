import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KalshiFeed, type KalshiFeedEvents } from 'tickring/kalshi';
import { makeKalshiKey } from 'tickring/sim';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { rejection } from '../support/feed.ts';
import { kalshiEvent, kalshiFeed, kalshiSimulator } from '../support/kalshi.ts';
import { expectNone, formsOf, watchShown } from '../support/shown.ts';

const KEY_ID = 'a952bcbe-ec3b-4b5b-b8f9-11dae589608c';
const { key: KEY, credentials } = makeKalshiKey('rsa', KEY_ID);
const { privateKey } = credentials;

const EVENTS: readonly (keyof KalshiFeedEvents & string)[] = [
  'state',
  'error',
  'retry',
  'connection-lost',
  'gave-up',
  'unsubscribed',
  'refused',
  'gap',
  'resync',
  'message',
  'unknown',
  'quarantine',
  'closed',
];

/** Of the private key: every line of its text. */
function secretsOf(signatures: Iterable<string>): string[] {
  const lines = privateKey.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  return [KEY_ID, ...lines, ...signatures];
}

function watch(feed: KalshiFeed) {
  return watchShown(feed, EVENTS, () => ({}));
}

test('key and signatures are shown nowhere while connections are refused, lost, reopened and closed', async () => {
  await using simulator = await kalshiSimulator({ keys: [KEY] });
  const feed = kalshiFeed(simulator, { keyId: KEY_ID, privateKey });
  const { show, stop } = watch(feed);
  simulator.inject({ kind: 'refuse' });
  await feed.start();
  show('refused', await rejection(feed.ready()));
  await feed.start();
  await feed.subscribe({ channel: 'fill' });
  show('multivariate', await rejection(feed.subscribe({ channel: 'multivariate' })));
  const lost = kalshiEvent(feed, 'retry');
  simulator.disconnect(4000);
  await lost;
  await feed.ready();
  simulator.inject({ kind: 'garbage' });
  await feed.close();
  show('closed', await rejection(feed.start()));
  const shown = stop();
  expect(shown).toContain('code 4000');
  expect(shown).toContain('NOT_FOUND');
  expectNone(shown, secretsOf([]));
});

test('what a service sends back of them is struck out', async () => {
  const signatures = new Set<string>();
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket, { headers }: { headers: IncomingHttpHeaders }) => {
    const signature = String(headers['kalshi-access-signature']);
    signatures.add(signature);
    for (const secret of [KEY_ID, signature]) {
      for (const form of formsOf(secret)) {
        socket.send(`proxy says ${form}`);
        socket.send(JSON.stringify({ type: 'weather', msg: { words: form } }));
        socket.send(JSON.stringify({ type: 'error', msg: { code: 9, msg: `you sent ${form}` } }));
      }
    }
    socket.on('message', (data) => {
      const { id } = JSON.parse(data.toString()) as { id: number };
      socket.send(
        JSON.stringify({ id, type: 'error', msg: { code: 9, msg: `no: ${signature} of ${KEY_ID}` } }),
      );
      socket.close(4000, KEY_ID);
    });
  });
  const feed = new KalshiFeed({
    keyId: KEY_ID,
    privateKey,
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/trade-api/ws/v2`,
    books: 8,
    symbols: 64,
    // Once is enough.
    reconnect: { maxAttempts: 0 },
  });
  const { show, stop } = watch(feed);
  const gone = kalshiEvent(feed, 'gave-up');
  const subscribed = feed.subscribe({ channel: 'fill' });
  await feed.start();
  await gone;
  void subscribed.catch((error) => show('refused', error));
  await feed.close();
  await rejection(subscribed);
  server.close();
  const shown = stop();
  expect(shown).toContain('you sent ***');
  expect(shown).toContain('proxy says ***');
  expect(shown).toContain('code 4000, ***');
  expectNone(shown, secretsOf(signatures));
});

test('a body that refuses the connect is stripped of them, too', async () => {
  const http = createServer();
  let signature = '';
  http.on('upgrade', ({ headers }, socket) => {
    signature = String(headers['kalshi-access-signature']);
    const body = JSON.stringify({ code: 'authentication_error', key: KEY_ID, signature });
    socket.end(`HTTP/1.1 401 No\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  await using feed = new KalshiFeed({
    keyId: KEY_ID,
    privateKey,
    url: `ws://127.0.0.1:${port}`,
    books: 8,
    symbols: 64,
  });
  const { show, stop } = watch(feed);
  await feed.start();
  const error = await rejection(feed.ready());
  show('refused', error);
  expect((error as Error).message).toContain('"key":"***","signature":"***"');
  expectNone(stop(), secretsOf([signature]));
  http.close();
});
