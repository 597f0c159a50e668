import fc from 'fast-check';
import { PacketView, packets, parseFrame, type SegmentTable, TickView } from 'tickring/kite';
import { type Arena, FRAME_KIND_RESET, FRAME_KIND_TEXT } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import {
  correctOfficial,
  encodeFrame,
  encodeFull,
  encodeIndexFull,
  encodeLtp,
  encodeQuote,
  frameArbitrary,
  officialPacketArbitrary,
  officialParse,
  packetArbitrary,
} from '../support/kite-frames.ts';
import { START_POSITIONS } from '../support/memory.ts';
import {
  arenaLayout,
  countersLayout,
  frameRingLayout,
  packetLayout,
  recordLayout,
  tickLayout,
} from '../support/memory-internals.ts';
import { instantiate, kiteArena, Line } from '../support/memory-kite.ts';

/** What both views have. */
const GETTERS = [
  ...(['instrumentToken', 'segment', 'exchange', 'unknownSegment', 'tradable', 'mode', 'divisor'] as const),
  ...(['rawLastPrice', 'lastPrice', 'lastTradedQuantity', 'averageTradedPrice', 'volumeTraded'] as const),
  ...(['totalBuyQuantity', 'totalSellQuantity', 'open', 'high', 'low', 'close', 'change'] as const),
  ...(['absoluteChange', 'priceChange', 'openInterest', 'oiDayHigh', 'oiDayLow'] as const),
  ...(['lastTradeTime', 'exchangeTimestamp'] as const),
];
const DEPTH_GETTERS = [
  ...(['bidPrice', 'bidQuantity', 'bidOrders', 'askPrice', 'askQuantity', 'askOrders'] as const),
];

const MOVES = ['constructor', 'moveTo'];

/** Every field of a view, by name. */
function fieldsOf(view: TickView | PacketView): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of GETTERS) fields[name] = view[name];
  for (const name of DEPTH_GETTERS) fields[name] = [0, 1, 2, 3, 4].map((level) => view[name](level));
  // The packet view subtracts the wire's integers, the tick view rupees: they differ in the last digits.
  const { absoluteChange: change, divisor } = view;
  return { ...fields, absoluteChange: change === undefined ? undefined : Math.round(change * divisor) };
}

function line(startPosition = 0): Line {
  return new Line({ frameRingBytes: 2 ** 14, recordSlots: 16, latestInstruments: 16, startPosition });
}

describe('the kernel and the packet view', () => {
  it('agree on every field of every good packet', () => {
    const sent = START_POSITIONS.map((position) => line(position));
    fc.assert(
      fc.property(frameArbitrary, fc.nat(sent.length - 1), ({ bytes }, which) => {
        const ticks = Array.from(sent[which]!.send(bytes), fieldsOf);
        expect(ticks).toStrictEqual(Array.from(packets(bytes), fieldsOf));
      }),
      { numRuns: 500 },
    );
  });

  it('are compared in every getter that both have', () => {
    const gettersOf = (prototype: object) => {
      const all = Object.getOwnPropertyDescriptors(prototype);
      return Object.keys(all).filter((name) => all[name]!.get !== undefined || all[name]!.value.length > 0);
    };
    const both = new Set(gettersOf(PacketView.prototype));
    const shared = gettersOf(TickView.prototype).filter((name) => both.has(name) && !MOVES.includes(name));
    expect([...GETTERS, ...DEPTH_GETTERS].sort()).toEqual(shared.sort());
  });

  it('agree with a segment table of the user', () => {
    const segments: SegmentTable = {
      1: { exchange: 'ONE', divisor: 1 },
      200: { exchange: 'MOST', divisor: 2 ** 31 - 1 },
    };
    const sent = new Line({ recordSlots: 16, latestInstruments: 16 }, segments);
    fc.assert(
      fc.property(frameArbitrary, ({ bytes }) => {
        const ticks = Array.from(sent.send(bytes), fieldsOf);
        expect(ticks).toStrictEqual(Array.from(packets(bytes, { segments }), fieldsOf));
      }),
    );
  });

  it('refuse the same levels of depth', () => {
    const bytes = encodeFrame([encodeFull({ token: 1 })]);
    const refused = expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' });
    for (const view of [lastViewOf(line(), bytes), new PacketView().wrap(bytes, 4)]) {
      for (const name of DEPTH_GETTERS) {
        for (const level of [-1, 5, 0.5, Number.NaN]) expect(() => view[name](level)).toThrow(refused);
      }
    }
  });
});

describe('the objects of ticks', () => {
  it('are those of parseFrame', () => {
    const sent = line(2 ** 32 - 64);
    fc.assert(
      fc.property(frameArbitrary, ({ bytes }) => {
        expect(Array.from(sent.send(bytes), (tick) => tick.toObject())).toStrictEqual(parseFrame(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('are those of the official client where that one is right', () => {
    const sent = line();
    const goodFrames = fc.array(officialPacketArbitrary, { maxLength: 8 }).map((all) => encodeFrame(all));
    fc.assert(
      fc.property(goodFrames, (bytes) => {
        expect(Array.from(sent.send(bytes), (tick) => tick.toObject())).toStrictEqual(officialParse(bytes));
      }),
    );
  });

  it('are those of the official client put right in every good frame', () => {
    const sent = line();
    fc.assert(
      fc.property(frameArbitrary, ({ bytes }) => {
        const ticks = Array.from(sent.send(bytes), (tick) => tick.toObject());
        expect(ticks).toStrictEqual(officialParse(bytes).map(correctOfficial));
      }),
    );
  });
});

describe('a record', () => {
  it('says which frame, connection and epoch it came in, where in the frame, when, and its own number', () => {
    const sent = new Line({ recordSlots: 4, connection: 513, startPosition: 2 ** 32 - 8 });
    const two = encodeFrame([encodeLtp({ token: 1 }), encodeLtp({ token: 2 })]);
    const before = performance.timeOrigin + performance.now();
    const heads: unknown[] = [];
    for (let frame = 0; frame < 5; frame++) {
      const ticks = sent.send(two, { receivedAt: 1.7e12 + frame / 4, epoch: 0xffff_fff0 + frame });
      for (const { frame, index, number, epoch, connection, receivedAt, decodedAt } of ticks) {
        heads.push({ frame, index, number, epoch, connection, receivedAt });
        expect(decodedAt).toBeGreaterThanOrEqual(before);
        expect(decodedAt).toBeLessThanOrEqual(performance.timeOrigin + performance.now());
      }
    }
    const expected = Array.from({ length: 10 }, (_, i) => ({
      frame: i >> 1,
      index: i & 1,
      number: (2 ** 32 - 8 + i) >>> 0,
      epoch: 0xffff_fff0 + (i >> 1),
      connection: 513,
      receivedAt: 1.7e12 + (i >> 1) / 4,
    }));
    expect(heads).toEqual(expected);
  });

  it('keeps its place in the frame when packets before it were rejected', () => {
    const ticks = line().send(encodeFrame([new Uint8Array(5), encodeLtp({ token: 7 }), new Uint8Array(0)]));
    expect(Array.from(ticks, ({ index, instrumentToken }) => [index, instrumentToken])).toEqual([[1, 7]]);
  });

  it('lies at the offsets of the layouts', () => {
    const sent = line(2 ** 32 - 8);
    const packet = encodeFull({ token: 0x01020301, ...numbersFrom(1), bids: levels(100), asks: levels(200) });
    sent.send(encodeFrame([packet]), { receivedAt: 5.5, epoch: 9 });
    const at = slotOf(sent.arena, 2 ** 32 - 8);
    const { u8, u16, u32, i32, f64 } = sent.arena;
    const r = recordLayout;
    const t = tickLayout;
    const p = packetLayout;
    expect(u32[(at + r.RECORD_NUMBER) >> 2]).toBe(2 ** 32 - 8);
    expect(u8[at + r.RECORD_KIND]).toBe(t.TICK_FULL);
    expect(u16[(at + r.RECORD_FLAGS) >> 1]).toBe(0);
    expect(u32[(at + r.RECORD_FRAME) >> 2]).toBe(0);
    expect(u32[(at + r.RECORD_INSTRUMENT) >> 2]).toBe(0x01020301);
    expect(f64[(at + r.RECORD_RECEIVED_AT) >> 3]).toBe(5.5);
    expect(f64[(at + r.RECORD_DECODED_AT) >> 3]).toBeGreaterThan(0);
    expect(u32[(at + r.RECORD_EPOCH) >> 2]).toBe(9);
    expect(i32[(at + t.TICK_DIVISOR) >> 2]).toBe(100);
    const word = (field: number) => u32[(at + t.TICK_PACKET + field) >> 2];
    expect([word(p.TOKEN), word(p.LAST_PRICE), word(p.CLOSE), word(p.EXCHANGE_TIME)]).toEqual([
      0x01020301, 1, 10, 15,
    ]);
    for (let entry = 0; entry < 10; entry++) {
      const depth = p.DEPTH + entry * p.DEPTH_ENTRY_BYTES;
      const base = (entry < 5 ? 100 : 200) + 3 * (entry % 5);
      expect([word(depth + p.DEPTH_QUANTITY), word(depth + p.DEPTH_PRICE)]).toEqual([base, base + 1]);
      expect(u16[(at + t.TICK_PACKET + depth + t.TICK_DEPTH_ORDERS) >> 1]).toBe(base + 2);
    }
  });

  it('of an index has its prices where those of others lie', () => {
    const sent = line();
    sent.send(encodeFrame([encodeIndexFull({ token: 9, ...numbersFrom(1), priceChange: -3 })]));
    const at = slotOf(sent.arena, 0);
    const word = (offset: number) => sent.arena.i32[(at + offset) >> 2];
    const t = tickLayout.TICK_PACKET;
    const p = packetLayout;
    const fields = [p.OPEN, p.HIGH, p.LOW, p.CLOSE, p.EXCHANGE_TIME].map((field) => word(t + field));
    expect(fields).toEqual([7, 8, 9, 10, 15]);
    expect(word(tickLayout.TICK_INDEX_PRICE_CHANGE)).toBe(-3);
  });
});

describe('flags', () => {
  it('say that a segment is in no table, which is counted', () => {
    const sent = line();
    const frame = encodeFrame([1, 10, 9, 200].map((token) => encodeLtp({ token, lastPrice: 250 })));
    const seen = Array.from(sent.send(frame), (tick) => [tick.unknownSegment, tick.lastPrice]);
    expect(seen).toEqual([
      [false, 2.5],
      [true, 2.5],
      [false, 2.5],
      [true, 2.5],
    ]);
    expect(sent.counts.unknownSegments).toBe(2);
  });

  it("say that the day's volume fell, of the same instrument, whatever came between", () => {
    const sent = line();
    const quote = (token: number, volumeTraded: number) => encodeQuote({ token, volumeTraded });
    const full = (token: number, volumeTraded: number) => encodeFull({ token, volumeTraded });
    const sequence = [
      [quote(1, 0xffff_ff00), false],
      [full(257, 5), false],
      [quote(1, 0xffff_ff00), false],
      [full(1, 0xffff_ffff), false],
      [full(1, 3), true],
      [quote(1, 4), false],
      [quote(257, 4), true],
      [full(1, 3), true],
    ] as const;
    for (const [packet, fell] of sequence) {
      for (const tick of sent.send(encodeFrame([packet]))) expect(tick.volumeFell).toBe(fell);
    }
  });

  it('of a slot do not outlive the record', () => {
    const sent = new Line({ recordSlots: 2, latestInstruments: 2 });
    for (const token of [10, 1, 10, 1]) {
      for (const tick of sent.send(encodeFrame([encodeLtp({ token })]))) {
        expect(tick.flags).toBe(token === 10 ? 1 : 0);
      }
    }
  });
});

describe('frames', () => {
  it('of text, and resets, make no records and are no fault', () => {
    const sent = line();
    const packet = encodeFrame([encodeLtp({ token: 1 })]);
    for (const kind of [FRAME_KIND_TEXT, FRAME_KIND_RESET]) {
      expect(sent.send(packet, { kind }).size).toBe(0);
      expect(sent.send(new Uint8Array(0), { kind }).size).toBe(0);
    }
    // Resets are the feed's own: nobody received them.
    expect(sent.counts).toMatchObject({ framesDecoded: 2, records: 0, rejected: 0, heartbeats: 0 });
  });

  it('of one byte are heartbeats, and those of no packets nothing', () => {
    const sent = line();
    expect(sent.send(Uint8Array.of(0)).size).toBe(0);
    expect(sent.send(Uint8Array.of(0, 0)).size).toBe(0);
    expect(sent.counts).toMatchObject({ framesDecoded: 2, heartbeats: 1, rejected: 0, framesMalformed: 0 });
  });

  it('are counted with their records', () => {
    const sent = line();
    fc.assert(
      fc.property(fc.array(packetArbitrary, { maxLength: 5 }), (all) => {
        const { records, framesDecoded } = sent.counts;
        expect(Array.from(sent.send(encodeFrame(all)))).toHaveLength(all.length);
        expect(sent.counts).toMatchObject({
          records: records + all.length,
          framesDecoded: framesDecoded + 1,
          rejected: 0,
        });
      }),
      { numRuns: 30 },
    );
  });

  it('of the most packets that a count can say are decoded whole', () => {
    const sent = new Line({ frameRingBytes: 2 ** 22, recordSlots: 2 ** 16, latestInstruments: 2 });
    const all = Array.from({ length: 65_535 }, (_, i) => encodeLtp({ token: 1, lastPrice: i }));
    const ticks = sent.send(encodeFrame(all));
    expect(ticks.size).toBe(65_535);
    let next = 0;
    for (const tick of ticks) {
      if (tick.rawLastPrice !== next || tick.index !== next) break;
      next += 1;
    }
    expect(next).toBe(65_535);
  });
});

describe('the kernel by itself', () => {
  it('knows the most records of a frame from its count and its length', () => {
    const arena = kiteArena({ recordSlots: 16, latestInstruments: 0 });
    const kernel = instantiate(arena);
    const head = arena.region(arenaLayout.REGION_FRAME_RING).offset + frameRingLayout.FRAME_DATA;
    const put = (kind: number, bytes: Uint8Array) => {
      arena.u32[head >> 2] = bytes.length;
      arena.u8[head + frameRingLayout.FRAME_KIND] = kind;
      arena.u8[head + frameRingLayout.FRAME_PAYLOAD] = frameRingLayout.FRAME_HEAD_BYTES;
      arena.u8.set(bytes, head + frameRingLayout.FRAME_HEAD_BYTES);
      return kernel.most(head);
    };
    const ltp = encodeLtp({ token: 1 });
    expect(put(1, new Uint8Array(0))).toBe(0);
    expect(put(1, Uint8Array.of(9))).toBe(0);
    expect(put(1, Uint8Array.of(9, 9))).toBe(0);
    expect(put(1, encodeFrame([ltp, ltp, ltp]))).toBe(3);
    expect(put(1, encodeFrame([ltp, ltp, ltp], 2))).toBe(2);
    expect(put(1, encodeFrame([ltp, ltp, ltp], 65_535))).toBe(3);
    expect(put(2, encodeFrame([ltp, ltp, ltp]))).toBe(0);
    expect(put(3, encodeFrame([ltp, ltp, ltp]))).toBe(0);
  });

  it('keeps no results of the frame before', () => {
    const sent = line();
    sent.send(Uint8Array.of(0));
    sent.send(Uint8Array.of(0, 9, 0));
    sent.send(encodeFrame([encodeLtp({ token: 200 })]));
    const { offset } = sent.arena.region(arenaLayout.REGION_COUNTERS);
    const result = (at: number) => sent.arena.u32[(offset + at) >> 2];
    expect(result(countersLayout.RESULT_UNKNOWN)).toBe(1);
    sent.send(encodeFrame([encodeLtp({ token: 1 })]));
    expect([
      result(countersLayout.RESULT_HEARTBEAT),
      result(countersLayout.RESULT_UNKNOWN),
      result(countersLayout.RESULT_MALFORMED),
      ...[0, 1, 2, 3].map((reason) => result(countersLayout.RESULT_REJECTED + 4 * reason)),
    ]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
});

function lastViewOf(sent: Line, bytes = encodeFrame([encodeLtp({ token: 1 })])): TickView {
  const [view] = [...sent.send(bytes)];
  return view!;
}

function slotOf(arena: Arena, position: number): number {
  const { offset, bytes } = arena.region(arenaLayout.REGION_RECORD_RING);
  const slots = (bytes - 2560) / 256;
  return offset + 2560 + (position & (slots - 1)) * 256;
}

/** Each field another number, in the order of the full packet. */
function numbersFrom(first: number) {
  const names = [
    ...['lastPrice', 'lastTradedQuantity', 'averageTradedPrice', 'volumeTraded', 'totalBuyQuantity'],
    ...['totalSellQuantity', 'open', 'high', 'low', 'close', 'lastTradeTime', 'openInterest'],
    ...['oiDayHigh', 'oiDayLow', 'exchangeTime'],
  ];
  return Object.fromEntries(names.map((name, i) => [name, first + i]));
}

function levels(first: number) {
  return [0, 1, 2, 3, 4].map((i) => ({
    quantity: first + 3 * i,
    price: first + 3 * i + 1,
    orders: first + 3 * i + 2,
  }));
}
