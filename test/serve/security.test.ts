import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { request as requestTls } from 'node:https';
import type { KrakenSimulator } from 'tickring/sim';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { BTC, krakenSimulator } from '../support/kraken.ts';
import { ask, Stream, send, serve, serveKraken } from '../support/serve.ts';
import { RateLimiter, type Server } from '../support/serve-internals.ts';

const TOKEN = 'a-token-that-nobody-guesses';
const CERTIFICATE = new URL('../support/tls/certificate.pem', import.meta.url);
const KEY = new URL('../support/tls/key.pem', import.meta.url);

let simulator: KrakenSimulator;

beforeAll(async () => {
  simulator = await krakenSimulator();
});

afterAll(() => simulator.close());

/** The status of a request that names another host. */
function statusFor(server: Server, host: string, path = '/info'): Promise<number> {
  return new Promise((resolve, reject) => {
    get(new URL(path, server.url), { headers: { host }, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    }).on('error', reject);
  });
}

describe('a server with a token', () => {
  let server: Server;
  const bearer = { headers: { authorization: `Bearer ${TOKEN}` } };

  beforeAll(async () => {
    server = await serveKraken(simulator, [BTC], '--token', TOKEN);
  });

  afterAll(() => server.close());

  test.each([
    '/info',
    '/symbols',
    '/depth/BTC%2FUSD',
    '/ticks/BTC%2FUSD',
    '/stats',
    '/metrics',
    '/stream/BTC%2FUSD',
    '/events?format=json',
    '/nothing',
  ])('%s needs it', async (path) => {
    const { status, body, headers } = await ask(server, path);
    expect([status, body.error.code]).toEqual([401, 'ERR_TICKRING_SERVE_UNAUTHORIZED']);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    const wrong = await ask(server, path, { headers: { authorization: `Bearer ${TOKEN}x` } });
    expect(wrong.status).toBe(401);
  });

  test('answers to who has it', async () => {
    expect((await ask(server, '/depth/BTC%2FUSD', bearer)).status).toBe(200);
  });

  test('takes it in the query from who cannot send headers, and from nobody else', async () => {
    using stream = new Stream(server, `/stream/BTC%2FUSD?token=${TOKEN}`);
    await stream.first('snapshot');
    expect((await ask(server, `/events?format=json&token=${TOKEN}`)).status).toBe(200);
    expect((await ask(server, `/depth/BTC%2FUSD?token=${TOKEN}`)).status).toBe(401);
    const url = server.url.replace('http', 'ws');
    const socket = new WebSocket(new URL(`/records?venue=kraken&token=${TOKEN}`, url));
    await new Promise((resolve) => socket.once('message', resolve));
    socket.terminate();
    const other = new WebSocket(new URL('/records?venue=kraken', url));
    const status = await new Promise((resolve) =>
      other.once('unexpected-response', (_, answer) => resolve(answer.statusCode)),
    );
    expect(status).toBe(401);
  });

  test('says whether it lives to anybody, and no more', async () => {
    expect((await ask(server, '/health')).body).toEqual({ status: 'ok' });
    expect((await ask(server, '/ready')).body).toEqual({ status: 'ok' });
    expect((await ask(server, '/health', bearer)).body.venues.kraken.status).toBe('ok');
    expect((await ask(server, '/modules/kite/view.js')).status).toBe(200);
  });

  test('may be called by any name', async () => {
    expect(await statusFor(server, 'market.example', '/health')).toBe(200);
  });
});

describe('a server without a token', () => {
  let server: Server;

  beforeAll(async () => {
    server = await serveKraken(
      simulator,
      [BTC],
      '--cors',
      'https://trader.example',
      '--allow-host',
      'market.example',
    );
  });

  afterAll(() => server.close());

  test('answers to addresses, localhost and the names that it was given only: names can be made to point anywhere', async () => {
    for (const host of ['127.0.0.1', 'localhost:3000', '[::1]:3000', 'market.example'])
      expect(await statusFor(server, host)).toBe(200);
    expect(await statusFor(server, 'evil.example')).toBe(421);
  });

  test('is read by pages of origins that are allowed, and by no other', async () => {
    const from = (origin: string, method = 'GET') => ask(server, '/info', { method, headers: { origin } });
    const allowed = await from('https://trader.example');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://trader.example');
    expect((await from('https://trader.example', 'OPTIONS')).status).toBe(204);
    const other = await from('https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    expect((await from('https://evil.example', 'OPTIONS')).status).toBe(404);
  });

  test('has browsers run nothing but its own', async () => {
    for (const path of ['/info', '/nothing', '/modules/node-util.js']) {
      const { headers } = await ask(server, path);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
    using stream = new Stream(server, '/stream/BTC%2FUSD');
    await stream.first('snapshot');
  });
});

test('who asks too often is told when to come again', async () => {
  await using limited = await serveKraken(simulator, [BTC], '--rate-limit', '100', '--rate-burst', '10');
  const statuses = await Promise.all(Array.from({ length: 100 }, () => fetch(`${limited.url}info`)));
  const refused = statuses.find(({ status }) => status === 429);
  expect(refused?.headers.get('retry-after')).toBe('1');
  await Promise.all(statuses.map((answer) => answer.text()));
});

test('a bucket holds so many requests, and is filled again', () => {
  const limiter = new RateLimiter({ perSecond: 10, burst: 2 });
  expect([limiter.take('a', 0), limiter.take('a', 0)]).toEqual([0, 0]);
  expect(limiter.take('a', 0)).toBeCloseTo(0.1);
  expect(limiter.take('b', 0)).toBe(0);
  expect(limiter.take('a', 100)).toBe(0);
  expect(limiter.take('a', 100)).toBeGreaterThan(0);
  // Never more than the bucket holds.
  expect([limiter.take('a', 1e9), limiter.take('a', 1e9)]).toEqual([0, 0]);
  expect(limiter.take('a', 1e9)).toBeGreaterThan(0);
});

test('serves https with a certificate of its own', async () => {
  const options = ['--tls-cert', CERTIFICATE.pathname, '--tls-key', KEY.pathname];
  const venue = ['--live', '--venue', 'kraken', '--url', simulator.url, '--symbols', BTC];
  await using server = await serve(...venue, ...options);
  const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const ask = requestTls(
      new URL('/info', server.url),
      { ca: readFileSync(CERTIFICATE), agent: false },
      (response) => {
        let text = '';
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode!, text }));
      },
    );
    ask.on('error', reject);
    ask.end();
  });
  expect(server.url).toMatch(/^https:/);
  expect([answer.status, JSON.parse(answer.text).venues[0].venue]).toEqual([200, 'kraken']);
});

test('what a client sends never becomes another request', async () => {
  await using server = await serveKraken(simulator, [BTC], '--allow-subscriptions');
  const { status } = await send(server, 'POST', '/subscriptions', { symbols: ['"}],"x":[{"'] });
  expect(status).toBe(422);
  expect((await ask(server, '/symbols')).body.venues.kraken).toHaveLength(1);
});
