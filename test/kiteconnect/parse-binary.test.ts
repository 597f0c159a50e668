import fc from 'fast-check';
import { KiteTicker } from 'tickring/kiteconnect';
import { describe, expect, test } from 'vitest';
import {
  correctOfficial,
  corruptFrameArbitrary,
  encodeFrame,
  frameArbitrary,
  fromHex,
  garbageArbitrary,
  officialPacketArbitrary,
  officialParse,
} from '../support/kite-frames.ts';

const ticker = new KiteTicker({ api_key: 'api_key', access_token: 'access_token' });

function parse(bytes: Uint8Array) {
  return ticker.parseBinary(new Uint8Array(bytes).buffer);
}

test('equals the official client on what that reads rightly', () => {
  fc.assert(
    fc.property(fc.array(officialPacketArbitrary, { maxLength: 8 }), (packets) => {
      const frame = encodeFrame(packets);
      expect(parse(frame)).toEqual(officialParse(frame));
    }),
  );
});

test('on any good frame, equals the official client with its faults put right', () => {
  fc.assert(
    fc.property(frameArbitrary, ({ bytes }) => {
      expect(parse(bytes)).toEqual(officialParse(bytes).map(correctOfficial));
    }),
  );
});

test('keeps the good packets of a malformed frame', () => {
  fc.assert(
    fc.property(corruptFrameArbitrary, ({ bytes, packets }) => {
      expect(parse(bytes)).toEqual(parse(encodeFrame(packets)));
    }),
  );
});

test('takes any bytes', () => {
  fc.assert(fc.property(garbageArbitrary, (bytes) => Array.isArray(parse(bytes))));
  expect(parse(Uint8Array.of(0))).toEqual([]);
});

// The tests of the official repository (github.com/zerodha/kiteconnectjs, test/test_ticker.ts, MIT), with its packets.
describe("the official client's own tests", () => {
  const LTP = '0001 0008 000d80010000997f';
  const QUOTE = `0001 002c 000d80010000997f0000000200009d730153ad28000015f1000000000000a4100000a46a000098620000a1c2`;
  const FULL = `0001 00b8 ${QUOTE.slice(10)} 62ab05a0 ${'00'.repeat(12)} 62ab1198 000015f1 0000997f 001e ${'00'.repeat(110)}`;

  test('Fetch ltp mode tick data', () => {
    const ticks = parse(fromHex(LTP));
    expect(ticks).toBeInstanceOf(Array);
    expect(ticks[0]?.mode).toBe('ltp');
    expect(ticks).toHaveProperty('[0].instrument_token');
    expect(ticks).toHaveProperty('[0].last_price');
  });

  test('Fetch quote mode tick data', () => {
    const ticks = parse(fromHex(QUOTE));
    expect(ticks).toBeInstanceOf(Array);
    expect(ticks[0]?.mode).toBe('quote');
    for (const key of ['instrument_token', 'ohlc', 'volume_traded'])
      expect(ticks).toHaveProperty(`[0].${key}`);
  });

  test('Fetch full mode tick data', () => {
    const ticks = parse(fromHex(FULL));
    expect(fromHex(FULL)).toHaveLength(188);
    expect(ticks).toBeInstanceOf(Array);
    expect(ticks[0]?.mode).toBe('full');
    for (const key of ['exchange_timestamp', 'last_trade_time', 'depth'])
      expect(ticks).toHaveProperty(`[0].${key}`);
  });

  test('and its packets give the same ticks with both', () => {
    for (const frame of [LTP, QUOTE, FULL].map(fromHex)) {
      expect(parse(frame)).toHaveLength(1);
      expect(parse(frame)).toEqual(officialParse(frame));
    }
  });
});
