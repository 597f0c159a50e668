import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect } from 'node:net';
import type { KrakenSimulator } from 'tickring/sim';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { Json } from '../support/json.ts';
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

describe('a client that asks too often', () => {
  /** Of the many that are asked at once some have to be refused, however slow this machine is. */
  const MANY = 60;
  const LIMITS = ['--rate-limit', '1', '--rate-burst', '10'];
  const venue = () => ['--live', '--venue', 'kraken', '--url', simulator.url, '--symbols', BTC];
  const many = (headersOf: (nth: number) => Record<string, string>) =>
    Array.from({ length: MANY }, (_, nth) => ({ headers: headersOf(nth) }));

  test('is told when to come again', async () => {
    await using limited = await serve(...venue(), ...LIMITS);
    const replies = await Promise.all(many(() => ({})).map((init) => ask(limited, '/info', init)));
    const refused = replies.find(({ status }) => status === 429);
    expect(refused?.headers.get('retry-after')).toBe('1');
    expect(refused?.body.error.code).toBe('ERR_TICKRING_SERVE_RATE_LIMITED');
  });

  test('is not another one for what it writes into X-Forwarded-For itself', async () => {
    await using alone = await serve(...venue(), ...LIMITS);
    const direct = many((nth) => ({ 'x-forwarded-for': `10.0.0.${nth}` }));
    const replies = await Promise.all(direct.map((init) => ask(alone, '/info', init)));
    expect(replies.map(({ status }) => status)).toContain(429);

    // A proxy appends whom it saw to what it was told.
    await using behind = await serve(...venue(), ...LIMITS, '--trust-proxy');
    const proxied = many((nth) => ({ 'x-forwarded-for': `10.0.0.${nth}, 192.0.2.1` }));
    const through = await Promise.all(proxied.map((init) => ask(behind, '/info', init)));
    expect(through.map(({ status }) => status)).toContain(429);
    const other = { headers: { 'x-forwarded-for': '192.0.2.1, 192.0.2.2' } };
    expect((await ask(behind, '/info', other)).status).toBe(200);

    const upgrades = many((nth) => ({ 'x-forwarded-for': `10.0.0.${nth}, 192.0.2.3` }));
    const answers = await Promise.all(upgrades.map((init) => refusalOf(behind, '/records?venue=none', init)));
    const refused = answers.find(({ statusCode }) => statusCode === 429);
    expect(refused?.headers['retry-after']).toBe('1');
  });
});

/** How a WebSocket is refused. */
async function refusalOf(server: Server, path: string, init: ClientOptions = {}): Promise<IncomingMessage> {
  const socket = new WebSocket(new URL(path, server.url.replace('http', 'ws')), init);
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  answer.resume();
  return answer;
}

describe('what is no request of ours', () => {
  let server: Server;

  beforeAll(async () => {
    server = await serve('--live', '--venue', 'kraken', '--url', simulator.url, '--symbols', BTC);
  });

  afterAll(() => server.close());

  /** Sends bytes, and answers what comes back until the connection is closed. */
  async function exchange(bytes: string): Promise<{ status: number; body: Json }> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.setEncoding('utf8');
    let text = '';
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.on('error', () => {});
    socket.write(bytes);
    await once(socket, 'close');
    const [head, body] = text.split('\r\n\r\n');
    return { status: Number(head!.split(' ')[1]), body: JSON.parse(body!) };
  }

  test.each([
    ['no HTTP', 'HELLO\r\n\r\n', 400, 'BAD_REQUEST'],
    ['an unknown method', 'BREW / HTTP/1.1\r\nhost: localhost\r\n\r\n', 400, 'BAD_REQUEST'],
    [
      'a path that is none',
      'GET /depth/%E0%A4%A HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
      400,
      'BAD_REQUEST',
    ],
    [
      'a path that is none, of a name that is not ours',
      'GET /%E0%A4%A HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n',
      421,
      'MISDIRECTED',
    ],
    [
      'a path without end',
      `GET /${'A'.repeat(20_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
  ])('%s gets an error like all others', async (_, bytes, status, kind) => {
    const reply = await exchange(bytes);
    expect(reply).toMatchObject({ status, body: { error: { code: `ERR_TICKRING_SERVE_${kind}` } } });
  });

  test('a WebSocket is asked for as one', async () => {
    const { status, body, headers } = await ask(server, '/records?venue=kraken');
    expect([status, body.error.code]).toEqual([426, 'ERR_TICKRING_SERVE_UPGRADE_REQUIRED']);
    expect(headers.get('upgrade')).toBe('websocket');
  });

  test('who asks for heads gets them, and no stream begins', async () => {
    for (const path of ['/', '/info', '/symbols', '/modules/kite/view.js']) {
      const { status, headers, body } = await ask(server, path, { method: 'HEAD' });
      expect([path, status, body]).toEqual([path, 200, '']);
      expect(Number(headers.get('content-length'))).toBeGreaterThan(0);
    }
    expect((await ask(server, '/stream/BTC%2FUSD', { method: 'HEAD' })).status).toBe(404);
    expect((await ask(server, '/stats')).body.server.streams).toBe(0);
  });
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
