import fc from 'fast-check';
import { type FrameFault, PacketView, packets, type Tick } from 'tickring/kite';
import { describe, expect, it } from 'vitest';
import {
  corruptFrameArbitrary,
  encodeFrame,
  encodeLtp,
  encodeQuote,
  frameArbitrary,
  fromHex,
  garbageArbitrary,
  shifted,
  truncate,
} from '../support/kite-frames.ts';

function walk(bytes: Uint8Array): { ticks: Tick[]; faults: FrameFault[] } {
  const faults: FrameFault[] = [];
  const ticks = Array.from(packets(bytes, { onMalformed: (fault) => faults.push(fault) }), (view) =>
    view.toObject(),
  );
  return { ticks, faults };
}

function objectsOf(all: readonly Uint8Array[]): Tick[] {
  return all.map((packet) => new PacketView().wrap(packet).toObject());
}

const A = encodeLtp({ token: 0x101, lastPrice: 100 });
const B = encodeQuote({ token: 0x201, lastPrice: 200 });

describe('packets of a frame', () => {
  it('are read from literal bytes', () => {
    const frame = fromHex('0002 0008 00063a01 000266ba 0008 0003e909 0023b74d');
    const seen = Array.from(packets(frame), (view) => [view.instrumentToken, view.lastPrice]);
    expect(seen).toEqual([
      [408065, 1573.7],
      [256265, 23406.85],
    ]);
  });

  it('are all walked, in order and without a fault, in a good frame', () => {
    fc.assert(
      fc.property(frameArbitrary, ({ bytes, packets: all }) => {
        expect(walk(bytes)).toStrictEqual({ ticks: objectsOf(all), faults: [] });
      }),
    );
  });

  it('are the same at any alignment, in shared memory too', () => {
    fc.assert(
      fc.property(frameArbitrary, fc.nat(9), fc.boolean(), ({ bytes, packets: all }, lead, shared) => {
        expect(walk(shifted(bytes, lead, shared))).toStrictEqual({ ticks: objectsOf(all), faults: [] });
      }),
    );
  });

  it('are yielded through one view and one result object', () => {
    const steps = packets(encodeFrame([A, B]));
    const first = steps.next();
    const view = first.value;
    expect(steps.next()).toBe(first);
    expect(first.value).toBe(view);
    expect(view).toMatchObject({ kind: 'quote', lastPrice: 2 });
    expect(steps.next()).toEqual({ done: true, value: undefined });
    expect(steps.next()).toEqual({ done: true, value: undefined });
  });

  it('take a segment table of their user', () => {
    const segments = { 1: { exchange: 'NEW', divisor: 1000 } };
    expect(Array.from(packets(encodeFrame([A]), { segments }), (view) => view.lastPrice)).toEqual([0.1]);
  });

  it('are not walked on after the loop was left', () => {
    const faults: FrameFault[] = [];
    const steps = packets(encodeFrame([A, B], 3), { onMalformed: (fault) => faults.push(fault) });
    for (const _ of steps) break;
    expect([...steps]).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('are none, without a fault, in a heartbeat or a frame that counts none', () => {
    expect(walk(fromHex('00'))).toEqual({ ticks: [], faults: [] });
    expect(walk(fromHex('ff'))).toEqual({ ticks: [], faults: [] });
    expect(walk(fromHex('0000'))).toEqual({ ticks: [], faults: [] });
  });

  it('must come in a Uint8Array', () => {
    for (const bytes of [new ArrayBuffer(8), 'text', undefined, new DataView(new ArrayBuffer(8)), [0, 0]]) {
      const call = () => packets(bytes as unknown as Uint8Array);
      expect(call).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }));
    }
  });
});

describe('a malformed frame', () => {
  it('keeps its good packets and reports each fault with its exact counts', () => {
    fc.assert(
      fc.property(corruptFrameArbitrary, ({ bytes, packets: kept, faults }) => {
        expect(walk(bytes)).toStrictEqual({ ticks: objectsOf(kept), faults });
      }),
    );
  });

  it('gives the same packets when nobody listens for faults', () => {
    fc.assert(
      fc.property(corruptFrameArbitrary, ({ bytes, packets: kept }) => {
        expect(Array.from(packets(bytes), (view) => view.toObject())).toStrictEqual(objectsOf(kept));
      }),
    );
  });

  it('loses no announced packet in silence, whatever its bytes', () => {
    fc.assert(
      fc.property(garbageArbitrary, (bytes) => {
        const { ticks, faults } = walk(bytes);
        const announced = bytes.length >= 2 ? (bytes[0]! << 8) | bytes[1]! : 0;
        const missing = faults.reduce((sum, fault) => sum + fault.missing, 0);
        expect(ticks.length + missing).toBe(announced);
      }),
      { numRuns: 300 },
    );
  });

  it('is read only within its own bytes, not in those behind it in the same memory', () => {
    const whole = encodeFrame([A, B]);
    for (let size = 0; size < whole.length; size++) {
      const { packets: kept, faults } = truncate([A, B], size);
      expect(walk(whole.subarray(0, size))).toStrictEqual({ ticks: objectsOf(kept), faults });
    }
  });

  it('of no bytes is a short frame', () => {
    const fault = { reason: 'short-frame', offset: 0, packet: 0, length: 0, missing: 0 };
    expect(walk(new Uint8Array(0))).toEqual({ ticks: [], faults: [fault] });
  });

  it('whose length field is cut off is truncated', () => {
    const fault = { reason: 'truncated', offset: 12, packet: 1, length: 0, missing: 2 };
    expect(walk(fromHex('0003 0008 00000101 00000064 00'))).toEqual({
      ticks: objectsOf([A]),
      faults: [fault],
    });
  });

  it('whose packet runs past its end is truncated, and its trailing bytes are not reported again', () => {
    const fault = { reason: 'truncated', offset: 2, packet: 0, length: 184, missing: 1 };
    expect(walk(fromHex('0001 00b8 00000101 00000064'))).toEqual({ ticks: [], faults: [fault] });
  });

  it('whose packet is of an unknown length loses that packet only', () => {
    const strange = new Uint8Array(12).fill(9);
    const faults = [
      { reason: 'packet-length', offset: 12, packet: 1, length: 12, missing: 1 },
      { reason: 'packet-length', offset: 26, packet: 2, length: 0, missing: 1 },
    ];
    const frame = encodeFrame([A, strange, new Uint8Array(0), B]);
    expect(walk(frame)).toEqual({ ticks: objectsOf([A, B]), faults });
  });

  it('with bytes behind its last packet reports how many', () => {
    const fault = { reason: 'trailing-bytes', offset: 12, packet: 1, length: 3, missing: 0 };
    const frame = fromHex('0001 0008 00000101 00000064 0008 00');
    expect(walk(frame)).toEqual({ ticks: objectsOf([A]), faults: [fault] });
  });
});
