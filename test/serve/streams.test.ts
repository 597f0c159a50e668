import type { KrakenSimulator } from 'tickring/sim';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BTC, ETH, krakenSimulator, XRP } from '../support/kraken.ts';
import { until } from '../support/memory.ts';
import { quietPort } from '../support/quiet-port.ts';
import { RawStream } from '../support/raw-stream.ts';
import { ask, Stream, send, serveKraken, untilAnswer } from '../support/serve.ts';
import type { Server } from '../support/serve-internals.ts';

let simulator: KrakenSimulator;
let server: Server;

beforeAll(async () => {
  simulator = await krakenSimulator();
  server = await serveKraken(
    simulator,
    [BTC, ETH],
    ...['--interval', '5', '--keep-alive', '100', '--allow-subscriptions'],
  );
  await untilAnswer(server, '/depth/ETH/USD', ({ state }) => state !== 'empty');
  await untilAnswer(server, '/depth/BTC/USD', ({ state }) => state !== 'empty');
});

afterAll(async () => {
  await server.close();
  await simulator.close();
});

const PATH = '/stream/BTC%2FUSD';

describe('a stream', () => {
  test('begins with a snapshot and goes on with exact quotes', async () => {
    using stream = new Stream(server, PATH);
    const { data: snapshot } = await stream.first('snapshot');
    expect(snapshot).toMatchObject({ venue: 'kraken', symbol: BTC, trusted: true });
    expect(snapshot.bids).toHaveLength(10);
    simulator.step(50, BTC);
    const { data: update } = await stream.first('update', ({ state }) => state === 'live');
    expect(update.bid).toMatch(/^\d+\.\d$/);
    expect(update.bidQuantity).toMatch(/^\d+\.\d{8}$/);
    expect(update.bids).toBeUndefined();
    const cents = (text: string) => BigInt(text.replace('.', ''));
    expect(cents(update.spread)).toBe(cents(update.ask) - cents(update.bid));
  });

  test('carries levels if they are asked for', async () => {
    using stream = new Stream(server, `${PATH}?levels=3`);
    await stream.first('snapshot');
    simulator.step(10, BTC);
    const { data } = await stream.first('update');
    expect([data.bids.length, data.asks.length]).toEqual([3, 3]);
    expect(data.bids[0]).toEqual([data.bid, data.bidQuantity]);
  });

  test('ends up where the book is, however many updates are left out', async () => {
    using stream = new Stream(server, PATH);
    await stream.first('snapshot');
    simulator.step(500, BTC);
    const { body } = await ask(server, '/depth/BTC/USD');
    await stream.when(() => stream.events.at(-1)!.data.asOf >= body.asOf);
    const now = await untilAnswer(
      server,
      '/depth/BTC/USD',
      ({ asOf }) => asOf === stream.events.at(-1)!.data.asOf,
    );
    expect(stream.events.at(-1)!.data).toMatchObject({ bid: now.bid, ask: now.ask, spread: now.spread });
    // Looks are 5 ms apart; 500 events came at once.
    expect(stream.events.length).toBeLessThan(250);
  });

  test('of several symbols says which one each event is of', async () => {
    using stream = new Stream(server, '/stream?symbols=kraken:BTC%2FUSD,ETH%2FUSD');
    await stream.first('snapshot', ({ symbol }) => symbol === BTC);
    await stream.first('snapshot', ({ symbol }) => symbol === ETH);
    simulator.step(5, ETH);
    await stream.first('update', ({ symbol }) => symbol === ETH);
    // Of BTC an update of what the test before did may be under way.
    for (const { data } of stream.events) expect([BTC, ETH]).toContain(data.symbol);
    simulator.step(5, BTC);
    await stream.first('update', ({ symbol }) => symbol === BTC);
  });

  test('of all symbols begins and ends with what is subscribed to', async () => {
    using stream = new Stream(server, '/stream?symbols=*');
    await stream.first('snapshot', ({ symbol }) => symbol === ETH);
    await send(server, 'POST', '/subscriptions', { symbols: [XRP] });
    await stream.first('snapshot', ({ symbol }) => symbol === XRP);
    await send(server, 'DELETE', '/subscriptions', { symbols: [XRP] });
    await stream.first('removed', ({ symbol }) => symbol === XRP);
    simulator.step(10, BTC);
    await stream.first('update', ({ symbol }) => symbol === BTC);
  });

  test('of one symbol ends when that is unsubscribed from', async () => {
    await send(server, 'POST', '/subscriptions', { symbols: [XRP] });
    using stream = new Stream(server, '/stream/XRP%2FUSD');
    await stream.first('snapshot');
    await send(server, 'DELETE', '/subscriptions', { symbols: [XRP] });
    expect((await stream.first('closing')).data).toEqual({ reason: 'removed' });
  });

  test('is kept open by comments', async () => {
    using stream = await RawStream.open(server, '/stream/ETH%2FUSD');
    await until(() => stream.text.split(': keep-alive\n\n').length > 2);
  });
});

describe('who comes again', () => {
  test('is told nothing if nothing has changed', async () => {
    let id = '';
    {
      using stream = new Stream(server, PATH);
      id = (await stream.first('snapshot')).id;
    }
    using again = new Stream(server, PATH, { 'last-event-id': id });
    await again.when(() => again.opens === 1);
    simulator.step(1, BTC);
    await again.first('update');
    expect(again.events[0]!.type).toBe('update');
  });

  test('is told of what has changed, and of nothing else', async () => {
    const path = '/stream?symbols=BTC%2FUSD,ETH%2FUSD';
    let id = '';
    {
      using stream = new Stream(server, path);
      await stream.first('snapshot', ({ symbol }) => symbol === ETH);
      await stream.when(() => stream.events.some((event) => event.id !== ''));
      id = stream.events.findLast((event) => event.id !== '')!.id;
    }
    const before = await ask(server, '/depth/ETH/USD');
    simulator.step(20, ETH);
    await untilAnswer(server, '/depth/ETH/USD', ({ asOf }) => asOf > before.body.asOf);
    using again = new Stream(server, path, { 'last-event-id': id });
    // A snapshot, or, if the server had not looked since, an update.
    await again.when(() => again.events.length > 0);
    for (const { data } of again.events) expect(data.symbol).toBe(ETH);
  });

  test('with the id of another run gets a snapshot', async () => {
    using stream = new Stream(server, PATH, { 'last-event-id': 'before.999999' });
    await stream.first('snapshot');
  });
});

test('streams outlive their service, and are told what state the feed is in', async () => {
  const port = await quietPort();
  const first = await krakenSimulator({ port });
  await using served = await serveKraken(first, [BTC], '--interval', '5');
  await untilAnswer(served, '/depth/BTC/USD', ({ state }) => state !== 'empty');
  using stream = new Stream(served, PATH);
  const { data: before } = await stream.first('snapshot');
  await first.close();
  await stream.first('state', ({ state }) => state !== 'subscribed');
  await stream.first('update', ({ state }) => state === 'empty');
  await using second = await krakenSimulator({ port });
  await stream.first('state', ({ state }) => state === 'subscribed');
  second.step(1, BTC);
  const { data: after } = await stream.first('update', ({ trusted, asOf }) => trusted && asOf > before.asOf);
  expect(after.state).toMatch(/^(snapshot|live)$/);
  expect(stream.opens).toBe(1);
});

test('there are only so many streams', async () => {
  await using served = await serveKraken(simulator, [BTC], '--max-streams', '1');
  using stream = new Stream(served, PATH);
  await stream.first('snapshot');
  const { status, body } = await ask(served, PATH);
  expect([status, body.error.code, body.error.limit]).toEqual([
    503,
    'ERR_TICKRING_SERVE_TOO_MANY_STREAMS',
    1,
  ]);
});

test.each([
  ['an unknown symbol', '/stream/BTCUSD', 404, 'ERR_TICKRING_SERVE_UNKNOWN_SYMBOL'],
  ['no symbols', '/stream', 400, 'ERR_TICKRING_SERVE_BAD_REQUEST'],
  ['empty symbols', '/stream?symbols=,', 400, 'ERR_TICKRING_SERVE_BAD_REQUEST'],
  ['a venue that is not served', '/stream?symbols=*&venue=kite', 400, 'ERR_TICKRING_SERVE_BAD_REQUEST'],
  [
    'too many symbols',
    `/stream?symbols=${Array.from({ length: 1001 }, (_, n) => n)}`,
    400,
    'ERR_TICKRING_SERVE_BAD_REQUEST',
  ],
  ['too many levels', `${PATH}?levels=101`, 400, 'ERR_TICKRING_SERVE_BAD_REQUEST'],
])('%s is refused before a stream begins', async (_, path, status, code) => {
  const reply = await ask(server, path);
  expect([reply.status, reply.body.error.code]).toEqual([status, code]);
});

test('events of the past come first, and those to come are told as they happen', async () => {
  using events = new Stream(server, '/events');
  const { data } = await events.first('state', ({ to }) => to === 'subscribed');
  expect(data).toMatchObject({ venue: 'kraken', connection: 0, name: 'public', from: 'subscribing' });
  simulator.inject({ kind: 'wrong-checksum' }, { symbol: BTC, channel: 'book' });
  simulator.step(20, BTC);
  const gap = await events.first('gap');
  expect(gap.data).toMatchObject({ reason: 'checksum', channel: 'book', symbol: BTC });
  expect(gap.data.expected).not.toBe(gap.data.computed);
  await events.first('resync', ({ outcome }) => outcome === 'done');
  const { body } = await ask(server, '/events?format=json&last=2');
  expect(body.events).toHaveLength(2);
  // Who knows some already gets those that came after.
  using again = new Stream(server, '/events', { 'last-event-id': gap.id });
  await again.first('resync');
  expect(Number(again.events[0]!.id)).toBe(Number(gap.id) + 1);
});
