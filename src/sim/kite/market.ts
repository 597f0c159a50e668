import { ArgumentError } from '../../errors.ts';
import * as layout from '../../kite/packet-layout.ts';
import { mix, nextRandom, Random } from '../random.ts';
import { describeInstrument, isIndex, universe, WALK_STEPS } from './instruments.ts';
import { type KiteMode, packetBytes, writeDepthPrices, writeIndex, writeTradable } from './packet-writer.ts';

/** A full packet after its length prefix: neighbours lie as they do in a frame, and are copied there in one go. */
const STRIDE = layout.PACKET_LENGTH_BYTES + layout.FULL_BYTES;
/** Instruments that clients may add by subscribing to tokens outside the universe. */
const SPARE_INSTRUMENTS = 16_384;
const MOST_INSTRUMENTS = 500_000;

/** Options of {@link KiteMarket}. */
export interface KiteMarketOptions {
  /** Size of the universe. Default 9,000. */
  readonly instruments?: number;
  /** Same seed, same market. Default 1. */
  readonly seed?: number;
  /** When the market's clock starts, ms since the epoch. Default now. */
  readonly startTime?: number;
  /** Ticks after which the market's clock moves on by a second. Default 1,000,000. */
  readonly ticksPerSecond?: number;
}

/**
 * A market that walks: one ready-made full packet of every instrument, of which each tick changes a few fields.
 *
 * Every instrument has a random state of its own, so that its n-th tick is the same whatever the others do; only the
 * clock is common. It moves with ticks, not with time.
 */
export class KiteMarket {
  /** Instrument tokens of the universe: all segments mixed, the well-known ones first. */
  readonly instrumentTokens: Uint32Array;
  readonly #seed: number;
  readonly #ticksPerSecond: number;
  readonly #slots = new Map<number, number>();
  readonly #capacity: number;

  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #random: Int32Array;
  readonly #index: Uint8Array;
  readonly #base: Int32Array;
  readonly #tickSize: Int32Array;
  readonly #lotSize: Int32Array;
  /** Price steps from the base, within ±WALK_STEPS. */
  readonly #offset: Int32Array;
  readonly #average: Float64Array;
  /** Volume that does not wrap, for the average. */
  readonly #volume: Float64Array;

  #seconds: number;
  #ticksLeftInSecond: number;

  /** @throws ArgumentError when a number is out of its range. */
  constructor(options: KiteMarketOptions = {}) {
    const { instruments = 9_000, seed = 1, startTime = Date.now(), ticksPerSecond = 1_000_000 } = options;
    if (!Number.isInteger(instruments) || instruments < 0 || instruments > MOST_INSTRUMENTS) {
      throw new ArgumentError(
        `instruments must be an integer from 0 to ${MOST_INSTRUMENTS}, not ${instruments}`,
      );
    }
    if (!Number.isInteger(seed)) throw new ArgumentError(`seed must be an integer, not ${seed}`);
    if (!(startTime >= 0 && startTime < 2 ** 32 * 1000)) {
      throw new ArgumentError(`startTime must be ms since the epoch, before 2106, not ${startTime}`);
    }
    if (!(ticksPerSecond >= 1))
      throw new ArgumentError(`ticksPerSecond must be at least 1, not ${ticksPerSecond}`);
    const capacity = instruments + SPARE_INSTRUMENTS;
    this.#capacity = capacity;
    this.#seed = seed;
    this.#ticksPerSecond = Math.round(ticksPerSecond);
    this.#ticksLeftInSecond = this.#ticksPerSecond;
    this.#seconds = Math.floor(startTime / 1000);
    this.#bytes = new Uint8Array(capacity * STRIDE);
    this.#view = new DataView(this.#bytes.buffer);
    this.#random = new Int32Array(capacity);
    this.#index = new Uint8Array(capacity);
    this.#base = new Int32Array(capacity);
    this.#tickSize = new Int32Array(capacity);
    this.#lotSize = new Int32Array(capacity);
    this.#offset = new Int32Array(capacity);
    this.#average = new Float64Array(capacity);
    this.#volume = new Float64Array(capacity);
    this.instrumentTokens = universe(instruments);
    for (const token of this.instrumentTokens) this.#add(token);
  }

  /** The market's clock: seconds since the epoch, UTC. */
  get seconds(): number {
    return this.#seconds;
  }

  /**
   * Where the market keeps a token's packet. A token outside the universe becomes an instrument when it is first asked
   * for. Returns -1 when its segment is unknown or no place is left: such a token never ticks.
   */
  slotOf(token: number): number {
    return this.#slots.get(token) ?? this.#add(token);
  }

  /** A live view of the packet in this slot, as long as the mode wants it: it changes with every tick. */
  packet(slot: number, mode: KiteMode): Uint8Array {
    const at = slot * STRIDE + layout.PACKET_LENGTH_BYTES;
    return this.#bytes.subarray(at, at + packetBytes(this.#view.getUint32(at + layout.TOKEN), mode));
  }

  /** A live view of `count` full packets from this slot on, each behind its length, as in a frame. No indices. */
  run(slot: number, count: number): Uint8Array {
    return this.#bytes.subarray(slot * STRIDE, (slot + count) * STRIDE);
  }

  /** Moves the instrument in this slot by one tick. */
  tick(slot: number): void {
    if (--this.#ticksLeftInSecond === 0) {
      this.#ticksLeftInSecond = this.#ticksPerSecond;
      this.#seconds++;
    }
    const view = this.#view;
    const at = slot * STRIDE + layout.PACKET_LENGTH_BYTES;
    const random = nextRandom(this.#random[slot]!);
    this.#random[slot] = random;

    const tickSize = this.#tickSize[slot]!;
    // The further the price is from its base, the likelier it turns back; at ±WALK_STEPS it always does. Every other
    // tick, it stays. Arithmetic instead of branches: the processor cannot foresee random ones.
    const turnsUp = ((random & 0xff) + this.#offset[slot]! - WALK_STEPS) >> 31;
    const offset = this.#offset[slot]! + ((random >>> 8) & 1) * (-1 - 2 * turnsUp);
    this.#offset[slot] = offset;
    const bid = this.#base[slot]! + offset * tickSize;
    if (this.#index[slot] === 1) {
      if (bid > view.getInt32(at + layout.INDEX_HIGH)) view.setInt32(at + layout.INDEX_HIGH, bid);
      if (bid < view.getInt32(at + layout.INDEX_LOW)) view.setInt32(at + layout.INDEX_LOW, bid);
      view.setInt32(at + layout.LAST_PRICE, bid);
      view.setInt32(at + layout.INDEX_PRICE_CHANGE, bid - view.getInt32(at + layout.INDEX_CLOSE));
      view.setUint32(at + layout.INDEX_EXCHANGE_TIME, this.#seconds);
      return;
    }
    writeDepthPrices(view, at, bid, tickSize);
    const lotSize = this.#lotSize[slot]!;
    this.#trade(slot, at, random, bid + ((random >>> 9) & 1) * tickSize, lotSize);
    this.#changeDepth(at, random, lotSize);
    if (random >>> 28 === 0) this.#changeOpenInterest(at, (1 - ((random >>> 9) & 2)) * lotSize);
  }

  /**
   * A new frame in which each of these tokens ticks once, in order: for benchmarks and tests without a socket.
   * @throws ArgumentError for more than 65,535 tokens, or one that cannot tick.
   */
  frame(tokens: Iterable<number>, mode: KiteMode = 'full'): Buffer {
    const packets: Buffer[] = [];
    for (const token of tokens) {
      const slot = this.slotOf(token);
      if (slot < 0) throw new ArgumentError(`instrument token ${token} is of no known segment`);
      this.tick(slot);
      const packet = this.packet(slot, mode);
      const bytes = Buffer.alloc(layout.PACKET_LENGTH_BYTES + packet.length);
      bytes.writeUInt16BE(packet.length);
      bytes.set(packet, layout.PACKET_LENGTH_BYTES);
      packets.push(bytes);
    }
    if (packets.length > 0xffff) throw new ArgumentError(`${packets.length} packets do not fit in one frame`);
    const head = Buffer.alloc(layout.FRAME_COUNT_BYTES);
    head.writeUInt16BE(packets.length);
    return Buffer.concat([head, ...packets]);
  }

  #trade(slot: number, at: number, random: number, price: number, lotSize: number): void {
    const view = this.#view;
    const quantity = (1 + ((random >>> 21) & 0x3f)) * lotSize;
    const volume = this.#volume[slot]! + quantity;
    const average = this.#average[slot]! + ((price - this.#average[slot]!) * quantity) / volume;
    this.#volume[slot] = volume;
    this.#average[slot] = average;
    view.setInt32(at + layout.LAST_PRICE, price);
    view.setUint32(at + layout.LAST_TRADED_QUANTITY, quantity);
    view.setInt32(at + layout.AVERAGE_TRADED_PRICE, Math.floor(average + 0.5));
    view.setUint32(at + layout.VOLUME_TRADED, view.getUint32(at + layout.VOLUME_TRADED) + quantity);
    if (price > view.getInt32(at + layout.HIGH)) view.setInt32(at + layout.HIGH, price);
    if (price < view.getInt32(at + layout.LOW)) view.setInt32(at + layout.LOW, price);
    view.setUint32(at + layout.LAST_TRADE_TIME, this.#seconds);
    view.setUint32(at + layout.EXCHANGE_TIME, this.#seconds);
  }

  /** One of the ten levels gets another quantity, and its side's total follows. */
  #changeDepth(at: number, random: number, lotSize: number): void {
    const view = this.#view;
    const level = (((random >>> 10) & 0xf) * 2 * layout.DEPTH_LEVELS) >>> 4;
    const entry = at + layout.DEPTH + level * layout.DEPTH_ENTRY_BYTES;
    const total = at + (level < layout.DEPTH_LEVELS ? layout.TOTAL_BUY_QUANTITY : layout.TOTAL_SELL_QUANTITY);
    const lots = 1 + ((random >>> 14) & 0x7f);
    const quantity = lots * lotSize;
    const change = quantity - view.getUint32(entry + layout.DEPTH_QUANTITY);
    view.setUint32(entry + layout.DEPTH_QUANTITY, quantity);
    view.setUint16(entry + layout.DEPTH_ORDERS, (lots + 3) >>> 2);
    view.setUint32(total, view.getUint32(total) + change);
  }

  #changeOpenInterest(at: number, change: number): void {
    const view = this.#view;
    const before = view.getUint32(at + layout.OPEN_INTEREST);
    if (before === 0) return;
    const interest = before + (before > Math.abs(change) ? change : Math.abs(change));
    view.setUint32(at + layout.OPEN_INTEREST, interest);
    if (interest > view.getUint32(at + layout.OI_DAY_HIGH)) view.setUint32(at + layout.OI_DAY_HIGH, interest);
    if (interest < view.getUint32(at + layout.OI_DAY_LOW)) view.setUint32(at + layout.OI_DAY_LOW, interest);
  }

  #add(token: number): number {
    const slot = this.#slots.size;
    const instrument = slot < this.#capacity ? describeInstrument(token, this.#seed) : undefined;
    if (instrument === undefined) return -1;
    this.#slots.set(token, slot);
    const at = slot * STRIDE + layout.PACKET_LENGTH_BYTES;
    const state = mix(this.#seed + 1, token);
    const random = new Random(state);
    const offset = random.between(-10, 10);
    const bid = instrument.basePrice + offset * instrument.tickSize;
    this.#random[slot] = state;
    this.#base[slot] = instrument.basePrice;
    this.#tickSize[slot] = instrument.tickSize;
    this.#lotSize[slot] = instrument.lotSize;
    this.#offset[slot] = offset;
    this.#volume[slot] = instrument.volume;
    if (isIndex(token)) {
      this.#index[slot] = 1;
      writeIndex(this.#view, at, instrument, bid, this.#seconds, random);
    } else {
      this.#view.setUint16(slot * STRIDE, layout.FULL_BYTES);
      writeTradable(this.#view, at, instrument, bid, this.#seconds, random);
      this.#average[slot] = this.#view.getInt32(at + layout.AVERAGE_TRADED_PRICE);
    }
    return slot;
  }
}
