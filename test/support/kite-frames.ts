/**
 * Kite packets and frames for tests: builders, fast-check arbitraries of good and of malformed frames with what is to
 * be expected of them, and the official client's parser with its known faults. Offsets are those of
 * https://kite.trade/docs/connect/v3/websocket, written out again on purpose: these are the tests' own.
 */

import fc from 'fast-check';
import { KiteTicker } from 'kiteconnect';
import type { FrameFault, Tick } from 'tickring/kite';

/** Bytes of the packets that Kite sends: LTP, index quote, index full, quote, full. */
export const PACKET_SIZES = [8, 28, 32, 44, 184] as const;

// Builders. All numbers are the wire's integers: prices in the raw unit, times in seconds. What is left out is 0.

export interface LtpFields {
  token: number;
  lastPrice?: number;
}

export interface IndexFields extends LtpFields {
  high?: number;
  low?: number;
  open?: number;
  close?: number;
  priceChange?: number;
}

export interface IndexFullFields extends IndexFields {
  exchangeTime?: number;
}

export interface QuoteFields extends LtpFields {
  lastTradedQuantity?: number;
  averageTradedPrice?: number;
  volumeTraded?: number;
  totalBuyQuantity?: number;
  totalSellQuantity?: number;
  open?: number;
  high?: number;
  low?: number;
  close?: number;
}

export interface LevelFields {
  quantity: number;
  price: number;
  orders: number;
}

export interface FullFields extends QuoteFields {
  lastTradeTime?: number;
  openInterest?: number;
  oiDayHigh?: number;
  oiDayLow?: number;
  exchangeTime?: number;
  /** Up to five, best first. */
  bids?: readonly LevelFields[];
  /** Up to five, best first. */
  asks?: readonly LevelFields[];
}

export function encodeLtp(fields: LtpFields): Uint8Array {
  return encodeWords([fields.token, fields.lastPrice]);
}

export function encodeIndexQuote(fields: IndexFields): Uint8Array {
  return encodeWords(indexWords(fields));
}

export function encodeIndexFull(fields: IndexFullFields): Uint8Array {
  return encodeWords([...indexWords(fields), fields.exchangeTime]);
}

export function encodeQuote(fields: QuoteFields): Uint8Array {
  return encodeWords(quoteWords(fields));
}

export function encodeFull(fields: FullFields): Uint8Array {
  return encodeWords([
    ...quoteWords(fields),
    fields.lastTradeTime,
    fields.openInterest,
    fields.oiDayHigh,
    fields.oiDayLow,
    fields.exchangeTime,
    ...sideWords(fields.bids),
    ...sideWords(fields.asks),
  ]);
}

/** `uint16` count, then `uint16` length and bytes of each packet. */
export function encodeFrame(packets: readonly Uint8Array[], count: number = packets.length): Uint8Array {
  return concat([uint16(count), ...packets.flatMap((packet) => [uint16(packet.length), packet])]);
}

/** Hex, in which blanks and line ends do not count, to bytes. */
export function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
}

function indexWords(fields: IndexFields): (number | undefined)[] {
  const { token, lastPrice, high, low, open, close, priceChange } = fields;
  return [token, lastPrice, high, low, open, close, priceChange];
}

function quoteWords(fields: QuoteFields): (number | undefined)[] {
  const { token, lastPrice, lastTradedQuantity, averageTradedPrice, volumeTraded } = fields;
  const { totalBuyQuantity, totalSellQuantity, open, high, low, close } = fields;
  return [
    ...[token, lastPrice, lastTradedQuantity, averageTradedPrice, volumeTraded],
    ...[totalBuyQuantity, totalSellQuantity, open, high, low, close],
  ];
}

function sideWords(levels: readonly LevelFields[] = []): number[] {
  return [0, 1, 2, 3, 4].flatMap((i) => {
    const { quantity, price, orders } = levels[i] ?? { quantity: 0, price: 0, orders: 0 };
    return [quantity, price, orders << 16];
  });
}

function encodeWords(words: readonly (number | undefined)[]): Uint8Array {
  const data = new DataView(new ArrayBuffer(words.length * 4));
  for (const [i, word] of words.entries()) data.setUint32(i * 4, word ?? 0);
  return new Uint8Array(data.buffer);
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

// Good packets and frames.

const wordArbitrary = fc.oneof(
  { weight: 3, arbitrary: fc.nat(5_000_000) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 0xffff_ffff }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff),
  },
);

/** A token in any segment of the documentation, or in one that it does not name. */
export const tokenArbitrary = fc
  .tuple(
    fc.oneof(fc.nat(500_000), fc.constantFrom(0, 0x7f_ffff, 0x80_0000, 0xff_ffff)),
    fc.oneof(fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 12), fc.nat(255)),
  )
  .map(([exchangeToken, segment]) => ((exchangeToken << 8) | segment) >>> 0);

/** A packet of any size, with any values: 0, negative prices and numbers of 2^31 and more among them. */
export const packetArbitrary: fc.Arbitrary<Uint8Array> = fc.constantFrom(...PACKET_SIZES).chain((size) => {
  const rest = size / 4 - 1;
  return fc
    .tuple(tokenArbitrary, fc.array(wordArbitrary, { minLength: rest, maxLength: rest }))
    .map(([token, words]) => encodeWords([token, ...words]));
});

/** A packet that the official client reads rightly. */
export const officialPacketArbitrary: fc.Arbitrary<Uint8Array> = packetArbitrary.map((packet) => {
  const copy = packet.slice();
  for (const at of [0, ...unsignedFields(copy.length)]) copy[at]! &= 0x7f;
  if (copy[3] === 12) copy[3] = 7;
  return copy;
});

export interface GoodFrame {
  readonly bytes: Uint8Array;
  readonly packets: readonly Uint8Array[];
}

/** A well-formed frame of 0 to 8 packets. */
export const frameArbitrary: fc.Arbitrary<GoodFrame> = fc
  .array(packetArbitrary, { maxLength: 8 })
  .map((packets) => ({ bytes: encodeFrame(packets), packets }));

// Malformed frames.

export interface CorruptFrame {
  readonly corruption: 'truncated' | 'count' | 'length' | 'unknown-length' | 'trailing-bytes';
  readonly bytes: Uint8Array;
  /** The packets that are to be kept. */
  readonly packets: readonly Uint8Array[];
  /** What is to be reported, in order. */
  readonly faults: readonly FrameFault[];
}

const somePackets = fc.array(packetArbitrary, { minLength: 1, maxLength: 6 });

/** Where the length field of packet `i` lies in a frame of `packets`. */
function offsetOf(packets: readonly Uint8Array[], i: number): number {
  return packets.slice(0, i).reduce((at, packet) => at + 2 + packet.length, 2);
}

/** A good frame that is cut off anywhere. Cut to one byte it is a heartbeat. */
export const truncatedFrameArbitrary: fc.Arbitrary<CorruptFrame> = fc
  .tuple(somePackets, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([packets, where]) => truncate(packets, Math.floor(where * encodeFrame(packets).length)));

/** The frame of `packets`, cut to `size` bytes. */
export function truncate(packets: readonly Uint8Array[], size: number): CorruptFrame {
  const frame = encodeFrame(packets);
  const bytes = frame.slice(0, size);
  const corruption = 'truncated';
  if (size === 0) {
    const fault: FrameFault = { reason: 'short-frame', offset: 0, packet: 0, length: 0, missing: 0 };
    return { corruption, bytes, packets: [], faults: [fault] };
  }
  if (size === 1) return { corruption, bytes, packets: [], faults: [] };
  const kept = packets.filter((_, i) => offsetOf(packets, i + 1) <= size);
  const offset = offsetOf(packets, kept.length);
  const fault: FrameFault = {
    reason: 'truncated',
    offset,
    packet: kept.length,
    length: offset + 2 <= size ? packets[kept.length]!.length : 0,
    missing: packets.length - kept.length,
  };
  return { corruption, bytes, packets: kept, faults: [fault] };
}

/** A frame whose count says more or fewer packets than it holds. */
export const lyingCountFrameArbitrary: fc.Arbitrary<CorruptFrame> = fc
  .tuple(somePackets, fc.oneof(fc.nat(12), fc.nat(0xffff)))
  .filter(([packets, count]) => count !== packets.length)
  .map(([packets, count]) => {
    const bytes = encodeFrame(packets, count);
    const kept = packets.slice(0, count);
    const offset = offsetOf(packets, kept.length);
    const fault: FrameFault =
      count > packets.length
        ? { reason: 'truncated', offset, packet: kept.length, length: 0, missing: count - kept.length }
        : { reason: 'trailing-bytes', offset, packet: count, length: bytes.length - offset, missing: 0 };
    return { corruption: 'count', bytes, packets: kept, faults: [fault] };
  });

/** A frame in which one packet says that it is longer than what is left of the frame. */
export const lyingLengthFrameArbitrary: fc.Arbitrary<CorruptFrame> = fc
  .tuple(somePackets, fc.nat(), fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constant(0xffff)))
  .map(([packets, choice, excess]) => {
    const packet = choice % packets.length;
    const bytes = encodeFrame(packets);
    const offset = offsetOf(packets, packet);
    const length = Math.min(bytes.length - offset - 2 + excess, 0xffff);
    bytes.set(uint16(length), offset);
    const missing = packets.length - packet;
    return {
      corruption: 'length',
      bytes,
      packets: packets.slice(0, packet),
      faults: [{ reason: 'truncated', offset, packet, length, missing }],
    };
  });

/** A frame in which packets of lengths that Kite does not send lie among the good ones. */
export const unknownLengthFrameArbitrary: fc.Arbitrary<CorruptFrame> = fc
  .array(fc.oneof(packetArbitrary, fc.uint8Array({ maxLength: 200 })), { minLength: 1, maxLength: 8 })
  .filter((all) => all.some((packet) => !isKnownSize(packet.length)))
  .map((all) => ({
    corruption: 'unknown-length',
    bytes: encodeFrame(all),
    packets: all.filter((packet) => isKnownSize(packet.length)),
    faults: all.flatMap((packet, i): FrameFault[] => {
      if (isKnownSize(packet.length)) return [];
      const { length } = packet;
      return [{ reason: 'packet-length', offset: offsetOf(all, i), packet: i, length, missing: 1 }];
    }),
  }));

/** A good frame with more bytes behind it. */
export const trailingBytesFrameArbitrary: fc.Arbitrary<CorruptFrame> = fc
  .tuple(frameArbitrary, fc.uint8Array({ minLength: 1, maxLength: 300 }))
  .map(([{ bytes, packets }, tail]) => ({
    corruption: 'trailing-bytes',
    bytes: concat([bytes, tail]),
    packets,
    faults: [
      {
        reason: 'trailing-bytes',
        offset: bytes.length,
        packet: packets.length,
        length: tail.length,
        missing: 0,
      },
    ],
  }));

/** A malformed frame of any sort, with the packets that survive it and the faults that it has. */
export const corruptFrameArbitrary: fc.Arbitrary<CorruptFrame> = fc.oneof(
  truncatedFrameArbitrary,
  lyingCountFrameArbitrary,
  lyingLengthFrameArbitrary,
  unknownLengthFrameArbitrary,
  trailingBytesFrameArbitrary,
);

/** Any bytes: random ones, or a good frame with some of its bytes changed. Nothing is known of what they hold. */
export const garbageArbitrary: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc
    .tuple(frameArbitrary, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }))
    .map(([{ bytes }, changes]) => {
      const copy = bytes.slice();
      for (const [at, value] of changes) copy[at % copy.length] = value;
      return copy;
    }),
);

/** The same bytes at `lead` bytes into another buffer, so that they lie at any alignment. */
export function shifted(bytes: Uint8Array, lead: number, shared = false): Uint8Array {
  const size = lead + bytes.length + 3;
  const target = new Uint8Array(shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size)).fill(0xa5);
  target.set(bytes, lead);
  return target.subarray(lead, lead + bytes.length);
}

function isKnownSize(size: number): boolean {
  return (PACKET_SIZES as readonly number[]).includes(size);
}

// The official client.

/** What the official client is known to read wrongly in a well-formed packet. */
export type OfficialFault =
  | 'the token is read as signed'
  | 'an unsigned field is read as signed'
  | 'NCO prices are divided by 100';

interface OfficialParser {
  parseBinary(frame: ArrayBuffer): Tick[];
}

const official = new KiteTicker({ api_key: 'key', access_token: 'token' }) as unknown as OfficialParser;

/** The ticks that the official client (kiteconnect) makes of a frame. */
export function officialParse(bytes: Uint8Array): Tick[] {
  return official.parseBinary(new Uint8Array(bytes).buffer);
}

export function officialFaults(packet: Uint8Array): OfficialFault[] {
  const faults: OfficialFault[] = [];
  if (packet[0]! >= 0x80) faults.push('the token is read as signed');
  if (unsignedFields(packet.length).some((at) => packet[at]! >= 0x80)) {
    faults.push('an unsigned field is read as signed');
  }
  if (packet[3] === 12) faults.push('NCO prices are divided by 100');
  return faults;
}

export function officialIsRight(packet: Uint8Array): boolean {
  return officialFaults(packet).length === 0;
}

/** The official client's tick with its known faults put right: what is left is what a right parser gives. */
export function correctOfficial(tick: Tick): Tick {
  const factor = (tick.instrument_token & 0xff) === 12 ? 100 : 1;
  // Times 100 gives an integer but for rounding; the second division is then that of the wire's integer.
  const price = (value: number) => (factor === 1 ? value : Math.round(value * 100) / 10_000);
  const time = (value: Date | null) =>
    value === null ? null : new Date(((value.getTime() / 1000) >>> 0) * 1000);
  const right = structuredClone(tick);
  right.instrument_token >>>= 0;
  right.last_price = price(right.last_price);
  if (right.mode === 'ltp') return right;
  const { ohlc } = right;
  for (const key of ['open', 'high', 'low', 'close'] as const) ohlc[key] = price(ohlc[key]);
  if (ohlc.close !== 0) right.change = ((right.last_price - ohlc.close) * 100) / ohlc.close;
  if ('volume_traded' in right) {
    right.average_traded_price = price(right.average_traded_price);
    right.last_traded_quantity >>>= 0;
    right.volume_traded >>>= 0;
    right.total_buy_quantity >>>= 0;
    right.total_sell_quantity >>>= 0;
  }
  if ('exchange_timestamp' in right) right.exchange_timestamp = time(right.exchange_timestamp);
  if ('depth' in right) {
    right.last_trade_time = time(right.last_trade_time);
    right.oi >>>= 0;
    right.oi_day_high >>>= 0;
    right.oi_day_low >>>= 0;
    for (const level of [...right.depth.buy, ...right.depth.sell]) {
      level.quantity >>>= 0;
      level.price = price(level.price);
    }
  }
  return right;
}

/** Offsets of the `uint32` fields behind the token. */
function unsignedFields(size: number): number[] {
  const quote = [8, 16, 20, 24];
  if (size === 32) return [28];
  if (size === 44) return quote;
  if (size !== 184) return [];
  return [...quote, 44, 48, 52, 56, 60, ...Array.from({ length: 10 }, (_, i) => 64 + i * 12)];
}
