import { once } from 'node:events';
import { type BookChange, type KrakenRecord, KrakenViews } from 'tickring/kraken';
import { KiteSimulator, type KrakenSimulator } from 'tickring/sim';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { BTC, ETH, krakenSimulator } from '../support/kraken.ts';
import { until } from '../support/memory.ts';
import { ask, serveKite, serveKraken, untilAnswer } from '../support/serve.ts';
import type { Server } from '../support/serve-internals.ts';

const HEAD_BYTES = 16;
const RECORD_BYTES = 256;

/** A program that reads records. */
class Program implements Disposable {
  readonly texts: Record<string, unknown>[] = [];
  readonly batches: ArrayBuffer[] = [];
  readonly socket: WebSocket;
  code: number | undefined;

  constructor(server: Server, query: string, options: { origin?: string } = {}) {
    this.socket = new WebSocket(new URL(`/records?${query}`, server.url.replace('http', 'ws')), options);
    this.socket.binaryType = 'arraybuffer';
    this.socket.on('message', (data, isBinary) => {
      if (isBinary) this.batches.push(data as ArrayBuffer);
      else this.texts.push(JSON.parse(String(data)));
    });
    this.socket.on('close', (code) => {
      this.code = code;
    });
    this.socket.on('error', () => {});
  }

  /** Heads of all batches, as numbers: version, connection, count, dropped. */
  get heads(): number[][] {
    return this.batches.map((batch) => [...new Uint32Array(batch, 0, 4)]);
  }

  /** Kraken's records, as plain objects. */
  get records(): ReturnType<KrakenRecord['toObject']>[] {
    const names: Record<string, string> = {};
    for (const { type, symbols } of this.texts) if (type === 'symbols') Object.assign(names, symbols);
    return this.batches.flatMap((buffer) => {
      const memory = {
        u8: new Uint8Array(buffer),
        u16: new Uint16Array(buffer),
        i32: new Int32Array(buffer),
        u32: new Uint32Array(buffer),
        f64: new Float64Array(buffer),
      };
      const views = new KrakenViews(memory, { text: (id: number) => names[id] ?? '' } as never);
      return Array.from({ length: memory.u32[2]! }, (_, nth) =>
        views.moveTo(HEAD_BYTES + nth * RECORD_BYTES).toObject(),
      );
    });
  }

  get count(): number {
    return this.heads.reduce((sum, [, , count]) => sum + count!, 0);
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}

describe('records of kraken', () => {
  let simulator: KrakenSimulator;
  let server: Server;

  beforeAll(async () => {
    simulator = await krakenSimulator();
    server = await serveKraken(simulator, [BTC, ETH], '--interval', '5');
    await untilAnswer(server, '/depth/ETH/USD', ({ state }) => state !== 'empty');
  });

  afterAll(async () => {
    await server.close();
    await simulator.close();
  });

  test('come whole, and in order, to be read by the same views', async () => {
    using program = new Program(server, 'venue=kraken');
    await until(() => program.texts.length > 0);
    expect(program.texts[0]).toMatchObject({
      type: 'hello',
      version: 1,
      recordBytes: 256,
      headerBytes: 16,
      kind: 'copying',
    });
    const before = simulator.stats().channels.book.updates;
    simulator.step(200, BTC);
    const sent = simulator.stats().channels.book.updates - before;
    const books = () => program.records.filter(({ kind }) => kind === 'book');
    await until(() => books().length >= sent);
    expect(books()).toHaveLength(sent);
    expect(books()[0]).toMatchObject({ symbol: BTC, check: 'matched' });
    const times = books().map((book) => (book as { timestamp: number }).timestamp);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(
      program.heads.every(
        ([version, connection, count, dropped]) =>
          version === 1 && connection === 0 && count! > 0 && dropped === 0,
      ),
    ).toBe(true);
    const { body } = await ask(server, '/depth/BTC/USD');
    expect((books().at(-1) as { bestBid: number }).bestBid).toBe(Number(body.bid));
  });

  test('are the newest of each symbol and channel for who wants no more', async () => {
    using program = new Program(server, 'venue=kraken&kind=conflating');
    await until(() => program.texts.length > 0);
    simulator.step(500, ETH);
    await untilAnswer(server, '/depth/ETH/USD', ({ asOf, bid }) => {
      const book = program.records.findLast(({ kind }) => kind === 'book') as BookChange | undefined;
      return book?.symbol === ETH && book.timestamp === asOf && book.bestBid === Number(bid);
    });
    expect(program.count).toBeLessThan(500);
  });

  test('are of one connection if that is asked for', async () => {
    using other = new Program(server, 'venue=kraken&connection=1');
    using program = new Program(server, 'venue=kraken&connection=0');
    await until(() => program.texts.length > 0 && other.texts.length > 0);
    simulator.step(10, BTC);
    await until(() => program.count > 0);
    expect(other.count).toBe(0);
  });

  test.each([
    ['venue=kite', 400],
    ['venue=kraken&kind=gating', 400],
    ['venue=kraken&connection=9', 400],
  ])('with %s are refused', async (query, status) => {
    const socket = new WebSocket(new URL(`/records?${query}`, server.url.replace('http', 'ws')));
    const [, answer] = await once(socket, 'unexpected-response');
    expect(answer.statusCode).toBe(status);
    let text = '';
    for await (const part of answer) text += part;
    expect(JSON.parse(text).error.code).toBe('ERR_TICKRING_SERVE_BAD_REQUEST');
  });

  test('are not for pages of other origins', async () => {
    const url = new URL('/records?venue=kraken', server.url.replace('http', 'ws'));
    const socket = new WebSocket(url, { origin: 'http://evil.example' });
    const [, answer] = await once(socket, 'unexpected-response');
    expect(answer.statusCode).toBe(403);
    using own = new Program(server, 'venue=kraken', { origin: server.url.slice(0, -1) });
    await until(() => own.texts.length > 0);
  });

  test('are not sent to who talks', async () => {
    using program = new Program(server, 'venue=kraken');
    await until(() => program.texts.length > 0);
    program.socket.send('hello');
    await until(() => program.code === 1008);
  });
});

test('a program that does not read loses batches, and is told how many records', async () => {
  const simulator = new KiteSimulator({ rate: 50_000 });
  await simulator.listen();
  const tokens = simulator.instrumentTokens.slice(0, 300);
  await using server = await serveKite(simulator, tokens, '--client-buffer', '65536', '--interval', '5');
  using program = new Program(server, 'venue=kite');
  await until(() => program.count > 0);
  program.socket.pause();
  await untilAnswer(server, '/stats', ({ server }) => server.recordsDropped > 0);
  program.socket.resume();
  await until(() => program.heads.some(([, , , dropped]) => dropped! > 0));
  // Numbers of records go on behind the gap that was told.
  const at = program.heads.findIndex(([, , , dropped]) => dropped! > 0);
  const numberOf = (batch: number, nth: number) => new Uint32Array(program.batches[batch]!)[4 + nth * 64]!;
  const [, , , dropped] = program.heads[at]!;
  const [, , count] = program.heads[at - 1]!;
  expect((numberOf(at, 0) - numberOf(at - 1, count! - 1) - 1) >>> 0).toBe(dropped);
  await server.close();
  await simulator.close();
});
