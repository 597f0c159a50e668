import { once } from 'node:events';
import { KRAKEN_CHANNELS } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { Client, type Frame, manual, until } from './client.ts';
import { fixture, hasFixtures } from './fixtures.ts';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
const TIMES = { time_in: TIME, time_out: TIME };

/** An error, as a client is told it; with undefined for what is not in it. */
function error(text: string, more: object = {}): object {
  return { error: text, method: 'subscribe', success: false, ...TIMES, ...more };
}

test('the first frame is the status of the engine, with an id past what a number holds', async () => {
  const sim = await manual();
  const client = await Client.connect(sim.url);
  const [text] = await client.take();
  expect(text).toMatch(
    /^{"channel":"status","type":"update","data":\[{"version":"2\.0\.10","system":"online","api_version":"v2","connection_id":\d{19,20},"upcoming_maintenance":\[\],"emergency":\[\]}\]}$/,
  );
  const id = /"connection_id":(\d+)/.exec(text!)![1]!;
  expect(BigInt(id)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  expect(BigInt(id)).toBeLessThan(2n ** 64n);
});

describe('acks', () => {
  test('one for each symbol, all with the same req_id, then the snapshots', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    await client.take();
    const params = { channel: 'book', symbol: ['BTC/USD', 'ETH/USD'], depth: 25 };
    client.send({ method: 'subscribe', params, req_id: 11 });
    const texts = await client.take();
    expect(texts[0]).toMatch(
      /^{"method":"subscribe","req_id":11,"result":{"channel":"book","depth":25,"snapshot":true,"symbol":"BTC\/USD"},"success":true,"time_in":"[^"]+","time_out":"[^"]+"}$/,
    );
    expect(texts.map((text) => JSON.parse(text)).slice(1)).toMatchObject([
      { req_id: 11, result: { symbol: 'ETH/USD' } },
      { channel: 'book', type: 'snapshot', data: [{ symbol: 'BTC/USD' }] },
      { channel: 'book', type: 'snapshot', data: [{ symbol: 'ETH/USD' }] },
    ]);
  });

  test.each([
    ['ticker', {}, { channel: 'ticker', event_trigger: 'trades', snapshot: true, symbol: 'BTC/USD' }],
    [
      'ticker',
      { event_trigger: 'bbo' },
      { channel: 'ticker', event_trigger: 'bbo', snapshot: true, symbol: 'BTC/USD' },
    ],
    ['book', {}, { channel: 'book', depth: 10, snapshot: true, symbol: 'BTC/USD' }],
    ['trade', {}, { channel: 'trade', snapshot: false, symbol: 'BTC/USD' }],
    ['trade', { snapshot: true }, { channel: 'trade', snapshot: true, symbol: 'BTC/USD' }],
    [
      'ohlc',
      { interval: 60 },
      {
        channel: 'ohlc',
        interval: 60,
        snapshot: true,
        symbol: 'BTC/USD',
        warnings: ['timestamp is deprecated, use interval_begin'],
      },
    ],
  ])('%s %o', async (channel, params, result) => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    const [ack] = await client.subscribe(channel, ['BTC/USD'], params);
    expect(ack).toStrictEqual({ method: 'subscribe', result, success: true, ...TIMES });
    // Keys in alphabetical order, as on the wire.
    expect(Object.keys(ack.result)).toEqual(Object.keys(ack.result).sort());
  });

  test('instrument has no symbol, and a warning', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    const [ack] = await client.subscribe('instrument', undefined);
    const warnings = ['tick_size is deprecated, use price_increment'];
    expect(ack.result).toStrictEqual({ channel: 'instrument', snapshot: true, warnings });
  });

  test('of an unsubscribe: what was subscribed to, without snapshot and warnings', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    await client.subscribe('ohlc', ['BTC/USD'], { interval: 5 });
    const params = { channel: 'ohlc', symbol: ['BTC/USD'], interval: 5 };
    const [ack] = await client.request({ method: 'unsubscribe', params, req_id: 1 });
    const result = { channel: 'ohlc', interval: 5, symbol: 'BTC/USD' };
    expect(ack).toStrictEqual({ method: 'unsubscribe', req_id: 1, result, success: true, ...TIMES });
    expect(sim.step(10)).toBe(0);
  });

  test.runIf(hasFixtures)('have the keys of the captured ones, in their order', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    for (const text of fixture('acks.jsonl')) {
      const real = JSON.parse(text);
      const { channel, symbol, warnings, maxratecount, ...rest } = real.result;
      if (channel === 'executions' || channel === 'balances' || channel === 'level3') continue;
      const params = { channel, ...(symbol && { symbol: [symbol.replace('USDC', 'USD')] }), ...rest };
      const { method, req_id } = real;
      if (method === 'unsubscribe') await client.request({ method: 'subscribe', params });
      const [ack] = await client.request({ method, params, ...(req_id !== undefined && { req_id }) });
      expect(Object.keys(ack)).toEqual(Object.keys(real));
      expect(Object.keys(ack.result)).toEqual(Object.keys(real.result));
      expect(ack.result.warnings).toEqual(warnings);
      if (method === 'subscribe') await client.request({ method: 'unsubscribe', params });
    }
  });
});

describe('ping', () => {
  test('a pong with the req_id and two times, and nothing else', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    expect(await client.request({ method: 'ping', req_id: 101 })).toStrictEqual([
      { method: 'pong', req_id: 101, ...TIMES },
    ]);
    expect(await client.request({ method: 'ping' })).toStrictEqual([{ method: 'pong', ...TIMES }]);
  });

  test('with params it is refused', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    const [refusal] = await client.request({ method: 'ping', params: {}, req_id: 0 });
    const text = "Unsupported field: 'params' for the given msg type: ping";
    expect(refusal).toStrictEqual(error(text, { method: 'ping', req_id: 0 }));
    expect(Object.keys(refusal)).toEqual(['error', 'method', 'req_id', 'success', 'time_in', 'time_out']);
  });
});

describe('errors', () => {
  test.each<[string, object | string, object]>([
    ['what is not JSON', '{"method":', error('Malformed request', { method: 'error' })],
    ['what is no object', '[1]', error('Malformed request', { method: 'error' })],
    ['no method', '{"params":{}}', error('Malformed request', { method: 'error' })],
    ['no params', { method: 'subscribe' }, error('Malformed request', { method: 'error' })],
    [
      'an unknown method',
      { method: 'dance', req_id: 3 },
      error('Unsupported event', { method: 'dance', req_id: 3 }),
    ],
    [
      'a field in the wrong place',
      { method: 'subscribe', channel: 'book', params: { symbol: ['ETH/USD'] } },
      error("Unsupported field: 'channel' for the given msg type: subscribe", { symbol: 'ETH/USD' }),
    ],
    [
      'an unknown parameter',
      { method: 'subscribe', params: { channel: 'ticker', symbol: ['ETH/USD'], depth: 10 } },
      error("Unsupported field: 'depth' for params type: 'ticker'", { symbol: 'ETH/USD' }),
    ],
    [
      'an unknown channel',
      { method: 'subscribe', params: { channel: 'weather', symbol: ['ETH/USD'] } },
      error('Subscription name invalid'),
    ],
    [
      'status, which cannot be subscribed to',
      { method: 'subscribe', params: { channel: 'status' } },
      error('Symbol(s) not found'),
    ],
    ['no symbol', { method: 'subscribe', params: { channel: 'book' } }, error('Symbol(s) not found')],
    [
      'an unknown pair',
      { method: 'subscribe', params: { channel: 'book', symbol: ['XBT/USD'] }, req_id: 9 },
      error('Currency pair not supported XBT/USD', { symbol: 'XBT/USD', req_id: 9 }),
    ],
    [
      'lower case',
      { method: 'subscribe', params: { channel: 'book', symbol: ['btc/usd'] } },
      error('Currency pair not supported btc/usd', { symbol: 'btc/usd' }),
    ],
    [
      'a symbol without a slash',
      { method: 'subscribe', params: { channel: 'book', symbol: ['XBTUSD'] } },
      error('Currency pair not in ISO 4217-A3 format XBTUSD', { symbol: 'XBTUSD' }),
    ],
    [
      'a depth that there is not',
      { method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth: 27 } },
      error('Subscription depth not supported', { symbol: 'BTC/USD' }),
    ],
    [
      'an interval that there is not',
      { method: 'subscribe', params: { channel: 'ohlc', symbol: ['BTC/USD'], interval: 7 } },
      error('Subscription ohlc interval not supported', { symbol: 'BTC/USD' }),
    ],
    [
      'a flag that is none',
      { method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'], snapshot: 1 } },
      error('Snapshot field must be a boolean', { symbol: 'BTC/USD' }),
    ],
    [
      'private data on the public endpoint',
      { method: 'subscribe', params: { channel: 'executions', token: 'x' } },
      error('Private data and trading are unavailable on this endpoint. Try ws-auth.kraken.com'),
    ],
    [
      'orders on the public endpoint',
      { method: 'add_order', params: {}, req_id: 1 },
      error('Private data and trading are unavailable on this endpoint. Try ws-auth.kraken.com', {
        method: 'add_order',
        req_id: 1,
      }),
    ],
    [
      'the end of what never began',
      { method: 'unsubscribe', params: { channel: 'book', symbol: ['BTC/USD'] } },
      error('Subscription not found', { method: 'unsubscribe', symbol: 'BTC/USD' }),
    ],
  ])('%s', async (_, request, expected) => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    expect(await client.request(request)).toStrictEqual([expected]);
    expect(sim.stats()).toMatchObject({ errorsSent: 1, subscriptions: 0, connections: 1 });
  });

  test('a binary message is malformed', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    await client.take();
    client.socket.send(Buffer.from('{"method":"ping"}'));
    expect(await client.takeFrames()).toMatchObject([{ error: 'Malformed request', method: 'error' }]);
  });

  test('public channels are refused on both private endpoints, and theirs on each other', async () => {
    const sim = await manual();
    const { PUBLIC, PRIVATE } = {
      PUBLIC: 'Public market data subscriptions are unavailable on this endpoint. Try ws.kraken.com',
      PRIVATE: 'Private data and trading are unavailable on this endpoint. Try ws-auth.kraken.com',
    };
    const refusals: Frame = {};
    for (const url of [sim.url, sim.authUrl, sim.level3Url]) {
      const client = await Client.connect(url);
      for (const channel of KRAKEN_CHANNELS) {
        const [{ error: text }] = await client.subscribe(channel, undefined);
        refusals[channel] = [...(refusals[channel] ?? []), text];
      }
    }
    const noToken = 'Token(s) not found';
    for (const channel of ['ticker', 'book', 'trade', 'ohlc']) {
      expect(refusals[channel]).toEqual(['Symbol(s) not found', PUBLIC, PUBLIC]);
    }
    expect(refusals.instrument).toEqual([undefined, PUBLIC, PUBLIC]);
    expect(refusals.executions).toEqual([PRIVATE, noToken, PRIVATE]);
    expect(refusals.balances).toEqual([PRIVATE, noToken, PRIVATE]);
    expect(refusals.level3).toEqual([PRIVATE, PRIVATE, 'Symbol(s) not found']);
  });

  test('a symbol is subscribed to once: not again, not with another depth or interval', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    await client.subscribe('book', ['BTC/USD']);
    await client.subscribe('ohlc', ['BTC/USD'], { interval: 1 });
    const errors = [];
    errors.push(...(await client.subscribe('book', ['BTC/USD'])));
    errors.push(...(await client.subscribe('book', ['BTC/USD'], { depth: 100 })));
    errors.push(...(await client.subscribe('ohlc', ['BTC/USD'], { interval: 1 })));
    errors.push(...(await client.subscribe('ohlc', ['BTC/USD'], { interval: 5 })));
    expect(errors.map(({ error: text }) => text)).toEqual([
      'Already subscribed',
      'Already subscribed',
      'Already subscribed',
      'Already subscribed to one ohlc interval on this symbol',
    ]);
    // Another connection may.
    const other = await Client.connect(sim.url);
    expect((await other.subscribe('book', ['BTC/USD'], { depth: 100 }))[0].success).toBe(true);
  });

  test('of several symbols those that are right are granted', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    const answers = await client.subscribe('trade', ['BTC/USD', 'NOPE/USD', 'ETH/USD', 'BTC/USD']);
    expect(answers.map(({ success, error: text }) => text ?? success)).toEqual([
      true,
      'Currency pair not supported NOPE/USD',
      true,
      'Already subscribed',
    ]);
  });

  test('an unsubscribe with another depth finds nothing', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    await client.subscribe('book', ['BTC/USD'], { depth: 25 });
    const params = { channel: 'book', symbol: ['BTC/USD'] };
    expect((await client.request({ method: 'unsubscribe', params }))[0].error).toBe('Subscription not found');
    const right = { ...params, depth: 25 };
    expect((await client.request({ method: 'unsubscribe', params: right }))[0].success).toBe(true);
  });

  test.runIf(hasFixtures)('have the keys of the captured ones, in their order', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    const auth = await Client.connect(sim.authUrl);
    const requests: [Client, object | string, string][] = [
      [client, { method: 'ping', params: {}, req_id: 0 }, 'msg type: ping'],
      [client, '{', 'Malformed'],
      [
        client,
        { method: 'subscribe', channel: 'book', params: { symbol: ['ETH/USDC'] } },
        'msg type: subscribe',
      ],
      [
        client,
        { method: 'subscribe', params: { channel: 'book', symbol: ['XBT/USD'] } },
        'supported XBT/USD"',
      ],
      [client, { method: 'subscribe', params: { channel: 'balances', token: 'x' } }, 'Private data'],
      [auth, { method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'] } }, 'Public market'],
      [auth, { method: 'subscribe', params: { channel: 'executions', token: 'x' } }, 'ESession'],
      [auth, { method: 'edit_order', params: {}, req_id: 0 }, 'Token(s) not found'],
    ];
    const captured = fixture('errors.jsonl');
    for (const [sender, request, part] of requests) {
      const real = JSON.parse(captured.find((text) => text.includes(part))!);
      const [refusal] = await sender.request(request);
      const { time_in, time_out, symbol, ...rest } = real;
      expect(refusal).toMatchObject(rest);
      expect(Object.keys(refusal)).toEqual(Object.keys(real));
    }
  });
});

describe('limits', () => {
  test('too many requests are refused, and the connection stays', async () => {
    const sim = await manual({ requestRate: 3 });
    const client = await Client.connect(sim.url);
    await client.take();
    for (let i = 0; i < 20; i++) client.send({ method: 'ping', req_id: i });
    const answers = await client.takeFrames();
    expect(answers).toHaveLength(20);
    expect(answers[0]).toMatchObject({ method: 'pong', req_id: 0 });
    const refused = answers.filter(({ error: text }) => text !== undefined);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused[0]).toStrictEqual(
      error('Exceeded msg rate', { method: 'ping', req_id: expect.any(Number) as number }),
    );
  });

  test('upgrades over the limit are refused with 429, unknown paths with 404', async () => {
    const sim = await manual({ connectLimit: 2 });
    await Client.connect(sim.url);
    await Client.connect(sim.authUrl);
    await expect(Client.connect(sim.url)).rejects.toThrow('429');
    const other = await manual();
    await expect(Client.connect(other.url.replace('/v2', '/v1'))).rejects.toThrow('404');
    expect(other.stats()).toMatchObject({ accepted: 0, refused: 1 });
  });

  test('a connection that asks for nothing is closed', async () => {
    const sim = await manual({ idleTimeout: 1_000 });
    // On a busy machine it may ask too late: then another one does.
    let busy: Client;
    do {
      busy = await Client.connect(sim.url);
      busy.send({ method: 'subscribe', params: { channel: 'ticker', symbol: ['BTC/USD'] } });
      await until(() => sim.stats().subscriptions === 1 || busy.socket.readyState === busy.socket.CLOSED);
    } while (sim.stats().subscriptions === 0);
    // Its time begins later, and so ends later.
    const idle = await Client.connect(sim.url);
    const [code] = await once(idle.socket, 'close');
    expect(code).toBe(1001);
    expect(busy.socket.readyState).toBe(busy.socket.OPEN);
  });
});

describe('heartbeats', () => {
  test('come once anything is subscribed to, with nothing but the channel in them', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    await client.take();
    sim.heartbeat();
    expect(await client.take()).toEqual([]);
    await client.subscribe('trade', ['BTC/USD']);
    await client.take();
    sim.heartbeat();
    expect(await client.take()).toEqual(['{"channel":"heartbeat"}']);
    expect(sim.stats().heartbeatsSent).toBe(1);
  });

  test('come by themselves, while data flows too', async () => {
    const sim = await manual({ heartbeatInterval: 10, rate: 500, startTime: undefined });
    const client = await Client.connect(sim.url);
    await client.subscribe('book', ['BTC/USD']);
    const count = (part: string) => client.texts.filter((text) => text.includes(part)).length;
    await until(() => count('heartbeat') > 3 && count('"update"') > 10);
  });
});

test('a snapshot may be late; unsubscribing and subscribing before it comes brings one', async () => {
  const sim = await manual({ snapshotDelay: 300 });
  const client = await Client.connect(sim.url);
  await client.take();
  const params = { channel: 'book', symbol: ['BTC/USD'], depth: 10 };
  for (const method of ['subscribe', 'unsubscribe', 'subscribe']) client.send({ method, params });
  const isSnapshot = (text: string) => text.includes('"type":"snapshot"');
  await client.until(() => client.texts.some(isSnapshot));
  sim.step(50, 'BTC/USD');
  await client.settle();
  expect(client.texts.filter((text) => text.includes('"success":true'))).toHaveLength(3);
  expect(client.texts.filter(isSnapshot)).toHaveLength(1);
  expect(client.texts.findIndex(isSnapshot)).toBe(3);
});
