import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { MessageChannel, Worker } from 'node:worker_threads';
import {
  AbortedError,
  ArgumentError,
  AuthenticationError,
  CapacityError,
  ClosedError,
  ConnectionError,
  FrameTooLargeError,
  KiteFeed,
  type KiteFeedEvents,
  ServiceError,
} from 'tickring';
import { describe, expect, test } from 'vitest';
import { until } from '../sim/client.ts';
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
  wanted,
  when,
} from '../support/feed.ts';
import { ErrorPacker, FeedMemory, IoHost, unpackError } from '../support/feed-internals.ts';
import { Audit } from '../support/threads/feed-audit.js';

const CHILD = fileURLToPath(new URL('../support/threads/feed-child.js', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const thread = (name: string) => new URL(`../support/threads/${name}.js`, import.meta.url);

describe.each(['main', 'worker'] as const)("with io: '%s'", (io) => {
  test('every tick that was sent is read once and in order, byte for byte', async () => {
    await using sim = await simulator({
      audit: true,
      tickLimit: 30_000,
      rate: Number.POSITIVE_INFINITY,
      instruments: 600,
    });
    await using feed = feedOf(sim, { io, connections: 2 });
    using reader = feed.reader({ kind: 'gating' });
    feed.subscribe(sim.instrumentTokens, 'full');
    const finished = new Promise((resolve) => sim.once('finished', resolve));
    await feed.start();
    const audit = new Audit();
    // One connection may have had all of the ticks before the other one has asked for its snapshots.
    const complete = () => JSON.stringify(streamed(sim)) === JSON.stringify(wanted(feed));
    const done = readUntil(reader, (tick) => {
      audit.add(tick);
      const { packetsSent, ticksSent } = sim.stats();
      return audit.packets === packetsSent && ticksSent === 30_000 && complete();
    });
    await finished;
    await done;
    const sent = sim.audit().filter(({ packets }) => packets > 0);
    expect(audit.entries()).toEqual(
      sent.map(({ token, packets, hash }) => ({ token, packets, hash })).sort((a, b) => a.token - b.token),
    );
    expect(audit.gaps).toBe(0);
    await feed.close();
    expect(feed.stats()).toMatchObject({ records: audit.packets, rejected: 0, framesDropped: 0 });
  });

  test('subscriptions and modes are restored after a reconnect, also what was changed meanwhile', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { io, connections: 2 });
    const tokens = [...sim.instrumentTokens].slice(0, 30);
    feed.subscribe(tokens, 'full');
    await feed.start();
    await inStep(sim, feed);
    const lost = happens(feed, 'state', ({ cause }) => cause === 'socket-lost');
    sim.disconnect();
    await lost;
    expect(feed.subscriptions().some(({ status }) => status === 'pending')).toBe(true);
    feed.unsubscribe([tokens[0]!]);
    feed.setMode('ltp', [tokens[1]!]);
    await when(sim, 'connection', () => sim.stats().accepted === 4);
    await inStep(sim, feed);
    await until(() => feed.health().status === 'ok');
    expect(feed.health().connections).toMatchObject([{ reconnects: 1 }, { reconnects: 1 }]);
    expect(feed.subscriptions()).toHaveLength(29);
    await until(() => feed.subscriptions().every(({ status }) => status === 'live'));
    expect(streamed(sim).flatMap(({ modes }) => modes)).toContainEqual([tokens[1], 'ltp']);
  });

  test('refused credentials are an authentication error, and can be replaced', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { io, connections: 1, accessToken: 'yesterday' });
    const told = happens(feed, 'error');
    const unplaced = happens(feed, 'unplaced');
    feed.subscribe([INFY, SBIN], 'full');
    await feed.start();
    const error = await rejection(feed.ready());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ code: 'ERR_TICKRING_AUTH', name: 'AuthenticationError' });
    expect((error as Error).message).toContain('HTTP 403');
    expect((await told)[0]).toBe(error);
    expect(await unplaced).toMatchObject([{ connection: 0, instruments: [INFY, SBIN] }]);
    expect(feed.subscriptions()).toMatchObject([{ connection: undefined }, { connection: undefined }]);
    expect(() => feed.subscribe([INFY + 256])).toThrow(CapacityError);
    feed.updateCredentials('default', { accessToken: 'demo' });
    await feed.ready();
    await inStep(sim, feed);
    expect(feed.states).toEqual(['subscribed']);
  });

  test('a token provider is called on this thread, and what it throws is the cause', async () => {
    await using sim = await quietSimulator({ credentials: [{ apiKey: 'demo', accessToken: 'today' }] });
    const failure = Object.assign(new Error('the vault is shut'), { shelf: {} });
    const asked: boolean[] = [];
    await using feed = feedOf(sim, {
      io,
      connections: 1,
      accessToken: async ({ refused }) => {
        asked.push(refused);
        if (asked.length === 1) throw failure;
        return refused ? 'today' : 'yesterday';
      },
    });
    const failed = happens(feed, 'error');
    await feed.start();
    await feed.ready();
    expect((await failed)[0]).toBeInstanceOf(ConnectionError);
    expect((await failed)[0].cause).toBe(failure);
    expect(asked).toEqual([false, false, true]);
  });

  test('what does not fit is refused at once, and changes nothing', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { io, connections: 2, instrumentsPerConnection: 5 });
    const tokens = [...sim.instrumentTokens].slice(0, 11);
    feed.subscribe(tokens.slice(0, 6));
    expect(() => feed.subscribe(tokens)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_CAPACITY', requested: 11, capacity: 10 }),
    );
    await feed.start();
    await feed.ready();
    expect(() => feed.subscribe(tokens)).toThrow(CapacityError);
    feed.subscribe(tokens.slice(0, 10));
    expect(() => feed.subscribe(tokens)).toThrow(CapacityError);
    expect(feed.setMode('full', tokens)).toEqual([tokens[10]]);
    await inStep(sim, feed);
    expect(feed.health().connections.map(({ instruments }) => instruments)).toEqual([5, 5]);
  });

  test('text messages are events', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { io, connections: 1 });
    await feed.start();
    await feed.ready();
    const order = { order_id: '1', status: 'COMPLETE', tag: '₹', nested: { packed: { id: 1 } } };
    const ordered = happens(feed, 'order');
    sim.sendOrder(order);
    expect(await ordered).toEqual([order, { connection: 0, account: 'default' }]);
    const told = happens(feed, 'message');
    sim.sendMessage({ packed: null, error: 'no error' });
    expect((await told)[0]).toEqual({ packed: null, error: 'no error' });
    const failed = happens(feed, 'error');
    sim.sendError('Too many subscriptions.');
    expect((await failed)[0]).toBeInstanceOf(ServiceError);
    sim.sendText('no message');
    await happens(feed, 'error');
    expect(feed.stats()).toMatchObject({ malformedTexts: 1, textFrames: 4 });
  });

  test('changes within one turn are sent in few messages', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { io });
    const messages: string[] = [];
    sim.on('subscription', ({ action }) => messages.push(action));
    await feed.start();
    for (const token of sim.instrumentTokens.slice(0, 50)) feed.subscribe([token], 'full');
    await inStep(sim, feed);
    for (const token of sim.instrumentTokens.slice(10, 50)) {
      feed.setMode('ltp', [token]);
      feed.unsubscribe([token]);
    }
    await inStep(sim, feed);
    expect(messages).toEqual(['subscribe', 'mode', 'unsubscribe']);
  });

  test('waiting ends with an AbortSignal, and so does the feed that was made with one', async () => {
    await using sim = await quietSimulator();
    const abort = new AbortController();
    await using feed = feedOf(sim, { io, signal: abort.signal });
    const waiting = new AbortController();
    const ready = rejection(feed.ready({ signal: waiting.signal }));
    waiting.abort();
    expect(await ready).toBeInstanceOf(AbortedError);
    feed.subscribe([INFY]);
    await feed.start();
    await inStep(sim, feed);
    const closed = happens(feed, 'closed');
    abort.abort();
    expect(feed.state).toBe('closed');
    await closed;
    expect(sim.stats().connections).toBe(0);
    expect(feed.states[0]).toBe('closed');
    expect(await rejection(feed.start())).toBeInstanceOf(ClosedError);
    expect(await rejection(feed.ready())).toBeInstanceOf(ClosedError);
  });

  test('credentials are in no event, no error and nothing else that is shown', async () => {
    const secrets = ['kEy-7Q(2', 'tOken-1+/=&é', 'tOken-2%25'];
    await using sim = await quietSimulator({
      credentials: [{ apiKey: secrets[0]!, accessToken: secrets[1]! }],
    });
    let token = 2;
    await using feed = feedOf(sim, {
      io,
      connections: 1,
      apiKey: secrets[0]!,
      accessToken: () => secrets[token]!,
    });
    const shown: string[] = [];
    const names: (keyof KiteFeedEvents)[] = ['state', 'error', 'retry', 'gave-up', 'unplaced', 'closed'];
    for (const name of names) {
      feed.on(name, (...values: unknown[]) => {
        for (const value of [...values, feed, feed.health(), feed.handle.accounts])
          shown.push(inspect(value, { depth: 9, showHidden: true }), JSON.stringify(value) ?? '');
      });
    }
    await feed.start();
    await rejection(feed.ready());
    token = 1;
    await feed.start();
    await feed.ready();
    const lost = happens(feed, 'retry');
    sim.disconnect(4000);
    await lost;
    await feed.close();
    const all = shown.join('\n');
    expect(all).toContain('HTTP 403');
    expect(all).toContain('code 4000');
    for (const secret of secrets)
      for (const form of [secret, encodeURIComponent(secret)]) expect(all).not.toContain(form);
  });

  test.each([
    ['after reading', 'closed'],
    ['while a reader waits', 'closed'],
    ['twice at once', 'closed'],
    ['without being started', 'closed'],
    ['while it starts', 'closed'],
    ['while it connects', 'closed'],
    ['while it waits to connect again', 'disconnected'],
    ['by its disposal', 'closed'],
    ['without being started or closed', 'disconnected'],
  ])('a process ends by itself once its feed is closed %s', async (way, state) => {
    await using sim = await simulator();
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CHILD, sim.url, way, io]);
    expect({ stdout, stderr }).toEqual({ stdout: `${state}\n`, stderr: '' });
  });
});

describe('while the thread that made the feed is blocked', () => {
  /** How long it blocks at most, ms: it goes on as soon as the others have done what they can only do without it. */
  const PATIENCE = 30_000;

  /** Blocks this thread until a word has reached a value; false when it does not. */
  function blockUntil(words: Int32Array, word: number, value: number): boolean {
    for (;;) {
      const now = Atomics.load(words, word);
      if (now >= value) return true;
      if (Atomics.wait(words, word, now, PATIENCE) === 'timed-out') return false;
    }
  }

  async function scene(dropEvery: number) {
    const sim = new Worker(thread('feed-io-simulator'), { workerData: { dropEvery } });
    const [{ url, tokens }] = (await once(sim, 'message')) as [{ url: string; tokens: number[] }];
    const feed = new KiteFeed({
      url,
      apiKey: 'demo',
      accessToken: 'demo',
      connections: 1,
      reconnect: AT_ONCE,
      io: 'worker',
    });
    feed.subscribe(tokens);
    const seen = new Int32Array(new SharedArrayBuffer(8));
    const reader = new Worker(thread('feed-io-reader'), { workerData: { handle: feed.handle, seen } });
    await once(reader, 'message');
    const end = async () => {
      const left = once(reader, 'exit');
      await feed.close();
      await left;
      await sim.terminate();
    };
    return { feed, seen, [Symbol.asyncDispose]: end };
  }

  test('readers on other threads go on reading', async () => {
    await using stage = await scene(0);
    const { feed, seen } = stage;
    await feed.start();
    await feed.ready();
    const before = Atomics.load(seen, 0);
    expect(blockUntil(seen, 0, before + 3_000)).toBe(true);
  });

  test('connections that are lost are opened again, and stream what they did', async () => {
    await using stage = await scene(100);
    const { feed, seen } = stage;
    const changes = recordChanges(feed);
    await feed.start();
    const before = Atomics.load(seen, 1);
    expect(blockUntil(seen, 1, before + 3)).toBe(true);
    // What happened meanwhile is told afterwards, in order.
    const told = changes.length;
    await until(() => changes.slice(told).filter(({ cause }) => cause === 'subscriptions-sent').length >= 3);
    for (const [nth, { to }] of changes.entries()) expect(changes[nth + 1]?.from ?? to).toBe(to);
  });

  test('a feed that was just started comes up', async () => {
    await using stage = await scene(0);
    const { feed, seen } = stage;
    const started = feed.start();
    expect(blockUntil(seen, 0, 1_000)).toBe(true);
    await started;
    await feed.ready();
  });
});

describe('the I/O thread', () => {
  test('that dies closes the feed with an error', async () => {
    await using sim = await quietSimulator();
    const workers: Worker[] = [];
    const note = (worker: Worker) => void workers.push(worker);
    process.on('worker', note);
    await using feed = feedOf(sim, { io: 'worker', connections: 1 });
    const reader = feed.reader();
    feed.subscribe([INFY]);
    await feed.start();
    process.off('worker', note);
    await inStep(sim, feed);
    await readUntil(reader, (tick) => tick.instrumentToken === INFY);
    const failed = happens(feed, 'error', ({ message }) => message.includes('I/O thread'));
    const closed = happens(feed, 'closed');
    expect(workers).toHaveLength(1);
    await workers[0]!.terminate();
    const [error, origin] = await failed;
    expect(error).toBeInstanceOf(ConnectionError);
    expect(origin).toBeUndefined();
    await closed;
    expect(feed.state).toBe('closed');
    expect(feed.states).toEqual(['closed']);
    expect(feed.health().reasons[0]).toBe('the feed is closed');
    expect(await reader.wait()).toBe(false);
    expect(await rejection(feed.start())).toBeInstanceOf(ClosedError);
    await when(sim, 'disconnect', () => sim.stats().connections === 0);
  });

  test('says so when there is no room any more for what there was room for', async () => {
    const { port1, port2 } = new MessageChannel();
    const memory = FeedMemory.create({
      venue: 1,
      connections: 1,
      decoders: 1,
      arena: { frameRingBytes: 2 ** 16, recordSlots: 4096, latestInstruments: 0 },
      prepare: () => {},
    });
    new IoHost(port1, {
      options: {
        places: [{ connection: 0, account: 'a' }],
        url: 'ws://127.0.0.1:1',
        eager: true,
        instrumentsPerConnection: 2,
        distribution: 'least-loaded',
        segments: undefined,
        reconnect: undefined,
        readTimeout: 1,
        staleAfter: undefined,
        handshakeTimeout: 1,

        ca: undefined,
        whenFull: 'pause',
        stallLimit: 1,
      },
      accounts: [{ id: 'a', apiKey: 'key', accessToken: 'token' }],
      memory: memory.handle,
      heard: new SharedArrayBuffer(8),
    });
    const events: unknown[] = [];
    const reported = new Promise<{ subscriptions: { entries: Uint32Array } }>((resolve) => {
      port2.on('message', (message) => {
        if (message.type === 'event') events.push(message);
        if (message.type === 'report' && message.done === 2 && message.subscriptions) resolve(message);
      });
    });
    const commands = [[1], [2, 3]].map((tokens) => ({
      type: 'subscribe',
      tokens: Uint32Array.from(tokens),
      mode: 'quote',
    }));
    port2.postMessage({ type: 'commands', upTo: 2, commands });
    const { subscriptions } = await reported;
    expect(subscriptions.entries).toHaveLength(3);
    expect(events).toMatchObject([{ name: 'error', values: [{ code: 'ERR_TICKRING_CAPACITY' }, undefined] }]);
    port1.close();
  });
});

test('a program that is given on the command line may have its sockets in a worker', async () => {
  await using sim = await simulator();
  const program = `
    import { KiteFeed } from 'tickring';
    const feed = new KiteFeed({ url: '${sim.url}', apiKey: 'demo', accessToken: 'demo', io: 'worker' });
    feed.subscribe([408065]);
    await feed.start();
    await feed.ready();
    console.log(feed.state);
    await feed.close();`;
  const args = ['--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  expect(stdout).toBe('subscribed\n');
});

test('errors come over whole: class, code, fields, causes, stack', () => {
  const packer = new ErrorPacker();
  const cause = new TypeError('no such thing', { cause: new Error('at the bottom') });
  const error = new FrameTooLargeError(undefined, 99, { cause });
  const copy = unpackError(structuredClone(packer.pack(error)));
  expect(copy).toBeInstanceOf(FrameTooLargeError);
  expect(copy).toMatchObject({ code: error.code, limit: 99, message: error.message, name: error.name });
  expect(copy.stack).toBe(error.stack);
  expect(copy.cause).toBeInstanceOf(TypeError);
  expect(copy.cause).toMatchObject({ message: 'no such thing', cause: { message: 'at the bottom' } });
  expect(inspect(copy)).toBe(inspect(error));
  const capacity = unpackError(structuredClone(packer.pack(new CapacityError(3, 2, 'hint'))));
  expect(capacity).toMatchObject({ requested: 3, capacity: 2 });
  expect(packer.pack(error).id).toBe(packer.pack(error).id);
});

test.each([
  [
    'onFrame',
    () => Object.assign(new KiteFeed({ apiKey: 'k', accessToken: 't', io: 'worker' }), { onFrame: () => {} }),
  ],
  ['another word', () => new KiteFeed({ apiKey: 'k', accessToken: 't', io: 'thread' as 'worker' })],
])('%s cannot be had', (_, make) => {
  expect(make).toThrow(ArgumentError);
});
