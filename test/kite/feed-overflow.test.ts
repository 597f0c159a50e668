import { Arena, RecordWriter } from 'tickring/memory';
import { describe, expect, test } from 'vitest';
import { until } from '../sim/client.ts';
import { feedOf, happens, INFY, quietSimulator, readUntil, simulator } from '../support/feed.ts';
import { encodeFrame, encodeLtp } from '../support/kite-frames.ts';

const SLOTS = 4096;
/** Several times what the ring holds. */
const TICKS = 20_000;

/** Sends so many ticks as fast as it can, and no more. */
function loud() {
  return simulator({ rate: Number.POSITIVE_INFINITY, tickLimit: TICKS });
}

describe.each(['main', 'worker'] as const)("with io: '%s'", (io) => {
  test('drop-newest drops what a gating reader leaves no room for, counted with that reader; the others go on', async () => {
    await using sim = await loud();
    await using feed = feedOf(sim, {
      io,
      connections: 1,
      recordSlots: SLOTS,
      whenFull: 'drop-newest',
      stallLimit: Number.POSITIVE_INFINITY,
    });
    using stuck = feed.reader({ kind: 'gating' });
    using conflating = feed.reader({ kind: 'conflating' });
    feed.subscribe(sim.instrumentTokens);
    await feed.start();
    await until(() => {
      const { records, recordsDropped } = feed.stats();
      return sim.stats().ticksSent === TICKS && records + recordsDropped === sim.stats().packetsSent;
    });
    const { records, recordsDropped, spaceWaits, pauses, framesDropped, connections } = feed.stats();
    expect(recordsDropped).toBeGreaterThan(0);
    expect({ spaceWaits, pauses, framesDropped }).toEqual({ spaceWaits: 0, pauses: 0, framesDropped: 0 });
    expect(connections[0]?.readers.map(({ kind, dropped }) => [kind, dropped])).toEqual([
      ['gating', recordsDropped],
      ['conflating', 0],
    ]);
    let read = 0;
    for (const _ of stuck.drain()) read += 1;
    expect(read).toBe(records);
    // The newest of each instrument is there all the same, and every update is seen or counted.
    const newest = new Set(Array.from(conflating.drain(), ({ instrumentToken }) => instrumentToken));
    expect(newest).toEqual(new Set(sim.instrumentTokens));
    expect(newest.size + conflating.coalesced).toBe(sim.stats().packetsSent);
  });

  test('a gating reader that holds everyone up is expelled: that is told, it is told, and the others get the rest', async () => {
    await using sim = await loud();
    await using feed = feedOf(sim, { io, connections: 1, recordSlots: SLOTS, stallLimit: 50 });
    using stuck = feed.reader({ kind: 'gating' });
    using copying = feed.reader();
    feed.subscribe(sim.instrumentTokens);
    const expelled = happens(feed, 'expelled');
    await feed.start();
    const [{ lag, ...who }] = await expelled;
    expect(who).toEqual({ connection: 0, account: 'default', threadId: 0 });
    expect(lag).toBeGreaterThan(0);
    expect(lag).toBeLessThanOrEqual(SLOTS);
    let read = 0;
    await readUntil(copying, () => {
      read += 1;
      const { ticksSent, packetsSent } = sim.stats();
      return ticksSent === TICKS && read + copying.lagged === packetsSent;
    });
    expect(() => stuck.drain()).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_READER_EXPELLED' }));
  });
});

test('frames that decoders go on dying of are told, counted and kept for inspection, the last sixteen; the rest is decoded', async () => {
  await using sim = await quietSimulator({ heartbeatInterval: 3_600_000 });
  await using feed = feedOf(sim, { connections: 1, readTimeout: Number.POSITIVE_INFINITY });
  using reader = feed.reader();
  // What decoders leave that die while they decode: the attempt, and nothing else.
  const decoder = new RecordWriter(Arena.attach(feed.handle.arenas[0]!));
  const dies = (frame: number) => {
    for (let life = 0; life < 5; life++) decoder.attempt(frame);
  };
  const frameOf = (lastPrice: number) => encodeFrame([encodeLtp({ token: INFY, lastPrice })]);
  await feed.start();
  await feed.ready();
  sim.sendFrame(frameOf(0));
  let frame = 0;
  await readUntil(reader, (tick) => {
    frame = tick.frame;
    return true;
  });
  for (let nth = 1; nth <= 20; nth++) {
    // It is done with the one before, and looks at the next only when that is there.
    await until(() => feed.stats().connections[0]?.frameRingOccupancy === 0);
    const told = happens(feed, 'quarantine');
    dies(frame + nth);
    sim.sendFrame(frameOf(nth));
    expect(await told).toMatchObject([
      { connection: 0, frame: frame + nth, reason: '5 decoders died of it' },
    ]);
  }
  expect(feed.quarantined.map(({ bytes }) => Buffer.from(bytes))).toEqual(
    Array.from({ length: 16 }, (_, i) => Buffer.from(frameOf(i + 5))),
  );
  sim.sendFrame(frameOf(99));
  await readUntil(reader, (tick) => tick.rawLastPrice === 99);
  expect(feed.stats()).toMatchObject({ framesQuarantined: 20, records: 2 });
});
