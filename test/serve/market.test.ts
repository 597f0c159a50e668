import { type BookSnapshot, KrakenFeed as Feed, type KrakenFeed } from 'tickring/kraken';
import { KiteSimulator, type KrakenSimulator } from 'tickring/sim';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { INFY } from '../support/feed.ts';
import { BTC, ETH, krakenSimulator } from '../support/kraken.ts';
import { ask, type Reply, serve, serveKite, serveKraken, untilAnswer } from '../support/serve.ts';
import type { Server } from '../support/serve-internals.ts';

let simulator: KrakenSimulator;
let server: Server;
/** Another reader of the same market, to compare with. */
let feed: KrakenFeed;

beforeAll(async () => {
  simulator = await krakenSimulator();
  server = await serveKraken(simulator, [BTC, ETH]);
  feed = new Feed({ url: simulator.url });
  await feed.start();
  await feed.subscribe({ channel: 'book', symbols: [BTC], depth: 25 });
  simulator.step(200, BTC);
});

afterAll(async () => {
  await server.close();
  await feed.close();
  await simulator.close();
});

/** What the server answers, and the same state of the book of our own feed. */
async function sameBook(path: string): Promise<{ body: Reply['body']; book: BookSnapshot }> {
  for (;;) {
    const { body } = await ask(server, path);
    const book = feed.book(BTC).read();
    if (book?.asOf !== undefined && book.asOf === body.asOf && book.state === 'live') return { body, book };
  }
}

test('a book is answered level by level, with all the digits that its prices have', async () => {
  const { body, book } = await sameBook('/depth/BTC%2FUSD?levels=25');
  const side = (levels: BookSnapshot['bids']) =>
    Array.from({ length: levels.length }, (_, level) => [
      levels.priceText(level),
      levels.quantityText(level),
    ]);
  expect(body).toMatchObject({
    venue: 'kraken',
    symbol: BTC,
    state: 'live',
    trusted: true,
    bids: side(book.bids),
    asks: side(book.asks),
    bid: book.bids.priceText(0),
    ask: book.asks.priceText(0),
    check: { state: 'matched', expected: book.checksum, computed: book.checksum },
  });
  expect(body.bids).toHaveLength(25);
  expect(Number(body.spread)).toBeCloseTo(book.spread!, 10);
  expect(body.spread).toMatch(/^\d+\.\d$/);
  expect(Number(body.mid)).toBeCloseTo(book.mid!, 10);
});

test('a symbol may be written with its slash, encoded or not, and venues may be named', async () => {
  for (const path of ['/depth/BTC/USD', '/depth/BTC%2FUSD', '/depth/BTC%2FUSD?venue=kraken']) {
    const { status, body } = await ask(server, path);
    expect([status, body.symbol, body.bids.length]).toEqual([200, BTC, 10]);
  }
});

test('the newest record is answered with exact decimals', async () => {
  const tick = await untilAnswer(server, '/ticks/BTC%2FUSD', ({ kind }) => kind === 'ticker');
  expect(tick).toMatchObject({ venue: 'kraken', symbol: BTC, connection: 0, epoch: 1 });
  for (const field of ['bid', 'bidQuantity', 'ask', 'askQuantity', 'volume'])
    expect(tick[field]).toMatch(/^\d+\.\d+$/);
  const book = await ask(server, '/ticks/BTC%2FUSD?channel=book');
  expect(book.body).toMatchObject({ kind: 'book', symbol: BTC, check: 'matched' });
  for (const [price, quantity] of [...book.body.bids, ...book.body.asks])
    expect([price, quantity]).toEqual([
      expect.stringMatching(/^\d+\.\d$/),
      expect.stringMatching(/^\d+\.\d{8}$/),
    ]);
});

test('a symbol that is not there is told with those like it', async () => {
  const { status, body } = await ask(server, '/depth/BTCUSD');
  expect(status).toBe(404);
  expect(body.error).toMatchObject({ code: 'ERR_TICKRING_SERVE_UNKNOWN_SYMBOL', symbol: 'BTCUSD' });
  expect(body.error.near[0]).toBe(BTC);
});

test.each([
  ['/depth/BTC%2FUSD?levels=0', 400, 'ERR_TICKRING_SERVE_BAD_REQUEST', 'levels'],
  ['/depth/BTC%2FUSD?levels=1001', 400, 'ERR_TICKRING_SERVE_BAD_REQUEST', 'levels'],
  ['/depth/BTC%2FUSD?levels=many', 400, 'ERR_TICKRING_SERVE_BAD_REQUEST', 'levels'],
  ['/depth/BTC%2FUSD?venue=kite', 400, 'ERR_TICKRING_SERVE_BAD_REQUEST', 'venue'],
  ['/ticks/BTC%2FUSD?channel=gossip', 400, 'ERR_TICKRING_SERVE_BAD_REQUEST', 'channel'],
  ['/ticks/ETH%2FUSD?channel=ohlc', 404, 'ERR_TICKRING_SERVE_NO_DATA', undefined],
  [`/depth/${'A'.repeat(65)}`, 400, 'ERR_TICKRING_SERVE_BAD_REQUEST', '*'],
  ['/nothing', 404, 'ERR_TICKRING_SERVE_NOT_FOUND', undefined],
  ['/modules/serve/server.js', 404, 'ERR_TICKRING_SERVE_NOT_FOUND', undefined],
  ['/modules/..%2f..%2fpackage.json', 404, 'ERR_TICKRING_SERVE_NOT_FOUND', undefined],
])('%s is refused', async (path, status, code, parameter) => {
  const reply = await ask(server, path);
  expect([reply.status, reply.body.error.code, reply.body.error.parameter]).toEqual([
    status,
    code,
    parameter,
  ]);
});

test('what is subscribed to is listed by venue', async () => {
  const { body } = await ask(server, '/symbols');
  const channels = ['book', 'ticker', 'trade'];
  expect(body.venues.kraken).toEqual(
    [BTC, ETH].map((symbol) => {
      return { symbol, name: null, status: 'live', connection: 0, channels, depth: 25 };
    }),
  );
});

test('health says how each connection is', async () => {
  const { status, body } = await ask(server, '/health');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: 'ok',
    venues: { kraken: { status: 'ok', state: 'subscribed', reasons: [] } },
  });
  expect(body.venues.kraken.connections).toMatchObject([
    {
      connection: 0,
      name: 'public',
      state: 'subscribed',
      epoch: 1,
      subscriptions: 6,
      reconnects: 0,
      lastError: null,
    },
  ]);
});

test('a server without its service is up, and says that the feed is down', async () => {
  const gone = await krakenSimulator();
  const { url } = gone;
  await gone.close();
  await using alone = await serve('--live', '--venue', 'kraken', '--url', url, '--symbols', BTC);
  const health = await ask(alone, '/health');
  expect([health.status, health.body.status]).toEqual([503, 'down']);
  expect((await ask(alone, '/ready')).status).toBe(503);
  expect((await ask(alone, '/depth/BTC%2FUSD')).body).toMatchObject({ state: 'empty', bid: null, bids: [] });
  expect((await ask(alone, '/ticks/BTC%2FUSD')).body.error.code).toBe('ERR_TICKRING_SERVE_NO_DATA');
});

test("kite's ticks are answered in rupees with the decimals of their segment", async () => {
  const kite = new KiteSimulator({ rate: 0 });
  await kite.listen();
  const nco = 31_503_116;
  await using served = await serveKite(kite, [INFY, nco]);
  const tick = await untilAnswer(served, `/ticks/${INFY}`, ({ kind }) => kind === 'tick');
  expect(tick).toMatchObject({
    mode: 'full',
    exchange: 'NSE',
    lastPrice: expect.stringMatching(/^\d+\.\d\d$/),
  });
  const { body } = await ask(served, `/depth/${INFY}?levels=3`);
  expect(body.bids).toHaveLength(3);
  for (const [price, quantity, orders] of body.bids) {
    expect(price).toMatch(/^\d+\.\d\d$/);
    expect(quantity).toMatch(/^\d+$/);
    expect(orders).toBeGreaterThan(0);
  }
  expect(body.spread).toBe((Number(body.ask) - Number(body.bid)).toFixed(2));
  // Commodities of NCO have four decimals.
  const commodity = await untilAnswer(served, `/depth/${nco}`, ({ state }) => state === 'live');
  expect(commodity.last).toMatch(/^\d+\.\d{4}$/);
  // Its stream has no names, but people have.
  const { body: unknown } = await ask(served, '/depth/infy');
  expect(unknown.error).toMatchObject({
    near: [String(INFY)],
    message: expect.stringContaining(`${INFY} (INFY)`),
  });
  const { body: symbols } = await ask(served, '/symbols?venue=kite');
  expect(symbols.venues.kite[0]).toEqual({
    symbol: String(INFY),
    name: 'INFY',
    status: 'live',
    connection: 0,
    mode: 'full',
  });
  await served.close();
  await kite.close();
});
