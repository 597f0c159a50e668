/** The slots that records of the frame at hand go to, and the head that records of all venues have. */

import {
  FRAME_CONNECTION,
  FRAME_EPOCH,
  FRAME_NUMBER,
  FRAME_RECEIVED_AT,
} from '../../../src/memory/frame-ring-layout.ts';
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
} from '../../../src/memory/record-layout.ts';

/** Records made of the frame so far. */
export let records: u32 = 0;
export let frameNumber: u32 = 0;
export let epoch: u32 = 0;
export let receivedAt: f64 = 0;

let base: usize = 0;
let mask: u32 = 0;
let position: u32 = 0;
let decodedAt: f64 = 0;
let connection: u16 = 0;

/** @param slotMask 0 when there is one slot for all records */
export function startFrame(head: usize, slots: usize, slotMask: u32, first: u32, now: f64): void {
  base = slots;
  mask = slotMask;
  position = first;
  decodedAt = now;
  records = 0;
  frameNumber = load<u32>(head, FRAME_NUMBER);
  epoch = load<u32>(head, FRAME_EPOCH);
  receivedAt = load<f64>(head, FRAME_RECEIVED_AT);
  connection = load<u16>(head, FRAME_CONNECTION);
}

export function forgetRecords(): void {
  records = 0;
}

/** The slot of a record of this frame. */
export function slotOf(index: u32): usize {
  return base + ((position + index) & mask) * RECORD_BYTES;
}

/** The next slot, with nothing in it but its head. */
export function beginRecord(kind: u32): usize {
  const slot = slotOf(records);
  const nothing = i32x4.splat(0);
  for (let at: usize = 32; at < <usize>RECORD_BYTES; at += 32) {
    v128.store(slot + at, nothing);
    v128.store(slot + at, nothing, 16);
  }
  store<u32>(slot, position + records, RECORD_NUMBER);
  store<u32>(slot, kind, RECORD_KIND);
  store<u32>(slot, frameNumber, RECORD_FRAME);
  store<u32>(slot, 0, RECORD_INSTRUMENT);
  store<f64>(slot, receivedAt, RECORD_RECEIVED_AT);
  store<f64>(slot, decodedAt, RECORD_DECODED_AT);
  store<u32>(slot, epoch, RECORD_EPOCH);
  store<u16>(slot, connection, RECORD_CONNECTION);
  store<u16>(slot, <u16>records, RECORD_INDEX);
  return slot;
}

export function endRecord(): void {
  records += 1;
}

export function addFlags(slot: usize, flags: u32): void {
  store<u16>(slot, load<u16>(slot, RECORD_FLAGS) | <u16>flags, RECORD_FLAGS);
}
