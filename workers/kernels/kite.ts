/**
 * Kite's kernel (AssemblyScript): frames of length-prefixed big-endian packets in, ticks out.
 *
 * It trusts nothing that a frame says of itself: counts and lengths are checked against the frame before a byte of a
 * packet is read, and it writes only to the slots that it was given, the latest table and its results.
 */

import {
  CLOSE,
  EXCHANGE_TIME,
  FRAME_COUNT_BYTES,
  FULL_BYTES,
  HEARTBEAT_BYTES,
  HIGH,
  INDEX_CLOSE,
  INDEX_EXCHANGE_TIME,
  INDEX_FULL_BYTES,
  INDEX_HIGH,
  INDEX_LOW,
  INDEX_OPEN,
  INDEX_PRICE_CHANGE,
  INDEX_QUOTE_BYTES,
  LAST_PRICE,
  LOW,
  LTP_BYTES,
  OPEN,
  PACKET_LENGTH_BYTES,
  QUOTE_BYTES,
  TOKEN,
  VOLUME_TRADED,
} from '../../src/kite/packet-layout.ts';
import {
  TICK_DIVISOR,
  TICK_FLAG_UNKNOWN_SEGMENT,
  TICK_FLAG_VOLUME_FELL,
  TICK_FULL,
  TICK_INDEX_FULL,
  TICK_INDEX_PRICE_CHANGE,
  TICK_INDEX_QUOTE,
  TICK_LTP,
  TICK_PACKET,
  TICK_QUOTE,
} from '../../src/kite/tick-layout.ts';
import {
  REGION_COUNTERS,
  REGION_PARAMETERS,
  REGION_RECORD_RING,
  REGION_SCRATCH,
} from '../../src/memory/arena-layout.ts';
import {
  REJECTED_PACKET_LENGTH,
  REJECTED_SHORT_FRAME,
  REJECTED_TRAILING_BYTES,
  REJECTED_TRUNCATED,
  RESULT_HEARTBEAT,
  RESULT_MALFORMED,
  RESULT_REJECTED,
  RESULT_UNKNOWN,
} from '../../src/memory/counters-layout.ts';
import {
  FRAME_CONNECTION,
  FRAME_EPOCH,
  FRAME_KIND,
  FRAME_KIND_BINARY,
  FRAME_LENGTH,
  FRAME_NUMBER,
  FRAME_PAYLOAD,
  FRAME_RECEIVED_AT,
} from '../../src/memory/frame-ring-layout.ts';
import {
  RECORD_BYTES,
  RECORD_CONNECTION,
  RECORD_DECODED_AT,
  RECORD_EPOCH,
  RECORD_FLAGS,
  RECORD_FRAME,
  RECORD_INDEX,
  RECORD_INSTRUMENT,
  RECORD_KIND,
  RECORD_NUMBER,
  RECORD_RECEIVED_AT,
} from '../../src/memory/record-layout.ts';
import { RECORD_READER_COUNT, RECORD_SLOTS, SCRATCH_SLOTS } from '../../src/memory/record-ring-layout.ts';
import { regionBytes, regionOffset } from './lib/arena.ts';
import { attachLatest, findPlace, keepLatest, latestPlaces, latestRecord } from './lib/latest-table.ts';

const UNKNOWN_DIVISOR: i32 = 100;
/** Bytes from the end of one packet of the smallest size to the next. */
const SMALLEST_STEP: u32 = PACKET_LENGTH_BYTES + LTP_BYTES;

let slots: usize = 0;
let spareSlot: usize = 0;
let slotMask: u32 = 0;
let results: usize = 0;
let divisors: usize = 0;

/** Reads the arena's region table; the arena starts at address 0. Once, before the first frame. */
export function attach(): void {
  slots = regionOffset(REGION_RECORD_RING) + RECORD_SLOTS;
  slotMask = (regionBytes(REGION_RECORD_RING) - RECORD_SLOTS) / RECORD_BYTES - 1;
  spareSlot = regionOffset(REGION_SCRATCH) + RECORD_READER_COUNT * SCRATCH_SLOTS * RECORD_BYTES;
  results = regionOffset(REGION_COUNTERS);
  divisors = regionOffset(REGION_PARAMETERS);
  attachLatest();
}

/** The most records that a frame can hold, from its count and its length. */
export function most(head: usize): u32 {
  const length = load<u32>(head, FRAME_LENGTH);
  if (load<u8>(head, FRAME_KIND) != FRAME_KIND_BINARY || length < <u32>FRAME_COUNT_BYTES) return 0;
  const count: u32 = bswap<u16>(load<u16>(head + load<u8>(head, FRAME_PAYLOAD)));
  return min(count, (length - FRAME_COUNT_BYTES) / SMALLEST_STEP);
}

/**
 * Decodes one frame into the slots from `position` on, of which at least `most(head)` are ours, and brings the latest
 * table up to date. Answers how many records it made; results say what else it found.
 */
export function decode(head: usize, position: u32, decodedAt: f64): u32 {
  return decodeTo(slots, slotMask, head, position, decodedAt);
}

/**
 * Decodes one frame for which there is no room: brings the latest table up to date, and keeps no records. Answers how many
 * there were.
 */
export function refresh(head: usize, position: u32, decodedAt: f64): u32 {
  return decodeTo(spareSlot, 0, head, position, decodedAt);
}

function decodeTo(base: usize, mask: u32, head: usize, position: u32, decodedAt: f64): u32 {
  store<u32>(results, 0, RESULT_HEARTBEAT);
  store<u32>(results, 0, RESULT_UNKNOWN);
  store<u32>(results, 0, RESULT_MALFORMED);
  v128.store(results, i32x4.splat(0), RESULT_REJECTED);
  if (load<u8>(head, FRAME_KIND) != FRAME_KIND_BINARY) return 0;

  const length = load<u32>(head, FRAME_LENGTH);
  let at = head + load<u8>(head, FRAME_PAYLOAD);
  const end = at + length;
  if (length < <u32>FRAME_COUNT_BYTES) {
    if (length == HEARTBEAT_BYTES) store<u32>(results, 1, RESULT_HEARTBEAT);
    else reject(REJECTED_SHORT_FRAME, 1);
    return 0;
  }
  const count: u32 = bswap<u16>(load<u16>(at));
  at += FRAME_COUNT_BYTES;

  const frame = load<u32>(head, FRAME_NUMBER);
  const epoch = load<u32>(head, FRAME_EPOCH);
  const connection = load<u16>(head, FRAME_CONNECTION);
  const receivedAt = load<f64>(head, FRAME_RECEIVED_AT);
  let records: u32 = 0;
  for (let packet: u32 = 0; packet < count; packet++) {
    // Addresses are well below 2^31, so none of these sums can wrap.
    if (at + PACKET_LENGTH_BYTES > end) {
      reject(REJECTED_TRUNCATED, count - packet);
      return records;
    }
    const bytes: u32 = bswap<u16>(load<u16>(at));
    at += PACKET_LENGTH_BYTES;
    if (at + bytes > end) {
      reject(REJECTED_TRUNCATED, count - packet);
      return records;
    }
    const number = position + records;
    const slot = base + (number & mask) * RECORD_BYTES;
    const kind = turn(at, bytes, slot);
    at += bytes;
    if (kind == 0) {
      reject(REJECTED_PACKET_LENGTH, 1);
      continue;
    }
    const token = load<u32>(slot, TICK_PACKET + TOKEN);
    let divisor = load<i32>(divisors + (token & 0xff) * 4);
    let flags: u32 = 0;
    if (divisor == 0) {
      divisor = UNKNOWN_DIVISOR;
      flags = TICK_FLAG_UNKNOWN_SEGMENT;
      store<u32>(results, load<u32>(results, RESULT_UNKNOWN) + 1, RESULT_UNKNOWN);
    }
    store<i32>(slot, divisor, TICK_DIVISOR);
    store<u32>(slot, number, RECORD_NUMBER);
    store<u32>(slot, kind | (flags << 16), RECORD_KIND);
    store<u32>(slot, frame, RECORD_FRAME);
    store<u32>(slot, token, RECORD_INSTRUMENT);
    store<f64>(slot, receivedAt, RECORD_RECEIVED_AT);
    store<f64>(slot, decodedAt, RECORD_DECODED_AT);
    store<u32>(slot, epoch, RECORD_EPOCH);
    store<u16>(slot, connection, RECORD_CONNECTION);
    store<u16>(slot, <u16>packet, RECORD_INDEX);
    records += 1;
    if (latestPlaces != 0) keepNewest(token, slot, kind);
  }
  if (at < end) reject(REJECTED_TRAILING_BYTES, 1);
  return records;
}

function reject(reason: u32, packets: u32): void {
  const at = results + reason * 4;
  store<u32>(at, load<u32>(at, RESULT_REJECTED) + packets, RESULT_REJECTED);
  store<u32>(results, 1, RESULT_MALFORMED);
}

/** Turns the packet's words into the slot; answers the tick's kind, or 0 for a length that no packet has. */
function turn(packet: usize, bytes: u32, slot: usize): u32 {
  const body = slot + TICK_PACKET;
  if (bytes == FULL_BYTES) {
    turn16(packet, body, 0);
    turn16(packet, body, 16);
    turn16(packet, body, 32);
    turn16(packet, body, 48);
    turn16(packet, body, 64);
    turn16(packet, body, 80);
    turn16(packet, body, 96);
    turn16(packet, body, 112);
    turn16(packet, body, 128);
    turn16(packet, body, 144);
    turn16(packet, body, 160);
    // The last eight bytes, together with eight that are already there.
    turn16(packet, body, FULL_BYTES - 16);
    return TICK_FULL;
  }
  if (bytes == QUOTE_BYTES) {
    turn16(packet, body, 0);
    turn16(packet, body, 16);
    turn16(packet, body, QUOTE_BYTES - 16);
    return TICK_QUOTE;
  }
  if (bytes == LTP_BYTES) {
    turnWord(packet, body, TOKEN, TOKEN);
    turnWord(packet, body, LAST_PRICE, LAST_PRICE);
    return TICK_LTP;
  }
  if (bytes != INDEX_QUOTE_BYTES && bytes != INDEX_FULL_BYTES) return 0;
  turnWord(packet, body, TOKEN, TOKEN);
  turnWord(packet, body, LAST_PRICE, LAST_PRICE);
  turnWord(packet, body, INDEX_OPEN, OPEN);
  turnWord(packet, body, INDEX_HIGH, HIGH);
  turnWord(packet, body, INDEX_LOW, LOW);
  turnWord(packet, body, INDEX_CLOSE, CLOSE);
  turnWord(packet, body, INDEX_PRICE_CHANGE, TICK_INDEX_PRICE_CHANGE - TICK_PACKET);
  if (bytes == INDEX_QUOTE_BYTES) return TICK_INDEX_QUOTE;
  turnWord(packet, body, INDEX_EXCHANGE_TIME, EXCHANGE_TIME);
  return TICK_INDEX_FULL;
}

function turn16(packet: usize, body: usize, offset: usize): void {
  const words = v128.load(packet + offset);
  v128.store(
    body + offset,
    i8x16.shuffle(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12),
  );
}

function turnWord(packet: usize, body: usize, from: usize, to: usize): void {
  store<u32>(body + to, bswap<u32>(load<u32>(packet + from)));
}

/** Flags a tick whose day's volume is less than that of its instrument's last one, and puts it in that one's place. */
function keepNewest(token: u32, slot: usize, kind: u32): void {
  const place = findPlace(token);
  if (place < 0) return;
  const last = latestRecord(place);
  if (
    kind >= <u32>TICK_QUOTE &&
    load<u8>(last, RECORD_KIND) >= <u8>TICK_QUOTE &&
    load<u32>(slot, TICK_PACKET + VOLUME_TRADED) < load<u32>(last, TICK_PACKET + VOLUME_TRADED)
  ) {
    store<u16>(slot, load<u16>(slot, RECORD_FLAGS) | TICK_FLAG_VOLUME_FELL, RECORD_FLAGS);
  }
  keepLatest(place, slot, kind == TICK_FULL);
}
