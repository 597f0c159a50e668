import fc from 'fast-check';
import type { Tick } from 'tickring/kite';
import { KiteMarket, type KiteMode } from 'tickring/sim';
import { expect, test } from 'vitest';
import { until } from '../sim/client.ts';
import {
  correctOfficial,
  encodeFrame,
  officialPacketArbitrary,
  packetArbitrary,
} from '../support/kite-frames.ts';
import { Program } from './program.ts';
import { deadUrl, paused } from './simulator.ts';

const OFFICIAL = 'kiteconnect';
const OURS = 'tickring/kiteconnect';

/** Frames of any values that `packet` makes. */
function anyFrames(packet: fc.Arbitrary<Uint8Array>, count: number): Uint8Array[] {
  const frame = fc.array(packet, { minLength: 1, maxLength: 8 }).map((all) => encodeFrame(all));
  return fc.sample(frame, { numRuns: count, seed: 7 });
}

/** Frames of a walking market, in all modes. */
function marketFrames(count: number): Uint8Array[] {
  const market = new KiteMarket({ instruments: 300, seed: 3, startTime: 1_700_000_000_000 });
  const slots = [...market.instrumentTokens].map((token) => market.slotOf(token));
  const modes: KiteMode[] = ['ltp', 'quote', 'full'];
  return Array.from({ length: count }, (_, nth) => {
    const packets = slots.map((slot, i) => {
      market.tick(slot);
      return market.packet(slot, modes[(nth + i) % 3]!).slice();
    });
    return encodeFrame(packets);
  });
}

/** Has both clients receive the same frames; answers what each delivered, the official one first. */
async function deliver(frames: readonly Uint8Array[]): Promise<Program[]> {
  const sim = await paused();
  const programs = [new Program(OFFICIAL, sim.url), new Program(OURS, sim.url)];
  for (const program of programs) await program.until('connect', 1);
  for (const frame of frames) sim.sendFrame(frame);
  for (const program of programs) {
    await program.until('ticks', frames.length);
    expect(program.of('ticks')).toHaveLength(frames.length);
  }
  return programs;
}

test('both deliver equal ticks, frame by frame, and equal raw messages', async () => {
  const frames = anyFrames(officialPacketArbitrary, 500);
  const [official, ours] = await deliver(frames);
  expect(ours!.of('ticks')).toEqual(official!.of('ticks'));
  const sent = frames.map((frame) => new Uint8Array(frame).buffer);
  for (const program of [official!, ours!]) {
    const messages = program.of('message') as ArrayBuffer[];
    expect(messages.filter(({ byteLength }) => byteLength > 1)).toEqual(sent);
  }
});

test('on a market, and on numbers of all sizes, ours delivers what the official client should have', async () => {
  const [official, ours] = await deliver([...marketFrames(10), ...anyFrames(packetArbitrary, 300)]);
  const right = (official!.of('ticks') as Tick[][]).map((ticks) => ticks.map(correctOfficial));
  expect(ours!.of('ticks')).toEqual(right);
  expect(right).not.toEqual(official!.of('ticks'));
});

test('both ask the service for the same, and take the same order updates', async () => {
  const sim = await paused();
  const tokens = ['256265', 408065, 738561, 779521];
  const programs = [new Program(OFFICIAL, sim.url, { tokens }), new Program(OURS, sim.url, { tokens })];
  const modes = [
    [256265, 'full'],
    [408065, 'full'],
    [738561, 'ltp'],
    [779521, 'quote'],
  ];
  await until(() => {
    const asked = sim.subscriptions().map(({ subscriptions }) => JSON.stringify([...subscriptions].sort()));
    return asked.length === 2 && asked.every((each) => each === JSON.stringify(modes));
  });
  const order = { order_id: '42', status: 'COMPLETE', instrument_token: 408065, tag: null };
  sim.sendOrder(order);
  sim.sendMessage('no order');
  sim.sendText('{"type":"news","data":1}');
  sim.sendOrder({ ...order, order_id: '43' });
  for (const program of programs) {
    await program.until('order_update', 2);
    expect(program.of('order_update')).toEqual([order, { ...order, order_id: '43' }]);
    expect(program.story).toEqual(['connect', 'order_update', 'order_update']);
  }
});

test('a lost connection tells the same story; only ours streams again what was subscribed once', async () => {
  const sim = await paused();
  const tokens = [256265, 408065, 738561, 779521];
  const official = new Program(OFFICIAL, sim.url, { tokens });
  const ours = new Program(OURS, sim.url, { tokens });
  await until(() => sim.stats().subscriptions === 8);
  sim.disconnect(1001);
  for (const program of [official, ours]) {
    await program.until('connect', 2);
    expect(program.story).toEqual(['connect', 'close', 'disconnect', 'reconnect', 'connect']);
    expect(program.of('reconnect')).toEqual([1]);
  }
  await until(() => sim.stats().subscriptions === 4);
  const asked = sim.subscriptions().map(({ subscriptions }) => subscriptions.size);
  expect(asked.toSorted()).toEqual([0, 4]);
});

test('after the last retry the official client ends the process; ours says so and can connect again', async () => {
  const url = await deadUrl();
  const params = { max_retry: 1 };
  const official = new Program(OFFICIAL, url, { params });
  const ours = new Program(OURS, url, { params });
  await ours.until('noreconnect', 1);
  const failed = ['error', 'close', 'disconnect'];
  expect(ours.story).toEqual([...failed, 'reconnect', ...failed, 'noreconnect']);

  expect(await official.exited()).toBe(1);
  // It tries once more than it was told.
  expect(official.story).toEqual([
    ...[...failed, 'reconnect'],
    ...[...failed, 'reconnect'],
    ...[...failed, 'noreconnect'],
  ]);

  const sim = await paused({ port: Number(new URL(url).port) });
  ours.call('connect');
  await ours.until('connect', 1);
  expect(sim.stats().connections).toBe(1);
  expect(ours.exitCode).toBeUndefined();
});

test('disconnect() ends the process with the official client; with ours connect() works after it', async () => {
  const sim = await paused();
  const official = new Program(OFFICIAL, sim.url);
  const ours = new Program(OURS, sim.url);
  for (const program of [official, ours]) {
    await program.until('connect', 1);
    program.call('disconnect');
    await program.until('disconnect', 1);
  }
  expect(await official.exited()).toBe(1);
  expect(ours.story).toEqual(['connect', 'close', 'disconnect']);
  ours.call('connect');
  await ours.until('connect', 2);
  sim.disconnect();
  await ours.until('connect', 3);
  expect(ours.story.slice(3)).toEqual(['connect', 'close', 'disconnect', 'reconnect', 'connect']);

  // A ticker that is disconnected keeps no process alive.
  ours.call('disconnect');
  await ours.until('disconnect', 3);
  ours.release();
  expect(await ours.exited()).toBe(0);
});

test('what a listener throws is an uncaught exception, and stops neither the others nor the ticker', async () => {
  const sim = await paused();
  const ours = new Program(OURS, sim.url, { throwing: true });
  await ours.until('connect', 1);
  for (const frame of marketFrames(3)) sim.sendFrame(frame);
  await ours.until('ticks', 3);
  await ours.until('uncaught', 3);
  expect(ours.of('uncaught')).toEqual(new Array(3).fill('a fault of the listener'));
});
