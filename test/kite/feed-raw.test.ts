import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { attach, type PacketView, type RawReader } from 'tickring';
import { expect, test } from 'vitest';
import { feedOf, INFY, quietSimulator, simulator } from '../support/feed.ts';
import { encodeFrame, encodeLtp } from '../support/kite-frames.ts';

function frame(price: number): Uint8Array {
  return encodeFrame([
    encodeLtp({ token: INFY, lastPrice: price }),
    encodeLtp({ token: INFY, lastPrice: price + 1 }),
  ]);
}

/** The raw prices of a frame's packets, in order, until so many frames with packets have come. */
async function prices(reader: RawReader, frames: number): Promise<number[][]> {
  const seen: number[][] = [];
  for await (const raw of reader) {
    const packets = Array.from(raw as Iterable<PacketView>, (packet) => packet.rawLastPrice);
    if (packets.length > 0) seen.push(packets);
    if (seen.length === frames) break;
  }
  return seen;
}

test('a raw feed hands out frames and packets where they lie, the reset frame first', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { raw: true, connections: 1 });
  using reader = feed.rawReader(0);
  await feed.start();
  await feed.ready();
  sim.sendFrame(frame(100));
  sim.sendText('{"type":"message","data":"hello"}');
  sim.sendFrame(frame(200));
  const kinds: string[] = [];
  const seen: number[] = [];
  for await (const raw of reader) {
    kinds.push(raw.kind);
    expect(raw.epoch).toBe(1);
    expect(raw.bytes.byteLength).toBe(raw.byteLength);
    for (const packet of raw) seen.push(packet.rawLastPrice);
    if (seen.length === 4) break;
  }
  expect(kinds[0]).toBe('reset');
  expect(kinds).toContain('text');
  expect(seen).toEqual([100, 101, 200, 201]);
});

test('one reader has the frames of a raw feed at a time, and the next goes on where it stood', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { raw: true, connections: 1 });
  const first = feed.rawReader(0);
  expect(() => feed.rawReader(0)).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_TOO_MANY_READERS' }));
  await feed.start();
  await feed.ready();
  sim.sendFrame(frame(1));
  expect(await prices(first, 1)).toEqual([[1, 2]]);
  first.close();
  sim.sendFrame(frame(5));
  using second = feed.rawReader(0);
  expect(await prices(second, 1)).toEqual([[5, 6]]);
});

test('a raw feed has no ticks, and a feed with a decoder no raw reader', async () => {
  await using sim = await simulator();
  await using raw = feedOf(sim, { raw: true });
  await using decoded = feedOf(sim);
  expect(() => raw.reader()).toThrow(/rawReader/);
  expect(() => decoded.rawReader(0)).toThrow(/tap/);
  expect(() => decoded.tap(7)).toThrow(/no connection 7/);
});

test.each(['copying', 'gating'] as const)('a %s tap sees every frame beside the decoder', async (kind) => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { connections: 1 });
  const reader = feed.reader({ kind: 'gating' });
  await feed.start();
  await feed.ready();
  using tap = feed.tap(0, { kind });
  sim.sendFrame(frame(10));
  sim.sendFrame(frame(20));
  expect(await prices(tap, 2)).toEqual([
    [10, 11],
    [20, 21],
  ]);
  expect(tap.lagged).toBe(0);
  const ticks: number[] = [];
  for await (const batch of reader) {
    for (const tick of batch) ticks.push(tick.rawLastPrice);
    if (ticks.length === 4) break;
  }
  expect(ticks).toEqual([10, 11, 20, 21]);
});

test('a copying tap that is lapped learns how many frames it missed, and goes on at the newest', async () => {
  // Without heartbeats: the newest frame is to be one that the test sends.
  await using sim = await quietSimulator({ heartbeatInterval: 3_600_000 });
  await using feed = feedOf(sim, {
    connections: 1,
    frameRingBytes: 4096,
    readTimeout: Number.POSITIVE_INFINITY,
  });
  const reader = feed.reader({ kind: 'gating' });
  await feed.start();
  await feed.ready();
  using tap = feed.tap(0);
  sim.sendFrame(frame(0));
  expect(await prices(tap, 1)).toEqual([[0, 1]]);
  for (let sent = 1; sent <= 500; sent++) sim.sendFrame(frame(sent * 10));
  let read = 0;
  // Only when the decoder has been through all of them has the ring gone round.
  for await (const batch of reader) {
    for (const _ of batch) read += 1;
    if (read === 1002) break;
  }
  const late = prices(tap, 1);
  const [[first]] = (await late) as [[number, number]];
  expect(tap.lagged).toBeGreaterThan(0);
  expect(first).toBe(5000);
});

test('a raw reader works on another thread', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { raw: true, connections: 1 });
  await feed.start();
  await feed.ready();
  const worker = new Worker(new URL('../support/threads/feed-raw.js', import.meta.url), {
    workerData: feed.handle,
  });
  sim.sendFrame(frame(42));
  expect(await once(worker, 'message')).toEqual([[42, 43]]);
  expect(attach(feed.handle).handle.raw).toBe(true);
});
