import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
  ArgumentError,
  AttachError,
  attach,
  type KiteFeed,
  type KiteHandle,
  type TickReader,
  type TickReaderOptions,
  TooManyReadersError,
} from 'tickring';
import type { KiteSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { until } from '../sim/client.ts';
import {
  feedOf,
  INFY,
  NIFTY,
  quietSimulator,
  RELIANCE,
  readUntil,
  SBIN,
  simulator,
  streamed,
  THREE_ACCOUNTS,
  wanted,
} from '../support/feed.ts';
import { Audit, type AuditedInstrument } from '../support/threads/feed-audit.js';

const KINDS = ['gating', 'copying'] as const;

/** More slots than one connection's ticks, so that a copying reader cannot be lapped; gating ones go round several times. */
const SLOTS = { gating: 4096, copying: 65_536 };

function loud(ticks: number): Promise<KiteSimulator> {
  return simulator({
    audit: true,
    tickLimit: ticks,
    rate: Number.POSITIVE_INFINITY,
    instruments: 600,
    packetsPerFrame: 60,
  });
}

/** All of the simulator's instruments, a third in each mode. */
function subscribeAll(feed: KiteFeed, sim: KiteSimulator): void {
  const tokens = [...sim.instrumentTokens];
  for (const [nth, mode] of (['ltp', 'quote', 'full'] as const).entries()) {
    feed.subscribe(
      tokens.filter((_, index) => index % 3 === nth),
      mode,
    );
  }
}

/** Reads until everything has come that the simulator has sent and is going to send. */
async function readAll(reader: TickReader, audit: Audit, sim: KiteSimulator, feed: KiteFeed): Promise<void> {
  let finished = false;
  sim.once('finished', () => {
    finished = true;
  });
  const complete = () => finished && JSON.stringify(streamed(sim)) === JSON.stringify(wanted(feed));
  for await (const batch of reader) {
    for (const tick of batch) audit.add(tick);
    if (audit.packets === sim.stats().packetsSent && complete()) return;
  }
}

function sent(sim: KiteSimulator): AuditedInstrument[] {
  return sim
    .audit()
    .filter(({ packets }) => packets > 0)
    .map(({ token, packets, hash }) => ({ token, packets, hash }))
    .sort((a, b) => a.token - b.token);
}

interface WorkerReport {
  readonly entries: AuditedInstrument[];
  readonly gaps: number;
  readonly lagged: number;
  readonly connections: number[];
  readonly accounts: string[];
  readonly latest: unknown[];
}

/** Reads in a worker until the feed is closed. */
async function readInWorker(
  handle: KiteHandle,
  options: TickReaderOptions = {},
  latest: readonly number[] = [],
): Promise<{ report: Promise<WorkerReport>; exited: Promise<unknown[]> }> {
  const file = new URL('../support/threads/feed-reader.js', import.meta.url);
  const worker = new Worker(file, { workerData: { handle, options, latest } });
  const exited = once(worker, 'exit');
  await once(worker, 'message');
  return { report: once(worker, 'message').then(([report]) => report as WorkerReport), exited };
}

describe.each(KINDS)('a %s reader', (kind) => {
  test('on the main thread gets every tick that was sent, once and in order, byte for byte', async () => {
    await using sim = await loud(40_000);
    await using feed = feedOf(sim, { connections: 2, recordSlots: SLOTS[kind] });
    const reader = feed.reader({ kind });
    subscribeAll(feed, sim);
    await feed.start();
    const audit = new Audit();
    await readAll(reader, audit, sim, feed);
    expect(audit.entries()).toEqual(sent(sim));
    expect(audit.packets).toBeGreaterThan(40_000);
    expect(audit.gaps).toBe(0);
    expect(reader.lagged).toBe(0);
    // What the decoder counts, it counts after publishing.
    await feed.close();
    expect(feed.stats()).toMatchObject({ records: audit.packets, rejected: 0, recordsDropped: 0, lagged: 0 });
  });

  test('in a worker gets every tick that was sent, once and in order, byte for byte', async () => {
    await using sim = await loud(40_000);
    await using feed = feedOf(sim, { connections: 2, recordSlots: SLOTS[kind] });
    const worker = await readInWorker(feed.handle, { kind }, [INFY, NIFTY, 1]);
    // One that tells this thread when all has been published.
    const reader = feed.reader({ kind: 'gating' });
    const audit = new Audit();
    subscribeAll(feed, sim);
    await feed.start();
    await readAll(reader, audit, sim, feed);
    const latest = [feed.latest(INFY)?.toObject(), feed.latest(NIFTY)?.toObject(), undefined];
    await feed.close();
    const report = await worker.report;
    expect(report).toMatchObject({ gaps: 0, lagged: 0, entries: sent(sim) });
    expect(report.latest).toEqual(latest);
    expect(await worker.exited).toEqual([0]);
  });

  test('gets what is published after it has joined', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim);
    using early = feed.reader({ kind });
    feed.subscribe([INFY]);
    await feed.start();
    await readUntil(early, (tick) => tick.instrumentToken === INFY);
    using late = feed.reader({ kind });
    feed.subscribe([SBIN]);
    await readUntil(late, (tick) => {
      expect(tick.instrumentToken).toBe(SBIN);
      return true;
    });
  });
});

test('a reader that pauses the socket gets every tick in the end: nothing is lost', async () => {
  await using sim = await simulator({
    audit: true,
    tickLimit: 120_000,
    rate: Number.POSITIVE_INFINITY,
    instruments: 500,
  });
  await using feed = feedOf(sim, {
    connections: 1,
    mode: 'full',
    frameRingBytes: 2 ** 20,
    recordSlots: 4096,
  });
  const reader = feed.reader({ kind: 'gating' });
  feed.subscribe(sim.instrumentTokens);
  await feed.start();
  // Nobody reads: the record ring fills, then the frame ring, and then the socket has to wait.
  await until(() => feed.stats().pauses > 0 && feed.stats().spaceWaits > 0);
  expect(feed.stats().connections[0]?.recordRingOccupancy).toBeGreaterThan(0.5);
  expect(sim.stats().ticksSent).toBeLessThan(120_000);
  const audit = new Audit();
  await readAll(reader, audit, sim, feed);
  expect(audit.entries()).toEqual(sent(sim));
  expect(audit.gaps).toBe(0);
  expect(feed.stats()).toMatchObject({ framesDropped: 0, recordsDropped: 0, rejected: 0 });
});

test('frames that a reader who never comes keeps from being decoded are counted when the feed is closed', async () => {
  await using sim = await simulator({ rate: Number.POSITIVE_INFINITY, instruments: 500 });
  const feed = feedOf(sim, {
    connections: 1,
    mode: 'full',
    frameRingBytes: 2 ** 20,
    recordSlots: 4096,
    stallLimit: Number.POSITIVE_INFINITY,
  });
  feed.reader({ kind: 'gating' });
  feed.subscribe(sim.instrumentTokens);
  await feed.start();
  await until(() => feed.stats().pauses > 0 && feed.stats().spaceWaits > 0);
  await feed.close();
  const { frames, framesDecoded, framesDropped } = feed.stats();
  expect(framesDropped).toBeGreaterThan(0);
  expect(framesDecoded + framesDropped).toBe(frames);
});

test('a slow copying reader learns how many ticks it missed, and holds nobody up', async () => {
  await using sim = await simulator({ tickLimit: 20_000, rate: Number.POSITIVE_INFINITY });
  await using feed = feedOf(sim, { connections: 1, recordSlots: 4096 });
  using slow = feed.reader();
  const gating = feed.reader({ kind: 'gating' });
  feed.subscribe(sim.instrumentTokens);
  await feed.start();
  const audit = new Audit();
  await readAll(gating, audit, sim, feed);
  let read = 0;
  for (const _ of slow.drain()) read += 1;
  expect(read + slow.lagged).toBe(audit.packets);
  expect(slow.lagged).toBeGreaterThan(0);
  expect(feed.stats().lagged).toBe(slow.lagged);
});

describe('readers of several connections', () => {
  const accounts = THREE_ACCOUNTS.slice(0, 2);

  test('the merged reader gets all connections, the others only theirs', async () => {
    await using sim = await quietSimulator({ credentials: accounts });
    await using feed = feedOf(sim, { accounts, connections: 2 });
    const tokens = [...sim.instrumentTokens].slice(0, 40);
    using all = feed.reader();
    using second = feed.reader({ connection: 1 });
    using ofB = feed.reader({ account: 'b' });
    feed.subscribe(tokens);
    await feed.start();
    const seen = { all: new Set<number>(), connections: new Set<number>(), accounts: new Set<string>() };
    await readUntil(all, (tick) => {
      expect(tick.account).toBe(tick.connection < 2 ? 'a' : 'b');
      expect(tick.epoch).toBe(1);
      seen.connections.add(tick.connection);
      seen.accounts.add(tick.account);
      return seen.all.add(tick.instrumentToken).size === tokens.length;
    });
    expect([...seen.connections].sort()).toEqual([0, 1, 2, 3]);
    expect([...seen.accounts].sort()).toEqual(['a', 'b']);
    expect(Array.from(second.drain(), (tick) => tick.connection)).toEqual(Array(10).fill(1));
    expect(new Set(Array.from(ofB.drain(), (tick) => tick.account))).toEqual(new Set(['b']));
  });

  test('a worker reads one account', async () => {
    await using sim = await quietSimulator({ credentials: accounts });
    await using feed = feedOf(sim, { accounts, connections: 1 });
    const worker = await readInWorker(feed.handle, { account: 'b' });
    using all = feed.reader();
    feed.subscribe([INFY, SBIN], { account: 'a' });
    feed.subscribe([RELIANCE], { account: 'b' });
    await feed.start();
    let left = 3;
    await readUntil(all, () => --left === 0);
    await feed.close();
    const report = await worker.report;
    expect(report.entries.map(({ token }) => token)).toEqual([RELIANCE]);
    expect(report.accounts).toEqual(['b']);
    expect(report.connections).toEqual([1]);
  });

  test('a connection or account that there is not is refused with those that there are', async () => {
    await using sim = await quietSimulator({ credentials: accounts });
    await using feed = feedOf(sim, { accounts, connections: 2 });
    expect(() => feed.reader({ connection: 4 })).toThrow(ArgumentError);
    expect(() => feed.reader({ connection: 4 })).toThrow('connections 0 to 3 of a, b');
    expect(() => feed.reader({ account: 'z' })).toThrow(ArgumentError);
    expect(() => feed.reader({ account: 'a', connection: 2 })).toThrow(ArgumentError);
  });
});

test('the 17th reader of a connection is refused, on any thread, until another one leaves', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { connections: 2 });
  const elsewhere = attach(feed.handle);
  const readers = Array.from({ length: 16 }, (_, nth) =>
    (nth % 2 === 0 ? feed : elsewhere).reader({ connection: 1 }),
  );
  expect(() => feed.reader({ connection: 1 })).toThrow(TooManyReadersError);
  expect(() => elsewhere.reader()).toThrow(
    expect.objectContaining({ code: 'ERR_TICKRING_TOO_MANY_READERS' }),
  );
  // The merged reader that was refused has left no place taken in the other ring.
  expect(feed.stats().connections.map((connection) => connection.readers.length)).toEqual([0, 16]);
  readers[0]?.close();
  feed.reader({ connection: 1 }).close();
});

describe('latest', () => {
  test('gives the newest tick of an instrument, whatever mode it came in', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim);
    using reader = feed.reader();
    expect(feed.latest(INFY)).toBeUndefined();
    feed.subscribe([INFY], 'ltp');
    await feed.start();
    await readUntil(reader, (tick) => tick.mode === 'ltp');
    const first = feed.latest(INFY);
    expect(first?.mode).toBe('ltp');
    feed.setMode('full', [INFY]);
    await readUntil(reader, (tick) => tick.mode === 'full');
    const second = feed.latest(INFY);
    expect(second?.mode).toBe('full');
    expect(second?.toObject()).toMatchObject({ instrument_token: INFY, last_price: first?.lastPrice });
    // A snapshot stays as it is until it is read into again.
    expect(first?.mode).toBe('ltp');
    expect(feed.latest(INFY, first)).toBe(first);
    expect(first?.mode).toBe('full');
    expect(feed.latest(RELIANCE)).toBeUndefined();
  });

  test('can be switched off', async () => {
    await using sim = await quietSimulator();
    await using feed = feedOf(sim, { latest: false });
    using reader = feed.reader();
    feed.subscribe([INFY]);
    await feed.start();
    await readUntil(reader, (tick) => tick.instrumentToken === INFY);
    expect(feed.latest(INFY)).toBeUndefined();
  });
});

test('attach refuses what is no handle of a Kite feed', () => {
  for (const handle of [undefined, {}, { venue: 'kraken', arenas: [] }, { venue: 'kite', arenas: [{}] }]) {
    expect(() => attach(handle as unknown as KiteHandle)).toThrow(AttachError);
  }
});
