import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, Stream, send, serve, untilAnswer, untilReady } from '../support/serve.ts';
import type { Server } from '../support/serve-internals.ts';

let server: Server;
let markets: string[];

beforeAll(async () => {
  server = await serve('--sim', '--faults', '--allow-subscriptions', '--venue', 'kalshi');
  await untilReady(server);
  const { body } = await ask(server, '/symbols');
  markets = body.venues.kalshi.map(({ symbol }: { symbol: string }) => symbol);
});

afterAll(() => server.close());

test('markets are listed with their channels, and none of them is refused', async () => {
  const { body } = await ask(server, '/symbols');
  expect(body.venues.kalshi.length).toBeGreaterThan(100);
  for (const market of body.venues.kalshi)
    expect(market).toMatchObject({ status: 'live', channels: ['orderbook_delta', 'ticker', 'trade'] });
});

test('a book is answered on the scale of YES, in exact dollars', async () => {
  const path = `/depth/${markets[0]}?levels=100`;
  const body = await untilAnswer(server, path, ({ trusted, bids, asks }) => trusted && bids[0] && asks[0]);
  expect(body).toMatchObject({
    venue: 'kalshi',
    symbol: markets[0],
    check: { by: 'sequence', state: 'matched', expected: null, computed: null },
  });
  for (const [price, count] of [...body.bids, ...body.asks]) {
    expect(price).toMatch(/^0\.\d{4}$/);
    expect(count).toMatch(/^\d+\.\d\d$/);
  }
  const prices = (levels: [string, string][]) => levels.map(([price]) => price);
  expect(prices(body.bids)).toEqual(prices(body.bids).toSorted().toReversed());
  expect(prices(body.asks)).toEqual(prices(body.asks).toSorted());
  expect(body.bid < body.ask).toBe(true);
});

test('the newest ticker, trade and change of a book are answered', async () => {
  const ticker = await untilAnswer(server, `/ticks/${markets[0]}`, ({ kind }) => kind === 'ticker');
  expect(ticker).toMatchObject({ venue: 'kalshi', marketTicker: markets[0], connection: 0, epoch: 1 });
  expect(ticker.price).toMatch(/^\d\.\d{4}$/);
  const trade = await untilAnswer(
    server,
    `/ticks/${markets[0]}?channel=trade`,
    ({ kind }) => kind === 'trade',
  );
  expect(Number(trade.yesPrice) + Number(trade.noPrice)).toBeCloseTo(1, 10);
  const change = await untilAnswer(
    server,
    `/ticks/${markets[0]}?channel=book`,
    ({ kind }) => kind === 'book',
  );
  expect([...change.yes, ...change.no].flat().every((text: unknown) => typeof text === 'string')).toBe(true);
});

test('a lost message is told, with its numbers, and the books are mended', async () => {
  using events = new Stream(server, '/events?last=0');
  await events.when(() => events.opens === 1);
  const mended = events.first('resync', ({ outcome }) => outcome === 'done');
  for (const market of markets.slice(0, 20))
    await send(server, 'POST', '/faults', { venue: 'kalshi', fault: 'negative-level', symbol: market });
  expect((await events.first('gap')).data).toMatchObject({ venue: 'kalshi', channel: 'orderbook_delta' });
  await mended;
  await untilAnswer(server, `/depth/${markets[0]}`, ({ trusted }) => trusted);
});

test('markets come and go, and one that there is not is refused by name', async () => {
  const [market] = markets;
  const body = { venue: 'kalshi', symbols: [market] };
  expect((await send(server, 'DELETE', '/subscriptions', body)).status).toBe(200);
  const without = (await ask(server, '/symbols')).body.venues.kalshi;
  expect(without.map(({ symbol }: { symbol: string }) => symbol)).not.toContain(market);
  expect((await send(server, 'POST', '/subscriptions', body)).status).toBe(200);
  await untilAnswer(server, `/depth/${market}`, ({ trusted }) => trusted);
  const unknown = await send(server, 'POST', '/subscriptions', {
    venue: 'kalshi',
    symbols: ['NO-SUCH-MARKET'],
  });
  expect([unknown.status, unknown.body.error.code]).toEqual([422, 'ERR_TICKRING_SERVE_REFUSED']);
  expect(unknown.body.error.refused[0]).toMatchObject({ symbol: 'NO-SUCH-MARKET' });
});
