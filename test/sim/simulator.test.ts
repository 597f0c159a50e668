import { once } from 'node:events';
import { FNV1A_START, fnv1a, KiteSimulator, type KiteSimulatorOptions } from 'tickring/sim';
import { afterEach, describe, expect, test } from 'vitest';
import { Client, refusal, until } from './client.ts';

const NIFTY = 256265;
const INFY = 408065;
const RELIANCE = 738561;

const running: KiteSimulator[] = [];
afterEach(async () => {
  for (const sim of running.splice(0)) await sim.close();
});

async function simulator(options: KiteSimulatorOptions = {}): Promise<KiteSimulator> {
  const sim = new KiteSimulator({ instruments: 4_000, ...options });
  running.push(sim);
  await sim.listen();
  return sim;
}

/** Ticks only when a test says so: what comes first is snapshots. */
async function paused(options: KiteSimulatorOptions = {}): Promise<KiteSimulator> {
  const sim = await simulator(options);
  sim.pause();
  return sim;
}

describe('admission', () => {
  test('wrong or missing credentials get 403 and a TokenException', async () => {
    const sim = await simulator();
    for (const query of ['', '?api_key=demo', '?api_key=demo&access_token=old']) {
      const { status, body } = await refusal(`${sim.url}/${query}`);
      expect(status).toBe(403);
      expect(body).toMatchObject({ status: 'error', error_type: 'TokenException' });
    }
    expect(sim.stats()).toMatchObject({ refused: 3, accepted: 0, connections: 0 });
  });

  test('the fourth connection of an API key is refused, those of another key are not', async () => {
    const sim = await simulator({
      credentials: [
        { apiKey: 'demo', accessToken: 'demo' },
        { apiKey: 'other', accessToken: 'x' },
      ],
    });
    for (let i = 0; i < 3; i++) await Client.connect(sim);
    const refused = once(sim, 'refused');
    expect((await refusal(`${sim.url}/?api_key=demo&access_token=demo`)).status).toBe(429);
    expect(await refused).toMatchObject([{ status: 429, apiKey: 'demo' }]);
    await Client.connect(sim, 'other', 'x');
    expect(sim.stats().connections).toBe(4);
  });

  test('credentials can be replaced while it runs', async () => {
    const sim = await simulator();
    await Client.connect(sim);
    sim.acceptCredentials([{ apiKey: 'demo', accessToken: 'tomorrow' }]);
    expect((await refusal(`${sim.url}/?api_key=demo&access_token=demo`)).status).toBe(403);
    await Client.connect(sim, 'demo', 'tomorrow');
    expect(sim.stats().connections).toBe(2);
  });

  test('what is no WebSocket gets 426', async () => {
    const sim = await simulator();
    expect((await fetch(sim.url.replace('ws', 'http'))).status).toBe(426);
  });
});

describe('subscriptions', () => {
  test('a fresh subscription is in quote mode until a mode message, and both send a snapshot', async () => {
    const sim = await paused();
    const client = await Client.connect(sim);
    await client.subscribe(sim, [NIFTY, INFY]);
    await client.until(({ packets }) => packets.length === 2);
    expect(client.packets.map(({ bytes }) => bytes.length)).toEqual([28, 44]);
    await client.request(sim, { a: 'mode', v: ['full', [INFY]] }, { a: 'mode', v: ['ltp', [NIFTY]] });
    await client.until(({ packets }) => packets.length === 4);
    expect(client.packets.slice(2).map(({ bytes }) => bytes.length)).toEqual([184, 8]);
    expect(sim.stats()).toMatchObject({ snapshotsSent: 4, ticksSent: 0 });
    expect(sim.subscriptions()).toEqual([
      {
        id: 1,
        apiKey: 'demo',
        subscriptions: new Map([
          [NIFTY, 'ltp'],
          [INFY, 'full'],
        ]),
      },
    ]);
  });

  test('tokens may be strings, and of no universe: they tick if their segment is known', async () => {
    const sim = await paused();
    const client = await Client.connect(sim);
    const stranger = ((16_000_000 << 8) | 2) >>> 0;
    const unknownSegment = 99 * 256 + 77;
    await client.request(sim, { a: 'subscribe', v: [String(INFY), stranger, unknownSegment] });
    await client.until(({ packets }) => packets.length === 2);
    expect(client.packets.map(({ token }) => token)).toEqual([INFY, stranger]);
    expect(sim.subscriptions()[0]?.subscriptions.size).toBe(3);
  });

  test('an unsubscribed instrument ticks no more', async () => {
    const sim = await paused({ tickLimit: 50 });
    const client = await Client.connect(sim);
    await client.subscribe(sim, [INFY, RELIANCE]);
    await client.request(sim, { a: 'unsubscribe', v: [INFY] });
    sim.resume();
    await client.until(({ packets }) => packets.length === 52);
    expect(new Set(client.packets.slice(2).map(({ token }) => token))).toEqual(new Set([RELIANCE]));
  });

  test('instruments past the limit of a connection are left out, with an error text', async () => {
    const sim = await paused();
    const client = await Client.connect(sim);
    await client.subscribe(sim, sim.instrumentTokens.subarray(0, 3_010));
    await client.until(({ texts }) => texts.length === 1);
    const { type, data } = JSON.parse(client.texts[0]!);
    expect(type).toBe('error');
    expect(data).toMatch(/10 instruments .* 3000/);
    expect(sim.stats().subscriptions).toBe(3_000);
    await client.until(({ packets }) => packets.length === 3_000);
  });

  test('messages that make no sense get an error text, are counted, and the connection stays', async () => {
    const sim = await paused();
    const client = await Client.connect(sim);
    const messages = [
      'no JSON',
      'null',
      '{"a":"dance","v":[]}',
      '{"a":"subscribe","v":5}',
      '{"a":"subscribe","v":[1.5]}',
      '{"a":"mode","v":["deep",[1]]}',
      Buffer.from([1, 2, 3]),
    ];
    for (const message of messages) client.socket.send(message);
    await client.until(({ texts }) => texts.length === messages.length);
    expect(client.texts.every((text) => JSON.parse(text).type === 'error')).toBe(true);
    expect(sim.stats()).toMatchObject({
      rejectedMessages: messages.length,
      connections: 1,
      subscriptions: 0,
    });
  });
});

describe('what it sends', () => {
  test('an idle connection gets heartbeats of one byte', async () => {
    const sim = await simulator({ heartbeatInterval: 10 });
    const client = await Client.connect(sim);
    await client.until(({ heartbeats }) => heartbeats >= 3);
    expect(sim.stats().heartbeatsSent).toBeGreaterThanOrEqual(3);
  });

  test('a pause stops ticks but not heartbeats, silence stops both', async () => {
    const sim = await paused({ heartbeatInterval: 10, rate: Number.POSITIVE_INFINITY });
    const client = await Client.connect(sim);
    await client.subscribe(sim, [INFY]);
    await client.until(({ heartbeats }) => heartbeats >= 2);
    expect(sim.stats().ticksSent).toBe(0);

    sim.silence(true);
    sim.resume();
    sim.sendError('not heard');
    const { bytesSent } = sim.stats();
    // A second connection does hear that time goes by: it is let in, and let go.
    const witness = await Client.connect(sim);
    witness.socket.close();
    await once(sim, 'disconnect');
    expect(sim.stats()).toMatchObject({ bytesSent, connections: 1 });
    sim.silence(false);
    await client.until(({ packets }) => packets.length > 10);
    expect(client.texts).toEqual([]);
  });

  test('texts and raw frames go to all, or to the chosen', async () => {
    const sim = await simulator({ heartbeatInterval: 60_000 });
    const [first, second] = [await Client.connect(sim), await Client.connect(sim)];
    sim.sendOrder({ order_id: '1', status: 'COMPLETE' });
    sim.sendError('wrong');
    sim.sendMessage('hello', { connection: 2 });
    sim.sendText('{broken', { apiKey: 'nobody' });
    sim.sendFrame(Buffer.from([0, 1, 0, 8]), { connection: 1 });
    await first.until(({ frames }) => frames.length === 1);
    await second.until(({ texts }) => texts.length === 3);
    expect(first.frames[0]).toEqual(Buffer.from([0, 1, 0, 8]));
    expect(first.texts.map((text) => JSON.parse(text))).toEqual([
      { type: 'order', data: { order_id: '1', status: 'COMPLETE' } },
      { type: 'error', data: 'wrong' },
    ]);
    expect(JSON.parse(second.texts[2]!)).toEqual({ type: 'message', data: 'hello' });
  });

  test('the same seed and subscriptions give the same bytes over the wire', async () => {
    const runs: Buffer[] = [];
    for (let run = 0; run < 2; run++) {
      const options = { seed: 9, startTime: 1_700_000_000_000, tickLimit: 12_345, packetsPerFrame: 70 };
      const sim = await paused({ ...options, rate: Number.POSITIVE_INFINITY });
      const client = await Client.connect(sim);
      await client.subscribe(sim, sim.instrumentTokens.subarray(0, 1_000), 'full');
      sim.resume();
      await client.until(() => sim.stats().ticksSent === 12_345);
      await client.until(({ frames }) => frames.length === sim.stats().framesSent);
      expect(client.frames.every((frame) => frame.readUInt16BE(0) <= 70)).toBe(true);
      runs.push(Buffer.concat(client.frames));
    }
    expect(runs[0]!.equals(runs[1]!)).toBe(true);
  });
});

describe('every packet that it says it sent arrives once and in order', () => {
  for (const [name, options] of [
    ['at a paced rate', { rate: 200_000, tickLimit: 50_000 }],
    ['as fast as the sockets take', { rate: Number.POSITIVE_INFINITY, tickLimit: 200_000 }],
  ] as const) {
    test(`${name}, by the audit`, async () => {
      const sim = await simulator({ ...options, audit: true });
      const finished = once(sim, 'finished');
      const clients = [await Client.connect(sim), await Client.connect(sim)];
      await clients[0]!.subscribe(sim, sim.instrumentTokens.subarray(0, 500), 'full');
      await clients[1]!.subscribe(sim, sim.instrumentTokens.subarray(500, 1_500));
      expect(await finished).toEqual([{ ticks: options.tickLimit }]);
      const { packetsSent, ticksSent, snapshotsSent } = sim.stats();
      expect(ticksSent).toBe(options.tickLimit);
      expect(packetsSent).toBe(ticksSent + snapshotsSent);
      await until(() => sim.stats().framesSent === clients[0]!.frames.length + clients[1]!.frames.length);

      const received = new Map<string, { packets: number; hash: number }>();
      for (const [i, client] of clients.entries()) {
        for (const { token, bytes } of client.packets) {
          const key = `${i + 1}:${token}`;
          const { packets, hash } = received.get(key) ?? { packets: 0, hash: FNV1A_START };
          received.set(key, { packets: packets + 1, hash: fnv1a(hash, bytes) });
        }
      }
      const sent = sim
        .audit()
        .map(
          ({ connection, token, packets, hash }) => [`${connection}:${token}`, { packets, hash }] as const,
        );
      expect(received).toEqual(new Map(sent));
    });
  }

  test('without an audit too, where neighbours are copied together', async () => {
    const sim = await paused({ rate: Number.POSITIVE_INFINITY, tickLimit: 30_000 });
    const client = await Client.connect(sim);
    const tokens = [...sim.instrumentTokens.subarray(0, 700)];
    await client.subscribe(sim, tokens, 'full');
    const quotes = tokens.filter((_, i) => i % 50 === 0);
    await client.request(sim, { a: 'mode', v: ['quote', quotes] }, { a: 'unsubscribe', v: [tokens[333]] });
    const streaming = tokens.filter((_, i) => i !== 333);
    sim.resume();
    await once(sim, 'finished');
    await client.until(({ frames }) => frames.length === sim.stats().framesSent);
    const ticks = client.packets.slice(sim.stats().snapshotsSent);
    expect(ticks.map(({ token }) => token)).toEqual(
      Array.from({ length: 30_000 }, (_, i) => streaming[i % streaming.length]),
    );
    const infy = ticks.filter(({ token }) => token === INFY).map(({ bytes }) => bytes);
    const steps = infy.slice(1).map((b, i) => b.readUInt32BE(16) - infy[i]!.readUInt32BE(16));
    expect(steps).toEqual(infy.slice(1).map((bytes) => bytes.readUInt32BE(8)));
  });
});

describe('a client that does not read', () => {
  for (const rate of [2_000_000, Number.POSITIVE_INFINITY]) {
    test(`costs bounded memory and loses nothing, at a rate of ${rate}`, async () => {
      const sim = await paused({ rate, heartbeatInterval: 5 });
      const [slow, quick] = [await Client.connect(sim), await Client.connect(sim)];
      await slow.subscribe(sim, sim.instrumentTokens.subarray(0, 1_000), 'full');
      await slow.until(({ packets }) => packets.length === 2_000);
      slow.socket.pause();
      sim.resume();
      await until(() => sim.stats().bufferedBytes > 100_000);
      // The other connection goes on: that is how we know that the simulator had its turns, and kept its bound.
      await quick.subscribe(sim, [INFY], 'ltp');
      await quick.until(({ frames }) => frames.length > 100);
      expect(sim.stats().bufferedBytes).toBeLessThan(1.1 * 1024 * 1024);
      if (rate < Number.POSITIVE_INFINITY) expect(sim.stats().delayed).toBeGreaterThan(0);

      sim.pause();
      slow.socket.resume();
      await until(() => slow.frames.length + quick.frames.length === sim.stats().framesSent);
      expect(slow.packets.length + quick.packets.length).toBe(sim.stats().packetsSent);
    });
  }

  test('gets the snapshots of all its subscriptions once it reads', async () => {
    const sim = await paused({ packetsPerFrame: 10 });
    const client = await Client.connect(sim);
    client.socket.pause();
    await client.subscribe(sim, sim.instrumentTokens.subarray(0, 3_000), 'full');
    client.socket.resume();
    await client.until(({ packets }) => packets.filter(({ bytes }) => bytes.length !== 44).length >= 3_000);
    expect(new Set(client.packets.map(({ token }) => token)).size).toBe(3_000);
  });
});

describe('the end of connections', () => {
  test('disconnect drops them as a fault would, or with a close code', async () => {
    const sim = await simulator();
    const [first, second] = [await Client.connect(sim), await Client.connect(sim)];
    const closed = once(first.socket, 'close');
    sim.disconnect(undefined, { connection: 1 });
    expect((await closed)[0]).toBe(1006);
    const politely = once(second.socket, 'close');
    sim.disconnect(4001);
    expect((await politely)[0]).toBe(4001);
    expect(() => sim.disconnect(1006)).toThrow(/close code/);
    await until(() => sim.stats().connections === 0);
  });

  test('the server forgets the subscriptions of a connection that ended', async () => {
    const sim = await paused();
    const client = await Client.connect(sim);
    await client.subscribe(sim, [INFY]);
    const gone = once(sim, 'disconnect');
    client.socket.terminate();
    expect(await gone).toMatchObject([{ id: 1, apiKey: 'demo' }]);
    await Client.connect(sim);
    expect(sim.subscriptions()).toEqual([{ id: 2, apiKey: 'demo', subscriptions: new Map() }]);
  });

  test('close is idempotent, also before listen, and works under load', async () => {
    await new KiteSimulator({ instruments: 10 }).close();
    const sim = await simulator({ rate: Number.POSITIVE_INFINITY });
    const client = await Client.connect(sim);
    await client.subscribe(sim, sim.instrumentTokens.subarray(0, 100), 'full');
    const closed = once(client.socket, 'close');
    await Promise.all([sim.close(), sim.close()]);
    await sim[Symbol.asyncDispose]();
    await closed;
    expect(() => sim.url).toThrow(/listen/);
  });
});

test('options out of range are refused', () => {
  for (const options of [{ rate: -1 }, { rate: Number.NaN }, { packetsPerFrame: 0 }, { port: 70_000 }]) {
    expect(() => new KiteSimulator(options)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }) as Error,
    );
  }
});
