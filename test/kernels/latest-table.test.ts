import fc from 'fast-check';
import { PacketView, TickView } from 'tickring/kite';
import { type Arena, LatestTable, privateMemory } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { encodeFrame, encodeFull, encodeLtp, packetArbitrary } from '../support/kite-frames.ts';
import { runThread } from '../support/memory.ts';
import { kiteKernel, LatestLayout } from '../support/memory-internals.ts';
import { kiteArena, Line } from '../support/memory-kite.ts';

function table(latestInstruments: number) {
  const line = new Line({ frameRingBytes: 2 ** 14, recordSlots: 64, latestInstruments });
  const latest = new LatestTable(line.arena);
  const copy = privateMemory(256);
  const view = new TickView(copy);
  return {
    line,
    latest,
    send: (packets: readonly Uint8Array[]) => {
      for (const _ of line.send(encodeFrame(packets)));
    },
    read: (token: number) => {
      if (!latest.read(token, copy)) return undefined;
      view.moveTo(0);
      return view;
    },
    lastPrice: (token: number) => (latest.read(token, copy) ? view.rawLastPrice : undefined),
  };
}

/** The word of the sequence of the n-th instrument that came. */
function sequenceAt(arena: Arena, place: number): number {
  return (new LatestLayout(arena).sequences >> 2) + place;
}

describe('the latest table', () => {
  it('has a number for each instrument, which changes when its record does and not otherwise', () => {
    const { send, latest } = table(128);
    expect(latest.sequence(1)).toBe(0);
    send([encodeLtp({ token: 1, lastPrice: 100 })]);
    const first = latest.sequence(1);
    expect(first).toBeGreaterThan(0);
    send([encodeLtp({ token: 257, lastPrice: 100 })]);
    expect(latest.sequence(1)).toBe(first);
    send([encodeLtp({ token: 1, lastPrice: 100 })]);
    expect(latest.sequence(1)).not.toBe(first);
  });

  it('holds the last record of every instrument that came', () => {
    const few = fc.constantFrom(1, 257, 0x63a01, 0xffff_ff01, 10, 0);
    const packets = fc
      .tuple(packetArbitrary, fc.option(few))
      .map(([packet, token]) => (token === null ? packet : withToken(packet, token)));
    const frames = fc.array(fc.array(packets, { maxLength: 8 }), { maxLength: 12 });
    fc.assert(
      fc.property(frames, (all) => {
        const { send, read } = table(128);
        const last = new Map<number, Uint8Array>();
        for (const frame of all) {
          send(frame);
          for (const packet of frame) last.set(new DataView(packet.buffer).getUint32(0), packet);
        }
        for (const [token, packet] of last) {
          expect(read(token)?.toObject()).toStrictEqual(new PacketView().wrap(packet).toObject());
        }
        for (const token of [1, 257, 2, 0, 0xffff_ffff]) {
          expect(read(token) !== undefined).toBe(last.has(token));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('holds the whole record: its head, its flags and its number', () => {
    const { line, send, read } = table(2);
    send([encodeLtp({ token: 10 }), encodeFull({ token: 1, volumeTraded: 9 })]);
    line.send(encodeFrame([encodeFull({ token: 1, volumeTraded: 3 })]), { receivedAt: 77, epoch: 5 });
    expect(read(1)).toMatchObject({
      frame: 1,
      index: 0,
      number: 2,
      receivedAt: 77,
      epoch: 5,
      volumeFell: true,
    });
    expect(read(10)).toMatchObject({ frame: 0, index: 0, number: 0, unknownSegment: true });
  });

  it('has a place for as many instruments as it was made for, and counts the records of others', () => {
    const { line, latest, send, lastPrice } = table(16);
    // One segment, close together: as they come in practice, and hard on a hash.
    const tokens = Array.from({ length: 20 }, (_, i) => (i + 1) * 256 + 1);
    for (const round of [1, 2, 3]) {
      send(tokens.map((token) => encodeLtp({ token, lastPrice: token * round })));
      expect(latest.overflowed).toBe(4 * round);
      const expected = tokens.map((token, i) => (i < 16 ? token * round : undefined));
      expect(tokens.map(lastPrice)).toEqual(expected);
    }
    expect(line.counts.records).toBe(60);
  });

  it('finds every instrument of a full table, however their tokens collide', () => {
    const places = 64;
    // Tokens whose hashes fall on the last entries: their search goes on at the start of the index.
    const tokens: number[] = [];
    for (let token = 1; tokens.length < places; token++) {
      if (((Math.imul(token, 0x9e3779b1) >>> 11) & 127) > 124) tokens.push(token);
    }
    const { latest, send, lastPrice } = table(places);
    for (const token of tokens) send([encodeLtp({ token, lastPrice: token + 1 })]);
    expect(tokens.map(lastPrice)).toEqual(tokens.map((token) => token + 1));
    expect(latest.overflowed).toBe(0);
    expect(lastPrice(tokens.at(-1)! + 1_000_000)).toBeUndefined();
  });

  it('of no places answers that there is nothing', () => {
    const { latest, send, lastPrice } = table(0);
    send([encodeLtp({ token: 1 })]);
    expect(lastPrice(1)).toBeUndefined();
    expect(latest.overflowed).toBe(0);
  });

  it('answers nothing for what a dead decoder left half written, until it is written again', () => {
    const { line, send, lastPrice } = table(4);
    send([encodeLtp({ token: 1, lastPrice: 5 }), encodeLtp({ token: 257, lastPrice: 6 })]);
    const sequence = sequenceAt(line.arena, 0);
    line.arena.u32[sequence]! |= 1;
    expect([lastPrice(1), lastPrice(257)]).toEqual([undefined, 6]);
    send([encodeLtp({ token: 1, lastPrice: 7 })]);
    expect(lastPrice(1)).toBe(7);
    expect(line.arena.u32[sequence]! & 1).toBe(0);
  });

  it('never counts a sequence to 0, which would say that nothing was written', () => {
    const { line, send, lastPrice } = table(2);
    send([encodeLtp({ token: 1 })]);
    const sequence = sequenceAt(line.arena, 0);
    line.arena.u32[sequence] = 0xffff_fffe;
    send([encodeLtp({ token: 1, lastPrice: 8 })]);
    expect(line.arena.u32[sequence]).toBe(2);
    expect(lastPrice(1)).toBe(8);
  });

  it('gives other threads no torn record and no older one while the kernel writes', async () => {
    const arena = kiteArena({ frameRingBytes: 2 ** 13, recordSlots: 16, latestInstruments: 8 });
    const tokens = [1, 257, 513];
    const changes = new Int32Array(new SharedArrayBuffer(4));
    const common = { handle: arena.handle, tokens, changes };
    const [rounds, read] = await Promise.all([
      runThread<number>('latest-writer', { ...common, module: kiteKernel, rounds: 300_000 }),
      runThread('latest-reader', common),
    ]);
    expect(read).toMatchObject({ torn: 0, backwards: 0, newest: [rounds, rounds, rounds] });
    expect(Atomics.load(changes, 0)).toBeGreaterThan(100);
  });
});

function withToken(packet: Uint8Array, token: number): Uint8Array {
  const copy = packet.slice();
  new DataView(copy.buffer).setUint32(0, token);
  return copy;
}
