import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  FNV1A_START,
  fnv1a,
  KITE_FAULTS,
  type KiteFault,
  type KiteRejected,
  KiteSimulator,
  type KiteSimulatorOptions,
} from 'tickring/sim';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Client, packetsOf, refusal, until } from './client.ts';

const NIFTY = 256265;
const INFY = 408065;
/** Where a full packet says when it is of. */
const EXCHANGE_TIME = 60;

const running: KiteSimulator[] = [];
afterEach(async () => {
  for (const sim of running.splice(0)) await sim.close();
});

/** A simulator that sends nothing but snapshots and faults, and a client with these instruments in full mode. */
async function quiet(options: KiteSimulatorOptions = {}, tokens = 20): Promise<[KiteSimulator, Client]> {
  const sim = new KiteSimulator({ instruments: 100, heartbeatInterval: 60_000, audit: true, ...options });
  running.push(sim);
  await sim.listen();
  sim.pause();
  const client = await Client.connect(sim);
  await client.subscribe(sim, sim.instrumentTokens.subarray(0, tokens), 'full');
  await client.until(({ frames }) => frames.length === sim.stats().framesSent);
  client.frames.splice(0);
  return [sim, client];
}

/** The frames that one fault sends. */
async function framesOf(sim: KiteSimulator, client: Client, fault: KiteFault): Promise<Buffer[]> {
  const before = sim.stats().framesSent;
  expect(sim.inject(fault)).toBe(1);
  const sent = sim.stats().framesSent - before;
  await client.until(({ frames }) => frames.length === sent);
  return client.frames.splice(0);
}

async function closeOf(client: Client): Promise<number> {
  return (await once(client.socket, 'close'))[0];
}

describe('a fault ends the connection', () => {
  test('disconnect: abruptly, or with a code', async () => {
    const [sim, first] = await quiet();
    const second = await Client.connect(sim);
    const closed = Promise.all([closeOf(first), closeOf(second)]);
    expect(sim.inject({ kind: 'disconnect' }, { connection: 1 })).toBe(1);
    expect(sim.inject({ kind: 'disconnect', code: 4001 }, { connection: 2 })).toBe(1);
    expect(await closed).toEqual([1006, 4001]);
    expect(sim.stats().injected.faults.disconnect).toBe(2);
  });

  test('half-frame: it begins, and the socket is gone before it ends', async () => {
    const [sim, client] = await quiet();
    const bytes: number[] = [];
    // The client's own view of the socket, below WebSocket.
    const { _socket: socket } = client.socket as unknown as { _socket: NodeJS.EventEmitter };
    socket.on('data', (chunk: Buffer) => bytes.push(...chunk));
    const before = sim.audit();
    const closed = closeOf(client);
    expect(sim.inject({ kind: 'half-frame' })).toBe(1);
    expect(await closed).toBe(1006);
    expect(bytes[0]).toBe(0x82);
    expect(bytes.length).toBeGreaterThan(100);
    expect(client.frames).toEqual([]);
    // Nobody can have received its ticks.
    expect(sim.audit()).toEqual(before);
    expect(sim.stats().injected).toMatchObject({ cutFrames: 1, frames: 0, packets: 0 });
  });

  test('giant-frame: a client with a limit refuses it', async () => {
    const [sim] = await quiet();
    const socket = new WebSocket(`${sim.url}/?api_key=demo&access_token=demo`, { maxPayload: 1024 });
    await once(socket, 'open');
    const error = once(socket, 'error');
    expect(sim.inject({ kind: 'giant-frame', bytes: 100_000 }, { connection: 2 })).toBe(1);
    expect((await error)[0]).toMatchObject({ code: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' });
    expect(sim.stats().injected).toMatchObject({ giantFrames: 1, frames: 0, malformedFrames: 0 });
  });
});

test('silence: nothing is sent for so long, not even a pong, and then it goes on', async () => {
  const [sim, client] = await quiet({ heartbeatInterval: 10 });
  const other = await Client.connect(sim);
  const brief = await Client.connect(sim);
  await brief.subscribe(sim, [INFY]);
  await brief.until(({ frames }) => frames.length === 1);
  expect(sim.inject({ kind: 'silence', ms: 3_600_000 }, { connection: 1 })).toBe(1);
  expect(sim.inject({ kind: 'silence', ms: 1 }, { connection: 3 })).toBe(1);
  client.socket.ping();
  sim.sendMessage('hello');
  sim.resume();
  // By now what was on its way to the silent one has come, too.
  await other.until(({ texts }) => texts.length === 1);
  const heard = { frames: client.frames.length, beats: client.heartbeats };
  const beats = other.heartbeats;
  await other.until(({ heartbeats }) => heartbeats > beats + 3);
  expect({ frames: client.frames.length, beats: client.heartbeats }).toEqual(heard);
  expect(client.texts).toEqual([]);
  await brief.until(({ frames }) => frames.length > 1);
  expect(brief.texts).toEqual([]);
});

describe('malformed frames', () => {
  test.each<[KiteFault, Partial<KiteRejected>, number]>([
    [{ kind: 'wrong-count', by: 3 }, { truncated: 3 }, 10],
    [{ kind: 'wrong-count', by: -4 }, { trailingBytes: 1 }, 6],
    [{ kind: 'unknown-packet-length' }, { packetLength: 1 }, 10],
    [{ kind: 'unknown-packet-length', bytes: 0 }, { packetLength: 1 }, 10],
    [{ kind: 'garbage', bytes: 0 }, { shortFrame: 1 }, 0],
  ])('%o', async (fault, rejected, packets) => {
    const [sim, client] = await quiet();
    await framesOf(sim, client, fault);
    expect(sim.stats().injected).toMatchObject({
      faults: { [fault.kind]: 1 },
      frames: 1,
      malformedFrames: 1,
      packets,
      rejected: { shortFrame: 0, truncated: 0, packetLength: 0, trailingBytes: 0, ...rejected },
    });
  });

  test('wrong-length: what follows is out of step', async () => {
    const [sim, client] = await quiet();
    const [frame] = await framesOf(sim, client, { kind: 'wrong-length', by: 1 });
    expect(() => packetsOf(frame!)).toThrow();
    const { packets, rejected, malformedFrames } = sim.stats().injected;
    expect(malformedFrames).toBe(1);
    // The five before it are good; the rest is lost in one way or another.
    expect(packets).toBeGreaterThanOrEqual(5);
    expect(rejected.packetLength).toBeGreaterThanOrEqual(1);
  });

  test('garbage: random bytes, the same for the same seed', async () => {
    const runs: Buffer[] = [];
    for (let run = 0; run < 2; run++) {
      const [sim, client] = await quiet({ seed: 7 });
      runs.push(...(await framesOf(sim, client, { kind: 'garbage' })));
      expect((await framesOf(sim, client, { kind: 'garbage', bytes: 333 }))[0]!.length).toBe(333);
    }
    expect(runs[0]).toEqual(runs[1]);
  });
});

describe('unusual frames that are good', () => {
  test('duplicate: the same packets twice, and both were sent', async () => {
    const [sim, client] = await quiet();
    const packetsBefore = sim.stats().packetsSent;
    const [first, second] = await framesOf(sim, client, { kind: 'duplicate', packets: 7 });
    expect(first).toEqual(second);
    expect(packetsOf(first!)).toHaveLength(7);
    expect(sim.stats().packetsSent - packetsBefore).toBe(14);
    expect(sim.stats().injected).toMatchObject({ frames: 2, packets: 14, malformedFrames: 0 });
  });

  test('burst: so many full frames at once', async () => {
    const [sim, client] = await quiet({ packetsPerFrame: 30 });
    const frames = await framesOf(sim, client, { kind: 'burst', frames: 50 });
    expect(frames.flatMap(packetsOf)).toHaveLength(1500);
  });

  test('reordered-timestamps: exchange time goes back', async () => {
    const [sim, client] = await quiet({ startTime: 1_700_000_000_000 });
    const timeOf = (frame: Buffer) => {
      const infy = packetsOf(frame).find(({ token }) => token === INFY);
      return infy?.bytes.readUInt32BE(EXCHANGE_TIME);
    };
    // Each fault is of ten ticks, and INFY is the third instrument of twenty.
    const [now] = await framesOf(sim, client, { kind: 'duplicate', packets: 10 });
    await framesOf(sim, client, { kind: 'duplicate', packets: 10 });
    const [old] = await framesOf(sim, client, { kind: 'reordered-timestamps', seconds: 500 });
    expect(timeOf(now!)! - timeOf(old!)!).toBe(500);
  });

  test('slow-drip: a whole frame, in many pieces', async () => {
    const [sim, client] = await quiet({ rate: Number.POSITIVE_INFINITY });
    const pieces: number[] = [];
    const { _socket: socket } = client.socket as unknown as { _socket: NodeJS.EventEmitter };
    socket.on('data', (chunk: Buffer) => pieces.push(chunk.length));
    expect(sim.inject({ kind: 'slow-drip', bytes: 40 })).toBe(1);
    // It is in the books when it is sent, and nothing else is sent before.
    sim.resume();
    expect(sim.stats().injected.frames).toBe(0);
    await client.until(({ frames }) => frames.length > 0);
    sim.pause();
    expect(packetsOf(client.frames[0]!)).toHaveLength(10);
    expect(pieces.length).toBeGreaterThan(10);
    expect(sim.stats().injected).toMatchObject({ frames: 1, packets: 10 });
    await client.until(({ frames }) => frames.length > 1);
  });

  test('ticks are needed for these: a connection that streams nothing is passed over', async () => {
    const [sim] = await quiet({}, 0);
    for (const kind of ['half-frame', 'duplicate', 'burst', 'wrong-count', 'slow-drip'] as const) {
      expect(sim.inject({ kind })).toBe(0);
    }
    expect(sim.stats().injected.frames).toBe(0);
  });
});

test('texts: garbage, and a type that nobody knows', async () => {
  const [sim, client] = await quiet();
  for (let i = 0; i < 50; i++) sim.inject({ kind: 'text-garbage' });
  await client.until(({ texts }) => texts.length === 50);
  const isMessage = (text: string) => {
    try {
      const { type, data } = JSON.parse(text);
      return typeof type === 'string' && data !== undefined && data !== null;
    } catch {
      return false;
    }
  };
  expect(client.texts.filter(isMessage)).toEqual([]);
  sim.inject({ kind: 'unknown-text-type' });
  await client.until(({ texts }) => texts.length === 51);
  expect(JSON.parse(client.texts[50]!)).toMatchObject({ type: 'weather' });
  expect(sim.stats()).toMatchObject({ textsSent: 51, injected: { malformedTexts: 50, unknownTexts: 1 } });
});

describe('faults that meet whoever connects next', () => {
  test('refuse: 403 for so many upgrades, of one API key or of any', async () => {
    const credentials = ['a', 'b'].map((apiKey) => ({ apiKey, accessToken: 't' }));
    const sim = new KiteSimulator({ credentials });
    running.push(sim);
    await sim.listen();
    expect(sim.inject({ kind: 'refuse', connects: 2 }, { apiKey: 'a' })).toBe(0);
    await Client.connect(sim, 'b', 't');
    for (let i = 0; i < 2; i++) {
      const { status, body } = await refusal(`${sim.url}/?api_key=a&access_token=t`);
      expect([status, body]).toMatchObject([403, { error_type: 'TokenException' }]);
    }
    await Client.connect(sim, 'a', 't');
    sim.inject({ kind: 'refuse' });
    expect((await refusal(`${sim.url}/?api_key=b&access_token=t`)).status).toBe(403);
    expect(sim.stats()).toMatchObject({ accepted: 2, refused: 3, injected: { faults: { refuse: 2 } } });
  });

  test('stop-listening: connects are refused for a while, on the same port; the open stay', async () => {
    const [sim, client] = await quiet();
    const { url } = sim;
    sim.inject({ kind: 'stop-listening', ms: 100 });
    expect(sim.url).toBe(url);
    const [error] = await once(new WebSocket(`${url}/?api_key=demo&access_token=demo`), 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    while (!(await connects(url)));
    expect(sim.stats().accepted).toBe(2);
  });

  test('stop-listening may be followed by close', async () => {
    const [sim] = await quiet();
    sim.inject({ kind: 'stop-listening', ms: 60_000 });
    await sim.close();
    expect(() => sim.url).toThrow(/listen/);
  });

  test('tls-failure: an answer that is neither TLS nor WebSocket', async () => {
    const [sim] = await quiet();
    sim.inject({ kind: 'tls-failure', connects: 2 });
    const [plain] = await once(new WebSocket(sim.url), 'error');
    expect(plain).toMatchObject({ code: expect.stringMatching(/^HPE_/) });
    const [tls] = await once(new WebSocket(sim.url.replace('ws:', 'wss:')), 'error');
    expect(tls.message).toMatch(/handshake failure|alert/i);
    await Client.connect(sim);
  });
});

describe('the books balance', () => {
  test('every packet that a correct client keeps is in the audit, whatever fault it came with', async () => {
    const [sim, client] = await quiet({ audit: 'history', packetsPerFrame: 20 });
    const kept = new Map<number, { packets: number; hash: number }>();
    for (const { token, packets, hash } of sim.audit()) kept.set(token, { packets, hash });
    for (const kind of ['burst', 'duplicate', 'reordered-timestamps', 'slow-drip'] as const) {
      sim.inject({ kind });
      await until(() => sim.inject({ kind: 'unknown-text-type' }) === 1);
    }
    await client.until(({ frames }) => frames.length === sim.stats().injected.frames);
    for (const { token, bytes } of client.packets) {
      const { packets, hash } = kept.get(token) ?? { packets: 0, hash: FNV1A_START };
      kept.set(token, { packets: packets + 1, hash: fnv1a(hash, bytes) });
      expect(sim.auditHash(1, token, packets + 1)).toBe(fnv1a(hash, bytes));
    }
    const audit = new Map(sim.audit().map(({ token, packets, hash }) => [token, { packets, hash }]));
    expect(kept).toEqual(audit);
    expect(sim.auditHash(1, NIFTY, 1e6)).toBeUndefined();
    expect(sim.auditHash(1, NIFTY, 0)).toBe(FNV1A_START);
    const { packetsSent, ticksSent, snapshotsSent, injected } = sim.stats();
    expect(packetsSent).toBe(ticksSent + snapshotsSent + injected.packets);
  });

  test('auditHash needs a history', async () => {
    const [sim] = await quiet();
    expect(() => sim.auditHash(1, NIFTY, 1)).toThrow(/history/);
  });
});

test('faults that there are not, and numbers that cannot be, are refused', async () => {
  const [sim] = await quiet();
  const bad = [
    { kind: 'earthquake' },
    { kind: 'toString' },
    { kind: 'silence', ms: 0 },
    { kind: 'burst', frames: 1.5 },
    { kind: 'disconnect', code: 1006 },
  ] as unknown as KiteFault[];
  for (const fault of bad) {
    expect(() => sim.inject(fault)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }) as Error,
    );
  }
  expect(KITE_FAULTS).toHaveLength(17);
});

describe('tickring sim kite --fault', () => {
  const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

  test('injects faults when they are due, again and again if asked to', async () => {
    const args = ['sim', 'kite', '--fault', 'unknown-text-type@0.1/0.05', '--fault', 'refuse=1'];
    const child = fork(main, args, { silent: true, execArgv: [] });
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    const address = `${url}/?api_key=demo&access_token=demo`;
    // It meets whoever connects first after the start.
    while ((await refusal(address).catch(() => undefined))?.status !== 403);
    const socket = new WebSocket(address);
    const texts: string[] = [];
    // Heartbeats are binary.
    socket.on('message', (data, isBinary) => isBinary || texts.push(String(data)));
    await until(() => texts.length >= 3);
    for (const text of texts) expect(text).toMatch(/weather/);
    child.kill();
    await once(child, 'exit');
  });

  test('what is no fault is refused, with what there is', async () => {
    for (const fault of ['earthquake@1', 'silence=x', 'silence=5@', 'half-frame=3', 'burst@1/0']) {
      const child = fork(main, ['sim', 'kite', '--fault', fault], { silent: true, execArgv: [] });
      const said: Buffer[] = [];
      child.stderr!.on('data', (chunk) => said.push(chunk));
      expect((await once(child, 'close'))[0]).toBe(2);
      expect(Buffer.concat(said).toString()).toMatch(/fault/);
    }
  });
});

async function connects(url: string): Promise<boolean> {
  const socket = new WebSocket(`${url}/?api_key=demo&access_token=demo`);
  return Promise.race([
    once(socket, 'open').then(() => true),
    new Promise<boolean>((resolve) => socket.on('error', () => resolve(false))),
  ]).catch(() => false);
}
