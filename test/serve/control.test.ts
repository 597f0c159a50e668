import type { KrakenSimulator } from 'tickring/sim';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BTC, ETH, krakenSimulator, streamedBy, XRP } from '../support/kraken.ts';
import { ask, Stream, send, serve, serveKraken, untilAnswer, untilReady } from '../support/serve.ts';
import type { Server } from '../support/serve-internals.ts';

describe('subscriptions', () => {
  let simulator: KrakenSimulator;
  let server: Server;

  beforeAll(async () => {
    simulator = await krakenSimulator();
    server = await serveKraken(
      simulator,
      [BTC],
      ...['--allow-subscriptions', '--allow', '*/USD', '--max-subscriptions', '3'],
    );
  });

  afterAll(async () => {
    await server.close();
    await simulator.close();
  });

  test('are changed while it runs, on the service itself', async () => {
    using events = new Stream(server, '/events?last=0');
    await events.when(() => events.opens === 1);
    const added = await send(server, 'POST', '/subscriptions', { venue: 'kraken', symbols: [XRP, BTC] });
    expect(added.status).toBe(200);
    expect(added.body.symbols.map(({ symbol }: { symbol: string }) => symbol)).toEqual([BTC, XRP]);
    expect(streamedBy(simulator)).toContain('book XRP/USD 25');
    expect((await events.first('subscribed')).data.symbols).toEqual([XRP]);
    await untilAnswer(server, '/depth/XRP/USD', ({ state }) => state === 'snapshot');
    const removed = await send(server, 'DELETE', '/subscriptions', { symbols: [XRP] });
    expect(removed.status).toBe(200);
    expect(streamedBy(simulator).filter((stream) => stream.includes(XRP))).toEqual([]);
    expect((await ask(server, '/depth/XRP/USD')).status).toBe(404);
  });

  test('are only those that are allowed', async () => {
    const { status, body } = await send(server, 'POST', '/subscriptions', { symbols: ['BTC/EUR', ETH] });
    expect([status, body.error.code, body.error.symbols]).toEqual([
      403,
      'ERR_TICKRING_SERVE_NOT_ALLOWED',
      ['BTC/EUR'],
    ]);
    expect(streamedBy(simulator).some((stream) => stream.includes('ETH'))).toBe(false);
  });

  test('have a limit', async () => {
    const symbols = ['ETH/USD', 'XRP/USD', 'ALGO/USD'];
    const { status, body } = await send(server, 'POST', '/subscriptions', { symbols });
    expect([status, body.error.code, body.error.limit]).toEqual([409, 'ERR_TICKRING_SERVE_LIMIT', 3]);
  });

  test("that the service refuses are told in the service's words", async () => {
    const { status, body } = await send(server, 'POST', '/subscriptions', { symbols: ['NONE/USD', ETH] });
    expect([status, body.error.code, body.error.accepted]).toEqual([
      422,
      'ERR_TICKRING_SERVE_REFUSED',
      [ETH],
    ]);
    expect(body.error.refused[0]).toMatchObject({
      symbol: 'NONE/USD',
      reason: expect.stringContaining('NONE/USD'),
    });
    expect((await ask(server, '/depth/ETH/USD')).status).toBe(200);
    expect((await ask(server, '/depth/NONE/USD')).status).toBe(404);
    await send(server, 'DELETE', '/subscriptions', { symbols: [ETH] });
  });

  test.each([
    ['no symbols', {}],
    ['an empty list', { symbols: [] }],
    ['something else', { symbols: [BTC], more: 1 }],
    ['a long name', { symbols: ['A'.repeat(65)] }],
    ['too many', { symbols: Array.from({ length: 501 }, String) }],
    ['a text', 'symbols'],
    ['a venue that is not served', { symbols: [BTC], venue: 'kite' }],
  ])('with %s are refused', async (_, body) => {
    const reply = await send(server, 'POST', '/subscriptions', body);
    expect([reply.status, reply.body.error.code]).toEqual([400, 'ERR_TICKRING_SERVE_BAD_REQUEST']);
  });

  test('with a body that is no JSON, or too large, are refused', async () => {
    const headers = { 'content-type': 'application/json' };
    const broken = await ask(server, '/subscriptions', { method: 'POST', headers, body: '{' });
    expect([broken.status, broken.body.error.code]).toEqual([400, 'ERR_TICKRING_SERVE_BAD_REQUEST']);
    const large = await send(server, 'POST', '/subscriptions', { symbols: ['A'.repeat(70_000)] });
    expect([large.status, large.body.error.code]).toEqual([413, 'ERR_TICKRING_SERVE_BODY_TOO_LARGE']);
    // What a page of another origin may send without being asked first.
    const text = await ask(server, '/subscriptions', {
      method: 'POST',
      body: JSON.stringify({ symbols: [ETH] }),
    });
    expect(text.status).toBe(400);
  });
});

test('subscriptions and faults are off unless they are enabled', async () => {
  await using simulator = await krakenSimulator();
  await using server = await serveKraken(simulator, [BTC]);
  for (const [method, path, body] of [
    ['POST', '/subscriptions', { symbols: [ETH] }],
    ['DELETE', '/subscriptions', { symbols: [BTC] }],
    ['POST', '/faults', { fault: 'disconnect' }],
  ] as const) {
    const reply = await send(server, method, path, body);
    expect([reply.status, reply.body.error.code]).toEqual([403, 'ERR_TICKRING_SERVE_DISABLED']);
  }
  expect((await ask(server, '/faults')).status).toBe(403);
  expect(simulator.stats().connections).toBe(1);
});

describe('faults of simulators', () => {
  let server: Server;

  beforeAll(async () => {
    server = await serve(
      '--sim',
      '--faults',
      '--venue',
      'kraken,kite',
      '--symbols',
      'kraken:BTC/USD,ETH/USD',
      // So many that a ring is full long before a stall is over.
      '--rate',
      'kite:20000',
    );
    await untilReady(server);
  });

  afterAll(() => server.close());

  const inject = (fault: string, more: object = {}) =>
    send(server, 'POST', '/faults', { venue: 'kraken', fault, ...more });

  test('are listed, those that show best by what they do', async () => {
    const { body } = await ask(server, '/faults');
    expect(body.venues.kraken.panel.map(({ name }: { name: string }) => name)).toEqual([
      'cut-connection',
      'corrupt-checksum',
      'drop-update',
      'stall-decoder',
    ]);
    expect(body.venues.kite.panel.map(({ name }: { name: string }) => name)).toEqual([
      'cut-connection',
      'stall-decoder',
    ]);
    expect(body.venues.kraken.faults).toContainEqual({
      fault: 'drop',
      value: { name: 'messages', default: 1, low: 1, high: 2 ** 31 - 1 },
    });
  });

  test('happen, are told, and are recovered from', async () => {
    using events = new Stream(server, '/events?last=0');
    await events.when(() => events.opens === 1);
    expect((await inject('wrong-checksum', { symbol: BTC })).body).toEqual({ met: 1 });
    expect((await events.first('fault')).data).toMatchObject({
      fault: 'wrong-checksum',
      symbol: BTC,
      met: 1,
    });
    await events.first('gap', ({ symbol }) => symbol === BTC);
    await events.first('resync', ({ outcome }) => outcome === 'done');
    await inject('disconnect');
    await events.first('state', ({ to }) => to === 'degraded');
    await events.first('state', ({ from, to }) => from === 'subscribing' && to === 'subscribed');
    await untilAnswer(server, '/depth/BTC/USD', ({ trusted }) => trusted);
  });

  test('on our own side: a stalled decoder stands still, and goes on', async () => {
    const waits = ({ venues }: { venues: { kite: { stats: { spaceWaits: number } } } }) =>
      venues.kite.stats.spaceWaits;
    await send(server, 'POST', '/faults', { venue: 'kite', fault: 'stall-decoder', value: 8000 });
    const stalled = await untilAnswer(server, '/stats', (body) => waits(body) > 0);
    expect(stalled.venues.kite.stats.connections[0].recordRingOccupancy).toBeGreaterThan(0.9);
    const { records } = stalled.venues.kite.stats;
    const after = await untilAnswer(
      server,
      '/stats',
      ({ venues }) => venues.kite.stats.records > records + 1000,
    );
    expect(after.venues.kite.stats.recordsDropped).toBe(0);
  });

  test.each([
    ['one that there is not', { fault: 'earthquake' }],
    ['a value out of its range', { fault: 'drop', value: 0 }],
    ['a stall without end', { fault: 'stall-decoder', value: 60_000 }],
    ['a venue that is not served', { venue: 'kalshi', fault: 'drop' }],
  ])('of %s are refused', async (_, body) => {
    const reply = await send(server, 'POST', '/faults', { venue: 'kraken', ...body });
    expect(reply.status).toBe(400);
  });
});
