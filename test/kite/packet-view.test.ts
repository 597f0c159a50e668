import fc from 'fast-check';
import { PacketView, type Tick } from 'tickring/kite';
import { describe, expect, it } from 'vitest';
import {
  correctOfficial,
  encodeFrame,
  encodeFull,
  encodeIndexFull,
  encodeIndexQuote,
  encodeLtp,
  encodeQuote,
  fromHex,
  officialFaults,
  officialIsRight,
  officialPacketArbitrary,
  officialParse,
  PACKET_SIZES,
  packetArbitrary,
  shifted,
} from '../support/kite-frames.ts';

const LTP = '00063a01 000266ba';

const INDEX_QUOTE = `0003e909 0023b74d
  0023c503 00238bfb 00239eed 00237fd5 00003778`;

const INDEX_FULL = `${INDEX_QUOTE} 66694b39`;

const QUOTE = `00063a01 00026683 00000001 00026569 0011f1b2
  0003e9ff 00058037 000264f3 0002673c 000261c9 0002646c`;

const FULL = `${QUOTE} 60e2947f 00000bb8 00000bc2 000007d0 60e29480
  00000005 0002669c 0001 0000
  0000008c 00026674 0002 0000
  00000002 0002666f 0001 0000
  000000db 0002666a 0007 0000
  00000032 00026665 fffe ffff
  000000ac 000266ba 0003 0000
  0000002c 000266bf 0003 0000
  0000012e 000266c9 0003 0000
  0000008d 000266ce 0002 0000
  000002d4 000266d3 0005 0000`;

/** The official client's shape, put together from the view's getters alone. */
function fromGetters(view: PacketView): Tick {
  const { tradable, instrumentToken, lastPrice } = view;
  const head = { tradable, instrument_token: instrumentToken, last_price: lastPrice };
  if (view.kind === 'ltp') return { ...head, mode: 'ltp' };
  const ohlc = { open: view.open!, high: view.high!, low: view.low!, close: view.close! };
  const exchange_timestamp = view.exchangeTimestamp ? new Date(view.exchangeTimestamp) : null;
  if (view.kind === 'index-quote' || view.kind === 'index-full') {
    const change = view.change ?? Math.round(view.priceChange! * view.divisor);
    if (view.kind === 'index-quote') return { ...head, mode: 'quote', ohlc, change };
    return { ...head, mode: 'full', ohlc, change, exchange_timestamp };
  }
  const quote = {
    ...head,
    last_traded_quantity: view.lastTradedQuantity!,
    average_traded_price: view.averageTradedPrice!,
    volume_traded: view.volumeTraded!,
    total_buy_quantity: view.totalBuyQuantity!,
    total_sell_quantity: view.totalSellQuantity!,
    ohlc,
    change: view.change ?? 0,
  };
  if (view.kind === 'quote') return { ...quote, mode: 'quote' };
  const levels = [0, 1, 2, 3, 4];
  return {
    ...quote,
    mode: 'full',
    last_trade_time: view.lastTradeTime ? new Date(view.lastTradeTime) : null,
    exchange_timestamp,
    oi: view.openInterest!,
    oi_day_high: view.oiDayHigh!,
    oi_day_low: view.oiDayLow!,
    depth: {
      buy: levels.map((i) => ({
        quantity: view.bidQuantity(i)!,
        price: view.bidPrice(i)!,
        orders: view.bidOrders(i)!,
      })),
      sell: levels.map((i) => ({
        quantity: view.askQuantity(i)!,
        price: view.askPrice(i)!,
        orders: view.askOrders(i)!,
      })),
    },
  };
}

function viewOf(packet: Uint8Array): PacketView {
  return new PacketView().wrap(packet);
}

/** Fields that only some kinds carry, by the first size that has them. */
const QUOTE_FIELDS = [
  ...['lastTradedQuantity', 'averageTradedPrice', 'volumeTraded', 'totalBuyQuantity', 'totalSellQuantity'],
] as (keyof PacketView)[];
const FULL_FIELDS = ['lastTradeTime', 'openInterest', 'oiDayHigh', 'oiDayLow'] as (keyof PacketView)[];
const PRICE_FIELDS = ['open', 'high', 'low', 'close', 'change', 'absoluteChange'] as (keyof PacketView)[];

describe('a packet view over literal bytes', () => {
  it('reads an LTP packet', () => {
    const view = viewOf(fromHex(LTP));
    expect(view).toMatchObject({ kind: 'ltp', mode: 'ltp', byteLength: 8, instrumentToken: 408065 });
    expect(view).toMatchObject({ segment: 1, exchange: 'NSE', unknownSegment: false, tradable: true });
    expect(view).toMatchObject({ rawLastPrice: 157370, divisor: 100, lastPrice: 1573.7 });
  });

  it('reads an index packet in quote mode, whose prices are in the order high, low, open, close', () => {
    const view = viewOf(fromHex(INDEX_QUOTE));
    expect(view).toMatchObject({ kind: 'index-quote', mode: 'quote', byteLength: 28 });
    expect(view).toMatchObject({ instrumentToken: 256265, exchange: 'INDICES', tradable: false });
    expect(view).toMatchObject({ lastPrice: 23406.85, high: 23441.95, low: 23295.95, open: 23344.45 });
    expect(view).toMatchObject({ close: 23264.85, priceChange: 142, absoluteChange: 142 });
    expect(view.change).toBe(0.6103628435171514);
    expect(view.exchangeTimestamp).toBeUndefined();
  });

  it('reads an index packet in full mode', () => {
    const view = viewOf(fromHex(INDEX_FULL));
    expect(view).toMatchObject({ kind: 'index-full', mode: 'full', byteLength: 32, open: 23344.45 });
    expect(view.exchangeTimestamp).toBe(Date.UTC(2024, 5, 12, 7, 16, 9));
  });

  it('reads a quote packet', () => {
    const view = viewOf(fromHex(QUOTE));
    expect(view).toMatchObject({ kind: 'quote', mode: 'quote', byteLength: 44, instrumentToken: 408065 });
    expect(view).toMatchObject({ lastPrice: 1573.15, lastTradedQuantity: 1, averageTradedPrice: 1570.33 });
    expect(view).toMatchObject({
      volumeTraded: 1175986,
      totalBuyQuantity: 256511,
      totalSellQuantity: 360503,
    });
    expect(view).toMatchObject({ open: 1569.15, high: 1575, low: 1561.05, close: 1567.8 });
    expect(view.absoluteChange).toBe(5.35);
    expect(view.change).toBeCloseTo(0.341243, 6);
  });

  it('reads a full packet', () => {
    const view = viewOf(fromHex(FULL));
    expect(view).toMatchObject({ kind: 'full', mode: 'full', byteLength: 184, close: 1567.8 });
    expect(view).toMatchObject({ openInterest: 3000, oiDayHigh: 3010, oiDayLow: 2000 });
    expect(view.lastTradeTime).toBe(Date.UTC(2021, 6, 5, 5, 11, 27));
    expect(view.exchangeTimestamp).toBe(Date.UTC(2021, 6, 5, 5, 11, 28));
    expect([view.bidQuantity(0), view.bidPrice(0), view.bidOrders(0)]).toEqual([5, 1573.4, 1]);
    expect([view.bidQuantity(4), view.bidPrice(4), view.bidOrders(4)]).toEqual([50, 1572.85, 65534]);
    expect([view.askQuantity(0), view.askPrice(0), view.askOrders(0)]).toEqual([172, 1573.7, 3]);
    expect([view.askQuantity(4), view.askPrice(4), view.askOrders(4)]).toEqual([724, 1573.95, 5]);
  });
});

describe('a packet view', () => {
  it('agrees with the official client on every packet that it reads rightly', () => {
    fc.assert(
      fc.property(officialPacketArbitrary, (packet) => {
        expect(officialIsRight(packet)).toBe(true);
        const [expected] = officialParse(encodeFrame([packet]));
        const view = viewOf(packet);
        expect(view.toObject()).toStrictEqual(expected);
        expect(fromGetters(view)).toStrictEqual(expected);
      }),
    );
  });

  it('agrees with the official client put right on every packet', () => {
    fc.assert(
      fc.property(packetArbitrary, (packet) => {
        const expected = correctOfficial(officialParse(encodeFrame([packet]))[0]!);
        const view = viewOf(packet);
        expect(view.toObject()).toStrictEqual(expected);
        expect(fromGetters(view)).toStrictEqual(expected);
      }),
    );
  });

  it('reads the same at any alignment, in shared memory too', () => {
    fc.assert(
      fc.property(packetArbitrary, fc.nat(9), fc.nat(9), fc.boolean(), (packet, lead, offset, shared) => {
        const bytes = shifted(shifted(packet, offset), lead, shared);
        const view = new PacketView().attach(shifted(bytes, lead, shared)).moveTo(0, packet.length);
        expect(view.toObject()).toStrictEqual(viewOf(packet).toObject());
        const whole = new Uint8Array(bytes.buffer);
        view.wrap(whole, lead, packet.length);
        expect(fromGetters(view)).toStrictEqual(fromGetters(viewOf(packet)));
      }),
    );
  });

  it('has undefined for what a packet does not carry, also after a packet that carried it', () => {
    const view = new PacketView();
    for (const size of PACKET_SIZES) {
      view.wrap(new Uint8Array(184).fill(1));
      view.wrap(new Uint8Array(184).fill(1), 0, size);
      for (const field of QUOTE_FIELDS) expect(view[field] !== undefined).toBe(size >= 44);
      for (const field of FULL_FIELDS) expect(view[field] !== undefined).toBe(size === 184);
      for (const field of PRICE_FIELDS) expect(view[field] !== undefined).toBe(size !== 8);
      expect(view.exchangeTimestamp !== undefined).toBe(size === 32 || size === 184);
      expect(view.priceChange !== undefined).toBe(size === 28 || size === 32);
      for (const level of [0, 4]) {
        const depth = [view.bidPrice(level), view.bidQuantity(level), view.bidOrders(level)];
        depth.push(view.askPrice(level), view.askQuantity(level), view.askOrders(level));
        for (const value of depth) expect(value !== undefined).toBe(size === 184);
      }
    }
  });

  it.each([
    [31132428, 3782000, 378.2],
    [31503116, 268500000, 26850],
    [33539084, 84940000, 8494],
  ])('divides the NCO price of token %i by 10,000', (token, lastPrice, expected) => {
    const view = viewOf(
      encodeFull({
        token,
        lastPrice,
        close: lastPrice,
        bids: [{ quantity: 1, price: lastPrice, orders: 1 }],
      }),
    );
    expect(view).toMatchObject({ exchange: 'NCO', divisor: 10_000, lastPrice: expected, close: expected });
    expect(view.bidPrice(0)).toBe(expected);
    expect(view.toObject().last_price).toBe(expected);
  });

  it.each([
    [1, 'NSE', 100],
    [2, 'NFO', 100],
    [3, 'CDS', 10_000_000],
    [4, 'BSE', 100],
    [5, 'BFO', 100],
    [6, 'BCD', 10_000],
    [7, 'MCX', 100],
    [8, 'MCXSX', 100],
    [9, 'INDICES', 100],
    [12, 'NCO', 10_000],
  ])('knows segment %i as %s with divisor %i', (segment, exchange, divisor) => {
    const view = viewOf(encodeLtp({ token: 0x100 | segment, lastPrice: 123 }));
    expect(view).toMatchObject({
      segment,
      exchange,
      divisor,
      unknownSegment: false,
      lastPrice: 123 / divisor,
    });
    expect(view.tradable).toBe(segment !== 9);
  });

  it('divides by 100 in a segment that it does not know, and says so', () => {
    const view = viewOf(encodeLtp({ token: 0x1ff, lastPrice: 12345 }));
    expect(view).toMatchObject({
      segment: 255,
      exchange: 'UNKNOWN',
      unknownSegment: true,
      lastPrice: 123.45,
    });
  });

  it('takes a segment table of its user', () => {
    const view = new PacketView({ segments: { 255: { exchange: 'NEW', divisor: 1000 } } });
    view.wrap(encodeLtp({ token: 0x1ff, lastPrice: 12345 }));
    expect(view).toMatchObject({ exchange: 'NEW', divisor: 1000, unknownSegment: false, lastPrice: 12.345 });
    view.wrap(encodeLtp({ token: 0x101, lastPrice: 12345 }));
    expect(view).toMatchObject({ exchange: 'UNKNOWN', unknownSegment: true });
  });

  it.each([
    [{ 256: { exchange: 'X', divisor: 100 } }, /segment 256/],
    [{ [-1]: { exchange: 'X', divisor: 100 } }, /segment -1/],
    [{ 1: { exchange: 'X', divisor: 0 } }, /divisor 0/],
    [{ 1: { exchange: 'X', divisor: Number.NaN } }, /divisor NaN/],
  ])('refuses the segment table %j', (segments, message) => {
    const refused = expect.objectContaining({
      code: 'ERR_TICKRING_ARGUMENT',
      message: expect.stringMatching(message),
    });
    expect(() => new PacketView({ segments })).toThrow(refused);
  });

  it('reads prices as signed', () => {
    const lastPrice = -3763;
    const view = viewOf(
      encodeQuote({ token: 0x107, lastPrice, averageTradedPrice: -1, open: -0x8000_0000, close: -200 }),
    );
    expect(view).toMatchObject({ lastPrice: -37.63, rawLastPrice: -3763, averageTradedPrice: -0.01 });
    expect(view).toMatchObject({ open: -21474836.48, close: -2, absoluteChange: -35.63 });
    expect(view.change).toBeCloseTo(1781.5);
  });

  it('reads tokens, quantities, volume, open interest and times as unsigned, which the official client does not', () => {
    const big = 0xffff_ff01;
    const level = { quantity: big, price: -1, orders: 0xffff };
    const packet = encodeFull({
      ...{
        token: big,
        lastTradedQuantity: big,
        volumeTraded: big,
        totalBuyQuantity: big,
        totalSellQuantity: big,
      },
      ...{ lastTradeTime: big, openInterest: big, oiDayHigh: big, oiDayLow: big, exchangeTime: big },
      ...{ bids: [level], asks: [level] },
    });
    const view = viewOf(packet);
    expect(view).toMatchObject({ instrumentToken: big, lastTradedQuantity: big, volumeTraded: big });
    expect(view).toMatchObject({ totalBuyQuantity: big, totalSellQuantity: big, openInterest: big });
    expect(view).toMatchObject({ oiDayHigh: big, oiDayLow: big });
    expect(view).toMatchObject({ lastTradeTime: big * 1000, exchangeTimestamp: big * 1000 });
    expect([view.bidQuantity(0), view.bidPrice(0), view.bidOrders(0)]).toEqual([big, -0.01, 0xffff]);
    expect([view.askQuantity(0), view.askPrice(0), view.askOrders(0)]).toEqual([big, -0.01, 0xffff]);
    expect(officialFaults(packet)).toEqual([
      'the token is read as signed',
      'an unsigned field is read as signed',
    ]);
    const [theirs] = officialParse(encodeFrame([packet]));
    expect(theirs).toMatchObject({ instrument_token: -255, volume_traded: -255 });
  });

  it('has no change in percent when close is 0, where objects have what the official client gives', () => {
    const token = 0x101;
    const quote = viewOf(encodeQuote({ token, lastPrice: 500 }));
    expect(quote.change).toBeUndefined();
    expect(quote.absoluteChange).toBe(5);
    expect(quote.toObject()).toMatchObject({ change: 0 });
    expect(viewOf(encodeFull({ token, lastPrice: 500 })).toObject()).toMatchObject({ change: 0 });
    for (const encode of [encodeIndexQuote, encodeIndexFull]) {
      const index = viewOf(encode({ token: 256265, lastPrice: 500, priceChange: -1234 }));
      expect(index.change).toBeUndefined();
      expect(index.priceChange).toBe(-12.34);
      expect(index.toObject()).toMatchObject({ change: -1234 });
    }
  });

  it('has time 0, and null in objects, when the packet has none', () => {
    const view = viewOf(encodeFull({ token: 0x101 }));
    expect(view).toMatchObject({ lastTradeTime: 0, exchangeTimestamp: 0 });
    expect(view.toObject()).toMatchObject({ last_trade_time: null, exchange_timestamp: null });
    expect(viewOf(encodeIndexFull({ token: 0x109 })).toObject()).toMatchObject({ exchange_timestamp: null });
  });

  it('refuses a depth level that there is not', () => {
    const view = viewOf(encodeFull({ token: 0x101 }));
    for (const level of [-1, 5, 0.5, Number.NaN, 2 ** 32]) {
      for (const read of [
        'bidPrice',
        'bidQuantity',
        'bidOrders',
        'askPrice',
        'askQuantity',
        'askOrders',
      ] as const) {
        expect(() => view[read](level)).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }));
      }
    }
  });

  it('refuses a packet outside its bytes or of an unknown length, and stays where it was', () => {
    const view = new PacketView().wrap(encodeLtp({ token: 0x101, lastPrice: 7 }));
    for (const [offset, length] of [
      ...[
        [1, 8],
        [-1, 8],
        [0.5, 8],
        [Number.NaN, 8],
        [2 ** 32, 8],
        [0, 28],
      ],
      ...[
        [0, 0],
        [0, 7],
        [0, 9],
        [0, Number.NaN],
      ],
    ] as [number, number][]) {
      expect(() => view.moveTo(offset, length)).toThrow(
        expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }),
      );
      expect(view).toMatchObject({ byteLength: 8, lastPrice: 0.07 });
    }
  });

  it('reads nothing while it is on no packet', () => {
    const fresh = new PacketView();
    const attached = new PacketView().wrap(new Uint8Array(184)).attach(new Uint8Array(184));
    for (const view of [fresh, attached]) {
      expect(view.byteLength).toBe(0);
      expect(view.close).toBeUndefined();
      for (const read of [
        'kind',
        'mode',
        'instrumentToken',
        'lastPrice',
        'rawLastPrice',
        'exchange',
      ] as const) {
        expect(() => view[read]).toThrow(RangeError);
      }
      expect(() => view.toObject()).toThrow(RangeError);
    }
  });

  it('gives objects that outlive the bytes', () => {
    const packet = fromHex(FULL);
    const tick = viewOf(packet).toObject();
    const before = structuredClone(tick);
    packet.fill(0xee);
    expect(tick).toStrictEqual(before);
  });
});
