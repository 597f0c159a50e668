import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type FrameFault, PacketView, parseFrame, type Tick } from 'tickring/kite';
import { describe, expect, it } from 'vitest';
import {
  correctOfficial,
  corruptFrameArbitrary,
  encodeFrame,
  encodeFull,
  encodeLtp,
  encodeQuote,
  frameArbitrary,
  fromHex,
  garbageArbitrary,
  officialFaults,
  officialPacketArbitrary,
  officialParse,
  shifted,
} from '../support/kite-frames.ts';

describe('parseFrame', () => {
  it('gives the objects that the official client gives where that one is right', () => {
    const goodFrames = fc.array(officialPacketArbitrary, { maxLength: 8 }).map((all) => encodeFrame(all));
    fc.assert(
      fc.property(goodFrames, (bytes) => {
        expect(parseFrame(bytes)).toStrictEqual(officialParse(bytes));
      }),
    );
  });

  it('gives the official objects put right in every good frame', () => {
    fc.assert(
      fc.property(frameArbitrary, ({ bytes }) => {
        expect(parseFrame(bytes)).toStrictEqual(officialParse(bytes).map(correctOfficial));
      }),
    );
  });

  it('takes a Uint8Array at any alignment, a Buffer, an ArrayBuffer and shared memory', () => {
    fc.assert(
      fc.property(frameArbitrary, fc.nat(9), ({ bytes }, lead) => {
        const expected = parseFrame(bytes);
        expect(parseFrame(shifted(bytes, lead))).toStrictEqual(expected);
        expect(parseFrame(shifted(bytes, lead, true))).toStrictEqual(expected);
        expect(parseFrame(Buffer.from(bytes))).toStrictEqual(expected);
        expect(parseFrame(new Uint8Array(bytes).buffer)).toStrictEqual(expected);
      }),
    );
  });

  it('parses the frame of literal bytes', () => {
    const frame = fromHex(`0002
      001c 0003e909 0023b74d 0023c503 00238bfb 00239eed 00237fd5 00003778
      0008 00063a01 000266ba`);
    expect(parseFrame(frame)).toEqual([
      {
        tradable: false,
        mode: 'quote',
        instrument_token: 256265,
        last_price: 23406.85,
        ohlc: { open: 23344.45, high: 23441.95, low: 23295.95, close: 23264.85 },
        change: 0.6103628435171514,
      },
      { tradable: true, mode: 'ltp', instrument_token: 408065, last_price: 1573.7 },
    ]);
  });

  it('has the keys of the official client in each kind of tick', () => {
    const keys = (tick: Tick | undefined) => Object.keys(tick ?? {}).sort();
    for (const size of [8, 28, 32, 44, 184]) {
      const frame = encodeFrame([new Uint8Array(size).fill(1)]);
      expect(keys(parseFrame(frame)[0])).toEqual(keys(officialParse(frame)[0]));
    }
  });

  it('gives no ticks and no fault for a heartbeat', () => {
    const faults: FrameFault[] = [];
    expect(parseFrame(fromHex('00'), { onMalformed: (fault) => faults.push(fault) })).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('keeps the good packets of a malformed frame and reports the rest', () => {
    fc.assert(
      fc.property(corruptFrameArbitrary, ({ bytes, packets, faults }) => {
        const reported: FrameFault[] = [];
        const ticks = parseFrame(bytes, { onMalformed: (fault) => reported.push(fault) });
        expect(ticks).toStrictEqual(packets.map((packet) => new PacketView().wrap(packet).toObject()));
        expect(reported).toStrictEqual(faults);
      }),
    );
  });

  it('throws on no bytes whatever', () => {
    fc.assert(
      fc.property(garbageArbitrary, (bytes) => {
        expect(() => parseFrame(bytes)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });

  it('takes a segment table of its user', () => {
    const segments = { 1: { exchange: 'NEW', divisor: 1000 } };
    expect(parseFrame(encodeFrame([encodeLtp({ token: 0x101, lastPrice: 5 })]), { segments })).toMatchObject([
      { last_price: 0.005 },
    ]);
  });

  it('refuses what is no bytes', () => {
    for (const bytes of ['text', undefined, 5, [0, 1]]) {
      const call = () => parseFrame(bytes as unknown as Uint8Array);
      expect(call).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }));
    }
  });
});

describe('where the official client misreads the wire, parseFrame', () => {
  it('gives tokens of 2^31 and more as they are', () => {
    const packet = encodeLtp({ token: 0x8000_0001 });
    expect(officialFaults(packet)).toEqual(['the token is read as signed']);
    expect(officialParse(encodeFrame([packet]))).toMatchObject([{ instrument_token: -0x7fff_ffff }]);
    expect(parseFrame(encodeFrame([packet]))).toMatchObject([{ instrument_token: 0x8000_0001 }]);
  });

  it('gives volumes of 2^31 and more as they are', () => {
    const packet = encodeQuote({ token: 0x101, volumeTraded: 3_000_000_000 });
    expect(officialFaults(packet)).toEqual(['an unsigned field is read as signed']);
    expect(officialParse(encodeFrame([packet]))).toMatchObject([{ volume_traded: -1_294_967_296 }]);
    expect(parseFrame(encodeFrame([packet]))).toMatchObject([{ volume_traded: 3_000_000_000 }]);
  });

  it('gives times after January 2038 as they are', () => {
    const packet = encodeFull({ token: 0x101, exchangeTime: 0x8000_0000 });
    expect(officialParse(encodeFrame([packet]))).toMatchObject([
      { exchange_timestamp: new Date(-(2 ** 31) * 1000) },
    ]);
    expect(parseFrame(encodeFrame([packet]))).toMatchObject([
      { exchange_timestamp: new Date(2 ** 31 * 1000) },
    ]);
  });

  it('divides NCO prices by 10,000', () => {
    const packet = encodeLtp({ token: 31132428, lastPrice: 3782000 });
    expect(officialFaults(packet)).toEqual(['NCO prices are divided by 100']);
    expect(officialParse(encodeFrame([packet]))).toMatchObject([{ last_price: 37820 }]);
    expect(parseFrame(encodeFrame([packet]))).toMatchObject([{ last_price: 378.2 }]);
  });

  it('makes no tick of a packet that the frame cuts off', () => {
    const frame = encodeFrame([encodeFull({ token: 0x101, lastPrice: 100 })]).slice(0, 4 + 44);
    expect(officialParse(frame)).toMatchObject([{ mode: 'quote' }]);
    expect(parseFrame(frame)).toEqual([]);
  });
});

const fixtures = new URL('../../../shared/fixtures/kite/', import.meta.url);

describe.skipIf(!existsSync(fixtures))('a captured packet', () => {
  it.each(['full', 'quote'])('in %s mode is parsed to what the REST API gave', (mode) => {
    const packet = Buffer.from(readFileSync(new URL(`ticker_${mode}.packet`, fixtures), 'utf8'), 'base64');
    const expected = JSON.parse(readFileSync(new URL(`ticker_${mode}.json`, fixtures), 'utf8'));
    const [tick] = parseFrame(encodeFrame([packet]));
    expect(tick).toStrictEqual(officialParse(encodeFrame([packet]))[0]);
    expect(tick).toMatchObject({
      tradable: expected.tradable,
      mode,
      instrument_token: expected.instrument_token,
      last_price: expected.last_price,
      last_traded_quantity: expected.last_quantity,
      average_traded_price: expected.average_price,
      volume_traded: expected.volume,
      total_buy_quantity: expected.buy_quantity,
      total_sell_quantity: expected.sell_quantity,
      ohlc: expected.ohlc,
    });
    if (mode !== 'full') return;
    expect(tick).toMatchObject({
      last_trade_time: new Date(expected.last_trade_time),
      exchange_timestamp: new Date(expected.timestamp),
      oi: expected.oi,
      oi_day_high: expected.oi_day_high,
      oi_day_low: expected.oi_day_low,
      depth: expected.depth,
    });
  });
});
