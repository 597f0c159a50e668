import { once } from 'node:events';
import { KRAKEN_FAULTS, type KrakenFault, type KrakenSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { BookChecker } from './checker.ts';
import { Client, manual } from './client.ts';
import { askForToken, tokenOf } from './tokens.ts';

/** A client with a book of BTC/USD and its checker, up to date. */
async function withBook(depth = 10): Promise<[KrakenSimulator, Client, BookChecker]> {
  const sim = await manual();
  const client = await Client.connect(sim.url);
  await client.subscribe('book', ['BTC/USD'], { depth });
  const checker = new BookChecker(depth);
  checker.apply(client.texts.at(-1)!);
  client.texts.splice(0);
  return [sim, client, checker];
}

/** Steps until so many more book updates were sent or met by a fault. */
async function updates(sim: KrakenSimulator, client: Client, count: number): Promise<string[]> {
  const done = () => {
    const { channels, injected } = sim.stats();
    return channels.book.updates + injected.dropped + injected.silenced + injected.damaged;
  };
  const before = done();
  while (done() < before + count) sim.step(1, 'BTC/USD');
  return client.take();
}

describe('faults of messages', () => {
  test('drop: an update is lost, and a checksum tells', async () => {
    const [sim, client, checker] = await withBook();
    for (const text of await updates(sim, client, 20)) expect(checker.apply(text)).toBe(true);
    expect(sim.inject({ kind: 'drop', messages: 3 })).toBe(1);
    expect(await updates(sim, client, 3)).toEqual([]);
    expect(sim.stats().injected).toMatchObject({ dropped: 3, faults: { drop: 1 } });
    const later = await updates(sim, client, 40);
    expect(later.map((text) => checker.apply(text))).toContain(false);
    // A new snapshot heals it.
    const params = { channel: 'book', symbol: ['BTC/USD'], depth: 10 };
    await client.request({ method: 'unsubscribe', params });
    await client.request({ method: 'subscribe', params });
    expect(checker.apply((await client.take()).at(-1)!)).toBe(true);
    for (const text of await updates(sim, client, 20)) expect(checker.apply(text)).toBe(true);
  });

  test('wrong-checksum: the book is right, the sum is not', async () => {
    const [sim, client, checker] = await withBook();
    sim.inject({ kind: 'wrong-checksum', messages: 2 });
    const results = (await updates(sim, client, 10)).map((text) => checker.apply(text));
    expect(results).toEqual([false, false, ...new Array(8).fill(true)]);
    expect(sim.stats().injected.wrongChecksums).toBe(2);
  });

  test('duplicate: the same twice, which does not harm a book', async () => {
    const [sim, client, checker] = await withBook();
    sim.inject({ kind: 'duplicate' });
    const [first, second] = await updates(sim, client, 1);
    expect(first).toBe(second);
    expect(checker.apply(first!)).toBe(true);
    expect(checker.apply(second!)).toBe(true);
    expect(sim.stats()).toMatchObject({ channels: { book: { updates: 2 } }, injected: { duplicated: 1 } });
  });

  test('reorder: it comes after the next one', async () => {
    const [sim, client, checker] = await withBook();
    sim.inject({ kind: 'reorder' });
    sim.step(100, 'BTC/USD');
    const texts = await client.take();
    const times = texts.map((text) => JSON.parse(text).data[0].timestamp as string);
    const sorted = [...times].sort();
    expect(times).toEqual([sorted[1], sorted[0], ...sorted.slice(2)]);
    expect(texts.map((text) => checker.apply(text)).slice(0, 2)).toContain(false);
    expect(sim.stats().injected).toMatchObject({ reordered: 1, dropped: 0 });
  });

  test('reorder: what has no next one is lost', async () => {
    const [sim, client] = await withBook(1000);
    sim.inject({ kind: 'reorder' });
    expect(sim.step(1, 'BTC/USD')).toBe(1);
    expect(await client.take()).toEqual([]);
    const params = { channel: 'book', symbol: ['BTC/USD'], depth: 1000 };
    await client.request({ method: 'unsubscribe', params });
    expect(sim.stats().injected).toMatchObject({ reordered: 0, dropped: 1 });
  });

  test('half-json: a whole WebSocket message with half of the text', async () => {
    const [sim, client] = await withBook();
    sim.inject({ kind: 'half-json' });
    const [text] = await updates(sim, client, 1);
    expect(() => JSON.parse(text!)).toThrow(SyntaxError);
    expect(text).toMatch(/^{"channel":"book"/);
    expect(sim.stats()).toMatchObject({ channels: { book: { updates: 0 } }, injected: { damaged: 1 } });
  });

  test('reserialised: other keys first, numbers without their zeros, and the checksum of the digits', async () => {
    const [sim, client] = await withBook(1000);
    sim.inject({ kind: 'reserialised', messages: 200 });
    const texts = await updates(sim, client, 200);
    for (const text of texts) expect(text).toBe(JSON.stringify(JSON.parse(text)));
    expect(Object.keys(JSON.parse(texts[0]!).data[0])).toEqual([
      'asks',
      'bids',
      'checksum',
      'symbol',
      'timestamp',
    ]);
    expect(texts.join()).toMatch(/"qty":\d+\.\d{1,6}}/);
  });

  test('they meet the channel, symbol and type of their target only', async () => {
    const [sim, client] = await withBook();
    const other = await Client.connect(sim.url);
    await other.subscribe('book', ['ETH/USD']);
    await other.subscribe('trade', ['BTC/USD']);
    await other.take();
    expect(sim.inject({ kind: 'drop' }, { symbol: 'ETH/USD' })).toBe(1);
    expect(sim.inject({ kind: 'drop' }, { symbol: 'XRP/USD' })).toBe(0);
    expect(sim.inject({ kind: 'drop' }, { channel: 'trade', connection: 1 })).toBe(0);
    expect(sim.inject({ kind: 'drop' }, { channel: 'trade', endpoint: 'level3' })).toBe(0);
    expect(await updates(sim, client, 5)).toHaveLength(5);
    expect(sim.stats().injected.dropped).toBe(0);
    while (sim.stats().injected.dropped === 0) sim.step(1, 'ETH/USD');
    const books = (await other.takeFrames()).filter(({ channel }) => channel === 'book');
    expect(books).toEqual([]);
    // A snapshot, when the target says so.
    sim.inject({ kind: 'wrong-checksum' }, { type: 'snapshot', connection: 1 });
    const params = { channel: 'book', symbol: ['BTC/USD'], depth: 10 };
    await client.request({ method: 'unsubscribe', params });
    await client.request({ method: 'subscribe', params });
    expect(new BookChecker(10).apply(client.texts.at(-1)!)).toBe(false);
  });
});

describe('silence', () => {
  test('of everything: not even a pong, and what would have been sent is lost', async () => {
    const [sim, client, checker] = await withBook();
    const witness = await Client.connect(sim.url);
    await witness.subscribe('book', ['BTC/USD']);
    sim.silence(true, { connection: 1 });
    client.socket.ping();
    client.send({ method: 'ping' });
    sim.heartbeat();
    sim.step(100, 'BTC/USD');
    const sent = sim.stats().channels.book.updates;
    await witness.settle();
    expect(sent).toBe(witness.texts.filter((text) => text.includes('"update","data":[{"symbol"')).length);
    expect(sent).toBeGreaterThan(50);
    expect(client.texts).toEqual([]);
    sim.silence(false, { connection: 1 });
    const results = (await updates(sim, client, 20)).map((text) => checker.apply(text));
    expect(results).toContain(false);
    expect(sim.stats().injected.silenced).toBeGreaterThan(50);
  });

  test('of one channel: the others and heartbeats go on', async () => {
    const [sim, client] = await withBook();
    await client.subscribe('trade', ['BTC/USD']);
    await client.take();
    sim.silence(true, { channel: 'book' });
    sim.step(200, 'BTC/USD');
    sim.heartbeat();
    const channels = new Set((await client.takeFrames()).map(({ channel }) => channel));
    expect(channels).toEqual(new Set(['trade', 'heartbeat']));
  });

  test('for so many ms', async () => {
    const [sim, client] = await withBook();
    expect(sim.inject({ kind: 'silence', ms: 50 })).toBe(1);
    sim.step(50, 'BTC/USD');
    // Its end is seen by what arrives again.
    await client.until(() => {
      sim.heartbeat();
      return client.texts.length > 0;
    });
    expect(client.texts[0]).toBe('{"channel":"heartbeat"}');
  });
});

describe('texts', () => {
  test('of a proxy', async () => {
    const [sim, client] = await withBook();
    sim.inject({ kind: 'proxy-text' });
    expect(await client.take()).toEqual(['CloudFlare WebSocket proxy restarting']);
  });

  test('of garbage: nothing that a client takes for a message of a channel that it knows', async () => {
    const [sim, client] = await withBook();
    for (let i = 0; i < 100; i++) sim.inject({ kind: 'garbage' });
    const texts = await client.take();
    expect(texts).toHaveLength(100);
    expect(new Set(texts).size).toBeGreaterThan(8);
    expect(sim.stats()).toMatchObject({ injected: { texts: 100 }, channels: { book: { updates: 0 } } });
  });
});

describe('requests', () => {
  test('rate-limit: the next ones are refused, in either form', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.url);
    sim.inject({ kind: 'rate-limit', requests: 2 });
    for (const req_id of [1, 2]) {
      const params = { channel: 'book', symbol: ['BTC/USD'] };
      const [refusal] = await client.request({ method: 'subscribe', params, req_id });
      expect(refusal).toMatchObject({
        error: 'Exceeded msg rate',
        method: 'subscribe',
        req_id,
        success: false,
      });
    }
    sim.inject({ kind: 'rate-limit-bare' });
    expect(await client.subscribe('book', ['BTC/USD'])).toEqual([{ Error: 'Exceeded msg rate' }]);
    expect((await client.subscribe('book', ['BTC/USD']))[0].success).toBe(true);
  });

  test('token-failure: REST is throttled', async () => {
    const sim = await manual();
    sim.inject({ kind: 'token-failure' });
    expect((await askForToken(sim)).error).toEqual([expect.stringMatching(/^EService:Throttled: \d+$/)]);
    expect((await askForToken(sim)).error).toEqual([]);
  });

  test('refuse: the next upgrade gets this HTTP status', async () => {
    const sim = await manual();
    sim.inject({ kind: 'refuse' });
    sim.inject({ kind: 'refuse', status: 429 });
    await expect(Client.connect(sim.url)).rejects.toThrow('503');
    await expect(Client.connect(sim.url)).rejects.toThrow('429');
    await Client.connect(sim.url);
    expect(sim.stats()).toMatchObject({ accepted: 1, refused: 2 });
  });
});

test('sequence-gap: executions and balances go on with another number', async () => {
  const sim = await manual();
  const client = await Client.connect(sim.authUrl);
  const token = await tokenOf(sim);
  await client.subscribe('executions', undefined, { token });
  await client.take();
  const next = async () => {
    sim.stepAccounts(1);
    return (await client.takeFrames())[0].sequence;
  };
  expect(await next()).toBe(2);
  expect(sim.inject({ kind: 'sequence-gap', by: 3 })).toBe(1);
  const after = await next();
  expect(after).toBeGreaterThanOrEqual(6);
  sim.inject({ kind: 'sequence-gap', by: -5 });
  expect(await next()).toBeLessThan(after);
  // A lost message leaves a gap as well.
  const before = await next();
  sim.inject({ kind: 'drop' });
  while (sim.stats().injected.dropped === 0) sim.stepAccounts(1);
  await client.take();
  expect(await next()).toBeGreaterThan(before + 1);
  // Market data has no sequence.
  const [other, market] = await withBook();
  expect(other.inject({ kind: 'sequence-gap' })).toBe(0);
  market.socket.terminate();
});

test('maintenance: everybody is told, nothing happens, then it is online again', async () => {
  const [sim, client] = await withBook();
  expect(sim.inject({ kind: 'maintenance', ms: 50 })).toBe(0);
  expect(sim.step(10, 'BTC/USD')).toBe(0);
  await client.until(() => client.texts.length === 2);
  const told = client.texts.map((text) => JSON.parse(text).data[0]);
  expect(told.map(({ system }) => system)).toEqual(['maintenance', 'online']);
  expect(told[0].upcoming_maintenance).toMatchObject([{ affected_services: ['spot_ws', 'spot_trading'] }]);
  expect(told[1].upcoming_maintenance).toEqual([]);
  expect(sim.step(10, 'BTC/USD')).toBe(10);
  // Whoever comes later is told as well.
  sim.setSystem('post_only');
  const late = await Client.connect(sim.url);
  expect(await late.takeFrames()).toMatchObject([{ channel: 'status', data: [{ system: 'post_only' }] }]);
});

describe('the end of connections', () => {
  test('disconnect: abruptly, or with a code', async () => {
    const sim = await manual();
    const clients = [await Client.connect(sim.url), await Client.connect(sim.authUrl)];
    const codes = Promise.all(clients.map(async ({ socket }) => (await once(socket, 'close'))[0]));
    expect(sim.inject({ kind: 'disconnect' }, { endpoint: 'public' })).toBe(1);
    expect(sim.inject({ kind: 'disconnect', code: 1012 }, { endpoint: 'auth' })).toBe(1);
    expect(await codes).toEqual([1006, 1012]);
    expect(() => sim.disconnect(1006)).toThrow(/close code/);
  });

  test('half-frame: it begins, and the socket is gone before it ends', async () => {
    const [sim, client] = await withBook();
    const bytes: number[] = [];
    // The client's own view of the socket, below WebSocket.
    const { _socket: socket } = client.socket as unknown as { _socket: NodeJS.EventEmitter };
    socket.on('data', (chunk: Buffer) => bytes.push(...chunk));
    const closed = once(client.socket, 'close');
    expect(sim.inject({ kind: 'half-frame' })).toBe(1);
    // What is sent after it would be taken for its rest.
    sim.step(100, 'BTC/USD');
    expect((await closed)[0]).toBe(1006);
    expect(bytes[0]).toBe(0x81);
    expect(bytes.length).toBeGreaterThan(100);
    expect(client.texts).toEqual([]);
    expect(client.socket.readyState).toBe(WebSocket.CLOSED);
  });
});

test('faults that there are not, and numbers out of range, are refused', async () => {
  const sim = await manual();
  const wrong = [
    { kind: 'earthquake' },
    { kind: 'drop', messages: 0 },
    { kind: 'silence', ms: 1.5 },
    { kind: 'refuse', status: 200 },
    { kind: 'disconnect', code: 1005 },
  ] as unknown as KrakenFault[];
  for (const fault of wrong) {
    expect(() => sim.inject(fault)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }) as Error,
    );
  }
  // Each that there is can be ordered without a number.
  for (const kind of KRAKEN_FAULTS) expect(sim.inject({ kind } as KrakenFault)).toBe(0);
});
