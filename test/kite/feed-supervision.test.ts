import { AuthenticationError, ConnectionError, FrameTooLargeError, KiteFeed } from 'tickring';
import { KiteSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { Client, until } from '../sim/client.ts';
import {
  AT_ONCE,
  feedOf,
  happens,
  INFY,
  inStep,
  quietSimulator,
  readUntil,
  recordChanges,
  rejection,
  SBIN,
  simulator,
  streamed,
  when,
} from '../support/feed.ts';
import { binaryFrame, ltpFrame, RawServer, upgradeAnswer } from '../support/feed-server.ts';
import { quietPort } from '../support/quiet-port.ts';

test('a server that is restarted is found again', async () => {
  const port = await quietPort();
  const first = await quietSimulator({ port });
  await using feed = feedOf(first, { connections: 2 });
  using reader = feed.reader();
  feed.subscribe([INFY, SBIN], 'full');
  await feed.start();
  await inStep(first, feed);
  const down = new Set<number>();
  const bothRetry = happens(feed, 'retry', ({ connection }) => down.add(connection).size === 2);
  await first.close();
  await bothRetry;
  expect(feed.health()).toMatchObject({ status: 'down' });
  expect(feed.health().reasons).toHaveLength(2);
  await using second = new KiteSimulator({ port, instruments: 100 });
  second.pause();
  await second.listen();
  await when(second, 'subscription', () => second.stats().subscriptions === 2);
  await inStep(second, feed);
  await readUntil(reader, (tick) => tick.epoch === 2);
  expect(feed.health()).toMatchObject({ status: 'ok', reasons: [] });
});

test('a server that closes with a code is taken for lost, and the code is told', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim);
  feed.subscribe([INFY]);
  await feed.start();
  await inStep(sim, feed);
  const failed = happens(feed, 'error');
  sim.disconnect(4001);
  const [error, origin] = await failed;
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error.message).toContain('code 4001');
  expect(origin).toEqual({ connection: 0, account: 'default' });
  await when(sim, 'subscription', () => sim.stats().accepted === 2);
});

describe('credentials that are refused', () => {
  test('close the connection with an authentication error, and are not tried again', async () => {
    await using sim = await simulator();
    await using feed = feedOf(sim, { accessToken: 'yesterday' });
    const changes = recordChanges(feed);
    const told = happens(feed, 'error');
    const unplaced = happens(feed, 'unplaced');
    feed.subscribe([INFY, SBIN]);
    await feed.start();
    const error = await rejection(feed.ready());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ code: 'ERR_TICKRING_AUTH', message: expect.stringContaining('HTTP 403') });
    expect((await told)[0]).toBe(error);
    expect(await unplaced).toMatchObject([{ account: 'default', instruments: [INFY, SBIN] }]);
    // The other two connections took its instruments, and were tried once each.
    expect(changes.filter(({ cause }) => cause === 'credentials-refused')).toHaveLength(3);
    expect(changes.filter(({ cause }) => cause === 'retry')).toEqual([]);
    expect(feed.states).toEqual(['closed', 'closed', 'closed']);
    expect(sim.stats()).toMatchObject({ refused: 3, accepted: 0 });
    expect(feed.state).toBe('closed');
    expect(feed.health().status).toBe('down');
  });

  test('are asked for once more when a function gives them', async () => {
    await using sim = await simulator({ credentials: [{ apiKey: 'demo', accessToken: 'today' }] });
    const asked: { account: string; refused: boolean }[] = [];
    await using feed = feedOf(sim, {
      accessToken: async (context) => {
        asked.push(context);
        return context.refused ? 'today' : 'yesterday';
      },
    });
    const changes = recordChanges(feed);
    feed.subscribe([INFY]);
    await feed.start();
    await feed.ready();
    expect(asked).toEqual([
      { account: 'default', refused: false },
      { account: 'default', refused: true },
    ]);
    expect(changes.map(({ cause }) => cause)).toEqual([
      'start',
      'credentials-expired',
      'retry',
      'socket-open',
      'authenticated',
      'subscriptions-sent',
    ]);
  });

  test('by a function that has no better ones close the connection', async () => {
    await using sim = await simulator();
    let asked = 0;
    await using feed = feedOf(sim, {
      connections: 1,
      accessToken: () => {
        asked += 1;
        return `wrong ${asked}`;
      },
    });
    feed.subscribe([INFY]);
    await feed.start();
    expect(await rejection(feed.ready())).toBeInstanceOf(AuthenticationError);
    expect(asked).toBe(2);
    expect(sim.stats().refused).toBe(2);
  });

  test('can be replaced while the feed runs: the connection is opened again', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { connections: 1, accessToken: 'yesterday' });
    feed.subscribe([INFY], 'full');
    await feed.start();
    await rejection(feed.ready());
    expect(feed.subscriptions()).toMatchObject([{ instrumentToken: INFY, connection: undefined }]);
    feed.updateCredentials('default', { accessToken: 'demo' });
    await feed.ready();
    await inStep(sim, feed);
    expect(streamed(sim)).toEqual([{ apiKey: 'demo', modes: [[INFY, 'full']] }]);
  });

  test('can be replaced by whoever is told of it', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { connections: 1, accessToken: 'yesterday' });
    feed.on('state', ({ cause }) => {
      if (cause === 'credentials-refused') feed.updateCredentials('default', { accessToken: 'demo' });
    });
    feed.subscribe([INFY]);
    await feed.start();
    await feed.ready();
    await inStep(sim, feed);
    expect(streamed(sim)).toEqual([{ apiKey: 'demo', modes: [[INFY, 'quote']] }]);
  });

  test('after a day of streaming are an authentication error too', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { connections: 1 });
    feed.subscribe([INFY]);
    await feed.start();
    await inStep(sim, feed);
    sim.acceptCredentials([{ apiKey: 'demo', accessToken: 'tomorrow' }]);
    const refused = happens(feed, 'error', (error) => error instanceof AuthenticationError);
    sim.disconnect();
    await refused;
    expect(feed.state).toBe('closed');
    feed.updateCredentials('default', { accessToken: 'tomorrow' });
    await feed.ready();
    expect(feed.health().connections).toMatchObject([{ epoch: 2, instruments: 1 }]);
  });

  test('for an account that there is not cannot be replaced', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim);
    expect(() => feed.updateCredentials('z', { accessToken: 'x' })).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT', message: expect.stringContaining('default') }),
    );
    expect(() => feed.updateCredentials('default', { accessToken: '' })).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }),
    );
  });
});

test('a provider that fails is asked again, and what it threw is the cause', async () => {
  await using sim = await quietSimulator();
  const failure = new Error('the vault is shut');
  let asked = 0;
  await using feed = feedOf(sim, {
    accessToken: () => {
      asked += 1;
      if (asked === 1) throw failure;
      return 'demo';
    },
  });
  const failed = happens(feed, 'error');
  feed.subscribe([INFY]);
  await feed.start();
  await feed.ready();
  expect((await failed)[0]).toMatchObject({ code: 'ERR_TICKRING_CONNECTION', cause: failure });
  expect(asked).toBe(2);
});

test('a server that falls silent is taken for half open, and left for a new connection', async () => {
  await using sim = await simulator({ heartbeatInterval: 50 });
  await using feed = feedOf(sim, { readTimeout: 400 });
  using reader = feed.reader();
  feed.subscribe([INFY]);
  await feed.start();
  await readUntil(reader, (tick) => tick.epoch === 1);
  const silent = happens(feed, 'state', ({ cause }) => cause === 'silent');
  const failed = happens(feed, 'error', ({ message }) => message.includes('nothing was heard for 400 ms'));
  sim.silence(true);
  expect(await silent).toMatchObject([{ from: 'subscribed', to: 'degraded' }]);
  await failed;
  sim.silence(false);
  await readUntil(reader, (tick) => tick.epoch > 1);
});

test('a quiet market is not taken for a dead connection: heartbeats count', async () => {
  await using sim = await quietSimulator({ heartbeatInterval: 20 });
  await using feed = feedOf(sim, { readTimeout: 500 });
  const changes = recordChanges(feed);
  feed.subscribe([INFY]);
  await feed.start();
  await inStep(sim, feed);
  // Longer than the time-out, by the server's clock.
  await until(() => feed.stats().heartbeats >= 50);
  expect(changes.map(({ cause }) => cause)).not.toContain('silent');
});

describe('a connection that is refused for good', () => {
  test('gives up after the attempts that it has, and its instruments move to the others', async () => {
    await using sim = await quietSimulator({ maxConnections: 2 });
    await using feed = feedOf(sim, { connections: 3, reconnect: { ...AT_ONCE, maxAttempts: 2 } });
    const retries: number[] = [];
    feed.on('retry', ({ attempt }) => retries.push(attempt));
    const tokens = [...sim.instrumentTokens].slice(0, 30);
    feed.subscribe(tokens, 'full');
    const gaveUp = happens(feed, 'gave-up');
    await feed.start();
    const [{ connection, error }] = await gaveUp;
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error?.message).toContain('HTTP 429');
    expect(retries).toEqual([1, 2]);
    expect(sim.stats().refused).toBe(3);
    expect(feed.states[connection]).toBe('disconnected');
    await inStep(sim, feed);
    expect(streamed(sim).map(({ modes }) => modes.length)).toEqual([15, 15]);
    expect(feed.health().status).toBe('degraded');
    expect(feed.health().reasons).toEqual([
      `connection ${connection} of account 'default' is disconnected: ${error?.message}`,
    ]);
  });

  test('has instruments without room reported by name, and takes them again when it is started again', async () => {
    await using sim = await quietSimulator();
    // Somebody else holds one of the three connections of this API key.
    const other = await Client.connect(sim);
    await using feed = feedOf(sim, { connections: 3, reconnect: { ...AT_ONCE, maxAttempts: 1 } });
    const tokens = [
      ...new Set(sim.instrumentTokens),
      ...Array.from({ length: 8_000 }, (_, n) => (n + 1) << 9),
    ];
    const nine = [...new Set(tokens)].slice(0, 9_000);
    feed.subscribe(nine, 'ltp');
    const unplaced = happens(feed, 'unplaced');
    await feed.start();
    const [{ connection, instruments }] = await unplaced;
    expect(instruments).toHaveLength(3_000);
    const homeless = feed.subscriptions().filter(({ account }) => account === undefined);
    expect(homeless.map(({ instrumentToken }) => instrumentToken).sort()).toEqual([...instruments].sort());
    expect(homeless[0]).toMatchObject({ status: 'pending', connection: undefined });
    expect(feed.health().reasons).toContain('3000 instruments have no connection with room');
    expect(await rejection(feed.ready())).toBeInstanceOf(ConnectionError);
    other.socket.terminate();
    await when(sim, 'disconnect', () => sim.stats().connections === 2);
    await feed.start();
    await feed.ready();
    await inStep(sim, feed);
    expect(streamed(sim).map(({ modes }) => modes.length)).toEqual([3_000, 3_000, 3_000]);
    expect(feed.subscriptions().filter((wanted) => wanted.connection === connection)).toHaveLength(3_000);
    expect(feed.health().status).toBe('ok');
  });

  test('starts again from the listener that is told of it', async () => {
    await using sim = await quietSimulator({ maxConnections: 0 });
    await using feed = feedOf(sim, { connections: 1, reconnect: { ...AT_ONCE, maxAttempts: 1 } });
    let times = 0;
    const thrice = new Promise<void>((resolve) => {
      feed.on('gave-up', () => {
        times += 1;
        if (times === 3) resolve();
        else void feed.start();
      });
    });
    feed.subscribe([INFY]);
    await feed.start();
    await thrice;
    expect(sim.stats().refused).toBe(6);
    expect(feed.subscriptions()).toMatchObject([{ connection: undefined }]);
  });
});

describe('attempts', () => {
  test('are counted until data has come, not until the socket is open', async () => {
    // Takes every connection, and drops it as soon as it is open.
    await using server = await RawServer.listen((socket, head) => socket.end(upgradeAnswer(head)));
    await using feed = new KiteFeed({
      url: server.url,
      apiKey: 'demo',
      accessToken: 'demo',
      connections: 1,
      reconnect: { ...AT_ONCE, maxAttempts: 3 },
    });
    const changes = recordChanges(feed);
    const gaveUp = happens(feed, 'gave-up');
    await feed.start();
    await gaveUp;
    expect(changes.filter(({ cause }) => cause === 'socket-open')).toHaveLength(4);
  });

  test('begin at 1 again after data has come', async () => {
    await using sim = await simulator();
    await using feed = feedOf(sim, { connections: 1, reconnect: { ...AT_ONCE, maxAttempts: 1 } });
    using reader = feed.reader();
    const attempts: number[] = [];
    feed.on('retry', ({ attempt }) => attempts.push(attempt));
    feed.subscribe([INFY]);
    await feed.start();
    for (let epoch = 1; epoch <= 3; epoch++) {
      await readUntil(reader, (tick) => tick.epoch === epoch);
      sim.disconnect();
    }
    await readUntil(reader, (tick) => tick.epoch === 4);
    expect(attempts).toEqual([1, 1, 1]);
  });
});

test('a socket that ends in the middle of a frame leaves no tick of it behind', async () => {
  const frame = binaryFrame(ltpFrame(INFY, 200));
  let cut = () => {};
  await using server = await RawServer.listen((socket, head, nth) => {
    socket.write(upgradeAnswer(head));
    socket.write(binaryFrame(ltpFrame(INFY, 100 + nth)));
    // A whole frame's head, and half of what it announces.
    cut = () => socket.end(frame.subarray(0, 9));
  });
  await using feed = new KiteFeed({
    url: server.url,
    apiKey: 'demo',
    accessToken: 'demo',
    connections: 1,
    reconnect: AT_ONCE,
  });
  using reader = feed.reader();
  await feed.start();
  const ticks: string[] = [];
  const read = (epoch: number) =>
    readUntil(reader, (tick) => {
      ticks.push(`${tick.rawLastPrice} in epoch ${tick.epoch}`);
      return tick.epoch === epoch;
    });
  await read(1);
  const lost = happens(feed, 'state', ({ cause }) => cause === 'socket-lost');
  cut();
  await lost;
  await read(2);
  expect(ticks).toEqual(['100 in epoch 1', '101 in epoch 2']);
  // This server knows no closing handshake.
  await feed.close({ deadline: 1 });
  expect(feed.stats()).toMatchObject({ records: 2, rejected: 0, frames: 2 });
});

test('a frame that the ring can never hold is counted and reported, and the connection is opened anew', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { connections: 1, frameRingBytes: 2 ** 16 });
  using reader = feed.reader();
  feed.subscribe([INFY]);
  await feed.start();
  await readUntil(reader, (tick) => tick.epoch === 1);
  const failed = happens(feed, 'error');
  sim.sendFrame(new Uint8Array(2 ** 15));
  const [error] = await failed;
  expect(error).toBeInstanceOf(FrameTooLargeError);
  expect(error).toMatchObject({ code: 'ERR_TICKRING_FRAME_TOO_LARGE', limit: 2 ** 15 - 32 });
  await readUntil(reader, (tick) => tick.epoch === 2);
  expect(feed.stats()).toMatchObject({ framesTooLarge: 1, rejected: 0 });
});

test('a service that does not answer the upgrade in time is given up on', async () => {
  await using server = await RawServer.listen(() => {});
  await using feed = new KiteFeed({
    url: server.url,
    apiKey: 'demo',
    accessToken: 'demo',
    connections: 1,
    handshakeTimeout: 30,
    reconnect: { ...AT_ONCE, maxAttempts: 1 },
  });
  const gaveUp = happens(feed, 'gave-up');
  await feed.start();
  const [{ error }] = await gaveUp;
  expect(error).toMatchObject({ code: 'ERR_TICKRING_CONNECTION' });
});
