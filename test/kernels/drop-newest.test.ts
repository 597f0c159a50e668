import {
  Counters,
  FRAME_KIND_BINARY,
  FrameWriter,
  LatestTable,
  privateMemory,
  RecordReader,
} from 'tickring/memory';
import { expect, test } from 'vitest';
import { encodeFrame, encodeLtp } from '../support/kite-frames.ts';
import { arenaLayout, kiteKernel, Lane, ReaderTable, recordRingLayout } from '../support/memory-internals.ts';
import { kiteArena, tickView } from '../support/memory-kite.ts';

const TOKEN = 257;

function line() {
  const arena = kiteArena({ recordSlots: 4, latestInstruments: 8 });
  const frames = new FrameWriter(arena);
  const lane = new Lane(arena, kiteKernel, { whenFull: 'drop-newest' });
  const send = (...prices: number[]) => {
    const bytes = encodeFrame(prices.map((price) => encodeLtp({ token: TOKEN, lastPrice: price })));
    expect(frames.write(bytes, FRAME_KIND_BINARY, 1, 1)).toBe(true);
    expect(lane.drain(1)).toBe(1);
  };
  const offset = arena.region(arenaLayout.REGION_RECORD_RING).offset;
  const readers = new ReaderTable(arena, offset + recordRingLayout.RECORD_READERS, 16, offset >> 2);
  return { arena, send, readers, counts: () => new Counters(arena).values() };
}

function prices(reader: RecordReader<ReturnType<typeof tickView>>): number[] {
  return Array.from(reader.drain(), ({ rawLastPrice }) => rawLastPrice);
}

test('with drop-newest the decoder never waits: what finds no room is counted, with the reader in the way', () => {
  const { arena, send, readers, counts } = line();
  const slow = new RecordReader([arena], tickView, { kind: 'gating' });
  const fast = new RecordReader([arena], tickView, { kind: 'gating' });
  send(1, 2, 3);
  expect(prices(fast)).toEqual([1, 2, 3]);
  fast.drain();
  send(4, 5);
  send(6);
  expect(counts()).toMatchObject({ records: 4, recordsDropped: 2, spaceWaits: 0 });
  expect(readers.status().map(({ dropped }) => dropped)).toEqual([2, 0]);
  expect(prices(slow)).toEqual([1, 2, 3, 6]);
  expect(prices(fast)).toEqual([6]);
});

test('what was dropped is in the latest table all the same, and a conflating reader gets it', () => {
  const { arena, send, counts } = line();
  const blocking = new RecordReader([arena], tickView, { kind: 'gating' });
  const conflating = new RecordReader([arena], tickView, { kind: 'conflating' });
  send(1, 2, 3, 4);
  expect(prices(conflating)).toEqual([4]);
  send(5, 6);
  expect(counts().recordsDropped).toBe(2);
  const copy = privateMemory(256);
  expect(new LatestTable(arena).read(TOKEN, copy)).toBe(true);
  const view = tickView(copy);
  view.moveTo(0);
  expect(view.rawLastPrice).toBe(6);
  expect(conflating.ready).toBe(true);
  expect(prices(conflating)).toEqual([6]);
  expect(prices(blocking)).toEqual([1, 2, 3, 4]);
});
