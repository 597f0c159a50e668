import { KrakenSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { BookChecker } from './checker.ts';
import { Client, manual } from './client.ts';
import { fixture, hasFixtures } from './fixtures.ts';

/** What a simulator sends to a client that looks at two books, trades and instruments. */
async function record(): Promise<string[]> {
  const sim = await manual();
  const frames: string[] = [];
  const recorder = sim.record((text) => frames.push(text));
  const client = await Client.connect(sim.url);
  await client.subscribe('instrument', undefined);
  await client.subscribe('book', ['BTC/USD', 'SHIB/USD'], { depth: 25 });
  await client.subscribe('trade', ['BTC/USD']);
  sim.step(400);
  sim.inject({ kind: 'proxy-text' });
  sim.heartbeat();
  await client.settle();
  expect(frames).toEqual(client.texts);
  recorder[Symbol.dispose]();
  sim.step(10);
  expect(frames.length).toBe(client.texts.length);
  return frames;
}

const isData = (text: string) => /^{"channel":"(?:book|trade)"/.test(text);

describe('a recorded session', () => {
  test('is everything that was sent, of the connections that are meant', async () => {
    const sim = await manual();
    const seen: [string, number][] = [];
    sim.record((text, connection) => seen.push([text, connection]), { endpoint: 'auth' });
    const client = await Client.connect(sim.url);
    const auth = await Client.connect(sim.authUrl);
    await client.subscribe('trade', ['BTC/USD']);
    await auth.request({ method: 'ping' });
    expect(seen.map(([, connection]) => connection)).toEqual([2, 2]);
    expect(seen.map(([text]) => text)).toEqual(auth.texts);
  });

  test('is played in its order to who subscribes to all of it, byte for byte', async () => {
    const frames = await record();
    const sim = await manual({ replay: frames });
    expect(sim.symbols).toEqual(['BTC/USD', 'SHIB/USD']);
    const client = await Client.connect(sim.url);
    await client.subscribe('book', ['BTC/USD', 'SHIB/USD'], { depth: 25 });
    await client.subscribe('trade', ['BTC/USD']);
    while (sim.step(100) > 0);
    const played = (await client.take()).filter(isData);
    expect(played).toEqual(frames.filter(isData));
    const { book, trade } = sim.stats().channels;
    expect(book.snapshots + book.updates + trade.updates).toBe(played.length);
  });

  test('is played to each connection from the beginning, as far as it subscribes', async () => {
    const frames = await record();
    const sim = await manual({ replay: frames });
    const first = await Client.connect(sim.url);
    await first.subscribe('trade', ['BTC/USD']);
    sim.step(5);
    const second = await Client.connect(sim.url);
    await second.subscribe('book', ['SHIB/USD'], { depth: 25 });
    while (sim.step(50) > 0);
    const of = (channel: string, symbol: string) =>
      frames.filter(
        (text) => text.startsWith(`{"channel":"${channel}"`) && text.includes(`"symbol":"${symbol}"`),
      );
    expect((await first.take()).filter(isData)).toEqual(of('trade', 'BTC/USD'));
    expect((await second.take()).filter(isData)).toEqual(of('book', 'SHIB/USD'));
  });

  test('says what is in it: other symbols, channels and depths are refused', async () => {
    const sim = await manual({ replay: await record() });
    const client = await Client.connect(sim.url);
    const errors = [
      ...(await client.subscribe('book', ['ETH/USD'])),
      ...(await client.subscribe('trade', ['SHIB/USD'])),
      ...(await client.subscribe('book', ['BTC/USD'], { depth: 100 })),
    ].map(({ error }) => error);
    expect(errors).toEqual([
      'Currency pair not supported ETH/USD',
      'Currency pair not supported SHIB/USD',
      'Subscription depth not supported',
    ]);
    expect(() => sim.setStatus('BTC/USD', 'online')).toThrow(/replay/);
    expect(() => new KrakenSimulator({ replay: ['{"channel":"heartbeat"}'] })).toThrow(/no market data/);
  });

  test('tells the instruments that were recorded, or those that its numbers show', async () => {
    const frames = await record();
    for (const replay of [frames, frames.filter(isData)]) {
      const sim = await manual({ replay });
      const client = await Client.connect(sim.url);
      const [, { data }] = await client.subscribe('instrument', undefined);
      const precisions = data.pairs.map(
        ({ symbol, price_precision, qty_precision }: Record<string, unknown>) =>
          [symbol, [price_precision, qty_precision]] as const,
      );
      expect(Object.fromEntries(precisions)).toMatchObject({ 'BTC/USD': [1, 8], 'SHIB/USD': [9, 5] });
    }
  });

  test('faults meet it, and a resync goes on with the next snapshot or from the first', async () => {
    const sim = await manual({ replay: await record() });
    const client = await Client.connect(sim.url);
    const params = { channel: 'book', symbol: ['BTC/USD'], depth: 25 };
    await client.request({ method: 'subscribe', params });
    await client.take();
    sim.inject({ kind: 'wrong-checksum' });
    sim.step(3);
    await client.request({ method: 'unsubscribe', params });
    const [, snapshot] = await client.request({ method: 'subscribe', params });
    expect(snapshot).toMatchObject({ channel: 'book', type: 'snapshot' });
    const checker = new BookChecker(25);
    while (sim.step(100) > 0);
    const texts = (await client.take()).filter(isData);
    const results = texts.slice(3).map((text) => checker.apply(text));
    expect(results.length).toBeGreaterThan(50);
    expect(results).not.toContain(false);
  });
});

describe.runIf(hasFixtures)('captured sessions', () => {
  test.each([
    ['book-ethusd-d25-2026-08-crossbook.jsonl', 'ETH/USD', [2, 8]],
    ['book-xrpusd-d25-2026-08-crossbook.jsonl', 'XRP/USD', [5, 8]],
  ])('%s', async (name, symbol, precisions) => {
    const frames = fixture(name);
    const sim = await manual({ replay: frames });
    const client = await Client.connect(sim.url);
    const [, { data }] = await client.subscribe('instrument', undefined);
    expect([data.pairs[0].price_precision, data.pairs[0].qty_precision]).toEqual(precisions);
    await client.take();
    await client.subscribe('book', [symbol], { depth: 25 });
    while (sim.step(1_000) > 0);
    const checker = new BookChecker(25);
    const played = (await client.take()).filter(isData);
    for (const text of played) expect(checker.apply(text)).toBe(true);
    expect(played).toEqual(frames.filter(isData));
  });
});
