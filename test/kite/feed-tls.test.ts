import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { KiteFeed } from 'tickring';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { happens } from '../support/feed.ts';

/** A self-signed certificate for 127.0.0.1, for this test only. */
const read = (name: string) => readFileSync(new URL(`../support/tls/${name}.pem`, import.meta.url), 'utf8');
const certificate = read('certificate');

const server = createServer({ cert: certificate, key: read('key') });
const sockets = new WebSocketServer({ server });
let url: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `wss://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  server.close();
});

const CREDENTIALS = { apiKey: 'key', accessToken: 'token', connections: 1 };

test.each(['main', 'worker'] as const)(
  'a service whose CA is pinned is connected to (io: %s)',
  async (io) => {
    await using feed = new KiteFeed({ ...CREDENTIALS, url, ca: certificate, io });
    await feed.start();
    await feed.ready();
    expect(feed.state).toBe('subscribed');
  },
);

test('certificates are verified without being asked to', async () => {
  await using feed = new KiteFeed({ ...CREDENTIALS, url, reconnect: { maxAttempts: 0 } });
  const failed = happens(feed, 'error');
  await feed.start();
  const [error] = await failed;
  expect(error.code).toBe('ERR_TICKRING_CONNECTION');
  expect(error.message).toMatch(/self-signed certificate/);
});
